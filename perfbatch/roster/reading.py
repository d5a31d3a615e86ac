"""Reading a roster workbook. 部门名录 has a row per department; 财政复核, 豁免事项 and 说明审核, which may be missing, a
row per reviewed score, waiver and verdict.

Columns are found by their headings; a fault names file, sheet, cell and remedy and is the operator's to mend.
A review or a waiver of something that is not there is a finding, and the night is run without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from perfbatch.model.errors import OperatorFault, OperatorFaults
from perfbatch.model.findings import Finding
from perfbatch.model.submission import SCALE
from perfbatch.model.words.catalogue import alternatives
from perfbatch.model.words.reasons import reason_of_reader
from perfbatch.roster.model import (
    MAX_UNITS,
    ExplanationReview,
    Roster,
    RosterEntry,
    Waiver,
    control_figures,
    review_columns,
    review_sheet,
    roster_columns,
    roster_sheet,
    verdict_columns,
    verdict_sheet,
    waiver_columns,
    waiver_sheet,
)
from perfbatch.roster.reviews import read_reviews
from perfbatch.roster.table import RosterTable, code_of, number_of, plain_text, words
from perfbatch.roster.verdicts import read_verdicts
from perfbatch.roster.waivers import read_waivers
from perfbatch.rulebook.model import Rulebook

__all__ = ["read_roster", "read_rosters"]

_BETWEEN_UNITS = re.compile("[、;；,，\n]")
_Rows = list[list[Any]]


def read_roster(path: Path, rulebook: Rulebook) -> Roster:
    """Read a roster workbook. Raises `OperatorFault` where it cannot be read as one, `OperatorFaults` with sheet and cell of
    everything that is wrong with what it says."""
    sheets = _sheets(path, [rulebook])
    if roster_sheet(rulebook) not in sheets:
        raise OperatorFault("roster.no_sheet", path=path, sheets=roster_sheet(rulebook))
    return _roster(path, sheets, rulebook)


def read_rosters(path: Path, rulebooks: Sequence[Rulebook]) -> dict[str, Roster]:
    """Rulebook id → roster, for those whose entities the workbook lists. Raises as `read_roster`, also where it lists none."""
    sheets = _sheets(path, rulebooks)
    rosters = {book.id: _roster(path, sheets, book) for book in rulebooks if roster_sheet(book) in sheets}
    if not rosters:
        wanted = alternatives(list(dict.fromkeys(map(roster_sheet, rulebooks))))
        raise OperatorFault("roster.no_sheet", path=path, sheets=wanted)
    return rosters


def _sheets(path: Path, rulebooks: Sequence[Rulebook]) -> dict[str, _Rows]:
    from python_calamine import CalamineError, CalamineWorkbook

    wanted = {name(book) for book in rulebooks for name in (roster_sheet, review_sheet, waiver_sheet, verdict_sheet)}
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            return {
                sheet: workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
                for sheet in workbook.sheet_names
                if sheet in wanted
            }
    except (OSError, CalamineError) as error:
        raise OperatorFault("roster.unreadable", path=path, reason=reason_of_reader(error)) from None


def _roster(path: Path, sheets: Mapping[str, _Rows], rulebook: Rulebook) -> Roster:
    faults: list[OperatorFault] = []
    sheet = roster_sheet(rulebook)
    required = (*rulebook.entity.key, rulebook.entity.name)
    departments = RosterTable(path, sheet, sheets[sheet], roster_columns(rulebook), required, faults)
    entries = tuple(_entries(departments, rulebook))
    if not entries and not faults:
        raise OperatorFault("roster.empty", roster=f"{path} [{sheet}]")
    reviews: dict[tuple[str, str], tuple[int, str]] = {}
    waivers: tuple[Waiver, ...] = ()
    findings: list[Finding] = []
    if rows := sheets.get(review_sheet(rulebook)):
        columns = review_columns(rulebook)
        table = RosterTable(path, review_sheet(rulebook), rows, columns, tuple(columns), faults)
        reviews = dict(read_reviews(table, rulebook, departments.codes, findings))
    if rows := sheets.get(waiver_sheet(rulebook)):
        columns = waiver_columns(rulebook)
        table = RosterTable(path, waiver_sheet(rulebook), rows, columns, tuple(columns), faults)
        waivers = tuple(read_waivers(table, rulebook, departments.codes, findings))
    verdicts: tuple[ExplanationReview, ...] = ()
    if rows := sheets.get(verdict_sheet(rulebook)):
        columns = verdict_columns(rulebook)
        table = RosterTable(path, verdict_sheet(rulebook), rows, columns, tuple(columns), faults)
        verdicts = tuple(read_verdicts(table, rulebook, departments.codes, findings))
    if faults:
        raise OperatorFaults(faults)
    return Roster(
        entries,
        reviews,
        waivers,
        tuple(findings),
        path.name,
        waiver_sheet(rulebook),
        verdicts=verdicts,
        verdict_sheet=verdict_sheet(rulebook),
    )


def _entries(table: RosterTable, rulebook: Rulebook) -> Iterator[RosterEntry]:
    entity = rulebook.entity
    seen: dict[str, int] = {}
    for row, values in table.rows():
        code, name = code_of(table, row, values, rulebook), words(values[entity.name])
        if code in seen:
            table.note(row, entity.key[-1], "roster.code_twice", code=code, row=seen[code] + 1)
        elif code:
            seen[code] = row
            table.codes.add(code)
        if not name:
            table.note(row, entity.name, "roster.name_blank")
        group = words(values.get(entity.group_name or "", ""))
        stated = {entity.name: name, **({entity.group_name: group} if entity.group_name in values else {})}
        for column in entity.key:
            stated[column] = plain_text(values[column])
        for column, text in stated.items():
            if column is not None and column in rulebook.field_by_id:
                _fit(table, row, column, text, rulebook.kind_of(rulebook.field_by_id[column]).max_length)
        figures = {
            figure: number
            for figure in control_figures(rulebook)
            if figure in values and (number := _figure(table, row, figure, values[figure], rulebook)) is not None
        }
        yield RosterEntry(
            entity_code=code,
            entity_title=name,
            office=words(values.get("office", "")),
            contact=words(values.get("contact", "")),
            subordinate_units=_units(table, row, values, name, rulebook),
            figures=figures,
            group_name=group,
        )


def _fit(table: RosterTable, row: int, column: str, text: str, most: int | None) -> None:
    if most is not None and len(text) > most:
        table.note(row, column, "roster.long", text=text[:12], most=most)


def _units(
    table: RosterTable, row: int, values: Mapping[str, Any], department: str, rulebook: Rulebook
) -> tuple[str, ...] | None:
    """The subordinate units in their order; each name once, or nobody could tell their rows apart."""
    if "subordinate_units" not in values:
        return None
    column = "subordinate_units"
    units = tuple(name for part in _BETWEEN_UNITS.split(str(values[column])) if (name := words(part)))
    if len(units) > MAX_UNITS:
        table.note(row, column, "roster.units_many", units=len(units), most=MAX_UNITS)
        return units
    names = next(
        (field for table in rulebook.unit_tables.values() for field in table.fields if field.kind == "text"), None
    )
    seen = {plain_text(department)}
    for unit in units:
        if names is not None:
            _fit(table, row, column, unit, rulebook.kind_of(names).max_length)
        if plain_text(unit) == plain_text(department):
            table.note(row, column, "roster.unit_itself", unit=unit)
        elif plain_text(unit) in seen:
            table.note(row, column, "roster.unit_twice", unit=unit)
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
        table.note(row, field_id, "roster.bounds", value=plain_text(value), least=least, most=most)
    elif kind.decimals == 0 and number % SCALE:
        table.note(row, field_id, "roster.not_whole", value=plain_text(value))
    return number
