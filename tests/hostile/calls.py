"""Calls that workers are given to die of. They stand apart from the tests, so that a worker imports nothing heavy for them.

`TASKS` is what a worker of this module can be asked for: `call` (a function of this module by name, and its arguments), `act` (one
act after the other, each in a turn of its own).
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from perfbatch.isolated.worker import Turns
from perfbatch.model.message import packed, unpacked


class Panic(BaseException):
    """As native code's panics reach Python: no Exception."""


def pid() -> int:
    return os.getpid()


def parent() -> int:
    return os.getppid()


def descriptors() -> dict[str, str]:
    """Number → what is open there, but for the listing itself."""
    opened = {}
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            opened[entry.name] = str(entry.readlink())
    return opened


def panics() -> None:
    raise Panic("with a secret")


def exits() -> None:
    sys.exit(3)


def leaves(code: int) -> None:
    os._exit(code)


def dies_by(number: int) -> None:
    os.kill(os.getpid(), number)


def swells() -> int:
    return len(bytearray(2 * 1024**3))


def swells_within() -> int:
    return len(bytearray(600 * 1024**2))


def spins() -> None:
    while True:
        pass


def sleeps(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def child_of_group() -> int:
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    return child


def shouts() -> str:
    os.write(1, b"\xff" * 100_000)
    print("x" * 100_000)
    os.write(2, b"thread panicked at a secret")
    return "quiet"


def writes(path: str) -> None:
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"x")


def gives(size: int) -> str:
    return "x" * size


def answers_garbage() -> None:
    """Write to whatever pipe leads to the parent, and leave."""
    for descriptor in range(3, 32):
        with contextlib.suppress(OSError):
            os.write(descriptor, b"\xff" * 64)
    os._exit(0)


def imported(name: str) -> bool:
    return name in sys.modules


_kept = 0


def keeps(value: int) -> int:
    global _kept
    before, _kept = _kept, value
    return before


def fails_after_another() -> str:
    if _kept:
        os.abort()
    return "alone"


def acts(what: str) -> str:
    """One call of a chunk, by name."""
    if what == "abort":
        os.abort()
    elif what == "panic":
        panics()
    elif what == "raise":
        raise KeyError("a secret")
    elif what == "memory":
        raise MemoryError
    elif what == "deep":
        raise RecursionError
    elif what == "garbage":
        answers_garbage()
    elif what.startswith("die "):
        _, times, _, path = what.split(" ", 3)
        with open(path, "ab") as file:  # noqa: PTH123
            file.write(b"x")
            died = file.tell()
        if died <= int(times):
            os.kill(os.getpid(), signal.SIGKILL)
    elif what == "spin":
        spins()
    elif what == "keep":
        keeps(7)
    elif what == "abort after keep":
        fails_after_another()
    elif what == "swell":
        swells_within()
    elif what.startswith("stop the clock"):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        if what.endswith("spin"):
            spins()
    elif what.startswith("sleep "):
        time.sleep(float(what.removeprefix("sleep ")))
    elif what.startswith("work "):
        until = time.process_time() + float(what.removeprefix("work "))
        while time.process_time() < until:
            pass
    return str(os.getpid()) if what == "pid" else what


def _call(request: memoryview, turns: Turns) -> bytes:
    name, *arguments = unpacked(request)[0]
    turns.begin()
    value: Any = globals()[name](*arguments)
    return packed(value)


def _act(request: memoryview, turns: Turns) -> bytes:
    acted = []
    for what in unpacked(request)[0]:
        if not turns.begin():
            break
        acted.append(acts(what))
    return packed(acted)


TASKS = {"call": _call, "act": _act}
