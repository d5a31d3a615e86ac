"""`perfbatch history --keep N`: runs that nobody needs any more are taken off the record."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from perfbatch.history.reading import listed_runs
from perfbatch.history.record import HISTORY_NAME
from perfbatch.history.tables import opened
from perfbatch.outbox.switch import locked, publish

__all__ = ["keep_runs"]

_TABLES = ("run", "run_department", "run_entry", "run_finding", "run_notice")


def keep_runs(outbox: Path, count: int) -> tuple[list[str], list[str]]:
    """Take all but the latest `count` runs off the record of an outbox; the runs that stay, and those that went, the latest first.

    The latest run of every form and year stays in any case: the next night is held against it, and its notices keep their day.
    So do the closing figures and explanations, which next year starts from, and when each report came in. The history is exchanged as a whole. Raises
    `BatchFault` where another run holds the outbox, the history cannot be read, or the new one cannot be written.
    """
    history = outbox / HISTORY_NAME
    if not history.exists():
        return [], []
    with locked(outbox):
        runs = listed_runs(history)
        ids = list(dict.fromkeys(run.run_id for run in runs))
        latest = {(run.form_id, run.fiscal_year): run.run_id for run in reversed(runs)}
        kept = {*ids[:count], *latest.values()}
        gone = [run_id for run_id in ids if run_id not in kept]
        if gone:
            publish(outbox, {HISTORY_NAME: lambda path: _write_without(history, gone, path)})
    return [run_id for run_id in ids if run_id in kept], gone


def _write_without(history: Path, gone: list[str], path: Path) -> None:
    shutil.copyfile(history, path)
    with opened(path, write=True) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for table in _TABLES:
            connection.executemany(f"DELETE FROM {table} WHERE run_id = ?", ((run_id,) for run_id in gone))
        connection.execute("COMMIT")
        connection.execute("VACUUM")
    with path.open("rb+") as written:
        os.fsync(written.fileno())
