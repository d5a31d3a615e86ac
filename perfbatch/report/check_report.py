"""What `perfbatch check --json` prints: one document for all files, in the shapes of the run report.

    {"perfbatch_version", "rulebook", "rulebook_sha256" (null where the files are of several forms), "verdict",
     "files": [{"path" (as given), "bytes", "sha256", "verdict", "code", "message", "remedy", "rulebook" (null where nobody
                could tell), "entity_key", "budget_code", "unit_name", "self_total", "verified_total", "grade",
                "points_by_status", "points_at_risk",
                "findings_by_severity": {"error", "warning", "info"}, "scores": [as in the run report],
                "findings": [as in the run report, without file, with "points_at_risk" and "indicators"]}]}

A verdict is clean, findings (an error or a warning) or unreadable; the document's is the gravest of its files. Of an
unreadable file there is what the inbox entry says; the rest is null or empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from perfbatch import __version__
from perfbatch.district.register import in_order
from perfbatch.district.result import BatchResult
from perfbatch.model.figures import decimal_text
from perfbatch.model.findings import AtRisk, Finding, Severity
from perfbatch.model.legible import storable_text
from perfbatch.model.submission import SCALE, InboxEntry
from perfbatch.report.report import build_report

__all__ = ["VERDICTS", "build_check_report", "total_at_risk", "verdict_of"]

VERDICTS = ("clean", "findings", "unreadable")
"""From the best to the gravest."""

_OF_DEPARTMENT = (
    "entity_key",
    "budget_code",
    "unit_name",
    "self_total",
    "verified_total",
    "grade",
    "points_by_status",
    "scores",
)


def verdict_of(result: BatchResult | None) -> str:
    """The verdict on one file; None is a file that could not be read."""
    if result is None:
        return "unreadable"
    return "findings" if any(finding.asks for finding in result.findings) else "clean"


def total_at_risk(result: BatchResult, department: int) -> Decimal:
    """The points at risk over all findings of a department, each indicator once."""
    file = result.departments["file"].iloc[department]
    named = {
        indicator for finding, risk in result.at_risk.items() if finding.file == file for indicator in risk.indicators
    }
    mine = result.scores[(result.scores["department"] == department) & result.scores["indicator"].isin(named)]
    return Decimal(int(mine["verified"].sum())) / SCALE


def build_check_report(
    rulebook: str | None, rulebook_sha256: str | None, files: Sequence[tuple[str, InboxEntry, BatchResult | None]]
) -> dict[str, Any]:
    """The document. `files` is (path as given, what became of it, its night or None where it could not be read); `rulebook` is
    that of all of them, None where there are several."""
    reports = [_file(path, entry, result) for path, entry, result in files]
    return {
        "perfbatch_version": __version__,
        "rulebook": rulebook,
        "rulebook_sha256": rulebook_sha256,
        "verdict": max((file["verdict"] for file in reports), key=VERDICTS.index, default=VERDICTS[0]),
        "files": reports,
    }


def _file(path: str, entry: InboxEntry, result: BatchResult | None) -> dict[str, Any]:
    of_file: dict[str, Any] = {
        "path": storable_text(path),
        "bytes": entry.bytes,
        "sha256": entry.sha256,
        "verdict": verdict_of(result),
        "code": entry.code or None,
        "message": storable_text(entry.message) or None,
        "remedy": storable_text(entry.remedy) or None,
        "rulebook": entry.rulebook or None,
        "entity_key": [],
        "budget_code": storable_text(entry.entity_code),
        "unit_name": storable_text(entry.entity_title),
    }
    if result is None:
        blank = dict.fromkeys(("self_total", "verified_total", "grade", "points_by_status", "points_at_risk"))
        return {**of_file, **blank, "findings_by_severity": _counted(()), "scores": [], "findings": []}
    report = build_report(result, ())
    (department,) = report["departments"]
    ordered = in_order(result.findings)
    of_department = {name: department[name] for name in _OF_DEPARTMENT}
    scores = of_department.pop("scores")
    return {
        **of_file,
        **of_department,
        "points_at_risk": _points(total_at_risk(result, 0)),
        "findings_by_severity": _counted(ordered),
        "scores": scores,
        "findings": [
            _finding(entry, result.at_risk.get(finding))
            for entry, finding in zip(report["findings"], ordered, strict=True)
        ],
    }


def _counted(findings: Sequence[Finding]) -> dict[str, int]:
    counts = Counter(finding.severity for finding in findings if not finding.settled)
    return {severity.value: counts[severity] for severity in Severity}


def _finding(entry: dict[str, Any], risk: AtRisk | None) -> dict[str, Any]:
    shown = {name: value for name, value in entry.items() if name != "file"}
    return {
        **shown,
        "points_at_risk": _points(risk.points if risk else Decimal(0)),
        "indicators": list(risk.indicators) if risk else [],
    }


def _points(points: Decimal) -> str:
    return decimal_text(int(points * SCALE))
