"""Cases of the checks: what a department typed differently from the clean one, and every finding that this must give.

A case belongs to one check of the rulebook and is one kind of case for it: `pass`, `fail`, `blank` (what the check needs is
not there), `tail` (尾差: equal within rounding) or `unreadable`. All other findings that the same change gives rise to are
listed too; nothing may be found beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.cases.clean import CONTROL, INDICATORS, PRIOR, item
from tests.submissions import UNREADABLE

CaseKind = Literal["pass", "fail", "blank", "tail", "unreadable"]
Expected = tuple[str, str, str, str, str, str]
"""(code, severity, cell, reported, expected, difference)"""


@dataclass(frozen=True)
class CheckCase:
    """One case; `prior` and `roster` are last year's and the bureau's own figures of the department (万元, 人)."""

    check: str
    kind: CaseKind
    changes: Mapping[str, Any]
    findings: tuple[Expected, ...] = ()
    prior: Mapping[str, str] = field(default_factory=dict)
    roster: Mapping[str, str] = field(default_factory=dict)


def _error(code: str, cell: str, reported: str = "", expected: str = "", difference: str = "") -> Expected:
    return (code, "error", cell, reported, expected, difference)


def _warning(code: str, cell: str, reported: str = "", expected: str = "", difference: str = "") -> Expected:
    return (code, "warning", cell, reported, expected, difference)


def _info(code: str, cell: str, reported: str = "", expected: str = "", difference: str = "") -> Expected:
    return (code, "info", cell, reported, expected, difference)


def _totals(points: float, grade: str = "优秀") -> dict[str, Any]:
    return {"self_score_total": points, "scorecard_total": points, "self_grade": grade}


_NONE_CLAIMED = {f"item_self_score!{row}": None for row in range(len(INDICATORS))}
_NO_MAXIMA = {f"item_max!{row}": None for row in range(len(INDICATORS))}
_REVENUE = (
    "revenue_total",
    "carryover_prior_year",
    "general_budget_appropriation",
    "gov_fund_appropriation",
    "nontax_special_account",
    "revenue_other",
)
_NO_REVENUE = {f"{field}!{row}": None for field in _REVENUE for row in (0, 1, 2)}
_NO_REVENUE_SAID = (
    *(_warning("R05", f"balance_cumulative!{row}", balance) for row, balance in enumerate(("10.00", "5.00", "5.00"))),
    *(
        _warning("R05", f"balance_current_year!{row}", balance)
        for row, balance in enumerate(("-2.00", "-5.00", "3.00"))
    ),
    _info("S05", "carryover_prior_year!0"),
)


# A third unit that spends as much on the three public expenses as the whole of its operating expenditure.
def _third_unit(three_public: str, personnel: str, operating: str | None, total: str, summed: str) -> dict[str, Any]:
    """`summed`: the district's three public expenses with this unit's (its 9 among them)."""
    reception = f"{float(summed) - 6:g}"
    return {
        "entity_name!3": "质检站",
        "three_public_total!3": three_public,
        "official_reception!3": three_public,
        "three_public_total!0": summed,
        "official_reception!0": reception,
        "three_public_budget": summed,
        "three_public_budget_prior": summed,
        "expenditure_total!3": total,
        "basic_expenditure!3": total,
        "personnel_expenditure!3": personnel,
        "operating_expenditure!3": operating,
        "revenue_total!3": total,
        "general_budget_appropriation!3": total,
        "revenue_total!0": 550 + int(total),
        "general_budget_appropriation!0": 480 + int(total),
        "expenditure_total!0": 540 + int(total),
        "basic_expenditure!0": 400 + int(total),
        "personnel_expenditure!0": 260 + int(personnel),
        "operating_expenditure!0": 140 + int(operating or 0),
        "narrative_basic_expenditure": 400 + int(total),
        "wages_welfare": 200 + int(personnel),
        "goods_services": 140 + int(operating or 0),
    }


CHECK_CASES: tuple[CheckCase, ...] = (
    # ------------------------------------------------------------------ R01 汇总 = 局机关 + 各二级机构
    CheckCase(
        "R01",
        "pass",
        {
            "entity_name!3": "质检站",
            "three_public_total!3": 1,
            "official_reception!3": 1,
            "three_public_total!0": 10,
            "official_reception!0": 4,
        },
    ),
    CheckCase(
        "R01",
        "fail",
        {"three_public_total!1": 7, "official_reception!1": 3},
        (
            _error("R01", "three_public_total!0", "9.00", "10.00", "-1.00"),
            _error("R01", "official_reception!0", "3.00", "4.00", "-1.00"),
        ),
    ),
    CheckCase(
        "R01",
        "blank",
        {"three_public_total!0": None},
        (
            _warning("R01", "three_public_total!0", "", "9.00"),
            _warning("R07", "three_public_total!0", "", "9.00"),
            _info("S05", "three_public_total!0"),
        ),
    ),
    CheckCase(
        "R01",
        "blank",
        {"official_reception!1": None, "official_reception!2": None},
        (
            _warning("R01", "official_reception!0", "3.00"),
            _error("R07", "three_public_total!1", "6.00", "4.00", "2.00"),
            _error("R07", "three_public_total!2", "3.00", "2.00", "1.00"),
        ),
    ),
    CheckCase(
        "R01",
        "tail",
        {"official_reception!1": "2.004"},
        (
            _info("R01", "official_reception!0", "3.00", "3.004", "-0.004"),
            _info("R07", "three_public_total!1", "6.00", "6.004", "-0.004"),
        ),
    ),
    CheckCase("R01", "unreadable", {"official_reception!1": UNREADABLE}),
    CheckCase("R01", "unreadable", {"vehicle_operation!0": UNREADABLE}),
    # ------------------------------------------------------------------ R02 收入合计
    CheckCase(
        "R02",
        "pass",  # four parts left blank, as on the seed
        {
            "carryover_prior_year!2": None,
            "gov_fund_appropriation!2": None,
            "nontax_special_account!2": None,
            "revenue_other!2": None,
            "general_budget_appropriation!2": 215,
            "carryover_prior_year!0": 10,
            "general_budget_appropriation!0": 515,
            "nontax_special_account!0": 0,
            "revenue_other!0": 5,
            "balance_current_year!2": 5,
            "balance_current_year!0": 0,
        },
    ),
    CheckCase(
        "R02",
        "fail",
        {"revenue_other!2": 4},
        (
            _error("R02", "revenue_total!2", "215.00", "216.00", "-1.00"),
            _error("R01", "revenue_other!0", "8.00", "9.00", "-1.00"),
        ),
    ),
    CheckCase("R02", "blank", {"revenue_total!3": 0}, (_warning("R02", "revenue_total!3", "0.00"),)),
    CheckCase(
        "R02",
        "tail",
        {"revenue_other!2": "3.004"},
        (
            _info("R02", "revenue_total!2", "215.00", "215.004", "-0.004"),
            _info("R01", "revenue_other!0", "8.00", "8.004", "-0.004"),
        ),
    ),
    CheckCase("R02", "unreadable", {"gov_fund_appropriation!2": UNREADABLE}),
    # ------------------------------------------------------------------ R03 支出合计
    CheckCase(
        "R03",
        "pass",  # no projects in the subordinate unit: left blank
        {
            "project_expenditure!2": None,
            "basic_expenditure!2": 210,
            "operating_expenditure!2": 110,
            "project_expenditure!0": 85,
            "key_project_expenditure": 85,
            "basic_expenditure!0": 455,
            "operating_expenditure!0": 195,
            "narrative_basic_expenditure": 455,
            "goods_services": 195,
        },
    ),
    CheckCase(
        "R03",
        "fail",
        {"project_expenditure!2": 56},
        (
            _error("R03", "expenditure_total!2", "210.00", "211.00", "-1.00"),
            _error("R01", "project_expenditure!0", "140.00", "141.00", "-1.00"),
        ),
    ),
    CheckCase("R03", "blank", {"expenditure_total!3": 0}, (_warning("R03", "expenditure_total!3", "0.00"),)),
    CheckCase(
        "R03",
        "tail",
        {"project_expenditure!2": "55.004"},
        (
            _info("R03", "expenditure_total!2", "210.00", "210.004", "-0.004"),
            _info("R01", "project_expenditure!0", "140.00", "140.004", "-0.004"),
        ),
    ),
    CheckCase("R03", "unreadable", {"project_expenditure!2": UNREADABLE}),
    # ------------------------------------------------------------------ R04 基本支出
    CheckCase(
        "R04",
        "pass",
        {
            "operating_expenditure!2": None,
            "personnel_expenditure!2": 155,
            "operating_expenditure!0": 85,
            "personnel_expenditure!0": 315,
            "wages_welfare": 255,
            "goods_services": 85,
        },
    ),
    CheckCase(
        "R04",
        "fail",
        {"personnel_expenditure!2": 101},
        (
            _error("R04", "basic_expenditure!2", "155.00", "156.00", "-1.00"),
            _error("R01", "personnel_expenditure!0", "260.00", "261.00", "-1.00"),
        ),
    ),
    CheckCase(
        "R04",
        "blank",
        {"expenditure_total!3": 0, "basic_expenditure!3": 0},
        (_warning("R04", "basic_expenditure!3", "0.00"),),
    ),
    CheckCase(
        "R04",
        "tail",
        {"personnel_expenditure!2": "100.004"},
        (
            _info("R04", "basic_expenditure!2", "155.00", "155.004", "-0.004"),
            _info("R01", "personnel_expenditure!0", "260.00", "260.004", "-0.004"),
        ),
    ),
    CheckCase("R04", "unreadable", {"personnel_expenditure!2": UNREADABLE}),
    # ------------------------------------------------------------------ R05 结余
    CheckCase(
        "R05.cumulative",
        "pass",
        {"balance_cumulative!3": 0, "revenue_total!3": 0, "expenditure_total!3": 0},
        (
            _warning("R02", "revenue_total!3", "0.00"),
            _warning("R03", "expenditure_total!3", "0.00"),
        ),
    ),
    CheckCase(
        "R05.cumulative",
        "fail",
        {"balance_cumulative!2": 6, "balance_current_year!2": 4},
        (
            _error("R05", "balance_cumulative!2", "6.00", "5.00", "1.00"),
            _error("R01", "balance_cumulative!0", "10.00", "11.00", "-1.00"),
            _error("R01", "balance_current_year!0", "-2.00", "-1.00", "-1.00"),
        ),
    ),
    CheckCase(
        "R05.cumulative",
        "blank",
        {"balance_cumulative!0": None, "balance_cumulative!1": None, "balance_cumulative!2": None},
    ),
    CheckCase(
        "R05.cumulative",
        "tail",
        {"balance_cumulative!1": "5.004"},
        (
            _info("R05", "balance_cumulative!1", "5.004", "5.00", "0.004"),
            _info("R05", "balance_current_year!1", "-5.00", "-4.996", "-0.004"),
            _info("R01", "balance_cumulative!0", "10.00", "10.004", "-0.004"),
        ),
    ),
    CheckCase("R05.cumulative", "unreadable", {"balance_cumulative!2": UNREADABLE}),
    CheckCase(
        "R05.current",
        "pass",  # a carry-over left blank beside other parts of the revenue is none
        {
            "carryover_prior_year!2": None,
            "general_budget_appropriation!2": 182,
            "carryover_prior_year!0": 10,
            "general_budget_appropriation!0": 482,
            "balance_current_year!2": 5,
            "balance_current_year!0": 0,
        },
    ),
    CheckCase(
        "R05.current",
        "fail",
        {"balance_current_year!2": 4},
        (
            _error("R05", "balance_current_year!2", "4.00", "3.00", "1.00"),
            _error("R01", "balance_current_year!0", "-2.00", "-1.00", "-1.00"),
        ),
    ),
    CheckCase(
        "R05.current",
        "fail",  # judged by revenue − expenditure where the cumulative balance is blank
        {
            "balance_cumulative!0": None,
            "balance_cumulative!1": None,
            "balance_cumulative!2": None,
            "balance_current_year!2": 4,
            "balance_current_year!0": -1,
        },
        (
            _error("R05", "balance_current_year!2", "4.00", "3.00", "1.00"),
            _error("R05", "balance_current_year!0", "-1.00", "-2.00", "1.00"),
        ),
    ),
    CheckCase(
        "R05.current",
        "blank",
        {"balance_current_year!0": None, "balance_current_year!1": None, "balance_current_year!2": None},
    ),
    CheckCase(
        "R05.current",
        "tail",
        {"balance_current_year!2": "3.004"},
        (
            _info("R05", "balance_current_year!2", "3.004", "3.00", "0.004"),
            _info("R01", "balance_current_year!0", "-2.00", "-1.996", "-0.004"),
        ),
    ),
    CheckCase("R05.current", "unreadable", {"balance_current_year!2": UNREADABLE}),
    # ------------------------------------------------------------------ R06 收入合计 ≥ 支出合计
    CheckCase(
        "R06",
        "pass",  # all of it spent
        {
            "project_expenditure!2": 60,
            "expenditure_total!2": 215,
            "balance_cumulative!2": 0,
            "balance_current_year!2": -2,
            "project_expenditure!0": 145,
            "expenditure_total!0": 545,
            "balance_cumulative!0": 5,
            "balance_current_year!0": -7,
            "key_project_expenditure": 135,
        },
    ),
    CheckCase(
        "R06",
        "fail",
        {
            "project_expenditure!2": 61,
            "expenditure_total!2": 216,
            "balance_cumulative!2": -1,
            "balance_current_year!2": -3,
            "project_expenditure!0": 146,
            "expenditure_total!0": 546,
            "balance_cumulative!0": 4,
            "balance_current_year!0": -8,
            "key_project_expenditure": 135,
        },
        (_error("R06", "revenue_total!2", "215.00", "216.00", "-1.00"),),
    ),
    CheckCase("R06", "blank", {"expenditure_total!3": 0, "basic_expenditure!3": 0, "personnel_expenditure!3": 0}),
    CheckCase(
        "R06",
        "tail",
        {
            "project_expenditure!2": "60.004",
            "expenditure_total!2": "215.004",
            "balance_cumulative!2": "-0.004",
            "balance_current_year!2": "-2.004",
            "project_expenditure!0": 145,
            "expenditure_total!0": 545,
            "balance_cumulative!0": 5,
            "balance_current_year!0": -7,
            "key_project_expenditure": 135,
        },
        (
            _info("R06", "revenue_total!2", "215.00", "215.004", "-0.004"),
            _info("R01", "project_expenditure!0", "145.00", "145.004", "-0.004"),
            _info("R01", "expenditure_total!0", "545.00", "545.004", "-0.004"),
            _info("R01", "balance_cumulative!0", "5.00", "4.996", "0.004"),
            _info("R01", "balance_current_year!0", "-7.00", "-7.004", "0.004"),
        ),
    ),
    CheckCase("R06", "unreadable", {"revenue_total!2": UNREADABLE}),
    # ------------------------------------------------------------------ R07 三公经费合计
    CheckCase("R07", "pass", {"vehicle_purchase!0": None, "vehicle_purchase!1": None, "vehicle_purchase!2": None}),
    CheckCase(
        "R07",
        "fail",
        {"official_reception!2": 2},
        (
            _error("R07", "three_public_total!2", "3.00", "4.00", "-1.00"),
            _error("R01", "official_reception!0", "3.00", "4.00", "-1.00"),
        ),
    ),
    CheckCase("R07", "blank", {"three_public_total!3": 0}, (_warning("R07", "three_public_total!3", "0.00"),)),
    CheckCase("R07", "blank", {"official_reception!3": 0}),  # nothing is hidden by a total of nothing
    CheckCase(
        "R07",
        "tail",
        {"official_reception!2": "1.004"},
        (
            _info("R07", "three_public_total!2", "3.00", "3.004", "-0.004"),
            _info("R01", "official_reception!0", "3.00", "3.004", "-0.004"),
        ),
    ),
    CheckCase("R07", "unreadable", {"official_reception!2": UNREADABLE}),
    # ------------------------------------------------------------------ R08 固定资产合计
    CheckCase("R08", "pass", {"fixed_assets_leased!2": None, "fixed_assets_other!2": None}),
    CheckCase(
        "R08",
        "fail",
        {"fixed_assets_other!2": 1},
        (
            _error("R08", "fixed_assets_total!2", "70.00", "71.00", "-1.00"),
            _error("R01", "fixed_assets_other!0", "4.00", "5.00", "-1.00"),
        ),
    ),
    CheckCase("R08", "blank", {"fixed_assets_total!3": 0}, (_warning("R08", "fixed_assets_total!3", "0.00"),)),
    CheckCase(
        "R08",
        "tail",
        {"fixed_assets_other!2": "0.004"},
        (
            _info("R08", "fixed_assets_total!2", "70.00", "70.004", "-0.004"),
            _info("R01", "fixed_assets_other!0", "4.00", "4.004", "-0.004"),
        ),
    ),
    CheckCase("R08", "unreadable", {"fixed_assets_total!2": UNREADABLE}),
    # ------------------------------------------------------------------ R09 三公经费不超过支出
    CheckCase("R09.expenditure", "pass", _third_unit("5", "5", None, "5", "14")),
    CheckCase(
        "R09.expenditure",
        "fail",
        _third_unit("5", "4", None, "4", "14"),
        (_error("R09", "three_public_total!3", "5.00", "4.00", "1.00"),),
    ),
    CheckCase(
        "R09.expenditure",
        "blank",
        {
            "three_public_total!3": 1,
            "official_reception!3": 1,
            "three_public_total!0": 10,
            "official_reception!0": 4,
        },
    ),
    CheckCase(
        "R09.expenditure",
        "tail",
        _third_unit("5.004", "5", None, "5", "14.004"),
        (_info("R09", "three_public_total!3", "5.004", "5.00", "0.004"),),
    ),
    CheckCase("R09.operating", "pass", _third_unit("5", "1", "5", "6", "14")),
    CheckCase(
        "R09.operating",
        "fail",
        _third_unit("5", "1", "4", "5", "14"),
        (_warning("R09", "three_public_total!3", "5.00", "4.00", "1.00"),),
    ),
    CheckCase("R09.operating", "blank", _third_unit("5", "6", None, "6", "14")),
    CheckCase(
        "R09.operating",
        "tail",
        _third_unit("5.004", "1", "5", "6", "14.004"),
        (_info("R09", "three_public_total!3", "5.004", "5.00", "0.004"),),
    ),
    # ------------------------------------------------------------------ R10–R12 收支表 与 综述
    CheckCase("R10", "pass", {"wages_welfare": 260, "personal_family_subsidy": None}),
    CheckCase(
        "R10",
        "fail",
        {"wages_welfare": 201},
        (
            _error("R10", "personnel_expenditure!0", "260.00", "261.00", "-1.00"),
            _error("R12", "narrative_basic_expenditure!0", "400.00", "401.00", "-1.00"),
        ),
    ),
    CheckCase(
        "R10",
        "blank",
        {"wages_welfare": None, "personal_family_subsidy": None, "narrative_basic_expenditure": None},
        (
            _warning("R10", "personnel_expenditure!0", "260.00"),
            _warning("R12", "narrative_basic_expenditure!0", "", "140.00"),
            _warning("R12", "narrative_basic_expenditure!0", "", "400.00"),
        ),
    ),
    CheckCase(
        "R10",
        "blank",
        {"personnel_expenditure!0": None},
        (
            _warning("R01", "personnel_expenditure!0", "", "260.00"),
            _error("R04", "basic_expenditure!0", "400.00", "140.00", "260.00"),
            _warning("R10", "personnel_expenditure!0", "", "260.00"),
        ),
    ),
    CheckCase(
        "R10",
        "tail",
        {"wages_welfare": "200.004"},
        (
            _info("R10", "personnel_expenditure!0", "260.00", "260.004", "-0.004"),
            _info("R12", "narrative_basic_expenditure!0", "400.00", "400.004", "-0.004"),
        ),
    ),
    CheckCase("R10", "unreadable", {"wages_welfare": UNREADABLE}),
    CheckCase("R11", "pass", {"goods_services": "140.000000"}),
    CheckCase(
        "R11",
        "fail",
        {"goods_services": 141},
        (
            _error("R11", "operating_expenditure!0", "140.00", "141.00", "-1.00"),
            _error("R12", "narrative_basic_expenditure!0", "400.00", "401.00", "-1.00"),
        ),
    ),
    CheckCase(
        "R11",
        "blank",
        {"goods_services": None, "narrative_basic_expenditure": None},
        (
            _warning("R11", "operating_expenditure!0", "140.00"),
            _warning("R12", "narrative_basic_expenditure!0", "", "260.00"),
            _warning("R12", "narrative_basic_expenditure!0", "", "400.00"),
        ),
    ),
    CheckCase(
        "R11",
        "blank",  # a typed 0 is filled
        {
            "operating_expenditure!0": None,
            "operating_expenditure!1": None,
            "operating_expenditure!2": None,
            "goods_services": 0,
        },
        (
            _error("R04", "basic_expenditure!0", "400.00", "260.00", "140.00"),
            _error("R04", "basic_expenditure!1", "245.00", "160.00", "85.00"),
            _error("R04", "basic_expenditure!2", "155.00", "100.00", "55.00"),
            _warning("R11", "operating_expenditure!0", "", "0.00"),
            _error("R12", "narrative_basic_expenditure!0", "400.00", "260.00", "140.00"),
        ),
    ),
    CheckCase(
        "R11",
        "tail",
        {"goods_services": "140.004"},
        (
            _info("R11", "operating_expenditure!0", "140.00", "140.004", "-0.004"),
            _info("R12", "narrative_basic_expenditure!0", "400.00", "400.004", "-0.004"),
        ),
    ),
    CheckCase("R11", "unreadable", {"goods_services": UNREADABLE}),
    CheckCase("R12.parts", "pass", {"wages_welfare": 260, "personal_family_subsidy": None}),
    CheckCase(
        "R12.parts",
        "fail",  # at odds with its parts and with the table
        {"narrative_basic_expenditure": 401},
        (
            _error("R12", "narrative_basic_expenditure!0", "401.00", "400.00", "1.00"),
            _error("R12", "narrative_basic_expenditure!0", "401.00", "400.00", "1.00"),
        ),
    ),
    CheckCase(
        "R12.parts",
        "blank",
        {"wages_welfare": None, "goods_services": None, "personal_family_subsidy": None},
        (
            _warning("R10", "personnel_expenditure!0", "260.00"),
            _warning("R11", "operating_expenditure!0", "140.00"),
            _warning("R12", "narrative_basic_expenditure!0", "400.00"),
        ),
    ),
    CheckCase(
        "R12.parts",
        "tail",
        {"narrative_basic_expenditure": "400.004"},
        (
            _info("R12", "narrative_basic_expenditure!0", "400.004", "400.00", "0.004"),
            _info("R12", "narrative_basic_expenditure!0", "400.004", "400.00", "0.004"),
        ),
    ),
    CheckCase("R12.table", "pass", {"narrative_basic_expenditure": "400.00"}),
    CheckCase(
        "R12.table",
        "fail",  # the narrative agrees with itself, not with the table
        {"narrative_basic_expenditure": 402, "wages_welfare": 201, "goods_services": 141},
        (
            _error("R10", "personnel_expenditure!0", "260.00", "261.00", "-1.00"),
            _error("R11", "operating_expenditure!0", "140.00", "141.00", "-1.00"),
            _error("R12", "narrative_basic_expenditure!0", "402.00", "400.00", "2.00"),
        ),
    ),
    CheckCase(
        "R12.table",
        "blank",
        {"narrative_basic_expenditure": None},
        (
            _warning("R12", "narrative_basic_expenditure!0", "", "400.00"),
            _warning("R12", "narrative_basic_expenditure!0", "", "400.00"),
        ),
    ),
    CheckCase(
        "R12.table",
        "tail",
        {"narrative_basic_expenditure": "400.004", "wages_welfare": "200.004"},
        (
            _info("R10", "personnel_expenditure!0", "260.00", "260.004", "-0.004"),
            _info("R12", "narrative_basic_expenditure!0", "400.004", "400.00", "0.004"),
        ),
    ),
    CheckCase("R12.table", "unreadable", {"narrative_basic_expenditure": UNREADABLE}),
    # ------------------------------------------------------------------ R13, R14 人数
    CheckCase("R13", "pass", {"narrative_admin_staff": 20, "narrative_institution_staff": None}),
    CheckCase(
        "R13", "fail", {"narrative_admin_staff": 13}, (_error("R13", "narrative_on_post_staff!0", "20", "21", "-1"),)
    ),
    CheckCase(
        "R13",
        "blank",
        {"narrative_admin_staff": None, "narrative_institution_staff": None},
        (_warning("R13", "narrative_on_post_staff!0", "20"),),
    ),
    CheckCase(
        "R13",
        "blank",
        {"narrative_on_post_staff": None},
        (
            _warning("R13", "narrative_on_post_staff!0", "", "20"),
            _warning("R14", "on_post_staff!0", "20"),
        ),
    ),
    CheckCase("R13", "unreadable", {"narrative_admin_staff": UNREADABLE}),
    CheckCase("R14", "pass", {"on_post_staff": 18, "narrative_on_post_staff": 18, "narrative_admin_staff": 10}),
    CheckCase("R14", "fail", {"on_post_staff": 19}, (_error("R14", "on_post_staff!0", "19", "20", "-1"),)),
    CheckCase(
        "R14",
        "blank",
        {"narrative_on_post_staff": None, "narrative_admin_staff": None, "narrative_institution_staff": None},
        (_warning("R14", "on_post_staff!0", "20"),),
    ),
    CheckCase(
        "R14",
        "blank",  # a typed 0 is filled
        {
            "on_post_staff": None,
            "narrative_on_post_staff": 0,
            "narrative_admin_staff": 0,
            "narrative_institution_staff": 0,
        },
        (_warning("R14", "on_post_staff!0", "", "0"), _info("S05", "on_post_staff!0")),
    ),
    CheckCase("R14", "unreadable", {"narrative_on_post_staff": UNREADABLE}),
    # ------------------------------------------------------------------ R15 分值
    CheckCase(
        "R15.total",
        "pass",  # points moved inside a group
        {
            item("duty_xiaokang", "item_max"): 4,
            item("duty_xiaokang"): 4,
            item("duty_growth", "item_max"): 8,
            item("duty_growth"): 8,
        },
    ),
    CheckCase(
        "R15.total",
        "fail",  # an adaptable set that does not add up: its rulebook points count for R17
        {item("duty_growth", "item_max"): 8, item("duty_growth"): 8, **_totals(93.3)},
        (
            _error("R15", "item_max!0", "101", "100", "1"),
            _error("R15", "item_max!15", "26", "25", "1"),
            _error("R17", item("duty_growth"), "8", "7", "1"),
        ),
    ),
    CheckCase(
        "R15.total",
        "blank",
        _NO_MAXIMA,
        (
            _warning("R15", "item_max!0", "", "100"),
            _warning("R15", "item_max!0", "", "15"),
            _warning("R15", "item_max!3", "", "40"),
            _warning("R15", "item_max!15", "", "25"),
            _warning("R15", "item_max!21", "", "20"),
        ),
    ),
    CheckCase(
        "R15.group",
        "pass",
        {
            item("economic_benefit", "item_max"): 10,
            item("economic_benefit"): 10,
            item("social_benefit", "item_max"): 0,
            item("social_benefit"): 0,
        },
    ),
    CheckCase(
        "R15.fixed",
        "fail",  # a point moved from one group to another: the sums are of the points that the standard fixes
        {"item_max!0": 6, "item_deduction_reason!0": "见说明", item("satisfaction", "item_max"): 4},
        (_error("R15", "item_max!0", "6", "5", "1"), _error("R15", item("satisfaction", "item_max"), "4", "5", "-1")),
    ),
    CheckCase(
        "R15.group",
        "fail",  # one set has what the other lacks: the total is right
        {
            item("duty_growth", "item_max"): 8,
            item("economic_benefit", "item_max"): 4,
            item("economic_benefit"): 4,
            "item_deduction_reason!21": "见说明",
            **_totals(91.3),
        },
        (_error("R15", "item_max!15", "26", "25", "1"), _error("R15", "item_max!21", "19", "20", "-1")),
    ),
    CheckCase(
        "R15.group",
        "blank",
        {"item_max!0": None, "item_max!1": None, "item_max!2": None},
        (
            _error("R15", "item_max!0", "85", "100", "-15"),
            _warning("R15", "item_max!0", "", "15"),
        ),
    ),
    CheckCase("R15.group", "unreadable", {"item_max!0": UNREADABLE}),
    CheckCase(
        "R15.fixed",
        "pass",
        {
            item("duty_growth", "item_max"): 6,
            item("duty_growth"): 6,
            item("duty_xiaokang", "item_max"): 6,
            item("duty_xiaokang"): 6,
        },
    ),
    CheckCase(
        "R15.fixed",
        "fail",  # one unit of the last place
        {item("satisfaction", "item_max"): "5.000001", "item_max!6": "5.999999"},
        (
            _error("R15", item("satisfaction", "item_max"), "5.000001", "5", "0.000001"),
            _error("R15", "item_max!6", "5.999999", "6", "-0.000001"),
        ),
    ),
    CheckCase(
        "R15.fixed",
        "blank",
        {"item_max!6": None},
        (_error("R15", "item_max!0", "94", "100", "-6"), _error("R15", "item_max!3", "34", "40", "-6")),
    ),
    CheckCase("R15.fixed", "unreadable", {"item_max!6": UNREADABLE}),
    # ------------------------------------------------------------------ R16 自评总分
    CheckCase("R16.form", "pass", {"self_score_total": "92.30"}),
    CheckCase(
        "R16.form", "fail", {"self_score_total": 93.3}, (_error("R16", "self_score_total!0", "93.3", "92.3", "1"),)
    ),
    CheckCase(
        "R16.form",
        "fail",  # scores are exact: a hundredth off is off
        {"self_score_total": "92.31"},
        (_error("R16", "self_score_total!0", "92.31", "92.3", "0.01"),),
    ),
    CheckCase("R16.form", "blank", {"self_score_total": None}),
    CheckCase("R16.form", "unreadable", {"self_score_total": UNREADABLE}),
    CheckCase("R16.scorecard", "pass", {"scorecard_total": "92.30"}),
    CheckCase(
        "R16.scorecard",
        "fail",
        {"scorecard_total": 93.3},
        (_error("R16", "scorecard_total!0", "93.3", "92.3", "1"),),
    ),
    CheckCase("R16.scorecard", "blank", {"scorecard_total": None}),
    CheckCase(
        "R16.scorecard",
        "blank",
        {**_NONE_CLAIMED, "self_score_total": None, "self_grade": None},
        (_warning("R16", "scorecard_total!0", "92.3"),),
    ),
    # ------------------------------------------------------------------ R17 自评得分
    CheckCase("R17.maximum", "pass", {}),
    CheckCase(
        "R17.maximum",
        "fail",
        {"item_self_score!0": 6, **_totals(93.3)},
        (
            _error("R17", "item_self_score!0", "6", "5", "1"),
            _warning("S01", "item_self_score!0", "6.00", "5.00", "1.00"),
        ),
    ),
    CheckCase("R17.maximum", "blank", {item("duty_xiaokang"): None, **_totals(87.3, "良好")}),
    CheckCase(
        "R17.minimum",
        "pass",
        {item("duty_xiaokang"): 0, "item_deduction_reason!15": "未完成", **_totals(87.3, "良好")},
    ),
    CheckCase(
        "R17.minimum",
        "fail",
        {item("duty_xiaokang"): -1, "item_deduction_reason!15": "未完成", **_totals(86.3, "良好")},
        (_error("R17", "item_self_score!15", "-1", "0", "-1"),),
    ),
    CheckCase("R17.minimum", "blank", {item("duty_xiaokang"): None, **_totals(87.3, "良好")}),
    CheckCase("R17.reason", "pass", {item("duty_growth"): 6, "item_deduction_reason!16": "进度滞后", **_totals(91.3)}),
    CheckCase(
        "R17.reason",
        "fail",
        {item("duty_growth"): 6, **_totals(91.3)},
        (_warning("R17", "item_deduction_reason!16"),),
    ),
    CheckCase("R17.reason", "blank", {item("duty_growth"): None, **_totals(85.3, "良好")}),
    CheckCase(
        "R17.reason",
        "unreadable",
        {item("duty_growth"): 6, "item_deduction_reason!16": UNREADABLE, **_totals(91.3)},
    ),
    # ------------------------------------------------------------------ R18 评价等次
    CheckCase(
        "R18",
        "pass",  # exactly 90
        {item("duty_growth"): 4.7, "item_deduction_reason!16": "进度滞后", **_totals(90)},
    ),
    CheckCase("R18", "fail", {"self_grade": "良好"}, (_error("R18", "self_grade!0", "良好", "优秀"),)),
    CheckCase(
        "R18",
        "fail",  # 89.995 is not yet 90
        {item("duty_growth"): "4.695", "item_deduction_reason!16": "进度滞后", **_totals(89.995)},
        (_error("R18", "self_grade!0", "优秀", "良好"),),
    ),
    CheckCase("R18", "blank", {"self_grade": None}),
    CheckCase("R18", "unreadable", {"self_grade": UNREADABLE}),
    # ------------------------------------------------------------------ R19 满意度
    CheckCase(
        "R19",
        "pass",
        {"satisfaction_rate": "0.95", item("satisfaction"): 5, **_totals(94.3)},
    ),
    CheckCase(
        "R19",
        "fail",
        {item("satisfaction"): 5, **_totals(94.3)},
        (_error("R19", "item_self_score!24", "5", "3", "2"),),
    ),
    CheckCase("R19", "blank", {"satisfaction_rate": None}, (_info("S05", "satisfaction_rate!0"),)),
    CheckCase("R19", "blank", {item("satisfaction"): None, **_totals(89.3, "良好")}),
    CheckCase("R19", "unreadable", {"satisfaction_rate": UNREADABLE}, (_info("S05", "satisfaction_rate!0"),)),
    # ------------------------------------------------------------------ R20, R21 绩效目标
    CheckCase("R20.item", "pass", {"indicator_target!21": None}),  # what was done is stated
    CheckCase(
        "R20.item",
        "fail",
        {"indicator_target!21": None, "indicator_actual!21": None},
        (_warning("R20", "item_self_score!21", "5", "0", "5"),),
    ),
    CheckCase(
        "R20.item",
        "blank",
        {
            "indicator_target!21": None,
            "indicator_actual!21": None,
            item("economic_benefit"): None,
            **_totals(87.3, "良好"),
        },
    ),
    CheckCase("R20.target", "pass", {"indicator_target!1": "另一目标", "indicator_actual!1": "完成"}),
    CheckCase("R20.target", "fail", {"indicator_actual!18": None}, (_warning("R20", "indicator_actual!18"),)),
    CheckCase("R20.target", "blank", {"indicator_target!0": None, "indicator_actual!0": None}),
    CheckCase("R20.target", "unreadable", {"indicator_actual!18": UNREADABLE}),
    CheckCase("R21", "pass", {"indicator_actual!6": "培训３次"}),
    CheckCase("R21", "fail", {"indicator_actual!6": "已完成"}, (_warning("R21", "indicator_actual!6", "已完成"),)),
    CheckCase("R21", "blank", {"indicator_actual!6": None}, (_warning("R20", "indicator_actual!6"),)),
    CheckCase("R21", "unreadable", {"indicator_actual!6": UNREADABLE}),
    # ------------------------------------------------------------------ R22 上年
    CheckCase("R22.carryover", "pass", {}, prior=PRIOR),
    CheckCase(
        "R22.carryover",
        "fail",
        {},
        (_error("R22", "carryover_prior_year!0", "12.00", "11.00", "1.00"),),
        prior={**PRIOR, "balance_cumulative": "11"},
    ),
    CheckCase("R22.carryover", "blank", {}, prior={"three_public_budget": "12"}),
    CheckCase("R22.carryover", "blank", {}, prior={"revenue_total": "500"}),
    CheckCase(
        "R22.carryover",
        "blank",  # nothing at all in the row
        _NO_REVENUE,
        _NO_REVENUE_SAID,
        prior={"balance_cumulative": "12"},
    ),
    CheckCase(
        "R22.carryover",
        "fail",  # a blank carry-over of a row in use is 0
        {"carryover_prior_year!0": None, "general_budget_appropriation!0": 492},
        (
            _warning("R01", "carryover_prior_year!0", "", "12.00"),
            _error("R01", "general_budget_appropriation!0", "492.00", "480.00", "12.00"),
            _error("R05", "balance_current_year!0", "-2.00", "10.00", "-12.00"),
            _error("R22", "carryover_prior_year!0", "0.00", "12.00", "-12.00"),
            _warning("S01", item("fund_balance"), "2.00", "0.00", "2.00"),
        ),
        prior={"balance_cumulative": "12"},
    ),
    CheckCase(
        "R22.carryover",
        "fail",  # last year's balance left blank is what its revenue left over
        {},
        (_error("R22", "carryover_prior_year!0", "12.00", "12.02", "-0.02"),),
        prior={"revenue_total": "500.02", "expenditure_total": "488"},
    ),
    CheckCase("R22.carryover", "pass", {}, prior={"revenue_total": "500", "expenditure_total": "488"}),
    CheckCase(
        "R22.carryover",
        "tail",  # three intervals of 0.005 meet, the last at their edge
        {},
        (_info("R22", "carryover_prior_year!0", "12.00", "12.01", "-0.01"),),
        prior={"revenue_total": "500.01", "expenditure_total": "488"},
    ),
    CheckCase(
        "R22.carryover",
        "tail",  # last year's figure has the interval of its two decimals, and with this one's three that is enough
        {"carryover_prior_year!0": "12.005", "revenue_total!0": "550.005"},
        (
            _info("R01", "carryover_prior_year!0", "12.005", "12.00", "0.005"),
            _info("R01", "revenue_total!0", "550.005", "550.00", "0.005"),
            _info("R05", "balance_cumulative!0", "10.00", "10.005", "-0.005"),
            _info("R05", "balance_current_year!0", "-2.00", "-2.005", "0.005"),
            _info("R22", "carryover_prior_year!0", "12.005", "12.00", "0.005"),
        ),
        prior={"balance_cumulative": "12"},
    ),
    CheckCase(
        "R22.carryover",
        "tail",
        {},
        (_info("R22", "carryover_prior_year!0", "12.00", "12.004", "-0.004"),),
        prior={"balance_cumulative": "12.004"},
    ),
    CheckCase(
        "R22.carryover",
        "unreadable",
        {"carryover_prior_year!0": UNREADABLE},
        (_info("S05", "carryover_prior_year!0"),),
        prior={"balance_cumulative": "1"},
    ),
    CheckCase("R22.budget", "pass", {}, prior=PRIOR),
    CheckCase(
        "R22.budget",
        "fail",
        {},
        (_error("R22", "three_public_budget_prior!0", "12.00", "13.00", "-1.00"),),
        prior={**PRIOR, "three_public_budget": "13"},
    ),
    CheckCase("R22.budget", "blank", {}, prior={"balance_cumulative": "12"}),
    CheckCase(
        "R22.budget",
        "tail",
        {},
        (_info("R22", "three_public_budget_prior!0", "12.00", "11.995", "0.005"),),
        prior={"three_public_budget": "11.995"},
    ),
    CheckCase("R22.final", "pass", {}, prior=PRIOR),
    CheckCase(
        "R22.final",
        "fail",
        {},
        (_error("R22", "three_public_final_prior!0", "11.00", "10.00", "1.00"),),
        prior={**PRIOR, "three_public_total": "10"},
    ),
    CheckCase("R22.final", "blank", {"three_public_final_prior": None}, prior=PRIOR),
    CheckCase(
        "R22.final",
        "tail",
        {},
        (_info("R22", "three_public_final_prior!0", "11.00", "11.004999", "-0.004999"),),
        prior={"three_public_total": "11.004999"},
    ),
    # ------------------------------------------------------------------ R23 财政掌握数
    CheckCase("R23.posts", "pass", {}, roster=CONTROL),
    CheckCase(
        "R23.posts",
        "fail",
        {},
        (_error("R23", "authorized_posts!0", "20", "21", "-1"),),
        roster={**CONTROL, "authorized_posts": "21"},
    ),
    CheckCase("R23.posts", "blank", {}, roster={"budget_initial": "500"}),
    CheckCase("R23.initial", "pass", {}, roster=CONTROL),
    CheckCase(
        "R23.initial",
        "fail",
        {},
        (_error("R23", "budget_initial!0", "500.00", "501.00", "-1.00"),),
        roster={**CONTROL, "budget_initial": "501"},
    ),
    CheckCase("R23.initial", "blank", {"budget_initial": None}, (_info("S05", "budget_initial!0"),), roster=CONTROL),
    CheckCase(
        "R23.initial",
        "tail",
        {},
        (_info("R23", "budget_initial!0", "500.00", "500.004", "-0.004"),),
        roster={"budget_initial": "500.004"},
    ),
    CheckCase("R23.appropriation", "pass", {}, roster=CONTROL),
    CheckCase(
        "R23.appropriation",
        "fail",
        {},
        (_error("R23", "general_budget_appropriation!0", "480.00", "481.00", "-1.00"),),
        roster={**CONTROL, "general_budget_appropriation": "481"},
    ),
    CheckCase("R23.appropriation", "blank", {}, roster={"authorized_posts": "20"}),
    CheckCase(
        "R23.appropriation",
        "tail",
        {},
        (_info("R23", "general_budget_appropriation!0", "480.00", "480.004", "-0.004"),),
        roster={"general_budget_appropriation": "480.004"},
    ),
    # ------------------------------------------------------------------ R24, R25
    CheckCase("R24", "pass", {"on_post_staff": 20, "authorized_posts": 20}),
    CheckCase(
        "R24",
        "fail",
        {
            "on_post_staff": 21,
            "narrative_on_post_staff": 21,
            "narrative_admin_staff": 13,
            item("staff_control_rate"): 2.5,
            "item_deduction_reason!0": "超编",
            **_totals(89.8, "良好"),
        },
        (_warning("R24", "on_post_staff!0", "21", "20", "1"),),
    ),
    CheckCase("R24", "blank", {"authorized_posts": None}, (_info("S05", "authorized_posts!0"),)),
    CheckCase("R24", "unreadable", {"authorized_posts": UNREADABLE}, (_info("S05", "authorized_posts!0"),)),
    CheckCase(
        "R25",
        "pass",  # 4.99 too much is not yet 5
        {
            **{f"evidence!budget_management_system.{number}": "否" for number in (1, 2, 3)},
            "evidence!asset_management_system.2": "否",
            "evidence!disclosure.2": "否",
            "procurement_actual": "96.55",
        },
        (
            _warning("S01", item("budget_management_system"), "3.00", "0.00", "3.00"),
            _warning("S01", item("asset_management_system"), "3.00", "2.00", "1.00"),
            _warning("S01", item("disclosure"), "2.50", "2.00", "0.50"),
            _warning("S01", item("procurement_execution_rate"), "2.80", "2.31", "0.49"),
        ),
    ),
    CheckCase(
        "R25",
        "fail",  # exactly 5
        {
            **{f"evidence!budget_management_system.{number}": "否" for number in (1, 2, 3)},
            "evidence!asset_management_system.1": "否",
        },
        (
            _warning("S01", item("budget_management_system"), "3.00", "0.00", "3.00"),
            _warning("S01", item("asset_management_system"), "3.00", "1.00", "2.00"),
            _warning("R25", "self_score_total!0", "92.3", "87.3", "5"),
        ),
    ),
    CheckCase(
        "R25",
        "blank",
        {**_NONE_CLAIMED, "self_score_total": None, "scorecard_total": None, "self_grade": None},
    ),
    # ------------------------------------------------------------------ C03 疑似单位错误
    CheckCase("C03.part", "pass", {"vehicle_purchase!3": 0, "three_public_total!3": 0}),
    CheckCase(
        "C03.part",
        "fail",
        {"fixed_assets_in_use!2": 700000},
        (
            _error("C03", "fixed_assets_in_use!2", "700000.00", "70.00", "699930.00"),
            _error("R01", "fixed_assets_in_use!0", "190.00", "700120.00", "-699930.00"),
            _error("R08", "fixed_assets_total!2", "70.00", "700000.00", "-699930.00"),
        ),
    ),
    CheckCase("C03.part", "blank", {"fixed_assets_leased!2": None, "fixed_assets_other!2": None}),
    CheckCase("C03.part", "unreadable", {"fixed_assets_other!1": UNREADABLE}),
    CheckCase(
        "C03.residual",
        "pass",  # a figure too much is a footing error, not a slip of the unit
        {"fixed_assets_other!2": 200},
        (
            _error("R01", "fixed_assets_other!0", "4.00", "204.00", "-200.00"),
            _error("R08", "fixed_assets_total!2", "70.00", "270.00", "-200.00"),
        ),
    ),
    CheckCase(
        "C03.residual",
        "pass",  # so it is where next to nothing is left for it: 70.01 − 70
        {"fixed_assets_other!2": 60, "fixed_assets_total!2": "70.01", "fixed_assets_total!0": "200.01"},
        (
            _error("R01", "fixed_assets_other!0", "4.00", "64.00", "-60.00"),
            _error("R08", "fixed_assets_total!2", "70.01", "130.00", "-59.99"),
            _info("R08", "fixed_assets_total!0", "200.01", "200.00", "0.01"),
        ),
    ),
    CheckCase(
        "C03.residual",
        "fail",  # one small part of three in 元: not yet 2000 times its total
        {"official_reception!2": 4000, "vehicle_operation!2": "2.6", "vehicle_operation!0": "5.6"},
        (
            _error("C03", "official_reception!2", "4000.00", "0.40", "3999.60"),
            _error("R01", "official_reception!0", "3.00", "4002.00", "-3999.00"),
            _error("R07", "three_public_total!0", "9.00", "9.60", "-0.60"),
            _error("R07", "three_public_total!2", "3.00", "4002.60", "-3999.60"),
        ),
    ),
    CheckCase(
        "C03.residual",
        "fail",  # 12345.67元 beside a total in 万元, rounded
        {"official_reception!2": "12345.67", "three_public_total!2": "3.23", "three_public_total!0": "9.23"},
        (
            _error("C03", "official_reception!2", "12345.67", "1.234567", "12344.435433"),
            _error("R01", "official_reception!0", "3.00", "12347.67", "-12344.67"),
            _error("R07", "three_public_total!0", "9.23", "9.00", "0.23"),
            _error("R07", "three_public_total!2", "3.23", "12347.67", "-12344.44"),
        ),
    ),
    CheckCase(
        "C03.residual",
        "blank",
        {"official_reception!0": None, "official_reception!1": None, "official_reception!2": None},
        (
            _error("R07", "three_public_total!0", "9.00", "6.00", "3.00"),
            _error("R07", "three_public_total!1", "6.00", "4.00", "2.00"),
            _error("R07", "three_public_total!2", "3.00", "2.00", "1.00"),
        ),
    ),
    CheckCase("C03.total", "pass", {}),
    CheckCase(
        "C03.total",
        "fail",
        {"three_public_total!2": 30000},
        (
            _error("C03", "three_public_total!2", "30000.00", "3.00", "29997.00"),
            _error("R01", "three_public_total!0", "9.00", "30006.00", "-29997.00"),
            _error("R07", "three_public_total!2", "30000.00", "3.00", "29997.00"),
            _error("R09", "three_public_total!2", "30000.00", "210.00", "29790.00"),
            _warning("R09", "three_public_total!2", "30000.00", "55.00", "29945.00"),
        ),
    ),
    CheckCase("C03.total", "blank", {"three_public_total!3": 0}, (_warning("R07", "three_public_total!3", "0.00"),)),
    CheckCase("C03.unit", "pass", {"fixed_assets_total!3": 0, "fixed_assets_other!3": 0}),
    CheckCase(
        "C03.unit",
        "fail",  # the head office's whole table in 元: it adds up in itself
        {
            "fixed_assets_total!1": 1300000,
            "fixed_assets_in_use!1": 1200000,
            "fixed_assets_leased!1": 60000,
            "fixed_assets_other!1": 40000,
        },
        (
            _error("C03", "fixed_assets_total!1", "1300000.00", "130.00", "1299870.00"),
            _error("C03", "fixed_assets_in_use!1", "1200000.00", "120.00", "1199880.00"),
            _error("C03", "fixed_assets_leased!1", "60000.00", "6.00", "59994.00"),
            _error("C03", "fixed_assets_other!1", "40000.00", "4.00", "39996.00"),
            _error("R01", "fixed_assets_total!0", "200.00", "1300070.00", "-1299870.00"),
            _error("R01", "fixed_assets_in_use!0", "190.00", "1200070.00", "-1199880.00"),
            _error("R01", "fixed_assets_leased!0", "6.00", "60000.00", "-59994.00"),
            _error("R01", "fixed_assets_other!0", "4.00", "40000.00", "-39996.00"),
        ),
    ),
    CheckCase(
        "C03.unit",
        "fail",  # several checks see this one slip; the cell is told once
        {"overseas_travel!1": 10000},
        (
            _error("C03", "overseas_travel!1", "10000.00", "1.00", "9999.00"),
            _error("R01", "overseas_travel!0", "1.00", "10000.00", "-9999.00"),
            _error("R07", "three_public_total!1", "6.00", "10005.00", "-9999.00"),
        ),
    ),
    CheckCase("C03.unit", "blank", {"overseas_travel!2": None}),
    CheckCase(
        "C03.expenditure",
        "pass",
        {"revenue_total!3": 0, "gov_fund_appropriation!3": 0, "expenditure_total!3": 0, "project_expenditure!3": 0},
    ),
    CheckCase(
        "C03.expenditure",
        "fail",
        {
            "revenue_total!3": 1,
            "gov_fund_appropriation!3": 1,
            "revenue_total!0": 551,
            "gov_fund_appropriation!0": 21,
            "expenditure_total!3": 10000,
            "project_expenditure!3": 10000,
        },
        (
            _error("C03", "expenditure_total!3", "10000.00", "1.00", "9999.00"),
            _error("R01", "expenditure_total!0", "540.00", "10540.00", "-10000.00"),
            _error("R01", "project_expenditure!0", "140.00", "10140.00", "-10000.00"),
            _error("R05", "balance_cumulative!0", "10.00", "11.00", "-1.00"),
            _error("R06", "revenue_total!3", "1.00", "10000.00", "-9999.00"),
        ),
    ),
    CheckCase("C03.expenditure", "blank", {"revenue_total!3": 0, "gov_fund_appropriation!3": 0}),
    CheckCase("C03.revenue", "pass", {}),
    CheckCase(
        "C03.revenue",
        "fail",
        {
            "revenue_total!3": 10000,
            "gov_fund_appropriation!3": 10000,
            "expenditure_total!3": 1,
            "project_expenditure!3": 1,
            "expenditure_total!0": 541,
            "project_expenditure!0": 141,
            "balance_cumulative!0": 9,
            "balance_current_year!0": -3,
            "key_project_expenditure": 141,
        },
        (
            _error("C03", "revenue_total!3", "10000.00", "1.00", "9999.00"),
            _error("R01", "revenue_total!0", "550.00", "10550.00", "-10000.00"),
            _error("R01", "gov_fund_appropriation!0", "20.00", "10020.00", "-10000.00"),
            _error("R01", "balance_cumulative!0", "9.00", "10.00", "-1.00"),
            _error("R01", "balance_current_year!0", "-3.00", "-2.00", "-1.00"),
        ),
    ),
    CheckCase("C03.revenue", "blank", {"expenditure_total!3": 0, "project_expenditure!3": 0}),
    CheckCase("C03.prior", "pass", {}, prior=PRIOR),
    CheckCase(
        "C03.prior",
        "fail",
        {},
        (
            _error("C03", "revenue_total!0", "550.00", "0.055", "549.945"),
            _error("C03", "fixed_assets_total!0", "200.00", "0.02", "199.98"),
        ),
        prior={**PRIOR, "revenue_total": "0.055", "fixed_assets_total": "0.04"},
    ),
    CheckCase("C03.prior", "blank", {}, prior={"three_public_budget": "12"}),
    CheckCase(
        "C03.base",
        "pass",  # just under 2000 times
        {"office_expense": "1999.99"},
        prior={"office_expense": "1"},
    ),
    CheckCase(
        "C03.base",
        "pass",  # just past 50000 times
        {"office_expense": "50.000001"},
        prior={"office_expense": "0.001"},
    ),
    CheckCase(
        "C03.base",
        "fail",  # against last year's on the form, not what is on record
        {"three_public_budget_prior": "0.005", "three_public_total!0": 9},
        (
            _error("C03", "three_public_budget!0", "10.00", "0.001", "9.999"),
            _error("R22", "three_public_budget_prior!0", "0.005", "12.00", "-11.995"),
            _warning("S01", item("three_public_change_rate"), "5.00", "0.00", "5.00"),
            _warning("R25", "self_score_total!0", "92.3", "87.3", "5"),
        ),
        prior={"three_public_budget": "12"},
    ),
    CheckCase(
        "C03.base",
        "fail",  # on record, where the form has nothing: both ends of the span
        {
            "office_expense": 2000,
            "meeting_training": 50000,
            "three_public_budget_prior": None,
            "operating_expenditure!0": 140,
        },
        (
            _error("C03", "office_expense!0", "2000.00", "0.20", "1999.80"),
            _error("C03", "meeting_training!0", "50000.00", "5.00", "49995.00"),
            _error("C03", "three_public_budget!0", "10.00", "0.001", "9.999"),
            _info("S05", "three_public_budget_prior!0"),
        ),
        prior={"office_expense": "1", "meeting_training": "1", "three_public_budget": "0.001"},
    ),
    CheckCase(
        "C03.base",
        "fail",
        {"three_public_final_prior": "0.0009"},
        (_error("C03", "three_public_total!0", "9.00", "0.0009", "8.9991"),),
    ),
    CheckCase(
        "C03.base",
        "fail",  # last year's figures on the form, in 元
        {"three_public_budget_prior": 120000, "three_public_final_prior": 110000},
        (
            _error("C03", "three_public_budget_prior!0", "120000.00", "12.00", "119988.00"),
            _error("C03", "three_public_final_prior!0", "110000.00", "11.00", "109989.00"),
            _error("R22", "three_public_budget_prior!0", "120000.00", "12.00", "119988.00"),
            _error("R22", "three_public_final_prior!0", "110000.00", "11.00", "109989.00"),
        ),
        prior=PRIOR,
    ),
    CheckCase("C03.base", "blank", {"office_expense": 2000}, prior={"meeting_training": "1"}),
    CheckCase("C03.base", "blank", {"office_expense": None}, prior={"office_expense": "1"}),
    CheckCase("C03.whole", "pass", {"office_expense": 140, "budget_supplement": 5}),
    CheckCase(
        "C03.whole",
        "fail",
        {"procurement_actual": 990000, "official_card_spending": 450000, item("official_card_rate"): 2},
        (
            _error("C03", "procurement_actual!0", "990000.00", "99.00", "989901.00"),
            _error("C03", "official_card_spending!0", "450000.00", "45.00", "449955.00"),
            _warning("S01", item("official_card_rate"), "2.00", "3.00", "-1.00"),
            _warning("S01", item("procurement_execution_rate"), "2.80", "3.00", "-0.20"),
            _warning("S03", "official_card_spending!0", "450000.00%", "100.00%", "449900.00%"),
            _warning("S03", "procurement_actual!0", "990000.00%", "100.00%", "989900.00%"),
        ),
    ),
    CheckCase(
        "C03.whole",
        "blank",
        {"procurement_budget": None, "procurement_actual": 990000},
        (_info("S05", "procurement_budget!0"),),
    ),
    CheckCase("C03.roster", "pass", {}, roster=CONTROL),
    CheckCase(
        "C03.roster",
        "fail",
        {},
        (
            _error("C03", "budget_initial!0", "500.00", "0.05", "499.95"),
            _error("R23", "budget_initial!0", "500.00", "0.05", "499.95"),
        ),
        roster={**CONTROL, "budget_initial": "0.05"},
    ),
    CheckCase("C03.roster", "blank", {}, roster={"authorized_posts": "20"}),
)
