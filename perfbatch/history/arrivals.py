"""The arrivals on record: per year and form, when the first report of a department came in, and when each file that could not be read.

The tables are made where they are first written, and stay when runs are taken off the record. Of a history without them what its
runs have seen is asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from perfbatch.district.arrivals import Arrivals, seen
from perfbatch.district.result import BatchResult
from perfbatch.history.reading import checked_rows, odd_row
from perfbatch.history.tables import opened
from perfbatch.model.legible import storable_text
from perfbatch.rulebook.model import Rulebook

__all__ = ["add_arrivals", "arrivals_on_record"]

_TABLES = """
CREATE TABLE IF NOT EXISTS arrival_department (
    fiscal_year INTEGER NOT NULL, form_id TEXT NOT NULL, entity TEXT NOT NULL, name TEXT NOT NULL, arrived TEXT NOT NULL,
    PRIMARY KEY (fiscal_year, form_id, entity)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS arrival_file (
    fiscal_year INTEGER NOT NULL, form_id TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, arrived TEXT NOT NULL,
    PRIMARY KEY (fiscal_year, form_id, file, sha256)
) WITHOUT ROWID;
"""
_DEPARTMENTS = "SELECT entity, name, arrived FROM arrival_department WHERE fiscal_year = ? AND form_id = ?"
_FILES = "SELECT file, sha256, arrived FROM arrival_file WHERE fiscal_year = ? AND form_id = ?"
# What runs saw that were recorded before arrivals were. A run from before forms were on record is one of the form where it was run by
# the same rulebook.
_SEASON = "run.fiscal_year = ? AND (run.form_id = ? OR (run.form_id = '' AND run.rulebook = ?))"
_DEPARTMENTS_OF_RUNS = (
    "SELECT entity, name, min(started_at) FROM run_department JOIN run USING (run_id, rulebook)"
    f" WHERE {_SEASON} GROUP BY entity"
)
_FILES_OF_RUNS = (
    "SELECT path, sha256, min(started_at) FROM run_entry JOIN run USING (run_id)"
    f" WHERE run_entry.rulebook IN (run.rulebook, '') AND status = 'set_aside' AND {_SEASON} GROUP BY path, sha256"
)


def add_arrivals(connection: sqlite3.Connection, result: BatchResult) -> None:
    """Put on record when tonight's reports came in, and the files that could not be read."""
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    season = (result.rulebook.fiscal_year, result.rulebook.form_id)
    names = {entry.entity_code: entry.entity_title for entry in result.entries if entry.status == "accepted"}
    connection.executemany(
        "INSERT OR REPLACE INTO arrival_department VALUES (?, ?, ?, ?, ?)",
        (
            (*season, storable_text(code), storable_text(names.get(code, "")), arrived.isoformat())
            for code, arrived in result.arrived.items()
        ),
    )
    connection.executemany(
        "INSERT OR REPLACE INTO arrival_file VALUES (?, ?, ?, ?, ?)",
        (
            (*season, storable_text(file), sha256, result.arrivals.of_file(entry, result.started_at).isoformat())
            for entry in result.entries
            for file, sha256 in [seen(entry)]
            if entry.status == "set_aside" and sha256
        ),
    )


def arrivals_on_record(path: Path, rulebook: Rulebook) -> Arrivals:
    """What the nights of a rulebook's season have seen; of none without a history. Raises `BatchFault` for what no run has
    written."""
    if not path.exists():
        return Arrivals()
    season: tuple[object, ...] = (rulebook.fiscal_year, rulebook.form_id)
    of_runs = (*season, rulebook.id)
    with opened(path) as connection:
        nights = connection.execute(f"SELECT count(*) FROM run WHERE {_SEASON}", of_runs).fetchone()[0]
        tables = "SELECT count(*) FROM sqlite_master WHERE name IN ('arrival_department', 'arrival_file')"
        if connection.execute(tables).fetchone()[0] == 2:
            departments = connection.execute(_DEPARTMENTS, season).fetchall()
            files = connection.execute(_FILES, season).fetchall()
        else:
            departments = connection.execute(_DEPARTMENTS_OF_RUNS, of_runs).fetchall()
            files = [
                (whole.rpartition("/")[2] if isinstance(whole, str) else whole, sha256, arrived)
                for whole, sha256, arrived in connection.execute(_FILES_OF_RUNS, of_runs)
            ]
    seen_files: dict[tuple[str, str], datetime] = {}
    for file, sha256, arrived in _rows(path, "arrival_file", files):
        moment = _moment(path, arrived)
        # A file that lay in two folders is one file.
        seen_files[file, sha256] = min(moment, seen_files.get((file, sha256), moment))
    return Arrivals(
        {
            code: (name, _moment(path, arrived))
            for code, name, arrived in _rows(path, "arrival_department", departments)
            if code
        },
        seen_files,
        first_night=nights == 0,
    )


def _rows(path: Path, table: str, rows: Iterable[tuple[str, str, str]]) -> Iterable[tuple[str, str, str]]:
    return checked_rows(path, table, rows, (str, str, str))


def _moment(path: Path, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise odd_row(path, "arrival", text) from None
    return moment if moment.tzinfo else moment.astimezone()
