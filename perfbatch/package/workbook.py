"""The only parser of XLSX: the cells behind the defined names, with values, formulas and number formats."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple, TypeVar

from python_calamine import CalamineWorkbook

from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.addresses import Area, cell_name
from perfbatch.package.archive import Package
from perfbatch.package.extent import SheetExtent, measure_sheet, refuse_strings
from perfbatch.package.parts import Styles, WorkbookPart, read_styles, read_workbook_part
from perfbatch.package.plain_sheet import PlainCell, PlainSheet, PlainStrings, count_plainly, text_of
from perfbatch.package.sheet_cells import SheetCells, StoredCell, read_sheet_cells

__all__ = ["CellKind", "CellValue", "RawCell", "Workbook", "open_workbook"]

CellKind = Literal["blank", "number", "text", "bool", "error", "date"]
CellValue = str | float | int | bool | datetime | date | time | timedelta | None
_T = TypeVar("_T")
# A number format's literal text, colours and conditions say nothing about what the format does.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')

_STRINGS_PART = "xl/sharedStrings.xml"
_NUMBER = re.compile(rb"-?\d{1,300}(?:\.\d{1,300})?(?:[eE][-+]?\d{1,3})?")
_MOST_SPOTS = 200
_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")
_CALENDAR = re.compile(r"yyyy(?:\\?[-/.年])m{1,2}(?:\\?[-/.月])d{1,2}(?:\\?日)?")
_EPOCH = date(1899, 12, 30)
_DATE_MARKS = re.compile("[A-Za-z年月日时分秒]")


class RawCell(NamedTuple):
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
        return "%" in self.number_format and "%" in _LITERAL.sub("", self.number_format)


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
    """An open workbook; sheets are read when first asked for.

    A sheet is read plainly (`plain_sheet`) where it can be, else by the parser, with the values from the value reader.
    """

    def __init__(self, package: Package, limits: Limits, wanted: Container[str] | None, *, plainly: bool) -> None:
        self._package = package
        self._limits = limits
        self._part: WorkbookPart = read_workbook_part(package, limits)
        self._styles: Styles = read_styles(package, self._part.styles_part, limits)
        self._plain: dict[str, PlainSheet | None] = {}
        self._strings: PlainStrings | None = None
        self._cells: dict[str, SheetCells] = {}
        self._grids: dict[str, Sequence[Sequence[CellValue]]] = {}
        self._claimed: Mapping[str, Area] = {}
        # The value reader takes the strings by the part's usual name, whether the workbook refers to them or not.
        strays = self._part.strings_part is None and _STRINGS_PART in package.sizes
        self._markup: Mapping[str, bytes] = package.parts if plainly and not strays else {}
        self._measure(wanted)

    def _measure(self, wanted: Container[str] | None) -> None:
        """Hold every sheet to the limits before the value reader sees the content: those that will be read by reading them."""
        names = self._part.names.items()
        named = {area.sheet for name, area in names if wanted is None or name in wanted}
        stored = references = 0
        for sheet, part in self._part.sheets.items():
            if sheet in named:
                plain = self._plain_sheet(sheet)
                extent = plain.extent if plain else self._parsed(sheet).extent
            else:
                extent = self._extent(part)
            stored, references = stored + extent.stored, references + extent.references
            if stored > self._limits.stored_cells:
                raise SetAside("F07", f"单元格超过 {self._limits.stored_cells} 个")
        strings = self._markup.get(self._part.strings_part or "")
        self._strings = PlainStrings.read(strings, self._limits) if strings else None
        if self._strings is None or references * self._strings.longest > self._limits.expanded_text:
            refuse_strings(self._package, self._part, references, self._limits)
        known = len(self._strings) if self._strings else 0
        for sheet, plain in self._plain.items():
            if plain and plain.strings > known:
                self._plain[sheet] = None

    def _extent(self, part: str) -> SheetExtent:
        markup = self._markup.get(part)
        extent = count_plainly(markup, self._limits) if markup else None
        return extent or measure_sheet(self._package, part, self._limits)

    def _plain_sheet(self, sheet: str) -> PlainSheet | None:
        if sheet not in self._plain:
            markup = self._markup.get(self._part.sheets[sheet])
            self._plain[sheet] = PlainSheet.read(markup, self._limits) if markup else None
        return self._plain[sheet]

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

    def cells(self, sheet: str) -> Mapping[tuple[int, int], StoredCell]:
        """The raw cells of a sheet by row and column, both from 1. Raises `SetAside` F03 or F07."""
        plain = self._plain_sheet(sheet)
        return plain.parsed if plain else self._parsed(sheet).cells

    def _parsed(self, sheet: str) -> SheetCells:
        if sheet not in self._cells:
            self._cells[sheet] = read_sheet_cells(self._package, self._part.sheets[sheet], self._limits)
        return self._cells[sheet]

    @cached_property
    def _values(self) -> CalamineWorkbook:
        return _calamine(lambda: CalamineWorkbook.from_filelike(io.BytesIO(self._package.content)))

    def _value(self, sheet: str, row: int, column: int) -> CellValue:
        if sheet not in self._grids:
            self._grids[sheet] = _calamine(
                lambda: self._values.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            )
        grid = self._grids[sheet]
        return grid[row - 1][column - 1] if row <= len(grid) and column <= len(grid[row - 1]) else ""

    def claim(self, names: Mapping[str, Area]) -> None:
        """Say which cells are the form's inputs, so that a merged area is never read twice."""
        self._claimed = names

    @cached_property
    def _inputs(self) -> Mapping[str, set[tuple[int, int]]]:
        # Only a covered cell asks, and most workbooks have none among their inputs.
        inputs: dict[str, set[tuple[int, int]]] = {}
        for area in self._claimed.values():
            if area.last_row - area.first_row < self._limits.rows:
                rows = range(area.first_row, area.last_row + 1)
                inputs.setdefault(area.sheet, set()).update((row, area.first_column) for row in rows)
        return inputs

    def column(self, area: Area) -> list[RawCell]:
        """The cells of the area's first column, from the top.

        Of an area longer than the limit only the rows that hold something on the sheet are taken, the same for every
        column. Raises `SetAside` F07 where even those are too many.
        """
        rows: Sequence[int] = range(area.first_row, area.last_row + 1)
        if len(rows) > self._limits.rows:
            rows = [row for row in sorted({row for row, _ in self.cells(area.sheet)}) if row in rows]
        if len(rows) > self._limits.rows:
            raise SetAside("F07", f"表格超过 {self._limits.rows} 行")
        plain = self._plain_sheet(area.sheet)
        # Where a long column's cells stand is not remembered: one odd workbook must not fill the memory of the next.
        if plain is None or len(rows) > _MOST_SPOTS:
            return [self.cell(area.sheet, row, area.first_column) for row in rows]
        cells, covered = plain.cells, plain.frame.covered
        read: list[RawCell] = []
        for blank, name in _spots(area.sheet, tuple(rows), area.first_column):
            if (blank.row, blank.column) in covered:
                read.append(self.cell(area.sheet, blank.row, blank.column))
            else:
                found = cells.get(name)
                read.append(blank if found is None else self._plain_cell(found, blank))
        return read

    def cell(self, sheet: str, row: int, column: int) -> RawCell:
        """One cell. A cell covered by a merged area reads the area's top-left cell, unless that is an input of its own."""
        plain = self._plain_sheet(sheet)
        blank = _blank(sheet, row, column)
        top_left = (plain.frame.covered if plain else self._parsed(sheet).merged).get((row, column))
        if top_left is not None:
            if top_left in self._inputs.get(sheet, ()):
                return blank
            blank = _blank(sheet, *top_left)
        if plain is None:
            return self._parsed_cell(blank)
        found = plain.cells.get(blank.cell.encode())
        return blank if found is None else self._plain_cell(found, blank)

    def _plain_cell(self, found: PlainCell, blank: RawCell) -> RawCell:
        number_format = self._styles.format_of(int(found.style or b"0"))
        read = self._plain_value(found, number_format)
        if read is None:
            return self._parsed_cell(blank)
        kind, value = read
        formula = text_of(found.formula) if found.has_formula else None
        has_value = kind != "blank" and not (kind == "error" and not found.value)
        if formula is None and not has_value:
            return blank
        calculated = formula is None or not self._part.full_calculation
        return RawCell(
            *blank[:4],
            kind,
            value,
            formula,
            has_value,
            number_format,
            calculated,
            self._part.date1904,
        )

    def _plain_value(self, found: PlainCell, number_format: str) -> tuple[CellKind, CellValue] | None:
        """Kind and value of a cell; None where the value reader should say."""
        if not found.has_value:
            return ("error", "#N/A") if found.type == b"e" else ("blank", None)
        value = found.value
        if found.type in (b"", b"n"):
            if not value:
                return "blank", None
            if _NUMBER.fullmatch(value) is None:
                return None
            if not _shows_date(number_format):
                return "number", float(value)
            day = _day(value) if _CALENDAR.fullmatch(number_format) and not self._part.date1904 else None
            return None if day is None else ("date", day)
        if found.type == b"s":
            text = self._strings[int(value)] if self._strings else None
        elif found.type in (b"str", b"inlineStr"):
            text = text_of(value)
            if found.type == b"inlineStr" and text != text.strip():
                return None
        elif found.type == b"b" and value in (b"0", b"1"):
            return "bool", value == b"1"
        elif found.type == b"e":
            # Newer kinds of errors too, at which the value reader gives the whole sheet up.
            return "error", text_of(value) or "#N/A"
        else:
            return None
        # Readers differ on escaped characters.
        return None if text is None or _ESCAPED.search(text) is not None else ("text", text)

    def _parsed_cell(self, blank: RawCell) -> RawCell:
        sheet, _, row, column = blank[:4]
        stored = self.cells(sheet).get((row, column))
        if stored is None:
            return blank
        calculated = stored.formula is None or not self.full_calculation
        number_format = self._styles.format_of(stored.style)
        kind: CellKind
        value: CellValue
        if stored.type == "e":
            kind, value = "error", stored.text or "#N/A"
        elif not stored.has_value:
            kind, value = "blank", None
        else:
            value = self._value(sheet, row, column)
            kind = _kind(value)
        return RawCell(
            *blank[:4],
            kind,
            value,
            stored.formula,
            stored.has_value,
            number_format,
            calculated,
            self._part.date1904,
        )


