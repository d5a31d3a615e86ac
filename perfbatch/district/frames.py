"""Submissions → pandas frames, the whole district at once.

A field `x` is three columns: `x` (Int64 counts of 1/SCALE of its unit, or text), `x.step` (its rounding step in the same
counts, 0 where exact; numbers only) and `x.state` (`State`). A long text that no rule reads is "" where it is filled: a district's are
more than all its figures. The frames:

- `departments`: a row per submission, in the order given: single cells, the 汇总 row's amounts, the evidence answers
  under their evidence ids;
- `units`: a row per used row of the unit tables: `department` (position in departments), `row` (0 汇总, 1 局机关, 2…);
- `items`: a row per used row of the scorecard, else per own score of an indicator, wherever it stands: `department`, `row`,
  `indicator` ("" for a row of none), `split` (a row that was split off inside its set), `field` (of the own score);
- `tables`: of each table of rows that rules look into a row per used row: `department`, `row`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from perfbatch.district.indicator_rows import item_rows_of
from perfbatch.district.stacked import StackedCells
from perfbatch.model.bundle import BundleColumns
from perfbatch.model.submission import SCALE, Column, Fact, FactPlace, State, Submission
from perfbatch.rulebook.form import SINGLE
from perfbatch.rulebook.model import (
    EvidenceBlock,
    FormField,
    Kind,
    RowsBlock,
    Rulebook,
    ScorecardBlock,
)
from perfbatch.rulebook.names import NUMERIC_KINDS
from perfbatch.rulebook.roles import Roles

# Where pyarrow is installed pandas would keep texts in its memory, which holds no file name that is not UTF-8.
pd.set_option("mode.string_storage", "python")

__all__ = ["Frames", "build_frames", "evidence_fields", "record_frame"]

_NO_FACT = Fact("", 0, State.BLANK, None, 0, "", "")
_NO_PLACE = FactPlace("", 0, "", "")
_NO_COLUMN = Column("", "", b"", ())


@dataclass(frozen=True)
class Frames:
    """The district's submissions as frames; `submissions` in the order of `departments` keep the cell of every fact."""

    submissions: tuple[Submission, ...]
    departments: pd.DataFrame
    units: pd.DataFrame
    items: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    roles: Roles
    answered: Mapping[str, Any]
    """Evidence id → of each submission the row of its answer, the first where an id stands twice; past the last where none is."""

    @property
    def bare(self) -> Frames:
        """The departments and their units alone, without what they were made of."""
        return replace(self, submissions=(), items=self.items.iloc[:0].copy(), tables={}, answered={})

    def place(self, department: int, field: str, row: int = 0) -> FactPlace:
        """Where a fact stands, which costs less than the fact; no place where the form has lost it."""
        columns = self.submissions[department].columns
        if isinstance(columns, BundleColumns):
            return columns.place(field, row) or _NO_PLACE
        fact = self.fact(department, field, row)
        return FactPlace(fact.field, fact.row, fact.sheet, fact.cell)

    def evidence_place(self, department: int, evidence_id: str) -> FactPlace:
        """Where the answer to one row of the evidence table stands."""
        rows = self.answered.get(evidence_id)
        return _NO_PLACE if rows is None else self.place(department, self.roles.evidence_answer, int(rows[department]))

    def fact(self, department: int, field: str, row: int = 0) -> Fact:
        """The fact behind a value, with its sheet and cell; a blank one without a place where the form has lost it."""
        column = self.submissions[department].columns.get(field, _NO_COLUMN)
        return column.fact(field, row) if row < len(column.states) else _NO_FACT

    def evidence_fact(self, department: int, evidence_id: str) -> Fact:
        """The answer to one row of the evidence table."""
        submission = self.submissions[department]
        row = _evidence_rows(submission, self.roles).get(evidence_id)
        return _NO_FACT if row is None else self.fact(department, self.roles.evidence_answer, row)


