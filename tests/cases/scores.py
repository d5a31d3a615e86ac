"""Boundary rows of the scoring table (DOMAIN §4): what a department reports and the exact score that this earns.

Every boundary stands with a neighbour one unit of the last place on either side (0.000001 万元, one person, 0.000001 %).
"""

from __future__ import annotations

from typing import Any

Inputs = dict[str, Any]

_HUNDRED = {"authorized_posts": 100}
_MILLIONS = {"authorized_posts": 10_000_000}


def _ratio(numerator: str, denominator: str, whole: str, *percents: tuple[str, str | None]) -> list[Any]:
    return [({numerator: percent, denominator: whole}, points) for percent, points in percents]


def _change(now: str) -> Inputs:
    return {"three_public_budget_prior": 100, "three_public_budget": now}


def _adjusted(supplement: str, exempt: str = "0") -> Inputs:
    return {
        "budget_initial": 100,
        "budget_supplement": supplement,
        "budget_reduction": 0,
        "budget_reallocation": 0,
        "budget_adjustment_exempt": exempt,
    }


def _left_over(balance: str | None, carryover: str | None, revenue: str = "550", spent: str = "540") -> Inputs:
    return {
        "balance_cumulative!0": balance,
        "carryover_prior_year!0": carryover,
        "revenue_total!0": revenue,
        "expenditure_total!0": spent,
    }


def _answers(indicator: str, answers: str) -> Inputs:
    return {f"evidence!{indicator}.{number}": answer for number, answer in enumerate(answers, start=1)}


