"""Reading many files: one trap per file, each read in a process that it may break.

Files are submitted in chunks, as requests of plain bytes (`one_file`), and what comes back is looked at as data (`answers`).
Whoever runs a chunk, a file is read in an isolated process, within the limits: also a single one, for it takes only one to abort a
process. Processes of this machine (`IsolatedExecutor`) open the files themselves. A `concurrent.futures.Executor` may run on
another machine, which need not see the inbox: it is given the files' bytes, copied here by `read_bytes`, so that what is refused
unopened (F10), caught while it is written (F11) or too large to be held (F07), and the hash, are this machine's word on its own
inbox; what runs the chunk there reads it in isolated processes of its own.

A chunk that is lost, here or there, is asked again file by file; a file that is lost alone is asked once more, when all others are
read and the machine is quiet, before it is believed to be at fault (F08). An exception of the program's own costs the file that it
was met at (F14). An answer that says what no reader says is nobody's file: the night ends.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import ExitStack
from typing import TypeAlias

from perfbatch.intake.answers import AnswerForm, Read, reads_in
from perfbatch.intake.inbox import Found, read_bytes
from perfbatch.intake.one_file import Shipped, read_one, request_to_read, request_to_read_shipped, shipped_in
from perfbatch.intake.readers import reading_processes
from perfbatch.isolated.executor import (
    MOST_TURNS,
    AnswerInvalid,
    CallFault,
    IsolatedExecutor,
    WorkerLost,
    WorkersUnavailable,
)
from perfbatch.model.errors import BatchFault
from perfbatch.model.limits import Limits
from perfbatch.model.message import Garbled, packed, unpacked
from perfbatch.model.set_aside import SetAside
from perfbatch.model.words.wording import words_of
from perfbatch.rulebook.data import forms_data
from perfbatch.rulebook.forms import Forms

__all__ = ["Read", "Readers", "chunks", "end_processes", "read_all", "read_one", "read_shipped"]

Readers: TypeAlias = Executor | IsolatedExecutor
"""Who reads: processes of this machine, or any executor, which may run on another."""

# Starting a worker takes about as long as reading ten to twenty workbooks. And while the caller loads all the rest, which
# takes three times as long, a second one has no core to itself on a small machine.
_FILES_PER_WORKER = 50
_MOST_FILES = 64
_FEWEST_FILES = 8
# Exceptions of a process that has come to the end of its memory, not of the program's.
_TOO_MUCH = ("MemoryError", "RecursionError")
_ANSWER = "answer"
_OUTCOMES: dict[str, Callable[[str], Exception]] = {
    _ANSWER: Garbled,
    **{kind.__name__: kind for kind in (WorkerLost, CallFault, AnswerInvalid, WorkersUnavailable)},
}
# What a chunk ships at most, but for a single file: schedulers of clusters are not made for large messages.
_MOST_BYTES = 4 * 1024 * 1024


def read_all(
    files: Sequence[Found],
    forms: Forms,
    workers: int = 1,
    limits: Limits | None = None,
    executor: Readers | None = None,
    progress: Callable[[int], None] | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> list[Read]:
    """Read every entry by the form that its stamp names, in the order given.

    `executor` is used as it is and left running; None starts up to `workers` isolated processes. `workers` is how many chunks
    are read at a time; for a few files it is fewer. `progress` is told how many entries are read, after each chunk.
    `meanwhile` is called once, as soon as every worker has something to read: what is done there costs no time. A file that
    takes its worker's life, or passes a limit, is set aside with F08, alone. Raises `BatchFault` where no worker can be started, the
    caller's executor broke, or what comes back is no answer.
    """
    if not files:
        return []
    # Whoever knows some of the entries already takes them out here: below, every entry is read.
    with ExitStack() as ending:
        if executor is None:
            executor = ending.enter_context(reading_processes(workers, limits))
        return _ReadingCall(executor, files, forms, limits or Limits(), max(1, workers)).reads(progress, meanwhile)


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
        most = min(most, MOST_TURNS)
        end, held = begin + 1, sizes[begin]
        while end < min(files, begin + most) and held + sizes[end] <= _MOST_BYTES:
            held += sizes[end]
            end += 1
        yield range(begin, end)
        begin = end


class _ReadingCall:
    """One call of `read_all`."""

    def __init__(
        self,
        executor: Readers,
        files: Sequence[Found],
        forms: Forms,
        limits: Limits,
        workers: int,
    ) -> None:
        self._executor = executor
        self._found = files
        self._forms = forms_data(forms)
        self._form = AnswerForm(forms)
        self._limits = limits
        self._workers = workers
        self._reads: dict[int, Read] = {}
        self._chunks: deque[Sequence[int]] = deque(chunks([entry.size for entry in files], workers))
        self._lost_alone: dict[int, Read] = {}
        self._waiting: dict[Future[bytes], Sequence[int]] = {}

    def reads(self, progress: Callable[[int], None] | None, meanwhile: Callable[[], None] | None) -> list[Read]:
        """Submit chunk after chunk: enough of them that no worker waits, no more than memory should hold."""
        try:
            self._submit_some()
            if meanwhile is not None:
                meanwhile()
            while self._chunks or self._waiting:
                self._submit_some()
                self._collect_some()
                if progress is not None:
                    progress(len(self._reads))
            for number in list(self._lost_alone):
                # One at a time, with the machine to itself: what is lost now was not lost to a busy hour.
                self._submit([number])
                while self._waiting:
                    self._collect_some()
        except (WorkersUnavailable, BrokenExecutor, CancelledError) as error:
            raise BatchFault("reading.stopped", reason=words_of(error)) from error
        finally:
            for future in self._waiting:
                future.cancel()
        return [self._reads[number] for number in range(len(self._found))]

    def _submit_some(self) -> None:
        while self._chunks and len(self._waiting) < 2 * self._workers:
            self._submit(self._chunks.popleft())

    def _submit(self, numbers: Sequence[int]) -> None:
        wanted = [self._found[number] for number in numbers]
        if isinstance(self._executor, IsolatedExecutor):
            request = request_to_read(wanted, self._forms, self._limits)
            self._waiting[self._executor.submit("read", request, len(numbers))] = numbers
            return
        files: dict[int, Shipped] = {}
        for number, entry in zip(numbers, wanted, strict=True):
            try:
                files[number] = Shipped(entry.path, *read_bytes(entry, self._limits))
            except SetAside as reason:
                self._reads[number] = Read("", None, reason.code, reason.what)
        if files:
            request = request_to_read_shipped(list(files.values()), self._forms, self._limits)
            self._waiting[self._executor.submit(read_shipped, request)] = list(files)

    def _collect_some(self) -> None:
        for future in wait(self._waiting, return_when=FIRST_COMPLETED).done:
            self._collect(self._waiting.pop(future), future)

    def _collect(self, numbers: Sequence[int], future: Future[bytes]) -> None:
        try:
            answer = future.result()
            if not isinstance(self._executor, IsolatedExecutor):
                answer = _brought(answer)
            reads = reads_in(
                answer, self._form, self._limits.reply_bytes, [self._found[number].path for number in numbers]
            )
        except (WorkersUnavailable, BrokenExecutor, CancelledError, BatchFault):
            raise
        except (WorkerLost, CallFault) as error:
            if len(numbers) > 1:
                self._chunks.extend([number] for number in numbers)
            else:
                self._note(numbers[0], self._verdict(numbers[0], error))
            return
        except Exception as error:
            raise BatchFault("reading.invalid", reason=_described(error)) from error
        for number, read in zip(numbers, reads, strict=False):
            self._note(number, read)
        if len(reads) < len(numbers):
            self._chunks.appendleft(numbers[len(reads) :])

    def _note(self, number: int, read: Read) -> None:
        if read.code == "F08" and number not in self._lost_alone:
            self._lost_alone[number] = read
        self._reads[number] = read

    def _verdict(self, number: int, error: WorkerLost | CallFault) -> Read:
        sha256 = _digest(self._found[number], self._limits)
        if isinstance(error, CallFault) and error.kind not in _TOO_MUCH:
            return Read(sha256, None, "F14", fault=error.text)
        return Read(sha256, None, "F08")


def _described(error: Exception) -> str:
    """Of our own faults what they say; of another's only what it is, for that may be anything."""
    return str(error) if isinstance(error, Garbled | AnswerInvalid) else type(error).__name__


