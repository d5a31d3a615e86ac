"""What earlier runs saw: `history.sqlite` in the outbox.

One row per run and form, one per inbox entry, department and finding of a run (what two runs are compared by), one per notice of a run
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
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from perfbatch.district.result import BatchResult, RunResult, run_of
from perfbatch.history.arrivals import add_arrivals
from perfbatch.history.changes import RecordedDepartment, RecordedFinding, RecordedRun
from perfbatch.history.explanations import add_explanations
from perfbatch.history.tables import opened
from perfbatch.model.figures import counts, texts
from perfbatch.model.legible import storable_text, storable_texts
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = ["HISTORY_NAME", "RecordedNotice", "tonight", "write_history"]

HISTORY_NAME = "history.sqlite"

# So many departments at a time have their figures turned into Python objects, which take far more memory than columns.
_BLOCK = 1000
_encode = json.JSONEncoder(separators=(",", ":")).encode
# The values of a RecordedFinding, as a night has them.
_FINDING = attrgetter("entity_code", "code", "severity", "sheet", "cell", "field", "message")


class RecordedNotice(NamedTuple):
    """A notice as a run gave it: its path in the outbox, its key, the day on it, and the rulebook of its form."""

    path: str
    key: str
    day: date
    rulebook: str


def tonight(result: BatchResult) -> RecordedRun:
    """A form's night as `write_history` records it, for comparing it before it is written."""
    return RecordedRun(
        run_id=result.run_id,
        started_at=result.started_at.isoformat(),
        fiscal_year=result.rulebook.fiscal_year,
        departments=tuple(_departments(result)),
        findings=tuple(map(RecordedFinding._make, _findings(result))),
        set_aside=tuple(sorted(storable_text(entry.path) for entry in result.entries if entry.status == "set_aside")),
        rulebook=result.rulebook.id,
        form_id=result.rulebook.form_id,
    )


def write_history(
    earlier: Path | None, result: BatchResult | RunResult, path: Path, notices: Iterable[RecordedNotice] = ()
) -> None:
    """Write the history of `earlier` (which may not exist) with tonight's run and its notices added to `path`."""
    run = run_of(result)
    if earlier is not None and earlier.exists():
        shutil.copyfile(earlier, path)
    with opened(path, write=True) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO run_entry VALUES (?, ?, ?, ?, ?, ?)",
            (
                (run.run_id, entry.rulebook, storable_text(entry.path), entry.sha256, entry.status, entry.code)
                for entry in run.entries
            ),
        )
        for of_form in run.results:
            _add_run(connection, of_form)
            _add_closing_figures(connection, of_form)
            add_explanations(connection, of_form.rulebook, of_form.findings)
            add_arrivals(connection, of_form)
        connection.executemany(
            "INSERT INTO run_notice VALUES (?, ?, ?, ?, ?)",
            ((run.run_id, notice.rulebook, notice.path, notice.key, notice.day.isoformat()) for notice in notices),
        )
        connection.execute("COMMIT")
    with path.open("rb+") as written:
        os.fsync(written.fileno())


def _add_run(connection: sqlite3.Connection, result: BatchResult) -> None:
    run_id, book = result.run_id, result.rulebook
    connection.execute(
        "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            run_id,
            book.id,
            result.started_at.isoformat(),
            result.finished_at.isoformat(),
            result.rulebook_sha256,
            book.fiscal_year,
            book.form_id,
        ),
    )
    rows = ((run_id, book.id, *department) for department in _departments(result))
    connection.executemany("INSERT INTO run_department VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    findings = ((run_id, book.id, *finding) for finding in _findings(result))
    connection.executemany("INSERT INTO run_finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", findings)


def _departments(result: BatchResult) -> Iterator[RecordedDepartment]:
    hashes = {entry.path: entry.sha256 for entry in result.entries}
    frame = result.departments
    named = zip(*(texts(frame[name]) for name in ("entity_code", "entity_title", "file")), strict=True)
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
        rows = zip(texts(block["entity_code"]), zip(*columns, strict=True), strict=True)
        connection.executemany(
            "INSERT OR REPLACE INTO closing_figures VALUES (?, ?, ?, ?)",
            ((year, form, code, _figures(fields, values)) for code, values in rows if code),
        )


def _figures(fields: Sequence[str], values: Sequence[int | None]) -> str:
    return _encode({field: value for field, value in zip(fields, values, strict=True) if value is not None})
