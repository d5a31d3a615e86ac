"""Reading a roster workbook. 部门名录 has a row per department; 财政复核 and 豁免事项, which may be missing, a row per reviewed score
and per waiver.

Columns are found by their headings; a fault names file, sheet, cell and remedy and is the operator's to mend.
A review or a waiver of something that is not there is a finding, and the night is run without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from perfbatch.model.errors import OperatorFault, OperatorFaults
from perfbatch.model.findings import Finding
from perfbatch.model.submission import SCALE
from perfbatch.roster.model import (
    MAX_UNITS,
    REVIEW_COLUMNS,
    REVIEW_SHEET,
    ROSTER_SHEET,
    WAIVER_COLUMNS,
    WAIVER_SHEET,
    Roster,
    RosterEntry,
    Waiver,
    control_figures,
    roster_columns,
)
from perfbatch.roster.reviews import read_reviews
from perfbatch.roster.table import RosterTable, code_of, number_of, plain_text, words
from perfbatch.roster.waivers import read_waivers
from perfbatch.rulebook.model import Rulebook

__all__ = ["read_roster"]

_REQUIRED = ("budget_code", "unit_name")
_BETWEEN_UNITS = re.compile("[、;；,，\n]")


def read_roster(path: Path, rulebook: Rulebook) -> Roster:
    """Read a roster workbook. Raises `OperatorFault` where it cannot be read as one, `OperatorFaults` with sheet and cell of
    everything that is wrong with what it says."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            if ROSTER_SHEET not in workbook.sheet_names:
                raise OperatorFault(str(path), f"has no sheet {ROSTER_SHEET}", "Start from a blank roster.")
            rows = workbook.get_sheet_by_name(ROSTER_SHEET).to_python(skip_empty_area=False)
            further: dict[str, list[list[Any]]] = {
                sheet: workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
                if sheet in workbook.sheet_names
                else []
                for sheet in (REVIEW_SHEET, WAIVER_SHEET)
            }
    except (OSError, CalamineError) as error:
        raise OperatorFault(str(path), f"cannot be read as a workbook ({error})", "Name a roster .xlsx.") from None
    faults: list[OperatorFault] = []
    departments = RosterTable(path, ROSTER_SHEET, rows, roster_columns(rulebook), _REQUIRED, faults)
    entries = tuple(_entries(departments, rulebook))
    if not entries and not faults:
        raise OperatorFault(f"{path} [{ROSTER_SHEET}]", "lists no department", "Fill in a row for every department.")
    reviews: dict[tuple[str, str], tuple[int, str]] = {}
    waivers: tuple[Waiver, ...] = ()
    findings: list[Finding] = []
    if further[REVIEW_SHEET]:
        table = RosterTable(path, REVIEW_SHEET, further[REVIEW_SHEET], REVIEW_COLUMNS, tuple(REVIEW_COLUMNS), faults)
        reviews = dict(read_reviews(table, rulebook, departments.codes, findings))
    if further[WAIVER_SHEET]:
        table = RosterTable(path, WAIVER_SHEET, further[WAIVER_SHEET], WAIVER_COLUMNS, tuple(WAIVER_COLUMNS), faults)
        waivers = tuple(read_waivers(table, rulebook, departments.codes, findings))
    if faults:
        raise OperatorFaults(faults)
    return Roster(entries, reviews, waivers, tuple(findings), path.name)


def _entries(table: RosterTable, rulebook: Rulebook) -> Iterator[RosterEntry]:
    seen: dict[str, int] = {}
    for row, values in table.rows():
        code, name = code_of(table, row, values["budget_code"]), words(values["unit_name"])
        if code in seen:
            table.note(
                row, "budget_code", f"the code {code} stands in row {seen[code] + 1} too", "Keep one of the rows."
            )
        elif code:
            seen[code] = row
            table.codes.add(code)
        if not name:
            table.note(row, "unit_name", "the name is blank", "Fill it in.")
        named = (("budget_code", code, rulebook.entity.key[0]), ("unit_name", name, rulebook.entity.name))
        for column, text, field in named:
            _fit(table, row, column, text, rulebook.kind_of(rulebook.field_by_id[field]).max_length)
        figures = {
            figure: number
            for figure in control_figures(rulebook)
            if figure in values and (number := _figure(table, row, figure, values[figure], rulebook)) is not None
        }
        yield RosterEntry(
            budget_code=code,
            unit_name=name,
            office=words(values.get("office", "")),
            contact=words(values.get("contact", "")),
            subordinate_units=_units(table, row, values, name, rulebook),
            figures=figures,
        )


def _fit(table: RosterTable, row: int, column: str, text: str, most: int | None) -> None:
    if most is not None and len(text) > most:
        table.note(row, column, f"{text[:12]}… is longer than the form's {most} characters", "Shorten it.")


def _units(
    table: RosterTable, row: int, values: Mapping[str, Any], department: str, rulebook: Rulebook
) -> tuple[str, ...] | None:
    """The subordinate units in their order; each name once, or nobody could tell their rows apart."""
    if "subordinate_units" not in values:
        return None
    column = "subordinate_units"
    units = tuple(name for part in _BETWEEN_UNITS.split(str(values[column])) if (name := words(part)))
    if len(units) > MAX_UNITS:
        table.note(
            row,
            column,
            f"{len(units)} subordinate units, the form has room for {MAX_UNITS}",
            "Put small units together.",
        )
        return units
    names = next(
        (field for table in rulebook.unit_tables.values() for field in table.fields if field.kind == "text"), None
    )
    seen = {plain_text(department)}
    for unit in units:
        if names is not None:
            _fit(table, row, column, unit, rulebook.kind_of(names).max_length)
        if plain_text(unit) == plain_text(department):
            table.note(row, column, f"{unit} is the department itself", "List its subordinate units only.")
        elif plain_text(unit) in seen:
            table.note(row, column, f"{unit} stands twice", "Keep it once.")
        seen.add(plain_text(unit))
    return units


def _figure(table: RosterTable, row: int, field_id: str, value: Any, rulebook: Rulebook) -> int | None:
    """A control figure, within the bounds that the form has for the same field."""
    number = number_of(table, row, field_id, value)
    kind = rulebook.kind_of(rulebook.field_by_id[field_id])
    least, most = kind.minimum, kind.maximum
    if number is None:
        return None
    if least is not None and most is not None and not least * SCALE <= number <= most * SCALE:
        table.note(
            row, field_id, f"{plain_text(value)} must lie in {least} … {most}", "Correct the number or its unit."
        )
    elif kind.decimals == 0 and number % SCALE:
        table.note(row, field_id, f"{plain_text(value)} is not a whole number", "Correct the number.")
    return number
