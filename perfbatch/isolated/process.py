"""A worker seen from the parent: its process, what it is asked and answers, and the clock that ends it (see `executor`)."""

from __future__ import annotations

import contextlib
import signal
import threading
import time

from perfbatch.isolated.answer import Answer, AnswerInvalid, CallFault, WorkerLost, WorkersUnavailable, received
from perfbatch.isolated.birth import FORKS, Birth, Nursery, Spawned
from perfbatch.isolated.worker import HEADER, HELLO, TIMED, Confinement
from perfbatch.model.message import packed
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.wording import words_of

__all__ = [
    "MOST_TURNS",
    "Answer",
    "AnswerInvalid",
    "CallFault",
    "Clock",
    "Worker",
    "WorkerLost",
    "WorkersUnavailable",
    "nursery_of",
]

MOST_TURNS = 1024 if TIMED else 1
"""How many pieces a request may have: where a worker has no timers, its only clock is the parent's, and that times a request."""

_START_SECONDS = 60.0
# Seconds by which the parent waits longer: the worker's own timer ends it first, and says why.
_SPARE_SECONDS = 2.0
# A request of many pieces is not waited for as long as all of them together may take: it is asked again piece by piece.
_TURNS_WAITED_FOR = 3
# What an interpreter is told to run: a worker, or the nursery that workers are forked from.
_BOOTSTRAP = "import importlib, sys; sys.path[:] = sys.argv[3:]; importlib.import_module(sys.argv[1]).serve()"


def nursery_of(tasks: str) -> Nursery | None:
    """What workers with the tasks of this module are forked from; None where each is an interpreter of its own."""
    return Nursery(_BOOTSTRAP, tasks) if FORKS else None


class Worker:
    """One process with the tasks of the module `tasks`, a fork of the `nursery` when it is first asked, or an interpreter of its
    own where there is none. Raises `WorkersUnavailable` where it cannot be started."""

    def __init__(self, confinement: Confinement, tasks: str, clock: Clock, nursery: Nursery | None) -> None:
        self._confinement = confinement
        self._clock = clock
        self._tasks = tasks
        self._nursery = nursery
        self._birth_lock = threading.Lock()
        self._killed = False
        self.fresh = True
        """Whether it has not been asked anything yet."""
        self._expired = False
        self._birth: Birth | None = None
        if nursery is None:
            self._born()

    def _born(self) -> Birth:
        """The worker's process. Raises `WorkersUnavailable`, `AnswerInvalid`."""
        with self._birth_lock:
            if self._birth is None:
                self._birth = Spawned(_BOOTSTRAP) if self._nursery is None else self._nursery.fork()
                with contextlib.suppress(OSError):
                    # A worker that is dead already is found out when its answer is awaited.
                    self._send(self._birth, packed(HELLO.write((self._confinement, self._tasks))))
                if self._killed:
                    self._birth.kill()
            return self._birth

    @property
    def pid(self) -> int:
        return self._born().pid

    @property
    def running(self) -> bool:
        """Whether it runs; one that is not born yet does, unless it was killed."""
        return not self._killed if self._birth is None else self._birth.running

    def ask(self, request: bytes, turns: int) -> Answer:
        """Have a request run that has so many pieces. Raises `WorkerLost`, `CallFault`, `AnswerInvalid`; and
        `WorkersUnavailable` where the process did not come so far as to take a request."""
        birth = self._born()
        if self.fresh:
            try:
                self._exchange(birth, None, _START_SECONDS)
            except (WorkerLost, CallFault, AnswerInvalid) as error:
                raise WorkersUnavailable(words_of(error)) from None
            self.fresh = False
        return self._exchange(
            birth, request, min(turns, _TURNS_WAITED_FOR) * self._confinement.wall_seconds + _SPARE_SECONDS
        )

    def _exchange(self, birth: Birth, request: bytes | None, seconds: float) -> Answer:
        self._clock.begin(self, seconds)
        try:
            if request is not None:
                self._send(birth, request)
            return received(birth.replies, self._confinement.reply_bytes)
        except (OSError, EOFError):
            pass
        finally:
            self._clock.end(self)
        self.kill()
        ended = birth.wait()
        if self._expired or (TIMED and ended == -signal.SIGALRM):
            raise WorkerLost(worded("process.late"), late=True)
        raise WorkerLost(worded("process.ended", status=ended))

    @staticmethod
    def _send(birth: Birth, request: bytes) -> None:
        birth.requests.write(HEADER.pack(len(request)))
        birth.requests.write(request)
        birth.requests.flush()

    def expire(self) -> None:
        """Kill the worker for being late."""
        self._expired = True
        self.kill()

    def kill(self) -> None:
        """Kill the worker and whatever it started."""
        self._killed = True
        if self._birth is not None:
            self._birth.kill()

    def close(self) -> None:
        """Let go of a worker that was killed."""
        if self._birth is None:
            return
        self._birth.wait()
        for pipe in (self._birth.requests, self._birth.replies):
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