SCORE_CASES: dict[str, list[tuple[Inputs, str | None]]] = {
    "staff_control_rate": [
        ({**_HUNDRED, "on_post_staff": 0}, "5"),
        ({**_HUNDRED, "on_post_staff": 99}, "5"),
        ({**_HUNDRED, "on_post_staff": 100}, "5"),
        ({**_HUNDRED, "on_post_staff": 101}, "4.5"),
        ({**_HUNDRED, "on_post_staff": 109}, "0.5"),
        ({**_HUNDRED, "on_post_staff": 110}, "0"),
        ({**_HUNDRED, "on_post_staff": 111}, "0"),
        ({**_MILLIONS, "on_post_staff": 9_999_999}, "5"),
        ({**_MILLIONS, "on_post_staff": 10_000_001}, "5"),  # 4.999995
        ({**_MILLIONS, "on_post_staff": 10_001_000}, "5"),  # 4.995 is rounded half up
        ({**_MILLIONS, "on_post_staff": 10_001_001}, "4.99"),  # 4.994995
        ({"on_post_staff": 10, "authorized_posts": 7}, "0"),  # the real report
        ({"on_post_staff": 10_000_000, "authorized_posts": 1}, "0"),
    ],
    "three_public_change_rate": [
        (_change("0"), "5"),
        (_change("99.999999"), "5"),
        (_change("100"), "5"),
        (_change("100.000001"), "5"),  # 4.9999995
        (_change("100.01"), "5"),  # 4.995
        (_change("100.010001"), "4.99"),
        (_change("101"), "4.5"),
        (_change("109.99"), "0.01"),  # 0.005
        (_change("109.990001"), "0"),
        (_change("110"), "0"),
        (_change("110.000001"), "0"),
        ({"three_public_budget_prior": "0.000001", "three_public_budget": "100000000"}, "0"),
    ],
    "key_spending_share": _ratio(
        "key_project_expenditure",
        "project_expenditure!0",
        "100",
        ("0", "0"),
        ("59.999999", "0"),
        ("60", "2"),
        ("60.000001", "2"),
        ("69.999999", "2"),
        ("70", "3"),
        ("70.000001", "3"),
        ("79.999999", "3"),
        ("80", "4"),
        ("80.000001", "4"),
        ("89.999999", "4"),
        ("90", "5"),
        ("90.000001", "5"),
        ("100", "5"),
        ("100.000001", "5"),
    ),
    "budget_adjustment_rate": [
        (_adjusted("0"), "3"),
        (_adjusted("0.000001"), "2"),
        (_adjusted("9.999999"), "2"),
        (_adjusted("10"), "2"),
        (_adjusted("10.000001"), "1"),
        (_adjusted("19.999999"), "1"),
        (_adjusted("20"), "1"),
        (_adjusted("20.000001"), "0.5"),
        (_adjusted("29.999999"), "0.5"),
        (_adjusted("30"), "0.5"),
        (_adjusted("30.000001"), "0"),
        (_adjusted("100"), "0"),
        (_adjusted("30.000001", exempt="30.000001"), "3"),
        (_adjusted("0", exempt="0.000001"), None),  # below 0: the form says nothing
    ],
    "payment_progress": [
        ({"special_fund_late_count": number}, points)
        for number, points in ((0, "3"), (1, "2.5"), (5, "0.5"), (6, "0"), (7, "0"), (10_000_000, "0"))
    ],
    "fund_balance": [
        (_left_over("0", "12"), "3"),
        (_left_over("0.000001", "12"), "2"),
        (_left_over("11.999999", "12"), "2"),
        (_left_over("12", "12"), "2"),
        (_left_over("12.000001", "12"), "0"),
        (_left_over("0", "0"), "3"),
        (_left_over("0.000001", "0"), "0"),
        (_left_over("-0.000001", "12"), None),
        (_left_over(None, "12", "550", "550"), "3"),  # 累计结余 blank: 收入合计 − 支出合计
        (_left_over(None, "12", "550", "538"), "2"),
        (_left_over(None, "12", "550", "537.999999"), "0"),
        (_left_over("5", None), "0"),  # 上年结转 blank beside other parts is 0
        (_left_over("0", None), "3"),
    ],
    "three_public_control_rate": _ratio(
        "three_public_total!0",
        "three_public_budget",
        "100",
        ("0", "6"),
        ("99.999999", "6"),
        ("100", "6"),
        ("100.000001", "6"),  # 5.999999
        ("100.005", "6"),  # 5.995
        ("100.005001", "5.99"),
        ("101", "5"),
        ("105.995", "0.01"),  # 0.005
        ("105.995001", "0"),
        ("105.999999", "0"),
        ("106", "0"),
        ("106.000001", "0"),
    ),
    "budget_management_system": [
        (_answers("budget_management_system", "是是是"), "3"),
        (_answers("budget_management_system", "否是是"), "2"),
        (_answers("budget_management_system", "是否是"), "2"),
        (_answers("budget_management_system", "是是否"), "2"),
        (_answers("budget_management_system", "否否是"), "1"),
        (_answers("budget_management_system", "否否否"), "0"),
    ],
    "fund_use_compliance": [
        ({"evidence!fund_use_compliance.breaches": number}, points)
        for number, points in ((0, "3"), (1, "2"), (2, "1"), (3, "0"), (4, "0"))
    ],
    "disclosure": [
        (_answers("disclosure", "是是是是是"), "3"),
        (_answers("disclosure", "否是是是是"), "2"),
        (_answers("disclosure", "是否是是是"), "2.5"),
        (_answers("disclosure", "是是否是是"), "2.5"),
        (_answers("disclosure", "是是是否是"), "2.5"),
        (_answers("disclosure", "是是是是否"), "2.5"),
        (_answers("disclosure", "否否否否是"), "0.5"),
        (_answers("disclosure", "否否否否否"), "0"),
    ],
    "procurement_execution_rate": _ratio(
        "procurement_actual",
        "procurement_budget",
        "100",
        ("0", "0"),
        ("84.999999", "0"),
        ("85", "0"),
        ("85.000001", "0"),  # 0.0000002
        ("85.024999", "0"),  # 0.0049998
        ("85.025", "0.01"),  # 0.005
        ("99", "2.8"),
        ("99.974999", "2.99"),  # 2.9949998
        ("99.975", "3"),  # 2.995
        ("99.999999", "3"),
        ("100", "3"),
        ("100.000001", "3"),
        ("250", "3"),
    ),
    "official_card_rate": _ratio(
        "official_card_spending",
        "official_card_eligible",
        "100",
        ("0", "0"),
        ("35", "0"),
        ("35.024999", "0"),
        ("35.025", "0.01"),
        ("45", "2"),
        ("49.974999", "2.99"),
        ("49.975", "3"),
        ("49.999999", "3"),
        ("50", "3"),
        ("50.000001", "3"),
        ("100", "3"),
    ),
    "asset_management_system": [
        (_answers("asset_management_system", "是是"), "3"),
        (_answers("asset_management_system", "是否"), "2"),
        (_answers("asset_management_system", "否是"), "1"),
        (_answers("asset_management_system", "否否"), "0"),
    ],
    "asset_safety": [
        ({"evidence!asset_safety.breaches": number}, points)
        for number, points in ((0, "4"), (1, "3"), (3, "1"), (4, "0"), (5, "0"))
    ],
    "fixed_asset_utilisation": _ratio(
        "fixed_assets_in_use!0",
        "fixed_assets_total!0",
        "100",
        ("0", "0"),
        ("69.999999", "0"),
        ("70", "0"),
        ("70.049999", "0"),  # 0.0049999
        ("70.05", "0.01"),  # 0.005
        ("99", "2.9"),
        ("99.949999", "2.99"),
        ("99.95", "3"),  # 2.995
        ("99.999999", "3"),
        ("100", "3"),
        ("100.000001", "3"),
    ),
    "satisfaction": [
        ({"satisfaction_rate": rate}, points)
        for rate, points in (
            ("0", "0"),
            ("0.74999999", "0"),
            ("0.75", "1"),
            ("0.75000001", "1"),
            ("0.84999999", "1"),
            ("0.85", "3"),
            ("0.85000001", "3"),
            ("0.94999999", "3"),
            ("0.95", "5"),
            ("0.95000001", "5"),
            ("1", "5"),
            ("1.00000001", None),  # past 100 %
        )
    ],
}

