"""What earlier runs saw: `history.sqlite` in the outbox.

One row per run, one per department of a run, and per department and year the closing figures that next year's form must
start from (R22). The night works on a copy and the copy replaces the file together with the other outputs, so the history
never knows of a night that did not happen. The journal is a rollback journal and the write one transaction: a copy is
never read while it is written, and a single file, without a WAL beside it, is what can be switched in by a rename.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from perfbatch.errors import BatchFault
from perfbatch.result import BatchResult
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = ["HISTORY_NAME", "closing_figures", "write_history"]

HISTORY_NAME = "history.sqlite"

_VERSION = 1
_TABLES = """
CREATE TABLE run (
    run_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT NOT NULL,
    rulebook TEXT NOT NULL, rulebook_sha256 TEXT NOT NULL, fiscal_year INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE run_department (
    run_id TEXT NOT NULL REFERENCES run, budget_code TEXT NOT NULL, unit_name TEXT NOT NULL, file TEXT NOT NULL,
    sha256 TEXT NOT NULL, self_total INTEGER, verified_total INTEGER NOT NULL, grade TEXT NOT NULL, rank INTEGER NOT NULL,
    PRIMARY KEY (run_id, budget_code, file)
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


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
            elif version != _VERSION:
                raise BatchFault(f"{path}: written by another version of perfbatch ({version}). Use that version.")
            yield connection
    except sqlite3.DatabaseError as error:
        raise BatchFault(
            f"{path}: cannot be used as the history ({error}). Restore it from a backup or move it away."
        ) from error


def closing_figures(path: Path, fiscal_year: int) -> dict[str, dict[str, int]]:
    """budget_code → field id → count of 1/SCALE, as the departments reported them for a year; empty without a history.

    Raises `BatchFault` for a file that is not a history.
    """
    if not path.exists():
        return {}
    with _opened(path) as connection:
        rows = connection.execute(
            "SELECT budget_code, figures FROM closing_figures WHERE fiscal_year = ?", (fiscal_year,)
        )
        return {code: json.loads(figures) for code, figures in rows}


def write_history(earlier: Path, result: BatchResult, path: Path) -> None:
    """Write the history of `earlier` (which may not exist) with tonight's run added to `path`."""
    if earlier.exists():
        shutil.copyfile(earlier, path)
    with _opened(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        _add_run(connection, result)
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
    hashes = {entry.path: entry.sha256 for entry in result.entries}
    columns = ["budget_code", "unit_name", "file", "self_total", "verified_total", "grade", "rank"]
    connection.executemany(
        "INSERT INTO run_department VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (run_id, code, name, file, hashes.get(file, ""), _int(self_total), _int(verified), grade, _int(rank))
            for code, name, file, self_total, verified, grade, rank in result.departments[columns].itertuples(
                index=False, name=None
            )
        ),
    )
    connection.executemany(
        "INSERT INTO run_finding VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (run_id, one.budget_code, one.code, one.severity.value, one.sheet, one.cell, one.field, one.message)
            for one in result.findings
        ),
    )


def _add_closing_figures(connection: sqlite3.Connection, result: BatchResult) -> None:
    frame = result.departments
    fields = [
        field.id for field in result.rulebook.fields() if field.kind in NUMERIC_KINDS and field.id in frame.columns
    ]
    records = frame[["budget_code", *fields]].itertuples(index=False, name=None)
    connection.executemany(
        "INSERT OR REPLACE INTO closing_figures VALUES (?, ?, ?)",
        (
            (result.rulebook.fiscal_year, code, _figures(dict(zip(fields, values, strict=True))))
            for code, *values in records
            if code
        ),
    )


def _figures(values: Mapping[str, object]) -> str:
    known = {field: number for field, value in values.items() if (number := _int(value)) is not None}
    return json.dumps(known, separators=(",", ":"))


def _int(value: object) -> int | None:
    """A cell of a nullable column as SQLite takes it; pandas' NA is no int."""
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return None
