"""What the history knows of the year before: the figures that a form comes to, and the scores of its last night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from perfbatch.history.reading import checked_rows, latest_run, prior_figures
from perfbatch.history.tables import opened
from perfbatch.rulebook.main_totals import main_totals
from perfbatch.rulebook.model import Rulebook

__all__ = ["LastYear", "ScoreOnRecord", "last_year_of"]


class ScoreOnRecord(NamedTuple):
    """The score that an entity's last night of a year had; a count of 1/SCALE points, None where there was none."""

    verified_total: int | None
    grade: str


@dataclass(frozen=True)
class LastYear:
    """By entity: `figures`, field id of today → count of 1/SCALE, and `scores`."""

    fiscal_year: int
    figures: Mapping[str, Mapping[str, int]]
    scores: Mapping[str, ScoreOnRecord]

    @property
    def entities(self) -> set[str]:
        """Whoever is on record."""
        return {*self.figures, *self.scores}


def last_year_of(history: Path, rulebook: Rulebook) -> LastYear | None:
    """The year before a rulebook's, under the names of today; None where nothing of it is on record. Raises `BatchFault` as
    `closing_figures`."""
    year = rulebook.fiscal_year - 1
    figures = {code: known for code, known in prior_figures(history, rulebook, main_totals(rulebook)).items() if known}
    scores = _scores(history, rulebook, year) if rulebook.is_scored else {}
    return LastYear(year, figures, scores) if figures or scores else None


def _scores(history: Path, rulebook: Rulebook, year: int) -> dict[str, ScoreOnRecord]:
    if not history.exists():
        return {}
    with opened(history) as connection:
        # A run from before forms were on record does not say what was scored in it.
        runs = (latest_run(connection, year, form) for form in (rulebook.form_id, *rulebook.lineage.forms) if form)
        last = next((run for run in runs if run is not None), None)
        if last is None:
            return {}
        rows = connection.execute(
            "SELECT entity, verified_total, grade FROM run_department WHERE run_id = ? AND rulebook = ?", last
        ).fetchall()
    return {
        code: ScoreOnRecord(*score) for code, *score in checked_rows(history, "run_department", rows, (str, int, str))
    }
