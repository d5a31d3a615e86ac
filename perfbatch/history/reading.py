"""What a history says: of one run, of the last one, of a year's closing figures. What no run has written is refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from perfbatch.history.changes import RecordedDepartment, RecordedFinding, RecordedRun
from perfbatch.history.tables import opened
from perfbatch.model.errors import BatchFault
from perfbatch.rulebook.model import Rulebook

__all__ = [
    "LastNight",
    "ListedRun",
    "checked_rows",
    "closing_figures",
    "entries_on_record",
    "figures_on_record",
    "last_night",
    "last_rulebooks",
    "last_run",
    "latest_run",
    "listed_runs",
    "notice_days",
    "odd_row",
    "prior_figures",
    "recorded_run",
    "run_ids",
]

_DEPARTMENT = (str, str, str, str, int, int, str, int)
_SEVERITIES = ("error", "warning", "info")
# Counts of 1/SCALE: more than any form takes, and less than 64 bits hold.
_LARGEST = 10**18
_SHOWN = 40
_Row = TypeVar("_Row", bound=tuple[Any, ...])


class LastNight(NamedTuple):
    """How much the last night of a form and year had: files of the inbox, and departments whose workbooks it accepted."""

    files: int
    accepted: int


def closing_figures(
    path: Path, fiscal_year: int, fields: Collection[str] | None = None, form_id: str = ""
) -> dict[str, dict[str, int]]:
    """Entity → field id → count of 1/SCALE, as they were reported for a year; empty without a history.

    `fields` are the ones wanted, all unless given; `form_id` is the form that they were reported on, any unless given. Raises
    `BatchFault` for a file that is not a history, or holds what none does.
    """
    if not path.exists():
        return {}
    # What was reported before forms were on record is any form's; what is on record of this one goes before it.
    query = "SELECT entity, figures FROM closing_figures WHERE fiscal_year = ? AND (? = '' OR form_id IN (?, '')) ORDER BY form_id"
    with opened(path) as connection:
        rows = connection.execute(query, (fiscal_year, form_id, form_id))
        stored = {code: _stored_figures(path, code, figures) for code, figures in rows}
    if fields is None:
        return stored
    return {code: {field: known[field] for field in fields if field in known} for code, known in stored.items()}


def _stored_figures(path: Path, code: object, figures: object) -> dict[str, int]:
    try:
        known = json.loads(figures) if isinstance(figures, str) else None
    except (ValueError, RecursionError):
        known = None
    if not (isinstance(code, str) and isinstance(known, dict)):
        raise odd_row(path, "closing_figures", code)
    for field, count in known.items():
        if type(count) is not int or abs(count) > _LARGEST:
            raise odd_row(path, "closing_figures", f"{code}, {field}")
    return known


def odd_row(path: Path, table: str, place: object) -> BatchFault:
    """The fault of a history that holds what no run has written; `place` says where in the table."""
    where = str(place)[:_SHOWN] if isinstance(place, str | int) else type(place).__name__
    return BatchFault("history.odd", path=path, table=table, place=where)


def prior_figures(path: Path, rulebook: Rulebook, fields: Collection[str] | None = None) -> dict[str, dict[str, int]]:
    """The closing figures of the year before a rulebook's, under the field ids of today: what was renamed since is found by the
    id that it had then. `fields` and what is raised are as for `closing_figures`."""
    names = rulebook.lineage.names_of
    wanted = {field.id for field in rulebook.fields()} if fields is None else fields
    old_ids = {old for field in wanted for old in names("fields", field)}
    stored: dict[str, dict[str, int]] = {}
    # A form may have had another id: what is on record of today's goes before it.
    for form in reversed((rulebook.form_id, *rulebook.lineage.forms)):
        stored |= closing_figures(path, rulebook.fiscal_year - 1, old_ids, form)
    return {
        code: {
            field: next(known[name] for name in names("fields", field) if name in known)
            for field in wanted
            if any(name in known for name in names("fields", field))
        }
        for code, known in stored.items()
    }


class ListedRun(NamedTuple):
    """A run over one form as the history lists it; `form_id` is "" of one from before forms were on record."""

    run_id: str
    started_at: str
    rulebook: str
    fiscal_year: int
    form_id: str
    departments: int
    findings: int


def listed_runs(path: Path) -> list[ListedRun]:
    """The runs on record, the latest first, each with a line for every form; empty without a history. Raises `BatchFault` as
    `closing_figures`."""
    if not path.exists():
        return []
    with opened(path) as connection:
        counted = ", ".join(
            f"(SELECT count(*) FROM {table} WHERE {table}.run_id = run.run_id AND {table}.rulebook = run.rulebook)"
            for table in ("run_department", "run_finding")
        )
        rows = connection.execute(
            f"SELECT run_id, started_at, rulebook, fiscal_year, form_id, {counted} FROM run"
            " ORDER BY started_at DESC, run_id DESC, rulebook"
        ).fetchall()
    return [ListedRun._make(row) for row in checked_rows(path, "run", rows, (str, str, str, int, str, int, int))]


def run_ids(path: Path) -> list[str]:
    """The runs on record, the latest first; empty without a history. Raises `BatchFault` as `closing_figures`."""
    return list(dict.fromkeys(run.run_id for run in listed_runs(path)))


def last_rulebooks(path: Path) -> list[str]:
    """The ids of the rulebooks of the latest run; empty without a history, or where it cannot be read."""
    try:
        runs = listed_runs(path)
    except BatchFault:
        # Whoever needs what it says is told.
        return []
    return [run.rulebook for run in runs if run.run_id == runs[0].run_id]


def last_run(path: Path, fiscal_year: int, form_id: str = "", rulebook: str = "") -> RecordedRun | None:
    """The latest run over a year's form, of any form unless given; None where there is none. A run from before forms were on
    record is one of the form where it was run by that `rulebook`, by any unless given. Raises `BatchFault` as
    `closing_figures`."""
    if not path.exists():
        return None
    with opened(path) as connection:
        last = latest_run(connection, fiscal_year, form_id, rulebook)
        return _recorded(path, connection, *last) if last is not None else None


def last_night(path: Path, fiscal_year: int, form_id: str, rulebook: str = "") -> LastNight | None:
    """How much the latest run over a year's form had; None where there is none. Otherwise as `last_run`."""
    if not path.exists():
        return None
    with opened(path) as connection:
        last = latest_run(connection, fiscal_year, form_id, rulebook)
        if last is None:
            return None
        run_id = last[0]
        (accepted,) = connection.execute(
            "SELECT count(*) FROM run_department WHERE run_id = ? AND rulebook = ?", last
        ).fetchone()
        (files,) = connection.execute("SELECT count(*) FROM run_entry WHERE run_id = ?", (run_id,)).fetchone()
        # Brought up from a version without entries, a run has its departments alone.
        return LastNight(max(files, accepted), accepted)


