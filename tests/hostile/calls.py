"""Calls that workers are given to die of. They stand apart from the tests, so that a worker imports nothing heavy for them."""

from __future__ import annotations

import os
import sys
import time

from perfbatch.isolated import worker as isolated_worker


class Panic(BaseException):
    """As native code's panics reach Python: no Exception."""


class Foreign:
    """A class of the worker's, which nothing in the parent must build."""


def pid() -> int:
    return os.getpid()


def panics() -> None:
    raise Panic("with a secret")


def exits() -> None:
    sys.exit(3)


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


def gives_foreign() -> Foreign:
    return Foreign()


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
    elif what == "huge":
        return gives(2 * 1024**2)
    elif what == "spin":
        spins()
    elif what == "keep":
        keeps(7)
    elif what == "abort after keep":
        fails_after_another()
    elif what == "swell":
        swells_within()
    elif what == "advance the clock":
        begun = time.monotonic()
        isolated_worker.time.monotonic = lambda: begun + 3600  # type: ignore[attr-defined]
    elif what.startswith("sleep "):
        time.sleep(float(what.removeprefix("sleep ")))
    elif what.startswith("work "):
        until = time.process_time() + float(what.removeprefix("work "))
        while time.process_time() < until:
            pass
    return str(os.getpid()) if what == "pid" else what
