"""A worker seen from the parent: its process, what it is asked and answers, and the clock that ends it (see `executor`)."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from typing import IO, NamedTuple

from perfbatch.isolated.worker import GIVEN, HEADER, HELLO, RAISED, REPLY, TIMED, TOO_LARGE, Confinement
from perfbatch.model.message import packed

__all__ = ["MOST_TURNS", "Answer", "AnswerInvalid", "CallFault", "Clock", "Worker", "WorkerLost", "WorkersUnavailable"]

MOST_TURNS = 1024 if TIMED else 1
"""How many pieces a request may have: where a worker has no timers, its only clock is the parent's, and that times a request."""

_START_SECONDS = 60.0
# Seconds by which the parent waits longer: the worker's own timer ends it first, and says why.
_SPARE_SECONDS = 2.0
# A request of many pieces is not waited for as long as all of them together may take: it is asked again piece by piece.
_TURNS_WAITED_FOR = 3
_BOOTSTRAP = "import sys; sys.path[:] = sys.argv[1:]; from perfbatch.isolated.worker import serve; serve()"
_LATE = "longer than the limit of wall-clock time"


class WorkerLost(Exception):
    """The worker died, or was killed at a limit, while it ran this request; the message says how, `late` whether at the clock."""

    def __init__(self, how: str, *, late: bool = False) -> None:
        super().__init__(how)
        self.late = late


class CallFault(Exception):
    """The task raised: the exception's type and where; the lines that follow in `way` say how it came there. Not what it says,
    for that may be a file's content."""

    def __init__(self, text: str) -> None:
        place, _, self.way = text.partition("\n")
        super().__init__(place)
        self.kind = place.partition(" ")[0]
        self.text = text


class AnswerInvalid(Exception):
    """What came back is no answer: the worker, not a file, is at fault."""


class WorkersUnavailable(Exception):
    """Workers cannot be started on this machine: no request is to blame."""


class Answer(NamedTuple):
    """What a worker gave; `fit`: whether it may be asked again."""

    content: bytes
    peak_bytes: int
    fit: bool


class Worker:
    """One process with the tasks of the module `tasks`. Raises `WorkersUnavailable` where it cannot be started."""

    def __init__(self, confinement: Confinement, tasks: str, clock: Clock) -> None:
        self._confinement = confinement
        self._clock = clock
        self.fresh = True
        """Whether it has not been asked anything yet."""
        self._expired = False
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _BOOTSTRAP, *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "RUST_BACKTRACE": "0", "PYTHONDONTWRITEBYTECODE": "1"},
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise WorkersUnavailable(f"cannot start {sys.executable} ({error.strerror})") from None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests: IO[bytes] = self._process.stdin
        self._replies: IO[bytes] = self._process.stdout
        with contextlib.suppress(OSError):
            # A worker that is dead already is found out when its answer is awaited.
            self._send(packed(HELLO.write((confinement, tasks))))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: bytes, turns: int) -> Answer:
        """Have a request run that has so many pieces. Raises `WorkerLost`, `CallFault`, `AnswerInvalid`; and
        `WorkersUnavailable` where the process did not come so far as to take a request."""
        if self.fresh:
            try:
                self._exchange(None, _START_SECONDS)
            except (WorkerLost, CallFault, AnswerInvalid) as error:
                raise WorkersUnavailable(str(error)) from None
            self.fresh = False
        return self._exchange(request, min(turns, _TURNS_WAITED_FOR) * self._confinement.wall_seconds + _SPARE_SECONDS)

    def _exchange(self, request: bytes | None, seconds: float) -> Answer:
        self._clock.begin(self, seconds)
        try:
            if request is not None:
                self._send(request)
            return self._receive()
        except (OSError, EOFError):
            pass
        finally:
            self._clock.end(self)
        self.kill()
        ended = self._process.wait()
        if self._expired or (TIMED and ended == -signal.SIGALRM):
            raise WorkerLost(_LATE, late=True)
        raise WorkerLost(f"ended with {ended}")

    def _send(self, request: bytes) -> None:
        self._requests.write(HEADER.pack(len(request)))
        self._requests.write(request)
        self._requests.flush()

    def _receive(self) -> Answer:
        (size,) = HEADER.unpack(self._read(HEADER.size))
        if not REPLY.size <= size <= REPLY.size + self._confinement.reply_bytes:
            raise AnswerInvalid("an answer of no possible size")
        kind, fit, peak = REPLY.unpack(self._read(REPLY.size))
        content = self._read(size - REPLY.size)
        if kind == TOO_LARGE and not content:
            raise WorkerLost("the result is larger than the limit")
        if kind == RAISED:
            raise CallFault(content.decode("utf-8", "replace"))
        if kind != GIVEN:
            raise AnswerInvalid("an answer of no kind")
        return Answer(content, peak, fit)

    def _read(self, size: int) -> bytes:
        content = self._replies.read(size)
        if len(content) != size:
            raise EOFError
        return content

    def expire(self) -> None:
        """Kill the worker for being late."""
        self._expired = True
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
        for pipe in (self._requests, self._replies):
            with contextlib.suppress(OSError):
                pipe.close()


class Clock:
    """Ends workers that have passed their time: one thread for all workers of an executor, which sleeps as long as answers
    come in time and goes when nothing is left to watch."""

    def __init__(self) -> None:
        self._due: dict[Worker, float] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._awake_at = 0.0

    def begin(self, worker: Worker, seconds: float) -> None:
        """Give the worker so many seconds from now."""
        until = time.monotonic() + seconds
        with self._changed:
            self._due[worker] = until
            if self._thread is None:
                watching = threading.Thread(target=self._watch, name="isolated-worker-clock", daemon=True)
                watching.start()
                self._thread = watching
            elif until < self._awake_at:
                self._changed.notify()

    def end(self, worker: Worker) -> None:
        """The worker has answered: from here on it is not touched."""
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
                self._awake_at = min(self._due.values())
                if (early := self._awake_at - time.monotonic()) > 0:
                    self._changed.wait(early)
                    continue
                for worker in [worker for worker, until in self._due.items() if until <= time.monotonic()]:
                    del self._due[worker]
                    worker.expire()
            self._thread = None
