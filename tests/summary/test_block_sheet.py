"""Rows put into the finished package are the rows that xlsxwriter itself writes, cell by cell."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from xlsxwriter.sharedstrings import SharedStrings

from perfbatch.district.result import BatchResult
from perfbatch.model.submission import SCALE
from perfbatch.summary import Surroundings, write_summary
from perfbatch.summary import book as books
from perfbatch.summary.block import RowLooks
from perfbatch.summary.block_sheet import UnknownMarkup, splice
from perfbatch.summary.book import Book, can_splice
from perfbatch.summary.cells import Marked, TableColumn
from perfbatch.summary.strips import Counts, Formulas, Link, Look, Rich, Values
from tests.districts import STARTED
from tests.package_rules import faults
from tests.summary.conftest import Written
from tests.summary.package_contents import contents


def differing(path: Path, other: Path) -> list[str]:
    """What two workbooks do not have in common."""
    first, second = contents(path), contents(other)
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def write_cell_by_cell(result: BatchResult, path: Path, around: Surroundings | None = None) -> None:
    """The summary as it is where rows cannot be put into the package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(books, "can_splice", lambda: False)
        write_summary(result, path, ["district-summary-2020.xlsx", "run-report.json"], around)


def test_this_xlsxwriter_is_known() -> None:
    assert can_splice()


