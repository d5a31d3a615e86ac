"""A fault as one line, in the language of the terminal."""

from __future__ import annotations

from perfbatch.model.errors import Fault
from perfbatch.terminal.catalogue import say

__all__ = ["fault_line"]


def fault_line(fault: Fault) -> str:
    """Place, fault and remedy behind the program's name."""
    return say("fault", line=fault.worded)
