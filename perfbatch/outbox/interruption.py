"""Interruptions (Ctrl-C, a stop of the service) and the step that makes it tonight: before it they end the run, after it not.

Python raises `KeyboardInterrupt` between any two of its instructions, so also between the exchange of the outbox and the line
after it; a run that ended there would say that nothing was replaced, and be wrong. Therefore an interruption is raised where
it finds the night unfinished, once, and only noted while the switch takes its last step and ever after.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

__all__ = ["Interrupted", "committing", "listen", "switched", "uninterrupted"]


class Interrupted(BaseException):
    """Somebody wants this run to end. No `Exception`: nobody who mends faults may take it for one of them."""


# No dataclass: this is loaded before anything else, and what it takes to load is a time in which nobody listens.
class _Standing:
    held = noted = switched = False


# The process has one: signals are its own, not a caller's.
_standing = _Standing()
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def listen() -> None:
    """Have interruptions of this process raise `Interrupted`, as a run begins. Signals that somebody else deals with, or
    that are ignored (a job in the background), stay as they are; so do all outside of the main thread."""
    _standing.held = _standing.noted = _standing.switched = False
    for number in _SIGNALS:
        with contextlib.suppress(ValueError):
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, _on_signal)


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    if _standing.held:
        _standing.noted = True
        return
    # Whoever is impatient must not interrupt what is being put back.
    _standing.held = True
    raise Interrupted


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Around what must not be left half done: an interruption within is raised at its end."""
    before = _standing.held
    _standing.held = True
    try:
        yield
    finally:
        _standing.held = before or _standing.switched
        if _standing.noted and not _standing.held:
            _standing.held = True
            raise Interrupted


@contextlib.contextmanager
def committing() -> Iterator[None]:
    """Around the one step that makes it tonight. An interruption within is raised where the step fails, and dropped, with
    all that come after, where it has been taken: for then the night is done."""
    with uninterrupted():
        yield
        _standing.switched = True


def switched() -> bool:
    """Whether this run has replaced the outbox: from then on nothing that happens may say that it has not."""
    return _standing.switched
