"""The cells of many submissions as a few long arrays: field after field is taken out of them without a loop over departments.

Submissions out of a bundle share its buffers, which are laid end to end here; others (of tests, or made by hand) are copied cell
by cell. Where a field's first cell stands, and how many it has, is the same for all workbooks of a layout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np

from perfbatch.model.bundle import DATE, NUMBER, STATE_BITS, TEXT, Bundle, BundleColumns
from perfbatch.model.submission import State, Submission

__all__ = ["StackedCells"]

_STATE_MASK = (1 << STATE_BITS) - 1
_NOWHERE = (0, 0)
_SHORT = 24


class StackedCells:
    """All cells of the submissions, in their order. Of fields that are `unread` it is known whether something stands there,
    and not what: a text of theirs is ""."""

    def __init__(self, submissions: Sequence[Submission], unread: Collection[str] = ()) -> None:
        self._unread = unread
        self._wanted: dict[int, Any] = {}
        self.departments = len(submissions)
        self._texts = [""]
        self._layouts: list[dict[str, tuple[int, int]]] = []
        self._layout_of = np.zeros(self.departments, np.int64)
        self._starts = np.zeros(self.departments, np.int64)
        self._size = 0
        # One cell more, blank: what a workbook has not is taken from there.
        self._nowhere = _size_of(submissions)
        self._marks = np.zeros(self._nowhere + 1, np.uint8)
        self._values = np.zeros(self._nowhere + 1, np.int64)
        # Steps are few: a cell has the number of its own.
        self._step_of = np.zeros(self._nowhere + 1, np.uint8)
        self._steps: dict[int, int] = {0: 0}
        self._known: dict[str, str] = {}
        bundles: dict[int, int] = {}
        numbered: dict[int, int] = {}
        for number, submission in enumerate(submissions):
            columns = submission.columns
            if isinstance(columns, BundleColumns):
                bundle = columns.bundle
                if id(bundle) not in bundles:
                    bundles[id(bundle)] = self._stack(*self._of_bundle(bundle))
                layout = columns.layout
                if id(layout) not in numbered:
                    numbered[id(layout)] = len(self._layouts)
                    self._layouts.append({name: (first, place.rows) for name, (first, place) in layout.at.items()})
                self._layout_of[number] = numbered[id(layout)]
                self._starts[number] = bundles[id(bundle)] + bundle.starts[columns.workbook]
            else:
                self._layout_of[number] = len(self._layouts)
                self._starts[number] = self._stack(*self._of_columns(submission))
        steps = np.array(list(self._steps), np.int64)
        # A column of steps is as long as one of figures, and half as wide where they are what forms are rounded to.
        self._step_table = steps.astype(np.int32) if steps.max() <= np.iinfo(np.int32).max else steps
        self._text_of = np.array([*self._texts, None], dtype=object)

    def _stack(self, marks: Any, values: Any, step_of: Any) -> int:
        """Lay cells behind those that are there; the place of the first."""
        begin = self._size
        self._size += len(marks)
        cells = slice(begin, self._size)
        self._marks[cells], self._values[cells], self._step_of[cells] = marks, values, step_of
        return begin

    def _of_bundle(self, bundle: Bundle) -> tuple[Any, Any, Any]:
        cells = bundle.cells
        marks, values = np.frombuffer(cells.marks, np.uint8), np.array(cells.values, np.int64)
        texts = marks == (State.FILLED | TEXT << STATE_BITS)
        read = texts & self._wanted_of(bundle)
        used = np.zeros(len(cells.texts), np.bool_)
        used[values[read]] = True
        values[texts] += len(self._texts)
        self._texts += [
            self._shared(text) if kept else "" for text, kept in zip(cells.texts, used.tolist(), strict=True)
        ]
        values[texts & ~read] = 0
        numbers = np.array([self._step(step) for step in cells.steps], np.uint32)
        return marks, values, numbers[np.asarray(cells.step_of)]

    def _wanted_of(self, bundle: Bundle) -> Any:
        """Which cells are of a field that is read."""
        for layout in bundle.layouts:
            if id(layout) not in self._wanted:
                rows = [place.rows for place in layout.places]
                self._wanted[id(layout)] = np.repeat([place.field not in self._unread for place in layout.places], rows)
        parts = [self._wanted[id(bundle.layouts[number])] for number in bundle.layout_of]
        return np.concatenate(parts) if parts else np.zeros(0, np.bool_)

    def _of_columns(self, submission: Submission) -> tuple[Any, Any, Any]:
        marks, values, step_of, places = bytearray(), list[int](), list[int](), dict[str, tuple[int, int]]()
        for field, column in submission.columns.items():
            places[field] = (len(marks), len(column.states))
            step_of += map(self._step, column.steps) if column.steps else bytes(len(column.states))
            for state, value in zip(column.states, column.values, strict=True):
                kind, number = (TEXT, 0) if isinstance(value, str) and field in self._unread else self._coded(value)
                marks.append(state | kind << STATE_BITS)
                values.append(number)
        self._layouts.append(places)
        return np.frombuffer(bytes(marks), np.uint8), np.array(values, np.int64), np.array(step_of, np.uint32)

    def _step(self, step: int) -> int:
        number = self._steps.setdefault(step, len(self._steps))
        if number > np.iinfo(self._step_of.dtype).max:
            # Formats of one's own can round to anything: then a cell takes four bytes.
            self._step_of = self._step_of.astype(np.uint32)
        return number

    def _shared(self, text: str) -> str:
        """The text; a short one, which the form or the answer to a question brings into every workbook, once for all."""
        return self._known.setdefault(text, text) if len(text) <= _SHORT else text

    def _coded(self, value: int | str | date | None) -> tuple[int, int]:
        if isinstance(value, str):
            self._texts.append(value)
            return TEXT, len(self._texts) - 1
        return (DATE, value.toordinal()) if isinstance(value, date) else (NUMBER, value or 0)

    def places(self, field: str) -> tuple[Any, Any]:
        """Of each submission the place of the field's first cell, and how many it has there; none where the form lost it."""
        known = np.array([layout.get(field, _NOWHERE) for layout in self._layouts], np.int64).reshape(-1, 2)
        first, rows = known[self._layout_of].T
        return self._starts + first, rows

    def at(self, field: str, departments: Any, rows: Any) -> Any:
        """The places of the field's cells in these rows of these submissions; that of a blank cell where there is none."""
        first, held = self.places(field)
        return np.where(rows < held[departments], first[departments] + rows, self._nowhere)

    def rows(self, fields: Iterable[str]) -> tuple[Any, Any]:
        """Every row of every submission that one of the fields has: the submission's number, and the row's from 0."""
        held = np.zeros(self.departments, np.int64)
        for field in fields:
            held = np.maximum(held, self.places(field)[1])
        departments = np.repeat(np.arange(self.departments, dtype=np.int64), held)
        return departments, np.arange(len(departments), dtype=np.int64) - np.repeat(np.cumsum(held) - held, held)

    def states(self, places: Any) -> Any:
        """What state the cells are in (int8)."""
        return (self._marks[places] & _STATE_MASK).astype(np.int8)

    def numbers(self, places: Any) -> tuple[Any, Any, Any]:
        """Counts of the cells (int64, 0 where not FILLED), which are not FILLED, and their rounding steps."""
        return self._values[places], self.states(places) != State.FILLED, self._step_table[self._step_of[places]]

    def texts(self, places: Any) -> Any:
        """What the cells say (objects): a text, None where not FILLED; a date or a number as itself."""
        filled, kinds, values = (
            self.states(places) == State.FILLED,
            self._marks[places] >> STATE_BITS,
            self._values[places],
        )
        shown = self._text_of[np.where(filled & (kinds == TEXT), values, -1)]
        for row in np.flatnonzero(filled & (kinds != TEXT)).tolist():
            value = int(values[row])
            shown[row] = date.fromordinal(value) if kinds[row] == DATE else value
        return shown


def _size_of(submissions: Sequence[Submission]) -> int:
    """How many cells the submissions have, with those that stand in a bundle beside them."""
    columns = [submission.columns for submission in submissions]
    bundles = {id(own.bundle): own.bundle for own in columns if isinstance(own, BundleColumns)}
    single = (len(column.states) for own in columns if not isinstance(own, BundleColumns) for column in own.values())
    return sum(bundle.size for bundle in bundles.values()) + sum(single)
