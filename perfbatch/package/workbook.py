"""The only reader of XLSX: the cells behind the defined names, with values, formulas and number formats."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache

from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.active import active_formula, active_parts, may_be_active
from perfbatch.package.addresses import Area, cell_name
from perfbatch.package.archive import Package
from perfbatch.package.extent import refuse_strings
from perfbatch.package.parts import NumberFormats, WorkbookPart, read_styles, read_workbook_part
from perfbatch.package.plain_sheet import PlainSheet
from perfbatch.package.plain_strings import PlainStrings
from perfbatch.package.raw_cell import CellMaker, HeldColumn, RawCell, ShownValue, Strings, held_column
from perfbatch.package.sheet_cells import SheetCells, StoredCell, read_sheet_cells
from perfbatch.package.texts import Runs, read_strings, seen_text

__all__ = ["Workbook", "open_workbook"]

_MOST_SPOTS = 200


class Workbook:
    """An open workbook; sheets are read when first asked for.

    A sheet is read plainly (`plain_sheet`) where it can be, else by the parser.
    """

    def __init__(
        self, package: Package, limits: Limits, wanted: Container[str] | None, sheets: Container[str], *, plainly: bool
    ) -> None:
        self._package = package
        self._limits = limits
        self._part: WorkbookPart = read_workbook_part(package, limits)
        self._styles: NumberFormats = read_styles(package, self._part.styles_part, limits)
        self._plain: dict[str, PlainSheet | None] = {}
        self._cells: dict[str, SheetCells] = {}
        self._claimed: Mapping[str, Area] = {}
        self._names: Mapping[str, Area] = self._part.names
        self._input_cells: dict[str, set[tuple[int, int]]] | None = None
        self._plainly = plainly
        named = [*self._part.names.items(), *((name, area) for name, all in self._part.twins.items() for area in all)]
        at = {area.sheet for name, area in named if wanted is None or name in wanted}
        self._read = [sheet for sheet in self._part.sheets if sheet in at or sheet in sheets]
        self._strings: Strings = {}
        self._measure()
        self._maker = CellMaker(self._styles, self._strings, self._part)

    def _measure(self) -> None:
        """Hold the sheets that will be read to the limits, by reading them; what nobody reads stays packed."""
        stored = references = 0
        for sheet in self._read:
            with _naming(sheet):
                plain = self._plain_sheet(sheet)
                extent = plain.extent if plain else self._parsed(sheet).extent
            stored, references = stored + extent.stored, references + extent.references
            if stored > self._limits.stored_cells:
                raise SetAside("F07", f"到工作表“{sheet}”为止单元格超过 {self._limits.stored_cells} 个")
        self._take_strings(references)
        for sheet in self._read:
            plain = self._plain_sheet(sheet)
            extent = plain.extent if plain else self._parsed(sheet).extent
            if extent.last_row * extent.last_column > self._limits.cells:
                self._refuse_far_cells(sheet)

    def _take_strings(self, references: int) -> None:
        """Read the shared strings that the sheets with names refer to. Raises `SetAside` F03 where one of them is not there."""
        part = self._part.strings_part
        markup = self._whole(part) if part else None
        strings = PlainStrings.read(markup, self._limits) if markup else None
        if strings is None or references * strings.longest > self._limits.expanded_text:
            parts = [self._part.sheets[sheet] for sheet in self._read]
            refuse_strings(self._package, self._part, parts, references, self._limits)
        if strings is None:
            self._strings = self._strings_of_sheets()
            return
        if any(self._most_referred(sheet) > len(strings) for sheet in self._read):
            raise SetAside("F03")
        self._strings = strings

    def _most_referred(self, sheet: str) -> int:
        """How many shared strings there must be for what a sheet refers to."""
        plain = self._plain_sheet(sheet)
        if plain is not None:
            return plain.strings
        cells = self._parsed(sheet).cells.values()
        return max((int(cell.text) + 1 for cell in cells if cell.type == "s" and cell.has_value), default=0)

    def _strings_of_sheets(self) -> Mapping[int, Runs]:
        cells = (cell for sheet in self._read for cell in self.cells(sheet).values())
        wanted = {int(cell.text) for cell in cells if cell.type == "s" and cell.has_value}
        part = self._part.strings_part
        strings = read_strings(self._package, part, self._limits, wanted) if part and wanted else {}
        if len(strings) < len(wanted):
            raise SetAside("F03")
        return strings

    def _refuse_far_cells(self, sheet: str) -> None:
        """Raise `SetAside` F07 where the cells of a sheet that hold more than blanks span too much. Readers of other programs
        lay such a sheet out cell by cell."""
        with _naming(sheet):
            cells = self._parsed(sheet).cells
            last_row = last_column = 0
            farthest = (0, 0)
            for place, cell in cells.items():
                if cell.formula is None and _blank_text(cell, self._strings):
                    continue
                last_row, last_column = max(last_row, place[0]), max(last_column, place[1])
                farthest = max(farthest, place, key=lambda at: at[0] * at[1])
            if last_row * last_column > self._limits.cells:
                place_name = cell_name(*farthest)
                raise SetAside("F07", f"{place_name} 处有内容，单元格范围超过 {self._limits.cells} 个")

    def _whole(self, part: str) -> bytes | None:
        """A part to be read plainly, None where it is to be left to the parsers. Raises `SetAside` F03."""
        return self._package.whole(part) if self._plainly else None

    def _plain_sheet(self, sheet: str) -> PlainSheet | None:
        if sheet not in self._plain:
            markup = self._whole(self._part.sheets[sheet])
            self._plain[sheet] = PlainSheet.read(markup, self._limits) if markup else None
        return self._plain[sheet]

    without_formulas = ""
    """Its formulas are read."""

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
        """Workbook-level defined names that refer to cells of this workbook, in small letters; where inputs were claimed, they
        refer to those."""
        return self._names

    @property
    def twins(self) -> Mapping[str, Sequence[Area]]:
        """Further names of cells that are written as one of the workbook's own, or were left by it: those of copied sheets."""
        return self._part.twins

    @property
    def elsewhere(self) -> frozenset[str]:
        """Names that refer to another workbook."""
        return self._part.elsewhere

    def cells(self, sheet: str) -> Mapping[tuple[int, int], StoredCell]:
        """The raw cells of a sheet by row and column, both from 1. Raises `SetAside` F03 or F07."""
        plain = self._plain_sheet(sheet)
        return plain.parsed if plain else self._parsed(sheet).cells

    def rows(self, sheet: str) -> Sequence[int]:
        """The rows of `cells`, each once, from the top."""
        plain = self._plain_sheet(sheet)
        return plain.rows if plain else sorted({row for row, _ in self._parsed(sheet).cells})

    def _parsed(self, sheet: str) -> SheetCells:
        if sheet not in self._cells:
            self._cells[sheet] = read_sheet_cells(self._package, self._part.sheets[sheet], self._limits)
        return self._cells[sheet]

    def active_content(self) -> list[str]:
        """What of the workbook runs or reaches out of it, in words, each once: its parts, its names, its formulas that are read."""
        words = dict.fromkeys((*active_parts(self._package, self._limits), *self._part.active))
        for sheet in self._read:
            plain = self._plain_sheet(sheet)
            if plain is not None and not may_be_active(plain.formulas):
                continue
            cells = self.cells(sheet)
            for row, column in cells:
                formula = cells[row, column].formula
                if formula and (word := active_formula(formula)) and not any(known.startswith(word) for known in words):
                    words[f"{word}（{sheet}!{cell_name(row, column)}）"] = None
        return list(words)

    def claim(self, names: Mapping[str, Area]) -> None:
        """Say which cells are the form's inputs, so that a merged area is never read twice."""
        self._claimed, self._input_cells = names, None
        self._names = {**self._part.names, **names}

    def _inputs(self, sheet: str) -> set[tuple[int, int]]:
        # Only a covered cell asks, and most workbooks have none among their inputs.
        if self._input_cells is None:
            self._input_cells = self._cells_claimed()
        return self._input_cells.get(sheet, set())

    def _cells_claimed(self) -> dict[str, set[tuple[int, int]]]:
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
            rows = [row for row in self.rows(area.sheet) if row in rows]
        if len(rows) > self._limits.rows:
            top = cell_name(area.first_row, area.first_column)
            raise SetAside("F07", f"工作表“{area.sheet}”：{top} 起的表格超过 {self._limits.rows} 行")
        return [self.cell(area.sheet, row, area.first_column) for row in rows]

    def held(self, area: Area, *, single: bool) -> HeldColumn:
        """What the cells of `column` hold, or the first of them alone. Raises `SetAside` F07 as `column` does."""
        sheet, top, bottom, at = area.sheet, area.first_row, area.last_row, area.first_column
        plain = self._plain.get(sheet) or self._plain_sheet(sheet)
        # Where a long column's cells stand is not remembered: one odd workbook must not fill the memory of the next.
        if plain is not None and (single or bottom - top < min(_MOST_SPOTS, self._limits.rows)):
            spots, names, places = _spots(sheet, top, top if single else bottom, at)
            if plain.frame.covered.keys().isdisjoint(places):
                return HeldColumn(names, len(spots), self._maker.held(plain.cells, spots))
        return held_column([self.cell(sheet, top, at)] if single else self.column(area))

    def may_hold(self, patterns: Mapping[bytes, re.Pattern[bytes]]) -> bool:
        """Whether the markup of a text, in a cell of the sheets that are read, may match one of the patterns; True where only reading all would tell."""
        if not isinstance(self._strings, PlainStrings) or self._strings.any_like(patterns):
            return True
        plain = [self._plain_sheet(sheet) for sheet in self._read]
        return any(sheet is None or sheet.has_own_texts for sheet in plain)

    def cell(self, sheet: str, row: int, column: int) -> RawCell:
        """One cell. A cell covered by a merged area reads the area's top-left cell, unless that is an input of its own."""
        plain = self._plain.get(sheet) or self._plain_sheet(sheet)
        blank, name = _spot(sheet, row, column)
        top_left = (plain.frame.covered if plain else self._parsed(sheet).merged).get((row, column))
        if top_left is not None:
            if top_left in self._inputs(sheet):
                return blank
            blank, name = _spot(sheet, *top_left)
        if plain is not None:
            cell = plain.cells.get(name)
            return blank if cell is None else self._maker.from_plain(cell, blank)
        stored = self._parsed(sheet).cells.get((blank.row, blank.column))
        return blank if stored is None else self._maker.from_stored(stored, blank)

    def shows(self, values: Sequence[ShownValue]) -> bool:
        """Whether all of these cells hold the values that are named with them."""
        for sheet, row, column, value in values:
            plain = self._plain.get(sheet)
            text = None
            # Most are labels: for those no cell need be made.
            if plain is not None and (row, column) not in plain.frame.covered:
                cell = plain.cells.get(_spot(sheet, row, column)[1])
                text = None if cell is None else self._maker.shared_text(cell)
            if (self.cell(sheet, row, column).value if text is None else text) != value:
                return False
        return True


