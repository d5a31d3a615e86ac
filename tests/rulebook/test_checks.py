"""Checks made concrete: which fields a check stands for, where its finding points, and what it is called there."""

from __future__ import annotations

from collections import Counter

import pytest

from perfbatch.rulebook.checks import bind_checks, check_bindings, sum_of
from perfbatch.rulebook.expression import unparse
from perfbatch.rulebook.tree import Member, Name
from tests.submissions import RULEBOOK

CHECKS = {check.id: check for check in RULEBOOK.checks}
BOUND = bind_checks(RULEBOOK)


def _bound(check_id: str) -> list[tuple[str, str, str, str]]:
    """(when, holds, place, label) of every repetition."""
    return [
        (unparse(bound.when) if bound.when else "", unparse(bound.holds), unparse(bound.place), bound.label)
        for bound in BOUND
        if bound.check.id == check_id
    ]


def test_a_check_without_repetition_is_one_check() -> None:
    assert _bound("R11") == [("", "operating_expenditure == goods_services", "operating_expenditure", "公用支出")]


def test_each_amount_column_of_the_tables_is_checked() -> None:
    bound_checks = _bound("R01")
    assert len(bound_checks) == 22
    assert bound_checks[0] == ("", "revenue_total == sum(units.revenue_total)", "revenue_total", "收入合计")
    assert "entity_name" not in {place for _, _, place, _ in bound_checks}


def test_each_group_is_checked_and_points_at_its_first_row() -> None:
    assert _bound("R15.group") == [
        ("", f"sum({group}.item_max) == {group}.points", f"{group}.item_max", label)
        for group, label in (("input", "投入"), ("process", "过程"), ("output", "产出"), ("effect", "效果"))
    ]


def test_each_total_is_checked_against_its_parts() -> None:
    places = [place for _, _, place, _ in _bound("C03.total")]
    assert places == [
        "revenue_total",
        "expenditure_total",
        "basic_expenditure",
        "three_public_total",
        "fixed_assets_total",
    ]
    assert "personnel_expenditure + operating_expenditure" in _bound("C03.total")[2][1]


def test_each_part_is_checked_against_its_total() -> None:
    assert Counter(place for _, _, place, _ in _bound("C03.part")) == Counter(
        part for table in RULEBOOK.unit_tables.values() for column in table.fields for part in column.parts
    )
    assert len(_bound("C03.part")) == 5 + 2 + 2 + 4 + 3


def test_an_indicator_gives_its_name_to_a_finding() -> None:
    ((_, _, place, label),) = _bound("R19")
    assert (place, label) == ("satisfaction.item_self_score", "社会公众或服务对象满意度")


def test_every_check_points_at_a_field_of_the_form() -> None:
    for bound in BOUND:
        place = bound.place
        assert isinstance(place, Name | Member)
        assert (place.id if isinstance(place, Name) else place.field) in RULEBOOK.field_by_id


def test_the_checks_come_in_the_rulebook_s_order() -> None:
    assert list(dict.fromkeys(bound.check.id for bound in BOUND)) == list(CHECKS)


@pytest.mark.parametrize(
    ("check_id", "repetitions"), [("R02", 1), ("R01", 22), ("R15.group", 4), ("C03.prior", 4), ("C03.base", 20)]
)
def test_how_often_a_check_is_repeated(check_id: str, repetitions: int) -> None:
    assert len(list(check_bindings(CHECKS[check_id], RULEBOOK))) == repetitions


def test_a_sum_of_names() -> None:
    assert unparse(sum_of(("a", "b", "c"))) == "a + b + c"
    assert sum_of(("a",)) == Name("a")
