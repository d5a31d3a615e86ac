"""Faults of the operator: a bad rulebook, roster, option or folder. Each is one line: place, fault, remedy."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["BatchFault", "OperatorFault", "OperatorFaults"]


class OperatorFault(Exception):
    """Something that the operator gave is wrong; nothing was opened yet. Exit code 2.

    `kind` names it in the terminal's catalogue, where it stands in other languages too, and `stated` is what it says there.
    """

    def __init__(self, place: str, fault: str, remedy: str, *, kind: str = "", **stated: object) -> None:
        super().__init__(f"{place}: {fault}. {remedy}")
        self.place = place
        self.fault = fault
        self.remedy = remedy
        self.kind = kind
        self.stated = stated


class OperatorFaults(OperatorFault):
    """Several things wrong with what the operator gave, told at once: a line for each."""

    def __init__(self, faults: Sequence[OperatorFault]) -> None:
        first = faults[0]
        super().__init__(first.place, first.fault, first.remedy)
        self.faults = tuple(faults)


class BatchFault(Exception):
    """The night could not be completed; nothing was replaced. Exit code 1. `kind` and `stated` as of `OperatorFault`."""

    def __init__(self, line: str, *, kind: str = "", **stated: object) -> None:
        super().__init__(line)
        self.kind = kind
        self.stated = stated
