"""The roster as values: who is expected to report, the bureau's own control figures, its reviewers' scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from perfbatch.model.findings import Finding
from perfbatch.rulebook.checks import fields_of_record
from perfbatch.rulebook.model import Rulebook

__all__ = [
    "MAX_UNITS",
    "REVIEW_COLUMNS",
    "REVIEW_SHEET",
    "ROSTER_COLUMNS",
    "ROSTER_SHEET",
    "WAIVER_COLUMNS",
    "WAIVER_SHEET",
    "Roster",
    "RosterEntry",
    "Waiver",
    "control_figures",
    "roster_columns",
]

ROSTER_SHEET = "部门名录"
REVIEW_SHEET = "财政复核"
WAIVER_SHEET = "豁免事项"

MAX_UNITS = 500
"""Subordinate units that a department's workbook has room for."""

ROSTER_COLUMNS: Mapping[str, str] = {
    "budget_code": "预算编码",
    "unit_name": "部门（单位）名称",
    "office": "归口业务股室",
    "contact": "联系方式（脱敏）",
    "subordinate_units": "二级机构",
}
"""The columns of every roster; those of `control_figures` follow."""

REVIEW_COLUMNS: Mapping[str, str] = {
    "budget_code": "预算编码",
    "indicator": "指标代码",
    "score": "核定得分",
    "reason": "核定理由",
}
WAIVER_COLUMNS: Mapping[str, str] = {
    "budget_code": "预算编码",
    "code": "问题代码",
    "place": "单元格或栏目",
    "reason": "豁免理由",
    "until": "有效期至",
}


def control_figures(rulebook: Rulebook) -> tuple[str, ...]:
    """The fields that the bureau has figures of its own for: those that a check holds against the roster (R23)."""
    return tuple(fields_of_record("roster", rulebook))


def roster_columns(rulebook: Rulebook) -> dict[str, str]:
    """Column → heading; a figure has its unit in it."""
    columns = dict(ROSTER_COLUMNS)
    for name in control_figures(rulebook):
        field = rulebook.field_by_id[name]
        unit = rulebook.kind_of(field).unit
        columns[name] = field.label if not unit or f"（{unit}）" in field.label else f"{field.label}（{unit}）"
    return columns


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One department. `subordinate_units` is empty where the roster says that there are none, None where it has no such
    column. `figures` is field id → count of 1/SCALE of its unit, without what the bureau left blank."""

    budget_code: str
    unit_name: str
    office: str = ""
    contact: str = ""
    subordinate_units: tuple[str, ...] | None = None
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiver:
    """What the bureau lets stand in one department until a day, that day included. `code` is a finding's code or a check's id;
    `place` is a cell (`C7`, `收支情况!C7`) or a field's id, "" for wherever it is found; `line` is its row in the sheet, from 1."""

    budget_code: str
    code: str
    place: str
    reason: str
    until: date
    line: int


@dataclass(frozen=True, slots=True)
class Roster:
    """The departments in the roster's order, and (budget_code, indicator id) → (score in 1/SCALE points, reason).

    `findings` say what of it cannot be used, `file` is its name: neither keeps a night from being run.
    """

    entries: tuple[RosterEntry, ...]
    reviews: Mapping[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    findings: tuple[Finding, ...] = ()
    file: str = field(default="", compare=False)
