"""What names mean: columns, sums over rows, the summary row, another record, the parts of a total, grades."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from perfbatch.district.frame_scope import FrameScope
from perfbatch.district.frames import Frames, build_frames, record_frame
from perfbatch.district.scopes import DepartmentScope, ItemScope, UnitScope
from perfbatch.rulebook.quantity import Quantity, constant
from tests.cases.clean import changed, item
from tests.submissions import RULEBOOK, UNREADABLE


def _frames(*changes: dict[str, Any]) -> Frames:
    return build_frames([changed(change, code=f"{number:06}") for number, change in enumerate(changes)], RULEBOOK)


def _department(*changes: dict[str, Any], **more: Any) -> DepartmentScope:
    frames = _frames(*changes)
    return DepartmentScope(frames.departments, RULEBOOK, frames=frames, **more)


def _values(quantity: object) -> list[Fraction | str | None]:
    """The value of every row; None where unknown, "?" where something unreadable went into it."""
    assert isinstance(quantity, Quantity)
    return [
        "?" if quantity.tainted[row] else quantity.fraction(row) if quantity.known[row] else None
        for row in range(len(quantity.known))
    ]


def test_sums_leave_the_summary_row_out() -> None:
    scope = _department(
        {},
        {"revenue_other!1": None},
        {"revenue_other!1": None, "revenue_other!2": None},
        {"revenue_other!2": UNREADABLE},
    )
    assert _values(scope.total("units", "revenue_other")) == [8, 3, None, "?"]
    assert list(scope.total("units", "revenue_other").slack) == [20_000, 10_000, 0, 10_000]


def test_sums_over_the_scorecard_and_its_groups() -> None:
    scope = _department({}, {item("duty_growth", "item_max"): 8, item("asset_safety"): None})
    assert _values(scope.total("items", "item_max")) == [100, 101]
    assert _values(scope.total("output", "item_max")) == [25, 26]
    assert _values(scope.total("process", "item_self_score")) == [Fraction("34.3"), Fraction("30.3")]


def test_members_are_groups_indicators_and_other_records() -> None:
    prior = record_frame(["000000", "000001"], {"000001": {"revenue_total": 5_000_000}}, ["revenue_total"], RULEBOOK)
    scope = _department({}, {item("duty_growth"): UNREADABLE}, prior=prior)
    assert _values(scope.member("effect", "points")) == [20, 20]
    assert _values(scope.member("duty_growth", "item_max")) == [7, 7]
    assert _values(scope.member("duty_growth", "item_self_score")) == [7, "?"]
    assert _values(scope.member("prior", "revenue_total")) == [None, 5]
    assert _values(scope.member("prior", "expenditure_total")) == [None, None]
    assert _values(scope.member("roster", "budget_initial")) == [None, None]
    assert _values(scope.name("total_points")) == [100, 100]


def test_a_blank_part_is_nothing_beside_a_filled_one() -> None:
    blank = {"basic_expenditure!0": None, "project_expenditure!0": None}
    scope = _department(
        {},
        {"project_expenditure!0": None},
        blank,
        {"project_expenditure!0": UNREADABLE},
        {"project_expenditure!0": None, "basic_expenditure!0": UNREADABLE},
        {"basic_expenditure!0": UNREADABLE},
    )
    # Where a sibling cannot be read, a blank part may be anything; a filled part is what it is.
    assert _values(scope.part("project_expenditure")) == [140, 0, None, "?", "?", 140]


def test_the_summary_row_of_a_unit_is_its_own_department_s() -> None:
    frames = _frames({}, {"revenue_total!0": 700, "revenue_total!3": 1}, {"revenue_total!0": None})
    scope = UnitScope(frames.units, RULEBOOK)
    assert _values(scope.member("summary", "revenue_total")) == [550] * 3 + [700] * 4 + [None] * 3
    with pytest.raises(KeyError, match="prior"):
        scope.member("prior", "revenue_total")


def test_rows_of_the_scorecard_know_the_targets_of_their_indicator() -> None:
    frames = _frames({}, {"indicator_target!21": None, "indicator_actual!21": None, "indicator_actual!22": "x"})
    scope = ItemScope(frames.items, RULEBOOK, frames=frames)
    rows = list(zip(frames.items["department"], frames.items["indicator"], strict=True))
    answered = dict(zip(rows, _values(scope.name("targets_answered")), strict=True))
    assert {answered[0, indicator_id] for indicator_id in ("duty_growth", "duty_other")} == {4}
    assert answered[0, "economic_benefit"] == 1
    assert answered[1, "economic_benefit"] == 1
    assert answered[0, "staff_control_rate"] == 0
    typed = scope.name("has_target_types")
    assert {row for (_, row), has in zip(rows, typed.value, strict=True) if has} == {  # type: ignore[union-attr]
        *(indicator.id for indicator in RULEBOOK.indicators if indicator.group == "output"),
        "economic_benefit",
        "social_benefit",
        "ecological_benefit",
    }


def test_what_a_scope_has_not_is_an_error_of_the_program() -> None:
    scope = FrameScope(_frames({}).tables["targets"], RULEBOOK)
    for ask in (
        lambda: scope.member("prior", "x"),
        lambda: scope.total("units", "x"),
        lambda: scope.points("x"),
    ):
        with pytest.raises(KeyError):
            ask()
    with pytest.raises(TypeError, match="is not a number"):
        _department({}).total("units", "entity_name")


def test_grades_of_exact_scores() -> None:
    scope = _department({})
    for score, grade in (
        ("89.9999999999", "良好"),
        ("90", "优秀"),
        ("1000000000000000000000000000000", "优秀"),
        ("-1", "差"),
    ):
        assert list(scope.grade(constant(Fraction(score), 1)).values) == [grade]
    unknown = scope.member("roster", "budget_initial")
    assert isinstance(unknown, Quantity)
    assert list(scope.grade(unknown).known) == [False]
