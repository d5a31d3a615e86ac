"""The cells of many submissions as a few long arrays: field after field is taken out of them without a loop over departments.

Submissions out of a bundle share its buffers, which are laid end to end here; others (of tests, or made by hand) are copied cell
by cell. Where a field's first cell stands, and how many it has, is the same for all workbooks of a layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np

from perfbatch.model.bundle import DATE, NUMBER, STATE_BITS, TEXT, Bundle, BundleColumns
from perfbatch.model.submission import State, Submission

__all__ = ["StackedCells"]

_STATE_MASK = (1 << STATE_BITS) - 1
_NOWHERE = (0, 0)


class StackedCells:
    """All cells of the submissions, in their order."""

    def __init__(self, submissions: Sequence[Submission]) -> None:
        self.departments = len(submissions)
        self._texts: list[str] = []
        self._layouts: list[dict[str, tuple[int, int]]] = []
        self._layout_of = np.zeros(self.departments, np.int64)
        self._starts = np.zeros(self.departments, np.int64)
        parts: list[tuple[Any, Any, Any]] = []
        self._size = 0
        bundles: dict[int, int] = {}
        numbered: dict[int, int] = {}
        for number, submission in enumerate(submissions):
            columns = submission.columns
            if isinstance(columns, BundleColumns):
                bundle = columns.bundle
                if id(bundle) not in bundles:
                    bundles[id(bundle)] = self._stack(parts, *self._of_bundle(bundle))
                layout = columns.layout
                if id(layout) not in numbered:
                    numbered[id(layout)] = len(self._layouts)
                    self._layouts.append({name: (first, place.rows) for name, (first, place) in layout.at.items()})
                self._layout_of[number] = numbered[id(layout)]
                self._starts[number] = bundles[id(bundle)] + bundle.starts[columns.workbook]
            else:
                self._layout_of[number] = len(self._layouts)
                self._starts[number] = self._stack(parts, *self._of_columns(submission))
        # One cell more, blank: what a workbook has not is taken from there.
        self._nowhere = self._stack(parts, np.zeros(1, np.uint8), np.zeros(1, np.int64), np.zeros(1, np.int64))
        marks, self._values, self._steps = (np.concatenate(column) for column in zip(*parts, strict=True))
        self._states, self._kinds = (marks & _STATE_MASK).astype(np.int8), marks >> STATE_BITS
        self._text_of = np.array([*self._texts, None], dtype=object)

    def _stack(self, parts: list[tuple[Any, Any, Any]], marks: Any, values: Any, steps: Any) -> int:
        """Lay cells behind those that are there; the place of the first."""
        begin = self._size
        parts.append((marks, values, steps))
        self._size += len(marks)
        return begin

    def _of_bundle(self, bundle: Bundle) -> tuple[Any, Any, Any]:
        marks, values = np.frombuffer(bundle.marks, np.uint8), np.array(bundle.values, np.int64)
        values[marks == (State.FILLED | TEXT << STATE_BITS)] += len(self._texts)
        self._texts += bundle.texts
        return marks, values, np.array(bundle.steps, np.int64)[np.asarray(bundle.step_of)]

    def _of_columns(self, submission: Submission) -> tuple[Any, Any, Any]:
        marks, values, steps, places = bytearray(), list[int](), list[int](), dict[str, tuple[int, int]]()
        for field, column in submission.columns.items():
            places[field] = (len(marks), len(column.states))
            steps += column.steps or bytes(len(column.states))
            for state, value in zip(column.states, column.values, strict=True):
                kind, number = self._coded(value)
                marks.append(state | kind << STATE_BITS)
                values.append(number)
        self._layouts.append(places)
        return np.frombuffer(bytes(marks), np.uint8), np.array(values, np.int64), np.array(steps, np.int64)

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
        return self._states[places]

    def numbers(self, places: Any) -> tuple[Any, Any, Any]:
        """Counts of the cells (int64, 0 where not FILLED), which are not FILLED, and their rounding steps."""
        return self._values[places], self._states[places] != State.FILLED, self._steps[places]

    def texts(self, places: Any) -> Any:
        """What the cells say (objects): a text, None where not FILLED; a date or a number as itself."""
        filled, kinds, values = self._states[places] == State.FILLED, self._kinds[places], self._values[places]
        shown = self._text_of[np.where(filled & (kinds == TEXT), values, -1)]
        for row in np.flatnonzero(filled & (kinds != TEXT)).tolist():
            value = int(values[row])
            shown[row] = date.fromordinal(value) if kinds[row] == DATE else value
        return shown
