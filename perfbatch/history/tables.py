"""The tables of `history.sqlite`, and how the file is opened: read as it lies there, whatever lies beside it."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from perfbatch.model.errors import BatchFault

__all__ = ["WITH_ENTRIES", "WITH_FORMS", "WITH_NOTICES", "HistoryDamaged", "opened", "version_of"]

_VERSION = 4
WITH_ENTRIES, WITH_NOTICES, WITH_FORMS = 2, 3, 4
"""The versions from which on entries, notices and the form of a run are on record."""

_NOTICES = """
CREATE TABLE run_notice (
    run_id TEXT NOT NULL REFERENCES run, path TEXT NOT NULL, key TEXT NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (run_id, path)
) WITHOUT ROWID;
"""
_CLOSING = """
CREATE TABLE closing_figures (
    fiscal_year INTEGER NOT NULL, form_id TEXT NOT NULL, budget_code TEXT NOT NULL, figures TEXT NOT NULL,
    PRIMARY KEY (fiscal_year, form_id, budget_code)
) WITHOUT ROWID;
"""
_TABLES = f"""{_NOTICES}{_CLOSING}
CREATE TABLE run (
    run_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT NOT NULL,
    rulebook TEXT NOT NULL, rulebook_sha256 TEXT NOT NULL, fiscal_year INTEGER NOT NULL, form_id TEXT NOT NULL DEFAULT ''
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
"""

# Version 1 kept no inbox entries, and could not keep a department without a score; version 2 kept no notices; version 3
# knew one form a year, which its rows do not name.
_FROM_1 = """
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
_FORM_OF_A_RUN = "ALTER TABLE run ADD COLUMN form_id TEXT NOT NULL DEFAULT '';"
_FORM_OF_FIGURES = f"""
ALTER TABLE closing_figures RENAME TO closing_figures_3;
{_CLOSING}
INSERT INTO closing_figures SELECT fiscal_year, '', budget_code, figures FROM closing_figures_3;
DROP TABLE closing_figures_3;
"""
_MIGRATIONS = {1: _FROM_1 + _NOTICES, 2: _NOTICES, 3: ""}


class HistoryDamaged(BatchFault):
    """The file is no database, or none any more: nobody can read what it held."""


@contextmanager
def opened(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """A history of this version or, to read only, of an earlier one: what lies in the outbox is never changed in place.

    To be read it must be a regular file, and is taken as it is: SQLite would open a journal that somebody put beside it, and
    wait for ever where that is a pipe. Raises `HistoryDamaged`, `BatchFault` for whatever else is no history.
    """
    mode = "rwc"
    if not write:
        _refuse_others(path)
        mode = "ro&immutable=1"
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
        ) as connection:
            if write:
                connection.execute("PRAGMA journal_mode = DELETE")
            _prepare(path, connection, write)
            yield connection
    except sqlite3.DatabaseError as error:
        damaged = getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
        raise (HistoryDamaged if damaged else BatchFault)(
            f"{path}: cannot be used as the history ({error}). Restore it from a backup or move it away."
        ) from error


def _refuse_others(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise BatchFault(
            f"{path}: cannot be used as the history ({error.strerror}). Make it readable or move it away."
        ) from error
    if not stat.S_ISREG(mode):
        raise BatchFault(f"{path}: cannot be used as the history (not a regular file). Move it away.")


def _prepare(path: Path, connection: sqlite3.Connection, write: bool) -> None:
    version = version_of(connection)
    if version == 0:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise BatchFault(f"{path}: is not a history of perfbatch. Move it away.")
        if not write:
            raise HistoryDamaged(f"{path}: cannot be used as the history (it is empty). Move it away.")
        connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
    elif write and version in _MIGRATIONS:
        steps = _MIGRATIONS[version] + _forms_added(connection)
        connection.executescript(f"BEGIN; {steps} PRAGMA user_version = {_VERSION}; COMMIT;")
    elif version != _VERSION and version not in _MIGRATIONS:
        raise BatchFault(f"{path}: written by another version of perfbatch ({version}). Use that version.")


def _forms_added(connection: sqlite3.Connection) -> str:
    steps = {"run": _FORM_OF_A_RUN, "closing_figures": _FORM_OF_FIGURES}
    named = {table: {row[1] for row in connection.execute(f"PRAGMA table_info({table})")} for table in steps}
    return "".join(step for table, step in steps.items() if "form_id" not in named[table])


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the tables; 0 of a file without any."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
