"""Findings of identities → the figures behind them, as `likely_cause` takes them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from perfbatch.diagnosis.likely_cause import BrokenSum, NamedFigure, Part
from perfbatch.diagnosis.origins import Origins
from perfbatch.model.findings import Finding, Severity
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.checks import BoundCheck
from perfbatch.rulebook.model import SignatureBlock
from perfbatch.rulebook.names import NUMERIC_KINDS
from perfbatch.rulebook.quantity import Bools, Ints
from perfbatch.rulebook.tree import Binary, Call, Compare, Member, Name, Node

if TYPE_CHECKING:
    from perfbatch.district.result import BatchResult

__all__ = ["BrokenSums"]


class _Unknown(Exception):
    """The right side of a check is more than a sum of figures at hand."""


class _Columns:
    """A frame's numbers, a column taken out when it is first asked for: findings are about few of them."""

    def __init__(self, frame: pd.DataFrame, names: Collection[str]) -> None:
        self._frame = frame
        self._names = frozenset(name for name in names if name in frame)
        self._taken: dict[str, tuple[Ints, Bools] | None] = {}

    def count(self, name: str, at: int) -> int | None:
        """The count of 1/SCALE in a row; None where there is none, or the column holds no numbers."""
        if name not in self._taken:
            self._taken[name] = self._take(name)
        column = self._taken[name]
        return None if column is None or column[1][at] else int(column[0][at])

    def _take(self, name: str) -> tuple[Ints, Bools] | None:
        if name not in self._names or not pd.api.types.is_integer_dtype(self._frame[name].dtype):
            return None
        column = self._frame[name]
        return column.to_numpy(dtype=np.int64, na_value=0), column.isna().to_numpy()


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a frame, and the department that it belongs to."""

    columns: _Columns
    at: int
    department: int

    def count(self, name: str) -> int | None:
        return self.columns.count(name, self.at)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What all findings of one check have in common: the figures that stand beside its own, and how they are rounded."""

    total: str
    label: str
    beside: tuple[tuple[str, str], ...]
    step: int
    rows: bool


class BrokenSums:
    """The figures of one night by department and row, looked up for findings."""

    def __init__(self, result: BatchResult, origins: Origins) -> None:
        self._rulebook = result.rulebook
        self._origins = origins
        amounts = [field.id for table in result.rulebook.unit_tables.values() for field in table.fields]
        self._departments = _Columns(result.departments, [field.id for field in result.rulebook.fields()])
        self._units = _Columns(result.units, amounts)
        self._place = {file: at for at, file in enumerate(result.departments["file"].tolist())}
        self._rows = result.units["row"].to_numpy()
        bounds = np.arange(len(result.departments) + 1)
        self._starts: list[int] = np.searchsorted(result.units["department"].to_numpy(), bounds).tolist()
        named = result.rulebook.roles.sub_unit
        self._entities = result.units[named].to_numpy(dtype=object) if named in result.units else None
        self._beside = {
            field.id: [other.id for other in block.fields if other.kind in NUMERIC_KINDS]
            for _, block in result.rulebook.blocks()
            if not isinstance(block, SignatureBlock)
            for field in block.fields
        }
        self._shapes: dict[tuple[str, str], _Shape] = {}

    def of(self, finding: Finding) -> BrokenSum | None:
        """The broken identity behind a finding; None where it is not one, or a figure is missing."""
        check = self._origins.check(finding)
        if check is None or finding.severity is not Severity.ERROR or finding.outcome != "failed":
            return None
        at = self._place.get(finding.file)
        row = None if at is None else self._row(check, finding, at)
        if row is None:
            return None
        if check.expected is not None:
            # The rulebook itself says what would have been right.
            return self._plain(finding, check, finding.field, row)
        holds = check.holds
        if not (isinstance(holds, Compare) and holds.op == "==" and isinstance(holds.left, Name)):
            return None
        try:
            parts = tuple(self._parts(holds.right, 1, row))
        except _Unknown:
            return self._plain(finding, check, holds.left.id, row)
        shape = self._shape(check, holds.left.id, holds.right)
        total = row.count(shape.total)
        if total is None or not parts:
            return None
        others = () if shape.rows else self._others(shape, row)
        return BrokenSum(NamedFigure(shape.label, total), parts, others, shape.step, shape.rows)

    def _plain(self, finding: Finding, check: BoundCheck, field: str, row: _Row) -> BrokenSum | None:
        """An identity with another record: all that is known of it is what the finding says was expected."""
        total, expected = row.count(field), finding.counts[1]
        if total is None or expected is None:
            return None
        shape = self._shape(check, field, None)
        parts = (Part("应为数", expected),)
        return BrokenSum(NamedFigure(shape.label, total), parts, self._others(shape, row), shape.step)

    def _shape(self, check: BoundCheck, field: str, right: Node | None) -> _Shape:
        key = check.check.id, check.each
        if key not in self._shapes:
            terms = list(_terms(right)) if right is not None else []
            used = {field, *(term.id for term in terms if isinstance(term, Name))}
            beside = [(name, self._label(name)) for name in self._beside.get(field, ()) if name not in used]
            rows = any(isinstance(term, Call) and term.function == "sum" for term in terms)
            self._shapes[key] = _Shape(field, self._label(field), tuple(beside), self._step(field), rows)
        return self._shapes[key]

    def _row(self, check: BoundCheck, finding: Finding, at: int) -> _Row | None:
        """The row of a frame that the finding speaks of."""
        if check.check.scope == "department":
            return _Row(self._departments, at, at)
        if check.check.scope != "unit":
            return None
        places = range(self._starts[at], self._starts[at + 1])
        place = next((place for place in places if self._rows[place] == finding.row), None)
        return None if place is None else _Row(self._units, place, at)

    def _entity(self, place: int) -> str:
        name = None if self._entities is None else self._entities[place]
        return name if isinstance(name, str) else ""

    def _parts(self, node: Node, sign: int, row: _Row) -> Iterator[Part]:
        match node:
            case Name(field):
                value = row.count(field)
                if value is not None:
                    yield Part(self._label(field), value, sign)
            case Binary("+" | "-" as op, left, right):
                yield from self._parts(left, sign, row)
                yield from self._parts(right, sign if op == "+" else -sign, row)
            case Call("part", (inner,)):
                yield from self._parts(inner, sign, row)
            case Call("either", (Name(field) as first, second)):
                yield from self._parts(first if row.count(field) is not None else second, sign, row)
            case Call("sum", (Member("units", field),)):
                for place in range(self._starts[row.department], self._starts[row.department + 1]):
                    value = self._units.count(field, place)
                    if self._rows[place] != 0 and value is not None:
                        label = self._entity(place) or f"第{self._rows[place] + 1}行机构"
                        yield Part(label, value, sign)
            case _:
                raise _Unknown

    def _others(self, shape: _Shape, row: _Row) -> tuple[NamedFigure, ...]:
        counts = ((label, row.count(name)) for name, label in shape.beside)
        return tuple(NamedFigure(label, value) for label, value in counts if value is not None)

    def _label(self, field: str) -> str:
        return self._rulebook.field_by_id[field].label

    def _step(self, field: str) -> int:
        step = self._rulebook.kind_of(self._rulebook.field_by_id[field]).step
        return int(step * SCALE) if step else 0


def _terms(node: Node) -> Iterator[Node]:
    if isinstance(node, Binary):
        yield from _terms(node.left)
        yield from _terms(node.right)
    elif isinstance(node, Call) and node.function in ("part", "either"):
        for argument in node.arguments:
            yield from _terms(argument)
    else:
        yield node
