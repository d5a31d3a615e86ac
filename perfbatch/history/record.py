"""What earlier runs saw: `history.sqlite` in the outbox.

One row per run, one per inbox entry, department and finding of a run (what two runs are compared by), one per notice of a run
(by which the next night knows the day of a notice that says the same), and per department and year the closing figures that
next year's form must start from (R22). The night works on a copy and the copy replaces the file together with the other
outputs, so the history never knows of a night that did not happen. The journal is a rollback journal and the write one
transaction: a copy is never read while it is written, and a single file, without a WAL beside it, is what can be switched in
by a rename. A history of an earlier version is read as it is and brought up to date in the copy.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from perfbatch.district.result import BatchResult
from perfbatch.history.changes import RecordedDepartment, RecordedFinding, RecordedRun
from perfbatch.history.tables import WITH_ENTRIES, WITH_FORMS, WITH_NOTICES, opened, version_of
from perfbatch.model.errors import BatchFault
from perfbatch.model.figures import counts, texts
from perfbatch.model.legible import storable_text, storable_texts
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = [
    "HISTORY_NAME",
    "LastNight",
    "RecordedNotice",
    "closing_figures",
    "last_night",
    "last_run",
    "notice_days",
    "prior_figures",
    "recorded_run",
    "run_ids",
    "tonight",
    "write_history",
]

HISTORY_NAME = "history.sqlite"

# Departments whose figures are Python objects at a time.
_BLOCK = 1000
_encode = json.JSONEncoder(separators=(",", ":")).encode
# The values of a RecordedFinding, as a night has them.
_FINDING = attrgetter("budget_code", "code", "severity", "sheet", "cell", "field", "message")
_DEPARTMENT = (str, str, str, str, int, int, str, int)
_SEVERITIES = ("error", "warning", "info")
# Counts of 1/SCALE: more than any form takes, and less than 64 bits hold.
_LARGEST = 10**18
_SHOWN = 40
_Row = TypeVar("_Row", bound=tuple[Any, ...])


class RecordedNotice(NamedTuple):
    """A notice as a run gave it: its path in the outbox, its key, and the day on it."""

    path: str
    key: str
    day: date


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


def tonight(result: BatchResult) -> RecordedRun:
    """A night as `write_history` records it, for comparing it before it is written."""
    return RecordedRun(
        run_id=result.run_id,
        started_at=result.started_at.isoformat(),
        fiscal_year=result.rulebook.fiscal_year,
        departments=tuple(_departments(result)),
        findings=tuple(map(RecordedFinding._make, _findings(result))),
        set_aside=tuple(sorted(storable_text(one.path) for one in result.entries if one.status == "set_aside")),
    )


def write_history(
    earlier: Path | None, result: BatchResult, path: Path, notices: Iterable[RecordedNotice] = ()
) -> None:
    """Write the history of `earlier` (which may not exist) with tonight's run and its notices added to `path`."""
    if earlier is not None and earlier.exists():
        shutil.copyfile(earlier, path)
    with opened(path, write=True) as connection:
        connection.execute("BEGIN IMMEDIATE")
        _add_run(connection, result)
        connection.executemany(
            "INSERT INTO run_notice VALUES (?, ?, ?, ?)",
            ((result.run_id, one.path, one.key, one.day.isoformat()) for one in notices),
        )
        _add_closing_figures(connection, result)
        connection.execute("COMMIT")
    with path.open("rb+") as written:
        os.fsync(written.fileno())


def _add_run(connection: sqlite3.Connection, result: BatchResult) -> None:
    run_id, book = result.run_id, result.rulebook
    connection.execute(
        "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            run_id,
            result.started_at.isoformat(),
            result.finished_at.isoformat(),
            book.id,
            result.rulebook_sha256,
            book.fiscal_year,
            book.form_id,
        ),
    )
    rows = ((run_id, *one) for one in _departments(result))
    connection.executemany("INSERT INTO run_department VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.executemany(
        "INSERT INTO run_entry VALUES (?, ?, ?, ?, ?)",
        ((run_id, storable_text(one.path), one.sha256, one.status, one.code) for one in result.entries),
    )
    told = ((run_id, *one) for one in _findings(result))
    connection.executemany("INSERT INTO run_finding VALUES (?, ?, ?, ?, ?, ?, ?, ?)", told)


def _departments(result: BatchResult) -> Iterator[RecordedDepartment]:
    hashes = {entry.path: entry.sha256 for entry in result.entries}
    frame = result.departments
    named = zip(*(texts(frame[name]) for name in ("budget_code", "unit_name", "file")), strict=True)
    totals = (counts(frame[name]) for name in ("self_total", "verified_total"))
    standing = zip(*totals, texts(frame["grade"]), counts(frame["rank"]), strict=True)
    for (code, name, file), (own, verified, grade, rank) in zip(named, standing, strict=True):
        sha256 = hashes.get(file, "")
        code, name, file = storable_texts((code, name, file))
        yield RecordedDepartment(code, name, file, sha256, own, verified, grade, rank)


def _findings(result: BatchResult) -> Iterator[Sequence[str]]:
    return map(storable_texts, map(_FINDING, result.findings))


def _add_closing_figures(connection: sqlite3.Connection, result: BatchResult) -> None:
    frame, year, form = result.departments, result.rulebook.fiscal_year, result.rulebook.form_id
    fields = [
        field.id for field in result.rulebook.fields() if field.kind in NUMERIC_KINDS and field.id in frame.columns
    ]
    for start in range(0, len(frame), _BLOCK):
        block = frame.iloc[start : start + _BLOCK]
        columns = [counts(block[field]) for field in fields]
        rows = zip(texts(block["budget_code"]), zip(*columns, strict=True), strict=True)
        connection.executemany(
            "INSERT OR REPLACE INTO closing_figures VALUES (?, ?, ?, ?)",
            ((year, form, code, _figures(fields, values)) for code, values in rows if code),
        )


def _figures(fields: Sequence[str], values: Sequence[int | None]) -> str:
    return _encode({field: value for field, value in zip(fields, values, strict=True) if value is not None})
