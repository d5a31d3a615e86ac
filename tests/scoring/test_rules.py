"""Scores of every boundary of the scoring table, the three readings, and the laws that each rule obeys."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.district.frame_scope import FrameScope
from perfbatch.district.frames import build_frames
from perfbatch.district.scopes import DepartmentScope
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.kinds.bands import BandsRule
from perfbatch.rulebook.kinds.cases import Case, CasesRule
from perfbatch.rulebook.kinds.deduct import DeductRule
from perfbatch.rulebook.kinds.judgement import JudgementRule
from perfbatch.rulebook.kinds.readings import READINGS, Reading
from perfbatch.rulebook.model import Indicator, Rulebook
from perfbatch.scoring.rules import compute, lacking
from perfbatch.scoring.verify import score
from tests.cases.clean import changed
from tests.cases.scores import MISSING_CASES, SCORE_CASES, Inputs
from tests.submissions import RULEBOOK, UNREADABLE


def _scores(inputs: list[Inputs], rulebook: Rulebook = RULEBOOK) -> pd.DataFrame:
    submissions = [changed(typed, code=f"{number:06}", rulebook=rulebook) for number, typed in enumerate(inputs)]
    return score(build_frames(submissions, rulebook), rulebook).scores


@lru_cache(maxsize=1)
def _boundaries() -> pd.DataFrame:
    """The boundary rows of all indicators as one district, with the row's own indicator only."""
    rows = [(indicator, inputs) for indicator, cases in SCORE_CASES.items() for inputs, _ in cases]
    scores = _scores([inputs for _, inputs in rows])
    own = np.array([indicator for indicator, _ in rows])
    return scores[scores["indicator"].to_numpy() == own[scores["department"]]].reset_index(drop=True)


_ROWS = [(indicator, inputs, points) for indicator, cases in SCORE_CASES.items() for inputs, points in cases]


@pytest.mark.parametrize(
    ("row", "points"),
    [(row, points) for row, (_, _, points) in enumerate(_ROWS)],
    ids=[f"{indicator}-{'-'.join(map(str, inputs.values()))}" for indicator, inputs, _ in _ROWS],
)
def test_the_score_of_a_boundary_row(row: int, points: str | None) -> None:
    scored = _boundaries().iloc[row]
    computed = None if scored["computed"] is pd.NA else Decimal(int(scored["computed"])) / SCALE
    assert computed == (None if points is None else Decimal(points))
    assert scored["status"] == ("self_reported" if points is None else "computed")


def test_every_objective_indicator_has_boundary_rows() -> None:
    objective = {indicator.id for indicator in RULEBOOK.indicators if indicator.objective}
    assert objective == SCORE_CASES.keys()
    assert len(objective) == 16


def test_judgement_is_not_computed() -> None:
    scope = FrameScope(pd.DataFrame(), RULEBOOK)
    judged = [indicator for indicator in RULEBOOK.indicators if isinstance(indicator.rule, JudgementRule)]
    assert [compute(indicator, scope) for indicator in judged] == [None] * 9


# ---------------------------------------------------------------------- missing inputs


@pytest.mark.parametrize(
    ("indicator", "inputs", "missing"),
    [(indicator, inputs, missing) for indicator, cases in MISSING_CASES.items() for inputs, missing in cases],
)
def test_missing_inputs_are_named(indicator: str, inputs: Inputs, missing: tuple[str, ...]) -> None:
    scores = _scores([inputs]).set_index("indicator")
    row = scores.loc[indicator]
    assert (row["status"], row["missing"], row["computed"]) == ("self_reported", missing, pd.NA)
    assert row["verified"] == row["self"]


def test_every_objective_indicator_has_a_missing_case() -> None:
    # fund_balance can do without any one of its inputs; its own test is below.
    assert MISSING_CASES.keys() == SCORE_CASES.keys() - {"fund_balance"}


def test_an_unreadable_input_is_missing_too() -> None:
    scores = _scores([{"on_post_staff": UNREADABLE, "evidence!disclosure.2": UNREADABLE}]).set_index("indicator")
    assert scores.loc["staff_control_rate", "missing"] == ("on_post_staff",)
    assert scores.loc["disclosure", "missing"] == ("disclosure.2",)
    assert scores.loc["disclosure", "status"] == "self_reported"


