"""Rows that were seen before: what is remembered is what a fresh reading gives, and each workbook's own texts and looks."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.intake.guard import inspect
from perfbatch.package.plain_rows import RememberedRows, plain_rows
from perfbatch.package.workbook import open_workbook
from tests.package.test_plain_sheet import cells, package

_ROW = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" s="{style}"><v>1000</v></c></row>'


def read(content: bytes) -> list[tuple[str, object]]:
    """Kind and value of the first two cells."""
    workbook = open_workbook(inspect(content))
    return [(cell.kind, cell.value) for cell in workbook.column(workbook.names["a"])[:2]]


def test_the_same_row_has_each_workbooks_own_text() -> None:
    row = _ROW.format(style=0)
    for text in ("甲", "乙", "甲"):
        assert read(package(row, f"<si><t>{text}</t></si>")) == [("text", text), ("number", 1000.0)]


def test_the_same_row_has_each_workbooks_own_calendar() -> None:
    row = _ROW.format(style=8)
    for date1904, day in ((False, date(1902, 9, 26)), (True, date(1906, 9, 27)), (False, date(1902, 9, 26))):
        assert read(package(row, "<si><t>甲</t></si>", date1904=date1904)) == [("text", "甲"), ("date", day)]


def test_a_text_that_is_not_there_is_missed_in_each_workbook() -> None:
    (rows,) = plain_rows(b'<row r="1"><c r="A1" t="s"><v>4</v></c></row>')
    assert rows is not None
    assert (rows.strings, rows.references, rows.stored) == (5, 1, 1)


_stretches = st.lists(cells(), min_size=1, max_size=8)


@settings(max_examples=100)
@given(sheets=_stretches, most_markup=st.integers(0, 2_000))
def test_what_is_remembered_is_what_a_fresh_reading_gives(sheets: list[str], most_markup: int) -> None:
    remembered = RememberedRows(most_markup)
    for sheet in [*sheets, *reversed(sheets)]:
        for row in sheet.encode().split(b"</row>")[:-1]:
            markup = row + b"</row>"
            assert remembered(markup) == RememberedRows()(markup)


def test_what_is_remembered_is_bounded() -> None:
    remembered = RememberedRows(1_000)
    rows = [b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (at, at) for at in range(1, 1_000)]
    for markup in rows:
        assert remembered(markup) is not None
    # Two generations of at most 1,000 bytes each.
    assert len(remembered) <= 2 * 1_000 // len(rows[0])
    long = b'<row r="1"><c r="A1" t="str"><v>%s</v></c></row>' % (b"x" * 5_000)
    before = len(remembered)
    assert remembered(long) is not None
    assert len(remembered) == before


def test_a_cell_that_stands_twice_in_a_row_is_the_parsers_matter() -> None:
    once, twice = '<c r="A1"><v>1</v></c>', '<c r="A1"><v>2</v></c>'
    assert [rows is None for rows in plain_rows(f'<row r="1">{once}</row><row r="2"/>'.encode())] == [False, False]
    assert [rows is None for rows in plain_rows(f'<row r="1">{once}{twice}</row>'.encode())] == [True]


def test_a_style_is_each_workbooks_own_and_each_cells() -> None:
    rows = '<row r="1"><c r="A1" s="8"><v>1000</v></c></row><row r="2"><c r="A2" s="2"><v>1000</v></c></row>'
    for style, expected in ((8, ("date", date(1902, 9, 26))), (1, ("number", 1000.0)), (14, ("blank", None))):
        changed = rows.replace('s="8"', f's="{style}"')
        assert read(package(changed)) == [expected, ("number", 1000.0)]
