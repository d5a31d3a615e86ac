"""A fault as one line, in the language of the terminal where the catalogue knows it, else in English."""

from __future__ import annotations

from perfbatch.model.errors import BatchFault, OperatorFault
from perfbatch.terminal.catalogue import say

__all__ = ["fault_line"]


def fault_line(fault: OperatorFault | BatchFault) -> str:
    """Place, fault and remedy behind the program's name."""
    line = say(f"fault.{fault.kind}", **fault.stated) if fault.kind else str(fault)
    return say("fault", line=line)