def build_frames(submissions: Sequence[Submission], rulebook: Rulebook) -> Frames:
    """Frames of any number of submissions, none included."""
    blocks = [block for _, block in rulebook.blocks()]
    single = [field for block in blocks if isinstance(block, SINGLE) for field in block.fields]
    single += [block.total for block in blocks if isinstance(block, ScorecardBlock)]
    amounts = [field for table in rulebook.unit_tables.values() for field in table.fields]
    columns: dict[str, Any] = {
        "entity_code": _texts(submission.entity_code for submission in submissions),
        "entity_title": _texts(submission.entity_title for submission in submissions),
        "file": _texts(submission.file for submission in submissions),
    }
    cells = StackedCells(submissions, rulebook.long_texts_unread)
    everywhere = np.arange(len(submissions), dtype=np.int64)
    first = np.zeros(len(submissions), np.int64)
    for field in (*single, *amounts):
        columns.update(_columns(field, field.id, cells, everywhere, first))
    roles, answers = rulebook.roles, list(evidence_fields(rulebook))
    answered = _answered(cells, [field.id for field in answers], roles)
    for field in answers:
        columns.update(_columns(field, roles.evidence_answer, cells, everywhere, answered[field.id]))
    tables = {name: _table_frame(cells, rulebook.row_tables[name]) for name in rulebook.tables_in_rules}
    return Frames(
        submissions=tuple(submissions),
        departments=pd.DataFrame(columns),
        units=_rows_frame(cells, amounts, keep=2),
        items=_items(cells, tables, rulebook),
        tables=tables,
        roles=roles,
        answered=answered,
    )


def evidence_fields(rulebook: Rulebook) -> Iterator[FormField]:
    """The evidence rows as fields: a checklist row is a choice, a count of breaches a count."""
    block = rulebook.evidence_block
    if not isinstance(block, EvidenceBlock):
        return
    for indicator in rulebook.indicators:
        for evidence_id in indicator.evidence_ids:
            # An evidence id has a dot, which a field id of the form may not have.
            if evidence_id.endswith(".breaches"):
                yield FormField.model_construct(id=evidence_id, label=indicator.name, kind="count")
            else:
                choices = (block.yes, block.no)
                yield FormField.model_construct(id=evidence_id, label=indicator.name, kind="choice", choices=choices)


def record_frame(
    codes: Sequence[str], records: Mapping[str, dict[str, int]], fields: Iterable[str], rulebook: Rulebook
) -> pd.DataFrame:
    """Other records of the same departments (last year's, the bureau's), aligned to `codes`: a row each, columns as above.

    `records` is entity_code → field id → count of 1/SCALE; each figure has the rounding step of its own decimals.
    """
    columns: dict[str, Any] = {}
    for field in fields:
        values = [records.get(code, {}).get(field) for code in codes]
        columns[field] = _integers(values)
        columns[f"{field}.step"] = _steps(values, rulebook.kind_of(rulebook.field_by_id[field]))
        states = [State.BLANK if value is None else State.FILLED for value in values]
        columns[f"{field}.state"] = np.array(states, dtype=np.int8)
    return pd.DataFrame(columns, index=range(len(codes)))


def _steps(counts: Sequence[int | None], kind: Kind) -> Any:
    """The kind's rounding step, or finer where a figure has more decimals; 0 for exact kinds."""
    steps = np.zeros(len(counts), np.int64)
    if kind.step is None:
        return steps
    numbers = np.array([count or 0 for count in counts], dtype=np.int64)
    coarsest = int(kind.step * SCALE)
    finer = [step for step in (10**power for power in range(kind.decimals)) if step < coarsest]
    for step in (*finer, coarsest):
        steps[numbers % step == 0] = step
    return steps


def _texts(values: Iterable[str | None]) -> Any:
    return np.array([*values, None], dtype=object)[:-1]


def _integers(values: Sequence[Any]) -> Any:
    mask = np.array([value is None for value in values], dtype=bool)
    return pd.arrays.IntegerArray(np.array([value or 0 for value in values], dtype=np.int64), mask)


def _columns(field: FormField, stands_in: str, cells: StackedCells, departments: Any, rows: Any) -> dict[str, Any]:
    """The field's columns of a frame, out of the cells of the form's field `stands_in`: of each submission named the row named,
    blank where it has no such row."""
    places = cells.at(stands_in, departments, rows)
    columns: dict[str, Any] = {}
    if field.kind in NUMERIC_KINDS:
        counts, mask, columns[f"{field.id}.step"] = cells.numbers(places)
        columns = {field.id: pd.arrays.IntegerArray(counts, mask), **columns}
    else:
        columns[field.id] = cells.texts(places)
    columns[f"{field.id}.state"] = cells.states(places)
    return columns


