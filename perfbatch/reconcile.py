"""Reconciliation (勾稽): the rulebook's checks over the whole district → findings.

Every check is evaluated as columns; Python meets single rows only where something is to be said. What a check says:

- it fails: the check's own severity;
- it holds only within the rounding intervals: an info, 尾差;
- one side is blank altogether: a warning, the figures cannot be checked (blank is not zero);
- an unreadable cell is involved: nothing, since that cell has a finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from perfbatch.figures import MIN_PLACES, plain
from perfbatch.findings import Finding, Severity
from perfbatch.frames import Frames
from perfbatch.intake.submission import SCALE, Fact
from perfbatch.rulebook.checks import BoundCheck, bind_checks
from perfbatch.rulebook.columns import Comparison, Texts, Truth, compare, evaluate
from perfbatch.rulebook.expression import Compare, Member
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.quantity import Bools, Quantity
from perfbatch.scopes import DepartmentScope, FrameScope, ItemScope, UnitScope

__all__ = ["Outcome", "Verdict", "reconcile", "verdicts"]

_TAIL = "{title}：尾差"
_TAIL_REMEDY = "尾差在四舍五入允许范围内，无须修改"
_PARTS_BLANK = "{title}：分项未填，无法核对"
_TOTAL_BLANK = "{title}：该项未填，无法核对"
_BLANK_REMEDY = "补填空白的项目；没有发生额的填 0"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found, a row per row of its scope."""

    failed: Bools
    tail: Bools
    parts_blank: Bools
    total_blank: Bools

    def rows(self) -> list[int]:
        """Where there is something to say."""
        return [int(row) for row in np.flatnonzero(self.failed | self.tail | self.parts_blank | self.total_blank)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one concrete check says over its scope, and whose row each is."""

    bound: BoundCheck
    outcome: Outcome
    departments: NDArray[np.int64]
    rows: NDArray[np.int64]


def verdicts(
    frames: Frames,
    departments: pd.DataFrame,
    computed: Mapping[str, Quantity],
    rulebook: Rulebook,
    *,
    prior: pd.DataFrame | None = None,
    roster: pd.DataFrame | None = None,
) -> Iterator[Verdict]:
    """What every concrete check says everywhere, before any of it is put into words; arguments as for `reconcile`."""
    scopes = _scopes(frames, departments, computed, rulebook, prior, roster)
    for bound in bind_checks(rulebook):
        scope = scopes[bound.check.scope]
        outcome = _CheckedScope(bound, scope, frames, rulebook).outcome
        if bound.check.scope == "department":
            yield Verdict(bound, outcome, np.arange(scope.length), np.zeros(scope.length, np.int64))
        else:
            yield Verdict(bound, outcome, scope.frame["department"].to_numpy(), scope.frame["row"].to_numpy())


def reconcile(
    frames: Frames,
    departments: pd.DataFrame,
    computed: Mapping[str, Quantity],
    rulebook: Rulebook,
    *,
    prior: pd.DataFrame | None = None,
    roster: pd.DataFrame | None = None,
) -> list[Finding]:
    """All findings of the rulebook's checks, in the rulebook's order.

    `departments` is the departments frame with self_total and verified_total; `computed` is indicator id → computed
    points (unknown where not computed), as `scoring` left them. `prior` and `roster` are records aligned to `departments`
    (`frames.record_frame`).
    """
    scopes = _scopes(frames, departments, computed, rulebook, prior, roster)
    findings: list[Finding] = []
    slips: set[tuple[str, str, str, str]] = set()
    for bound in bind_checks(rulebook):
        for finding in _CheckedScope(bound, scopes[bound.check.scope], frames, rulebook).findings():
            if finding.code.startswith("C"):
                # Several checks look for one slip of the unit; the cell is told once.
                slip = (finding.code, finding.file, finding.sheet, finding.cell)
                if slip in slips:
                    continue
                slips.add(slip)
            findings.append(finding)
    return findings


def _scopes(
    frames: Frames,
    departments: pd.DataFrame,
    computed: Mapping[str, Quantity],
    rulebook: Rulebook,
    prior: pd.DataFrame | None,
    roster: pd.DataFrame | None,
) -> dict[str, FrameScope]:
    return {
        "department": DepartmentScope(
            departments, rulebook, frames=frames, prior=prior, roster=roster, computed=computed
        ),
        "unit": UnitScope(frames.units, rulebook),
        "item": ItemScope(frames.items, rulebook, frames=frames),
        "target": FrameScope(frames.targets, rulebook),
    }


class _CheckedScope:
    """One concrete check over its scope."""

    def __init__(self, bound: BoundCheck, scope: FrameScope, frames: Frames, rulebook: Rulebook) -> None:
        self._bound = bound
        self._check = bound.check
        self._scope = scope
        self._frames = frames
        self._rulebook = rulebook
        self._tolerant = bound.check.tolerance == "interval"
        self._comparison: Comparison | None = None
        if isinstance(bound.holds, Compare):
            self._comparison = compare(bound.holds, scope, tolerant=self._tolerant)
        self._expected: object = None
        self.outcome = self._outcome()

    def findings(self) -> Iterator[Finding]:
        """A finding for every row with something to say."""
        rows = self.outcome.rows()
        if rows and self._bound.expected is not None:
            self._expected = evaluate(self._bound.expected, self._scope, tolerant=False)
        for row in rows:
            yield self._finding(row, self.outcome)

    def _outcome(self) -> Outcome:
        length = self._scope.length
        due, none = np.ones(length, bool), np.zeros(length, bool)
        if self._bound.when is not None:
            when = evaluate(self._bound.when, self._scope, tolerant=False)
            assert isinstance(when, Truth)
            due = when.value & when.known & ~when.tainted
        if self._comparison is None:
            truth = evaluate(self._bound.holds, self._scope, tolerant=self._tolerant)
            assert isinstance(truth, Truth)
            return Outcome(due & truth.known & ~truth.tainted & ~truth.value, none, none, none)
        truth, left, right = self._comparison.truth, self._comparison.left, self._comparison.right
        sound = due & ~truth.tainted
        # A total left blank beside parts that come to nothing hides nothing.
        nothing = np.asarray(right.num == 0, dtype=bool) if isinstance(right, Quantity) else ~none
        return Outcome(
            failed=sound & truth.known & ~truth.value,
            tail=sound & truth.known & self._comparison.rounding,
            parts_blank=sound & left.known & ~right.known,
            total_blank=sound & ~left.known & right.known & ~nothing,
        )

    def _finding(self, row: int, outcome: Outcome) -> Finding:
        check = self._check
        department, at = self._department_and_row(row)
        fact = self._fact(department, at)
        severity, message, remedy = Severity(check.severity), check.message, check.remedy
        if outcome.tail[row]:
            severity, message, remedy = Severity.INFO, _TAIL, _TAIL_REMEDY
        elif outcome.parts_blank[row]:
            severity, message, remedy = Severity.WARNING, _PARTS_BLANK, _BLANK_REMEDY
        elif outcome.total_blank[row]:
            severity, message, remedy = Severity.WARNING, _TOTAL_BLANK, _BLANK_REMEDY
        place = self._bound.place
        field = place.field if isinstance(place, Member) else place.id
        reported, expected, difference = self._figures(row, fact, self._rulebook.field_by_id[field].kind)
        submission = self._frames.submissions[department]
        words = {"label": self._bound.label, "item": self._item(row), "title": check.title}
        return Finding(
            code=check.code,
            severity=severity,
            budget_code=submission.budget_code,
            file=submission.file,
            sheet=fact.sheet,
            cell=fact.cell,
            field=field,
            reported=reported,
            expected=expected,
            difference=difference,
            message=self._entity(department, at) + message.format(**words),
            remedy=remedy.format(**words),
        )

    def _department_and_row(self, row: int) -> tuple[int, int]:
        """The department, and the row of its table (0 for what a department has once)."""
        if self._check.scope == "department":
            return row, 0
        frame = self._scope.frame
        return int(frame["department"].to_numpy()[row]), int(frame["row"].to_numpy()[row])

    def _fact(self, department: int, at: int) -> Fact:
        """The cell that the finding points at."""
        place = self._bound.place
        if isinstance(place, Member):
            return self._frames.fact(department, place.field, self._first_item(place.owner, department))
        return self._frames.fact(department, place.id, at)

    def _first_item(self, owner: str, department: int) -> int:
        """The first scorecard row of an indicator or of a group's indicators."""
        items = self._frames.items
        members = [one.id for one in self._rulebook.indicators if owner in (one.id, one.group)]
        rows = items.loc[(items["department"] == department) & items["indicator"].isin(members), "row"].to_numpy()
        return int(rows[0]) if len(rows) else 0

    def _item(self, row: int) -> str:
        """The indicator's name, for a row of the scorecard."""
        if self._check.scope != "item":
            return ""
        indicator = self._rulebook.indicator_by_id.get(str(self._scope.frame["indicator"].to_numpy()[row]))
        return indicator.name if indicator else ""

    def _entity(self, department: int, at: int) -> str:
        """Whose row it is, for a unit's own row."""
        if self._check.scope != "unit" or at == 0:
            return ""
        return f"{self._frames.fact(department, 'entity_name', at).value or f'第{at + 1}行机构'}："

    def _figures(self, row: int, fact: Fact, kind: str) -> tuple[str, str, str]:
        """Found, expected, difference as texts; "" for what the check does not have."""
        places = MIN_PLACES.get(kind, 0)
        comparison, expected = self._comparison, self._expected
        if expected is None and comparison is not None:
            gap = comparison.difference if comparison.truth.known[row] else None
            return _text(comparison.left, row, places), _text(comparison.right, row, places), _text(gap, row, places)
        found = Fraction(fact.value, SCALE) if isinstance(fact.value, int) else None
        reported = str(fact.value or "") if found is None else plain(found, places)
        difference = ""
        if found is not None and isinstance(expected, Quantity) and expected.known[row]:
            difference = plain(found - expected.fraction(row), places)
        return reported, _text(expected, row, places), difference


def _text(column: object, row: int, places: int) -> str:
    if isinstance(column, Texts):
        return str(column.values[row] or "")
    if isinstance(column, Quantity) and column.known[row]:
        return plain(column.fraction(row), places)
    return ""
