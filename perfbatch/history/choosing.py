"""Which two runs of a history are meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perfbatch.history.reading import ListedRun, listed_runs
from perfbatch.model.errors import OperatorFault

__all__ = ["chosen_runs"]

_SHOWN = 5


def chosen_runs(history: Path, earlier: str | None, later: str | None) -> tuple[str, str]:
    """The ids of two runs, each named by its id or the start of it; without both the latest run and the one of the same form
    and year before it. Raises `OperatorFault` where there is no such run, `BatchFault` as `listed_runs`."""
    runs = listed_runs(history)
    if earlier is None or later is None:
        if earlier is not None:
            raise OperatorFault(f"run {earlier}", "is given alone", "Give both runs, or none for the last two.")
        return _last_two(runs, history)
    return _named(earlier, runs, history), _named(later, runs, history)


def _last_two(runs: Sequence[ListedRun], history: Path) -> tuple[str, str]:
    for latest in runs[:1]:
        for run in runs[1:]:
            # What was recorded before forms were on record is any form's.
            alike = run.form_id == latest.form_id or "" in (run.form_id, latest.form_id)
            if alike and run.fiscal_year == latest.fiscal_year:
                return run.run_id, latest.run_id
    raise OperatorFault(str(history), "has no two runs of one form and year", "Compare after the next night.")


def _named(wanted: str, runs: Sequence[ListedRun], history: Path) -> str:
    known = [run.run_id for run in runs]
    meant = [wanted] if wanted in known else [run_id for run_id in known if run_id.startswith(wanted)]
    if len(meant) == 1:
        return meant[0]
    fault = "the history has no such run" if not meant else f"{len(meant)} runs begin so"
    latest = ", ".join(known[:_SHOWN]) or f"none ({history})"
    raise OperatorFault(f"run {wanted}", fault, f"The latest on record: {latest}.")
