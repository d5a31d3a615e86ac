"""The run report: one night as JSON, in the shape of `run-report.schema.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from perfbatch import __version__
from perfbatch.findings import Finding
from perfbatch.intake.submission import InboxEntry
from perfbatch.publish.figures import counts, decimal_text, texts
from perfbatch.publish.legible import storable_text
from perfbatch.publish.register import finding_order
from perfbatch.result import STATUS_LABELS, BatchResult

__all__ = ["build_report", "report_schema", "write_report"]

_SCHEMA = "run-report.schema.json"


def report_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the run report."""
    schema: dict[str, Any] = json.loads(resources.files(__package__).joinpath(_SCHEMA).read_text("utf-8"))
    return schema


def build_report(result: BatchResult, outputs: Sequence[str]) -> dict[str, Any]:
    """The run report of a night; `outputs` are the paths it published, relative to the outbox.

    Amounts and scores are decimal strings ("274.98", "93.00"); a figure that is blank is null. Files are in the order of
    their paths, departments of their codes, scores as the rulebook has them, findings by gravity, department and code.
    """
    report = {
        "run_id": result.run_id,
        "started_at": _instant(result.started_at),
        "finished_at": _instant(result.finished_at),
        "perfbatch_version": __version__,
        "rulebook": result.rulebook.id,
        "rulebook_sha256": result.rulebook_sha256,
        "files": [_file(entry) for entry in sorted(result.entries, key=lambda entry: entry.path)],
        "departments": _departments(result),
        "findings": [_finding(finding) for finding in sorted(result.findings, key=finding_order)],
        "roster": _roster(result),
        "outputs": list(outputs),
        "phases": [{"phase": phase, "seconds": round(seconds, 3)} for phase, seconds in result.phases.seconds()],
    }
    storable: dict[str, Any] = _storable(report)
    return storable


def write_report(result: BatchResult, outputs: Sequence[str], path: Path) -> None:
    """Write the run report as UTF-8 JSON, the same bytes for the same night. Raises `OSError`."""
    content = json.dumps(build_report(result, outputs), ensure_ascii=False, indent=1, allow_nan=False)
    path.write_bytes(content.encode("utf-8") + b"\n")


def _instant(moment: datetime) -> str:
    """RFC 3339 with its offset; a moment without one is the local clock's."""
    return (moment if moment.tzinfo else moment.astimezone()).isoformat(timespec="seconds")


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {key: _storable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_storable(one) for one in value]
    return value


def _figure(count: int | None) -> str | None:
    return None if count is None else decimal_text(count)


def _file(entry: InboxEntry) -> dict[str, Any]:
    return {
        "path": entry.path,
        "bytes": entry.bytes,
        "sha256": entry.sha256,
        "status": entry.status,
        "code": entry.code or None,
        "message": entry.message or None,
        "budget_code": entry.budget_code,
        "unit_name": entry.unit_name,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "budget_code": finding.budget_code,
        "file": finding.file,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "field": finding.field,
        "reported": finding.reported,
        "expected": finding.expected,
        "difference": finding.difference,
        "message": finding.message,
        "remedy": finding.remedy,
    }


def _roster(result: BatchResult) -> dict[str, Any] | None:
    if result.roster is None:
        return None
    return {
        "expected": result.roster.expected,
        "received": result.roster.received,
        "missing": [{"budget_code": code, "unit_name": name} for code, name in result.roster.missing],
    }


def _departments(result: BatchResult) -> list[dict[str, Any]]:
    frame = result.departments
    scores = _scores(result)
    text = {name: texts(frame[name]) for name in ("budget_code", "unit_name", "file", "grade")}
    figure = {
        name: counts(frame[name])
        for name in ("self_total", "verified_total", *(f"points.{status}" for status in STATUS_LABELS))
    }
    ranks = counts(frame["rank"])
    departments = [
        {
            "budget_code": text["budget_code"][position],
            "unit_name": text["unit_name"][position],
            "file": text["file"][position],
            "self_total": _figure(figure["self_total"][position]),
            "verified_total": _figure(figure["verified_total"][position]),
            "grade": text["grade"][position],
            "rank": ranks[position],
            "points_by_status": {
                status: decimal_text(figure[f"points.{status}"][position] or 0) for status in STATUS_LABELS
            },
            "scores": scores[position],
        }
        for position in range(len(frame))
    ]
    return sorted(departments, key=lambda department: str(department["budget_code"]))


def _scores(result: BatchResult) -> list[list[dict[str, Any]]]:
    """The scores of each department, by its position in `departments`."""
    frame = result.scores
    scores: list[list[dict[str, Any]]] = [[] for _ in range(len(result.departments))]
    figures = zip(*(counts(frame[name]) for name in ("max", "self", "computed", "verified")), strict=True)
    named = zip(frame["department"].tolist(), texts(frame["indicator"]), texts(frame["status"]), strict=True)
    for (department, indicator, status), row, missing in zip(named, figures, frame["missing"].tolist(), strict=True):
        points, own, computed, verified = (_figure(count) for count in row)
        scores[department].append(
            {
                "indicator": indicator,
                "max": points,
                "self": own,
                "computed": computed,
                "verified": verified,
                "status": status,
                "missing": list(missing),
            }
        )
    return scores
