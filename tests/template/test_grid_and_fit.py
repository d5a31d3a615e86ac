"""Cell arithmetic and row heights."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from perfbatch.model.excel import MAX_ROW_HEIGHT
from perfbatch.template.grid import CellRange, cell_name, column_name
from perfbatch.template.text_fit import text_height


@given(st.integers(min_value=0, max_value=16383))
def test_column_letters_are_those_of_openpyxl(column: int) -> None:
    assert column_name(column) == get_column_letter(column + 1)


def test_references() -> None:
    column = CellRange("收支情况", 6, 2, 17, 2)
    assert column.reference == "'收支情况'!$C$7:$C$18"
    assert column.local == "C7:C18"
    assert column.cell(1).reference == "'收支情况'!$C$8"
    assert (column.rows, column.columns) == (12, 1)
    assert CellRange("l'an", 0, 0, 0, 0).reference == "'l''an'!$A$1"
    assert cell_name(6, 2) == "C7"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (CellRange("a", 3, 3, 4, 4), True),
        (CellRange("a", 0, 0, 9, 9), True),
        (CellRange("a", 5, 3, 5, 4), False),
        (CellRange("a", 3, 5, 4, 5), False),
        (CellRange("b", 3, 3, 4, 4), False),
    ],
)
def test_overlap(other: CellRange, expected: bool) -> None:
    area = CellRange("a", 2, 2, 4, 4)
    assert area.overlaps(other) is expected
    assert other.overlaps(area) is expected


def test_a_text_twice_as_long_as_its_column_takes_more_lines() -> None:
    one_line, two_lines = text_height("支" * 5, 20, 11), text_height("支" * 15, 20, 11)
    assert two_lines - one_line == pytest.approx(11 * 1.45)
    assert text_height("支\n出", 20, 11) == two_lines
    assert text_height("", 20, 11) == one_line


@given(st.text(max_size=400), st.floats(min_value=1, max_value=200), st.floats(min_value=6, max_value=40))
def test_heights_stay_inside_what_excel_allows(text: str, width: float, size: float) -> None:
    assert 0 < text_height(text, width, size) <= MAX_ROW_HEIGHT
