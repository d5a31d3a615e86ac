"""Links out of the workbook and within it."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.diagnosis.diagnose import diagnose
from perfbatch.district.result import BatchResult
from perfbatch.summary.book import Book
from perfbatch.summary.cells import TableColumn
from perfbatch.summary.links import SheetLinks, link_target, place_in, relative_folder
from perfbatch.summary.problems import write_problems
from tests.districts import STARTED


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("../inbox/116001.xlsx", "../inbox/116001.xlsx"),
        ("../收件/农口/农业 农村局#2.xlsx", "../收件/农口/农业%20农村局%232.xlsx"),
        ("100%[a]?.xlsx", "100%25%5ba%5d%3f.xlsx"),
        ("a\\b.xlsx", "a%5cb.xlsx"),
        ("c:d.xlsx", "./c:d.xlsx"),
        ("", None),
        ("a\nb.xlsx", None),
        ("\udcff.xlsx", None),
        ("长" * 3_000, None),
    ],
)
def test_target(path: str, target: str | None) -> None:
    assert link_target(path) == target


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF, exclude_characters="\x7f"), min_size=1, max_size=50)
)
def test_a_target_says_the_path_again(path: str) -> None:
    target = link_target(path)
    assert target is not None
    assert unquote(target).removeprefix("./" if ":" in path.split("/")[0] else "") == path


def test_place() -> None:
    assert place_in("收支情况", "C7") == "'收支情况'!C7"
    assert place_in("it's", "") == "'it''s'!A1"
    assert place_in("", "C7") == ""


def test_inbox_and_outbox_side_by_side(tmp_path: Path) -> None:
    assert relative_folder(tmp_path / "inbox", tmp_path / "outbox") == "../inbox"
    assert relative_folder(tmp_path / "a" / "in", tmp_path / "b" / "c" / "out") == "../../../a/in"
    assert relative_folder(tmp_path / "out" / "in", tmp_path / "out") == "in"


def _sheet(path: Path, write: Any) -> Any:
    with Book(path, "t", STARTED) as book:
        sheet = book.add("s")
        write(sheet)
    return openpyxl.load_workbook(path)["s"]


def test_what_goes_beyond_the_limit_is_plain_text(tmp_path: Path) -> None:
    def write(sheet: Any) -> None:
        links = SheetLinks(sheet, room=2)
        links_made = {row: links.file("../inbox/a b.xlsx", "'x'!C1") for row in range(4)}
        assert links.refused == 2
        linked = {row: link for row, link in links_made.items() if link}
        sheet.table(0, [TableColumn("s")], [[f"C{row}"] for row in range(4)], filters=False, links={0: linked})

    sheet = _sheet(tmp_path / "s.xlsx", write)
    assert [sheet.cell(row, 1).value for row in range(2, 6)] == ["C0", "C1", "C2", "C3"]
    assert [bool(sheet.cell(row, 1).hyperlink) for row in range(2, 6)] == [True, True, False, False]
    with zipfile.ZipFile(tmp_path / "s.xlsx") as package:
        assert b'Target="../inbox/a%20b.xlsx"' in package.read("xl/worksheets/_rels/sheet1.xml.rels")


def test_the_list_says_where_its_links_end(with_units: BatchResult, tmp_path: Path) -> None:
    with Book(tmp_path / "s.xlsx", "t", STARTED) as book:
        write_problems(book.add("s"), with_units, diagnose(with_units), "../inbox", room=3)
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx")["s"]
    assert str(sheet["A2"].value).endswith("单元格的链接只到前 3 条（Excel 每表上限），其后为文字。")
    assert sum(bool(cell.hyperlink) for row in sheet.iter_rows() for cell in row) == 3


def test_a_name_that_no_link_can_hold_stays_a_name(with_units: BatchResult, tmp_path: Path) -> None:
    finding = replace(with_units.findings[3], file="\udcff.xlsx")
    with Book(tmp_path / "s.xlsx", "t", STARTED) as book:
        odd = replace(with_units, findings=(finding,))
        write_problems(book.add("s"), odd, diagnose(odd), "../inbox")
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx")["s"]
    assert sheet["D6"].value == "C4"
    assert sheet["D6"].hyperlink is None
