"""Each rule of `tests/package_rules` sees its violation, planted into a workbook that breaks none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from tests.notice.workbooks import parts
from tests.package_rules import faults
from tests.workbooks import repack

SHEET, OTHER, BOOK = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/workbook.xml"
STRINGS, TABLE, TABLES = "xl/sharedStrings.xml", "xl/tables/table1.xml", "xl/tables/table2.xml"
COMMENTS, SHAPES, LINKS = "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/worksheets/_rels/sheet1.xml.rels"


@pytest.fixture(scope="module")
def sound() -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet, other = book.add_worksheet("甲"), book.add_worksheet("乙")
    sheet.add_table("A1:B3", {"name": "Rows", "columns": [{"header": "名称"}, {"header": "金额"}]})
    sheet.add_table("D1:E3", {"name": "Rest", "columns": [{"header": "一"}, {"header": "二"}]})
    sheet.write_row("A5", ["x", 1])
    sheet.write_formula("C5", "=SUM(B2:B3)", None, 0)
    sheet.write_url("A6", "https://a.example/b")
    sheet.write_url("A7", "internal:'乙'!A1")
    sheet.merge_range("A9:B10", "合")
    sheet.merge_range("C9:D10", "并")
    sheet.data_validation(
        "F1", {"validate": "list", "source": ["是", "否"], "input_title": "题", "input_message": "文"}
    )
    sheet.write_comment("F5", "批注")
    sheet.set_column("A:A", 9)
    sheet.set_column("C:D", 12)
    sheet.set_header("页眉")
    other.write_row("A1", ["栏", 1])
    other.autofilter("A1:B3")
    book.define_name("区域", "=甲!$A$1:$B$2")
    book.close()
    return made.getvalue()


def planted(content: bytes, path: Path, part: str, old: str, new: str) -> list[str]:
    """What is said of a workbook with one text of a part replaced, once."""
    markup = parts(content)[part].decode()
    assert old in markup, markup
    path.write_bytes(repack(content, {part: markup.replace(old, new, 1).encode()}))
    return faults(path)


def test_a_sound_workbook_breaks_none(sound: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(sound)
    assert faults(tmp_path / "a.xlsx") == []


LONG = "长" * 32_768
PLANTED = [
    (SHEET, '<c r="B5">', '<c r="A5">', "cell twice: A5"),
    (SHEET, '<c r="A5"', '<c r="XFE5"', "cell 'XFE5'"),
    (SHEET, '<c r="A5"', '<c r="D5"', "cell B5 after column D"),
    (SHEET, '<c r="A5"', '<c r="A4"', "cell A4 in row 5"),
    (SHEET, '<row r="6"', '<row r="2"', "row 2 after row 5"),
    (SHEET, '<row r="6"', '<row r="5"', "row 5 after row 5"),
    (SHEET, "C9:D10", "B9:D10", "merged cells overlap at"),
    (SHEET, "C9:D10", "C9", "merged cells 'C9'"),
    (SHEET, "C9:D10", "D10:C9", "merged cells 'D10:C9'"),
    (SHEET, "C9:D10", "A3:A4", "table Rows: merged cells A3:A4"),
    (SHEET, 't="s"><v>4<', 't="s"><v>999<', "string 999 of"),
    (SHEET, 't="s"><v>4<', 't="s"><v>-1<', "string -1 of"),
    (SHEET, 't="s"><v>4<', 't="e"><v>#N/A<', "error value in A5"),
    (SHEET, 't="s"><v>4</v>', f't="inlineStr"><is><t>{LONG}</t></is>', "string of 32768 in A5"),
    (STRINGS, "<t>x<", f"<t>{LONG}<", "string of 32768"),
    (STRINGS, "<t>x<", f"<t>{'𠀀' * 16_384}<", "string of 32768"),
    (SHEET, "<f>SUM(B2:B3)", "<f>IFS(B2,B3)", "function IFS that Excel does not know"),
    (SHEET, "<f>SUM(B2:B3)", "<f>_xlfn.IFS(B2,B3)", "function _xlfn.IFS that Excel 2013 does not have"),
    (SHEET, "<f>SUM(B2:B3)", "<f>_xlfn.XLOOKUP(B2,B3,B3)", "function _xlfn.XLOOKUP that Excel 2013 does not have"),
    (SHEET, "<f>SUM(B2:B3)", "<f>1+STDEV.S(B2:B3)", "function STDEV.S without _xlfn."),
    (SHEET, "<f>SUM(B2:B3)", "<f>SOMME(B2:B3)", "function SOMME that Excel does not know"),
    (SHEET, "<f>SUM(B2:B3)", f"<f>{'1+' * 4_096}1", "formula of 8193"),
    (SHEET, '"是,否"', f'"{"是" * 256}"', "list of a validation of 256 at F1"),
    (SHEET, '"是,否"', "CONCAT(B2,B3)", "function CONCAT that Excel does not know"),
    (SHEET, 'promptTitle="题"', f'promptTitle="{"题" * 33}"', "promptTitle of 33 at F1"),
    (SHEET, 'prompt="文"', f'prompt="{"文" * 256}"', "prompt of 256 at F1"),
    (SHEET, "页眉", "页" * 256, "oddHeader of"),
    (SHEET, 'min="3"', 'min="1"', "columns overlap at 1"),
    (SHEET, 'max="4"', 'max="16385"', "columns 3 to 16385"),
    (SHEET, "'乙'!A1", "'丙'!A1", "link to \"'丙'!A1\", which is not there"),
    (SHEET, "'乙'!A1", "'乙'!A0", "link to \"'乙'!A0\", which is not there"),
    (SHEET, 'r:id="rId1"/>', 'r:id="rId99"/>', "a link without its relationship"),
    (LINKS, "https://a.example/b", "https://a.example/b c", "link target 'https://a.example/b c'"),
    (LINKS, "https://a.example/b", f"https://a.example/{'b' * 2_080}", "link target 'https://a.example/bbb"),
    (LINKS, 'Id="rId2"', 'Id="rId1"', "relationship id twice"),
    (LINKS, "table2.xml", "table9.xml", "no part xl/tables/table9.xml"),
    (COMMENTS, 'ref="F5"', 'ref="F6"', "comment without a shape at F6"),
    (SHAPES, "<x:Row>4<", "<x:Row>7<", "comment without a shape at F5"),
    (SHEET, "legacyDrawing", "otherDrawing", "comment without a shape at F5"),
    (COMMENTS, 'authorId="0"', 'authorId="1"', "comment without an author at F5"),
    (COMMENTS, "批注", LONG, "comment of 32768 at F5"),
    (COMMENTS, "</commentList>", '<comment ref="F5" authorId="0"/></commentList>', "comment twice at F5"),
    (TABLE, 'name="金额"', 'name="金"', "heading '金' over '金额'"),
    (TABLE, 'name="金额"', 'name="名称"', "table Rows: heading twice"),
    (TABLE, 'ref="A1:B3"', 'ref="A1:C3"', "table Rows: 2 columns over A1:C3"),
    (TABLE, 'ref="A1:B3"', 'ref="A1:B1"', "table Rows without a row"),
    (TABLE, 'ref="A1:B3"', 'ref="B3:A1"', "table Rows over 'B3:A1'"),
    (TABLES, 'ref="D1:E3"', 'ref="B1:C3"', "tables overlap at B1:C3"),
    (TABLES, 'displayName="Rest"', 'displayName="rows"', "table name twice: rows"),
    (TABLES, 'displayName="Rest"', 'displayName="区域"', "table named as a defined name: 区域"),
    (TABLES, 'displayName="Rest"', 'displayName="AB12"', "table name 'ab12'"),
    (TABLES, ' id="2"', ' id="1"', "table id twice: 1"),
    (SHEET, '<tablePart r:id="rId3"/>', "", "1 tables listed, 2 related"),
    (SHEET, "</sheetData>", '</sheetData><autoFilter ref="A5:C6"/>', ""),
    (SHEET, "</sheetData>", '</sheetData><autoFilter ref="A3:C6"/>', "a filter of the sheet over the table Rows"),
    (BOOK, 'name="甲"', 'name="乙"', "sheet name twice"),
    (BOOK, 'name="甲"', 'name="a/b"', "sheet name 'a/b'"),
    (BOOK, 'name="甲"', f'name="{"长" * 32}"', f"sheet name '{'长' * 32}'"),
    (BOOK, 'name="区域"', 'name="A1"', "defined name 'A1'"),
    (BOOK, 'name="区域"', 'name="区 域"', "defined name '区 域'"),
    (BOOK, 'name="区域"', 'name="R1C1"', "defined name 'R1C1'"),
    (BOOK, 'name="区域"', 'name="1区"', "defined name '1区'"),
    (BOOK, 'name="区域"', f'name="{"区" * 256}"', "defined name too long"),
    (BOOK, 'name="区域"', 'name="区域" localSheetId="7"', "defined name '区域' of sheet 7, which is not there"),
    (BOOK, "甲!$A$1:$B$2</", "</", "defined name '区域' of nothing"),
    (BOOK, "甲!$A$1:$B$2</", "_xlfn.TEXTJOIN(1,2,3)</", "function _xlfn.TEXTJOIN that Excel 2013 does not have"),
    (BOOK, "</definedNames>", '<definedName name="区域">1</definedName></definedNames>', "defined name twice: 区域"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "old", "new", "fault"), PLANTED, ids=[row[3][:40] for row in PLANTED])
def test_a_planted_fault_is_seen(sound: bytes, tmp_path: Path, part: str, old: str, new: str, fault: str) -> None:
    broken = planted(sound, tmp_path / "a.xlsx", part, old, new)
    assert any(fault in line for line in broken) if fault else broken == []


def test_no_sheet_to_be_seen_and_a_part_twice(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert planted(sound, path, BOOK, "<sheet ", '<sheet state="hidden" ') == []
    once = path.read_bytes()
    assert planted(once, path, BOOK, 'sheetId="2"', 'sheetId="2" state="veryHidden"') == ["no visible sheet"]
    path.write_bytes(sound)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as package:
        package.writestr(SHEET, package.read(SHEET))
    assert faults(path) == [f"part twice: {SHEET}"]


@pytest.mark.parametrize(
    "formula",
    ["_xlfn.STDEV.S(B2:B3)", 'LEN("IFS(1)")', "SUM('IFS(1)'!A1)", "IFERROR(1,SUMIFS(A:A,B:B,1))", "(1+2)*3", "(A1)"],
)
def test_what_excel_2013_knows_is_let_by(sound: bytes, tmp_path: Path, formula: str) -> None:
    assert planted(sound, tmp_path / "a.xlsx", SHEET, "<f>SUM(B2:B3)", f"<f>{formula}") == []