MISSING_CASES: dict[str, list[tuple[Inputs, tuple[str, ...]]]] = {
    "staff_control_rate": [
        ({"on_post_staff": None}, ("on_post_staff",)),
        ({"authorized_posts": None}, ("authorized_posts",)),
        ({"on_post_staff": None, "authorized_posts": None}, ("on_post_staff", "authorized_posts")),
    ],
    "three_public_change_rate": [
        ({"three_public_budget": None}, ("three_public_budget",)),
        ({"three_public_budget_prior": None}, ("three_public_budget_prior",)),
    ],
    "key_spending_share": [
        ({"key_project_expenditure": None}, ("key_project_expenditure",)),
        (
            {"project_expenditure!0": None, "basic_expenditure!0": None},
            ("project_budget", "project_expenditure"),
        ),
    ],
    "budget_adjustment_rate": [
        (
            {
                "budget_supplement": None,
                "budget_reduction": None,
                "budget_reallocation": None,
                "budget_adjustment_exempt": None,
            },
            ("budget_supplement", "budget_reduction", "budget_reallocation", "budget_adjustment_exempt"),
        ),
        ({"budget_initial": None}, ("budget_initial",)),
    ],
    "payment_progress": [({"special_fund_late_count": None}, ("special_fund_late_count",))],
    "three_public_control_rate": [
        ({"three_public_total!0": None}, ("three_public_total",)),
        ({"three_public_budget": None}, ("three_public_budget",)),
    ],
    "budget_management_system": [
        ({"evidence!budget_management_system.2": None}, ("budget_management_system.2",)),
    ],
    "fund_use_compliance": [({"evidence!fund_use_compliance.breaches": None}, ("fund_use_compliance.breaches",))],
    "disclosure": [
        (
            {"evidence!disclosure.1": None, "evidence!disclosure.4": None},
            ("disclosure.1", "disclosure.4"),
        ),
    ],
    "procurement_execution_rate": [
        ({"procurement_actual": None}, ("procurement_actual",)),
        ({"procurement_budget": None}, ("procurement_budget",)),
    ],
    "official_card_rate": [
        ({"official_card_spending": None}, ("official_card_spending",)),
        ({"official_card_eligible": None}, ("official_card_eligible",)),
    ],
    "asset_management_system": [({"evidence!asset_management_system.1": None}, ("asset_management_system.1",))],
    "asset_safety": [({"evidence!asset_safety.breaches": None}, ("asset_safety.breaches",))],
    "fixed_asset_utilisation": [({"fixed_assets_total!0": None}, ("fixed_assets_total",))],
    "satisfaction": [({"satisfaction_rate": None}, ("satisfaction_rate",))],
}
"""What is missing, and the ids that the run report must name for it."""