def _answered(cells: StackedCells, evidence: Sequence[str], roles: Roles) -> Mapping[str, Any]:
    """Evidence id → of each submission the row of its answer, the first where an id stands twice; past the last where none is."""
    departments, rows = cells.rows([roles.evidence_answer])
    ids = cells.texts(cells.at(roles.evidence_id, departments, rows)).tolist()
    nowhere = np.iinfo(np.int64).max
    answered = {name: np.full(cells.departments, nowhere, np.int64) for name in evidence}
    for name, department, row in zip(reversed(ids), departments[::-1].tolist(), rows[::-1].tolist(), strict=True):
        if name in answered:
            answered[name][department] = row
    return answered


def _evidence_rows(submission: Submission, roles: Roles) -> Mapping[str, int]:
    """Evidence id → the row of its answer, the first where an id stands twice."""
    ids, answers = (
        submission.columns.get(name, _NO_COLUMN).values for name in (roles.evidence_id, roles.evidence_answer)
    )
    return _first_rows(ids[: len(answers)])


@lru_cache(maxsize=1_024)
def _first_rows(ids: tuple[Any, ...]) -> Mapping[str, int]:
    # The form comes with the ids, so the departments' are nearly all the same.
    return {identity: row for row, identity in reversed(list(enumerate(ids))) if identity is not None}


def _table_frame(cells: StackedCells, block: RowsBlock) -> pd.DataFrame:
    return _rows_frame(cells, block.fields, keep=0, given=block.preset_columns, headings=block.headings)


def _rows_frame(
    cells: StackedCells,
    fields: Sequence[FormField],
    *,
    keep: int,
    given: Collection[str] = (),
    headings: Collection[str] = (),
) -> pd.DataFrame:
    """A row per used row: one in which something stands beside what the form came with (`given`) and the headings, or of the
    first `keep`. What a heading leaves blank is what the row above says."""
    departments, rows = cells.rows(field.id for field in fields)
    used = rows < keep
    for field in fields:
        if field.id not in given and field.id not in headings:
            used |= cells.states(cells.at(field.id, departments, rows)) != State.BLANK
    columns: dict[str, Any] = {"department": departments[used], "row": rows[used]}
    for field in fields:
        places = _carried(cells, field.id, departments, rows)[used] if field.id in headings else rows[used]
        columns.update(_columns(field, field.id, cells, departments[used], places))
    return pd.DataFrame(columns)


def _carried(cells: StackedCells, heading: str, departments: Any, rows: Any) -> Any:
    """Of each row the one that says what its heading is: itself, or the last above it in which something stands."""
    stated = cells.states(cells.at(heading, departments, rows)) != State.BLANK
    first = np.concatenate([[True], departments[1:] != departments[:-1]]) if len(rows) else stated
    places = np.maximum.accumulate(np.where(stated | first, np.arange(len(rows)), 0))
    return rows[places]


def _items(cells: StackedCells, tables: Mapping[str, pd.DataFrame], rulebook: Rulebook) -> pd.DataFrame:
    roles = rulebook.roles
    if rulebook.scorecard is None:
        frames = [*_items_of_cells(cells, rulebook)]
        frames += [item_rows_of(tables[spec.rows], spec, rulebook) for spec in rulebook.indicator_rows]
        return pd.concat(frames, ignore_index=True) if frames else _no_items(roles)
    items = _rows_frame(cells, rulebook.scorecard.fields, keep=0)
    stated = items[roles.item_id].to_numpy(dtype=object)
    filled = items[f"{roles.item_id}.state"] == State.FILLED
    item_ids = np.where(filled, stated, np.full(len(items), None, dtype=object))
    known = {identity: _indicator_of(identity, rulebook) for identity in set(item_ids.tolist())}
    indicators = [known[identity] for identity in item_ids.tolist()]
    splits = [row for row, name in enumerate(indicators) if name not in rulebook.indicator_by_id and name]
    if splits:
        for row, name in zip(splits, _shares(items, indicators, splits, rulebook), strict=True):
            indicators[row] = name
    items["indicator"] = _texts(indicators)
    items["split"] = np.isin(np.arange(len(items)), splits)
    items["field"] = _texts([roles.item_self] * len(items))
    return items


