"""Writing the layout with xlsxwriter: cells, defined names, validations, protection, printing, the stamp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from itertools import groupby
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perfbatch.model.errors import OperatorFault
from perfbatch.model.file_names import workbook_name
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import reason
from perfbatch.outbox.durable import made_folder
from perfbatch.package.formula_sheet import with_sheet_data
from perfbatch.roster import Roster
from perfbatch.rulebook.model import Rulebook
from perfbatch.template.book import FormBook
from perfbatch.template.layout import Layout, lay_out
from perfbatch.template.live import LIVE_SHEET, long_texts, write_continuation, write_live
from perfbatch.template.pages import page_breaks, set_up_paper
from perfbatch.template.plan import FieldPlace, InputCell, Printed, SheetPlan, Value
from perfbatch.template.prefill import OfferedExplanation, Prefill, prefill_for
from perfbatch.template.styles import BODY_FONT, Styles
from perfbatch.template.validation import cell_kind, validation_of

__all__ = [
    "DEFAULT_UNITS",
    "STAMP_SHEET",
    "form_content",
    "template_name",
    "write_blank",
    "write_prefilled",
    "write_template",
]

DEFAULT_UNITS = 10
"""Rows for subordinate units where nobody asks for more."""

STAMP_SHEET = "_perfbatch"
"""The very hidden sheet that tells the reader which form this is."""

_PROTECTION = {
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "sort": True,
    "autofilter": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}
_EVERYWHERE = "A1:XFD1048576"


def template_name(rulebook: Rulebook) -> str:
    """The file name of a rulebook's blank workbook: yunxi-2020-blank.xlsx."""
    return f"{rulebook.id}-blank.xlsx"


def write_blank(rulebook: Rulebook, directory: Path, units: int = DEFAULT_UNITS) -> Path:
    """Write the blank workbook into `directory`, made where it is missing, and return its path.

    Raises `OperatorFault` where that cannot be, or `units` is negative.
    """
    path = directory / template_name(rulebook)
    made_folder(directory)
    write_template(rulebook, path, units=units)
    return path


def write_prefilled(
    rulebook: Rulebook,
    roster: Roster,
    directory: Path,
    *,
    units: int = DEFAULT_UNITS,
    prior: Mapping[str, Mapping[str, int]] | None = None,
    explained: Mapping[str, Sequence[OfferedExplanation]] | None = None,
) -> list[Path]:
    """Write a workbook for every department of a roster into `directory`, in the roster's order, and return their paths.

    Each has room for `units` subordinate units, or for all that the roster lists. `prior` is entity_code → field id → count
    of 1/SCALE, last year's figures; `explained` is entity_code → last year's explanations. Raises `OperatorFault` as `write_blank` does, and for a roster without departments.
    """
    if not roster.entries:
        raise OperatorFault("roster.empty", roster=worded("roster.itself"))
    made_folder(directory)
    paths = []
    for entry in roster.entries:
        path = directory / workbook_name(entry.entity_code, entry.entity_title)
        given = prefill_for(
            entry, (prior or {}).get(entry.entity_code, {}), rulebook, (explained or {}).get(entry.entity_code, ())
        )
        write_template(rulebook, path, units=max(units, len(entry.subordinate_units or ())), given=given)
        paths.append(path)
    return paths


def write_template(rulebook: Rulebook, path: Path, *, units: int = DEFAULT_UNITS, given: Prefill | None = None) -> None:
    """Write the workbook with `units` rows for subordinate units, blank but for what is `given`; the same arguments give
    the same bytes.

    The file appears whole or not at all. Raises `OperatorFault` where it cannot be written, or `units` is negative.
    """
    content = _assemble(lay_out(rulebook, units, given))
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OperatorFault("file.not_written", path=path, reason=reason(error)) from None


def form_content(layout: Layout) -> bytes:
    """The workbook of a layout; the same layout gives the same bytes."""
    return _assemble(layout)


def _assemble(layout: Layout) -> bytes:
    buffer = BytesIO()
    workbook = Workbook(
        buffer,
        {
            "in_memory": True,
            "default_column_width": 72,
            "default_format_properties": {"font_name": BODY_FONT, "font_size": 11},
        },
    )
    # The date of the form's year-end, not the clock's: the same rulebook gives the same bytes on any day.
    year_end = datetime(layout.rulebook.fiscal_year, 12, 31)  # noqa: DTZ001 - document properties have no zone
    workbook.set_properties({"title": layout.rulebook.title, "created": year_end})
    book, styles = FormBook(workbook), Styles(workbook)
    first = next((plan for plan in layout.sheets if plan.places), None)
    sheet_order = [plan.sheet for plan in layout.sheets]
    last_text = max((text.place.where.sheet for text in long_texts(layout)), key=sheet_order.index, default="")
    for plan in layout.sheets:
        _write_sheet(book, layout.rulebook, plan, styles)
        if plan is first:
            # Sheets before it explain the form, and are no pages of it.
            workbook.get_worksheet_by_name(plan.sheet).set_start_page(1)
        if plan.sheet == last_text:
            write_continuation(book, layout, styles)
    write_live(book, layout, styles)
    _write_stamp(workbook, layout.rulebook)
    for place in layout.places.values():
        if not book.define_name(place.field.id, place.where):
            raise OperatorFault("form.name", rulebook=layout.rulebook.id, field=place.field.id)
    book.finish()
    numbers = {sheet.name: number for number, sheet in enumerate(workbook.worksheets(), start=1)}
    workbook.close()
    growing = {numbers[plan.sheet]: plan.growing for plan in layout.sheets if plan.growing}
    return with_sheet_data(buffer.getvalue(), {numbers[LIVE_SHEET]: book.bare_cells(LIVE_SHEET)}, growing)


