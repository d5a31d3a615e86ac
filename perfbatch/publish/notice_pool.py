"""A night's notices made by several processes, while the parent writes the summary.

The processes are the intake's isolated ones: a workbook that passed the reader is still somebody else's file. They import no
pandas, and write the notices themselves, into the private folder in which the night is built: handing the bytes to the
parent would cost both a copy through a pipe, and the parent the time to write them.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

from perfbatch.intake.isolation import CallFault, Confinement, IsolatedExecutor, WorkerLost, WorkersUnavailable
from perfbatch.publish.durable import NotWritten
from perfbatch.publish.notice.order import NoticeOrder, write_notices

__all__ = ["NoticePool"]

_MB = 1024 * 1024
# A call makes a whole chunk: the clocks are there for one that never ends, not to hurry an honest one. A notice is about as
# large as its workbook, which is within the intake's limit of 64 MB.
_CONFINEMENT = Confinement(1024 * _MB, 300, 300.0, _MB, 256 * _MB)
# Fewer than these are made before a process has started; one that makes less than its share costs more than it saves.
_FEW, _SHARE = 20, 40
_CHUNK = 64
# Chunks a process: with fewer, one process would work on while the others have ended.
_TURNS = 4
# Chunks under way or waiting, a process: orders are pickled when they are handed over, and ten thousand need not all be.
_AHEAD = 2


class NoticePool:
    """Notices to be written by up to `workers` processes; `orders`: path in the outbox → the notice.

    The notices are the same to the byte whichever process makes them, and in whatever order. A chunk whose process dies, or
    cannot be started, is made here, notice by notice: what cannot be written here either is a fault of the night. `watch` is
    told how many more are written, from any thread.
    """

    def __init__(
        self, orders: Mapping[str, NoticeOrder], workers: int, watch: Callable[[int], None] | None = None
    ) -> None:
        self._orders = orders
        self._watch = watch or (lambda _: None)
        self._workers = min(max(1, workers), -(-len(orders) // _SHARE)) if len(orders) >= _FEW else 0

    @property
    def names(self) -> Collection[str]:
        """Paths in the outbox."""
        return self._orders.keys()

    @contextlib.contextmanager
    def started(self, folder: Path) -> Iterator[Callable[[], None]]:
        """Begin to write the notices (see `outbox.Elsewhere`); a few are written at once, here."""
        if self._workers == 0:
            self._write_here([*self._orders], folder)
            yield lambda: None
            return
        ended = Event()
        with (
            ThreadPoolExecutor(1, "notices") as thread,
            IsolatedExecutor(self._workers, _CONFINEMENT) as executor,
        ):
            done = thread.submit(self._write_all, executor, folder, ended)
            try:
                yield done.result
            except BaseException:
                ended.set()
                raise

    def _write_all(self, executor: IsolatedExecutor, folder: Path, ended: Event) -> None:
        under_way: deque[tuple[Sequence[str], Future[None]]] = deque()
        for chunk in self._chunks():
            pairs = [(self._orders[name], folder / name) for name in chunk]
            under_way.append((chunk, executor.submit(write_notices, pairs)))
            if len(under_way) > _AHEAD * self._workers:
                self._settle(*under_way.popleft(), folder, ended)
            if ended.is_set():
                return
        for chunk, future in under_way:
            self._settle(chunk, future, folder, ended)

    def _chunks(self) -> Iterator[Sequence[str]]:
        names = [*self._orders]
        size = min(_CHUNK, -(-len(names) // (self._workers * _TURNS)))
        for start in range(0, len(names), size):
            yield names[start : start + size]

    def _settle(self, chunk: Sequence[str], future: Future[None], folder: Path, ended: Event) -> None:
        try:
            future.result()
        except (WorkerLost, CallFault, WorkersUnavailable, CancelledError):
            if not ended.is_set():
                self._write_here(chunk, folder)
            return
        self._watch(len(chunk))

    def _write_here(self, names: Sequence[str], folder: Path) -> None:
        for name in names:
            try:
                self._orders[name](folder / name)
            except Exception as error:
                raise NotWritten(name, error) from error
            self._watch(1)
