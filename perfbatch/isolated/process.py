"""A worker seen from the parent: its process, what it is asked and answers, and the clock that ends it (see `isolation`)."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

from perfbatch.isolated.unpickling import PackageUnpickler
from perfbatch.isolated.worker import HEADER, MARK, Confinement

__all__ = ["MOST_CALLS", "Answer", "Chunk", "Clock", "Worker", "WorkerLost", "WorkersUnavailable"]

_START_SECONDS = 60.0
_BOOTSTRAP = "import sys; sys.path[:] = sys.argv[1:]; from perfbatch.isolated.worker import serve; serve()"


# The least that a pipe holds on any system.
_MARKS_BYTES = 512
MOST_CALLS = _MARKS_BYTES // MARK.size if hasattr(os, "set_blocking") else 1
"""Calls of one chunk: their marks must fit into a pipe that is read without waiting (on Windows from Python 3.12)."""


class WorkerLost(Exception):
    """The worker died, or was killed at a limit, while it ran this call; the message says how."""


class WorkersUnavailable(Exception):
    """Workers cannot be started on this machine: no call is to blame."""


class Answer(NamedTuple):
    """What a worker says of one call: its value, or where it raised; `fit`: whether the worker may be asked again."""

    fault: bool
    content: Any
    peak_bytes: int
    fit: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """What became of a chunk: answers to its first calls and, where the worker was lost, how, in which call, and whether
    at the clock. Calls after the last answer are not answered, whether or not they were run."""

    answers: list[Answer]
    lost: WorkerLost | None = None
    culprit: int = 0
    late: bool = False


class Worker:
    """One process. Raises `WorkersUnavailable` where it cannot be started; imports `imports` before its first call."""

    def __init__(self, confinement: Confinement, imports: Sequence[str], clock: Clock) -> None:
        self._confinement = confinement
        self._clock = clock
        self.fresh = True
        """Whether it has not been asked anything yet."""
        self._expired_in: int | None = None
        self._calls = self._marks_read = 0
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _BOOTSTRAP, *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Not for text: the marks have a pipe of their own, lest each of them wakes whoever waits for answers.
                stderr=subprocess.PIPE if MOST_CALLS > 1 else subprocess.DEVNULL,
                env={**os.environ, "RUST_BACKTRACE": "0", "PYTHONDONTWRITEBYTECODE": "1"},
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise WorkersUnavailable(f"cannot start {sys.executable} ({error.strerror})") from None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests: IO[bytes] = self._process.stdin
        self._replies: IO[bytes] = self._process.stdout
        self._marks = self._process.stderr
        if self._marks is not None:
            os.set_blocking(self._marks.fileno(), False)
        with contextlib.suppress(OSError):
            # A worker that is dead already is found out when its answer is awaited.
            self._send(pickle.dumps((confinement, tuple(imports))))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: bytes, calls: int) -> Chunk:
        """Have a chunk of calls run, each within the wall-clock limit. Raises `WorkersUnavailable` where the process did
        not come so far as to take one."""
        if self.fresh:
            started = self._exchange(None, 1, _START_SECONDS)
            if started.lost is not None:
                raise WorkersUnavailable(str(started.lost))
            self.fresh = False
        return self._exchange(request, calls, self._confinement.wall_seconds)

    def _exchange(self, request: bytes | None, calls: int, seconds: float) -> Chunk:
        answers: list[Answer] = []
        lost: WorkerLost | None = None
        self._take_marks()
        self._calls, self._marks_read = calls, 0
        self._clock.begin(self, seconds)
        try:
            if request is not None:
                self._send(request)
            while len(answers) < calls and (not answers or answers[-1].fit):
                answers.append(self._receive())
        except WorkerLost as error:
            lost = error
        except (OSError, ValueError, EOFError):
            pass
        else:
            return Chunk(answers)
        finally:
            self._clock.end(self)
        self.kill()
        ended = self._process.wait()
        if self._expired_in is not None and self._expired_in >= len(answers):
            return Chunk(answers, WorkerLost("longer than the limit of wall-clock time"), self._expired_in, late=True)
        if lost is not None:
            # The call whose answer cannot be taken.
            return Chunk(answers, lost, len(answers))
        self._take_marks()
        return Chunk(
            answers, WorkerLost(f"ended with {ended}"), min(max(self._marks_read - 1, len(answers)), calls - 1)
        )

    def _send(self, request: bytes) -> None:
        self._requests.write(HEADER.pack(len(request)) + request)
        self._requests.flush()

    def _receive(self) -> Answer:
        header = self._replies.read(HEADER.size)
        if len(header) != HEADER.size:
            raise EOFError
        size = HEADER.unpack(header)[0]
        if size > self._confinement.reply_bytes:
            raise WorkerLost("the result is larger than the limit")
        reply = self._replies.read(size)
        if len(reply) != size:
            raise EOFError
        try:
            fault, content, peak, fit = PackageUnpickler(io.BytesIO(reply)).load()
            return Answer(bool(fault), content, int(peak), bool(fit))
        except Exception as error:
            raise WorkerLost(f"an answer that cannot be read ({type(error).__name__})") from None

    def _take_marks(self) -> float:
        """Read the marks made since the last time; the latest of them, 0 where there is none."""
        try:
            marks = os.read(self._marks.fileno(), _MARKS_BYTES) if self._marks is not None else b""
        except OSError:
            return 0.0
        self._marks_read += len(marks) // MARK.size
        latest: float = MARK.unpack(marks[-MARK.size :])[0] if len(marks) >= MARK.size else 0.0
        return latest

    def due(self, seconds: float) -> float:
        """When the call that the worker is at must have ended; 0 where it has begun none since this was asked last."""
        begun = self._take_marks()
        # A worker that a file has taken over cannot put its end off: neither by a time of its own nor by marks without end.
        return min(begun, time.monotonic()) + seconds if begun and self._marks_read <= self._calls else 0.0

    def expire(self) -> None:
        """Kill the worker for the call that it is at."""
        self._expired_in = max(self._marks_read - 1, 0)
        self.kill()

    def kill(self) -> None:
        """Kill the worker and whatever it started."""
        if self._process.returncode is not None:
            return
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def close(self) -> None:
        self._process.wait()
        for pipe in (self._requests, self._replies, self._marks):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()


class Clock:
    """Ends workers whose call has passed its time: one thread for all workers of an executor, which sleeps as long as
    calls end in time and goes when nothing is left to watch."""

    def __init__(self) -> None:
        self._due: dict[Worker, tuple[float, float]] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._awake_at = 0.0

    def begin(self, worker: Worker, seconds: float) -> None:
        """Give the worker's first call so many seconds from now, and each one after it so many from its own beginning."""
        until = time.monotonic() + seconds
        with self._changed:
            self._due[worker] = (until, seconds)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="isolated-worker-clock", daemon=True)
                self._thread.start()
            elif until < self._awake_at:
                self._changed.notify()

    def end(self, worker: Worker) -> None:
        """The worker's calls have ended: from here on it is not touched."""
        with self._changed:
            self._due.pop(worker, None)

    def stop(self) -> None:
        """Let the thread go at once."""
        with self._changed:
            self._due.clear()
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while self._due:
                self._awake_at = min(until for until, _ in self._due.values())
                if (early := self._awake_at - time.monotonic()) > 0:
                    self._changed.wait(early)
                    continue
                for worker, (until, seconds) in list(self._due.items()):
                    if until > time.monotonic():
                        continue
                    if (until := worker.due(seconds)) > time.monotonic():
                        self._due[worker] = (until, seconds)
                    else:
                        del self._due[worker]
                        worker.expire()
            self._thread = None
