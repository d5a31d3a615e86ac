"""Reconciliation (勾稽): the rulebook's checks over the whole district → findings.

Every check is evaluated as columns; Python meets single rows only where something is to be said. What a check says:

- it fails: the check's own severity;
- it holds only within the rounding intervals: an info, 尾差;
- one side is blank altogether: a warning, the figures cannot be checked (blank is not zero);
- an unreadable cell is involved: nothing, since that cell has a finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from perfbatch.district.check_figures import NO_FIGURE, CheckFigure, column_figures, counted, stated
from perfbatch.district.frame_scope import FrameScope
from perfbatch.district.frames import Frames
from perfbatch.district.scopes import DepartmentScope, ItemScope, UnitScope
from perfbatch.model.figures import MIN_PLACES
from perfbatch.model.findings import CheckOutcome, Finding, Severity
from perfbatch.model.row_titles import row_title
from perfbatch.model.submission import FactPlace
from perfbatch.rulebook.checks import BoundCheck, bind_checks
from perfbatch.rulebook.columns import Comparison, Truth, compare, evaluate
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.quantity import Bools, Ints, Quantity, arithmetic
from perfbatch.rulebook.tree import Compare, Member

__all__ = ["Outcome", "Verdict", "reconcile", "verdicts"]

_TAIL = "{title}：尾差"
_TAIL_REMEDY = "尾差在四舍五入允许范围内，无须修改"
_PARTS_BLANK = "{title}：分项未填，无法核对"
_TOTAL_BLANK = "{title}：该项未填，无法核对"
# The outcome of each of `_CheckedScope._kinds`, in their order.
_OUTCOMES: tuple[CheckOutcome, ...] = ("failed", "rounding", "not_made", "not_made")
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
        scope = scopes[_scope_of(bound, rulebook)]
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
        spoken = _CheckedScope(bound, scopes[_scope_of(bound, rulebook)], frames, rulebook).findings()
        if not bound.check.code.startswith("C"):
            findings.extend(spoken)
            continue
        for finding in spoken:
            # Several checks look for one slip of the unit; the cell is told once.
            slip = (finding.code, finding.file, finding.sheet, finding.cell)
            if slip not in slips:
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
        **{f"row:{name}": FrameScope(frame, rulebook) for name, frame in frames.tables.items()},
    }


def _scope_of(bound: BoundCheck, rulebook: Rulebook) -> str:
    """The scope that a check is made in: a table of rows has one of its own."""
    table = rulebook.table_of(bound.check)
    return f"row:{table}" if table else bound.check.scope


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
        self.outcome = self._outcome()

    def findings(self) -> Iterator[Finding]:
        """A finding for every row with something to say."""
        rows = np.array(self.outcome.rows(), dtype=np.int64)
        if not len(rows):
            return
        leaf, code, submissions = self._bound.place, self._check.code, self._frames.submissions
        field = self._rulebook.score_places.field(leaf.owner, leaf.field) if isinstance(leaf, Member) else leaf.id
        departments, at = self._departments_and_rows(rows)
        places = self._places(field, departments, at)
        figures = self._figures(rows, places, MIN_PLACES.get(self._rulebook.field_by_id[field].kind, 0))
        kinds = self._kinds(rows)
        column = field in self._rulebook.column_ids
        spoken = zip(
            self._words(rows, kinds), self._entities(rows, departments, at), departments, kinds, places, *figures,
            strict=True,
        )  # fmt: skip
        for words, entity, department, kind, place, reported, expected, difference in spoken:
            submission, (severity, message, remedy) = submissions[department], words
            yield Finding(
                code,
                severity,
                submission.entity_code,
                submission.file,
                place.sheet,
                place.cell,
                field,
                reported.text,
                expected.text,
                difference.text,
                entity + message if entity else message,
                remedy,
                self._check.id,
                self._bound.each,
                place.row if column and place.cell else None,
                _OUTCOMES[kind],
                (reported.number, expected.number, difference.number),
            )

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
        # A total left blank beside parts that come to nothing hides nothing; where a typed 0 is to be answered, it does.
        nothing = np.asarray(right.num == 0, dtype=bool) if isinstance(right, Quantity) else ~none
        if self._check.zero_is_filled:
            nothing = none
        return Outcome(
            failed=sound & truth.known & ~truth.value,
            tail=sound & truth.known & self._comparison.rounding,
            parts_blank=sound & left.known & ~right.known,
            total_blank=sound & ~left.known & right.known & ~nothing,
        )

    def _departments_and_rows(self, rows: Ints) -> tuple[list[int], list[int]]:
        """Whose rows they are, and which rows of their tables (0 for what a department has once)."""
        if self._check.scope == "department":
            return rows.tolist(), [0] * len(rows)
        frame = self._scope.frame
        return frame["department"].to_numpy()[rows].tolist(), frame["row"].to_numpy()[rows].tolist()

    def _places(self, field: str, departments: Sequence[int], at: Sequence[int]) -> list[FactPlace]:
        """The cells that the findings point at."""
        if isinstance(self._bound.place, Member):
            assert isinstance(self._scope, DepartmentScope)
            first = self._scope.item_rows.first(self._bound.place.owner)
            at = first[departments].tolist()
        return list(map(self._frames.place, departments, repeat(field), at))

    def _kinds(self, rows: Ints) -> list[int]:
        """What there is to say of each row: 0 it fails, 1 rounding, 2 its parts are blank, 3 its total is."""
        outcome = self.outcome
        kinds: list[int] = np.select(
            [outcome.tail[rows], outcome.parts_blank[rows], outcome.total_blank[rows]], [1, 2, 3]
        ).tolist()
        return kinds

    def _words(self, rows: Ints, kinds: Sequence[int]) -> list[tuple[Severity, str, str]]:
        """Severity, message and remedy of each row, put into words once per kind (and indicator) and shared."""
        check = self._check
        forms = (
            (Severity(check.severity), check.message, check.remedy),
            (Severity.INFO, _TAIL, _TAIL_REMEDY),
            (Severity.WARNING, _PARTS_BLANK, _BLANK_REMEDY),
            (Severity.WARNING, _TOTAL_BLANK, _BLANK_REMEDY),
        )
        named = self._row_names(rows)

        def worded(kind: int, name: str) -> tuple[Severity, str, str]:
            severity, message, remedy = forms[kind]
            words = {"label": self._bound.label, "item": name, "row": name, "title": check.title}
            return severity, message.format(**words), remedy.format(**words)

        words_of = {kind_and_name: worded(*kind_and_name) for kind_and_name in set(zip(kinds, named, strict=True))}
        return [words_of[kind_and_name] for kind_and_name in zip(kinds, named, strict=True)]

    def _row_names(self, rows: Ints) -> list[str]:
        """What the rows are called: of the scorecard their indicators, of a table of rows their numbers and what they are about;
        "" elsewhere."""
        check, frame = self._check, self._scope.frame
        if check.scope == "item":
            known = self._rulebook.indicator_by_id
            ids = frame["indicator"].to_numpy()[rows].tolist()
            return [known[name].name if name in known else "" for name in ids]
        table = self._rulebook.table_of(check)
        if not table:
            return [""] * len(rows)
        column = self._rulebook.row_tables[table].name_column
        names = frame[column].to_numpy()[rows].tolist() if column else [None] * len(rows)
        numbers = (frame["row"].to_numpy()[rows] + 1).tolist()
        return [row_title(number, name) for number, name in zip(numbers, names, strict=True)]

    def _entities(self, rows: Ints, departments: Sequence[int], at: Sequence[int]) -> list[str]:
        """Whose row each is, for a unit's own row; "" for any other."""
        if self._check.scope != "unit":
            return [""] * len(at)
        named, frame = self._rulebook.roles.sub_unit, self._scope.frame
        names: list[object]
        if named in frame:
            # pandas has turned None into its own missing value.
            written = frame[named].to_numpy(dtype=object)[rows].tolist()
            names = [name if isinstance(name, str) else "" for name in written]
        else:
            names = [self._frames.fact(*of_row).value for of_row in zip(departments, repeat(named), at, strict=False)]
        return [f"{name or f'第{row + 1}行机构'}：" if row else "" for name, row in zip(names, at, strict=True)]

    def _figures(
        self, rows: Ints, cells: Sequence[FactPlace], places: int
    ) -> tuple[list[CheckFigure], list[CheckFigure], list[CheckFigure]]:
        """Reported, expected, difference; no figure for what the check does not have."""
        comparison, none = self._comparison, [NO_FIGURE] * len(rows)
        if self._bound.expected is None and comparison is not None:
            gaps = column_figures(comparison.difference, rows, places)
            both = comparison.truth.known[rows].tolist()
            return (
                column_figures(comparison.left, rows, places),
                column_figures(comparison.right, rows, places),
                [gap if known else NO_FIGURE for gap, known in zip(gaps, both, strict=True)],
            )
        departments, _ = self._departments_and_rows(rows)
        at = zip(departments, cells, strict=True)
        facts = [self._frames.fact(department, cell.field, cell.row) for department, cell in at]
        reported = [
            counted(fact.value, places) if isinstance(fact.value, int) else CheckFigure(str(fact.value or ""))
            for fact in facts
        ]
        if self._bound.expected is None:
            return reported, none, none
        expected = evaluate(self._bound.expected, self._scope, tolerant=False)
        differences = none
        if isinstance(expected, Quantity):
            gap = arithmetic("-", stated(facts), expected.at(rows))
            differences = column_figures(gap, np.arange(len(rows)), places)
        return reported, column_figures(expected, rows, places), differences
