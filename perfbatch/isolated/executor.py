"""Running calls in processes that may die: an executor whose workers abort, hang or swell at no cost to their neighbours.

The parser of workbooks is native code: it can abort the process, loop without end, or ask for all the memory there is, and
none of that can be caught where it happens. `IsolatedExecutor` is a `concurrent.futures.Executor`, so whoever submits to it
could as well submit to a `ThreadPoolExecutor` or a cluster's executor. It is built here because the ready ones fall short:

- `ProcessPoolExecutor` (and loky, which follows it) breaks as a whole when one worker dies, and all waiting calls with it;
- pebble's `ProcessPool` survives that, but all its workers share one pipe and its lock (a worker killed in the middle of a
  reply leaves half a message for everybody), it kills a process and not its group, knows no limit but the clock, looks at
  that clock ten times a second, and is no `Executor`;
- all of them start workers through `multiprocessing`: by fork, which copies the caller's threads' locks and counts the
  caller's libraries against a limit of memory, or by spawn, which imports the caller's main module again.

Here every worker is a fresh interpreter in a session of its own, with a pipe of its own, attended by one thread. It takes a
chunk of calls at a time and runs them one after the other; as it begins a call it leaves a mark in a second pipe, which
nobody reads as long as all goes well, so that a death or a call without end has one culprit. The others of the chunk are
asked again. A call is blamed only for the death of a worker that had done nothing before; else it is tried again in a fresh
one, lest it pay for what an earlier call left behind.

Limits are each call's own, also within a chunk: memory, CPU, no core dump and no writing to files (but for a
confinement that allows it) where the system has `setrlimit`; the clock everywhere. The clock runs twice, in the parent and (where there is `setitimer`) in the worker, so that
a worker never outlives a killed parent for long. What a worker prints goes nowhere.
"""

from __future__ import annotations

import pickle
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from perfbatch.isolated.process import MOST_CALLS, Clock, Worker, WorkerLost, WorkersUnavailable
from perfbatch.isolated.worker import Confinement

__all__ = ["CallFault", "Confinement", "IsolatedExecutor", "WorkerLost", "WorkersUnavailable"]

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Call = tuple[tuple[Any, ...], dict[str, Any]]


class CallFault(Exception):
    """The call raised: the exception's type and where, not what it says (that may be a file's content)."""


@dataclass(frozen=True, slots=True)
class _Task:
    """Calls of one function, each with arguments of its own and some that all share. `whole`: the future is of the list of
    outcomes; else it is of the only call."""

    future: Future[Any]
    function: Callable[..., Any]
    calls: Sequence[_Call]
    shared: tuple[Any, ...]
    whole: bool

    def request(self, wanted: Sequence[int]) -> bytes:
        return pickle.dumps((self.function, [self.calls[number] for number in wanted], self.shared))

    def settle(self, outcomes: list[Any]) -> None:
        if self.whole:
            self.future.set_result(outcomes)
        elif isinstance(outcomes[0], WorkerLost | CallFault):
            self.future.set_exception(outcomes[0])
        else:
            self.future.set_result(outcomes[0])


