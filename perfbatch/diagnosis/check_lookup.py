"""Which check of the rulebook a finding came from, told by its code, its cell's field and its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from perfbatch.model.findings import Finding
from perfbatch.rulebook.checks import BoundCheck, bind_checks
from perfbatch.rulebook.expression import Call, Member, Name, Node, children, leaves, parse
from perfbatch.rulebook.model import CasesRule, Indicator, PerCaseRule, Rulebook

__all__ = ["CheckLookup", "FoundCheck"]

# What findings say in many departments alike; the rest of their words name a unit and come once.
_REMEMBERED = 10_000
_NOTHING: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
_PLACEHOLDER = re.compile(r"\{\w+\}")
_NEAR = "：(?:尾差|分项未填，无法核对|该项未填，无法核对)"


@dataclass(frozen=True, slots=True)
class FoundCheck:
    """A check and whose row it was: `entity` is the unit's name as the message says it, "" for the 汇总 row and for checks
    of the department. `failed` is False where it could not be made, or held by rounding only."""

    bound: BoundCheck
    entity: str
    failed: bool


class CheckLookup:
    """The checks and indicators of one rulebook, by what findings say."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._checks: dict[tuple[str, str], list[tuple[re.Pattern[str], BoundCheck]]] = {}
        self._of_checks: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        for bound in bind_checks(rulebook):
            self._of_checks[id(bound)] = _fields([bound.holds])
            field = bound.place.field if isinstance(bound.place, Member) else bound.place.id
            self._checks.setdefault((bound.check.code, field), []).append((_pattern(bound), bound))
        self._tables = {field.id: name for name, table in rulebook.unit_tables.items() for field in table.fields}
        self._indicators = sorted(rulebook.indicators, key=lambda one: -len(one.name))
        self._of_indicators = {one.id: _fields(_trees(one)) for one in rulebook.indicators}
        self._check = lru_cache(_REMEMBERED)(self._find_check)
        self._indicator = lru_cache(_REMEMBERED)(self._find_indicator)

    def check(self, finding: Finding) -> FoundCheck | None:
        """The check behind a finding; None for a code of the program itself and for words that no check has."""
        return self._check(finding.code, finding.field, finding.message)

    def _find_check(self, code: str, field: str, message: str) -> FoundCheck | None:
        for pattern, bound in self._checks.get((code, field), ()):
            match = pattern.fullmatch(message)
            if match:
                groups = match.groupdict()
                return FoundCheck(bound, groups.get("entity") or "", groups["near"] is None)
        return None

    def indicator(self, finding: Finding) -> Indicator | None:
        """The indicator that a finding about a score names; None for any other."""
        return self._indicator(finding.message) if finding.code.startswith("S") else None

    def _find_indicator(self, message: str) -> Indicator | None:
        return next((one for one in self._indicators if message.startswith(f"{one.name}：")), None)

    def table(self, field: str) -> str:
        """The unit table that a field is a column of, "" for any other."""
        return self._tables.get(field, "")

    def inputs(self, finding: Finding) -> tuple[frozenset[str], frozenset[str]]:
        """The fields that a finding depends on: those of its own row or record, and those summed over the unit rows."""
        found = self.check(finding)
        if found is not None:
            return self._of_checks[id(found.bound)]
        indicator = self.indicator(finding)
        return self._of_indicators[indicator.id] if indicator else _NOTHING


def _pattern(bound: BoundCheck) -> re.Pattern[str]:
    # `{label}` is the field's, which the check itself knows: a message that names another field is another check's.
    message = bound.check.message.replace("{label}", bound.label)
    body = ".*".join(re.escape(part) for part in _PLACEHOLDER.split(message))
    entity = "(?:(?P<entity>.*?)：)?" if bound.check.scope == "unit" else ""
    near = f"(?P<near>{re.escape(bound.check.title)}{_NEAR})"
    return re.compile(f"{entity}(?:{near}|{body})", re.DOTALL)


def _trees(indicator: Indicator) -> list[Node]:
    sources = [source for source in (indicator.ratio, indicator.figure) if source]
    match indicator.rule:
        case CasesRule(let=let, cases=cases):
            sources += [*let.values(), *(case.when for case in cases)]
        case PerCaseRule(count=count) if count != "breaches":
            sources.append(count)
    return [parse(source) for source in sources]


def _fields(trees: list[Node]) -> tuple[frozenset[str], frozenset[str]]:
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
                own.add(leaf.id)
            elif isinstance(leaf, Member) and leaf.owner != "units":
                own.add(leaf.field)
    return frozenset(own), summed


def _sums(node: Node) -> Iterator[Call]:
    if isinstance(node, Call) and node.function == "sum":
        yield node
    for child in children(node):
        yield from _sums(child)
