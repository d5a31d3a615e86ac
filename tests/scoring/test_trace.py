"""Why a score is what it is: inputs with their cells, the arithmetic in words, the result."""

from __future__ import annotations

import pytest

from perfbatch.district.frames import build_frames
from perfbatch.scoring.trace import Input, Trace, trace
from perfbatch.scoring.verify import Adjustment, score
from tests.cases.clean import changed, item
from tests.samples.seed import SEED
from tests.submissions import RULEBOOK, UNREADABLE, submission


def _trace(indicator: str, changes: dict[str, object], **adjustments: Adjustment) -> Trace:
    frames = build_frames([changed(changes)], RULEBOOK)
    reviews = {("100001", name): adjustment for name, adjustment in adjustments.items()}
    return trace(frames, score(frames, RULEBOOK, reviews), RULEBOOK, 0, indicator)


def test_the_trace_of_the_real_report_s_staff_rate() -> None:
    frames = build_frames([submission(SEED)], RULEBOOK)
    traced = trace(frames, score(frames, RULEBOOK), RULEBOOK, 0, "staff_control_rate")
    assert traced == Trace(
        indicator="财政供养人员控制率",
        standard="以100%为标准。在职人员控制率≦100%，计5分；每超过一个百分点扣0.5分，扣完为止。",
        sources=RULEBOOK.indicator_by_id["staff_control_rate"].sources,
        inputs=(
            Input("实有人数（人）", "10人", "基本概况", "on_post_staff!0"),
            Input("人员编制（人）", "7人", "基本概况", "authorized_posts!0"),
        ),
        arithmetic=(
            "10 ÷ 7 = 142.86 %，超 42.86 个百分点（不足一个百分点按比例扣分），"
            "5 − 42.86 × 0.5 = −16.43，扣完为止，得 0 分"
        ),
        maximum="5.00",
        self_score="5.00",
        computed="0.00",
        verified="0.00",
        status="computed",
    )


@pytest.mark.parametrize(
    ("indicator", "changes", "arithmetic"),
    [
        ("staff_control_rate", {}, "20 ÷ 20 = 100.00 %，未超过 100%，不扣分，得 5 分"),
        (
            "three_public_change_rate",
            {},
            "(10.00 − 12.00) ÷ 12.00 = -16.67 %，未超过 0%，不扣分，得 5 分",
        ),
        (
            "key_spending_share",
            {},
            "126.00 ÷ 140.00 = 90.00 %（年初预算安排的项目支出未填，以项目支出代替），属于 90% ≤ 比率 一档，得 5 分",
        ),
        (
            "key_spending_share",
            {"key_project_expenditure": "111.999999"},
            "111.999999 ÷ 140.00 = 80.00 %（年初预算安排的项目支出未填，以项目支出代替），属于 70% ≤ 比率 < 80% 一档，得 3 分",
        ),
        (
            "fund_balance",
            {"balance_cumulative!0": "-1"},
            "结余 = -1.00，上年结转 = 12.00，评分标准没有规定，须人工核定",
        ),
        (
            "budget_adjustment_rate",
            {},
            "(5.00 + 3.00 + 4.00 − 2.00) ÷ 500.00 = 2.00 %，属于 0% < 比率 ≤ 10% 一档，得 2 分",
        ),
        ("payment_progress", {}, "3 − 0.5 × 1（扣完为止），得 2.5 分"),
        ("fund_balance", {}, "结余 = 10.00，上年结转 = 12.00，有结余，不超过上年结转，得 2 分"),
        (
            "fund_balance",
            {"balance_cumulative!0": None},
            "结余 = 550.00 − 540.00 = 10.00，上年结转 = 12.00，有结余，不超过上年结转，得 2 分",
        ),
        ("budget_management_system", {}, "第1项是 1 + 第2项是 1 + 第3项是 1，得 3 分"),
        ("disclosure", {}, "第1项是 1 + 第2项是 0.5 + 第3项是 0.5 + 第4项是 0.5 + 第5项否 0，得 2.5 分"),
        ("fund_use_compliance", {}, "3 − 1 × 1（扣完为止），得 2 分"),
        (
            "procurement_execution_rate",
            {},
            "99.00 ÷ 100.00 = 99.00 %，低 1.00 个百分点（不足一个百分点按比例扣分），"
            "3 − 1.00 × 0.2 = 2.80，扣完为止，得 2.8 分",
        ),
        (
            "official_card_rate",
            {},
            "45.00 ÷ 100.00 = 45.00 %，低 5.00 个百分点（不足一个百分点按比例扣分），"
            "3 − 5.00 × 0.2 = 2.00，扣完为止，得 2 分",
        ),
        ("satisfaction", {}, "社会公众或服务对象满意度（%） 90.00 %，属于 85% ≤ 比率 < 95% 一档，得 3 分"),
        ("duty_growth", {}, "由人工评定，系统不核算"),
        ("payment_progress", {"special_fund_late_count": None}, "缺少未按进度下达的专项数（个），不能核算"),
        (
            "key_spending_share",
            {**{f"project_expenditure!{row}": 0 for row in range(3)}, "key_project_expenditure": 0},
            "重点支出安排率 = 0.00 ÷ 0.00（年初预算安排的项目支出未填，以项目支出代替）：分母为 0，不适用",
        ),
        (
            "key_spending_share",
            {"project_budget": 0},
            "重点支出安排率 = 126.00 ÷ 0.00：分母为 0 而分子大于 0，自评仍计分，须人工核定",
        ),
        (
            "key_spending_share",
            {"project_budget": 125},
            "126.00 ÷ 125.00 = 100.80 %，超过 100%，按 100% 计分，属于 90% ≤ 比率 一档，得 5 分",
        ),
        (
            "three_public_control_rate",
            {"three_public_budget": 0},
            "“三公经费”控制率 = 9.00 ÷ 0.00：分母为 0 而分子大于 0，得 0 分",
        ),
        (
            "three_public_change_rate",
            {"three_public_budget_prior": 0},
            "“三公经费”变动率 = (10.00 − 0.00) ÷ 0.00：上年为 0，无法计算，自评仍计分，须人工核定",
        ),
        (
            "budget_adjustment_rate",
            {"budget_adjustment_exempt": 20},
            "(5.00 + 3.00 + 4.00 − 20.00) ÷ 500.00 = -1.60 %，评分标准没有规定，须人工核定",
        ),
    ],
)
def test_the_arithmetic_in_words(indicator: str, changes: dict[str, object], arithmetic: str) -> None:
    assert _trace(indicator, changes).arithmetic == arithmetic


