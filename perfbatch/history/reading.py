"""What a history says: of one run, of the last one, of a year's closing figures. What no run has written is refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from perfbatch.history.changes import RecordedDepartment, RecordedFinding, RecordedRun
from perfbatch.history.tables import WITH_ENTRIES, WITH_FORMS, WITH_NOTICES, opened, version_of
from perfbatch.model.errors import BatchFault
from perfbatch.rulebook.model import Rulebook

__all__ = [
    "LastNight",
    "ListedRun",
    "closing_figures",
    "last_night",
    "last_run",
    "listed_runs",
    "notice_days",
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
    """budget_code → field id → count of 1/SCALE, as the departments reported them for a year; empty without a history.

    `fields` are the ones wanted, all unless given; `form_id` is the form that they were reported on, any unless given. Raises
    `BatchFault` for a file that is not a history, or holds what none does.
    """
    if not path.exists():
        return {}
    query, given = "SELECT budget_code, figures FROM closing_figures WHERE fiscal_year = ?", [fiscal_year]
    with opened(path) as connection:
        if version_of(connection) < WITH_FORMS:
            rows = connection.execute(query, given)
        else:
            # What was reported before forms were on record is any form's; what is on record of this one goes before it.
            query += " AND (? = '' OR form_id IN (?, '')) ORDER BY form_id"
            rows = connection.execute(query, (*given, form_id, form_id))
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
        raise _odd(path, "closing_figures", code)
    for field, count in known.items():
        if type(count) is not int or abs(count) > _LARGEST:
            raise _odd(path, "closing_figures", f"{code}, {field}")
    return known


def _odd(path: Path, table: str, place: object) -> BatchFault:
    where = str(place)[:_SHOWN] if isinstance(place, str | int) else type(place).__name__
    return BatchFault(
        f"{path}: holds what no run has written (table {table}, at {where}). Restore it from a backup or move it away."
    )


def prior_figures(path: Path, rulebook: Rulebook, fields: Collection[str] | None = None) -> dict[str, dict[str, int]]:
    """The closing figures of the year before a rulebook's, under the field ids of today: what was renamed since is found by the
    id that it had then. `fields` and what is raised are as for `closing_figures`."""
    names = rulebook.lineage.names_of
    wanted = {field.id for field in rulebook.fields()} if fields is None else fields
    old_ids = {old for field in wanted for old in names("fields", field)}
    stored = closing_figures(path, rulebook.fiscal_year - 1, old_ids, rulebook.form_id)
    return {
        code: {
            field: next(known[name] for name in names("fields", field) if name in known)
            for field in wanted
            if any(name in known for name in names("fields", field))
        }
        for code, known in stored.items()
    }


class ListedRun(NamedTuple):
    """A run as the history lists it; `form_id` is "" of one from before forms were on record."""

    run_id: str
    started_at: str
    rulebook: str
    fiscal_year: int
    form_id: str
    departments: int
    findings: int


def listed_runs(path: Path) -> list[ListedRun]:
    """The runs on record, the latest first; empty without a history. Raises `BatchFault` as `closing_figures`."""
    if not path.exists():
        return []
    with opened(path) as connection:
        form = "form_id" if version_of(connection) >= WITH_FORMS else "''"
        counted = ", ".join(
            f"(SELECT count(*) FROM {table} WHERE {table}.run_id = run.run_id)"
            for table in ("run_department", "run_finding")
        )
        rows = connection.execute(
            f"SELECT run_id, started_at, rulebook, fiscal_year, {form}, {counted} FROM run"
            " ORDER BY started_at DESC, run_id DESC"
        ).fetchall()
    return [ListedRun._make(row) for row in _checked(path, "run", rows, (str, str, str, int, str, int, int))]


def run_ids(path: Path) -> list[str]:
    """The runs on record, the latest first; empty without a history. Raises `BatchFault` as `closing_figures`."""
    if not path.exists():
        return []
    with opened(path) as connection:
        rows = connection.execute("SELECT run_id FROM run ORDER BY started_at DESC, run_id DESC").fetchall()
    return [run_id for (run_id,) in _checked(path, "run", rows, (str,))]


def last_run(path: Path, fiscal_year: int, form_id: str = "") -> RecordedRun | None:
    """The latest run over a year's form, of any form unless given; None where there is none. Raises `BatchFault` as
    `closing_figures`."""
    if not path.exists():
        return None
    with opened(path) as connection:
        run_id = _last_id(connection, fiscal_year, form_id)
        return _recorded(path, connection, run_id) if run_id is not None else None


def last_night(path: Path, fiscal_year: int, form_id: str) -> LastNight | None:
    """How much the latest run over a year's form had; None where there is none. Raises `BatchFault` as `closing_figures`."""
    if not path.exists():
        return None
    with opened(path) as connection:
        run_id = _last_id(connection, fiscal_year, form_id)
        if run_id is None:
            return None
        count = "SELECT count(*) FROM {} WHERE run_id = ?"
        (accepted,) = connection.execute(count.format("run_department"), (run_id,)).fetchone()
        files = accepted
        if version_of(connection) >= WITH_ENTRIES:
            (files,) = connection.execute(count.format("run_entry"), (run_id,)).fetchone()
        # Brought up from a version without entries, a run has its departments alone.
        return LastNight(max(files, accepted), accepted)