def latest_run(
    connection: sqlite3.Connection, fiscal_year: int, form_id: str, rulebook: str = ""
) -> tuple[str, str] | None:
    """Run and rulebook, as `last_run` chooses; of any form and rulebook unless given."""
    row: tuple[str, str] | None = connection.execute(
        "SELECT run_id, rulebook FROM run WHERE fiscal_year = ?"
        " AND (? = '' OR form_id = ? OR (form_id = '' AND (? = '' OR rulebook = ?)))"
        " ORDER BY started_at DESC, run_id DESC LIMIT 1",
        (fiscal_year, form_id, form_id, rulebook, rulebook),
    ).fetchone()
    return row


def notice_days(path: Path, fiscal_year: int, form_id: str = "", rulebook: str = "") -> dict[str, date]:
    """key → day, of the notices of the latest run over a year's form; empty where there is none, or none on record.

    Raises `BatchFault` as `closing_figures`.
    """
    if not path.exists():
        return {}
    with opened(path) as connection:
        last = latest_run(connection, fiscal_year, form_id, rulebook) or ("", "")
        rows = connection.execute("SELECT key, day FROM run_notice WHERE run_id = ? AND rulebook = ?", last).fetchall()
    days = {}
    for key, day in checked_rows(path, "run_notice", rows, (str, str)):
        try:
            days[key] = date.fromisoformat(day)
        except ValueError:
            raise odd_row(path, "run_notice", day) from None
    return days


