"""Rows of the scorecard: which indicator each belongs to, by its id and by the name that it shows.

Ids stand beyond the print area, so rows that were sorted, exchanged or inserted may carry another row's. A name that is another
indicator's of the same 二级指标 says more than the id; any other name in a row that may be renamed is its own affair. A row
without an id is what its name says, or a split inside a set whose points may be re-cut, or nobody's. What stands above it never
decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from perfbatch.intake.formats import FormWorkbook
from perfbatch.intake.numerals import fold
from perfbatch.intake.reading import Remark
from perfbatch.model.submission import Column, Fact, State
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.model import FormField, Indicator, Rulebook, ScorecardBlock

__all__ = ["MatchedItems", "ScorecardItems", "match_items"]

# What any scorecard's headings say, and rows above the table in which they are looked for.
_NAME_HEADING, _SUBGROUP_HEADING, _ABOVE = "三级指标", "二级指标", 6
_POINTS = re.compile(r"\(?[0-9.]+分\)?")
_MARKS = re.compile("[\"'“”‘’「」『』\\s]")


class MatchedItems(NamedTuple):
    """The ids as they are meant (`….split` for a split inside a set, blank for nobody's), and what is to be said of rows."""

    column: Column | None
    remarks: Sequence[tuple[Remark, Fact]]


@dataclass(frozen=True, slots=True)
class _ShownItem:
    """A row as it is shown: its id as typed, name and 二级指标 as they are compared, and the cell to point at."""

    position: int
    identity: str
    name: str
    subgroup: str
    used: bool
    cell: RawCell


class ScorecardItems:
    """What a form has for a scorecard, and its indicators by what a row may show of them; None and nothing where it has none."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.indicator_by_id = rulebook.indicator_by_id
        self.block = next((block for _, block in rulebook.blocks() if isinstance(block, ScorecardBlock)), None)
        fields = self.block.fields if self.block else ()
        self.identity = next((field for field in fields if field.kind == "id"), None)
        self.points = next((field for field in fields if field.kind == "score"), None)
        self.by_name: dict[tuple[str, str], str] = {}
        self.subgroups: dict[str, list[Indicator]] = {}
        for indicator in rulebook.indicators:
            subgroup = _plain(indicator.subgroup)
            self.subgroups.setdefault(subgroup, []).append(indicator)
            self.by_name[subgroup, _plain(indicator.name)] = indicator.id
        self.names = {name for _, name in self.by_name}
        self.sets = {
            name: adaptable.indicators[0] for adaptable in rulebook.adaptable_sets for name in adaptable.indicators
        }


def match_items(workbook: FormWorkbook, items: ScorecardItems, columns: dict[str, Column]) -> MatchedItems:
    """Match the rows of the form's scorecard."""
    block, identity, points = items.block, items.identity, items.points
    if block is None or identity is None or points is None or not columns[points.id].cells:
        return MatchedItems(None, ())
    rows = _shown_items(workbook, block, identity, points, columns)
    if rows is None:
        return MatchedItems(None, ())
    match = _Match(items, rows)
    meant, remarks = [], []
    for row in rows:
        owner, wording = match.owner(row)
        meant.append(owner)
        if wording:
            remarks.append(match.remark(row, owner, wording, identity))
    stated = columns[identity.id]
    if tuple(meant) == tuple(value or "" for value in stated.values):
        return MatchedItems(None, remarks)
    cells = stated.cells if stated.cells and len(stated.states) == len(rows) else columns[points.id].cells
    sheet = stated.sheet or columns[points.id].sheet
    states = bytes(State.FILLED if owner else State.BLANK for owner in meant)
    return MatchedItems(Column(sheet, cells, states, tuple(owner or None for owner in meant)), remarks)


def _shown_items(
    workbook: FormWorkbook, block: ScorecardBlock, identity: FormField, points: FormField, columns: dict[str, Column]
) -> list[_ShownItem] | None:
    """The rows that the points' name covers; None where the headings are gone, so that nobody knows which column is which."""
    score = columns[points.id]
    numbers = [int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for cell in score.cells.split(" ")]
    leftmost = workbook.names[points.id].first_column
    headings = {
        _plain(str(value)): column
        for row in range(max(numbers[0] - _ABOVE, 1), numbers[0])
        for column in range(1, leftmost)
        if isinstance(value := workbook.cell(score.sheet, row, column).value, str)
    }
    name_at, subgroup_at = headings.get(_NAME_HEADING), headings.get(_SUBGROUP_HEADING)
    if name_at is None or subgroup_at is None:
        return None
    ids = _by_row(columns[identity.id])
    figures = [columns[field.id] for field in block.fields if field.kind != "id"]
    rows = []
    for position, number in enumerate(numbers):
        name = workbook.cell(score.sheet, number, name_at)
        subgroup = workbook.cell(score.sheet, number, subgroup_at)
        # A cell covered by the one above shows nothing of its own.
        shown = _plain(str(name.value)) if name.row == number and name.kind in ("text", "number") else ""
        used = bool(shown) or any(position < len(column.states) and column.states[position] for column in figures)
        cell = name if shown else workbook.cell(score.sheet, number, leftmost)
        identity_ = ids.get(number, "") if ids else ""
        rows.append(_ShownItem(position, identity_, shown, _plain(str(subgroup.value or "")), used, cell))
    return rows


def _by_row(column: Column) -> dict[int, str]:
    if not column.cells:
        return {}
    numbers = [int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for cell in column.cells.split(" ")]
    return {number: str(value) for number, value in zip(numbers, column.values, strict=True) if value is not None}


@lru_cache(maxsize=4_096)
def _plain(text: str) -> str:
    """A name as it is compared: without blanks, width, quotation marks and the points behind it."""
    return _POINTS.sub("", _MARKS.sub("", fold(text)))


class _Match:
    """The rows of one scorecard against the rulebook's indicators."""

    def __init__(self, items: ScorecardItems, rows: Sequence[_ShownItem]) -> None:
        self._items = items
        self._rows = rows

    def owner(self, row: _ShownItem) -> tuple[str, str]:
        """Whose row it is, and the wording of what is to be said of that, "" where nothing is."""
        indicator = self._items.indicator_by_id.get(row.identity)
        if indicator is None:
            return self._without_id(row)
        if row.name in ("", _plain(indicator.name)):
            return indicator.id, ""
        for subgroup in (row.subgroup, _plain(indicator.subgroup)):
            named = self._items.by_name.get((subgroup, row.name))
            if named is not None:
                return (named, "C14.name") if named != indicator.id else (named, "")
        if indicator.editable and row.name not in self._items.names:
            return indicator.id, ""
        return indicator.id, "C14.renamed"

    def _without_id(self, row: _ShownItem) -> tuple[str, str]:
        stem = row.identity.partition(".")[0]
        if row.identity and stem in self._items.sets:
            return f"{self._items.sets[stem]}.split", ""
        above, below = self._neighbour(row, -1), self._neighbour(row, 1)
        subgroup = row.subgroup
        if subgroup not in self._items.subgroups and above and below and above.subgroup == below.subgroup:
            subgroup = _plain(above.subgroup)
        named = self._items.by_name.get((subgroup, row.name))
        if named is not None:
            return named, ""
        if not row.used:
            return "", ""
        shared = {self._items.sets.get(beside.id, "") for beside in (above, below) if beside is not None}
        if above is None or below is None or len(shared) != 1:
            # Not between two rows of a set; its own 二级指标 may still say which it is.
            shared = {
                self._items.sets.get(indicator.id, "") for indicator in self._items.subgroups.get(row.subgroup, ())
            }
        first = shared.pop() if len(shared) == 1 else ""
        return (f"{first}.split", "") if first else ("", "C14.nobody")

    def _neighbour(self, row: _ShownItem, step: int) -> Indicator | None:
        """The indicator of the next row with a known id, upwards or downwards."""
        at = row.position + step
        while 0 <= at < len(self._rows):
            indicator = self._items.indicator_by_id.get(self._rows[at].identity)
            if indicator is not None:
                return indicator
            at += step
        return None

    def remark(self, row: _ShownItem, owner: str, wording: str, field: FormField) -> tuple[Remark, Fact]:
        """What is said of a row, at its name or else at its points."""
        indicator = self._items.indicator_by_id.get(owner)
        stated = self._items.indicator_by_id.get(row.identity)
        typed = str(row.cell.value or "") if row.name else ""
        details = {
            "row": str(row.cell.row),
            "typed": typed or "（未填）",
            "item": indicator.name if indicator else "",
            "other": stated.name if stated else "",
        }
        remark = Remark("C14", details, reported=typed, wording=wording)
        return remark, Fact(field.id, row.position, State.FILLED, None, 0, row.cell.sheet, row.cell.cell)
