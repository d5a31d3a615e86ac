"""What changed between two runs: submissions, findings, scores and ranks. A pure function over two recorded runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

__all__ = [
    "Changes",
    "Move",
    "RecordedDepartment",
    "RecordedFinding",
    "RecordedRun",
    "changes_between",
]


class RecordedDepartment(NamedTuple):
    """A department as a run saw it; totals are counts of 1/SCALE points, None where there was no score."""

    entity_code: str
    entity_title: str
    file: str
    sha256: str
    self_total: int | None
    verified_total: int | None
    grade: str
    rank: int | None


class RecordedFinding(NamedTuple):
    """A finding as a run saw it; `severity` is error, warning or info. Two runs of a large district are hundreds of thousands
    of these: they are compared and counted as the tuples that they are."""

    entity_code: str
    code: str
    severity: str
    sheet: str
    cell: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """One run of the history over one form. `set_aside` are the paths that it could not take; `form_id` is "" of one from before
    forms were on record."""

    run_id: str
    started_at: str
    fiscal_year: int
    departments: tuple[RecordedDepartment, ...]
    findings: tuple[RecordedFinding, ...]
    set_aside: tuple[str, ...] = ()
    rulebook: str = ""
    form_id: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A department that both runs saw, before and after."""

    before: RecordedDepartment
    after: RecordedDepartment

    @property
    def resubmitted(self) -> bool:
        """The workbook is another one."""
        return self.before.sha256 != self.after.sha256

    @property
    def score_change(self) -> int | None:
        """Verified total after less before, in counts of 1/SCALE points; None where either run had none."""
        if self.before.verified_total is None or self.after.verified_total is None:
            return None
        return self.after.verified_total - self.before.verified_total

    @property
    def rank_change(self) -> int | None:
        """Places gained (positive) or lost; None where either run had no rank."""
        if self.before.rank is None or self.after.rank is None:
            return None
        return self.before.rank - self.after.rank


@dataclass(frozen=True, slots=True)
class Changes:
    """What the later run has, or has no more, against the earlier one; all in the order of budget codes."""

    earlier: RecordedRun
    later: RecordedRun
    new: tuple[RecordedDepartment, ...]
    withdrawn: tuple[RecordedDepartment, ...]
    resubmitted: tuple[Move, ...]
    cleared: tuple[RecordedFinding, ...]
    appeared: tuple[RecordedFinding, ...]
    moves: tuple[Move, ...]
    """Departments of both runs whose score, grade or rank is another one."""

    @property
    def none(self) -> bool:
        """Whether the two runs say the same."""
        return not (self.new or self.withdrawn or self.resubmitted or self.cleared or self.appeared or self.moves)


def changes_between(earlier: RecordedRun, later: RecordedRun) -> Changes:
    """Compare two runs. A department is known by its budget code; without one, by its file.

    A finding stands on where code, field and words are the same, be its cell another one: a row put in above moves every cell.
    Findings of departments that only one run saw come and go with them and are counted as new or cleared.
    """
    before, after = _by_key(earlier.departments), _by_key(later.departments)
    cleared, appeared = _unpaired(earlier.findings, later.findings)
    both = [Move(before[key], after[key]) for key in sorted(before.keys() & after.keys())]
    return Changes(
        earlier=earlier,
        later=later,
        new=tuple(after[key] for key in sorted(after.keys() - before.keys())),
        withdrawn=tuple(before[key] for key in sorted(before.keys() - after.keys())),
        resubmitted=tuple(move for move in both if move.resubmitted),
        cleared=cleared,
        appeared=appeared,
        moves=tuple(move for move in both if _standing(move.before) != _standing(move.after)),
    )


def _by_key(departments: Iterable[RecordedDepartment]) -> dict[tuple[str, str], RecordedDepartment]:
    return {
        (department.entity_code, "" if department.entity_code else department.file): department
        for department in departments
    }


def _standing(department: RecordedDepartment) -> tuple[int | None, str, int | None]:
    return department.verified_total, department.grade, department.rank


def _identity(finding: RecordedFinding) -> tuple[str, ...]:
    return finding.entity_code, finding.code, finding.field, finding.severity, finding.message


def _unpaired(
    before: Sequence[RecordedFinding], after: Sequence[RecordedFinding]
) -> tuple[tuple[RecordedFinding, ...], tuple[RecordedFinding, ...]]:
    """Those without a counterpart on the other side. Of several alike, the ones that stand in the very cell are paired first."""
    standing = Counter(before) & Counter(after)
    left, right = _less(before, standing, _itself), _less(after, standing, _itself)
    moved = Counter(map(_identity, left)) & Counter(map(_identity, right))
    return _in_order(_less(left, moved, _identity)), _in_order(_less(right, moved, _identity))


def _itself(finding: RecordedFinding) -> RecordedFinding:
    return finding


def _less(
    findings: Iterable[RecordedFinding], paired: Counter[Any], key: Callable[[RecordedFinding], Hashable]
) -> list[RecordedFinding]:
    """What is left when as many of each kind, the first ones, are taken away as have found a counterpart."""
    due = dict(paired)
    left = []
    for finding in findings:
        kind = key(finding)
        if due.get(kind):
            due[kind] -= 1
        else:
            left.append(finding)
    return left


def _in_order(findings: list[RecordedFinding]) -> tuple[RecordedFinding, ...]:
    order = ("error", "warning", "info")
    findings.sort(
        key=lambda finding: (
            order.index(finding.severity),
            finding.entity_code,
            finding.code,
            finding.sheet,
            finding.cell,
            finding.message,
        )
    )
    return tuple(findings)