@contextmanager
def _naming(sheet: str) -> Iterator[None]:
    """Name the sheet in what is too large about it."""
    try:
        yield
    except SetAside as reason:
        if reason.code != "F07":
            raise
        raise SetAside("F07", f"工作表“{sheet}”：{reason.what}") from None


def _blank_text(cell: StoredCell, strings: Strings) -> bool:
    if cell.type not in ("s", "str", "inlineStr"):
        return False
    runs = cell.text if cell.type == "str" else cell.runs if cell.type == "inlineStr" else strings[int(cell.text)]
    return not seen_text(runs, struck=False).text.strip()


@lru_cache(maxsize=16_384)
def _spot(sheet: str, row: int, column: int) -> tuple[RawCell, bytes]:
    """Where a cell stands: the cell as it is when blank, and its name in the markup."""
    name = cell_name(row, column)
    return RawCell(sheet, name, row, column, "blank", None), name.encode()


@lru_cache(maxsize=1_024)
def _spots(
    sheet: str, top: int, bottom: int, column: int
) -> tuple[tuple[tuple[RawCell, bytes], ...], str, tuple[tuple[int, int], ...]]:
    """Where a field's cells stand: each as `_spot` has it, their names with a space between, row and column of each."""
    rows = range(top, bottom + 1)
    spots = tuple([_spot(sheet, row, column) for row in rows])
    return spots, " ".join([blank.cell for blank, _ in spots]), tuple([(row, column) for row in rows])


def open_workbook(
    package: Package,
    limits: Limits | None = None,
    wanted: Container[str] | None = None,
    sheets: Container[str] = (),
    *,
    plainly: bool = True,
) -> Workbook:
    """Open a workbook that the guard has passed. `wanted`: the defined names that will be asked for (None: any), `sheets` those
    that will be asked for besides; `plainly` False leaves everything to the parsers.

    Raises `SetAside`: F03 damaged or without sheets, F07 larger than the limits."""
    return Workbook(package, limits or Limits(), wanted, sheets, plainly=plainly)
