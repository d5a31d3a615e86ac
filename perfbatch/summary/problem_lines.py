"""The lines of 问题清单: per department, then per sheet of its workbook, causes before what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from perfbatch.diagnosis.diagnose import Diagnosis
from perfbatch.district.result import BatchResult
from perfbatch.model.findings import STANDING_LABELS, Finding, Severity, Standing

__all__ = ["FINDING", "GROUP", "OTHER", "SUBGROUP", "Line", "Listing", "is_error"]

# With more findings than this the sheet opens on its departments alone.
_FOLDED_FROM = 1_000
# Kinds of lines: each is the index of its look in a column's list of looks; a column may have further looks behind these.
FINDING, GROUP, SUBGROUP, OTHER = range(4)
"""Kinds of lines."""
# What is settled is listed apart, and in this order.
_APART: tuple[Standing, ...] = ("explained", "waived", "trial")


class Line(NamedTuple):
    """One row of the sheet: a finding, or the head of a group, which names its first finding and has their `counts` in words."""

    kind: int
    depth: int
    at: int
    hidden: bool
    sheet: str
    counts: str
    risk: int | None


def is_error(finding: Finding) -> bool:
    """Whether the department must put it right."""
    return finding.severity is Severity.ERROR and not finding.settled


def _rank(finding: Finding) -> int:
    """The order of a finding in its group: by gravity, and what is settled after everything else."""
    if not finding.settled:
        return finding.severity.order
    return len(Severity) + _APART.index("explained" if finding.standing == "accepted" else finding.standing)


class Listing:
    """The order of the sheet: departments with most at risk first, their sheets as the form has them, causes before what
    follows from them, what is only said for information last."""

    def __init__(self, result: BatchResult, diagnosis: Diagnosis, shown: Sequence[int], *, flat: bool) -> None:
        """`shown`: positions of the findings; `flat`: without heads of sheets, and with nothing folded."""
        self._shown = shown
        self._flat = flat
        self._findings = result.findings
        self._diagnosis = diagnosis
        self._sheets = {section.sheet: number for number, section in enumerate(result.rulebook.sections)}
        self._folded = len(result.findings) > _FOLDED_FROM
        self._severities = [_rank(finding) for finding in result.findings]
        self._labels = [severity.label for severity in sorted(Severity, key=lambda severity: severity.order)]
        self._labels += [STANDING_LABELS[standing] for standing in _APART]
        self._info = Severity.INFO.order
        self._followers: dict[int, list[int]] = {}
        self._roots, among = set[int](), {*shown}
        for position in shown:
            cause = diagnosis.causes[position]
            if cause is None or cause not in among:
                self._roots.add(position)
            else:
                self._followers.setdefault(cause, []).append(position)

    def lines(self) -> Iterator[Line]:
        """All rows from top to bottom."""
        by_file: dict[str, list[int]] = {}
        for position in self._shown:
            by_file.setdefault(self._findings[position].file, []).append(position)
        for positions in sorted(by_file.values(), key=self._gravity):
            yield from self._department(positions)

    def _gravity(self, positions: list[int]) -> tuple[object, ...]:
        errors, warnings, remarks, *_ = self._counted(positions)
        first = self._findings[positions[0]]
        # Remarks for information wait for nobody: what they concern does not move a department up.
        grave = [at for at in positions if self._severities[at] < self._info]
        risk = self._diagnosis.together(grave)
        return (not errors, -risk, -errors, -warnings, -remarks, first.entity_code, first.file)

    def _counted(self, positions: Sequence[int]) -> list[int]:
        """How many errors, warnings, remarks."""
        counted = [0] * len(self._labels)
        for at in positions:
            counted[self._severities[at]] += 1
        return counted

    def _department(self, positions: list[int]) -> Iterator[Line]:
        yield self._head(GROUP, 0, positions[0], positions, "")
        roots = [at for at in positions if at in self._roots]
        by_sheet: dict[str, list[int]] = {}
        for at in roots:
            by_sheet.setdefault(self._findings[at].sheet, []).append(at)
        unknown = len(self._sheets)
        # Who has nothing but remarks for information stands there with one line.
        hidden = self._folded or all(self._severities[at] >= self._info for at in positions)
        for name in sorted(by_sheet, key=lambda sheet: (self._sheets.get(sheet, unknown), sheet)):
            yield from self._sheet(name, by_sheet[name], hidden=hidden)

    def _sheet(self, name: str, roots: list[int], *, hidden: bool) -> Iterator[Line]:
        within = [at for root in roots for at in self._with_followers(root)]
        if self._flat:
            yield from (
                self._line(0, at, hidden=False)
                for root in sorted(roots, key=self._order)
                for at in self._with_followers(root)
            )
            return
        yield self._head(SUBGROUP, 1, roots[0], within, name, hidden=hidden)
        remarks = [at for at in roots if self._severities[at] >= self._info]
        grave = sorted((at for at in roots if self._severities[at] < self._info), key=self._order)
        for at in grave:
            yield self._line(2, at, hidden=hidden)
            for follower in self._with_followers(at)[1:]:
                yield self._line(3, follower, hidden=True)
        if remarks and grave:
            counted = zip(self._labels, self._counted(remarks), strict=True)
            words = "　".join(f"{label} {count} 条" for label, count in counted if count)
            yield Line(SUBGROUP, 2, remarks[0], hidden, name, words, None)
        for at in sorted(remarks, key=self._order):
            yield self._line(3 if grave else 2, at, hidden=True)

    def _order(self, at: int) -> tuple[object, ...]:
        return self._severities[at], -(self._diagnosis.risks[at] or 0), self._diagnosis.orders[at]

    def _with_followers(self, at: int) -> list[int]:
        """A finding and all that follows from it, each before what follows from itself."""
        family = [at]
        for follower in sorted(self._followers.get(at, ()), key=self._order):
            family += self._with_followers(follower)
        return family

    def _head(
        self, kind: int, depth: int, first: int, positions: Sequence[int], sheet: str, *, hidden: bool = False
    ) -> Line:
        counted = zip(self._labels, self._counted(positions), strict=True)
        counts = "　".join(f"{label} {count}" for label, count in counted if count)
        risk = self._diagnosis.together(at for at in positions if not self._findings[at].settled)
        return Line(kind, depth, first, hidden, sheet, counts, risk or None)

    def _line(self, depth: int, at: int, *, hidden: bool) -> Line:
        return Line(FINDING, depth, at, hidden, self._findings[at].sheet, "", self._diagnosis.risks[at] or None)
