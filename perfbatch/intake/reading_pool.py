"""Reading many files: one trap per file, each read in a process that it may break.

The reading is written against `concurrent.futures.Executor`, and files are submitted in chunks. Whatever the executor, a file
is read in an isolated process, within the limits: also a single one, for it takes only one to abort a process. Processes of
this machine (`IsolatedExecutor`) open the files themselves. Any other executor may run on another machine, which need not
see the inbox: it is given the files' bytes, copied here by `read_bytes`, so that what is refused unopened (F10), caught while
it is written (F11) or too large to be held (F07), and the hash, are this machine's word on its own inbox; what runs the
chunk there reads it in isolated processes of its own.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import ExitStack
from typing import Any

from perfbatch.intake.inbox import Found, read_bytes
from perfbatch.intake.one_file import Read, Shipped, read_found, read_held, read_one
from perfbatch.intake.readers import reading_processes
from perfbatch.isolated.executor import CallFault, IsolatedExecutor, WorkerLost, WorkersUnavailable
from perfbatch.model.errors import BatchFault
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.model.submission import Sharing
from perfbatch.rulebook.model import Rulebook

__all__ = ["Read", "chunks", "end_processes", "read_all", "read_one", "read_shipped"]

# Starting a worker takes about as long as reading ten to twenty workbooks. And while the caller loads all the rest, which
# takes three times as long, a second one has no core to itself on a small machine.
_FILES_PER_WORKER = 50
_MOST_FILES = 64
_FEWEST_FILES = 8
# What a chunk ships at most, but for a single file: schedulers of clusters are not made for large messages.
_MOST_BYTES = 4 * 1024 * 1024


def read_shipped(files: Sequence[Shipped], rulebook: bytes, limits: Limits) -> list[Read]:
    """What another executor runs: read files in isolated processes of the machine that it runs on. `rulebook` is pickled.

    The processes stay for the next chunk, as many as chunks are read at a time: see `end_processes`.
    """
    outcomes = _processes(limits).submit_each(read_held, files, rulebook, limits).result()
    return [_judge(outcome, file.sha256) for file, outcome in zip(files, outcomes, strict=True)]


def read_all(
    found: Sequence[Found],
    rulebook: Rulebook,
    workers: int = 1,
    limits: Limits | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> list[Read]:
    """Read every entry, in the order given.

    `executor` is used as it is and left running; None starts up to `workers` isolated processes. `workers` is how many chunks
    are read at a time; for a few files it is fewer. `progress` is told how many entries are read, after each chunk.
    `meanwhile` is called once, as soon as every worker has something to read: what is done there costs no time. A file whose
    worker dies or passes a limit is set aside with F08, alone. Raises `BatchFault` where no worker can be started, or
    the caller's executor broke.
    """
    if not found:
        return []
    # Whoever knows some of the entries already takes them out here: below, every entry is read.
    with ExitStack() as ending:
        if executor is None:
            executor = ending.enter_context(reading_processes(workers, limits))
        return _ReadingCall(executor, found, rulebook, limits or Limits(), max(1, workers)).reads(progress, meanwhile)


def chunks(sizes: Sequence[int], workers: int) -> Iterator[range]:
    """Split files, of these sizes in bytes, into runs for `workers` that end at about the same time.

    Few files are dealt out evenly, and to no more workers than it is worth to start. Of many, each chunk is a part of what is
    left: the last ones are small.
    """
    files, begin = len(sizes), 0
    worth = -(-files // _FILES_PER_WORKER)
    while begin < files:
        if worth <= workers:
            most = -(-files // worth)
        else:
            most = min(_MOST_FILES, max(_FEWEST_FILES, (files - begin) // (2 * workers)))
        end, held = begin + 1, sizes[begin]
        while end < min(files, begin + most) and held + sizes[end] <= _MOST_BYTES:
            held += sizes[end]
            end += 1
        yield range(begin, end)
        begin = end


class _ReadingCall:
    """One call of `read_all`."""

    def __init__(
        self, executor: Executor, found: Sequence[Found], rulebook: Rulebook, limits: Limits, workers: int
    ) -> None:
        self._executor = executor
        self._found = found
        self._rulebook = pickle.dumps(rulebook)
        self._limits = limits
        self._workers = workers
        self._reads: dict[int, Read] = {}
        self._sharing = Sharing()
        self._again: set[int] = set()
        self._chunks: deque[Sequence[int]] = deque(chunks([one.size for one in found], workers))
        self._waiting: dict[Future[Any], Sequence[int]] = {}

    def reads(self, progress: Callable[[int], None] | None, meanwhile: Callable[[], None] | None) -> list[Read]:
        """Submit chunk after chunk: enough of them that no worker waits, no more than memory should hold."""
        try:
            self._submit_some()
            if meanwhile is not None:
                meanwhile()
            while self._chunks or self._waiting:
                self._submit_some()
                for future in wait(self._waiting, return_when=FIRST_COMPLETED).done:
                    self._collect(self._waiting.pop(future), future)
                if progress is not None:
                    progress(len(self._reads))
        except (WorkersUnavailable, BrokenExecutor, CancelledError) as error:
            raise BatchFault(
                f"Workbooks cannot be read: the reading processes do not run ({error or type(error).__name__})."
            ) from error
        finally:
            for future in self._waiting:
                future.cancel()
        return [self._reads[number] for number in range(len(self._found))]

    def _submit_some(self) -> None:
        while self._chunks and len(self._waiting) < 2 * self._workers:
            self._submit(self._chunks.popleft())

    def _submit(self, numbers: Sequence[int]) -> None:
        found = [self._found[number] for number in numbers]
        if isinstance(self._executor, IsolatedExecutor):
            future = self._executor.submit_each(read_found, found, self._rulebook, self._limits)
            self._waiting[future] = numbers
            return
        files: dict[int, Shipped] = {}
        for number, one in zip(numbers, found, strict=True):
            try:
                files[number] = Shipped(one.path, *read_bytes(one, self._limits))
            except SetAside as reason:
                self._reads[number] = Read("", None, reason.code, reason.what)
        if files:
            shipped = self._executor.submit(read_shipped, list(files.values()), self._rulebook, self._limits)
            self._waiting[shipped] = list(files)

    def _collect(self, numbers: Sequence[int], future: Future[Any]) -> None:
        try:
            outcomes = future.result()
        except (WorkersUnavailable, BrokenExecutor, CancelledError, BatchFault):
            raise
        except Exception as error:
            # Another executor's word for a lost worker, which costs the file that is lost twice, the second time alone.
            if len(numbers) == 1 and numbers[0] in self._again:
                sha256 = _digest(self._found[numbers[0]], self._limits)
                self._reads[numbers[0]] = Read(sha256, None, "F08", fault=type(error).__name__)
            else:
                self._again.update(numbers)
                self._chunks.extendleft([number] for number in reversed(numbers))
            return
        for number, outcome in zip(numbers, outcomes, strict=True):
            if isinstance(outcome, Read):
                self._reads[number] = outcome.shared(self._sharing)
            else:
                self._reads[number] = _judge(outcome, _digest(self._found[number], self._limits))


def _judge(outcome: Read | WorkerLost | CallFault, sha256: str) -> Read:
    if isinstance(outcome, Read):
        return outcome
    return Read(sha256, None, "F08", fault=str(outcome) if isinstance(outcome, CallFault) else "")


def _digest(found: Found, limits: Limits) -> str:
    """The hash of a file whose reader died before it could tell; "" where the file is not the same any more."""
    try:
        return read_bytes(found, limits)[1]
    except SetAside:
        return ""


# What follows runs where `read_shipped` does.

_far: dict[Limits, IsolatedExecutor] = {}
_far_lock = threading.Lock()


def _processes(limits: Limits) -> IsolatedExecutor:
    with _far_lock:
        if limits not in _far:
            _far[limits] = reading_processes(os.cpu_count() or 1, limits)
        return _far[limits]


def end_processes() -> None:
    """End what `read_shipped` left running in this process, as soon as the calls under way have ended."""
    with _far_lock:
        ending = list(_far.values())
        _far.clear()
    for executor in ending:
        executor.shutdown()


if hasattr(os, "register_at_fork"):
    # A forked process has the executors, and none of their threads.
    os.register_at_fork(after_in_child=_far.clear)
