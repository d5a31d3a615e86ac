"""A department without a fault: every identity holds, every indicator can be computed and is claimed as it is computed.

Cases are told as changes to it. A change is addressed like a cell of `tests.submissions`: `field!row`, or the field's id
alone for a cell that stands by itself; `evidence!id` is an answer of the checklist.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perfbatch.model.submission import Submission
from perfbatch.rulebook.model import Rulebook
from tests.submissions import RULEBOOK, submission

INDICATORS = [indicator.id for indicator in RULEBOOK.indicators]

#                                汇总   局机关  二级机构
UNIT_TABLES: dict[str, list[Any]] = {
    "entity_name":                 ["汇总", "局机关", "服务中心"],
    "revenue_total":                [550, 335, 215],
    "carryover_prior_year":         [12, 10, 2],
    "general_budget_appropriation": [480, 300, 180],
    "gov_fund_appropriation":       [20, 20, 0],
    "nontax_special_account":       [30, 0, 30],
    "revenue_other":                [8, 5, 3],
    "expenditure_total":            [540, 330, 210],
    "basic_expenditure":            [400, 245, 155],
    "personnel_expenditure":        [260, 160, 100],
    "operating_expenditure":        [140, 85, 55],
    "project_expenditure":          [140, 85, 55],
    "balance_current_year":         [-2, -5, 3],
    "balance_cumulative":           [10, 5, 5],
    "three_public_total":           [9, 6, 3],
    "official_reception":           [3, 2, 1],
    "vehicle_operation":            [5, 3, 2],
    "vehicle_purchase":             [0, 0, 0],
    "overseas_travel":              [1, 1, 0],
    "fixed_assets_total":           [200, 130, 70],
    "fixed_assets_in_use":          [190, 120, 70],
    "fixed_assets_leased":          [6, 6, 0],
    "fixed_assets_other":           [4, 4, 0],
}  # fmt: skip

#                           self   what the rule makes of the figures below
SCORECARD: dict[str, Any] = {
    "staff_control_rate":         5,    # 20 / 20 = 100 %
    "three_public_change_rate":   5,    # (10 − 12) / 12 < 0
    "key_spending_share":         5,    # 126 / 140 = 90 %
    "budget_adjustment_rate":     2,    # (5 + 3 + 4 − 2) / 500 = 2 %
    "payment_progress":           2.5,  # one late
    "fund_balance":               2,    # 0 < 10 ≤ 12
    "three_public_control_rate":  6,    # 9 / 10 = 90 %
    "budget_management_system":   3,    # three times 是
    "fund_use_compliance":        2,    # one breach
    "disclosure":                 2.5,  # the last of five is 否
    "procurement_execution_rate": 2.8,  # 99 / 100 = 99 %
    "official_card_rate":         2,    # 45 / 100 = 45 %
    "asset_management_system":    3,    # twice 是
    "asset_safety":               4,    # no breach
    "fixed_asset_utilisation":    2.5,  # 190 / 200 = 95 %
    "duty_xiaokang":              5,
    "duty_growth":                7,
    "duty_work_report":           5,
    "duty_livelihood":            2,
    "duty_major_projects":        2,
    "duty_other":                 4,
    "economic_benefit":           5,
    "social_benefit":             5,
    "ecological_benefit":         5,
    "satisfaction":               3,    # 90 %
}  # fmt: skip

# One target of every type: position in the table → (target, what was done).
TARGETS: dict[int, tuple[str, str]] = {
    0: ("服务规范", "全部达标"),  # 质量指标
    6: ("培训3次", "培训3次"),  # 数量指标
    12: ("按时完成", "按时完成"),  # 时效指标
    15: ("不超预算", "未超预算"),  # 成本指标
    18: ("职工受益", "受益面扩大"),  # 社会效益
    21: ("带动就业", "带动就业"),  # 经济效益
    24: ("节能降耗", "用电下降"),  # 生态效益
}
_TARGET_ROWS = 27

SINGLE_CELLS: dict[str, Any] = {
    "unit_name": "区无误局",
    "budget_code": "100001",
    "fiscal_year": 2020,
    "authorized_posts": 20,
    "on_post_staff": 20,
    "three_public_budget_prior": 12,
    "three_public_budget": 10,
    "three_public_final_prior": 11,
    "key_project_expenditure": 126,
    "budget_initial": 500,
    "budget_supplement": 5,
    "budget_reduction": 3,
    "budget_reallocation": 4,
    "budget_adjustment_exempt": 2,
    "special_fund_count": 6,
    "special_fund_late_count": 1,
    "procurement_budget": 100,
    "procurement_actual": 99,
    "official_card_spending": 45,
    "official_card_eligible": 100,
    "satisfaction_rate": "0.9",
    "self_score_total": 92.3,
    "scorecard_total": 92.3,
    "self_grade": "优秀",
    "narrative_on_post_staff": 20,
    "narrative_admin_staff": 12,
    "narrative_institution_staff": 8,
    "narrative_basic_expenditure": 400,
    "wages_welfare": 200,
    "goods_services": 140,
    "personal_family_subsidy": 60,
}

EVIDENCE: dict[str, Any] = {
    **{f"budget_management_system.{number}": "是" for number in (1, 2, 3)},
    "fund_use_compliance.breaches": 1,
    **{f"disclosure.{number}": "是" for number in (1, 2, 3, 4)},
    "disclosure.5": "否",
    "asset_management_system.1": "是",
    "asset_management_system.2": "是",
    "asset_safety.breaches": 0,
}

PRIOR = {
    "balance_cumulative": "12",
    "three_public_budget": "12",
    "three_public_total": "11",
    "revenue_total": "500",
    "expenditure_total": "488",
    "fixed_assets_total": "180",
}
"""Last year's report, to which this one fits."""

CONTROL = {"authorized_posts": "20", "budget_initial": "500", "general_budget_appropriation": "480"}
"""The bureau's own figures, with which this report agrees."""


def item(indicator: str, field: str = "item_self_score") -> str:
    """The address of an indicator's cell in the scorecard."""
    return f"{field}!{INDICATORS.index(indicator)}"


def clean() -> dict[str, Any]:
    """Everything that the department typed, anew for every caller."""
    maxima = {indicator.id: indicator.points for indicator in RULEBOOK.indicators}
    reasons = [None if maxima[indicator] == claimed else "按标准扣分" for indicator, claimed in SCORECARD.items()]
    return {
        **SINGLE_CELLS,
        **{field: list(column) for field, column in UNIT_TABLES.items()},
        "item_max": list(maxima.values()),
        "item_self_score": list(SCORECARD.values()),
        "item_deduction_reason": reasons,
        "indicator_target": [TARGETS.get(row, (None, None))[0] for row in range(_TARGET_ROWS)],
        "indicator_actual": [TARGETS.get(row, (None, None))[1] for row in range(_TARGET_ROWS)],
        "evidence": dict(EVIDENCE),
    }


def changed(changes: Mapping[str, Any], *, code: str = "100001", rulebook: Rulebook = RULEBOOK) -> Submission:
    """The clean department with some cells typed otherwise."""
    typed = clean()
    for address, value in changes.items():
        field, _, row = address.partition("!")
        if field == "evidence":
            typed["evidence"][row] = value
        elif row:
            column = typed.setdefault(field, [])
            column.extend([None] * (int(row) + 1 - len(column)))
            column[int(row)] = value
        else:
            typed[field] = value
    return submission({**typed, "budget_code": code}, rulebook)
