"""Faults of the operator: a bad rulebook, roster, option or folder. Each is one line: place, fault, remedy."""

from __future__ import annotations

__all__ = ["BatchFault", "OperatorFault"]


class OperatorFault(Exception):
    """Something that the operator gave is wrong; nothing was opened yet. Exit code 2."""

    def __init__(self, place: str, fault: str, remedy: str) -> None:
        super().__init__(f"{place}: {fault}. {remedy}")
        self.place = place
        self.fault = fault
        self.remedy = remedy


class BatchFault(Exception):
    """The night could not be completed; nothing was replaced. Exit code 1."""
