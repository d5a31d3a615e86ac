"""Formulas with what they are worth: a sheet of them as markup, and what xlsxwriter's markup leaves out.

Formulas that read alike down a column are shared, as Excel shares them: the first one is written, the others point to it. It
takes a tenth of the room, and programs read it quicker.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from perfbatch.package.addresses import cell_name

__all__ = ["FormulaCell", "sheet_data", "with_sheet_data"]

_EMPTY = re.compile(r"<sheetData ?/>|<sheetData></sheetData>")
_DIMENSION = re.compile(r'<dimension ref="[^"]*" ?/>')
# xlsxwriter writes an empty text as a result without t="str"; strict readers then see no value at all.
_UNTYPED = re.compile(r'(<c r="[A-Z]+\d+"(?: s="\d+")?)(><f>[^<]*</f><v></v></c>)')
_FIXED = re.compile(r'(<row r="(\d+)"[^>]*) customHeight="1"([^>]*>)')
_LEVEL = 9
_ERRORS = frozenset({"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!"})


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A number or text as it is, or a formula (without =) with what it is worth; `like`: what formulas that may be shared
    with it down the column have in common, "" where it may not."""

    value: float | str | bool
    formula: str = ""
    like: str = ""


Cells = Mapping[tuple[int, int], FormulaCell]
"""Row and column, from 0 → cell."""


def sheet_data(cells: Cells) -> str:
    """The `sheetData` element of a sheet."""
    shared = dict(_shared(cells))
    rows = []
    for row, places in groupby(sorted(cells), key=lambda place: place[0]):
        inner = "".join(_cell(place, cells[place], shared.get(place, "")) for place in places)
        rows.append(f'<row r="{row + 1}">{inner}</row>')
    return f"<sheetData>{''.join(rows)}</sheetData>"


def with_sheet_data(
    package: bytes, sheets: Mapping[int, Cells], growing: Mapping[int, Collection[int]] | None = None
) -> bytes:
    """A package that xlsxwriter made, with cells put into sheets that it left empty: number of the sheet, from 1 → cells.
    `growing`: number of a sheet → its rows, from 0, that are to grow with what is typed: their height is stated, not fixed.

    Raises `ValueError` where a sheet is not empty.
    """
    parts: dict[str, Callable[[str], str]] = {
        f"xl/worksheets/sheet{number}.xml": _filler(number, cells) for number, cells in sheets.items()
    }
    free = {f"xl/worksheets/sheet{number}.xml": rows for number, rows in (growing or {}).items()}
    target = io.BytesIO()
    with ZipFile(io.BytesIO(package)) as source, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as written:
        for info in source.infolist():
            content = source.read(info)
            if info.filename in parts:
                content = parts[info.filename](content.decode()).encode()
            elif info.filename.startswith("xl/worksheets/sheet"):
                markup = _UNTYPED.sub(r'\1 t="str"\2', content.decode())
                rows = free.get(info.filename, ())
                content = (_freed(markup, rows) if rows else markup).encode()
            written.writestr(info, content, ZIP_DEFLATED, _LEVEL)
    return target.getvalue()


def _freed(markup: str, growing: Collection[int]) -> str:
    return _FIXED.sub(lambda row: f"{row[1]}{row[3]}" if int(row[2]) - 1 in growing else row[0], markup)


def _filler(number: int, cells: Cells) -> Callable[[str], str]:
    def fill(markup: str) -> str:
        places = _EMPTY.findall(markup)
        if len(places) != 1:
            raise ValueError(f"sheet {number} is not empty")
        last = cell_name(max(row for row, _ in cells) + 1, max(column for _, column in cells) + 1)
        markup = _DIMENSION.sub(f'<dimension ref="A1:{last}"/>', markup, count=1)
        return markup.replace(places[0], sheet_data(cells), 1)

    return fill


def _shared(cells: Cells) -> Iterator[tuple[tuple[int, int], str]]:
    """The place of each formula that is one of several, and its element."""
    number = 0
    formulas = [(column, row) for (row, column), cell in cells.items() if cell.like]
    # In a run of neighbouring rows, row minus position is one number: it groups them.
    keyed = [((column, cells[row, column].like, row - at), row) for at, (column, row) in enumerate(sorted(formulas))]
    for (column, _, _), run in groupby(keyed, key=lambda formula: formula[0]):
        rows = [row for _, row in run]
        if len(rows) == 1:
            continue
        first, last = (cell_name(row + 1, column + 1) for row in (rows[0], rows[-1]))
        text = escape(cells[rows[0], column].formula)
        yield (rows[0], column), f'<f t="shared" ref="{first}:{last}" si="{number}">{text}</f>'
        for row in rows[1:]:
            yield (row, column), f'<f t="shared" si="{number}"/>'
        number += 1


def _cell(place: tuple[int, int], cell: FormulaCell, shared: str) -> str:
    name = cell_name(place[0] + 1, place[1] + 1)
    value = cell.value
    formula = shared or (f"<f>{escape(cell.formula)}</f>" if cell.formula else "")
    if isinstance(value, bool):
        return f'<c r="{name}" t="b">{formula}<v>{int(value)}</v></c>'
    if isinstance(value, str):
        if not formula:
            return f'<c r="{name}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        kind = "e" if value in _ERRORS else "str"
        return f'<c r="{name}" t="{kind}">{formula}<v>{escape(value)}</v></c>'
    return f'<c r="{name}">{formula}<v>{value!r}</v></c>'
