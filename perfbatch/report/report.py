"""The run report: one night as JSON, in the shape of `run-report.schema.json`.

The text is put together line by line and written as it comes: a district of any size is never in memory as a tree. Every
file, score and finding stands on a line of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from importlib import resources
from operator import attrgetter
from pathlib import Path
from typing import Any

from perfbatch import __version__
from perfbatch.district.register import in_order
from perfbatch.district.reporting import Standing
from perfbatch.district.result import STATUS_LABELS, BatchResult, RunResult, run_of
from perfbatch.model.figures import counts, decimal_text, texts
from perfbatch.model.findings import Finding
from perfbatch.model.legible import storable_text
from perfbatch.model.submission import InboxEntry
from perfbatch.report.entity_names import NO_UNIT, EntityNames
from perfbatch.report.json_text import encode, encoded, figure_text, storable
from perfbatch.report.score_lines import row_scores, scores_of

__all__ = ["REPORT_NAME", "SCHEMA_VERSION", "build_report", "report_schema", "write_report"]

REPORT_NAME = "run-report.json"
"""Its name in the outbox."""

_SCHEMA = "run-report.schema.json"
SCHEMA_VERSION = 2
# There are more findings than anything else: a line for each without a dictionary for each.
_FINDING = attrgetter(
    *("code", "severity", "file", "sheet", "cell", "field", "check"),
    *("reported", "expected", "difference", "message", "remedy", "waived", "explained"),
)
_FINDING_LINE = (
    '{"code": %s, "severity": %s, "rulebook": %s, "entity_key": %s, "budget_code": %s, "file": %s, "sheet": %s, '
    '"cell": %s, "field": %s, "check": %s, "reported": %s, "expected": %s, "difference": %s, "message": %s, '
    '"remedy": %s, "waived": %s, "explained": %s}'
)


def report_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the run report."""
    schema: dict[str, Any] = json.loads(resources.files(__package__).joinpath(_SCHEMA).read_text("utf-8"))
    return schema


def build_report(result: BatchResult | RunResult, outputs: Sequence[str]) -> dict[str, Any]:
    """The run report of a night; `outputs` are the paths it published, relative to the outbox.

    Amounts and scores are decimal strings ("274.98", "93.00"); a figure that is blank is null. Files are in the order of
    their paths, departments rulebook by rulebook in the order of their codes, scores as the rulebook has them, findings rulebook
    by rulebook by gravity, department and code.
    """
    report: dict[str, Any] = json.loads("".join(_lines(run_of(result), outputs)))
    return report


def write_report(result: BatchResult | RunResult, outputs: Sequence[str], path: Path) -> None:
    """Write the run report as UTF-8 JSON, the same bytes for the same night. Raises `OSError`."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_lines(run_of(result), outputs))


def _lines(run: RunResult, outputs: Sequence[str]) -> Iterator[str]:
    """The report's text in pieces, the last one ending the line."""
    head = {
        "schema_version": SCHEMA_VERSION,
        "run_id": run.run_id,
        "started_at": _instant(run.started_at),
        "finished_at": _instant(run.finished_at),
        "perfbatch_version": __version__,
        "rulebooks": [storable(_rulebook(result)) for result in run.results],
    }
    yield "{\n"
    for name, value in head.items():
        yield f'"{name}": {encode(value)},\n'
    of_form = {result.rulebook.id: EntityNames(result) for result in run.results}
    entries = sorted(run.entries, key=lambda entry: entry.path)
    yield from _listed("files", (_file(entry, of_form.get(entry.rulebook)) for entry in entries))
    yield from _listed("departments", (line for result in run.results for line in _departments(result)))
    yield from _listed("findings", (line for result in run.results for line in _findings(result)))
    yield f'"roster": {encode(storable(_roster(run)))},\n'
    yield f'"outputs": {encode(storable(list(outputs)))},\n'
    phases = [{"phase": phase, "seconds": round(seconds, 3)} for phase, seconds in run.phases.seconds()]
    yield f'"phases": {encode(phases)}\n}}\n'


def _listed(name: str, members: Iterable[str]) -> Iterator[str]:
    """A list with a member on each line."""
    yield f'"{name}": ['
    separator = "\n"
    for member in members:
        yield f"{separator}{member}"
        separator = ",\n"
    yield "],\n" if separator == "\n" else "\n],\n"


def _instant(moment: datetime) -> str:
    """RFC 3339 with its offset; a moment without one is the local clock's."""
    return (moment if moment.tzinfo else moment.astimezone()).isoformat(timespec="seconds")