def test_a_blank_carryover_leaves_a_balance_unscored_when_all_of_the_revenue_is_blank() -> None:
    blank = {
        f"{field}!0": None
        for field in (
            "carryover_prior_year",
            "general_budget_appropriation",
            "gov_fund_appropriation",
            "nontax_special_account",
            "revenue_other",
        )
    }
    scores = _scores([blank, {**blank, "balance_cumulative!0": 0}]).set_index(["department", "indicator"])
    assert scores.loc[(0, "fund_balance"), "missing"] == ("carryover_prior_year",)
    # No balance, no question of how large the carry-over was.
    assert scores.loc[(1, "fund_balance"), "computed"] == 3_000_000


def test_the_inputs_of_every_rule() -> None:
    inputs = {indicator.id: indicator.input_ids for indicator in RULEBOOK.indicators if indicator.objective}
    assert inputs == {
        "staff_control_rate": ("on_post_staff", "authorized_posts"),
        "three_public_change_rate": ("three_public_budget", "three_public_budget_prior"),
        "key_spending_share": ("key_project_expenditure", "project_budget", "project_expenditure"),
        "budget_adjustment_rate": (
            "budget_supplement",
            "budget_reduction",
            "budget_reallocation",
            "budget_adjustment_exempt",
            "budget_initial",
        ),
        "payment_progress": ("special_fund_late_count",),
        "fund_balance": ("balance_cumulative", "revenue_total", "expenditure_total", "carryover_prior_year"),
        "three_public_control_rate": ("three_public_total", "three_public_budget"),
        "budget_management_system": tuple(f"budget_management_system.{number}" for number in (1, 2, 3)),
        "fund_use_compliance": ("fund_use_compliance.breaches",),
        "disclosure": tuple(f"disclosure.{number}" for number in (1, 2, 3, 4, 5)),
        "procurement_execution_rate": ("procurement_actual", "procurement_budget"),
        "official_card_rate": ("official_card_spending", "official_card_eligible"),
        "asset_management_system": tuple(f"asset_management_system.{number}" for number in (1, 2)),
        "asset_safety": ("asset_safety.breaches",),
        "fixed_asset_utilisation": ("fixed_assets_in_use", "fixed_assets_total"),
        "satisfaction": ("satisfaction_rate",),
    }


# ---------------------------------------------------------------------- readings of a fraction of a percentage point


def _reading(rulebook: Rulebook, indicator_id: str, reading: Reading) -> Rulebook:
    """The rulebook with one indicator's reading of fractions changed."""
    indicators = tuple(
        indicator.model_copy(update={"rule": indicator.rule.model_copy(update={"reading": reading})})
        if indicator.id == indicator_id
        else indicator
        for indicator in rulebook.indicators
    )
    return rulebook.model_copy(update={"indicators": indicators})


#                              inputs                                          pro_rata  whole  ceil
READING_CASES: list[tuple[str, Inputs, str, str, str]] = [
    ("staff_control_rate", {"authorized_posts": 40, "on_post_staff": 41}, "3.75", "4", "3.5"),  # 2.5 points past
    ("staff_control_rate", {"authorized_posts": 40, "on_post_staff": 40}, "5", "5", "5"),
    ("staff_control_rate", {"authorized_posts": 100, "on_post_staff": 102}, "4", "4", "4"),
    ("staff_control_rate", {"authorized_posts": 1000, "on_post_staff": 1001}, "4.95", "5", "4.5"),
    ("staff_control_rate", {"authorized_posts": 1000, "on_post_staff": 1099}, "0.05", "0.5", "0"),
    ("three_public_control_rate", {"three_public_total!0": "102.25", "three_public_budget": 100}, "3.75", "4", "3"),
    ("procurement_execution_rate", {"procurement_actual": "97.5", "procurement_budget": 100}, "2.5", "2.6", "2.4"),
    ("official_card_rate", {"official_card_spending": "47.5", "official_card_eligible": 100}, "2.5", "2.6", "2.4"),
    ("fixed_asset_utilisation", {"fixed_assets_in_use!0": "97.5", "fixed_assets_total!0": 100}, "2.75", "2.8", "2.7"),
]


