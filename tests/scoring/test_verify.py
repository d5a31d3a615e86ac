"""Verified scores, their status, totals, grades and ranks; the policies for what does not apply; reviewers' scores."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from perfbatch.district.frames import build_frames
from perfbatch.district.scopes import DepartmentScope
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.model import Policy, Rulebook
from perfbatch.rulebook.quantity import constant
from perfbatch.scoring.verify import Adjustment, Scored, computed_points, score
from tests.cases.clean import INDICATORS, SCORECARD, changed, item
from tests.cases.scores import Inputs
from tests.samples.seed import SEED
from tests.submissions import RULEBOOK, UNREADABLE, submission

NO_PROJECTS = {**{f"project_expenditure!{row}": 0 for row in range(3)}, "key_project_expenditure": 0}


def _score(
    inputs: list[Inputs], rulebook: Rulebook = RULEBOOK, adjustments: dict[tuple[str, str], Adjustment] | None = None
) -> Scored:
    submissions = [changed(typed, code=f"{number:06}", rulebook=rulebook) for number, typed in enumerate(inputs)]
    return score(build_frames(submissions, rulebook), rulebook, adjustments)


def _points(value: Any) -> Decimal | None:
    return None if value is pd.NA else Decimal(int(value)) / SCALE


def _row(scored: Scored, indicator: str, department: int = 0) -> tuple[str, Any, Any, Any, Any]:
    """(status, max, self, computed, verified) in points."""
    scores = scored.scores
    row = scores[(scores["indicator"] == indicator) & (scores["department"] == department)].iloc[0]
    return (row["status"], *(_points(row[name]) for name in ("max", "self", "computed", "verified")))


def _total(scored: Scored, name: str, department: int = 0) -> Decimal | None:
    return _points(scored.departments[name].iloc[department])


# ---------------------------------------------------------------------- status


def test_the_clean_department_s_scores_are_those_it_claims() -> None:
    scored = _score([{}])
    assert [_points(count) for count in scored.scores["verified"]] == [
        Decimal(str(points)) for points in SCORECARD.values()
    ]
    assert list(scored.scores["indicator"]) == INDICATORS
    assert list(scored.scores["department"]) == [0] * 25
    assert [missing for missing in scored.scores["missing"] if missing] == []


def test_the_computed_score_stands_where_it_can_be_computed() -> None:
    assert _row(_score([{item("staff_control_rate"): 3}]), "staff_control_rate") == ("computed", 5, 3, 5, 5)


def test_elsewhere_the_self_score_stands_within_its_points() -> None:
    missing = {"authorized_posts": None}
    assert _row(_score([{**missing, "item_self_score!0": 4}]), "staff_control_rate") == ("self_reported", 5, 4, None, 4)
    assert _row(_score([{**missing, "item_self_score!0": 6}]), "staff_control_rate") == ("self_reported", 5, 6, None, 5)
    assert _row(_score([{**missing, "item_self_score!0": -1}]), "staff_control_rate") == (
        "self_reported",
        5,
        -1,
        None,
        0,
    )


@pytest.mark.parametrize("typed", [None, UNREADABLE])
def test_without_a_self_score_there_is_none_to_stand(typed: object) -> None:
    scored = _score([{item("duty_growth"): typed}])
    assert _row(scored, "duty_growth") == ("self_reported", 7, None, None, 0)
    assert scored.scores.set_index("indicator").loc["duty_growth", "missing"] == ("item_self_score",)


def test_a_self_score_counts_as_typed() -> None:
    scored = _score([{item("duty_growth"): text} for text in ("4.004999", "4.005", "4.014999", "4.015")])
    assert [_row(scored, "duty_growth", number)[4] for number in range(4)] == [
        Decimal(text) for text in ("4.004999", "4.005", "4.014999", "4.015")
    ]


def test_a_total_a_hair_below_a_grade_stays_below_it() -> None:
    scored = _score([{item("duty_growth"): text} for text in ("4.695", "4.7")])
    assert [_total(scored, "verified_total", number) for number in range(2)] == [Decimal("89.995"), 90]
    assert scored.departments["grade"].to_list() == ["良好", "优秀"]


def test_points_of_a_set_that_adds_up_leave_the_row_that_is_gone() -> None:
    scored = _score([{item("duty_other", "item_max"): None, item("duty_growth", "item_max"): 11}])
    assert _row(scored, "duty_other")[1] == 0
    assert _row(scored, "duty_growth")[1] == 11
    assert scored.scores["max"].sum() == 100 * SCALE


def test_no_reviewer_takes_a_department_past_all_points() -> None:
    full = {item(indicator.id): indicator.points for indicator in RULEBOOK.indicators if not indicator.objective}
    recut = {item("economic_benefit", "item_max"): 1, item("social_benefit", "item_max"): 9}
    claims = {item("economic_benefit"): 1, item("social_benefit"): 9}
    objective = {
        (f"{0:06}", indicator.id): Adjustment(int(indicator.points * SCALE), "复核")
        for indicator in RULEBOOK.indicators
        if indicator.objective
    }
    objective["000000", "economic_benefit"] = Adjustment(5 * SCALE, "复核")
    scored = _score([{**full, **recut, **claims}], adjustments=objective)
    assert _total(scored, "verified_total") == 100


# ---------------------------------------------------------------------- not applicable


def _policy(policy: Policy) -> Rulebook:
    return RULEBOOK.model_copy(update={"not_applicable": policy})


def test_what_does_not_apply_keeps_its_self_score_by_default() -> None:
    scored = _score([{**NO_PROJECTS, item("key_spending_share"): 4}], _policy("manual"))
    assert _row(scored, "key_spending_share") == ("not_applicable", 5, 4, None, 4)
    assert _total(scored, "verified_total") == Decimal("91.3")
    assert _total(scored, "points.not_applicable") == 5


def test_what_does_not_apply_can_earn_full_points() -> None:
    scored = _score([{**NO_PROJECTS, item("key_spending_share"): 4}], _policy("full"))
    assert _row(scored, "key_spending_share") == ("not_applicable", 5, 4, None, 5)
    assert _total(scored, "verified_total") == Decimal("92.3")


def test_what_does_not_apply_can_leave_the_total() -> None:
    scored = _score([{**NO_PROJECTS, item("key_spending_share"): 4}, {}], _policy("exclude"))
    # 92.3 − 5 = 87.3 of 95 points: 91.8947…
    assert _total(scored, "verified_total") == Decimal("91.89")
    assert _total(scored, "verified_total", 1) == Decimal("92.3")


def test_everything_that_counts_can_be_excluded() -> None:
    """Without any denominator at all the rest is rescaled, whatever it is."""
    nothing = {
        **NO_PROJECTS,
        "on_post_staff": 0,
        **dict.fromkeys(
            ("budget_supplement", "budget_reduction", "budget_reallocation", "budget_adjustment_exempt"), 0
        ),
        "three_public_total!0": 0,
        "procurement_actual": 0,
        "official_card_spending": 0,
        "fixed_assets_in_use!0": 0,
        "authorized_posts": 0,
        "three_public_budget_prior": 0,
        "three_public_budget": 0,
        "budget_initial": 0,
        "procurement_budget": 0,
        "official_card_eligible": 0,
        "fixed_assets_total!0": 0,
    }
    scored = _score([nothing], _policy("exclude"))
    idle = scored.scores[scored.scores["status"] == "not_applicable"]
    assert list(idle["indicator"]) == [
        "staff_control_rate",
        "three_public_change_rate",
        "key_spending_share",
        "budget_adjustment_rate",
        "three_public_control_rate",
        "procurement_execution_rate",
        "official_card_rate",
        "fixed_asset_utilisation",
    ]
    # 5 + 5 + 5 + 3 + 6 + 3 + 3 + 3 = 33 of the points are out; 92.3 − 30.3 = 62 of 67: 92.537…
    assert _total(scored, "points.not_applicable") == 33
    assert _total(scored, "verified_total") == Decimal("92.54")


def test_an_indicator_can_have_a_policy_of_its_own() -> None:
    indicators = tuple(
        indicator.model_copy(update={"not_applicable": "full"}) if indicator.id == "key_spending_share" else indicator
        for indicator in RULEBOOK.indicators
    )
    book = RULEBOOK.model_copy(update={"indicators": indicators})
    scored = _score(
        [{**NO_PROJECTS, item("key_spending_share"): 1, "fixed_assets_total!0": 0, "fixed_assets_in_use!0": 0}], book
    )
    assert _row(scored, "key_spending_share") == ("not_applicable", 5, 1, None, 5)
    assert _row(scored, "fixed_asset_utilisation") == ("not_applicable", 3, Decimal("2.5"), None, Decimal("2.5"))


def test_a_missing_numerator_over_nothing_is_not_applicable_rather_than_missing() -> None:
    scored = _score([{**NO_PROJECTS, "key_project_expenditure": None}])
    row = scored.scores.set_index("indicator").loc["key_spending_share"]
    assert (row["status"], row["missing"]) == ("not_applicable", ())


def test_a_blank_denominator_is_missing_and_not_a_zero() -> None:
    scored = _score([{"official_card_eligible": None}, {"official_card_eligible": 0, "official_card_spending": 0}])
    assert [_row(scored, "official_card_rate", number)[0] for number in (0, 1)] == ["self_reported", "not_applicable"]


# ---------------------------------------------------------------------- 财政复核


def test_a_reviewer_s_score_stands_over_the_computed_one() -> None:
    adjustments = {
        ("000000", "staff_control_rate"): Adjustment(1_500_000, "人员借调"),
        ("000000", "duty_growth"): Adjustment(0, "未完成"),
        ("000009", "duty_growth"): Adjustment(0, "不在本区"),
    }
    scored = _score([{}, {}], adjustments=adjustments)
    assert _row(scored, "staff_control_rate") == ("adjusted", 5, 5, 5, Decimal("1.5"))
    assert _row(scored, "duty_growth") == ("adjusted", 7, 7, None, 0)
    assert _row(scored, "duty_growth", 1) == ("self_reported", 7, 7, None, 7)
    assert _total(scored, "verified_total") == Decimal("81.8")
    assert _total(scored, "points.adjusted") == 12
    assert scored.departments["grade"].to_list() == ["良好", "优秀"]


def test_a_reviewed_indicator_is_not_excluded() -> None:
    adjustments = {("000000", "key_spending_share"): Adjustment(2_000_000, "另行核定")}
    scored = _score([NO_PROJECTS], _policy("exclude"), adjustments)
    assert _row(scored, "key_spending_share") == ("adjusted", 5, 5, None, 2)
    assert _total(scored, "verified_total") == Decimal("89.3")


# ---------------------------------------------------------------------- totals, points by status


def test_points_by_status_add_up_to_all_points() -> None:
    inputs: list[Inputs] = [{}, NO_PROJECTS, {"authorized_posts": None, "budget_initial": None}]
    scored = _score(inputs, adjustments={("000001", "duty_other"): Adjustment(1, "复核")})
    by_status = [
        [
            _total(scored, f"points.{status}", number)
            for status in ("computed", "self_reported", "not_applicable", "adjusted")
        ]
        for number in range(3)
    ]
    # Judgement: 25 of the output group and 15 of the effect group.
    assert by_status == [[60, 40, 0, 0], [55, 36, 5, 4], [52, 48, 0, 0]]


def _known(scored: Scored, number: int) -> tuple[object, ...]:
    names = ("known.points", "known.rate")
    rank, confirmed = (scored.departments[name][number] for name in ("known.rank", "confirmed"))
    return (*(_total(scored, name, number) for name in names), int(rank), bool(confirmed))


def test_what_is_computed_or_reviewed_is_known() -> None:
    adjustments = {("000001", "duty_other"): Adjustment(1_000_000, "复核")}
    scored = _score([{}, NO_PROJECTS], adjustments=adjustments)
    assert _known(scored, 0) == (60, Decimal("0.871667"), 1, False)
    # 55 computed, of which 47.3 stand, and 4 reviewed.
    assert _known(scored, 1) == (59, Decimal("0.818644"), 2, False)


@pytest.mark.parametrize(("policy", "confirmed"), [("manual", False), ("full", True), ("exclude", True)])
def test_a_score_is_confirmed_when_nothing_rests_on_the_department_s_word(policy: Policy, confirmed: bool) -> None:
    judged = [indicator for indicator in RULEBOOK.indicators if not indicator.objective]
    adjustments = {
        (code, indicator.id): Adjustment(int(indicator.points * SCALE), "复核")
        for code in ("000000", "000001")
        for indicator in judged
    }
    scored = _score([{}, NO_PROJECTS, {}], _policy(policy), adjustments)
    assert scored.departments["confirmed"].to_list() == [True, confirmed, False]
    del adjustments["000000", judged[-1].id]
    assert not _score([{}], _policy(policy), adjustments).departments["confirmed"][0]


def test_the_self_total_is_the_stated_one_or_the_sum() -> None:
    none = {f"item_self_score!{row}": None for row in range(25)}
    scored = _score(
        [{"self_score_total": 90}, {"self_score_total": None}, {**none, "self_score_total": None}, {**none}]
    )
    assert [_total(scored, "self_total", number) for number in range(4)] == [
        90,
        Decimal("92.3"),
        None,
        Decimal("92.3"),
    ]


def test_points_moved_inside_an_editable_group_move_the_maximum() -> None:
    moved = {
        item("duty_xiaokang", "item_max"): 3,
        item("duty_xiaokang"): 5,
        item("duty_growth", "item_max"): 9,
        item("duty_growth"): 9,
    }
    scored = _score([moved])
    assert _row(scored, "duty_xiaokang") == ("self_reported", 3, 5, None, 3)
    assert _row(scored, "duty_growth") == ("self_reported", 9, 9, None, 9)


def test_points_of_a_group_that_no_longer_adds_up_are_the_rulebook_s() -> None:
    scored = _score([{item("duty_growth", "item_max"): 9, item("duty_growth"): 9}])
    assert _row(scored, "duty_growth") == ("self_reported", 7, 9, None, 7)


def test_points_of_a_fixed_indicator_cannot_be_moved() -> None:
    moved = {"item_max!0": 6, "item_max!1": 4, "item_self_score!0": 6, "authorized_posts": None}
    assert _row(_score([moved]), "staff_control_rate") == ("self_reported", 5, 6, None, 5)


# ---------------------------------------------------------------------- grades and ranks


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("100", "优秀"),
        ("90", "优秀"),
        ("89.999999", "良好"),
        ("89.995", "良好"),
        ("80", "良好"),
        ("79.999999", "中"),
        ("60", "中"),
        ("59.999999", "差"),
        ("0", "差"),
    ],
)
def test_grades_are_half_open_over_the_exact_total(total: str, grade: str) -> None:
    frames = build_frames([changed({})], RULEBOOK)
    scope = DepartmentScope(frames.departments, RULEBOOK, frames=frames)
    assert list(scope.grade(constant(Fraction(total), 1)).values) == [grade]


def test_a_verified_total_gets_the_grade_of_its_own() -> None:
    # duty_growth is judged: 92.3 − 7 + x
    scored = _score([{item("duty_growth"): text} for text in ("4.7", "4.69", "0")])
    assert [_total(scored, "verified_total", number) for number in range(3)] == [
        Decimal("90"),
        Decimal("89.99"),
        Decimal("85.3"),
    ]
    assert scored.departments["grade"].to_list() == ["优秀", "良好", "良好"]


def test_equal_totals_share_a_rank_and_the_next_one_is_left_out() -> None:
    scored = _score([{item("duty_growth"): number} for number in (5, 7, 7, 6)])
    assert scored.departments["rank"].to_list() == [4, 1, 1, 3]


def test_scores_do_not_depend_on_the_order_of_the_departments() -> None:
    inputs: list[Inputs] = [{}, NO_PROJECTS, {"authorized_posts": 7}, {"satisfaction_rate": None}]
    there, back = _score(inputs), _score(inputs[::-1])
    for number in range(4):
        scores = there.scores[there.scores["department"] == number].drop(columns="department")
        other = back.scores[back.scores["department"] == 3 - number].drop(columns="department")
        pd.testing.assert_frame_equal(scores.reset_index(drop=True), other.reset_index(drop=True))
    for name in ("self_total", "verified_total", "grade", "rank", "points.computed"):
        assert there.departments[name].to_list() == back.departments[name].to_list()[::-1]


def test_no_department_has_no_score() -> None:
    scored = _score([])
    assert (len(scored.scores), len(scored.departments), len(scored.indicators)) == (0, 0, 25)


def test_computed_points_are_what_a_check_may_ask_for() -> None:
    points = computed_points(_score([{}, {"authorized_posts": None}]))
    assert points.keys() == {indicator.id for indicator in RULEBOOK.indicators if indicator.objective}
    staff = points["staff_control_rate"]
    assert (staff.fraction(0), list(staff.known)) == (5, [True, False])


# ---------------------------------------------------------------------- the real report


def test_the_real_report_recomputed() -> None:
    scored = score(build_frames([submission(SEED)], RULEBOOK), RULEBOOK)
    scores = scored.scores.set_index("indicator")
    computed = scores[scores["status"] == "computed"]["computed"]
    assert {name: _points(count) for name, count in computed.items()} == {
        "staff_control_rate": 0,
        "fund_balance": 3,
        "fixed_asset_utilisation": 3,
        "satisfaction": 3,
    }
    assert scores.index[scores["status"] == "not_applicable"].to_list() == ["key_spending_share"]
    assert {name: missing for name, missing in scores["missing"].items() if missing} == {
        "three_public_change_rate": ("three_public_budget", "three_public_budget_prior"),
        "budget_adjustment_rate": (
            "budget_supplement",
            "budget_reduction",
            "budget_reallocation",
            "budget_adjustment_exempt",
            "budget_initial",
        ),
        "payment_progress": ("special_fund_late_count",),
        "three_public_control_rate": ("three_public_budget",),
        "budget_management_system": tuple(f"budget_management_system.{number}" for number in (1, 2, 3)),
        "fund_use_compliance": ("fund_use_compliance.breaches",),
        "disclosure": tuple(f"disclosure.{number}" for number in (1, 2, 3, 4, 5)),
        "procurement_execution_rate": ("procurement_actual", "procurement_budget"),
        "official_card_rate": ("official_card_spending", "official_card_eligible"),
        "asset_management_system": tuple(f"asset_management_system.{number}" for number in (1, 2)),
        "asset_safety": ("asset_safety.breaches",),
    }
    assert _total(scored, "self_total") == 98
    assert _total(scored, "verified_total") == 93
    assert scored.departments["grade"].to_list() == ["优秀"]