def _digest(file: Found, limits: Limits) -> str:
    """The hash of a file whose reader died before it could tell; "" where the file is not the same any more."""
    try:
        return read_bytes(file, limits)[1]
    except SetAside:
        return ""


def _brought(outcome: object) -> bytes:
    """What `read_shipped` answered there. Raises what it told of, and `Garbled` where it told nothing."""
    if not isinstance(outcome, bytes):
        raise Garbled(f"an answer of type {type(outcome).__name__}")
    kind, buffers = unpacked(outcome)
    if not isinstance(kind, str) or kind not in _OUTCOMES or len(buffers) != 1:
        raise Garbled("an outcome of no kind")
    if kind == _ANSWER:
        return bytes(buffers[0])
    raise _OUTCOMES[kind](bytes(buffers[0]).decode("utf-8", "replace"))


# What follows runs where `read_shipped` does.


def read_shipped(request: bytes) -> bytes:
    """What another executor runs: read files in isolated processes of the machine that it runs on; what became of them.

    The processes stay for the next chunk, as many as chunks are read at a time: see `end_processes`.
    """
    limits, files = shipped_in(request)
    try:
        return packed(_ANSWER, [_processes(limits).submit("read_shipped", request, files).result()])
    except CallFault as error:
        return packed(CallFault.__name__, [error.text.encode("utf-8", "replace")])
    except (WorkerLost, AnswerInvalid, WorkersUnavailable) as error:
        return packed(type(error).__name__, [str(error).encode("utf-8", "replace")])


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
