"""Kinds of rules that the built-in form does not use: the cell's score and the night's, at every boundary."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfbatch.rulebook.model import Cap, Indicator, Rulebook
from tests.live.agreement import compare_many, without_words
from tests.live.filling import Typed
from tests.workbooks import rulebook

pytestmark = pytest.mark.libreoffice

_STEPS = {"kind": "steps", "side": "below", "threshold": 100, "step": 5, "per_step": 2}
_EDGES = ["100", "95.01", "95.000001", "95", "94.999999", "94.99", "90", "50", "0.000001", "100.000001", "131", "0"]


def _with_rules(rules: dict[str, dict[str, Any]], deviating: tuple[str, ...]) -> Rulebook:
    """The built-in rulebook with other rules, worth 20 points each; `deviating` lose 2 points from 95 % on."""
    book = rulebook()

    def ruled(indicator: Indicator) -> Indicator:
        own: dict[str, Any] = {"deviation": {"over": 95, "costs": 2}} if indicator.id in deviating else {}
        if indicator.id in rules:
            own |= {"rule": rules[indicator.id], "points": 20, "part_of_whole": False}
        return Indicator.model_validate({**indicator.model_dump(), **own})

    indicators = tuple(map(ruled, book.indicators))
    # Worth more than before, they come to more together.
    total = sum((indicator.points for indicator in indicators), Decimal())
    return book.model_copy(update={"indicators": indicators, "total_points": total})


def _at_edges(number: int, typed: Typed, book: Rulebook) -> Typed:
    """Figures on a boundary, or a unit of the last place beside it, over 100 and over 7 times as much."""
    edge, whole = Decimal(_EDGES[number % len(_EDGES)]), Decimal(7 if number % 2 else 1)
    pairs = (
        ("procurement_actual", "procurement_budget"),
        ("official_card_spending", "official_card_eligible"),
        ("three_public_total", "three_public_budget"),
    )
    figures = {name: [value] for pair in pairs for name, value in zip(pair, (edge * whole, 100 * whole), strict=True)}
    units = {"three_public_total": [edge * whole, *typed["three_public_total"][1:]]}
    return {**without_words(typed, book), **figures, **units}


_DAYS = [
    "44408", "44409", "44408.75", "44413.25", "20210806", "1", "99999",
    "2021年8月1日", "2021 年 08 月 01 日", "2021.8.3", "2021/8/10", "20210805", "2021-7-31", "2021-13-1", "2021-2-30",
    "21-8-1", "2021-8", "下周", "", None,
]  # fmt: skip
"""As numbers, then as texts: at the deadline and past it, and no days at all."""


def test_a_day_past_the_deadline_is_the_night_s_however_it_is_typed(tmp_path: Path) -> None:
    book = _with_rules({"payment_progress": {"kind": "late", "date": "report_date", "per_day": "0.3"}}, deviating=())
    cap = Cap(id="late", name="逾期", when="days_late(report_date) >= 5", maximum=Decimal(30))
    book = book.model_copy(update={"caps": (cap,)})

    def dated(number: int, typed: Typed) -> Typed:
        day: Any = _DAYS[number]
        if number < _DAYS.index("2021年8月1日"):
            day = Decimal(day)
        return {**without_words(typed, book), "report_date": [day or None]}

    comparison = compare_many(len(_DAYS), book, tmp_path, changing=dated)
    assert comparison.parted == []
    assert comparison.totals > 8
    # A night that knows another deadline scores every day otherwise that is past it.
    (tmp_path / "again").mkdir()
    later = book.model_copy(update={"deadline": date(2021, 7, 30)})
    apart = compare_many(12, book, tmp_path / "again", night=later, changing=dated)
    scored = {int(line[:5]) for line in apart.parted if "payment_progress" in line}
    assert scored == {0, 1, 2, 3, 4, 7, 8, 9, 10, 11}


def test_a_cap_is_the_night_s_to_the_cent(tmp_path: Path) -> None:
    book = rulebook()
    bounds = (("0.9", "0.95", "60"), ("0.95", "1", "30.25"), ("0.5", "0.95", "61"))
    caps = tuple(
        Cap(
            id=f"cap{number}",
            name="上限",
            when=f"procurement_actual >= {low} * procurement_budget and procurement_actual / procurement_budget < {high}",
            maximum=Decimal(maximum),
        )
        for number, (low, high, maximum) in enumerate(bounds)
    )
    capped = book.model_copy(update={"caps": caps})
    comparison = compare_many(
        len(_EDGES), capped, tmp_path, changing=lambda number, typed: _at_edges(number, typed, book)
    )
    assert comparison.parted == []
    assert comparison.totals > 5
    # A night without the caps comes to other totals (and so to other verdicts of the checks that look at them).
    (tmp_path / "again").mkdir()
    apart = compare_many(
        6, capped, tmp_path / "again", night=book, changing=lambda number, typed: _at_edges(number, typed, book)
    )
    assert "total:" in {line.split()[1] for line in apart.parted}


@pytest.mark.parametrize("part_step", ["whole", "ceil"])
def test_steps_and_proportions_are_the_night_s_to_the_cent(tmp_path: Path, part_step: str) -> None:
    book = _with_rules(
        {
            "procurement_execution_rate": {**_STEPS, "part_step": part_step},
            "official_card_rate": {**_STEPS, "step": "0.3", "per_step": "0.07", "part_step": part_step},
            "three_public_control_rate": {**_STEPS, "side": "above", "threshold": "49.5", "step": "1.7", "part_step": part_step},
            "fixed_asset_utilisation": {"kind": "proportional"},
        },
        deviating=("procurement_execution_rate", "three_public_control_rate", "satisfaction"),
    )  # fmt: skip
    comparison = compare_many(
        len(_EDGES), book, tmp_path, changing=lambda number, typed: _at_edges(number, typed, book)
    )
    assert comparison.parted == []
    assert comparison.totals > 5
