"""What runs in an isolated worker: its limits, and one call after the other (see `isolation`)."""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import signal
import struct
import time
from dataclasses import dataclass
from typing import IO, Any

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

__all__ = ["HEADER", "MARK", "Confinement", "place_of", "serve"]

HEADER = struct.Struct(">Q")
"""The length of a message, in front of it."""

MARK = struct.Struct("=d")
"""What a worker says as it begins a call: the system-wide monotonic clock, in seconds."""

_SPARE_SECONDS = 2
_HELD_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Confinement:
    """What one call may take: bytes of address space, seconds of CPU and of wall clock, bytes of its pickled result; how large
    a file it may write, 0 for none at all."""

    address_space: int
    cpu_seconds: int
    wall_seconds: float
    reply_bytes: int
    file_bytes: int = 0


def serve() -> None:
    """A worker's life: set up, then one chunk of calls after the other until the parent is gone."""
    requests, replies, marks = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"), os.dup(2)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    confinement: Confinement | None = None
    while (content := _receive(requests)) is not None:
        if confinement is None:
            confinement, imports = pickle.loads(content)
            _confine(confinement)
            for name in imports:
                importlib.import_module(name)
            _send(replies, [pickle.dumps((False, None, _peak_bytes(), True))])
        elif not _run_chunk(content, confinement, replies, marks):
            return


def _receive(requests: IO[bytes]) -> bytes | None:
    header = requests.read(HEADER.size)
    return requests.read(HEADER.unpack(header)[0]) if len(header) == HEADER.size else None


def _send(replies: IO[bytes], messages: list[bytes]) -> None:
    for message in messages:
        replies.write(HEADER.pack(len(message)))
        replies.write(message)
    replies.flush()


def _run_chunk(content: bytes, confinement: Confinement, replies: IO[bytes], marks: int) -> bool:
    """Run a chunk, each call under limits of its own; False where a call leaves this process unfit for another one.

    A reply is (whether the call raised, its value or where it raised, peak bytes or 0, whether the process is fit).
    """
    function: Any = None
    calls: list[Any] = [None]
    shared: tuple[Any, ...] = ()
    held: list[bytes] = []
    number, fit = 0, True
    while fit and number < len(calls):
        # Never waits: the parent empties the pipe after each chunk.
        os.write(marks, MARK.pack(time.monotonic()))
        _limit_call(confinement)
        try:
            if function is None:
                function, calls, shared = pickle.loads(content)
            arguments, options = calls[number]
            value = function(*arguments, *shared, **options)
            fit = not _swollen(confinement)
            told = not fit or number + 1 == len(calls)
            reply = pickle.dumps((False, value, _peak_bytes() if told else 0, fit))
        except BaseException as error:
            # A panic of native code is no Exception, and must not end the loop without an answer.
            reply, fit = pickle.dumps((True, place_of(error), _peak_bytes(), False)), False
        number += 1
        held.append(reply)
        if sum(map(len, held)) > _HELD_BYTES:
            _send(replies, held)
            held = []
    _send(replies, held)
    _lift_limit()
    return fit


def place_of(error: BaseException) -> str:
    """The exception's type and where it was raised, without what it says."""
    # Loaded where it is needed: it is among the dearest imports of a worker.
    import traceback

    at = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {os.path.basename(at.filename)}:{at.lineno}"  # noqa: PTH119


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


def _limit_call(confinement: Confinement) -> None:
    """The clocks of one call: at the end of either the system kills the worker."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, confinement.wall_seconds + _SPARE_SECONDS)
    if resource is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = int(usage.ru_utime + usage.ru_stime) + 1 + confinement.cpu_seconds
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard))


def _lift_limit() -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def _peak_bytes() -> int:
    """The largest resident size of this process, in bytes; 0 where the system does not say."""
    try:
        with open("/proc/self/status", "rb") as status:  # noqa: PTH123 - read after every chunk
            for line in status:
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def _swollen(confinement: Confinement) -> bool:
    """Whether a call took so much memory that the next one should not find what is left of it."""
    most = confinement.address_space // 4
    # `ru_maxrss` survives the parent's `exec` on Linux: it can be too large, never too small, and costs a tenth.
    if resource is not None and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 <= most:
        return False
    return _peak_bytes() > most
