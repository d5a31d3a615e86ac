"""说明审核: what the bureau says to departments' explanations, 已认可 or 已驳回."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Literal

from perfbatch.model.findings import STANDING_LABELS, Finding
from perfbatch.model.words.catalogue import alternatives
from perfbatch.package.addresses import place_of
from perfbatch.roster.model import ExplanationReview
from perfbatch.roster.table import RosterTable, code_of, plain_text
from perfbatch.rulebook.model import Rulebook

__all__ = ["OPINIONS", "read_verdicts"]

OPINIONS: dict[str, Literal["accepted", "rejected"]] = {
    STANDING_LABELS["accepted"]: "accepted",
    STANDING_LABELS["rejected"]: "rejected",
}


def read_verdicts(
    table: RosterTable, rulebook: Rulebook, departments: Collection[str], findings: list[Finding]
) -> Iterator[ExplanationReview]:
    """The verdicts row by row. One that names a department, a check or a place that is not there is added to `findings` and
    counts for nothing; what is no verdict is a fault of the table."""
    explainable = [check for check in rulebook.checks if check.nature == "verification"]
    codes = {check.code for check in explainable} | {check.id for check in explainable}
    labels = Counter(plain_text(field.label) for field in rulebook.fields())
    named = {plain_text(field.label): field.id for field in rulebook.fields() if labels[plain_text(field.label)] == 1}
    for row, values in table.rows():
        entity_code = code_of(table, row, values, rulebook)
        code, place = plain_text(values["code"]).split(" ")[0], plain_text(values["place"])
        opinion = plain_text(values["opinion"])
        if opinion not in OPINIONS:
            table.note(row, "opinion", "roster.no_verdict", value=repr(opinion), opinions=alternatives(list(OPINIONS)))
            continue
        if not entity_code:
            continue
        place = named.get(place, place)
        if entity_code not in departments:
            column, what = rulebook.entity.key[-1], f"名录中没有{rulebook.key_label} {entity_code}"
        elif code not in codes:
            column, what = "code", f"“{code}”不是可以说明的检查"
        elif place and place not in rulebook.field_by_id and place_of(place.rpartition("!")[2].upper()) is None:
            column, what = "place", f"没有单元格或栏目“{place}”"
        else:
            yield ExplanationReview(entity_code, code, place, OPINIONS[opinion], plain_text(values["reason"]), row + 1)
            continue
        findings.append(table.finding("S17", row, column, entity_code, plain_text(values[column]), what=what))
