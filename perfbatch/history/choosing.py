"""Which two runs of a history are meant, form by form: what was said on one form is never compared with what was on another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from perfbatch.history.reading import ListedRun, listed_runs
from perfbatch.model.errors import OperatorFault
from perfbatch.model.words.catalogue import worded

__all__ = ["ChosenRuns", "chosen_runs"]

_SHOWN = 5


class ChosenRuns(NamedTuple):
    """Two runs over one form."""

    earlier: ListedRun
    later: ListedRun


def chosen_runs(history: Path, earlier: str | None, later: str | None) -> list[ChosenRuns]:
    """Two runs, each named by its id or the start of it, for every form that both have; without both the latest run, and for
    each of its forms the one of the same form and year before it. Raises `OperatorFault` where there is no such run or the
    two have no form in common, `BatchFault` as `listed_runs`."""
    runs = listed_runs(history)
    if earlier is None or later is None:
        if earlier is not None:
            raise OperatorFault("run.alone", run=earlier)
        return _last_two(runs, history)
    first, second = _named(earlier, runs, history), _named(later, runs, history)
    pairs = [
        ChosenRuns(before, after)
        for after in _forms_of(second, runs)
        if (before := _counterpart(after, _forms_of(first, runs), _forms_of(second, runs))) is not None
    ]
    if not pairs:
        raise OperatorFault("runs.apart", first=first, second=second)
    return pairs


def _forms_of(run_id: str, runs: Sequence[ListedRun]) -> list[ListedRun]:
    return [run for run in runs if run.run_id == run_id]


def _alike(run: ListedRun, other: ListedRun) -> bool:
    """Whether two runs are over one form; what was recorded before forms were on record is known by its rulebook."""
    if "" in (run.form_id, other.form_id):
        return run.rulebook == other.rulebook
    return run.form_id == other.form_id


def _counterpart(after: ListedRun, earlier: Sequence[ListedRun], later: Sequence[ListedRun]) -> ListedRun | None:
    """The same form in the other run: of the same year, else of another one where each run has one year of it."""
    alike = [run for run in earlier if _alike(run, after)]
    of_year = [run for run in alike if run.fiscal_year == after.fiscal_year]
    if of_year:
        return of_year[0]
    single = len(alike) == 1 and sum(_alike(run, after) for run in later) == 1
    return alike[0] if single else None


def _last_two(runs: Sequence[ListedRun], history: Path) -> list[ChosenRuns]:
    pairs = []
    for latest in _forms_of(runs[0].run_id, runs) if runs else ():
        of_form = (
            run
            for run in runs
            if run.run_id != latest.run_id and _alike(run, latest) and run.fiscal_year == latest.fiscal_year
        )
        before = next(of_form, None)
        if before is not None:
            pairs.append(ChosenRuns(before, latest))
    if not pairs:
        raise OperatorFault("runs.single", history=history)
    return pairs


def _named(wanted: str, runs: Sequence[ListedRun], history: Path) -> str:
    known = list(dict.fromkeys(run.run_id for run in runs))
    meant = [wanted] if wanted in known else [run_id for run_id in known if run_id.startswith(wanted)]
    if len(meant) == 1:
        return meant[0]
    latest = ", ".join(known[:_SHOWN]) or worded("run.none", history=history)
    raise OperatorFault("run.several" if meant else "run.unknown", run=wanted, count=len(meant), latest=latest)