def test_inputs_that_are_not_there_say_so() -> None:
    changes = {"on_post_staff": None, "authorized_posts": UNREADABLE}
    assert [source.value for source in _trace("staff_control_rate", changes).inputs] == ["未填", "无法读取"]


def test_evidence_is_shown_with_its_cell() -> None:
    inputs = _trace("asset_management_system", {"evidence!asset_management_system.2": "否"}).inputs
    assert inputs == (
        Input("核对清单第1项", "是", "评分表", "evidence_answer!9"),
        Input("核对清单第2项", "否", "评分表", "evidence_answer!10"),
    )


def test_a_score_that_cannot_be_computed_shows_what_stands() -> None:
    traced = _trace("payment_progress", {"special_fund_late_count": None, item("payment_progress"): None})
    assert (traced.self_score, traced.computed, traced.verified, traced.status) == ("", "", "0.00", "self_reported")


def test_a_reviewed_score_shows_both() -> None:
    traced = _trace("payment_progress", {}, payment_progress=Adjustment(1_000_000, "复核"))
    assert (traced.self_score, traced.computed, traced.verified, traced.status) == ("2.50", "2.50", "1.00", "adjusted")


def test_every_indicator_can_be_traced_whatever_is_missing() -> None:
    nothing = submission({"budget_code": "100001", "unit_name": "区空白局"})
    for typed in (nothing, changed({}), submission(SEED)):
        frames = build_frames([typed], RULEBOOK)
        scored = score(frames, RULEBOOK)
        traces = [trace(frames, scored, RULEBOOK, 0, indicator.id) for indicator in RULEBOOK.indicators]
        assert [traced.indicator for traced in traces] == [indicator.name for indicator in RULEBOOK.indicators]
        assert all(traced.arithmetic for traced in traces)


@pytest.mark.parametrize(
    ("indicator", "change", "words"),
    [
        ("staff_control_rate", {"ratio": "abs(on_post_staff - 26) / authorized_posts"}, "6.00 ÷ 20 = 30.00 %"),
        ("staff_control_rate", {"ratio": "sum(units.revenue_total) / expenditure_total"}, "550.00 ÷ 540.00 = 101.85 %"),
        ("staff_control_rate", {"ratio": "on_post_staff / input.points"}, "20 ÷ 15.00 = 133.33 %"),
        ("satisfaction", {"figure": "satisfaction_rate / 2"}, " ÷ 2 = 48.00 %"),
    ],
)
def test_a_figure_of_more_than_fields_is_told_by_what_it_comes_to(
    indicator: str, change: dict[str, str], words: str
) -> None:
    indicators = tuple(each.model_copy(update=change) if each.id == indicator else each for each in RULEBOOK.indicators)
    rulebook = RULEBOOK.model_copy(update={"indicators": indicators})
    frames = build_frames([changed({"satisfaction_rate": "0.96"}, rulebook=rulebook)], rulebook)
    assert words in trace(frames, score(frames, rulebook), rulebook, 0, indicator).arithmetic
