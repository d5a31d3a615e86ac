"""The check or the indicator behind a finding, and the fields that it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from perfbatch.model.findings import Finding
from perfbatch.rulebook.checks import BoundCheck, bind_checks
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.names import BEHIND
from perfbatch.rulebook.tree import Call, Member, Name, Node, children, leaves

__all__ = ["Inputs", "Origins"]


class Inputs(NamedTuple):
    """Ids of fields: those of the finding's own row or record, and those summed over the unit rows."""

    own: frozenset[str] = frozenset()
    summed: frozenset[str] = frozenset()


class Origins:
    """The checks and indicators of one rulebook, by what findings carry of them."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._checks = {(bound.check.id, bound.each): bound for bound in bind_checks(rulebook)}
        self._of_checks = {key: _inputs([bound.holds]) for key, bound in self._checks.items()}
        self._of_indicators = {
            indicator.id: _inputs([parse(source) for source in indicator.expressions])
            for indicator in rulebook.indicators
        }
        self.unit_columns = frozenset(column.id for table in rulebook.unit_tables.values() for column in table.fields)
        """Ids of the fields with a row per unit."""

    def check(self, finding: Finding) -> BoundCheck | None:
        """The check that spoke; None for what the program itself says of a cell or a score."""
        return self._checks.get((finding.check, finding.each))

    def inputs(self, finding: Finding) -> Inputs:
        """What the check, or the score that the finding is about, hangs on."""
        of_check = self._of_checks.get((finding.check, finding.each))
        return self._of_indicators.get(finding.check, Inputs()) if of_check is None else of_check


def _inputs(trees: list[Node]) -> Inputs:
    summed = frozenset(
        member.field
        for tree in trees
        for call in _sums(tree)
        if isinstance(member := call.arguments[0], Member) and member.owner == "units"
    )
    own: set[str] = set()
    for tree in trees:
        for leaf in leaves(tree):
            if isinstance(leaf, Name):
                own.add(BEHIND.get(leaf.id, leaf.id))
            elif isinstance(leaf, Member) and leaf.owner != "units":
                own.add(leaf.field)
    return Inputs(frozenset(own), summed)


def _sums(node: Node) -> Iterator[Call]:
    if isinstance(node, Call) and node.function == "sum":
        yield node
    for child in children(node):
        yield from _sums(child)
