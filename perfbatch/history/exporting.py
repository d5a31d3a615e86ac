"""`perfbatch history export`: the record of all nights as tables that other programs read.

A table a file: `runs`, `departments`, `entries`, `findings`, `figures`. Points and amounts are decimals in the unit of the form,
as in the run report; what is not known is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfbatch.history.reading import entries_on_record, figures_on_record, listed_runs, recorded_run
from perfbatch.model.errors import OperatorFault
from perfbatch.model.figures import decimal_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EXPORTED", "export_history"]

EXPORTED: Mapping[str, Sequence[str]] = {
    "runs": ("run_id", "rulebook", "form_id", "fiscal_year", "started_at", "departments", "findings"),
    "departments": (
        *("run_id", "rulebook", "entity", "name", "file", "sha256"),
        *("self_total", "verified_total", "grade", "rank"),
    ),
    "entries": ("run_id", "rulebook", "path", "sha256", "status", "code"),
    "findings": ("run_id", "rulebook", "entity", "code", "severity", "sheet", "cell", "field", "message"),
    "figures": ("fiscal_year", "form_id", "entity", "field", "value"),
}
"""Table → its columns."""

# A spreadsheet takes a text that begins so for a formula.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")


def export_history(history: Path, folder: Path, *, parquet: bool = False) -> list[Path]:
    """Write a history's tables into a folder, as CSV (UTF-8 with a mark, for Excel; a text that a spreadsheet would take for a
    formula begins with an apostrophe) or as Parquet (texts as they are); the files written.

    Raises `BatchFault` where the history cannot be read, `OperatorFault` where there is none, or where Parquet is wanted and the
    extra for it is not installed; `OSError` where a file cannot be written.
    """
    if not history.exists():
        raise OperatorFault("history.missing", history=history)
    if parquet:
        _need_pyarrow()
    written = []
    for name, rows in _tables(history).items():
        frame = _frame(rows, EXPORTED[name])
        path = folder / f"{name}.{'parquet' if parquet else 'csv'}"
        if parquet:
            frame.to_parquet(path, engine="pyarrow", index=False)
        else:
            frame.map(_inert).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
        written.append(path)
    return written


def _need_pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise OperatorFault("parquet.missing") from None


def _frame(rows: Iterator[Sequence[Any]], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(list(rows), columns=list(columns), dtype=object)
    for column in ("fiscal_year", "rank", "departments", "findings"):
        if column in frame:
            frame[column] = frame[column].astype("Int64")
    return frame


def _inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_ACTIVE) and not _is_figure(value) else value


def _is_figure(text: str) -> bool:
    return text[:1] == "-" and text[1:].replace(".", "", 1).isdecimal()


def _tables(history: Path) -> dict[str, Iterator[Sequence[Any]]]:
    runs = listed_runs(history)
    recorded = [(run, recorded_run(history, run.run_id, run.rulebook)) for run in runs]
    departments = (
        (run.run_id, run.rulebook, *row[:4], _points(row.self_total), _points(row.verified_total), row.grade, row.rank)
        for run, night in recorded
        if night is not None
        for row in night.departments
    )
    findings = (
        (run.run_id, run.rulebook, *row) for run, night in recorded if night is not None for row in night.findings
    )
    return {
        "runs": (
            (run.run_id, run.rulebook, run.form_id, run.fiscal_year, run.started_at, run.departments, run.findings)
            for run in runs
        ),
        "departments": departments,
        "entries": iter(entries_on_record(history)),
        "findings": findings,
        "figures": (
            (year, form, entity, field, decimal_text(count))
            for year, form, entity, figures in figures_on_record(history)
            for field, count in figures.items()
        ),
    }


def _points(count: int | None) -> str | None:
    return None if count is None else decimal_text(count)
