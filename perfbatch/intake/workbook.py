"""The only parser of XLSX: the cells behind the defined names, with values, formulas and number formats."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeVar

from python_calamine import CalamineWorkbook

from perfbatch.intake.extent import measure_sheet, refuse_strings
from perfbatch.intake.limits import Limits
from perfbatch.intake.package_parts import Area, Styles, WorkbookPart, read_styles, read_workbook_part
from perfbatch.intake.set_aside import SetAside
from perfbatch.intake.sheet_cells import SheetCells, cell_name, read_sheet_cells

__all__ = ["CellKind", "CellValue", "RawCell", "Workbook", "open_workbook"]

CellKind = Literal["blank", "number", "text", "bool", "error", "date"]
CellValue = str | float | int | bool | datetime | date | time | timedelta | None
_T = TypeVar("_T")
# A number format's literal text, colours and conditions say nothing about what the format does.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as the file has it.

    `formula` is None or the formula without `=`; `has_value` is False for a blank cell and for a formula that nobody
    calculated; `value` is the error's text for kind "error". `calculated` is False where the writer left it to the
    next program to calculate, so that a formula's value means nothing. `percent`: shown as a percentage.
    """

    sheet: str
    cell: str
    row: int
    column: int
    kind: CellKind
    value: CellValue
    formula: str | None = None
    has_value: bool = False
    number_format: str = ""
    calculated: bool = True
    date1904: bool = False

    @property
    def percent(self) -> bool:
        """Whether the number format shows 0.9 as 90 %."""
        return "%" in _LITERAL.sub("", self.number_format)


def _calamine(action: Callable[[], _T]) -> _T:
    """Call the value reader; whatever it dies of is the file's damage.

    A panic inside it reaches Python as a BaseException that is no Exception, and must not end the night.
    """
    try:
        return action()
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException:
        raise SetAside("F03") from None


class Workbook:
    """An open workbook; sheets are read when first asked for."""

    def __init__(
        self, package: zipfile.ZipFile, content: bytes, limits: Limits, wanted: Container[str] | None = None
    ) -> None:
        self._package = package
        self._limits = limits
        self._part: WorkbookPart = read_workbook_part(package, limits)
        self._styles: Styles = read_styles(package, self._part.styles_part, limits)
        self._cells: dict[str, SheetCells] = {}
        self._measure(wanted)
        self._values = _calamine(lambda: CalamineWorkbook.from_filelike(io.BytesIO(content)))
        self._grids: dict[str, Sequence[Sequence[CellValue]]] = {}
        self._inputs: dict[str, set[tuple[int, int]]] = {}

    def _measure(self, wanted: Container[str] | None) -> None:
        """Hold every sheet to the limits before the value reader sees the content: those that will be read by reading them."""
        names = self._part.names.items()
        named = {area.sheet for name, area in names if wanted is None or name in wanted}
        stored = references = 0
        for sheet, part in self._part.sheets.items():
            read = self.cells(sheet) if sheet in named else None
            extent = read.extent if read else measure_sheet(self._package, part, self._limits)
            stored, references = stored + extent.stored, references + extent.references
            if stored > self._limits.stored_cells:
                raise SetAside("F07", f"单元格超过 {self._limits.stored_cells} 个")
        refuse_strings(self._package, self._part, references, self._limits)

    @property
    def full_calculation(self) -> bool:
        """Whether nobody has calculated the workbook since a program wrote it."""
        return self._part.full_calculation

    @property
    def sheets(self) -> tuple[str, ...]:
        """Worksheet names in order."""
        return tuple(self._part.sheets)

    @property
    def names(self) -> Mapping[str, Area]:
        """Workbook-level defined names that refer to cells of this workbook."""
        return self._part.names

    def cells(self, sheet: str) -> SheetCells:
        """The raw cells of a sheet. Raises `SetAside` F03 or F07."""
        if sheet not in self._cells:
            self._cells[sheet] = read_sheet_cells(self._package, self._part.sheets[sheet], self._limits)
        return self._cells[sheet]

    def _grid(self, sheet: str) -> Sequence[Sequence[CellValue]]:
        if sheet not in self._grids:
            self._grids[sheet] = _calamine(
                lambda: self._values.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            )
        return self._grids[sheet]

    def claim(self, names: Mapping[str, Area]) -> None:
        """Say which cells are the form's inputs, so that a merged area is never read twice."""
        for area in names.values():
            spots = self._inputs.setdefault(area.sheet, set())
            if area.last_row - area.first_row < self._limits.rows:
                spots.update((row, area.first_column) for row in range(area.first_row, area.last_row + 1))

    def column(self, area: Area) -> list[RawCell]:
        """The cells of the area's first column, from the top.

        Of an area longer than the limit only the rows that hold something on the sheet are taken, the same for every
        column. Raises `SetAside` F07 where even those are too many.
        """
        rows: Sequence[int] = range(area.first_row, area.last_row + 1)
        if len(rows) > self._limits.rows:
            rows = [row for row in sorted(self.cells(area.sheet).filled_rows) if row in rows]
        if len(rows) > self._limits.rows:
            raise SetAside("F07", f"表格超过 {self._limits.rows} 行")
        return [self.cell(area.sheet, row, area.first_column) for row in rows]

    def cell(self, sheet: str, row: int, column: int) -> RawCell:
        """One cell. A cell covered by a merged area reads the area's top-left cell, unless that is an input of its own."""
        cells = self.cells(sheet)
        top_left = cells.merged.get((row, column))
        if top_left is not None and top_left not in self._inputs.get(sheet, ()):
            row, column = top_left
        stored = cells.cells.get((row, column)) if top_left is None or (row, column) == top_left else None
        name = cell_name(row, column)
        if stored is None:
            return RawCell(sheet, name, row, column, "blank", None)
        calculated = stored.formula is None or not self.full_calculation
        number_format = self._styles.format_of(stored.style)
        kind: CellKind
        value: CellValue
        if stored.type == "e":
            kind, value = "error", stored.text or "#N/A"
        elif not stored.has_value:
            kind, value = "blank", None
        else:
            grid = self._grid(sheet)
            value = grid[row - 1][column - 1] if row <= len(grid) and column <= len(grid[row - 1]) else ""
            kind = _kind(value)
        return RawCell(
            sheet,
            name,
            row,
            column,
            kind,
            value,
            stored.formula,
            stored.has_value,
            number_format,
            calculated,
            self._part.date1904,
        )


def _kind(value: CellValue) -> CellKind:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "date"


@contextmanager
def open_workbook(
    content: bytes, limits: Limits | None = None, wanted: Container[str] | None = None
) -> Iterator[Workbook]:
    """Open the bytes of a workbook that the guard has passed. `wanted`: the defined names that will be asked for (None:
    any). Raises `SetAside`: F03 damaged or without sheets, F07 larger than the limits."""
    limits = limits or Limits()
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError):
        raise SetAside("F03") from None
    with package:
        yield Workbook(package, content, limits, wanted)
