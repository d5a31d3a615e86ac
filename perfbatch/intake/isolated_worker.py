"""What runs in an isolated worker: its limits, and one call after the other (see `isolation`)."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import struct
import traceback
from dataclasses import dataclass
from pathlib import Path

__all__ = ["HEADER", "Confinement", "serve"]

HEADER = struct.Struct(">Q")
"""The length of a message, in front of it."""

_SPARE_SECONDS = 2


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
    """A worker's life: set up, then one call after the other until the parent is gone."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    confinement: Confinement | None = None
    while True:
        header = requests.read(HEADER.size)
        if len(header) != HEADER.size:
            return
        content = requests.read(HEADER.unpack(header)[0])
        fault, value = False, None
        try:
            if confinement is None:
                confinement, initializer, initargs = pickle.loads(content)
                _confine(confinement)
                if initializer is not None:
                    initializer(*initargs)
            else:
                _limit_call(confinement)
                function, args, kwargs = pickle.loads(content)
                value = function(*args, **kwargs)
            reply = pickle.dumps((fault, value, _peak_bytes(), _swollen(confinement)))
        except BaseException as error:
            # A panic of native code is no Exception, and must not end the loop without an answer.
            at = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno}"
            reply = pickle.dumps((True, place, _peak_bytes(), True))
        replies.write(HEADER.pack(len(reply)) + reply)
        replies.flush()
        _lift_limit()


def _confine(confinement: Confinement) -> None:
    """Limits for the worker's whole life; none where the system has no `setrlimit`."""
    try:
        import resource
    except ImportError:
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
    try:
        import resource
    except ImportError:
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
    """The largest resident size of this process. `ru_maxrss` will not do on Linux: it survives the parent's `exec`."""
    try:
        with open("/proc/self/status", "rb") as status:  # noqa: PTH123 - read after every call
            for line in status:
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def _swollen(confinement: Confinement) -> bool:
    """Whether a call took so much memory that the next one should not find what is left of it."""
    return _peak_bytes() > confinement.address_space // 4
