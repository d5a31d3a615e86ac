"""A workbook of a format other than XLSX, once its reader has laid its sheets out: what the form's reader asks of any workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.addresses import Area, Place, cell_name
from perfbatch.package.parts import NumberFormats, WorkbookPart, named_areas
from perfbatch.package.raw_cell import CellMaker, HeldColumn, RawCell, ShownValue, held_column
from perfbatch.package.sheet_cells import StoredCell

__all__ = ["UNREAD_FORMULA", "Grid", "GridName", "GridWorkbook", "grid_cells", "refuse_wide_grid"]

UNREAD_FORMULA = "…"
"""What stands for a formula of which only the result is read."""


class GridName(NamedTuple):
    """A defined name in small letters; `local`: of one sheet. `area` None: it refers to no block of cells of this workbook,
    `elsewhere`: but to another defined."""

    name: str
    local: bool
    area: Area | None
    elsewhere: bool = False


@dataclass(frozen=True)
class Grid:
    """A sheet: its cells that hold something, and its merged areas as covered cell → top-left cell."""

    cells: Mapping[Place, RawCell] = field(default_factory=dict)
    covered: Mapping[Place, Place] = field(default_factory=dict)


class GridWorkbook:
    """A `FormWorkbook` over sheets that were read whole."""

    full_calculation = False
    """Whoever wrote it kept the results beside its formulas."""

    def __init__(
        self,
        without_formulas: str,
        grids: Mapping[str, Grid],
        names: Iterable[GridName],
        active: Sequence[str],
        limits: Limits,
    ) -> None:
        """`without_formulas`: what the format is called; `active`: what of the workbook runs or reaches out of it, in words.

        Raises `SetAside` F03 where there is no sheet."""
        if not grids:
            raise SetAside("F03")
        names = list(names)
        self.without_formulas = without_formulas
        self._grids, self._limits, self._active = grids, limits, active
        self.names: Mapping[str, Area]
        self.names, self.twins = named_areas(((defined.name, defined.local, defined.area) for defined in names), grids)
        self.elsewhere = frozenset(defined.name for defined in names if defined.elsewhere and not defined.local)
        self._inputs: dict[str, set[Place]] = {}

    @property
    def sheets(self) -> tuple[str, ...]:
        """Worksheet names in order."""
        return tuple(self._grids)

    def cells(self, sheet: str) -> Mapping[Place, StoredCell]:
        """The cells that hold something. Of a formula nothing is known but that it is defined."""
        stored = {}
        for place, cell in self._grids[sheet].cells.items():
            text = repr(cell.value) if cell.kind == "number" else str(cell.value or "")
            kind = {"number": "n", "bool": "b", "error": "e"}.get(cell.kind, "str")
            stored[place] = StoredCell(kind, 0, text, cell.formula, cell.has_value)
        return stored

    def rows(self, sheet: str) -> Sequence[int]:
        """The rows of `cells`, each once, from the top."""
        return sorted({row for row, _ in self._grids[sheet].cells})

    def claim(self, names: Mapping[str, Area]) -> None:
        """Say which cells are the form's inputs, so that a merged area is never read twice."""
        self.names, self._inputs = {**self.names, **names}, {}
        for area in names.values():
            if area.last_row - area.first_row < self._limits.rows:
                rows = range(area.first_row, area.last_row + 1)
                self._inputs.setdefault(area.sheet, set()).update((row, area.first_column) for row in rows)

    def column(self, area: Area) -> list[RawCell]:
        """The cells of the area's first column, from the top; of an area longer than the limit only the rows that hold
        something. Raises `SetAside` F07 where even those are too many."""
        rows: Sequence[int] = range(area.first_row, area.last_row + 1)
        if len(rows) > self._limits.rows:
            rows = [row for row in sorted({row for row, _ in self._grids[area.sheet].cells}) if row in rows]
        if len(rows) > self._limits.rows:
            top = cell_name(area.first_row, area.first_column)
            raise SetAside("F07", f"工作表“{area.sheet}”：{top} 起的表格超过 {self._limits.rows} 行")
        return [self.cell(area.sheet, row, area.first_column) for row in rows]

    def held(self, area: Area, *, single: bool) -> HeldColumn:
        """What these cells hold, or the first of them alone."""
        return held_column([self.cell(area.sheet, area.first_row, area.first_column)] if single else self.column(area))

    def may_hold(self, patterns: Mapping[bytes, re.Pattern[bytes]]) -> bool:
        """Its texts are no markup: whoever asks has to look."""
        del patterns
        return True

    def cell(self, sheet: str, row: int, column: int) -> RawCell:
        """One cell. A cell covered by a merged area reads the area's top-left cell, unless that is an input of its own."""
        grid = self._grids[sheet]
        place = grid.covered.get((row, column))
        if place is not None and place in self._inputs.get(sheet, ()):
            return _blank(sheet, (row, column))
        place = place or (row, column)
        return grid.cells.get(place) or _blank(sheet, place)

    def shows(self, values: Sequence[ShownValue]) -> bool:
        """Whether all of these cells hold the values that are named with them."""
        return all(self.cell(sheet, row, column).value == value for sheet, row, column, value in values)

    def active_content(self) -> list[str]:
        """What of the workbook runs or reaches out of it, in words, each once."""
        return list(dict.fromkeys(self._active))


def grid_cells(
    sheet: str, stored: Mapping[Place, StoredCell], styles: NumberFormats, *, date1904: bool = False
) -> dict[Place, RawCell]:
    """The cells of a sheet by the rules of every other workbook's. Raises `SetAside` F03 for what is no value."""
    book = WorkbookPart({}, {}, {}, frozenset(), False, date1904, None, None)
    maker = CellMaker(styles, {}, book)
    return {place: maker.from_stored(cell, _blank(sheet, place)) for place, cell in stored.items()}


def refuse_wide_grid(sheet: str, places: Iterable[Place], limits: Limits) -> None:
    """Raise `SetAside` F07 where cells that hold something span too much of a sheet."""
    last_row = last_column = 0
    for row, column in places:
        last_row, last_column = max(last_row, row), max(last_column, column)
        if last_row * last_column > limits.cells:
            at = cell_name(row, column)
            raise SetAside("F07", f"工作表“{sheet}”：{at} 处有内容，单元格范围超过 {limits.cells} 个")


def _blank(sheet: str, place: Place) -> RawCell:
    return RawCell(sheet, cell_name(*place), *place, "blank", None)