def recorded_run(path: Path, run_id: str, rulebook: str = "") -> RecordedRun | None:
    """One run over one form as it was recorded, the first form's unless given; None where the history does not know it. Raises
    `BatchFault` as `closing_figures`."""
    if not path.exists():
        return None
    with opened(path) as connection:
        return _recorded(path, connection, run_id, rulebook)


def _recorded(path: Path, connection: sqlite3.Connection, run_id: str, rulebook: str) -> RecordedRun | None:
    run = connection.execute(
        "SELECT started_at, fiscal_year, rulebook, form_id FROM run WHERE run_id = ? AND (? = '' OR rulebook = ?) LIMIT 1",
        (run_id, rulebook, rulebook),
    ).fetchone()
    if run is None:
        return None
    checked_rows(path, "run", [run], (str, int, str, str))
    of_form = (run_id, run[2])
    departments = connection.execute(
        "SELECT entity, name, file, sha256, self_total, verified_total, grade, rank FROM run_department"
        " WHERE run_id = ? AND rulebook = ? ORDER BY entity, file",
        of_form,
    ).fetchall()
    findings = connection.execute(
        "SELECT entity, code, severity, sheet, cell, field, message FROM run_finding"
        " WHERE run_id = ? AND rulebook = ? ORDER BY rowid",
        of_form,
    )
    entries = connection.execute(
        "SELECT path FROM run_entry WHERE run_id = ? AND rulebook IN (?, '') AND status = 'set_aside' ORDER BY path",
        of_form,
    ).fetchall()
    # The texts of a district's findings are few, and each row brings its own copy of them.
    known: dict[str, str] = {}
    shared = (RecordedFinding._make(map(known.setdefault, row, row)) for row in findings)
    recorded = RecordedRun(
        run_id=run_id,
        started_at=run[0],
        fiscal_year=run[1],
        departments=tuple(
            map(RecordedDepartment._make, checked_rows(path, "run_department", departments, _DEPARTMENT))
        ),
        findings=tuple(checked_rows(path, "run_finding", shared, (str,) * len(RecordedFinding._fields))),
        set_aside=tuple(path for (path,) in checked_rows(path, "run_entry", entries, (str,))),
        rulebook=run[2],
        form_id=run[3],
    )
    for finding in recorded.findings:
        if finding.severity not in _SEVERITIES:
            raise odd_row(path, "run_finding", finding.severity)
    return recorded


def entries_on_record(path: Path) -> list[tuple[str, str, str, str, str, str]]:
    """Run, rulebook ("" where no form is known), path, SHA-256, status and code of every entry of the inbox, run by run. Raises
    `BatchFault` as `closing_figures`."""
    with opened(path) as connection:
        rows = connection.execute(
            "SELECT run_id, rulebook, path, sha256, status, code FROM run_entry ORDER BY run_id DESC, path"
        ).fetchall()
    return list(checked_rows(path, "run_entry", rows, (str,) * 6))


def figures_on_record(path: Path) -> list[tuple[int, str, str, dict[str, int]]]:
    """Year, form, entity and its closing figures as in `closing_figures`, of all years. Raises `BatchFault` as that does."""
    with opened(path) as connection:
        rows = connection.execute(
            "SELECT fiscal_year, form_id, entity, figures FROM closing_figures ORDER BY fiscal_year DESC, form_id, entity"
        ).fetchall()
    checked = checked_rows(path, "closing_figures", rows, (int, str, str, str))
    return [(year, form, entity, _stored_figures(path, entity, figures)) for year, form, entity, figures in checked]


def checked_rows(path: Path, table: str, rows: Iterable[_Row], types: Sequence[type]) -> Iterable[_Row]:
    """Rows whose values are of these types; a number may be missing. SQLite keeps a text where a number belongs, and takes
    bytes for a text. Raises `BatchFault`."""
    checked = []
    for row in rows:
        for value, kind in zip(row, types, strict=True):
            if type(value) is not kind and not (kind is int and value is None):
                raise odd_row(path, table, next((name for name in row if isinstance(name, str)), None))
            if isinstance(value, int) and abs(value) > _LARGEST:
                raise odd_row(path, table, value)
        checked.append(row)
    return checked
