"""The hidden sheets behind 部门一览 and the charts: a row per department, a row per finding, and what charts are drawn from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from perfbatch.findings import Severity
from perfbatch.publish.figures import counts, nearest_float, texts
from perfbatch.publish.register import finding_order
from perfbatch.publish.summary.sheet import Sheet
from perfbatch.result import STATUS_LABELS, BatchResult
from perfbatch.rulebook.model import Rulebook

__all__ = ["BLANK", "Ledger", "card_amounts", "write_ledger"]

BLANK = "—"
"""What stands where there is no figure: a formula would show an empty cell as 0."""

_LABEL_LIMIT = 100
_FOLD = {"computed": "1", "self_reported": "2", "not_applicable": "3", "adjusted": "4"}


@dataclass(frozen=True)
class Ledger:
    """Where things stand: key of a figure → column of the departments' sheet; `values` row by row as written (header row
    left out), `findings` likewise."""

    departments: Sheet
    findings: Sheet
    columns: dict[str, int]
    values: list[list[Any]]
    found: list[list[str]]
    finding_columns: tuple[str, ...] = ("级别", "代码", "位置", "问题说明", "处理办法")

    @property
    def last(self) -> int:
        """The last row of the departments' sheet."""
        return len(self.values)


def card_amounts(rulebook: Rulebook) -> list[str]:
    """The amounts that a department's card shows: all columns of the unit tables."""
    return [field.id for table in rulebook.unit_tables.values() for field in table.fields if field.kind == "amount"]


def write_ledger(departments: Sheet, findings: Sheet, result: BatchResult) -> Ledger:
    """Fill both sheets and hide them."""
    order = sorted(range(len(result.findings)), key=lambda at: _by_department(result, at))
    first: dict[str, int] = {}
    found: list[list[str]] = []
    for row, at in enumerate(order, 1):
        finding = result.findings[at]
        first.setdefault(finding.file, row)
        place = f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
        severity = f"{_SIGNS[finding.severity]} {finding.severity.label}"
        found.append([severity, finding.code, place or BLANK, finding.message or BLANK, finding.remedy or BLANK])
    columns, values = _departments(result, first)
    _write(departments, list(columns), values)
    ledger = Ledger(departments, findings, columns, values, found)
    _write(findings, list(ledger.finding_columns), found)
    for sheet in (departments, findings):
        sheet.native.hide()
    return ledger


_SIGNS = {Severity.ERROR: "■", Severity.WARNING: "▲", Severity.INFO: "○"}


def _by_department(result: BatchResult, at: int) -> tuple[object, ...]:
    finding = result.findings[at]
    return (finding.file, *finding_order(finding))


def _departments(result: BatchResult, first: dict[str, int]) -> tuple[dict[str, int], list[list[Any]]]:
    frame, rulebook = result.departments, result.rulebook
    text = {name: texts(frame[name]) for name in ("budget_code", "unit_name", "file", "grade")}
    size = len(frame)
    found = Counter((finding.file, finding.severity) for finding in result.findings)
    by_key: dict[str, list[Any]] = {
        "label": _labels(text["budget_code"], text["unit_name"]),
        "budget_code": text["budget_code"],
        "unit_name": text["unit_name"],
        "file": text["file"],
        "grade": [grade or BLANK for grade in text["grade"]],
        "rank": [BLANK if rank is None else rank for rank in counts(frame["rank"])],
        "self_total": _figures(counts(frame["self_total"])),
        "verified_total": _figures(counts(frame["verified_total"])),
        **{f"points.{one}": _figures(counts(frame[f"points.{one}"])) for one in STATUS_LABELS},
        **{severity.value: [found[file, severity] for file in text["file"]] for severity in Severity},
        "first": [first.get(file, 0) for file in text["file"]],
    }
    by_key["findings"] = [sum(by_key[severity.value][at] for severity in Severity) for at in range(size)]
    for field in card_amounts(rulebook):
        by_key[field] = _figures(counts(frame[field]))
    scores = result.scores
    status_of = [[""] * len(rulebook.indicators) for _ in range(size)]
    place = {indicator.id: number for number, indicator in enumerate(rulebook.indicators)}
    for name in ("self", "verified"):
        for indicator in rulebook.indicators:
            by_key[f"{name}.{indicator.id}"] = [BLANK] * size
        rows = zip(
            scores["department"].tolist(), texts(scores["indicator"]), _figures(counts(scores[name])), strict=True
        )
        for department, indicator_id, value in rows:
            by_key[f"{name}.{indicator_id}"][department] = value
    computable = [0] * size
    named = zip(
        scores["department"].tolist(),
        texts(scores["indicator"]),
        texts(scores["status"]),
        counts(scores["max"]),
        strict=True,
    )
    for department, indicator_id, status, most in named:
        status_of[department][place[indicator_id]] = _FOLD[status]
        computable[department] += (most or 0) if status == "computed" else 0
    by_key["computable"] = _figures(list(computable))
    # One digit per indicator: its place in the list of statuses.
    by_key["statuses"] = ["".join(one) for one in status_of]
    columns = {key: number for number, key in enumerate(by_key)}
    return columns, [list(row) for row in zip(*by_key.values(), strict=True)]


def _labels(codes: list[str], names: list[str]) -> list[str]:
    """What the drop-down shows, no two alike, short enough to be looked up."""
    seen: Counter[str] = Counter()
    labels = []
    for code, name in zip(codes, names, strict=True):
        label = f"{code}　{name}".strip()[:_LABEL_LIMIT] or BLANK
        seen[label] += 1
        labels.append(label if seen[label] == 1 else f"{label}（{seen[label]}）")
    return labels


def _figures(column: list[int | None]) -> list[Any]:
    return [BLANK if value is None else nearest_float(value) for value in column]


def _write(sheet: Sheet, headings: list[str], rows: list[list[Any]]) -> None:
    for column, heading in enumerate(headings):
        sheet.text(0, column, heading, "plain")
    for row, values in enumerate(rows, 1):
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.text(row, column, value, "plain")
            else:
                sheet.number(row, column, value, "plain")
