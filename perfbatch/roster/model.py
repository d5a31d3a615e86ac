"""The roster as values: who is expected to report, the bureau's own control figures, its reviewers' scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "CONTROL_FIGURES",
    "MAX_UNITS",
    "REVIEW_COLUMNS",
    "REVIEW_SHEET",
    "ROSTER_COLUMNS",
    "ROSTER_SHEET",
    "Roster",
    "RosterEntry",
]

ROSTER_SHEET = "部门名录"
REVIEW_SHEET = "财政复核"

MAX_UNITS = 500
"""Subordinate units that a department's workbook has room for."""

CONTROL_FIGURES = ("authorized_posts", "budget_initial", "general_budget_appropriation")
"""The fields that the bureau has figures of its own for (R23)."""

ROSTER_COLUMNS: Mapping[str, str] = {
    "budget_code": "预算编码",
    "unit_name": "部门（单位）名称",
    "office": "归口业务股室",
    "contact": "联系方式（脱敏）",
    "subordinate_units": "二级机构",
    "authorized_posts": "人员编制（人）",
    "budget_initial": "年初预算数（万元）",
    "general_budget_appropriation": "公共财政拨款（万元）",
}
REVIEW_COLUMNS: Mapping[str, str] = {
    "budget_code": "预算编码",
    "indicator": "指标代码",
    "score": "核定得分",
    "reason": "核定理由",
}


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
class Roster:
    """The departments in the roster's order, and (budget_code, indicator id) → (score in 1/SCALE points, reason)."""

    entries: tuple[RosterEntry, ...]
    reviews: Mapping[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
