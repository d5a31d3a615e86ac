"""Deductions in steps and points in proportion: every boundary, a unit of the last place to each side, and the laws they obey."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.district.frames import build_frames
from perfbatch.district.scopes import FrameScope
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.kinds.deduct import DeductRule
from perfbatch.rulebook.kinds.proportional import ProportionalRule
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.steps import StepsRule
from perfbatch.rulebook.lint import lint
from perfbatch.rulebook.model import Indicator, Rulebook
from perfbatch.scoring.remarks import remark
from perfbatch.scoring.rules import compute
from perfbatch.scoring.trace import trace
from perfbatch.scoring.verify import score
from tests.cases.clean import changed
from tests.submissions import RULEBOOK


def _steps(**more: object) -> StepsRule:
    return StepsRule.model_validate(
        {"kind": "steps", "side": "below", "threshold": 100, "step": 5, "per_step": 2} | more
    )


def _points(rule: ScoringRule, full: int, figures: list[Fraction]) -> list[Decimal]:
    """The points of figures in percent with four decimals."""
    indicator = RULEBOOK.indicator_by_id["official_card_rate"].model_copy(
        update={"rule": rule, "points": Decimal(full), "ratio": "x / y", "part_of_whole": False}
    )
    columns = {"x": [int(figure * 10_000) for figure in figures], "y": [SCALE] * len(figures)}
    frame = pd.DataFrame({name: pd.array(column, dtype="Int64") for name, column in columns.items()})
    computation = compute(indicator, FrameScope(frame, RULEBOOK))
    assert computation is not None
    assert computation.computed.all()
    return [Decimal(int(points)) / 100 for points in computation.points]


def _figures(*texts: str) -> list[Fraction]:
    return [Fraction(text) for text in texts]


@pytest.mark.parametrize(
    ("part_step", "points"),
    [
        ("whole", ["20", "20", "20", "18", "18", "0", "20", "0"]),
        ("ceil", ["20", "18", "18", "18", "16", "0", "20", "0"]),
    ],
)
def test_every_five_points_short_cost_two(part_step: str, points: list[str]) -> None:
    figures = _figures("100", "99.9999", "95.0001", "95", "94.9999", "50", "100.0001", "0")
    assert _points(_steps(part_step=part_step), 20, figures) == list(map(Decimal, points))


@pytest.mark.parametrize(
    ("part_step", "points"),
    [("whole", ["6", "6", "6", "5.5", "5.5"]), ("ceil", ["6", "5.5", "5.5", "5.5", "5"])],
)
def test_steps_of_a_fraction_of_a_point_above_a_threshold(part_step: str, points: list[str]) -> None:
    rule = _steps(side="above", threshold="99.5", step="0.3", per_step="0.5", part_step=part_step)
    figures = _figures("99.5", "99.5001", "99.7999", "99.8", "99.8001")
    assert _points(rule, 6, figures) == list(map(Decimal, points))


def test_points_in_proportion() -> None:
    figures = _figures("100", "85", "99.9750", "99.9749", "0", "-3", "120")
    points = ["20", "17", "20", "19.99", "0", "0", "20"]
    assert _points(ProportionalRule(kind="proportional"), 20, figures) == list(map(Decimal, points))


_percents = st.integers(min_value=-500_000, max_value=3_000_000).map(lambda count: Fraction(count, 10_000))


@settings(max_examples=60)
@given(figures=st.lists(_percents, min_size=1, max_size=20), full=st.integers(1, 60))
def test_proportion_is_a_deduction_of_a_hundredth_for_each_point_short(figures: list[Fraction], full: int) -> None:
    deduct = DeductRule(kind="deduct", side="below", threshold=Decimal(100), per_point=Decimal(full) / 100)
    assert _points(ProportionalRule(kind="proportional"), full, figures) == _points(deduct, full, figures)


@settings(max_examples=60)
@given(
    figures=st.lists(_percents, min_size=1, max_size=20),
    side=st.sampled_from(["above", "below"]),
    part_step=st.sampled_from(["whole", "ceil"]),
    step=st.integers(1, 5000).map(lambda count: Decimal(count) / 100),
    per_step=st.integers(1, 500).map(lambda count: Decimal(count) / 100),
)
def test_steps_are_the_rule_in_its_own_words(
    figures: list[Fraction], side: str, part_step: str, step: Decimal, per_step: Decimal
) -> None:
    def worth(figure: Fraction) -> Decimal:
        past = max(Fraction(0), figure - 100 if side == "above" else 100 - figure)
        steps, rest = divmod(past, Fraction(step))
        steps += 1 if rest and part_step == "ceil" else 0
        left = max(Fraction(0), 20 - steps * Fraction(per_step))
        return (Decimal(left.numerator) / left.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)

    rule = _steps(side=side, step=step, per_step=per_step, part_step=part_step)
    assert _points(rule, 20, figures) == [worth(figure) for figure in figures]


def _ruled(rule: ScoringRule) -> Rulebook:
    """The rulebook with another rule for the card rate, of which 3 points hang on it."""

    def changed_rule(indicator: Indicator) -> Indicator:
        return indicator.model_copy(update={"rule": rule}) if indicator.id == "official_card_rate" else indicator

    return RULEBOOK.model_copy(update={"indicators": tuple(map(changed_rule, RULEBOOK.indicators))})


@pytest.mark.parametrize(
    ("rule", "spending", "arithmetic"),
    [
        (_steps(per_step="0.5"), "100", "100.00 ÷ 100.00 = 100.00 %，未低于 100%，不扣分，得 3 分"),
        (
            _steps(per_step="0.5"),
            "89.99",
            "89.99 ÷ 100.00 = 89.99 %，低 10.01 个百分点，每 5 个百分点为一档，计 2 档（不足一档不扣分），"
            "3 − 2 × 0.5 = 2，扣完为止，得 2 分",
        ),
        (
            _steps(part_step="ceil"),
            "89.99",
            "89.99 ÷ 100.00 = 89.99 %，低 10.01 个百分点，每 5 个百分点为一档，计 3 档（不足一档按一档扣分），"
            "3 − 3 × 2 = −3，扣完为止，得 0 分",
        ),
        (
            ProportionalRule(kind="proportional"),
            "85",
            "85.00 ÷ 100.00 = 85.00 %，85.00% × 3 = 2.55，最高 3 分，最低 0 分，得 2.55 分",
        ),
    ],
)
def test_the_sum_in_words(rule: ScoringRule, spending: str, arithmetic: str) -> None:
    rulebook = _ruled(rule)
    assert lint(rulebook) == []
    typed = changed({"official_card_spending": spending, "official_card_eligible": 100}, rulebook=rulebook)
    frames = build_frames([typed], rulebook)
    assert trace(frames, score(frames, rulebook), rulebook, 0, "official_card_rate").arithmetic == arithmetic


def test_a_self_score_by_the_other_reading_of_a_step_is_told_as_such() -> None:
    rulebook = _ruled(_steps(per_step="0.5", part_step="ceil"))
    at = [indicator.id for indicator in rulebook.indicators].index("official_card_rate")
    typed = {"official_card_spending": "94.99", "official_card_eligible": 100, f"item_self_score!{at}": "2.5"}
    frames = build_frames([changed(typed, rulebook=rulebook)], rulebook)
    findings = [
        (finding.code, finding.message)
        for finding in remark(frames, score(frames, rulebook), rulebook)
        if finding.check == "official_card_rate"
    ]
    assert findings == [("S02", "公务卡刷卡率：自评 2.50 分，与“不足一档不扣分”口径一致；系统按本表口径核算 2.00 分")]
