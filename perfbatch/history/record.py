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
from contextlib import closing, contextmanager
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from perfbatch.district.result import BatchResult
from perfbatch.history.changes import RecordedDepartment, RecordedFinding, RecordedRun
from perfbatch.model.errors import BatchFault
from perfbatch.model.figures import counts, texts
from perfbatch.model.legible import storable_text, storable_texts
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = [
    "HISTORY_NAME",
    "RecordedNotice",
    "closing_figures",
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

_VERSION = 3
_NOTICES = """
CREATE TABLE run_notice (
    run_id TEXT NOT NULL REFERENCES run, path TEXT NOT NULL, key TEXT NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (run_id, path)
) WITHOUT ROWID;
"""
_TABLES = f"""{_NOTICES}
CREATE TABLE run (
    run_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT NOT NULL,
    rulebook TEXT NOT NULL, rulebook_sha256 TEXT NOT NULL, fiscal_year INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE run_department (
    run_id TEXT NOT NULL REFERENCES run, budget_code TEXT NOT NULL, unit_name TEXT NOT NULL, file TEXT NOT NULL,
    sha256 TEXT NOT NULL, self_total INTEGER, verified_total INTEGER, grade TEXT NOT NULL, rank INTEGER,
    PRIMARY KEY (run_id, budget_code, file)
) WITHOUT ROWID;
CREATE TABLE run_entry (
    run_id TEXT NOT NULL REFERENCES run, path TEXT NOT NULL, sha256 TEXT NOT NULL, status TEXT NOT NULL, code TEXT NOT NULL,
    PRIMARY KEY (run_id, path)
) WITHOUT ROWID;
CREATE TABLE run_finding (
    run_id TEXT NOT NULL REFERENCES run, budget_code TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
    sheet TEXT NOT NULL, cell TEXT NOT NULL, field TEXT NOT NULL, message TEXT NOT NULL
);
CREATE INDEX run_finding_of ON run_finding (run_id, budget_code);
CREATE TABLE closing_figures (
    fiscal_year INTEGER NOT NULL, budget_code TEXT NOT NULL, figures TEXT NOT NULL,
    PRIMARY KEY (fiscal_year, budget_code)
) WITHOUT ROWID;
"""

# Version 1 kept no inbox entries, and could not keep a department without a score; version 2 kept no notices.
_FROM_1 = f"""{_NOTICES}
ALTER TABLE run_department RENAME TO run_department_1;
CREATE TABLE run_department (
    run_id TEXT NOT NULL REFERENCES run, budget_code TEXT NOT NULL, unit_name TEXT NOT NULL, file TEXT NOT NULL,
    sha256 TEXT NOT NULL, self_total INTEGER, verified_total INTEGER, grade TEXT NOT NULL, rank INTEGER,
    PRIMARY KEY (run_id, budget_code, file)
) WITHOUT ROWID;
INSERT INTO run_department SELECT * FROM run_department_1;
DROP TABLE run_department_1;
CREATE TABLE run_entry (
    run_id TEXT NOT NULL REFERENCES run, path TEXT NOT NULL, sha256 TEXT NOT NULL, status TEXT NOT NULL, code TEXT NOT NULL,
    PRIMARY KEY (run_id, path)
) WITHOUT ROWID;
"""
_MIGRATIONS = {1: _FROM_1, 2: _NOTICES}
_WITH_ENTRIES, _WITH_NOTICES = 2, 3


class RecordedNotice(NamedTuple):
    """A notice as a run gave it: its path in the outbox, its key, and the day on it."""

    path: str
    key: str
    day: date


@contextmanager
def _opened(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """A history of this version or, to read only, of an earlier one: what lies in the outbox is never changed in place."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            version = _version(connection)
            if version == 0:
                if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    raise BatchFault(f"{path}: is not a history of perfbatch. Move it away.")
                connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
            elif write and version in _MIGRATIONS:
                connection.executescript(f"BEGIN; {_MIGRATIONS[version]} PRAGMA user_version = {_VERSION}; COMMIT;")
            elif version != _VERSION and version not in _MIGRATIONS:
                raise BatchFault(f"{path}: written by another version of perfbatch ({version}). Use that version.")
            yield connection
    except sqlite3.DatabaseError as error:
        raise BatchFault(
            f"{path}: cannot be used as the history ({error}). Restore it from a backup or move it away."
        ) from error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def closing_figures(path: Path, fiscal_year: int, fields: Collection[str] | None = None) -> dict[str, dict[str, int]]:
    """budget_code → field id → count of 1/SCALE, as the departments reported them for a year; empty without a history.

    `fields` are the ones wanted, all unless given. Raises `BatchFault` for a file that is not a history.
    """
    if not path.exists():
        return {}
    with _opened(path) as connection:
        rows = connection.execute(
            "SELECT budget_code, figures FROM closing_figures WHERE fiscal_year = ?", (fiscal_year,)
        )
        stored = ((code, json.loads(figures)) for code, figures in rows)
        if fields is None:
            return dict(stored)
        return {code: {field: known[field] for field in fields if field in known} for code, known in stored}


def prior_figures(path: Path, rulebook: Rulebook, fields: Collection[str] | None = None) -> dict[str, dict[str, int]]:
    """The closing figures of the year before a rulebook's, under the field ids of today: what was renamed since is found by the
    id that it had then. `fields` and what is raised are as for `closing_figures`."""
    names = rulebook.lineage.names_of
    wanted = {field.id for field in rulebook.fields()} if fields is None else fields
    stored = closing_figures(
        path, rulebook.fiscal_year - 1, {old for field in wanted for old in names("fields", field)}
    )
    return {
        code: {
            field: next(known[name] for name in names("fields", field) if name in known)
            for field in wanted
            if any(name in known for name in names("fields", field))
        }
        for code, known in stored.items()
    }


def run_ids(path: Path) -> list[str]:
    """The runs on record, the latest first; empty without a history. Raises `BatchFault` for a file that is none."""
    if not path.exists():
        return []
    with _opened(path) as connection:
        return [
            run_id for (run_id,) in connection.execute("SELECT run_id FROM run ORDER BY started_at DESC, run_id DESC")
        ]


def last_run(path: Path, fiscal_year: int) -> RecordedRun | None:
    """The latest run over a year's form; None where there is none. Raises `BatchFault` for a file that is no history."""
    if not path.exists():
        return None
    with _opened(path) as connection:
        run_id = _last_id(connection, fiscal_year)
        return _recorded(connection, run_id) if run_id is not None else None


def _last_id(connection: sqlite3.Connection, fiscal_year: int) -> str | None:
    found: tuple[str] | None = connection.execute(
        "SELECT run_id FROM run WHERE fiscal_year = ? ORDER BY started_at DESC, run_id DESC LIMIT 1", (fiscal_year,)
    ).fetchone()
    return found[0] if found else None


def notice_days(path: Path, fiscal_year: int) -> dict[str, date]:
    """key → day, of the notices of the latest run over a year's form; empty where there is none, or none on record.

    Raises `BatchFault` as `last_run`.
    """
    if not path.exists():
        return {}
    with _opened(path) as connection:
        if _version(connection) < _WITH_NOTICES:
            return {}
        rows = connection.execute(
            "SELECT key, day FROM run_notice WHERE run_id = ?", (_last_id(connection, fiscal_year),)
        )
        return {key: date.fromisoformat(day) for key, day in rows}


def recorded_run(path: Path, run_id: str) -> RecordedRun | None:
    """One run as it was recorded; None where the history does not know it. Raises `BatchFault` as `last_run`."""
    if not path.exists():
        return None
    with _opened(path) as connection:
        return _recorded(connection, run_id)


def _recorded(connection: sqlite3.Connection, run_id: str) -> RecordedRun | None:
    run = connection.execute("SELECT started_at, fiscal_year FROM run WHERE run_id = ?", (run_id,)).fetchone()
    if run is None:
        return None
    departments = connection.execute(
        "SELECT budget_code, unit_name, file, sha256, self_total, verified_total, grade, rank FROM run_department"
        " WHERE run_id = ? ORDER BY budget_code, file",
        (run_id,),
    )
    findings = connection.execute(
        "SELECT budget_code, code, severity, sheet, cell, field, message FROM run_finding WHERE run_id = ? ORDER BY rowid",
        (run_id,),
    )
    entries: list[tuple[str]] = []
    if _version(connection) >= _WITH_ENTRIES:
        entries = connection.execute(
            "SELECT path FROM run_entry WHERE run_id = ? AND status = 'set_aside' ORDER BY path", (run_id,)
        ).fetchall()
    # The texts of a district's findings are few, and each row brings its own copy of them.
    texts: dict[str, str] = {}
    return RecordedRun(
        run_id=run_id,
        started_at=run[0],
        fiscal_year=run[1],
        departments=tuple(map(RecordedDepartment._make, departments)),
        findings=tuple(RecordedFinding._make(map(texts.setdefault, row, row)) for row in findings),
        set_aside=tuple(path for (path,) in entries),
    )


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


def write_history(earlier: Path, result: BatchResult, path: Path, notices: Iterable[RecordedNotice] = ()) -> None:
    """Write the history of `earlier` (which may not exist) with tonight's run and its notices added to `path`."""
    if earlier.exists():
        shutil.copyfile(earlier, path)
    with _opened(path, write=True) as connection:
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
        "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?)",
        (
            run_id,
            result.started_at.isoformat(),
            result.finished_at.isoformat(),
            book.id,
            result.rulebook_sha256,
            book.fiscal_year,
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
    frame, year = result.departments, result.rulebook.fiscal_year
    fields = [
        field.id for field in result.rulebook.fields() if field.kind in NUMERIC_KINDS and field.id in frame.columns
    ]
    for start in range(0, len(frame), _BLOCK):
        block = frame.iloc[start : start + _BLOCK]
        columns = [counts(block[field]) for field in fields]
        rows = zip(texts(block["budget_code"]), zip(*columns, strict=True), strict=True)
        connection.executemany(
            "INSERT OR REPLACE INTO closing_figures VALUES (?, ?, ?)",
            ((year, code, _figures(fields, values)) for code, values in rows if code),
        )


def _figures(fields: Sequence[str], values: Sequence[int | None]) -> str:
    return _encode({field: value for field, value in zip(fields, values, strict=True) if value is not None})
