"""The explanations on record: per year and form, what a department explained, in which words, and for which figures.

The table is made where it is first written: a history without it knows of no explanation.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from perfbatch.district.explaining import Explained, ExplainedPlace, place_of_explanation
from perfbatch.history.tables import opened
from perfbatch.model.errors import BatchFault
from perfbatch.model.findings import Counts, Finding
from perfbatch.model.legible import storable_text
from perfbatch.rulebook.model import Rulebook

if TYPE_CHECKING:
    from perfbatch.template.prefill import OfferedExplanation

__all__ = ["add_explanations", "explanations_of", "explanations_on_record", "last_explanations"]

_TABLE = """
CREATE TABLE IF NOT EXISTS explanation (
    fiscal_year INTEGER NOT NULL, form_id TEXT NOT NULL, entity TEXT NOT NULL, place TEXT NOT NULL,
    text TEXT NOT NULL, counts TEXT NOT NULL,
    PRIMARY KEY (fiscal_year, form_id, entity, place)
) WITHOUT ROWID
"""
_EXPLAINED = frozenset({"explained", "accepted", "rejected", "lapsed"})


def add_explanations(connection: sqlite3.Connection, rulebook: Rulebook, findings: Iterable[Finding]) -> None:
    """Put a night's explanations on record. One in the words of the last time keeps the figures that it was given for."""
    connection.execute(_TABLE)
    for finding in findings:
        if finding.standing not in _EXPLAINED or not finding.entity_code:
            continue
        place = place_of_explanation(finding)
        connection.execute(
            "INSERT INTO explanation VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET text = excluded.text, counts = excluded.counts WHERE text != excluded.text",
            (
                rulebook.fiscal_year,
                rulebook.form_id,
                storable_text(finding.entity_code),
                json.dumps(place[1:], ensure_ascii=False),
                storable_text(finding.note),
                json.dumps(finding.counts),
            ),
        )


def explanations_on_record(path: Path, rulebook: Rulebook) -> dict[ExplainedPlace, Explained]:
    """The explanations of a rulebook's year, and of the year before where this one has none of the same place; empty without a
    history. Raises `BatchFault` for what no run has written."""
    before = explanations_of(path, rulebook, rulebook.fiscal_year - 1)
    return {**before, **explanations_of(path, rulebook, rulebook.fiscal_year)}


def explanations_of(path: Path, rulebook: Rulebook, fiscal_year: int) -> dict[ExplainedPlace, Explained]:
    """The explanations of one year, on the rulebook's form or one that it follows; checks and fields by today's ids."""
    if not path.exists():
        return {}
    recorded: dict[ExplainedPlace, Explained] = {}
    with opened(path) as connection:
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'explanation'").fetchone()
        if not tables[0]:
            return {}
        for form in reversed((rulebook.form_id, *rulebook.lineage.forms)):
            rows = connection.execute(
                "SELECT entity, place, text, counts FROM explanation WHERE fiscal_year = ? AND form_id = ?",
                (fiscal_year, form),
            )
            for entity, place, text, counts in rows:
                try:
                    check, each, field, row = json.loads(place)
                    at = ExplainedPlace(entity, _today(rulebook, "checks", check), each, field, row)
                    recorded[at._replace(field=_today(rulebook, "fields", field))] = Explained(text, _counts(counts))
                except (TypeError, ValueError):
                    raise BatchFault("history.odd_explanation", path=path, place=str(place)[:40]) from None
    return recorded


def last_explanations(path: Path, rulebook: Rulebook) -> dict[str, list[OfferedExplanation]]:
    """entity_code → last year's explanations, by today's ids. Raises as `explanations_on_record`."""
    # The night has no use for it, and it brings what workbooks are written with.
    from perfbatch.template.prefill import OfferedExplanation

    offered: dict[str, list[OfferedExplanation]] = {}
    for place, explanation in explanations_of(path, rulebook, rulebook.fiscal_year - 1).items():
        offered.setdefault(place.entity, []).append(OfferedExplanation(place.check, place.field, explanation.text))
    return offered


def _today(rulebook: Rulebook, table: str, identity: str) -> str:
    """The id that an entry has today."""
    renamed = rulebook.lineage.renamed.get(table, {})
    return next((name for name, earlier in renamed.items() if identity in earlier), identity)


def _counts(text: str) -> Counts:
    reported, expected, difference = json.loads(text)
    if not all(count is None or isinstance(count, int) for count in (reported, expected, difference)):
        raise TypeError("counts are whole numbers")
    return reported, expected, difference
