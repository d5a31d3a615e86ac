"""What this process takes from a scheduler and its workers: plain bytes in time, and nothing else.

distributed unpickles whatever a worker answers or raises, and whoever can have a pickle read here runs code here. While a night is
read on a cluster, answers are bytes, what a worker raises is known to have been raised and no more, and a pickle in any message ends
the connection. What this process sends goes as it always does: schedulers and workers have to trust it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, TypeVar
from unittest.mock import patch

from perfbatch.model.errors import BatchFault

__all__ = ["DESERIALIZERS", "PeerSilent", "WorkerRaised", "plain_answers", "within"]

_T = TypeVar("_T")
DESERIALIZERS = ["msgpack"]
"""Of distributed's ways to read an answer, the one without code."""


class WorkerRaised(Exception):
    """A worker raised something; what, only it knows."""


class PeerSilent(Exception):
    """No answer in time."""


def within(seconds: float, call: Callable[[], _T]) -> _T:
    """What a call gives, or raises. Raises `PeerSilent` where it takes longer; it is left to itself then."""
    outcome: list[_T] = []
    fault: list[BaseException] = []

    def ask() -> None:
        try:
            outcome.append(call())
        except BaseException as error:
            fault.append(error)

    asking = threading.Thread(target=ask, name="cluster-call", daemon=True)
    asking.start()
    asking.join(seconds)
    if fault:
        raise fault[0]
    if not outcome:
        raise PeerSilent
    return outcome[0]


class _Sending:
    """pickle to write with, and not to read with."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    @staticmethod
    def loads(*_: object, **__: object) -> Any:
        raise WorkerRaised("a pickle was sent")


def _raised(*_: object, **__: object) -> tuple[type[BaseException], BaseException, None]:
    return WorkerRaised, WorkerRaised("a worker raised an exception"), None


@contextlib.contextmanager
def plain_answers() -> Iterator[None]:
    """While it lasts no message of a cluster is unpickled in this process. Raises `BatchFault` for a distributed that reads
    messages otherwise."""
    import distributed.client
    import distributed.core
    import distributed.protocol.core

    readers = ((distributed.client, "clean_exception"), (distributed.core, "clean_exception"))
    wire = distributed.protocol.core
    if not all(hasattr(module, name) for module, name in (*readers, (wire, "pickle"))):
        raise BatchFault("cluster.unguarded")
    with contextlib.ExitStack() as patched:
        for module, name in readers:
            patched.enter_context(patch.object(module, name, _raised))
        patched.enter_context(patch.object(wire, "pickle", _Sending(wire.pickle)))
        yield
