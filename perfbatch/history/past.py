"""What a night starts from: the last night of the same form and year, and the year before's closing figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from perfbatch.district.arrivals import Arrivals
from perfbatch.district.explaining import Explained, ExplainedPlace
from perfbatch.history.arrivals import arrivals_on_record
from perfbatch.history.changes import RecordedRun
from perfbatch.history.explanations import explanations_on_record
from perfbatch.history.last_year import LastYear, last_year_of
from perfbatch.history.reading import LastNight, last_night, last_run, notice_days, prior_figures
from perfbatch.history.tables import HistoryDamaged
from perfbatch.model.errors import BatchFault
from perfbatch.model.words.catalogue import worded
from perfbatch.rulebook.model import Rulebook

__all__ = ["Past", "past_of", "refuse_loss"]


@dataclass(frozen=True)
class Past:
    """`prior`: entity_code → last year's closing figures, as the checks ask for them; `days`: key of each notice of the last night → the day on it.

    `explained` are the explanations on record, `arrivals` what the season's nights have seen; `last_year` is what this year is compared
    with, None where nothing is on record. `damaged` says why the history could not be read, "" where it could: it counts as none then.
    """

    prior: Mapping[str, dict[str, int]] = field(default_factory=dict)
    last: LastNight | None = None
    before: RecordedRun | None = None
    days: Mapping[str, date] = field(default_factory=dict)
    explained: Mapping[ExplainedPlace, Explained] = field(default_factory=dict)
    last_year: LastYear | None = None
    arrivals: Arrivals = field(default_factory=Arrivals)
    damaged: str = ""


def past_of(history: Path, rulebook: Rulebook, fields: Collection[str]) -> Past:
    """What a history says to tonight; `fields` are those of last year that are looked up. A file that is no database, or is
    damaged, says nothing. Raises `BatchFault` for one that can be read and is not what a run writes."""
    of_form = (rulebook.fiscal_year, rulebook.form_id, rulebook.id)
    try:
        return Past(
            prior=prior_figures(history, rulebook, fields),
            last=last_night(history, *of_form),
            before=last_run(history, *of_form),
            days=notice_days(history, *of_form),
            explained=explanations_on_record(history, rulebook),
            last_year=last_year_of(history, rulebook),
            arrivals=arrivals_on_record(history, rulebook),
        )
    except HistoryDamaged as fault:
        return Past(damaged=fault.worded)


def refuse_loss(
    last: LastNight | None,
    inbox: Path,
    files: int,
    accepted: int,
    *,
    allow_empty: bool,
    allow_fewer: bool,
    rulebook: str = "",
) -> None:
    """Refuse to replace a night by one of hardly anything: more likely a share is not there than half of a district.

    `files` and `accepted` are tonight's; `rulebook` is named where the night has several. Raises `BatchFault` where tonight has no file and the last night had some, unless
    `allow_empty`, and where it has accepted fewer than half of the departments, unless `allow_fewer`.
    """
    if last is None:
        return
    if files == 0:
        if last.files > 0 and not allow_empty:
            raise BatchFault("night.empty", inbox=inbox, before=last.files, kept=worded("outbox.kept"))
    elif 2 * accepted < last.accepted and not allow_fewer:
        raise BatchFault(
            "night.fewer",
            inbox=inbox,
            rulebook=worded("night.rulebook", rulebook=rulebook) if rulebook else "",
            tonight=accepted,
            before=last.accepted,
            kept=worded("outbox.kept"),
        )
