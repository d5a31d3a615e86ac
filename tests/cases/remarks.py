"""Cases of the S-codes: what a department reports and everything that is said of its scores, exactly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tests.cases.clean import item
from tests.submissions import UNREADABLE

Said = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class RemarkCase:
    """`findings`: (code, severity, cell, reported, expected, difference); `reviews`: indicator → (points, reason)."""

    code: str
    kind: Literal["pass", "fail"]
    changes: dict[str, Any]
    findings: tuple[Said, ...] = ()
    reviews: dict[str, tuple[str, str]] = field(default_factory=dict)


_NO_PROJECTS = {**{f"project_expenditure!{row}": 0 for row in range(3)}, "key_project_expenditure": 0}

REMARK_CASES = (
    RemarkCase("S01", "pass", {}),
    RemarkCase(
        "S01",
        "fail",
        {item("official_card_rate"): 3},
        (("S01", "warning", item("official_card_rate"), "3.00", "2.00", "1.00"),),
    ),
    RemarkCase(  # less than the figures give is a difference too
        "S01",
        "fail",
        {item("official_card_rate"): "1.99"},
        (("S01", "warning", item("official_card_rate"), "1.99", "2.00", "-0.01"),),
    ),
    RemarkCase("S01", "pass", {item("official_card_rate"): None}),  # nothing was claimed
    RemarkCase("S01", "pass", {item("official_card_rate"): UNREADABLE}),
    RemarkCase("S01", "pass", {item("satisfaction"): 5}),  # R19 says so already
    RemarkCase("S01", "pass", {item("duty_growth"): 1}),  # judgement is not computed
    RemarkCase("S02", "pass", {"authorized_posts": 40, "on_post_staff": 41, item("staff_control_rate"): "3.75"}),
    RemarkCase(
        "S02",
        "fail",
        {"authorized_posts": 40, "on_post_staff": 41, item("staff_control_rate"): 4},
        (("S02", "info", item("staff_control_rate"), "4.00", "3.75", "0.25"),),
    ),
    RemarkCase(
        "S02",
        "fail",
        {"authorized_posts": 40, "on_post_staff": 41, item("staff_control_rate"): "3.5"},
        (("S02", "info", item("staff_control_rate"), "3.50", "3.75", "-0.25"),),
    ),
    RemarkCase(
        "S02",
        "pass",
        {"authorized_posts": 40, "on_post_staff": 41, item("staff_control_rate"): "3.6"},
        (("S01", "warning", item("staff_control_rate"), "3.60", "3.75", "-0.15"),),
    ),
    RemarkCase("S03", "pass", {"procurement_actual": 100, item("procurement_execution_rate"): 3}),
    RemarkCase(
        "S03",
        "fail",
        {"procurement_actual": "100.5", item("procurement_execution_rate"): 3},
        (("S03", "warning", "procurement_actual!0", "100.50%", "100.00%", "0.50%"),),
    ),
    RemarkCase("S03", "pass", {"official_card_spending": 100, item("official_card_rate"): 3}),
    RemarkCase(
        "S03",
        "fail",
        {"official_card_spending": 120, item("official_card_rate"): 3},
        (("S03", "warning", "official_card_spending!0", "120.00%", "100.00%", "20.00%"),),
    ),
    RemarkCase(  # the whole is the denominator used
        "S03",
        "fail",
        {"project_budget": 125},
        (("S03", "warning", "key_project_expenditure!0", "100.80%", "100.00%", "0.80%"),),
    ),
    RemarkCase(  # half a cent and half a tenth of one: the intervals meet
        "S03",
        "fail",
        {"project_budget": "125.99", "key_project_expenditure": "125.995"},
        (("S03", "info", "key_project_expenditure!0", "100.00%", "100.00%", "0.00%"),),
    ),
    RemarkCase(
        "S03",
        "fail",
        {"project_budget": "125.99", "key_project_expenditure": "126.000000"},
        (("S03", "info", "key_project_expenditure!0", "100.01%", "100.00%", "0.01%"),),
    ),
    RemarkCase(
        "S03",
        "fail",  # one unit of the last place past them
        {"project_budget": "125.99", "key_project_expenditure": "125.995501"},
        (("S03", "warning", "key_project_expenditure!0", "100.00%", "100.00%", "0.00%"),),
    ),
    RemarkCase(
        "S03",
        "fail",
        {"special_fund_late_count": 7, item("payment_progress"): 0},
        (("S03", "warning", "special_fund_late_count!0", "7", "6", "1"),),
    ),
    RemarkCase("S03", "pass", {"special_fund_late_count": 6, item("payment_progress"): 0}),
    RemarkCase("S03", "pass", {"special_fund_late_count": 7, "special_fund_count": None, item("payment_progress"): 0}),
    RemarkCase(
        "S08",
        "pass",
        {"three_public_budget": "0.000001", item("three_public_control_rate"): 0, "three_public_budget_prior": 12},
    ),
    RemarkCase(
        "S08",
        "fail",  # points fall as the ratio rises: none are left
        {"three_public_budget": 0, item("three_public_control_rate"): 0},
        (("S08", "error", "three_public_total!0", "9.00", "", ""),),
    ),
    RemarkCase(
        "S08",
        "fail",
        {"authorized_posts": 0, item("staff_control_rate"): 0, "budget_initial": 0, item("budget_adjustment_rate"): 0},
        (
            ("S08", "error", "budget_supplement!0", "5.00", "", ""),
            ("S08", "error", "on_post_staff!0", "20", "", ""),
        ),
    ),
    RemarkCase(
        "S08",
        "fail",  # a rule that pays for more is for a person to score
        {"official_card_eligible": 0, "procurement_budget": 0, "project_budget": 0, "fixed_assets_total!0": 0},
        (
            ("S08", "error", "fixed_assets_in_use!0", "190.00", "", ""),
            ("S08", "error", "key_project_expenditure!0", "126.00", "", ""),
            ("S08", "error", "official_card_spending!0", "45.00", "", ""),
            ("S08", "error", "procurement_actual!0", "99.00", "", ""),
        ),
    ),
    RemarkCase(
        "S08",
        "fail",
        {"three_public_budget_prior": 0},
        (("S08", "warning", "three_public_budget!0", "10.00", "", ""),),
    ),
    RemarkCase(
        "S08",
        "pass",  # less than nothing over 0
        {"budget_initial": 0, "budget_adjustment_exempt": 20},
        (("S06", "warning", "budget_supplement!0", "5.00", "", ""),),
    ),
    RemarkCase(
        "S08",
        "pass",  # nothing over 0
        {"three_public_budget_prior": 0, "three_public_budget": 0, "three_public_total!0": None},
        (
            ("S04", "info", "three_public_budget!0", "0", "", ""),
            ("S04", "info", "three_public_budget_prior!0", "0", "", ""),
        ),
    ),
    RemarkCase("S01", "pass", {item("official_card_rate"): "2.004999"}),  # held to 0.01
    RemarkCase(
        "S01",
        "fail",
        {item("official_card_rate"): "2.005"},
        (("S01", "warning", item("official_card_rate"), "2.005", "2.00", "0.005"),),
    ),
    RemarkCase("S04", "pass", {"project_expenditure!0": 140}),
    RemarkCase("S04", "fail", _NO_PROJECTS, (("S04", "info", "project_expenditure!0", "0", "", ""),)),
    RemarkCase(
        "S05",
        "pass",  # a part of the adjustments left blank beside others is none
        {"budget_reallocation": None},
    ),
    RemarkCase("S05", "fail", {"procurement_budget": None}, (("S05", "info", "procurement_budget!0", "", "", ""),)),
    RemarkCase(
        "S05",
        "fail",
        {"evidence!disclosure.3": None, "evidence!disclosure.5": None},
        (("S05", "info", "evidence_answer!6", "", "", ""),),
    ),
    RemarkCase(
        "S05",
        "fail",
        {"evidence!asset_safety.breaches": UNREADABLE},
        (("S05", "info", "evidence_answer!11", "", "", ""),),
    ),
    RemarkCase("S06", "pass", {"budget_adjustment_exempt": 12, item("budget_adjustment_rate"): 3}),  # 0
    RemarkCase(
        "S06",
        "fail",  # −8 / 500
        {"budget_adjustment_exempt": 20},
        (("S06", "warning", "budget_supplement!0", "-1.60%", "", ""),),
    ),
    RemarkCase(
        "S06",
        "fail",
        {"balance_cumulative!0": -3},
        (("S06", "warning", "balance_cumulative!0", "-3.00", "", ""),),
    ),
    RemarkCase("S07", "pass", {}, reviews={}),
    RemarkCase(
        "S07",
        "fail",
        {},
        (("S07", "info", item("duty_growth"), "", "3.50", ""),),
        reviews={"duty_growth": ("3.5", "进度滞后")},
    ),
    RemarkCase(
        "S07",
        "fail",  # a reviewed score is not held against the computed one, nor its missing input asked for
        {item("official_card_rate"): 3, "procurement_budget": None, **_NO_PROJECTS},
        (
            ("S07", "info", item("key_spending_share"), "", "5.00", ""),
            ("S07", "info", item("official_card_rate"), "", "3.00", ""),
            ("S07", "info", item("procurement_execution_rate"), "", "0.00", ""),
        ),
        reviews={
            "key_spending_share": ("5", "无项目"),
            "official_card_rate": ("3", "补充了刷卡凭证"),
            "procurement_execution_rate": ("0", "未提供资料"),
        },
    ),
)
