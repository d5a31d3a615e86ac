"""Workbooks of Excel 97 to 2003 (.xls, and .et of WPS in that format): values, names, number formats, merged and struck-out cells.

Formulas are not read: of a cell with one, what was calculated last is taken.
Source: [MS-XLS]; the records are parsed by xlrd, once their chain and number are known to be sound (`biff_records`).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from perfbatch.intake.biff_records import BookOutline, outline_of
from perfbatch.intake.foreign import compound_workbook
from perfbatch.intake.grid_workbook import UNREAD_FORMULA, Grid, GridName, GridWorkbook, grid_cells, refuse_wide_grid
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.active import BOOK_LINKS, DDE_LINKS, MACRO_SHEETS, MACROS, OBJECTS, active_name
from perfbatch.package.addresses import Area, Place
from perfbatch.package.parts import BUILTIN_FORMATS, NumberFormats
from perfbatch.package.sheet_cells import StoredCell, covered_cells
from perfbatch.package.texts import Run, Runs, plainest

if TYPE_CHECKING:
    from collections.abc import Container

__all__ = ["is_compound_file", "open_excel_97"]

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FORMAT = "Excel 97-2003 工作簿（.xls）"
_EMPTY, _TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = 0, 1, 2, 3, 4, 5
_SUPERSCRIPT, _SUBSCRIPT = 1, 2
# Where a file keeps what a program would run or open.
_STORAGES = (("_vba_project_cur/", MACROS), ("vba/", MACROS), ("mbd", OBJECTS))


def is_compound_file(content: bytes) -> bool:
    """Whether content is an OLE2 file: which one, opening it tells."""
    return content.startswith(_OLE_MAGIC)


def open_excel_97(
    content: bytes,
    limits: Limits,
    wanted: Container[str],
    sheets: Container[str],
    *,
    plainly: bool = True,  # noqa: ARG001 - there is one way only
) -> GridWorkbook:
    """Open an .xls. `wanted`, `sheets` as in `open_form`; of sheets without a wanted name no cell is kept.

    Raises `SetAside`: F01 another document, F02 encrypted, F03 damaged, F04 older than Excel 97, F05 without the form's stamp
    (then nothing but the list of its sheets was looked at), F07 larger than the limits."""
    if len(content) > limits.file_bytes:
        raise SetAside("F07", f"文件 {len(content)} 字节，上限 {limits.file_bytes} 字节")
    stream, storages = compound_workbook(content)
    outline = outline_of(stream, limits, sheets)
    try:
        book = _parsed(stream)
        names = list(_names(book))
        needed = {defined.area.sheet for defined in names if defined.area is not None and defined.name in wanted}
        grids = {
            name: _grid(book, name, outline, limits) if name in needed or name in sheets else Grid()
            for name in book.sheet_names()
        }
        active = list(_active(storages, outline, book.name_obj_list))
    except (SetAside, MemoryError, RecursionError):
        raise
    except Exception:  # xlrd raises whatever its arithmetic over a damaged file happens to raise
        raise SetAside("F03") from None
    return GridWorkbook(_FORMAT, grids, names, active, limits)


def _parsed(stream: bytes) -> Any:
    import xlrd

    return xlrd.open_workbook(
        file_contents=stream, formatting_info=True, on_demand=True, ragged_rows=True, logfile=io.StringIO()
    )


def _names(book: Any) -> Iterator[GridName]:
    sheets = book.sheet_names()
    for defined in book.name_obj_list:
        area = None
        result = defined.result
        if (
            result is not None
            and isinstance(result.value, list)
            and len(result.value) == 1
            and not defined.any_external
        ):
            area = _area(getattr(result.value[0], "coords", ()), sheets)
        yield GridName(defined.name.casefold(), defined.scope != -1, area, bool(defined.any_external))


def _area(coords: Sequence[int], sheets: Sequence[str]) -> Area | None:
    """The block of cells of one sheet that six half-open bounds from 0 mean; None for any other."""
    if len(coords) != 6:
        return None
    sheet, last_sheet, top, bottom, left, right = coords
    if last_sheet != sheet + 1 or not (0 <= sheet < len(sheets) and 0 <= top < bottom and 0 <= left < right):
        return None
    return Area(sheets[sheet], top + 1, left + 1, bottom, right)


def _grid(book: Any, name: str, outline: BookOutline, limits: Limits) -> Grid:
    sheet = book.sheet_by_name(name)
    formulas = outline.formulas.get(name, set())
    styles = _styles(book, outline)
    stored: dict[Place, StoredCell] = {}
    for row in range(sheet.nrows):
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
            cell = _stored(book, sheet, row, column, kind, value, formula=(row, column) in formulas)
            if cell is not None:
                stored[row + 1, column + 1] = cell
    refuse_wide_grid(name, stored, limits)
    merged = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
    covered = covered_cells(merged, limits)
    book.unload_sheet(name)
    return Grid(grid_cells(name, stored, styles, date1904=book.datemode == 1), covered)


def _stored(book: Any, sheet: Any, row: int, column: int, kind: int, value: Any, *, formula: bool) -> StoredCell | None:
    import xlrd

    if kind not in (_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR) or value == "":
        return None
    style, calculated = sheet.cell_xf_index(row, column), UNREAD_FORMULA if formula else None
    if kind == _TEXT:
        runs = _runs(book, value, sheet.rich_text_runlist_map.get((row, column)))
        return StoredCell("inlineStr", style, "", calculated, True, runs)
    if kind == _BOOLEAN:
        return StoredCell("b", style, str(int(value)), calculated, True)
    if kind == _ERROR:
        return StoredCell("e", style, xlrd.error_text_from_code.get(value, "#VALUE!"), calculated, True)
    return StoredCell("n", style, repr(float(value)), calculated, True)


def _runs(book: Any, text: str, looks: Sequence[tuple[int, int]] | None) -> Runs:
    """A text with its stretches of another look; where one begins is counted in halves of characters."""
    if not looks:
        return text
    halves = text.encode("utf-16-le", "surrogatepass")
    begins = [0, *(begin for begin, _ in looks)]
    fonts = [None, *(font for _, font in looks)]
    runs = []
    for begin, end, font in zip(begins, [*begins[1:], len(halves) // 2], fonts, strict=True):
        stretch = halves[2 * begin : 2 * end].decode("utf-16-le", "ignore")
        if font is None:
            runs.append(Run(stretch))
        else:
            look = book.font_list[font]
            runs.append(Run(stretch, bool(look.struck_out), look.escapement in (_SUPERSCRIPT, _SUBSCRIPT)))
    return plainest([run for run in runs if run.text])


def _styles(book: Any, outline: BookOutline) -> NumberFormats:
    formats, struck = [], set[int]()
    for number, look in enumerate(book.xf_list):
        key = look.format_key
        # A built-in format that the file does not spell out is shown as the program in use here shows it.
        spelt = key >= _FIRST_OWN_FORMAT or key in outline.formats
        formats.append(book.format_map[key].format_str if spelt else BUILTIN_FORMATS.get(key, ""))
        if look.font_index < len(book.font_list) and book.font_list[look.font_index].struck_out:
            struck.add(number)
    return NumberFormats(tuple(formats), frozenset(struck))


_FIRST_OWN_FORMAT = 164


def _active(storages: Iterable[str], outline: BookOutline, names: Iterable[Any]) -> Iterator[str]:
    for path in storages:
        for begin, word in _STORAGES:
            if path.startswith(begin) or f"/{begin}" in path:
                yield word
    if outline.macro_sheets:
        yield MACRO_SHEETS
    if outline.links:
        yield BOOK_LINKS
    if outline.channels:
        yield DDE_LINKS
    for defined in names:
        marks: Mapping[str, str] = {"vbProcedure": str(defined.vbasic), "xlm": str(defined.func and defined.macro)}
        if word := active_name("", marks):
            yield word