def _rulebook(result: BatchResult) -> dict[str, Any]:
    book = result.rulebook
    return {
        "id": book.id,
        "sha256": result.rulebook_sha256,
        "form_id": book.form_id,
        "form_version": book.form_version,
        "fiscal_year": book.fiscal_year,
        "sources": list(result.rulebook_sources),
        "summary": result.summary_name,
    }


def _file(entry: InboxEntry, names: EntityNames | None) -> str:
    return encoded(
        {
            "path": entry.path,
            "bytes": entry.bytes,
            "sha256": entry.sha256,
            "status": entry.status,
            "code": entry.code or None,
            "message": entry.message or None,
            "rulebook": names.rulebook.id if names else None,
            "entity_key": names.key(entry.entity_code) if names else [],
            **(names.unit(entry.entity_code, entry.entity_title, entry.path) if names else NO_UNIT),
        }
    )


def _findings(result: BatchResult) -> Iterator[str]:
    names = EntityNames(result)
    rulebook = encode(storable_text(result.rulebook.id))
    keys: dict[str, str] = {}
    for finding in in_order(result.findings):
        code = finding.entity_code
        if code not in keys:
            keys[code] = encode(storable(names.key(code)))
        yield _finding(finding, rulebook, keys[code], names.unit_code(code, finding.file))


def _finding(finding: Finding, rulebook: str, key: str, unit_code: str | None) -> str:
    """A finding's line; `rulebook` and `key` are encoded."""
    values = _FINDING(finding)
    text = _finding_line(values, rulebook, key, unit_code)
    if text.isprintable():
        return text
    code = None if unit_code is None else storable_text(unit_code)
    return _finding_line([storable_text(value) for value in values], rulebook, key, code)


def _finding_line(values: Sequence[str], rulebook: str, key: str, unit_code: str | None) -> str:
    code, severity, file, sheet, cell, field, check, *rest = map(encode, values)
    origin = check if values[6] else "null"
    *words, waived, explained = rest
    notes = (waived if values[-2] else "null", explained if values[-1] else "null")
    return _FINDING_LINE % (
        code,
        severity,
        rulebook,
        key,
        encode(unit_code),
        file,
        sheet,
        cell,
        field,
        origin,
        *words,
        *notes,
    )


def _roster(run: RunResult) -> dict[str, Any] | None:
    """All rosters of the night together."""
    tallies = [(EntityNames(result), result.tally) for result in run.results if result.tally is not None]
    if not tallies:
        return None
    listed = {
        name: [
            {
                "rulebook": names.rulebook.id,
                "entity_key": names.key(department.entity_code),
                "name": department.entity_title,
                **names.unit(department.entity_code, department.entity_title, ""),
            }
            for names, tally in tallies
            for department in tally.departments(standing)
        ]
        for name, standing in (("sent_back", Standing.SENT_BACK), ("missing", Standing.MISSING))
    }
    counted = {name: sum(getattr(tally, name) for _, tally in tallies) for name in ("expected", "received", "late")}
    return counted | listed


def _departments(result: BatchResult) -> Iterator[str]:
    frame = result.departments
    text = {name: texts(frame[name]) for name in ("entity_code", "entity_title", "file", "grade")}
    points = [f"points.{status}" for status in STATUS_LABELS]
    figure = {name: counts(frame[name]) for name in ("self_total", "verified_total", *points)}
    ranks = counts(frame["rank"])
    order = sorted(range(len(frame)), key=text["entity_code"].__getitem__)
    names = EntityNames(result)
    of_rows = row_scores(result)
    for position, of_indicators in zip(order, scores_of(result, order), strict=True):
        scores = ",\n".join(filter(None, (of_indicators, *of_rows.get(position, ()))))
        head = encoded(
            {
                "rulebook": result.rulebook.id,
                "entity_key": names.key(text["entity_code"][position]),
                "name": text["entity_title"][position],
                **names.unit(*(text[name][position] for name in ("entity_code", "entity_title", "file"))),
                "file": text["file"][position],
                "self_total": figure_text(figure["self_total"][position]),
                "verified_total": figure_text(figure["verified_total"][position]),
                "grade": text["grade"][position],
                "rank": ranks[position],
                "points_by_status": {
                    status: decimal_text(figure[f"points.{status}"][position] or 0) for status in STATUS_LABELS
                },
            }
        )
        yield f'{head[:-1]}, "scores": [\n{scores}]}}' if scores else f'{head[:-1]}, "scores": []}}'