def _last_id(connection: sqlite3.Connection, fiscal_year: int, form_id: str) -> str | None:
    given: tuple[object, ...] = (fiscal_year,)
    of_form = ""
    if version_of(connection) >= WITH_FORMS:
        of_form, given = "AND (? = '' OR form_id IN (?, ''))", (fiscal_year, form_id, form_id)
    row: tuple[str] | None = connection.execute(
        f"SELECT run_id FROM run WHERE fiscal_year = ? {of_form} ORDER BY started_at DESC, run_id DESC LIMIT 1", given
    ).fetchone()
    return row[0] if row else None


def notice_days(path: Path, fiscal_year: int, form_id: str = "") -> dict[str, date]:
    """key → day, of the notices of the latest run over a year's form; empty where there is none, or none on record.

    Raises `BatchFault` as `closing_figures`.
    """
    if not path.exists():
        return {}
    with opened(path) as connection:
        if version_of(connection) < WITH_NOTICES:
            return {}
        rows = connection.execute(
            "SELECT key, day FROM run_notice WHERE run_id = ?", (_last_id(connection, fiscal_year, form_id),)
        ).fetchall()
    days = {}
    for key, day in _checked(path, "run_notice", rows, (str, str)):
        try:
            days[key] = date.fromisoformat(day)
        except ValueError:
            raise _odd(path, "run_notice", day) from None
    return days


def recorded_run(path: Path, run_id: str) -> RecordedRun | None:
    """One run as it was recorded; None where the history does not know it. Raises `BatchFault` as `closing_figures`."""
    if not path.exists():
        return None
    with opened(path) as connection:
        return _recorded(path, connection, run_id)


def _recorded(path: Path, connection: sqlite3.Connection, run_id: str) -> RecordedRun | None:
    run = connection.execute("SELECT started_at, fiscal_year, run_id FROM run WHERE run_id = ?", (run_id,)).fetchone()
    if run is None:
        return None
    _checked(path, "run", [run], (str, int, str))
    departments = connection.execute(
        "SELECT budget_code, unit_name, file, sha256, self_total, verified_total, grade, rank FROM run_department"
        " WHERE run_id = ? ORDER BY budget_code, file",
        (run_id,),
    ).fetchall()
    findings = connection.execute(
        "SELECT budget_code, code, severity, sheet, cell, field, message FROM run_finding WHERE run_id = ? ORDER BY rowid",
        (run_id,),
    )
    entries: list[tuple[str]] = []
    if version_of(connection) >= WITH_ENTRIES:
        entries = connection.execute(
            "SELECT path FROM run_entry WHERE run_id = ? AND status = 'set_aside' ORDER BY path", (run_id,)
        ).fetchall()
    # The texts of a district's findings are few, and each row brings its own copy of them.
    known: dict[str, str] = {}
    shared = (RecordedFinding._make(map(known.setdefault, row, row)) for row in findings)
    recorded = RecordedRun(
        run_id=run_id,
        started_at=run[0],
        fiscal_year=run[1],
        departments=tuple(map(RecordedDepartment._make, _checked(path, "run_department", departments, _DEPARTMENT))),
        findings=tuple(_checked(path, "run_finding", shared, (str,) * len(RecordedFinding._fields))),
        set_aside=tuple(path for (path,) in _checked(path, "run_entry", entries, (str,))),
    )
    for finding in recorded.findings:
        if finding.severity not in _SEVERITIES:
            raise _odd(path, "run_finding", finding.severity)
    return recorded


def _checked(path: Path, table: str, rows: Iterable[_Row], types: Sequence[type]) -> Iterable[_Row]:
    """Rows whose values are of these types; a number may be missing. SQLite keeps a text where a number belongs, and takes
    bytes for a text. Raises `BatchFault`."""
    checked = []
    for row in rows:
        for value, kind in zip(row, types, strict=True):
            if type(value) is not kind and not (kind is int and value is None):
                raise _odd(path, table, next((name for name in row if isinstance(name, str)), None))
            if isinstance(value, int) and abs(value) > _LARGEST:
                raise _odd(path, table, value)
        checked.append(row)
    return checked
