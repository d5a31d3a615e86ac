"""What a department sent is in its notice: unchanged parts to the byte, changed ones but for the marks."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest

from perfbatch.intake.reader import read_submission
from perfbatch.model.findings import Finding, Severity
from perfbatch.notice import marks_of_earlier_notice_removed, notice_content
from tests.notice.workbooks import HEADING, changed, comment_texts, finding, form, parts, rich
from tests.workbooks import repack, rulebook

FINDINGS = [
    finding("数据", "A1"),
    finding("数据", "A2"),
    finding("数据", "B4", Severity.WARNING),
    finding("数据", "E30"),
    finding("数据", "B13"),
    finding("O'Neil & <子>", "A3"),
    finding("数据", "C5", Severity.INFO),
    finding("没有的表", "A1"),
    finding("", ""),
]


@pytest.fixture(scope="module")
def notice() -> bytes:
    """The notice made from the rich workbook."""
    return notice_content(rich(), FINDINGS, heading=HEADING)


def test_only_the_parts_that_must_change_do(notice: bytes) -> None:
    added, gone, different = changed(rich(), notice)
    assert gone == set()
    assert added == {
        "xl/worksheets/sheet4.xml",
        "xl/worksheets/_rels/sheet2.xml.rels",
        "xl/comments2.xml",
        "xl/drawings/vmlDrawing3.vml",
    }
    assert different == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }
    before, after = (list(parts(content)) for content in (rich(), notice))
    assert after[: len(before)] == before


def test_unchanged_parts_are_copied_packed(notice: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(rich())) as old, zipfile.ZipFile(io.BytesIO(notice)) as new:
        for name in ("xl/media/image1.png", "xl/charts/chart1.xml", "xl/sharedStrings.xml"):
            before, other = old.getinfo(name), new.getinfo(name)
            assert (before.compress_size, before.CRC, before.date_time) == (
                other.compress_size,
                other.CRC,
                other.date_time,
            )


def test_a_sheet_changes_only_in_styles_blank_cells_and_its_drawing(notice: bytes) -> None:
    before, after = (parts(content)["xl/worksheets/sheet1.xml"].decode() for content in (rich(), notice))
    style = re.compile(r'(<c r="(?:A1|A2|B4|A12)")(?: s="\d+")?')
    expected = style.sub(r"\1", before)
    got = style.sub(r"\1", re.sub(r'<row r="30"><c r="E30" s="\d+"/></row>', "", after))
    assert got.replace('tabSelected="0"', 'tabSelected="1"') == expected
    assert "legacyDrawing" in before
    second_before, second_after = (parts(content)["xl/worksheets/sheet2.xml"].decode() for content in (rich(), notice))
    again = re.sub(r'<legacyDrawing xmlns:r="[^"]*" r:id="rId1"/>', "", second_after)
    again = re.sub(r'<row r="3"><c r="A3" s="\d+"/></row>', "", again)
    assert again.replace('tabSelected="0"', 'tabSelected="1"') == second_before
    # ECMA-376: legacyDrawing stands before tableParts and after drawing.
    names = ("drawing ", "legacyDrawing ", "legacyDrawingHF ", "tableParts ", "extLst")
    order = [after.rindex(f"<{name}") for name in names]
    assert order == sorted(order)


def test_styles_are_only_added_to(notice: bytes) -> None:
    before, after = (parts(content)["xl/styles.xml"].decode() for content in (rich(), notice))
    for name in ("fonts", "fills", "borders", "cellXfs"):
        old, new = (re.search(rf"<{name}[^>]*>(.*)</{name}>", markup, re.DOTALL) for markup in (before, after))
        assert old is not None
        assert new is not None
        assert new[1].startswith(old[1])
        tag = {"fonts": "font", "fills": "fill", "borders": "border", "cellXfs": "xf"}[name]
        assert int(re.search(rf'<{name} count="(\d+)"', after)[1]) == len(re.findall(rf"<{tag}[ >/]", new[1]))  # type: ignore[index]


def test_a_tinted_cell_keeps_all_else_of_its_style(notice: bytes) -> None:
    before, after = (openpyxl.load_workbook(io.BytesIO(content)) for content in (rich(), notice))
    old, new = before["数据"]["B4"], after["数据"]["B4"]
    assert new.number_format == old.number_format == "0.00"
    for aspect in ("font", "border", "protection", "alignment"):
        assert repr(getattr(new, aspect)) == repr(getattr(old, aspect))
    assert (old.fill.fgColor.rgb, new.fill.fgColor.rgb) == ("FFFFFF00", "FFFFE3A1")
    assert after["数据"]["A1"].fill.fgColor.rgb == "FFFFC4CB"
    # Of a merged area the first cell is the one that shows.
    assert after["数据"]["A12"].fill.fgColor.rgb == "FFFFC4CB"
    assert after["数据"]["C5"].fill.fgColor.rgb == "00000000"
    assert after["数据"]["B4"].value == 4.5
    assert after["数据"].protection.sheet is True


def test_positions_of_sheets_move_on_with_everything_that_states_them(notice: bytes) -> None:
    before, after = (openpyxl.load_workbook(io.BytesIO(content)) for content in (rich(), notice))
    assert after.sheetnames == ["整改通知", *before.sheetnames]
    assert (before.active.title, after.active.title) == ("O'Neil & <子>", "整改通知")
    for name in before.sheetnames:
        assert {key: defined.attr_text for key, defined in before[name].defined_names.items()} == {
            key: defined.attr_text for key, defined in after[name].defined_names.items()
        }
        assert before[name].print_title_rows == after[name].print_title_rows
        assert before[name].print_area == after[name].print_area
        assert before[name].sheet_state == after[name].sheet_state
    assert after["整改通知"].print_title_rows == "$1:$5"
    numbers = re.findall(r'sheetId="(\d+)"', parts(notice)["xl/workbook.xml"].decode())
    assert numbers == ["4", "1", "2", "3"]


def test_every_marked_cell_says_what_is_wrong(notice: bytes) -> None:
    note = "【财政整改通知】\n错误（R14）：不一致\n填报：10\n应为：16\n差额：-6\n整改：核对\n【整改通知止】"
    assert comment_texts(notice, "xl/comments1.xml") == {
        "A2": f"本单位的批注\n{note}",
        "A1": note,
        "B4": note.replace("错误", "提醒"),
        "A12": note,
        "E30": note,
    }
    assert comment_texts(notice, "xl/comments2.xml") == {"A3": note}
    drawing = parts(notice)["xl/drawings/vmlDrawing1.vml"].decode()
    places = re.findall(r"<x:Row>(\d+)</x:Row>\s*<x:Column>(\d+)</x:Column>", drawing)
    assert sorted(places) == [("0", "0"), ("1", "0"), ("11", "0"), ("29", "4"), ("3", "1")]
    ids = re.findall(r'<v:shape id="([^"]+)"', drawing)
    assert len(ids) == len(set(ids)) == 5


def test_the_facts_are_the_same() -> None:
    before = read_submission(form(), "a.xlsx", rulebook())
    facts = before.facts
    at = [
        facts[field][0]
        for field in ("unit_name", "on_post_staff", "revenue_total", "authorized_posts", "goal_expected")
    ]
    findings = [finding(fact.sheet, fact.cell) for fact in at]
    after = read_submission(notice_content(form(), findings, heading=HEADING), "a.xlsx", rulebook())
    assert after == before


@pytest.mark.parametrize("findings", [[], FINDINGS, FINDINGS[:1], FINDINGS[5:6]])
def test_a_notice_that_comes_back_unchanged_gives_the_workbook_again(findings: list[Finding]) -> None:
    back = marks_of_earlier_notice_removed(notice_content(rich(), findings, heading=HEADING))
    assert parts(back) == parts(rich())
    assert list(parts(back)) == list(parts(rich()))


def test_a_notice_of_a_notice_is_the_notice_of_the_workbook() -> None:
    first = notice_content(rich(), FINDINGS, heading=HEADING)
    second = notice_content(first, FINDINGS[2:4], heading=HEADING)
    assert parts(second) == parts(notice_content(rich(), FINDINGS[2:4], heading=HEADING))
    assert second == notice_content(first, FINDINGS[2:4], heading=HEADING)


def test_a_workbook_that_was_no_notice_is_returned_as_it_is() -> None:
    assert marks_of_earlier_notice_removed(rich()) is rich()
    assert marks_of_earlier_notice_removed(b"no workbook") == b"no workbook"


def test_marks_are_cleared_after_another_program_has_saved_everything_anew(notice: bytes) -> None:
    # openpyxl numbers styles, parts and comments in its own way, as any office program does.
    book = openpyxl.load_workbook(io.BytesIO(notice))
    book["数据"]["B1"].value = 77
    book["数据"]["K40"]._style = book["数据"]["A1"]._style  # a marked cell, copied by hand
    saved = io.BytesIO()
    book.save(saved)
    back = openpyxl.load_workbook(io.BytesIO(marks_of_earlier_notice_removed(saved.getvalue())))
    old = openpyxl.load_workbook(io.BytesIO(rich()))
    assert back.sheetnames == old.sheetnames
    assert [name for name in back.defined_names if name.startswith("_perfbatch")] == []
    assert back["数据"]["B1"].value == 77
    for sheet, cell in (("数据", "A1"), ("数据", "A2"), ("数据", "B4"), ("数据", "A12"), ("O'Neil & <子>", "A3")):
        before, other = old[sheet][cell], back[sheet][cell]
        assert (other.fill.fill_type, other.fill.fgColor.rgb) == (before.fill.fill_type, before.fill.fgColor.rgb), cell
        assert (other.number_format, other.value) == (before.number_format, before.value)
    assert back["数据"]["K40"].fill.fill_type is None
    comments = {cell.coordinate: cell.comment.text for row in back["数据"] for cell in row if cell.comment}
    assert comments == {"A2": "本单位的批注"}
    assert all(cell.comment is None for row in back["O'Neil & <子>"] for cell in row)


def test_a_deleted_first_sheet_does_not_keep_the_marks(notice: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(notice))
    del book["整改通知"]
    book.defined_names["_perfbatch_notice"].value = "#REF!"
    saved = io.BytesIO()
    book.save(saved)
    back = openpyxl.load_workbook(io.BytesIO(marks_of_earlier_notice_removed(saved.getvalue())))
    assert back.sheetnames == openpyxl.load_workbook(io.BytesIO(rich())).sheetnames
    assert back["数据"]["A1"].fill.fill_type is None
    assert back["数据"]["A1"].comment is None


def test_a_stamp_that_points_at_a_sheet_of_the_form_does_not_remove_it() -> None:
    notice = notice_content(form(), [], heading=HEADING)
    book = parts(notice)["xl/workbook.xml"].replace("'整改通知'!$A$1".encode(), "封面!$A$1".encode())
    names = openpyxl.load_workbook(
        io.BytesIO(marks_of_earlier_notice_removed(repack(notice, {"xl/workbook.xml": book})))
    )
    assert "封面" in names.sheetnames
