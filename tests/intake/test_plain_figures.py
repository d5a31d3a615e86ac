"""Figures read in whole numbers: the same as by decimals, or left to them."""

from __future__ import annotations

import random

import pytest

from perfbatch.intake.normalise import normalise
from perfbatch.intake.plain_figures import PlainFigures
from perfbatch.model.submission import State
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.load import load_rulebook

FORMATS = ("", "General", "0.00", "#,##0.00", "0.00%", '#,##0.00"元"', "0!.0000", "0.00;0.00", "0.00;[Red]0.00", "yyyy")
ODD = (
    0.0,
    -0.0,
    0.5,
    1.0,
    1.000001,
    0.1 + 0.2,
    100.0,
    100.01,
    1e-5,
    1e-7,
    1e12,
    1e12 + 0.5,
    1e16,
    float("inf"),
    2020.0,
)


def numbers() -> list[float]:
    chance = random.Random(1)
    return [
        *ODD,
        *(-number for number in ODD),
        *(round(chance.uniform(-1000, 1000), chance.randint(0, 9)) for _ in range(40)),
    ]


@pytest.mark.parametrize("name", ["yunxi-2020", "xiangmu-2023"])
def test_a_plain_figure_means_what_its_decimal_means(name: str) -> None:
    rulebook = load_rulebook(name).rulebook
    read = 0
    for field in rulebook.fields():
        figures = PlainFigures.of(field, rulebook)
        for code in FORMATS if figures is not None else ():
            for number in numbers():
                plain_figure = figures.read(number, code) if figures is not None else None
                if plain_figure is None:
                    continue
                read += 1
                cell = RawCell("收支情况", "C7", 7, 3, "number", number, None, True, code)
                reading = normalise(cell, field, rulebook)
                assert (reading.state, reading.value, reading.step) == (State.FILLED, *plain_figure), (field.id, number)
                assert reading.remarks == (), (field.id, code, number)
    assert read > 1_000


def test_whole_numbers_and_decimals_are_counted_and_what_must_be_asked_about_is_not() -> None:
    rulebook = load_rulebook("yunxi-2020").rulebook
    fields = rulebook.field_by_id
    amount = PlainFigures.of(fields["revenue_total"], rulebook)
    rate = PlainFigures.of(fields["satisfaction_rate"], rulebook)
    assert amount is not None
    assert rate is not None
    assert amount.read(120.0, "General") == (120_000_000, 10_000)
    assert amount.read(120.345678, "#,##0.00") == (120_345_678, 1)
    assert amount.read(120.3456789, "General") is None
    assert amount.read(120.0, "0.00%") is None
    assert rate.read(0.9, "General") is None
    assert rate.read(90.0, "General") is not None
    assert PlainFigures.of(fields["fiscal_year"], rulebook) is None
    assert PlainFigures.of(fields["unit_name"], rulebook) is None