class IsolatedExecutor(Executor):
    """Up to `workers` processes, started when there is work for them.

    `imports` names modules that each worker loads before its first call. Functions, arguments and results travel pickled; a
    result may hold built-in values, dates, and instances of this package's classes, nothing else is taken from a worker. A
    call's outcome is its value, `WorkerLost` or `CallFault`; a future raises `WorkersUnavailable` where no call is to blame.
    """

    def __init__(self, workers: int, confinement: Confinement, imports: Sequence[str] = ()) -> None:
        self.workers = max(1, workers)
        """How many calls, or chunks of them, are run at a time."""
        self._confinement = confinement
        self._imports = tuple(imports)
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        # Threads without a task, less tasks without a thread.
        self._idle = 0
        self._stopped = self._abandoned = False
        self._clock = Clock()
        self._alive: set[Worker] = set()
        self._early: list[Worker] = []
        self.peak_bytes = 0
        """The largest resident size that any worker has had, in bytes; 0 where the system does not say."""

    def start_early(self) -> None:
        """Start one worker before there is a call for it: it loads its modules while the caller does something else."""
        self._early.append(self._start())

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Schedule a call. Raises `RuntimeError` after `shutdown`."""
        future: Future[_T] = Future()
        self._put(_Task(future, fn, [(args, kwargs)], (), whole=False))
        return future

    def submit_each(
        self, fn: Callable[..., _T], arguments: Sequence[Any], /, *shared: Any
    ) -> Future[list[_T | WorkerLost | CallFault]]:
        """Schedule `fn(argument, *shared)` for each argument, by one worker, at the cost of one exchange with it; the
        outcomes come in the order of the arguments. Raises `RuntimeError` after `shutdown`."""
        future: Future[list[_T | WorkerLost | CallFault]] = Future()
        self._put(_Task(future, fn, [((argument,), {}) for argument in arguments], shared, whole=True))
        return future

    def _put(self, task: _Task) -> None:
        with self._lock:
            if self._stopped:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._tasks.put(task)
            self._idle -= 1
            if self._idle < 0 and len(self._threads) < self.workers:
                thread = threading.Thread(target=self._attend, name="isolated-worker", daemon=True)
                self._threads.append(thread)
                self._idle += 1
                thread.start()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the scheduled calls end, or cancel those not begun; then end the workers."""
        with self._lock:
            self._stopped = True
            if cancel_futures:
                while not self._tasks.empty():
                    task = self._tasks.get()
                    if task is not None:
                        task.future.cancel()
            for _ in self._threads:
                self._tasks.put(None)
        while (worker := self._take_early()) is not None:
            self._end(worker)
        if wait:
            for thread in self._threads:
                thread.join()
            self._clock.stop()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            # Whoever leaves by an exception (Ctrl-C) does not want to wait for a hanging worker.
            with self._lock:
                self._abandoned = True
                for worker in self._alive:
                    worker.kill()
        self.shutdown(wait=True, cancel_futures=kind is not None)

    def _attend(self) -> None:
        """One thread's life: one task after the other, to one worker after the other."""
        worker: Worker | None = None
        while (task := self._tasks.get()) is not None:
            if task.future.set_running_or_notify_cancel():
                try:
                    worker = self._run(worker, task)
                except BaseException as error:
                    worker = None
                    task.future.set_exception(error)
            with self._lock:
                self._idle += 1
        if worker is not None:
            self._end(worker)

    def _run(self, worker: Worker | None, task: _Task) -> Worker | None:
        """Settle a task; the worker that may be asked again."""
        outcomes: list[Any] = [None] * len(task.calls)
        pending = list(range(len(task.calls)))
        while pending:
            worker = worker or self._take_early()
            if worker is not None and not worker.running:
                self._end(worker)
                worker = None
            worker = worker or self._start()
            fresh, asked = worker.fresh, pending[:MOST_CALLS]
            try:
                chunk = worker.ask(task.request(asked), len(asked))
            except BaseException:
                self._end(worker)
                raise
            for number, answer in zip(asked, chunk.answers, strict=False):
                outcomes[number] = CallFault(answer.content) if answer.fault else answer.content
                self.peak_bytes = max(self.peak_bytes, answer.peak_bytes)
            del pending[: len(chunk.answers)]
            if chunk.lost is not None:
                culprit = asked[chunk.culprit]
                pending.remove(culprit)
                if chunk.late or (fresh and chunk.culprit == 0):
                    outcomes[culprit] = chunk.lost
                else:
                    pending.insert(0, culprit)
            if chunk.lost is not None or not chunk.answers[-1].fit:
                self._end(worker)
                worker = None
        task.settle(outcomes)
        return worker

    def _take_early(self) -> Worker | None:
        with self._lock:
            return self._early.pop() if self._early else None

    def _start(self) -> Worker:
        with self._lock:
            if self._abandoned:
                raise WorkersUnavailable("the executor was left by an exception")
            worker = Worker(self._confinement, self._imports, self._clock)
            self._alive.add(worker)
        return worker

    def _end(self, worker: Worker) -> None:
        worker.kill()
        worker.close()
        with self._lock:
            self._alive.discard(worker)