@lru_cache(maxsize=16_384)
def _blank(sheet: str, row: int, column: int) -> RawCell:
    return RawCell(sheet, cell_name(row, column), row, column, "blank", None)


def _day(serial: bytes) -> date | None:
    """A day of the calendar that begins with 1900, from 1 March of that year on; None for a moment within a day."""
    return _EPOCH + timedelta(days=int(serial)) if serial.isdigit() and 60 < int(serial) < 2_958_466 else None


@lru_cache(maxsize=1_024)
def _spots(sheet: str, rows: tuple[int, ...], column: int) -> tuple[tuple[RawCell, bytes], ...]:
    """Where a field's cells stand: each as it is when blank, and its name in the markup."""
    blanks = (_blank(sheet, row, column) for row in rows)
    return tuple((blank, blank.cell.encode()) for blank in blanks)


@lru_cache(maxsize=1_024)
def _shows_date(number_format: str) -> bool:
    """Whether a number format may show a number as a date or a time: then it is the value reader's to say."""
    return number_format not in ("", "General") and _DATE_MARKS.search(number_format) is not None


def _kind(value: CellValue) -> CellKind:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "date"


def open_workbook(
    package: Package, limits: Limits | None = None, wanted: Container[str] | None = None, *, plainly: bool = True
) -> Workbook:
    """Open a workbook that the guard has passed. `wanted`: the defined names that will be asked for (None: any); `plainly`
    False leaves everything to the parsers. Raises `SetAside`: F03 damaged or without sheets, F07 larger than the limits."""
    return Workbook(package, limits or Limits(), wanted, plainly=plainly)
