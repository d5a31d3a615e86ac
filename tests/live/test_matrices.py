"""Checks over tables of fixed rows and columns, in the cells and by night."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from perfbatch.rulebook.formula import BLANK, FAILS, HOLDS, TAIL
from tests.live.agreement import compare_many
from tests.live.filling import Typed
from tests.matrices import with_funds

pytestmark = pytest.mark.libreoffice


def _funds(number: int, typed: Typed) -> Typed:
    drawn = random.Random(number)
    rows, columns = ("total", "current", "other"), ("first_half", "second_half", "year")
    figures = {(row, column): Decimal(drawn.randint(0, 400)) / 4 for row in rows[1:] for column in columns[:2]}
    for column in columns[:2]:
        figures["total", column] = figures["current", column] + figures["other", column]
    for row in rows:
        figures[row, "year"] = figures[row, "first_half"] + figures[row, "second_half"]
    for place in drawn.sample(sorted(figures), drawn.randint(0, 4)):
        figures[place] = drawn.choice(
            [None, Decimal(0), figures[place] and figures[place] + Decimal("0.01"), Decimal(7)]
        )
    return {**typed, **{f"fund_{row}_{column}": [figure] for (row, column), figure in figures.items()}}


def test_totals_down_and_along_are_judged_alike(tmp_path: Path) -> None:
    comparison = compare_many(40, with_funds(), tmp_path, changing=_funds)
    assert comparison.parted == []
    assert comparison.workbooks == 40
    assert all(comparison.by_check["R43", word] > 3 for word in (HOLDS, FAILS, TAIL, BLANK))
    assert comparison.by_check["R44", HOLDS] > 0
