"""Exact numbers as texts: never an exponent, never a float's digits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.model.figures import count_text, figure_text, percent_text, plain, score_text
from perfbatch.model.submission import SCALE


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("0", 0, "0"),
        ("0", 2, "0.00"),
        ("274.98", 2, "274.98"),
        ("274.9", 2, "274.90"),
        ("274.980001", 2, "274.980001"),
        ("-0.5", 2, "-0.50"),
        ("-0.0000001", 2, "0.00"),
        ("1000000", 0, "1000000"),
        ("1/3", 2, "0.333333"),
        ("2/3", 0, "0.666667"),
        ("0.0000005", 0, "0.000001"),
        ("-0.0000005", 0, "0"),
        ("100000000000000000000", 2, "100000000000000000000.00"),
    ],
)
def test_plain_numbers(value: str, places: int, text: str) -> None:
    assert plain(Fraction(value), places) == text


@given(st.decimals(min_value=-(10**10), max_value=10**10, places=6))
def test_six_decimals_come_back_as_they_were(value: Decimal) -> None:
    text = plain(Fraction(value), 2)
    assert Decimal(text) == value
    assert "E" not in text
    assert len(text.partition(".")[2]) >= 2


def test_figures_of_a_kind_have_its_decimals() -> None:
    assert figure_text(274_980_000, "amount") == "274.98"
    assert figure_text(10_000_000, "amount") == "10.00"
    assert figure_text(10_000_000, "area") == "10.00"
    assert figure_text(10_000_000, "count") == "10"
    assert figure_text(2_500_000, "score") == "2.5"
    assert figure_text(-1, "amount") == "-0.000001"


def test_scores_and_percentages_have_two_decimals() -> None:
    assert (score_text(93_000_000), score_text(2_800_000), score_text(0)) == ("93.00", "2.80", "0.00")
    assert (percent_text(Fraction(1000, 7)), percent_text(Fraction("0.005")), percent_text(Fraction(100))) == (
        "142.86",
        "0.01",
        "100.00",
    )


@given(st.integers(-(10**25), 10**25), st.integers(0, 4))
def test_a_count_reads_as_the_number_that_it_stands_for(count: int, places: int) -> None:
    assert count_text(count, places) == plain(Fraction(count, SCALE), places)