@pytest.mark.parametrize(("indicator", "inputs", "pro_rata", "whole", "ceil"), READING_CASES)
def test_the_three_readings_of_a_fraction(indicator: str, inputs: Inputs, pro_rata: str, whole: str, ceil: str) -> None:
    for reading, points in zip(READINGS, (pro_rata, whole, ceil), strict=True):
        scores = _scores([inputs], _reading(RULEBOOK, indicator, reading)).set_index("indicator")
        assert scores.loc[indicator, "computed"] == int(Decimal(points) * SCALE), reading


# ---------------------------------------------------------------------- laws

_DEDUCT = [indicator for indicator in RULEBOOK.indicators if isinstance(indicator.rule, DeductRule)]
_BANDS = [indicator for indicator in RULEBOOK.indicators if isinstance(indicator.rule, BandsRule)]


def _points_of(indicator: Indicator, figures: list[Fraction]) -> list[Decimal | None]:
    """The points that an indicator's rule gives to figures in percent, whatever they are made of."""
    bare = indicator.model_copy(update={"ratio": "x / y", "figure": None})
    scope = FrameScope(
        pd.DataFrame(
            {
                "x": pd.array([int(figure * 10_000) for figure in figures], dtype="Int64"),
                "y": pd.array([SCALE] * len(figures), dtype="Int64"),
            }
        ),
        RULEBOOK,
    )
    computation = compute(bare, scope)
    assert computation is not None
    return [
        Decimal(int(points)) / 100 if known else None
        for points, known in zip(computation.points, computation.computed, strict=True)
    ]


def _half_up(exact: Fraction) -> Decimal:
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _deducted(rule: DeductRule, full: Fraction, figure: Fraction) -> Decimal:
    """The rule in its own words."""
    past = figure - Fraction(rule.threshold) if rule.side == "above" else Fraction(rule.threshold) - figure
    return _half_up(max(Fraction(0), full - Fraction(rule.per_point) * max(Fraction(0), past)))


# Percentages with four decimals, so that the bare ratio above is exact in counts.
_percents = st.integers(min_value=-500_000, max_value=3_000_000).map(lambda count: Fraction(count, 10_000))


@settings(max_examples=60)
@given(st.lists(_percents, min_size=1, max_size=20))
def test_deductions_are_exact_monotone_and_within_the_points(figures: list[Fraction]) -> None:
    figures.sort()
    for indicator in _DEDUCT:
        assert isinstance(indicator.rule, DeductRule)
        points = _points_of(indicator, figures)
        assert points == [_deducted(indicator.rule, Fraction(indicator.points), figure) for figure in figures]
        given_points: list[Any] = list(points)
        falling = given_points if indicator.rule.side == "above" else given_points[::-1]
        assert falling == sorted(falling, reverse=True)
        assert all(0 <= given_point <= indicator.points for given_point in given_points)


@settings(max_examples=60)
@given(st.lists(_percents.filter(lambda percent: percent >= 0), min_size=1, max_size=20))
def test_bands_are_monotone_and_within_the_points(figures: list[Fraction]) -> None:
    figures.sort()
    for indicator in _BANDS:
        inside = [figure for figure in figures if indicator.id != "satisfaction" or figure <= 100]
        points: list[Any] = _points_of(indicator, inside)
        assert None not in points
        rising = points[::-1] if indicator.id == "budget_adjustment_rate" else points
        assert rising == sorted(rising)
        assert all(0 <= point <= indicator.points for point in points)


@pytest.mark.parametrize("indicator", _BANDS, ids=lambda judged: judged.id)
def test_each_bound_of_a_band_belongs_to_the_band_that_says_so(indicator: Indicator) -> None:
    """Every bound with a neighbour of 0.0001 percentage points on both sides."""
    assert isinstance(indicator.rule, BandsRule)
    step = Fraction(1, 10_000)
    for band in indicator.rule.bands:
        points = Decimal(band.points)
        for bound, first, last in (
            (band.minimum, 0, 1),
            (band.above, 1, 2),
            (band.maximum, -1, 0),
            (band.below, -2, -1),
        ):
            if bound is None:
                continue
            edge = Fraction(bound)
            inside = [edge + step * number for number in range(first, last + 1)]
            if band.minimum is not None and band.minimum == band.maximum:
                inside = [edge]
            assert _points_of(indicator, inside) == [points] * len(inside), (band, bound)


