"""Findings of identities → the figures behind them, as `likely_cause` takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import pandas as pd

from perfbatch.diagnosis.check_lookup import CheckLookup, FoundCheck
from perfbatch.diagnosis.likely_cause import BrokenSum, Figure, Part
from perfbatch.findings import Finding, Severity
from perfbatch.intake.submission import SCALE
from perfbatch.rulebook.expression import Binary, Call, Compare, Member, Name, Node
from perfbatch.rulebook.model import SignatureBlock
from perfbatch.rulebook.names import NUMERIC_KINDS

if TYPE_CHECKING:
    from perfbatch.result import BatchResult

__all__ = ["BrokenSums"]

_NAMELESS = re.compile(r"第(\d+)行机构")


class _Unknown(Exception):
    """The right side of a check is more than a sum of figures at hand."""


class BrokenSums:
    """The figures of one night by department and row, looked up for findings."""

    def __init__(self, result: BatchResult, lookup: CheckLookup) -> None:
        self._rulebook = result.rulebook
        self._lookup = lookup
        self._amounts = {
            field.id
            for table in result.rulebook.unit_tables.values()
            for field in table.fields
            if field.id in result.units
        }
        self._departments = _records(result.departments, {field.id for field in result.rulebook.fields()})
        self._place = {file: at for at, file in enumerate(result.departments["file"].tolist())}
        self._units: dict[int, list[dict[str, object]]] = {}
        for row in _records(result.units, {*self._amounts, "department", "row"}):
            self._units.setdefault(int(str(row["department"])), []).append(row)
        self._beside = {
            field.id: [one.id for one in block.fields if one.kind in NUMERIC_KINDS]
            for _, block in result.rulebook.blocks()
            if not isinstance(block, SignatureBlock)
            for field in block.fields
        }

    def of(self, finding: Finding) -> BrokenSum | None:
        """The broken identity behind a finding; None where it is not one, or a figure is missing."""
        found = self._lookup.check(finding)
        if finding.severity is not Severity.ERROR or found is None or not found.failed:
            return None
        holds, at = found.bound.holds, self._place.get(finding.file)
        row = None if at is None else self._row(found, at)
        if at is None or row is None:
            return None
        if found.bound.expected is not None:
            # The rulebook itself says what would have been right.
            return self._plain(finding, finding.field, row)
        if not (isinstance(holds, Compare) and holds.op == "==" and isinstance(holds.left, Name)):
            return None
        try:
            parts = tuple(self._parts(holds.right, 1, row, at))
        except _Unknown:
            return self._plain(finding, holds.left.id, row)
        total = _count(row.get(holds.left.id))
        if total is None or not parts:
            return None
        field = holds.left.id
        used = {field, *(name for name in self._names(holds.right))}
        rows = any(isinstance(one, Call) and one.function == "sum" for one in _terms(holds.right))
        others = () if rows else tuple(self._others(field, row, used))
        return BrokenSum(Figure(self._label(field), total), parts, others, self._step(field), rows)

    def _plain(self, finding: Finding, field: str, row: dict[str, object]) -> BrokenSum | None:
        """An identity with another record: all that is known of it is what the finding says was expected."""
        total, expected = _count(row.get(field)), _stated(finding.expected)
        if total is None or expected is None:
            return None
        others = tuple(self._others(field, row, {field}))
        return BrokenSum(Figure(self._label(field), total), (Part("应为数", expected),), others, self._step(field))

    def _row(self, found: FoundCheck, at: int) -> dict[str, object] | None:
        if found.bound.check.scope == "department":
            return self._departments[at]
        if found.bound.check.scope != "unit":
            return None
        rows = self._units.get(at, [])
        if not found.entity:
            return next((row for row in rows if row["row"] == 0), None)
        nameless = _NAMELESS.fullmatch(found.entity)
        number = int(nameless.group(1)) - 1 if nameless else None
        named = (row for row in rows if row["row"] != 0 and row.get("entity_name") == found.entity)
        return next(named, next((row for row in rows if row["row"] == number), None))

    def _parts(self, node: Node, sign: int, row: dict[str, object], at: int) -> Iterator[Part]:
        match node:
            case Name(field):
                value = _count(row.get(field))
                if value is not None:
                    yield Part(self._label(field), value, sign)
            case Binary("+" | "-" as op, left, right):
                yield from self._parts(left, sign, row, at)
                yield from self._parts(right, sign if op == "+" else -sign, row, at)
            case Call("part", (inner,)):
                yield from self._parts(inner, sign, row, at)
            case Call("either", (Name(field) as first, second)):
                yield from self._parts(first if _count(row.get(field)) is not None else second, sign, row, at)
            case Call("sum", (Member("units", field),)):
                for unit in self._units.get(at, []):
                    value = _count(unit.get(field))
                    if unit["row"] != 0 and value is not None:
                        name = unit.get("entity_name")
                        label = name if isinstance(name, str) and name else f"第{int(str(unit['row'])) + 1}行机构"
                        yield Part(label, value, sign)
            case _:
                raise _Unknown

    def _names(self, node: Node) -> Iterator[str]:
        for term in _terms(node):
            if isinstance(term, Name):
                yield term.id

    def _others(self, field: str, row: dict[str, object], used: set[str]) -> Iterator[Figure]:
        for name in self._beside.get(field, ()):
            value = _count(row.get(name))
            if name not in used and value is not None:
                yield Figure(self._label(name), value)

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
        for one in node.arguments:
            yield from _terms(one)
    else:
        yield node


def _records(frame: pd.DataFrame, wanted: set[str]) -> list[dict[str, object]]:
    columns = [name for name in frame.columns if name in wanted or name == "entity_name"]
    return [dict(zip(columns, row, strict=True)) for row in frame[columns].itertuples(index=False, name=None)]


def _count(value: object) -> int | None:
    if value is None or isinstance(value, str) or value is pd.NA:
        return None
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return None


def _stated(text: str) -> int | None:
    try:
        return int(Decimal(text) * SCALE)
    except InvalidOperation:
        return None
