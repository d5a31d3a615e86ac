"""One report → what goes into the form: table by table, then labels, then the narrative, each leaving what it took to nobody."""

from __future__ import annotations

from perfbatch.importing.cards import form_labels, read_cards
from perfbatch.importing.filling import Filling
from perfbatch.importing.narrative import read_narrative
from perfbatch.importing.row_tables import read_row_tables
from perfbatch.importing.scorecards import read_scorecard
from perfbatch.importing.unit_tables import read_unit_tables
from perfbatch.importing.word_report import ReportRefused, WordReport
from perfbatch.rulebook.model import Rulebook

__all__ = ["filled_from"]

_LEAST = 3


def filled_from(report: WordReport, rulebook: Rulebook) -> Filling:
    """Find the form's fields in a report by the rulebook's labels. Raises `ReportRefused` (`no_form`) where hardly any is there."""
    filling = Filling(rulebook)
    taken: set[int] = set()
    read_unit_tables(report, filling, taken)
    read_scorecard(report, filling, taken)
    read_row_tables(report, filling, taken, form_labels(filling))
    read_cards(report, filling, taken)
    read_narrative(report, filling)
    if len(filling.rows_of) < _LEAST:
        raise ReportRefused("no_form")
    return filling