@settings(max_examples=60)
@given(
    numerator=st.integers(min_value=0, max_value=10**14),
    denominator=st.integers(min_value=1, max_value=10**14),
    per_point=st.sampled_from(["0.1", "0.5", "1", "50", "1000"]),
)
def test_huge_figures_do_not_overflow(numerator: int, denominator: int, per_point: str) -> None:
    """10^14 counts is 100 million 万元 and the largest amount that a cell may hold."""
    indicator = RULEBOOK.indicator_by_id["three_public_control_rate"]
    rule = indicator.rule.model_copy(update={"per_point": Decimal(per_point)})
    bare = indicator.model_copy(update={"ratio": "x / y", "rule": rule})
    frame = pd.DataFrame(
        {"x": pd.array([numerator, 10**14], dtype="Int64"), "y": pd.array([denominator, 1], dtype="Int64")}
    )
    computation = compute(bare, FrameScope(frame, RULEBOOK))
    assert computation is not None
    assert isinstance(rule, DeductRule)
    expected = _deducted(rule, Fraction(6), Fraction(numerator, denominator) * 100)
    assert [Decimal(int(point)) / 100 for point in computation.points] == [expected, Decimal(0)]


# ---------------------------------------------------------------------- cases


def test_a_case_counts_only_where_every_case_before_it_is_known_to_fail() -> None:
    rule = CasesRule(
        kind="cases",
        cases=(
            Case(when="authorized_posts > 30", points=Decimal(3)),
            Case(when="on_post_staff == 20", points=Decimal(2)),
            Case(when="on_post_staff >= 20", points=Decimal(1)),
        ),
    )
    indicator = RULEBOOK.indicator_by_id["payment_progress"].model_copy(update={"rule": rule})
    inputs: list[Inputs] = [
        {"authorized_posts": 31, "on_post_staff": 20},
        {"authorized_posts": 30, "on_post_staff": 20},
        {"authorized_posts": 30, "on_post_staff": 21},
        {"authorized_posts": 30, "on_post_staff": 19},  # no case: for a person to score
        {"authorized_posts": None, "on_post_staff": 20},  # the first case might hold
        {"authorized_posts": 31, "on_post_staff": None},  # the first case holds, whatever the second needs
        {"authorized_posts": UNREADABLE, "on_post_staff": 20},
    ]
    frames = build_frames([changed(typed) for typed in inputs], RULEBOOK)
    computation = compute(indicator, DepartmentScope(frames.departments, RULEBOOK, frames=frames))
    assert computation is not None
    points = [
        int(points) if computed else None
        for points, computed in zip(computation.points, computation.computed, strict=True)
    ]
    assert points == [300, 200, 100, None, None, 300, None]
    assert list(computation.covered) == [True, True, True, False, True, True, True]
    missing = {name: list(mask) for name, mask in computation.missing}
    assert missing == {
        "authorized_posts": [False, False, False, False, True, False, True],
        "on_post_staff": [False] * 7,
    }


# ---------------------------------------------------------------------- the rulebook's numbers decide


@pytest.mark.parametrize(
    ("indicator", "change", "computed"),
    [
        ("staff_control_rate", {"threshold": Decimal(90)}, "0"),
        ("staff_control_rate", {"threshold": Decimal(98)}, "4"),
        ("official_card_rate", {"per_point": Decimal("0.1")}, "2.5"),
        ("payment_progress", {"per_case": Decimal(1)}, "2"),
    ],
)
def test_another_number_in_the_rulebook_is_another_score(
    indicator: str, change: dict[str, Decimal], computed: str
) -> None:
    indicators = tuple(
        spec.model_copy(update={"rule": spec.rule.model_copy(update=change)}) if spec.id == indicator else spec
        for spec in RULEBOOK.indicators
    )
    scores = _scores([{}], RULEBOOK.model_copy(update={"indicators": indicators})).set_index("indicator")
    assert scores.loc[indicator, "computed"] == int(Decimal(computed) * SCALE)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=8))
def test_what_is_lacking_together_is_what_each_row_lacks(rows: list[tuple[bool, bool, bool]]) -> None:
    first, other, waiting = (np.array([row[place] for row in rows], dtype=bool) for place in range(3))
    together = lacking((("one", first), ("other", other)), waiting)
    by_row = {row: names for names, places in together for row in places}
    assert by_row == {
        number: tuple(name for name, lack in (("one", row[0]), ("other", row[1])) if lack)
        for number, row in enumerate(rows)
        if row[2] and (row[0] or row[1])
    }
    assert len({names for names, _ in together}) == len(together)
