"""豁免事项: what the bureau lets stand, in one department, until a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from perfbatch.model.catalogue import CATALOGUE
from perfbatch.model.findings import Finding
from perfbatch.package.addresses import place_of
from perfbatch.roster.model import Waiver
from perfbatch.roster.table import RosterTable, code_of, plain_text
from perfbatch.rulebook.model import Rulebook

__all__ = ["read_waivers"]


def read_waivers(
    table: RosterTable, rulebook: Rulebook, departments: Collection[str], findings: list[Finding]
) -> Iterator[Waiver]:
    """The waivers row by row, expired ones among them. One that names a department, a code or a place that is not there is added
    to `findings` and waives nothing. A reason or a day that is missing is a fault of the table."""
    codes = {check.code for check in rulebook.checks} | {check.id for check in rulebook.checks} | set(CATALOGUE)
    labels = {plain_text(field.label): field.id for field in rulebook.fields()}
    # A label that several fields have names none of them.
    shared = Counter(plain_text(field.label) for field in rulebook.fields())
    labels = {label: field_id for label, field_id in labels.items() if shared[label] == 1}
    for row, values in table.rows():
        entity_code = code_of(table, row, values, rulebook)
        code, place = plain_text(values["code"]), plain_text(values["place"])
        reason = plain_text(values["reason"])
        if not reason:
            table.note(row, "reason", "roster.waiver_reason")
        until = _day(table, row, values["until"])
        if until is None or not entity_code:
            continue
        named = labels.get(place, place)
        if entity_code not in departments:
            column, what = rulebook.entity.key[-1], f"名录中没有{rulebook.key_label} {entity_code}"
        elif code not in codes:
            column, what = "code", f"没有问题代码“{code}”"
        elif place and named not in rulebook.field_by_id and not _is_cell(place):
            column, what = "place", f"没有单元格或栏目“{place}”"
        else:
            yield Waiver(entity_code, code, named, reason, until, row + 1)
            continue
        findings.append(table.finding("S12", row, column, entity_code, plain_text(values[column]), what=what))


def _day(table: RosterTable, row: int, value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(plain_text(value).replace("/", "-"))
    except ValueError:
        table.note(row, "until", "roster.no_date", value=repr(plain_text(value)))
        return None


def _is_cell(place: str) -> bool:
    return place_of(place.rpartition("!")[2].upper()) is not None
