"""What runs in an isolated worker: its limits, and one request after the other (see `executor`).

A request names a task and carries bytes. What tasks there are says the module that the worker was started for: a mapping
`TASKS` of names to functions, each of which takes the request's bytes and `Turns`, and gives the bytes of its answer.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

from perfbatch.model.message import Garbled, unpacked
from perfbatch.model.plain import shape_of

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

__all__ = [
    "GIVEN",
    "HEADER",
    "HELLO",
    "RAISED",
    "REPLY",
    "TIMED",
    "TOO_LARGE",
    "Confinement",
    "Task",
    "TooLarge",
    "Turns",
    "place_of",
    "serve",
    "serve_on",
]

HEADER = struct.Struct(">Q")
"""The length of a message, in front of it."""

REPLY = struct.Struct(">B?Q")
"""In front of what a task gave: which of the following it is, whether the worker may be asked again, its peak in bytes."""

GIVEN, RAISED, TOO_LARGE = range(3)
"""An answer; where an exception was raised, as a text; nothing, for the answer is larger than the limit."""

TIMED = hasattr(signal, "setitimer")
"""Whether a worker can give each file of a request a clock of its own."""

_TEXT_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a worker may take: bytes of address space, and for each turn seconds of CPU and of wall clock; bytes of an answer;
    how large a file it may write, 0 for none at all."""

    address_space: int
    cpu_seconds: int
    wall_seconds: float
    reply_bytes: int
    file_bytes: int = 0


HELLO = shape_of(tuple[Confinement, str])
"""The first message to a worker: its limits, and the module of its tasks."""


class TooLarge(Exception):
    """What a task is to answer is larger than it may be."""


Task = Callable[[memoryview, "Turns"], bytes]


class Turns:
    """The pieces of a request: a task begins each of them here."""

    def __init__(self, confinement: Confinement) -> None:
        self._confinement = confinement
        self._begun = False

    def begin(self) -> bool:
        """Give the piece that follows clocks of its own; at the end of either the system kills the worker. False where this
        process should not be given another one: the task ends, and what it has so far is its answer."""
        if self._begun and self.swollen():
            return False
        self._begun = True
        if TIMED:
            signal.setitimer(signal.ITIMER_REAL, self._confinement.wall_seconds)
        if resource is not None:
            usage = resource.getrusage(resource.RUSAGE_SELF)
            _, hard = resource.getrlimit(resource.RLIMIT_CPU)
            until = int(usage.ru_utime + usage.ru_stime) + 1 + self._confinement.cpu_seconds
            with contextlib.suppress(OSError, ValueError):
                kept = until if hard == resource.RLIM_INFINITY else min(until, hard)
                resource.setrlimit(resource.RLIMIT_CPU, (kept, hard))
        return True

    def end(self) -> None:
        """Stop the clock."""
        if TIMED:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def swollen(self) -> bool:
        """Whether the process has taken so much memory that the next piece should not find what is left of it."""
        most = self._confinement.address_space // 4
        # `ru_maxrss` survives the parent's `exec` on Linux: it can be too large, never too small, and costs a tenth.
        if resource is not None and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 <= most:
            return False
        return _peak_bytes() > most


def serve() -> None:
    """The life of a worker that is an interpreter of its own: it is spoken with over its standard streams."""
    requests, replies = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    serve_on(requests, replies)


def serve_on(requests_from: int, replies_to: int) -> None:
    """A worker's life: set up, then one request after the other until the parent is gone."""
    requests, replies = os.fdopen(requests_from, "rb"), os.fdopen(replies_to, "wb")
    if TIMED:
        # A parent that ignores or blocks it hands that down.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    hello = _receive(requests)
    if hello is None:
        return
    confinement, module = HELLO.read(unpacked(hello)[0])
    _confine(confinement)
    tasks: Mapping[str, Task] = importlib.import_module(module).TASKS
    _send(replies, REPLY.pack(GIVEN, True, _peak_bytes()), b"")
    while (content := _receive(requests)) is not None:
        kind, fit, answer = _answer(content, tasks, confinement)
        _send(replies, REPLY.pack(kind, fit, _peak_bytes()), answer)
        if not fit:
            return


def _receive(requests: IO[bytes]) -> bytes | None:
    header = requests.read(HEADER.size)
    return requests.read(HEADER.unpack(header)[0]) if len(header) == HEADER.size else None


def _send(replies: IO[bytes], beginning: bytes, answer: bytes) -> None:
    replies.write(HEADER.pack(len(beginning) + len(answer)) + beginning)
    replies.write(answer)
    replies.flush()


def _answer(content: bytes, tasks: Mapping[str, Task], confinement: Confinement) -> tuple[int, bool, bytes]:
    """Run a task: what kind of reply it gave, whether the process is fit for another one, the reply."""
    turns = Turns(confinement)
    try:
        name, buffers = unpacked(content)
        if not isinstance(name, str) or len(buffers) != 1:
            raise Garbled("no request")
        answer = tasks[name](buffers[0], turns)
        turns.end()
        if len(answer) > confinement.reply_bytes:
            raise TooLarge
        return GIVEN, not turns.swollen(), answer
    except TooLarge:
        turns.end()
        return TOO_LARGE, False, b""
    except BaseException as error:
        # A panic of native code is no Exception, and must not end the loop without an answer.
        place = place_of(error).encode("utf-8", "backslashreplace")[:_TEXT_BYTES]
        turns.end()
        return RAISED, False, place


def place_of(error: BaseException) -> str:
    """The exception's type and where it was raised, then its traceback; without what it says, for that may be what somebody
    typed."""
    # Loaded where it is needed: it is among the dearest imports of a worker.
    import traceback

    way, kind = traceback.extract_tb(error.__traceback__), type(error).__name__
    place = f"{kind} at {os.path.basename(way[-1].filename)}:{way[-1].lineno}"  # noqa: PTH119
    return f"{place}\nTraceback (most recent call last):\n{''.join(way.format())}{kind}"


def _confine(confinement: Confinement) -> None:
    """Limits for the worker's whole life; none where the system has no `setrlimit`."""
    if resource is None:
        return
    for what, most in (
        (resource.RLIMIT_AS, confinement.address_space),
        (resource.RLIMIT_FSIZE, confinement.file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        # A stricter limit of the caller's stands; some systems refuse a limit of address space.
        with contextlib.suppress(OSError, ValueError):
            _, hard = resource.getrlimit(what)
            kept = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (kept, kept))


def _peak_bytes() -> int:
    """The largest resident size of this process, in bytes; 0 where the system does not say."""
    try:
        with open("/proc/self/status", "rb") as status:  # noqa: PTH123 - read after every request
            for line in status:
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
