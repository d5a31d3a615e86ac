"""A cell of a workbook as the form's reader gets it: kind, value, formula, number format, and what is struck out of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from perfbatch.model.set_aside import SetAside
from perfbatch.package.moments import moment_from_serial, moment_from_text
from perfbatch.package.number_formats import number_format as parsed_format
from perfbatch.package.parts import NumberFormats, WorkbookPart
from perfbatch.package.plain_rows import PlainCell
from perfbatch.package.plain_sheet import stored_cell
from perfbatch.package.plain_strings import PlainStrings
from perfbatch.package.plain_text import text_of
from perfbatch.package.sheet_cells import StoredCell
from perfbatch.package.texts import Runs, seen_text, unescaped_text

__all__ = ["CellKind", "CellMaker", "CellValue", "HeldColumn", "RawCell", "ShownValue", "Strings", "held_column"]

CellKind = Literal["blank", "number", "text", "bool", "error", "date", "picture"]
CellValue = str | float | int | bool | datetime | date | time | None
Strings: TypeAlias = PlainStrings | Mapping[int, Runs]
"""The shared strings by their numbers."""

_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_PLAIN_NUMBER = re.compile(rb"-?\d{1,300}(?:\.\d{1,300})?(?:[eE][-+]?\d{1,3})?")
_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}
# WPS and newer Excel have pictures in cells behind these functions; what is stored beside them means nothing.
_PICTURE = re.compile(r"(?:_xlfn\.)*(?:DISPIMG|IMAGE)\(", re.IGNORECASE)
_OUT_OF_CALENDAR = 1e9


class RawCell(NamedTuple):
    """A cell as the file has it.

    `formula` is None or the formula without `=`; `has_value` is False for a blank cell and for a formula that nobody
    calculated; `value` is the error's text for kind "error", without what is struck out for kind "text". `calculated` is
    False where the writer left it to the next program to calculate, so that a formula's value means nothing. `struck`: the
    whole content where some or all of it is struck out, else "". `raised`: a superscript or subscript beside a digit.
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
    struck: str = ""
    raised: bool = False

    @property
    def percent(self) -> bool:
        """Whether a number is shown as a percentage: 0.9 as 90 %."""
        return "%" in self.number_format and parsed_format(self.number_format).sections[0].percent


class ShownValue(NamedTuple):
    """A cell, and what it holds in another workbook."""

    sheet: str
    row: int
    column: int
    value: CellValue


class HeldColumn(NamedTuple):
    """A column of cells by what they hold, for whoever need not have each cell: their names with a space between, how many there
    are, and of each that may hold something its position and what it holds.

    That is a number or a text as it was typed, nothing odd about it, and the number format; or the cell itself and ""."""

    names: str
    rows: int
    held: list[tuple[int, float | str | RawCell, str]]


def held_column(cells: Sequence[RawCell]) -> HeldColumn:
    """Cells that were made, in the same shape."""
    names = " ".join([cell.cell for cell in cells])
    return HeldColumn(names, len(cells), [(row, cell, "") for row, cell in enumerate(cells)])


class _StyleLook(NamedTuple):
    """A style: its number format, whether that shows dates, whether the font is struck out; and what a `RawCell` in it has behind
    its value where it was typed."""

    number_format: str
    dated: bool
    struck: bool
    typed: tuple[str | bool | None, ...]


_made = tuple.__new__


@lru_cache(maxsize=4_096)
def _formula_text(markup: bytes) -> str | None:
    """A formula by its markup, the same in most workbooks; None where it stands for a picture."""
    formula = text_of(markup)
    return None if _PICTURE.match(formula) else formula