@pytest.mark.parametrize("name", ["small", "sample"])
def test_a_summary_is_the_same_both_ways(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    spliced: Written = request.getfixturevalue(name)
    write_cell_by_cell(spliced.result, tmp_path / "s.xlsx", request.getfixturevalue(f"around_{name}"))
    assert differing(spliced.path, tmp_path / "s.xlsx") == []


def test_an_empty_night_is_the_same_both_ways(empty_night: BatchResult, tmp_path: Path) -> None:
    write_summary(empty_night, tmp_path / "spliced.xlsx", ["district-summary-2020.xlsx", "run-report.json"])
    write_cell_by_cell(empty_night, tmp_path / "cells.xlsx")
    assert differing(tmp_path / "spliced.xlsx", tmp_path / "cells.xlsx") == []


def test_the_same_night_gives_the_same_bytes(small: Written, around_small: Any, tmp_path: Path) -> None:
    write_summary(small.result, tmp_path / "s.xlsx", ["district-summary-2020.xlsx", "run-report.json"], around_small)
    assert (tmp_path / "s.xlsx").read_bytes() == small.path.read_bytes()


COLUMNS = (
    TableColumn("文", style="text", widest=20),
    TableColumn("数", "figure", "number", "0.00"),
    TableColumn("个", "whole", "centred", widest=12),
)
# Those that xlsxwriter takes for markup have a test of their own.
TEXTS = st.text(st.characters(exclude_characters="<", exclude_categories=()), max_size=30) | st.sampled_from(
    [
        "_x000A_",
        " a",
        "a ",
        "\n",
        "=1+1",
        "a\x00b",
        "\ud800",
        "\ufffe",
        "长" * 40,
        "a\r\nb",
        "'\"&<>]]>",
    ]
)
NUMBERS = (
    st.integers(-(10**20), 10**20)
    | st.integers(-100, 100)
    | st.integers(-200, 200).map(lambda count: count * SCALE // 8)
)
CELLS = st.none() | TEXTS | NUMBERS
MARKED = CELLS | st.builds(
    Marked, CELLS, st.sampled_from(["own", "unit", "error", "group_number"]), st.sampled_from(["", "0.0%"])
)
LINKS = st.sampled_from([Link("../inbox/a%20b.xlsx", "'收支情况'!C7"), Link("a&b.xlsx", ""), Link("", "'s'!A1")])
ROWS = st.lists(st.tuples(MARKED, MARKED, MARKED), max_size=12)


def drawn(path: Path, rows: list[tuple[Any, ...]], looks: RowLooks, links: dict[int, Link], *, spliced: bool) -> None:
    """A sheet of two blocks with a plain row between them."""
    with Book(path, "t", STARTED, spliced=spliced) as book:
        sheet = book.add("s")
        top = sheet.table(sheet.title("题", "注"), COLUMNS, rows, filters=False, looks=looks, links={0: links})
        sheet.text(top, 0, "间")
        sheet.table(top + 1, COLUMNS[:2], [row[1:] for row in rows], filters=False)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.randoms(use_true_random=False), LINKS)
@example([("0", None, None), (2**63, "a\nb", 2**63)], random.Random(0), Link("", "'s'!A1"))
def test_any_rows_are_the_same_both_ways(tmp_path: Path, rows: list[tuple[Any, ...]], chance: Any, link: Link) -> None:
    looks = RowLooks(
        [chance.randrange(4) for _ in rows],
        [chance.random() < 0.5 for _ in rows],
        {row: chance.choice([14.0, 20.0, 33.3, 500.0]) for row in range(len(rows)) if chance.random() < 0.5},
    )
    linked = {
        at: link for at, row in enumerate(rows) if isinstance(row[0], str) and row[0].strip() and chance.random() < 0.7
    }
    for spliced in (True, False):
        drawn(tmp_path / f"{spliced}.xlsx", rows, looks if rows else RowLooks(), linked, spliced=spliced)
    assert differing(tmp_path / "True.xlsx", tmp_path / "False.xlsx") == []
    assert faults(tmp_path / "True.xlsx") == []


@pytest.mark.parametrize("rows", [1, 2, 16, 17, 3_000])
def test_formulas_and_bars_are_the_same_both_ways(tmp_path: Path, rows: int) -> None:
    counts = np.arange(rows, dtype=np.int64) * 125_000
    filled = counts % 3 > 0
    bar = Rich("bar", 7, (("#1F3864", "█"), ("#C55A11", "██")))
    for spliced in (True, False):
        with Book(tmp_path / f"{spliced}.xlsx", "t", STARTED, spliced=spliced) as book:
            sheet = book.add("s")
            sheet.text(0, 0, "题", "title")
            written = sheet.block(
                1,
                [None] * 5,
                [
                    Formulas(
                        '=IF(A{row}<1,"",SUM(A{row}:B{row}))',
                        counts,
                        filled,
                        [Look("check", "0.0")],
                        {rows - 1: ('=IF(A{row}<1,"<",TEXT(A{row}+B{row},"0"))', "<1")},
                    ),
                    Formulas(
                        [f"=A{row}" if row % 2 else "" for row in range(rows)],
                        counts,
                        filled,
                        [Look("check", "0")],
                        {rows // 2: ('="尾差 "&B1', "尾差 1")},
                    ),
                    Values(
                        ["█" if row % 2 else None for row in range(rows)],
                        [bar, Look("bar", colour="#C55A11")],
                        [row % 2 for row in range(rows)],
                    ),
                    Counts(
                        counts,
                        filled,
                        [Look("own_number"), Look("unit_number", "0.0")],
                        [row % 2 for row in range(rows)],
                    ),
                    Counts(counts, filled, [Look("plain")], scale=1, otherwise="—"),
                ],
            )
            assert written == rows
    assert differing(tmp_path / "True.xlsx", tmp_path / "False.xlsx") == []
    assert faults(tmp_path / "True.xlsx") == []


def test_an_unknown_xlsxwriter_writes_the_cells_itself(
    small: Written, around_small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_order(self: Any) -> None:
        table = self.string_table
        self._xml_start_tag(
            "sst",
            [
                ("uniqueCount", table.unique_count),
                ("count", table.count),
                ("xmlns", "http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
            ],
        )

    monkeypatch.setattr(SharedStrings, "_write_sst", other_order)
    can_splice.cache_clear()
    try:
        assert not can_splice()
        write_summary(
            small.result, tmp_path / "s.xlsx", ["district-summary-2020.xlsx", "run-report.json"], around_small
        )
    finally:
        can_splice.cache_clear()
    assert differing(small.path, tmp_path / "s.xlsx") == []


@pytest.fixture(scope="module")
def taken_apart() -> Iterator[tuple[dict[str, bytes], Any]]:
    """A package without its rows, and what was to be put into it."""
    kept: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(books, "splice", lambda *given: kept.extend(given))
        book = Book(Path(), "t", STARTED, spliced=True)
        sheet = book.add("s")
        rows = [["a", SCALE, 1], ["b", None, 2]]
        sheet.table(0, COLUMNS, rows, filters=False, links={0: {0: Link("a.xlsx", "")}})
        sheet.excel_table("T", 0, 2, [{"header": column.title} for column in COLUMNS])
        book.write(io.BytesIO(), book.finish())
    skeleton, _, added, texts = kept
    with zipfile.ZipFile(skeleton) as package:
        yield {name: package.read(name) for name in package.namelist()}, (added, texts)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/sharedStrings.xml", b"uniqueCount", b"unique"),
        ("xl/sharedStrings.xml", b"</sst>", b"</sst >"),
        ("xl/worksheets/sheet1.xml", b"<dimension ", b"<size "),
        ("xl/worksheets/sheet1.xml", b'<row r="2" ', b'<row spans="1:3" r="2" '),
        ("xl/worksheets/sheet1.xml", b'<c r="B2" ', b'<c cm="1" r="B2" '),
        ("xl/worksheets/sheet1.xml", b'<c r="B2" ', b'<c r="X2" '),
        ("xl/worksheets/sheet1.xml", b"<printOptions ", b"<options "),
        ("xl/tables/table1.xml", b' ref="A1:C2"', b' ref="A1:C9"'),
        ("xl/tables/table1.xml", b" displayName=", b" shown="),
        ("xl/worksheets/_rels/sheet1.xml.rels", b"</Relationships>", b"</Relationships >"),
    ],
)
def test_other_markup_is_refused(taken_apart: Any, part: str, old: bytes, new: bytes) -> None:
    parts, (added, texts) = taken_apart
    assert old in parts[part]

    def packed(parts: dict[str, bytes]) -> io.BytesIO:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as package:
            for name, part in parts.items():
                package.writestr(name, part)
        return content

    splice(packed(parts), io.BytesIO(), added, texts)
    with pytest.raises(UnknownMarkup):
        splice(packed({**parts, part: parts[part].replace(old, new)}), io.BytesIO(), added, texts)


@pytest.mark.parametrize("spliced", [True, False])
def test_a_text_that_looks_like_markup_is_a_text(tmp_path: Path, spliced: bool) -> None:
    text = "<r>&</r>"
    with Book(tmp_path / "s.xlsx", "t", STARTED, spliced=spliced) as book:
        sheet = book.add("s")
        sheet.text(0, 0, text)
        sheet.table(1, [TableColumn("a")], [[text]], filters=False)
    values = [row[0] for row in openpyxl.load_workbook(tmp_path / "s.xlsx")["s"].iter_rows(values_only=True)]
    assert values == [text, "a", text]


def test_more_rows_than_a_sheet_has(tmp_path: Path) -> None:
    with (
        pytest.raises(OSError, match=r"row 1048577 does not fit into a sheet"),
        Book(tmp_path / "s.xlsx", "t", STARTED) as book,
    ):
        book.add("s").block(1_048_575, [None], [Values(["a", "b"], [Look("text")])])


def test_the_range_of_a_sheet_is_that_of_its_cells(tmp_path: Path) -> None:
    with Book(tmp_path / "s.xlsx", "t", STARTED, spliced=True) as book:
        book.add("s").table(0, [TableColumn("a"), TableColumn("b")], [["1", "2"]] * 40, filters=False)
    assert openpyxl.load_workbook(tmp_path / "s.xlsx")["s"].dimensions == "A1:B41"
