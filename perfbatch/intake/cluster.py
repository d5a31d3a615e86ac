"""Reading on a cluster of Dask distributed (extra `perfbatch[cluster]`), behind the interface of an executor.

The scheduler hands each chunk to a worker, which reads it in isolated processes of its own machine: guard and limits are the
same, and a file that aborts a parser costs the cluster no worker. A chunk whose worker is lost is given to another by the
scheduler. The rulebook travels with the chunk; that a worker has the same program, every worker is asked at the beginning,
and again with each chunk, for workers may join later. What comes back is bytes, and data (`cluster_peers`).
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from hashlib import sha256
from importlib import resources
from typing import Any, ParamSpec, TypeVar

from perfbatch import __version__
from perfbatch.intake.cluster_peers import DESERIALIZERS, PeerSilent, plain_answers, within
from perfbatch.intake.reading_pool import end_processes
from perfbatch.isolated.executor import WorkersUnavailable
from perfbatch.model.errors import BatchFault, OperatorFault
from perfbatch.model.message import Garbled, packed, unpacked
from perfbatch.model.words.catalogue import worded
from perfbatch.rulebook.load import BUILT_IN

__all__ = ["ClusterExecutor", "reading_cluster"]

_P = ParamSpec("_P")
_T = TypeVar("_T")
_ADDRESS = re.compile(r"(tcp|tls)://\S+:[0-9]{1,5}")
_CONNECT_SECONDS = 3
_PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 1.0
_SILENCE_SECONDS = 25.0
_LONGEST_ANSWER = 1024
_DONE, _REFUSED = "done", "refused"

Program = tuple[str, str]
"""The version of perfbatch, and the SHA-256 of the rulebook built into it: one version has many states before it is released."""


def this_program() -> Program:
    """What a worker must have too."""
    content = resources.files("perfbatch.rulebook").joinpath(BUILT_IN).read_bytes()
    return __version__, sha256(content).hexdigest()


@contextlib.contextmanager
def reading_cluster(address: str) -> Iterator[ClusterExecutor]:
    """Connect to the scheduler at `address` (`tcp://HOST:PORT`) for one night.

    Raises `OperatorFault` for another address and where the extra is not installed, `BatchFault` where no scheduler answers
    there within seconds, it has no workers, or one of them has another program.
    """
    if not _ADDRESS.fullmatch(address):
        raise OperatorFault("cluster.address", address=address)
    try:
        import dask
    except ImportError:
        raise OperatorFault("cluster.extra") from None
    # Files may be large, and what goes wrong is told in one line of our own.
    quiet = dict.fromkeys(("distributed", "distributed.client", "distributed.core", "tornado"), "critical")
    with dask.config.set({"logging": quiet, "distributed.admin.large-graph-warning-threshold": "1 GiB"}):
        try:
            from distributed import Client
        except ImportError:
            raise OperatorFault("cluster.extra") from None
        with plain_answers():
            try:
                client = within(
                    _SILENCE_SECONDS,
                    lambda: Client(
                        address, timeout=_CONNECT_SECONDS, set_as_default=False, deserializers=DESERIALIZERS
                    ),
                )
            except Exception:
                # Whatever is there (a web server, something that never answers, a `tls://` without its certificates) is no
                # scheduler to us.
                raise BatchFault("cluster.silent", address=address) from None
            try:
                program = this_program()
                _refuse_others(client, address, program)
                executor = ClusterExecutor(client, address, program)
                try:
                    yield executor
                finally:
                    executor.shutdown(wait=False)
                    # Whatever the cluster is by now, the night is over.
                    with contextlib.suppress(Exception):
                        within(_CONNECT_SECONDS, lambda: client.run(end_processes))
            finally:
                with contextlib.suppress(Exception):
                    within(_CONNECT_SECONDS, client.close)


def _refuse_others(client: Any, address: str, program: Program) -> None:
    def ask() -> bytes:
        # Sent by value: a worker without perfbatch, or with an older one, has no function of ours to call.
        import hashlib
        import importlib.resources
        import json

        try:
            import perfbatch

            rules = importlib.resources.files("perfbatch.rulebook").joinpath(name).read_bytes()
            its = [perfbatch.__version__, hashlib.sha256(rules).hexdigest()]
        except Exception as error:
            its = [type(error).__name__]
        return json.dumps(its).encode()

    name = BUILT_IN
    try:
        programs = within(_SILENCE_SECONDS, lambda: client.run(ask, on_error="return"))
    except PeerSilent:
        raise BatchFault("cluster.workers_silent", address=address) from None
    except Exception as error:
        raise BatchFault("cluster.a_worker_invalid", address=address, error=type(error).__name__) from None
    if not programs:
        raise BatchFault("cluster.empty", address=address)
    for worker, answer in sorted(programs.items()):
        its = _stated(answer)
        if its is None:
            raise BatchFault("cluster.worker_invalid", worker=worker, error=type(answer).__name__)
        if len(its) == 1:
            raise BatchFault("cluster.no_program", worker=worker, error=its[0], version=__version__)
        if fault := _refusal(worker, (its[0], its[1]), program):
            raise fault


def _stated(answer: object) -> list[str] | None:
    """Version and hash, or the name of what kept the worker from telling them; None for anything else."""
    try:
        stated = json.loads(answer) if isinstance(answer, bytes) and len(answer) < _LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        return None
    if not (isinstance(stated, list) and len(stated) in (1, 2) and all(isinstance(text, str) for text in stated)):
        return None
    return ["".join(sign for sign in text if sign.isprintable()) for text in stated]


def _refusal(worker: str, its: Program, program: Program) -> BatchFault | None:
    """Why a worker of this program is none for us."""
    if its[0] != program[0]:
        return BatchFault("cluster.other_program", worker=worker, its=its[0], ours=program[0], version=__version__)
    if its[1] != program[1]:
        return BatchFault(
            "cluster.other_rules",
            worker=worker,
            file=BUILT_IN,
            its=its[1][:12],
            ours=program[1][:12],
            version=__version__,
        )
    return None


class ClusterExecutor(Executor):
    """The scheduler's workers; `workers` is how many calls they run at a time. A future raises `WorkersUnavailable` where
    for half a minute no worker was there to run it."""

    def __init__(self, client: Any, address: str, program: Program) -> None:
        self._client = client
        self._address = address
        self._program = program
        self._pending: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self.workers = max(1, sum(within(_SILENCE_SECONDS, client.nthreads).values()))
        threading.Thread(target=self._watch, name="cluster-watch", daemon=True).start()

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Schedule a call, which is given to another worker where its own is lost."""
        future: Future[_T] = Future()
        with self._lock:
            self._pending.add(future)
        # Not pure: a call that is tried again is to be run again.
        call = self._client.submit(_call, self._program, fn, args, kwargs, pure=False)

        def settle(called: Any) -> None:
            with self._lock:
                self._pending.discard(future)
            # Already settled: given up by the watch, or cancelled.
            with contextlib.suppress(InvalidStateError):
                try:
                    _settle(future, called.result(timeout=_SILENCE_SECONDS), self._program)
                except CancelledError:
                    future.set_exception(WorkersUnavailable(worded("cluster.dropped", address=self._address)))
                except Exception as error:
                    future.set_exception(error)

        call.add_done_callback(settle)
        future.add_done_callback(lambda done: call.cancel() if done.cancelled() else None)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; those under way are dropped unless `wait`."""
        self._ended.set()
        if not wait or cancel_futures:
            with self._lock:
                pending = list(self._pending)
            for future in pending:
                future.cancel()

    def _watch(self) -> None:
        """Give up where no worker is left: the scheduler would wait for one for ever."""
        seen = time.monotonic()
        while not self._ended.wait(_LOOK_SECONDS):
            with contextlib.suppress(Exception):
                if within(_PATIENCE_SECONDS, self._client.nthreads):
                    seen = time.monotonic()
            if time.monotonic() - seen > _PATIENCE_SECONDS:
                with self._lock:
                    pending = list(self._pending)
                for future in pending:
                    with contextlib.suppress(InvalidStateError):
                        future.set_exception(WorkersUnavailable(worded("cluster.deserted", address=self._address)))


def _settle(future: Future[Any], answer: object, program: Program) -> None:
    """What `_call` answered. Whatever else a worker answers goes on as it is, to be refused by who asked."""
    try:
        kind, buffers = unpacked(answer) if isinstance(answer, bytes) else ("", [])
    except Garbled:
        kind, buffers = "", []
    if kind == _REFUSED and len(buffers) == 3:
        texts = (bytes(buffer).decode("utf-8", "replace")[:_LONGEST_ANSWER] for buffer in buffers)
        worker, version, rules = ("".join(sign for sign in text if sign.isprintable()) for text in texts)
        if fault := _refusal(worker, (version, rules), program):
            future.set_exception(fault)
        else:
            future.set_result(answer)
    elif kind == _DONE and len(buffers) == 1:
        future.set_result(bytes(buffers[0]))
    else:
        future.set_result(answer)


def _call(program: Program, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """What a worker runs; its answer as bytes."""
    from distributed import get_worker

    worker, its = get_worker().address, this_program()
    if _refusal(worker, its, program) is not None:
        return packed(_REFUSED, [text.encode() for text in (worker, *its)])
    return packed(_DONE, [fn(*args, **kwargs)])
