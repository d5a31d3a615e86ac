"""Faults of the operator: a bad rulebook, roster, option or folder. Each is one line: place, fault, remedy."""

from __future__ import annotations

from collections.abc import Sequence

from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.wording import Worded

__all__ = ["BatchFault", "Fault", "OperatorFault", "OperatorFaults"]


class Fault(Exception):
    """What ends a command. It is a wording of the catalogue (`key`) with what it speaks of (`stated`); as a text it is English."""

    def __init__(self, key: str, /, **stated: object) -> None:
        self.key = key
        self.stated = stated
        self.worded = worded(key, **stated)
        super().__init__(self.worded)


class OperatorFault(Fault):
    """Something that the operator gave is wrong; nothing was opened yet. Exit code 2."""

    def elsewhere(self, before: str, after: str) -> OperatorFault:
        """The same of another path: `after` where it speaks of `before`."""
        stated = {name: _moved(value, before, after) for name, value in self.stated.items()}
        return OperatorFault(self.key, **stated)


class OperatorFaults(OperatorFault):
    """Several things wrong with what the operator gave, told at once: a line for each."""

    def __init__(self, faults: Sequence[OperatorFault]) -> None:
        super().__init__(faults[0].key, **faults[0].stated)
        self.faults = tuple(faults)


class BatchFault(Fault):
    """The night could not be completed; nothing was replaced. Exit code 1."""


def _moved(value: object, before: str, after: str) -> object:
    if isinstance(value, Worded):
        return Worded(value.replace(before, after), value.zh.replace(before, after))
    return str(value).replace(before, after)
