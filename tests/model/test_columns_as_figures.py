"""Counts as decimal texts and floats, and text made fit for cells and JSON."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.model.excel import CELL_LIMIT
from perfbatch.model.figures import decimal_text, mean, nearest_float
from perfbatch.model.legible import cell_text, storable_text
from perfbatch.model.submission import SCALE

COUNTS = st.integers(-(10**14), 10**14)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0.00"),
        (93_000_000, "93.00"),
        (274_980_000, "274.98"),
        (125_000, "0.125"),
        (1, "0.000001"),
        (-200_000, "-0.20"),
        (-1, "-0.000001"),
        (10**14, "100000000.00"),
    ],
)
def test_decimal_text(count: int, text: str) -> None:
    assert decimal_text(count) == text


@given(COUNTS)
def test_decimal_text_is_exact_and_comes_back(count: int) -> None:
    assert Decimal(decimal_text(count)) * SCALE == count


@given(COUNTS)
def test_nearest_float_is_the_float_of_the_decimal(count: int) -> None:
    assert nearest_float(count) == float(Decimal(count) / SCALE)


def test_mean_leaves_blanks_out() -> None:
    assert mean([3_000_000, None, 4_000_000]) == 3.5
    assert mean([None]) is None
    assert mean([]) is None


def test_bytes_of_a_file_name_are_shown() -> None:
    assert storable_text(os.fsdecode(b"\xff\xfe.xlsx")) == "\\xff\\xfe.xlsx"
    assert storable_text("a\ud800b") == "a\\ud800b"
    assert storable_text("\x01\n") == "\x01\n"


def test_what_a_cell_cannot_show_is_escaped() -> None:
    assert cell_text("a\x00\x01\x1f\x7f\x85\ufffe") == "a\\x00\\x01\\x1f\\x7f\\x85\\ufffe"
    assert cell_text("报表\u202exslx.exe") == "报表\\u202exslx.exe"
    assert cell_text("一\r\n二\r三\t四") == "一\n二\n三\t四"


def test_a_cell_holds_no_more_than_its_limit() -> None:
    assert cell_text("字" * CELL_LIMIT) == "字" * CELL_LIMIT
    assert cell_text("字" * (CELL_LIMIT + 1)) == "字" * (CELL_LIMIT - 1) + "…"
    # A character outside the basic plane takes two units and is never cut in half.
    cut = cell_text("𠮷" * CELL_LIMIT)
    assert cut == "𠮷" * ((CELL_LIMIT - 1) // 2) + "…"
    assert len(cut.encode("utf-16-le")) // 2 <= CELL_LIMIT


@given(st.text(st.characters()))
def test_cell_text_is_stable_and_encodable(text: str) -> None:
    shown = cell_text(text)
    shown.encode("utf-8")
    assert cell_text(shown) == shown
