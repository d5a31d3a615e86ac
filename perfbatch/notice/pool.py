"""A night's notices made by several processes, while the parent writes the summary.

The processes are the intake's isolated ones: a workbook that passed the reader is still somebody else's file. They import no
pandas, and write the notices themselves, into the private folder in which the night is built: handing the bytes to the
parent would cost both a copy through a pipe, and the parent the time to write them. A notice that lies in the outbox
already is copied from there first, which takes no process.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

from perfbatch.isolated.executor import (
    MOST_TURNS,
    AnswerInvalid,
    CallFault,
    Confinement,
    IsolatedExecutor,
    WorkerLost,
    WorkersUnavailable,
)
from perfbatch.model.errors import BatchFault
from perfbatch.model.message import Garbled
from perfbatch.model.words.wording import words_of
from perfbatch.notice.copies import EarlierNotices
from perfbatch.notice.order import NoticeOrder, hashes_in, request_to_write
from perfbatch.outbox.durable import NotWritten

__all__ = ["NoticePool"]

_MB = 1024 * 1024
# The clocks are there for a notice that never ends, not to hurry an honest one. A notice is about as large as its workbook, which
# is within the intake's limit of 64 MB.
_CONFINEMENT = Confinement(1024 * _MB, 60, 60.0, _MB, 256 * _MB)
_TASKS = "perfbatch.notice.order"
# Fewer than these are made before a process has started; one that makes less than its share costs more than it saves.
_FEW, _SHARE = 20, 40
_CHUNK = min(64, MOST_TURNS)
# Chunks a process: with fewer, one process would work on while the others have ended.
_TURNS = 4
# Chunks under way or waiting, a process: orders are turned into data when they are handed over, and ten thousand need not all be.
_AHEAD = 2


class NoticePool:
    """Notices to be written by up to `workers` processes; `orders`: path in the outbox → the notice.

    The notices are the same to the byte whichever process makes them, and in whatever order. A chunk whose process dies, or
    cannot be started, is made here, notice by notice: what cannot be written here either is a fault of the night. `watch` is
    told how many more are written, from any thread. `earlier` are last night's notices, for those that are the same.
    """

    def __init__(
        self,
        orders: Mapping[str, NoticeOrder],
        workers: int,
        watch: Callable[[int], None] | None = None,
        earlier: EarlierNotices | None = None,
    ) -> None:
        self._orders = orders
        self._watch = watch or (lambda _: None)
        self._most = max(1, workers)
        self._earlier = earlier
        self._written: dict[str, str] = {}

    @property
    def written(self) -> Mapping[str, str]:
        """Path in the outbox → SHA-256 in hex, of each notice that is made of all that it should be made of."""
        return self._written

    @property
    def names(self) -> Collection[str]:
        """Paths in the outbox."""
        return self._orders.keys()

    @contextlib.contextmanager
    def started(self, folder: Path) -> Iterator[Callable[[], None]]:
        """Begin to write the notices (see `outbox.Elsewhere`); a few are written at once, here."""
        left = [name for name in self._orders if not self._copied(name, folder)]
        if len(left) < _FEW:
            self._write_here(left, folder)
            yield lambda: None
            return
        ended, workers = Event(), min(self._most, -(-len(left) // _SHARE))
        with (
            ThreadPoolExecutor(1, "notices") as thread,
            IsolatedExecutor(workers, _CONFINEMENT, _TASKS) as executor,
        ):
            done = thread.submit(self._write_all, left, workers, executor, folder, ended)
            try:
                yield done.result
            except BaseException:
                ended.set()
                raise

    def _copied(self, name: str, folder: Path) -> bool:
        if self._earlier is None:
            return False
        try:
            sha256 = self._earlier.copy(name, self._orders[name], folder / name)
        except OSError as error:
            raise NotWritten(name, error) from error
        if sha256:
            self._written[name] = sha256
            self._watch(1)
        return sha256 != ""

    def _write_all(
        self, names: Sequence[str], workers: int, executor: IsolatedExecutor, folder: Path, ended: Event
    ) -> None:
        under_way: deque[tuple[Sequence[str], Future[bytes]]] = deque()
        size = min(_CHUNK, -(-len(names) // (workers * _TURNS)))
        left = deque(names[start : start + size] for start in range(0, len(names), size))
        while (left or under_way) and not ended.is_set():
            while left and len(under_way) <= _AHEAD * workers:
                chunk = left.popleft()
                request = request_to_write([(self._orders[name], folder / name) for name in chunk])
                under_way.append((chunk, executor.submit("write", request, len(chunk))))
            rest = self._settle(*under_way.popleft(), folder, ended)
            if rest:
                left.appendleft(rest)

    def _settle(self, chunk: Sequence[str], future: Future[bytes], folder: Path, ended: Event) -> Sequence[str]:
        """Wait for a chunk; the part of it that another process is to write."""
        try:
            hashes = hashes_in(future.result(), len(chunk))
        except (WorkerLost, CallFault, WorkersUnavailable, CancelledError):
            if not ended.is_set():
                self._write_here(chunk, folder)
            return ()
        except (AnswerInvalid, Garbled) as error:
            raise BatchFault("notices.invalid", reason=words_of(error)) from error
        written = chunk[: len(hashes)]
        self._note(written, hashes)
        self._watch(len(written))
        return chunk[len(hashes) :]

    def _note(self, names: Sequence[str], digests: Sequence[str]) -> None:
        self._written.update((name, sha256) for name, sha256 in zip(names, digests, strict=True) if sha256)

    def _write_here(self, names: Sequence[str], folder: Path) -> None:
        for name in names:
            try:
                self._note([name], [self._orders[name].write(folder / name)])
            except Exception as error:
                raise NotWritten(name, error) from error
            self._watch(1)
