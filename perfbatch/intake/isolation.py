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

Here every worker is a fresh interpreter in a session of its own, with a pipe of its own, attended by one thread. It takes
one call at a time, so a death has one culprit. A call is blamed only for the death of a worker that had done nothing
before; else it is tried again in a fresh one, lest it pay for what an earlier call left behind.

Limits: memory, CPU, no core dump and no writing to files where the system has `setrlimit`; the clock everywhere. The clock
runs twice, in the parent and (where there is `setitimer`) in the worker, so that a worker never outlives a killed parent for
long. What a worker prints goes nowhere.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import IO, Any, ParamSpec, TypeVar

from perfbatch.intake.isolated_worker import HEADER, Confinement

__all__ = ["CallFault", "Confinement", "IsolatedExecutor", "WorkerLost", "WorkersUnavailable"]

_P = ParamSpec("_P")
_T = TypeVar("_T")
_START_SECONDS = 60.0
_BOOTSTRAP = "import sys; sys.path[:] = sys.argv[1:]; from perfbatch.intake.isolated_worker import serve; serve()"


class WorkerLost(Exception):
    """The worker died, or was killed at a limit, while it ran this call; the message says how."""


class CallFault(Exception):
    """The call raised: the exception's type and where, not what it says (that may be a file's content)."""


class WorkersUnavailable(Exception):
    """Workers cannot be started on this machine: no call is to blame."""


class IsolatedExecutor(Executor):
    """Up to `workers` processes, started when there is work for them.

    `initializer` runs in each worker before its first call. Functions, arguments and results travel pickled; a result may
    hold built-in values, dates, and instances of this package's classes, nothing else is taken from a worker. A future's
    exception is `WorkerLost`, `CallFault` or `WorkersUnavailable`.
    """

    def __init__(
        self,
        workers: int,
        confinement: Confinement,
        initializer: Callable[..., None] | None = None,
        initargs: tuple[Any, ...] = (),
    ) -> None:
        self._most = max(1, workers)
        self._confinement = confinement
        self._setup = pickle.dumps((confinement, initializer, initargs))
        self._calls: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._stopped = False
        self._alive: set[_Worker] = set()
        self.peak_bytes = 0
        """The largest resident size that any worker has had, in bytes; 0 where the system does not say."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Schedule a call. Raises `RuntimeError` after `shutdown`."""
        future: Future[_T] = Future()
        call = pickle.dumps((fn, args, kwargs))
        with self._lock:
            if self._stopped:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._calls.put((future, call))
            if len(self._threads) < self._most:
                thread = threading.Thread(target=self._attend, name="isolated-worker", daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the scheduled calls end, or cancel those not begun; then end the workers."""
        with self._lock:
            self._stopped = True
            if cancel_futures:
                while not self._calls.empty():
                    call = self._calls.get()
                    if call is not None:
                        call[0].cancel()
            for _ in self._threads:
                self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            # Whoever leaves by an exception (Ctrl-C) does not want to wait for a hanging worker.
            with self._lock:
                for worker in self._alive:
                    worker.kill()
        self.shutdown(wait=True, cancel_futures=kind is not None)

    def _attend(self) -> None:
        """One thread's life: one call after the other, to one worker after the other."""
        worker: _Worker | None = None
        while (call := self._calls.get()) is not None:
            future, request = call
            if not future.set_running_or_notify_cancel():
                continue
            try:
                worker, result = self._ask(worker, request)
            except BaseException as error:
                worker = None
                future.set_exception(error)
            else:
                if isinstance(result, CallFault):
                    future.set_exception(result)
                else:
                    future.set_result(result)
        if worker is not None:
            self._end(worker)

    def _ask(self, worker: _Worker | None, request: bytes) -> tuple[_Worker | None, Any]:
        if worker is not None and not worker.running:
            self._end(worker)
            worker = None
        for _ in range(2):
            fresh = worker is None
            if worker is None:
                worker = self._start()
            try:
                fault, content, peak, swollen = worker.ask(request)
            except WorkerLost:
                late = worker.late
                self._end(worker)
                worker = None
                if fresh or late:
                    raise
                continue
            self.peak_bytes = max(self.peak_bytes, peak)
            if swollen:
                self._end(worker)
                worker = None
            return worker, CallFault(content) if fault else content
        raise AssertionError("a fresh worker either answers or is lost")

    def _start(self) -> _Worker:
        worker = _Worker(self._confinement)
        with self._lock:
            self._alive.add(worker)
        try:
            worker.prepare(self._setup)
        except (WorkerLost, OSError) as error:
            self._end(worker)
            raise WorkersUnavailable(str(error)) from None
        return worker

    def _end(self, worker: _Worker) -> None:
        worker.kill()
        worker.close()
        with self._lock:
            self._alive.discard(worker)


class _Worker:
    """One process, seen from the parent."""

    def __init__(self, confinement: Confinement) -> None:
        self._confinement = confinement
        self.late = False
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

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def prepare(self, setup: bytes) -> None:
        fault, content, _, _ = self._exchange(setup, _START_SECONDS)
        if fault:
            raise WorkerLost(str(content))

    def ask(self, request: bytes) -> tuple[bool, Any, int, bool]:
        return self._exchange(request, self._confinement.wall_seconds)

    def _exchange(self, request: bytes, seconds: float) -> tuple[bool, Any, int, bool]:
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            self._requests.write(HEADER.pack(len(request)) + request)
            self._requests.flush()
            header = self._replies.read(HEADER.size)
            size = HEADER.unpack(header)[0] if len(header) == HEADER.size else -1
            if size > self._confinement.reply_bytes:
                raise WorkerLost("the result is larger than the limit")
            reply = self._replies.read(size) if size >= 0 else b""
        except (OSError, ValueError):
            size, reply = -1, b""
        finally:
            timer.cancel()
        if self.late:
            raise WorkerLost("longer than the limit of wall-clock time")
        if size < 0 or len(reply) != size:
            self.kill()
            raise WorkerLost(f"ended with {self._process.wait()}")
        try:
            fault, content, peak, swollen = _Results(io.BytesIO(reply)).load()
            return bool(fault), content, int(peak), bool(swollen)
        except Exception as error:
            raise WorkerLost(f"an answer that cannot be read ({type(error).__name__})") from None

    def _expire(self) -> None:
        self.late = True
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


class _Results(pickle.Unpickler):
    """Takes values of this package's classes only: a worker that a file has taken over can name nothing else."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        if module_name == "perfbatch" or module_name.startswith("perfbatch."):
            found = super().find_class(module_name, global_name)
            if isinstance(found, type) and "." not in global_name:
                return found
        elif (module_name, global_name) in (("datetime", "date"), ("datetime", "datetime")):
            return super().find_class(module_name, global_name)
        raise pickle.UnpicklingError(f"{module_name}.{global_name}")
