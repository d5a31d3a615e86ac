"""The tables of `history.sqlite`, and how the file is opened: read as it lies there, whatever lies beside it."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from perfbatch.model.errors import BatchFault
from perfbatch.model.words.reasons import reason

__all__ = ["HistoryDamaged", "opened", "version_of"]

_VERSION = 5

# A run has a row for each form that it was run by. An entity is known by its key as one text (`entity_code`).
_TABLES = """
CREATE TABLE run (
    run_id TEXT NOT NULL, rulebook TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT NOT NULL,
    rulebook_sha256 TEXT NOT NULL, fiscal_year INTEGER NOT NULL, form_id TEXT NOT NULL,
    PRIMARY KEY (run_id, rulebook)
) WITHOUT ROWID;
CREATE TABLE run_department (
    run_id TEXT NOT NULL, rulebook TEXT NOT NULL, entity TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL,
    sha256 TEXT NOT NULL, self_total INTEGER, verified_total INTEGER, grade TEXT NOT NULL, rank INTEGER,
    PRIMARY KEY (run_id, rulebook, entity, file)
) WITHOUT ROWID;
CREATE TABLE run_entry (
    run_id TEXT NOT NULL, rulebook TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, status TEXT NOT NULL,
    code TEXT NOT NULL, PRIMARY KEY (run_id, path)
) WITHOUT ROWID;
CREATE TABLE run_finding (
    run_id TEXT NOT NULL, rulebook TEXT NOT NULL, entity TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
    sheet TEXT NOT NULL, cell TEXT NOT NULL, field TEXT NOT NULL, message TEXT NOT NULL
);
CREATE INDEX run_finding_of ON run_finding (run_id, rulebook, entity);
CREATE TABLE run_notice (
    run_id TEXT NOT NULL, rulebook TEXT NOT NULL, path TEXT NOT NULL, key TEXT NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (run_id, path)
) WITHOUT ROWID;
CREATE TABLE closing_figures (
    fiscal_year INTEGER NOT NULL, form_id TEXT NOT NULL, entity TEXT NOT NULL, figures TEXT NOT NULL,
    PRIMARY KEY (fiscal_year, form_id, entity)
) WITHOUT ROWID;
"""

# Version 1 kept no inbox entries, and could not keep a department without a score; version 2 kept no notices; version 3
# knew one form a year, which its rows do not name; version 4 one form a run.
_ENTRIES_4 = """
CREATE TABLE run_entry (
    run_id TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, status TEXT NOT NULL, code TEXT NOT NULL,
    PRIMARY KEY (run_id, path)
) WITHOUT ROWID;
"""
_NOTICES_4 = """
CREATE TABLE run_notice (
    run_id TEXT NOT NULL, path TEXT NOT NULL, key TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (run_id, path)
) WITHOUT ROWID;
"""
_MIGRATIONS = {1: _ENTRIES_4 + _NOTICES_4, 2: _NOTICES_4, 3: "", 4: ""}
_OLD = ("run", "run_department", "run_entry", "run_finding", "run_notice", "closing_figures")
_FROM_4 = f"""
DROP INDEX IF EXISTS run_finding_of;
{"".join(f"ALTER TABLE {table} RENAME TO {table}_4;" for table in _OLD)}
{_TABLES}
INSERT INTO run SELECT run_id, rulebook, started_at, finished_at, rulebook_sha256, fiscal_year, {{form_of_run}} FROM run_4;
INSERT INTO run_department SELECT run_id, run_4.rulebook, budget_code, unit_name, file, sha256, self_total, verified_total, grade, rank
    FROM run_department_4 JOIN run_4 USING (run_id);
INSERT INTO run_entry SELECT run_id, run_4.rulebook, path, sha256, status, code FROM run_entry_4 JOIN run_4 USING (run_id);
INSERT INTO run_finding SELECT run_id, run_4.rulebook, budget_code, code, severity, sheet, cell, field, message
    FROM run_finding_4 JOIN run_4 USING (run_id) ORDER BY run_finding_4.rowid;
INSERT INTO run_notice SELECT run_id, run_4.rulebook, path, key, day FROM run_notice_4 JOIN run_4 USING (run_id);
INSERT INTO closing_figures SELECT fiscal_year, {{form_of_figures}}, budget_code, figures FROM closing_figures_4;
{"".join(f"DROP TABLE {table}_4;" for table in _OLD)}
"""


class HistoryDamaged(BatchFault):
    """The file is no database, or none any more: nobody can read what it held."""


@contextmanager
def opened(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """A history of this version; one of an earlier version is brought up to it, to be read in memory alone: what lies in the
    outbox is never changed in place.

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
            elif version_of(connection) in _MIGRATIONS:
                with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
                    connection.backup(copy)
                    _prepare(path, copy, write=True)
                    yield copy
                return
            _prepare(path, connection, write)
            yield connection
    except sqlite3.DatabaseError as error:
        damaged = getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
        raise (HistoryDamaged if damaged else BatchFault)(
            "history.unusable", path=path, reason=reason(error)
        ) from error


def _refuse_others(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise BatchFault("history.unreadable", path=path, reason=reason(error)) from error
    if not stat.S_ISREG(mode):
        raise BatchFault("history.no_file", path=path)


def _prepare(path: Path, connection: sqlite3.Connection, write: bool) -> None:
    version = version_of(connection)
    if version == 0:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise BatchFault("history.foreign", path=path)
        if not write:
            raise HistoryDamaged("history.empty", path=path)
        connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
    elif write and version in _MIGRATIONS:
        connection.executescript(
            f"BEGIN; {_MIGRATIONS[version]}{_steps(connection)} PRAGMA user_version = {_VERSION}; COMMIT;"
        )
    elif version != _VERSION:
        raise BatchFault("history.version", path=path, version=version)


def _steps(connection: sqlite3.Connection) -> str:
    """From version 4; where forms are not on record yet, they are none."""
    forms = {}
    for name, table in (("form_of_run", "run"), ("form_of_figures", "closing_figures")):
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        forms[name] = "form_id" if "form_id" in columns else "''"
    return _FROM_4.format(**forms)


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the tables; 0 of a file without any."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