class CellMaker:
    """Makes the cells of one workbook of what its parts say."""

    def __init__(self, styles: NumberFormats, strings: Strings, book: WorkbookPart) -> None:
        self._formats = styles.formats
        self._struck = styles.struck
        self._strings = strings
        self._date1904 = book.date1904
        self._calculated = not book.full_calculation
        self._looks: dict[bytes, _StyleLook] = {}

    def from_plain(self, cell: PlainCell, blank: RawCell) -> RawCell:
        """What `from_stored` gives, at once for numbers and texts that nothing is odd about; `blank` is the place."""
        _, style, kind, has_formula, _, formula, has_value, value = cell
        number_format, dated, struck, typed = self._looks.get(style) or self._look(style)
        if struck or not has_value:
            return self.from_stored(stored_cell(cell), blank)
        # The tuples are put together past the class, which takes its time over thirteen names: a workbook has hundreds of cells.
        if has_formula:
            if kind == b"str" and (text := _formula_text(formula)) is not None:
                shown = unescaped_text(text_of(value))
                rest = ("text", shown, text, True, number_format, self._calculated, self._date1904, "", False)
                return _made(RawCell, blank[:4] + rest)
        elif not value:
            pass
        elif kind == b"s":
            shared = self._strings[int(value)]
            if isinstance(shared, str):
                return _made(RawCell, (*blank[:4], "text", shared, *typed))
        elif kind in (b"", b"n") and not dated and _PLAIN_NUMBER.fullmatch(value):
            return _made(RawCell, (*blank[:4], "number", float(value), *typed))
        return self.from_stored(stored_cell(cell), blank)

    def held(
        self, cells: Mapping[bytes, PlainCell], spots: Sequence[tuple[RawCell, bytes]]
    ) -> list[tuple[int, float | str | RawCell, str]]:
        """What the cells at these places hold, as `HeldColumn` has it: what `from_plain` gives, with no cell made for most."""
        looks, strings, is_number = self._looks, self._strings, _PLAIN_NUMBER.fullmatch
        held: list[tuple[int, float | str | RawCell, str]] = []
        for row, (blank, name) in enumerate(spots):
            cell = cells.get(name)
            if cell is None:
                continue
            _, style, kind, has_formula, _, _, _, value = cell
            if value and not has_formula:
                number_format, dated, struck, _ = looks.get(style) or self._look(style)
                if struck:
                    pass
                elif kind == b"s":
                    shared = strings[int(value)]
                    if isinstance(shared, str):
                        held.append((row, shared, number_format))
                        continue
                elif not dated and (kind == b"" or kind == b"n") and is_number(value):
                    held.append((row, float(value), number_format))
                    continue
            held.append((row, self.from_plain(cell, blank), ""))
        return held

    def shared_text(self, cell: PlainCell) -> str | None:
        """The value that `from_plain` has for a shared text that nothing is odd about; None for any other cell."""
        if cell.type != b"s" or cell.has_formula or not cell.value:
            return None
        if (self._looks.get(cell.style) or self._look(cell.style)).struck:
            return None
        text = self._strings[int(cell.value)]
        return text if isinstance(text, str) else None

    def _look(self, stated: bytes) -> _StyleLook:
        """The look of a style by its number as the markup has it."""
        style = int(stated or b"0")
        number_format = self._formats[style] if style < len(self._formats) else ""
        typed = (None, True, number_format, True, self._date1904, "", False)
        look = _StyleLook(number_format, _has_dates(number_format), style in self._struck, typed)
        self._looks[stated] = look
        return look

    def from_stored(self, stored: StoredCell, blank: RawCell) -> RawCell:
        """The cell at the place of `blank`. Raises `SetAside` F03 for what no program takes for a value."""
        if stored.formula is None and not stored.has_value:
            return blank
        number_format = self._formats[stored.style] if stored.style < len(self._formats) else ""
        struck, raised = "", False
        kind: CellKind
        value: CellValue
        if _PICTURE.match(stored.formula or "") or (stored.rich and stored.formula is None and stored.type == "e"):
            kind, value = "picture", None
        elif not stored.has_value:
            kind, value = ("error", "#N/A") if stored.type == "e" else ("blank", None)
        elif stored.type in ("s", "str", "inlineStr"):
            kind = "text"
            value, struck, raised = seen_text(self._runs(stored), struck=stored.style in self._struck)
        else:
            kind, value = self._value(stored, number_format)
            if stored.style in self._struck:
                struck, value = stored.text, None
        if struck and not (isinstance(value, str) and value.strip()):
            # Nothing is left that counts.
            return RawCell(*blank[:4], "blank", None, struck=struck)
        calculated = stored.formula is None or self._calculated
        return RawCell(
            *blank[:4],
            kind,
            value,
            stored.formula,
            stored.has_value,
            number_format,
            calculated,
            self._date1904,
            struck,
            raised,
        )

    def _runs(self, stored: StoredCell) -> Runs:
        if stored.type == "s":
            return self._strings[int(stored.text)]
        return stored.runs if stored.type == "inlineStr" else unescaped_text(stored.text)

    def _value(self, stored: StoredCell, number_format: str) -> tuple[CellKind, CellValue]:
        """Kind and value of what is no text."""
        text = stored.text.strip()
        if stored.type == "e":
            return "error", text
        if stored.type == "b" and text.casefold() in _BOOLEANS:
            return "bool", _BOOLEANS[text.casefold()]
        if stored.type == "d":
            moment = moment_from_text(text)
            return ("text", text) if moment is None else ("date", moment)
        if stored.type != "n" or _NUMBER.fullmatch(text) is None:
            raise SetAside("F03")
        number = float(text)
        if _has_dates(number_format) and abs(number) < _OUT_OF_CALENDAR:
            shows_date = parsed_format(number_format).shows_date(Decimal(repr(number)))
            moment = moment_from_serial(number, date1904=self._date1904) if shows_date else None
            if moment is not None:
                return "date", moment
        return "number", number


def _has_dates(number_format: str) -> bool:
    return number_format not in ("", "General") and parsed_format(number_format).has_dates