def _write_sheet(book: FormBook, rulebook: Rulebook, plan: SheetPlan, styles: Styles) -> None:
    sheet = book.workbook.add_worksheet(plan.sheet)
    for column, width in enumerate(plan.widths):
        sheet.set_column(column, column, width, None, {"hidden": column in plan.hidden_columns})
    for row in range(plan.row):
        sheet.set_row(row, plan.height_of(row, row))
    for printed in plan.printed:
        _write_printed(book, sheet, printed, styles.printed(printed.style))
    for place in plan.places:
        _write_field(book, sheet, rulebook, place, styles)
    if plan.freeze is not None:
        sheet.freeze_panes(*plan.freeze)
    sheet.hide_gridlines(2)
    sheet.protect("", _PROTECTION)
    # Codes are texts of digits, and formulas of neighbours differ: nothing to mark with a green triangle.
    sheet.ignore_errors({"number_stored_as_text": _EVERYWHERE, "formula_differs": _EVERYWHERE})
    _set_up_pages(sheet, plan)


def _write_printed(book: FormBook, sheet: Worksheet, printed: Printed, look: Format) -> None:
    where = printed.where
    if where.rows > 1 or where.columns > 1:
        sheet.merge_range(where.top, where.left, where.bottom, where.right, "", look)
    _write_value(book, sheet, where.top, where.left, printed.value, look, printed.formula)


def _write_field(book: FormBook, sheet: Worksheet, rulebook: Rulebook, place: FieldPlace, styles: Styles) -> None:
    where = place.where
    for row, cell in enumerate(place.cells, start=where.top):
        number_format = cell.number_format or cell_kind(rulebook, place.field, cell).number_format
        look = styles.entry(
            cell.kind,
            number_format,
            place.look,
            locked=cell.locked,
            given=cell.given,
            tall=place.merged is not None and place.merged.rows > 1,
        )
        if place.merged is not None:
            merged = place.merged
            sheet.merge_range(merged.top, merged.left, merged.bottom, merged.right, "", look)
        _write_value(book, sheet, row, where.left, cell.value, look, cell.formula)
    row = where.top
    for cell, run in groupby(place.cells, key=_same_rule):
        count = len(list(run))
        rule = None if cell.locked else validation_of(rulebook, place.field, cell, row)
        if rule is not None:
            sheet.data_validation(row, where.left, row + count - 1, where.left, rule)
        row += count


def _same_rule(cell: InputCell) -> InputCell:
    """Cells that differ in nothing but what is printed into them share a validation."""
    return InputCell(cell.kind, None, cell.locked, cell.choices, cell.limit)


def _write_value(
    book: FormBook, sheet: Worksheet, row: int, column: int, value: Value, look: Format, formula: str
) -> None:
    if formula:
        book.write_formula(sheet, row, column, formula, look)
    else:
        book.write(sheet, row, column, value, look)


def _set_up_pages(sheet: Worksheet, plan: SheetPlan) -> None:
    # Pages of what is stamped: neither what explains the form nor its checks are counted among them.
    set_up_paper(sheet, landscape=plan.landscape, headed=not plan.cover, counted=bool(plan.places) and not plan.cover)
    sheet.print_area(0, 0, max(plan.row - 1, 0), plan.printed_columns - 1)
    if plan.repeat_row is not None:
        sheet.repeat_rows(*plan.repeat_row)
    breaks = page_breaks(plan)
    if breaks:
        sheet.set_h_pagebreaks(breaks)


def _write_stamp(workbook: Workbook, rulebook: Rulebook) -> None:
    sheet = workbook.add_worksheet(STAMP_SHEET)
    stamp = (
        ("form_id", rulebook.form_id),
        ("form_version", rulebook.form_version),
        ("rulebook", rulebook.id),
        ("revision", str(rulebook.revision)),
    )
    as_text = workbook.add_format({"num_format": "@"})
    for row, (name, value) in enumerate(stamp):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value, as_text)
    sheet.protect("", _PROTECTION)
    sheet.very_hidden()