def _items_of_cells(cells: StackedCells, rulebook: Rulebook) -> Iterator[pd.DataFrame]:
    """The rows of a form without a scorecard, an indicator at a time: those whose own score stands in a cell of its own. Its points
    are known, too."""
    roles, columns = rulebook.roles, rulebook.field_by_id
    everywhere, first = np.arange(cells.departments, dtype=np.int64), np.zeros(cells.departments, np.int64)
    for indicator, name in rulebook.score_places.own_fields.items():
        if indicator in rulebook.score_places.rows_behind:
            continue
        used = np.flatnonzero(cells.states(cells.at(name, everywhere, first)) != State.BLANK)
        own = _columns(columns[name].model_copy(update={"id": roles.item_self}), name, cells, used, first[: len(used)])
        points = np.full(len(used), int(rulebook.indicator_by_id[indicator].points * SCALE))
        yield pd.DataFrame(
            {
                "department": used,
                "row": first[: len(used)],
                **own,
                roles.item_max: _integers(points.tolist()),
                f"{roles.item_max}.step": np.zeros(len(used), np.int64),
                f"{roles.item_max}.state": np.full(len(used), State.FILLED, np.int8),
                "indicator": _texts([indicator] * len(used)),
                "split": np.zeros(len(used), bool),
                "field": _texts([name] * len(used)),
            }
        )


def _no_items(roles: Roles) -> pd.DataFrame:
    """The rows of a form that has no scorecard."""
    columns: dict[str, Any] = {name: np.zeros(0, np.int64) for name in ("department", "row")}
    for name in (roles.item_max, roles.item_self):
        columns[name] = _integers([])
        columns[f"{name}.state"] = np.zeros(0, np.int8)
    return pd.DataFrame({**columns, "indicator": _texts([]), "split": np.zeros(0, bool), "field": _texts([])})


def _indicator_of(item_id: str | None, rulebook: Rulebook) -> str:
    """The indicator that a scorecard row belongs to; `first.split` of a set of indicators for a row that was split off inside
    it; "" for a row that is nobody's."""
    if item_id is None or item_id in rulebook.indicator_by_id:
        return item_id or ""
    stem = item_id.partition(".")[0]
    for adaptable in rulebook.adaptable_sets:
        if stem in adaptable.indicators:
            return f"{adaptable.indicators[0]}.split"
    return ""


def _shares(items: pd.DataFrame, indicators: Sequence[str], splits: Sequence[int], rulebook: Rulebook) -> Iterator[str]:
    """Whose row each split one becomes: the largest goes to the indicator of its set that has given up most, so that the order
    of the rows has no say."""
    department, points = items["department"].tolist(), items[rulebook.roles.item_max].fillna(0).astype(int).tolist()
    given_up: dict[tuple[int, str], int] = {}
    for row in splits:
        for name in _set_of(indicators[row], rulebook):
            ruled = int(rulebook.indicator_by_id[name].points * SCALE)
            given_up.setdefault((department[row], name), ruled)
    for row, name in enumerate(indicators):
        if (department[row], name) in given_up:
            given_up[department[row], name] -= points[row]
    taken: dict[int, str] = {}
    own = items[rulebook.roles.item_self].fillna(0).astype(int).tolist()
    for row in sorted(splits, key=lambda row: (-points[row], -own[row])):
        names = _set_of(indicators[row], rulebook)
        taken[row] = max(names, key=lambda name: (given_up[department[row], name], -names.index(name)))
        given_up[department[row], taken[row]] -= points[row]
    return (taken[row] for row in splits)


def _set_of(split: str, rulebook: Rulebook) -> tuple[str, ...]:
    first = split.removesuffix(".split")
    return next(adaptable.indicators for adaptable in rulebook.adaptable_sets if adaptable.indicators[0] == first)
