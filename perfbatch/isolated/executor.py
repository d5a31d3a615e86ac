"""Running tasks in processes that may die: workers abort, hang or swell at no cost to their neighbours.

The parser of workbooks is native code: it can abort the process, loop without end, or ask for all the memory there is, and
none of that can be caught where it happens. `IsolatedExecutor` is built here because the ready ones fall short:

- `ProcessPoolExecutor` (and loky, which follows it) breaks as a whole when one worker dies, and all waiting calls with it;
- pebble's `ProcessPool` survives that, but all its workers share one pipe and its lock (a worker killed in the middle of a
  reply leaves half a message for everybody), it kills a process and not its group, knows no limit but the clock, and looks at
  that clock ten times a second;
- all of them start workers through `multiprocessing`: by fork, which copies the caller's threads' locks and counts the
  caller's libraries against a limit of memory, or by spawn, which imports the caller's main module again;
- and all of them pickle: whoever has taken a worker over runs code in the parent.

Here every worker is a fork of a small process that has loaded its tasks and nothing else (see `birth`), in a session of its own,
with pipes of its own, attended by one thread. It is asked
for a task by name, out of those that its module of tasks has, and what goes to it and comes back is bytes (see `message`): who
takes an answer looks at it as data. A request may have several pieces, each of which begins a turn (see `Turns`). A worker that is
lost costs the whole request, and who submitted it asks again, piece by piece. A request of one piece is not blamed for the death
of a worker that had done something before: it is tried again in a fresh one, lest it pay for what an earlier one left behind.

Limits are each turn's own: memory, CPU, no core dump and no writing to files (but for a confinement that allows it) where the
system has `setrlimit`; the clock is the worker's own timer. Behind it stands the parent's, for a worker that somebody has taken
over, and for systems without timers, where a request has one piece. What a worker prints goes nowhere.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType

from perfbatch.isolated.process import (
    MOST_TURNS,
    Answer,
    AnswerInvalid,
    CallFault,
    Clock,
    Worker,
    WorkerLost,
    WorkersUnavailable,
    nursery_of,
)
from perfbatch.isolated.worker import Confinement
from perfbatch.model.message import packed
from perfbatch.model.words.catalogue import worded

__all__ = [
    "MOST_TURNS",
    "AnswerInvalid",
    "CallFault",
    "Confinement",
    "IsolatedExecutor",
    "WorkerLost",
    "WorkersUnavailable",
]


@dataclass(frozen=True, slots=True)
class _Request:
    future: Future[bytes]
    content: bytes
    turns: int


class IsolatedExecutor:
    """Up to `workers` processes with the tasks of the module `tasks`, started when there is work for them."""

    def __init__(self, workers: int, confinement: Confinement, tasks: str) -> None:
        self.workers = max(1, workers)
        """How many requests are run at a time."""
        self._confinement = confinement
        self._tasks = tasks
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        # Idle threads minus requests that wait for one.
        self._idle = 0
        self._stopped = self._abandoned = False
        self._clock = Clock()
        self._nursery = nursery_of(tasks)
        self._alive: set[Worker] = set()
        self._early: list[Worker] = []
        self.peak_bytes = 0
        """The largest resident size that any worker has had, in bytes; 0 where the system does not say."""

    def start_early(self) -> None:
        """Start one worker before there is a request for it: it loads its tasks while the caller does something else."""
        if self._nursery is not None:
            self._nursery.start()
        self._early.append(self._start())

    def submit(self, task: str, request: bytes, turns: int = 1) -> Future[bytes]:
        """Schedule a request of so many pieces. The future gives the task's answer, or raises `WorkerLost`, `CallFault`,
        `AnswerInvalid`, `WorkersUnavailable`. Raises `RuntimeError` after `shutdown`."""
        future: Future[bytes] = Future()
        with self._lock:
            if self._stopped:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._requests.put(_Request(future, packed(task, [request]), turns))
            self._idle -= 1
            if self._idle < 0 and len(self._threads) < self.workers:
                thread = threading.Thread(target=self._attend, name="isolated-worker", daemon=True)
                # Where no thread can be started there is none to wait for at the end.
                thread.start()
                self._threads.append(thread)
                self._idle += 1
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the scheduled requests end, or cancel those not begun; then end the workers."""
        with self._lock:
            self._stopped = True
            if cancel_futures:
                while not self._requests.empty():
                    request = self._requests.get()
                    if request is not None:
                        request.future.cancel()
            for _ in self._threads:
                self._requests.put(None)
        while (worker := self._take_early()) is not None:
            self._end(worker)
        if wait:
            for thread in self._threads:
                thread.join()
            self._clock.stop()
            if self._nursery is not None:
                self._nursery.end()

    def __enter__(self) -> IsolatedExecutor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, way: TracebackType | None
    ) -> None:
        if kind is not None:
            # Whoever leaves by an exception (Ctrl-C) does not want to wait for a hanging worker.
            with self._lock:
                self._abandoned = True
                if self._nursery is not None:
                    self._nursery.kill()
                for worker in self._alive:
                    worker.kill()
        self.shutdown(wait=True, cancel_futures=kind is not None)

    def _attend(self) -> None:
        """One thread's life: one request after the other, to one worker after the other."""
        worker: Worker | None = None
        while (request := self._requests.get()) is not None:
            if request.future.set_running_or_notify_cancel():
                try:
                    worker, answer = self._run(worker, request)
                except BaseException as error:
                    worker = None
                    request.future.set_exception(error)
                else:
                    request.future.set_result(answer.content)
            with self._lock:
                self._idle += 1
        if worker is not None:
            self._end(worker)

    def _run(self, worker: Worker | None, request: _Request) -> tuple[Worker | None, Answer]:
        """The answer to a request, and the worker that may be asked again."""
        while True:
            worker = worker or self._take_early()
            if worker is not None and not worker.running:
                self._end(worker)
                worker = None
            worker = worker or self._start()
            fresh = worker.fresh
            try:
                answer = worker.ask(request.content, request.turns)
            except WorkerLost as lost:
                self._end(worker)
                if fresh or lost.late or request.turns > 1:
                    raise
                worker = None
                continue
            except BaseException:
                self._end(worker)
                raise
            self.peak_bytes = max(self.peak_bytes, answer.peak_bytes)
            if answer.fit:
                return worker, answer
            self._end(worker)
            return None, answer

    def _take_early(self) -> Worker | None:
        with self._lock:
            return self._early.pop() if self._early else None

    def _start(self) -> Worker:
        with self._lock:
            if self._abandoned:
                raise WorkersUnavailable(worded("process.left"))
            worker = Worker(self._confinement, self._tasks, self._clock, self._nursery)
            self._alive.add(worker)
        return worker

    def _end(self, worker: Worker) -> None:
        worker.kill()
        worker.close()
        with self._lock:
            self._alive.discard(worker)
