"""Packages as other programs write them: prefixes, Strict names, UTF-16, missing parts, conversations; and broken ones."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from perfbatch.notice import marks_of_earlier_notice_removed, notice_content
from tests.notice.workbooks import HEADING, comment_texts, finding, parts, rich
from tests.workbooks import repack

FINDINGS = [
    finding("数据", "A1"),
    finding("数据", "B99"),
    finding("O'Neil & <子>", "F3"),
    finding("O'Neil & <子>", "A6"),
]
SHEETS = ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml")


def prefixed(content: bytes) -> bytes:
    """The workbook with every element of the main namespace under a prefix."""
    changes: dict[str, bytes | None] = {}
    for name, part in parts(content).items():
        if re.fullmatch(r"xl/(workbook|styles|comments\d|worksheets/sheet\d)\.xml", name):
            markup = re.sub(rb"<(/?)(?=[a-zA-Z]+[\s/>])", rb"<\1q:", part)
            changes[name] = markup.replace(b' xmlns="', b' xmlns:q="', 1)
    return repack(content, changes)


def strict(content: bytes) -> bytes:
    """The workbook with the names of Strict OOXML."""
    changes: dict[str, bytes | None] = {}
    for name, part in parts(content).items():
        if name.endswith((".xml", ".rels")):
            new = part.replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"
            )
            changes[name] = new.replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
    return repack(content, changes)


def utf16(content: bytes) -> bytes:
    """The workbook with its sheets in UTF-16, which XML allows."""
    changed = {}
    for name in SHEETS:
        text = parts(content)[name].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
        changed[name] = text.encode("utf-16")
    return repack(content, changed)


def commented(content: bytes) -> bytes:
    """The workbook with comments and CDATA in its markup, which hold what looks like cells."""
    changed = {}
    for name in SHEETS:
        part = parts(content)[name]
        changed[name] = part.replace(b"<sheetData>", b'<!-- <sheetData><row r="1"><c r="A1"/></row> --><sheetData>')
    return repack(content, changed)


@pytest.mark.parametrize("odd", [prefixed, strict, utf16, commented])
def test_odd_markup_is_marked_like_any_other(odd: object) -> None:
    source = odd(rich())  # type: ignore[operator]
    notice = notice_content(source, FINDINGS, heading=HEADING)
    made = parts(notice)
    plain = {name: part.decode("utf-8") for name, part in made.items() if name in SHEETS}
    assert set(re.findall(r'r="(A1|B99)" s="\d+"', plain[SHEETS[0]])) == {"A1", "B99"}
    assert set(re.findall(r'r="(F3|A6)" s="\d+"', plain[SHEETS[1]])) == {"F3", "A6"}
    values = CalamineWorkbook.from_filelike(io.BytesIO(notice))
    assert values.sheet_names == ["整改通知", "数据", "O'Neil & <子>", "藏"]
    before = CalamineWorkbook.from_filelike(io.BytesIO(rich())).get_sheet_by_name("数据").to_python()
    assert values.get_sheet_by_name("数据").to_python()[:8] == before[:8]
    back = parts(marks_of_earlier_notice_removed(notice))
    unchanged = {name: part for name, part in parts(source).items() if odd in (prefixed, strict) or name not in SHEETS}
    assert {name: back.get(name) for name in unchanged} == unchanged


def test_a_strict_package_gets_strict_relationships() -> None:
    made = parts(notice_content(strict(rich()), FINDINGS, heading=HEADING))
    types = {
        element
        for name, part in made.items()
        if name.endswith(".rels")
        for element in re.findall(rb'Type="([^"]*)"', part)
    }
    assert {kind for kind in types if b"schemas.openxmlformats.org/officeDocument" in kind} == set()


def test_blank_cells_take_the_style_of_their_row_or_column() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(notice_content(rich(), FINDINGS, heading=HEADING)))["O'Neil & <子>"]
    assert sheet["F3"].number_format == "0.00"
    assert sheet["A6"].font.b is True
    assert sheet["F3"].fill.fgColor.rgb == sheet["A6"].fill.fgColor.rgb == "FFFFC4CB"


def test_a_workbook_without_styles_is_given_some() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet("数据").write("A1", 1)
    source = made.getvalue()
    bare: dict[str, bytes | None] = {"xl/styles.xml": None}
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        bare[name] = re.sub(rb"<[^<]*styles[^<]*/>", b"", parts(source)[name])
    notice = notice_content(repack(source, bare), FINDINGS, heading=HEADING)
    sheet = openpyxl.load_workbook(io.BytesIO(notice))["数据"]
    assert sheet["A1"].fill.fgColor.rgb == "FFFFC4CB"


def test_a_conversation_is_left_alone_and_the_first_sheet_says_so() -> None:
    comments = parts(rich())["xl/comments1.xml"].replace("<author>会计</author>".encode(), b"<author>tc={1}</author>")
    notice = notice_content(repack(rich(), {"xl/comments1.xml": comments}), [finding("数据", "A2")], heading=HEADING)
    assert comment_texts(notice, "xl/comments1.xml") == {"A2": "本单位的批注"}
    book = openpyxl.load_workbook(io.BytesIO(notice))
    assert book["数据"]["A2"].fill.fgColor.rgb == "FFFFC4CB"
    lines = [row[0] for row in book["整改通知"].iter_rows(values_only=True)]
    assert "“数据”的 A2 已有会话批注，未另加批注，请以本页所列为准。" in lines


@pytest.mark.parametrize(
    "text", ["<text><t>说</t></text>", "<text/>", "<text></text>", "<text><t/></text>", "<text><r><t>说</t></r></text>"]
)
def test_any_form_of_comment_can_be_added_to_and_is_given_back(text: str) -> None:
    markup = parts(rich())["xl/comments1.xml"].decode()
    own = re.sub(r"<text>.*</text>", text, markup, flags=re.DOTALL)
    source = repack(rich(), {"xl/comments1.xml": own.encode()})
    notice = notice_content(source, [finding("数据", "A2")], heading=HEADING)
    comment = comment_texts(notice, "xl/comments1.xml")["A2"]
    assert comment.startswith("说\n【财政整改通知】" if "说" in text else "【财政整改通知】")
    back = comment_texts(marks_of_earlier_notice_removed(notice), "xl/comments1.xml") if "说" in text else {}
    assert back == ({"A2": "说"} if "说" in text else {})


def test_a_sheet_that_cannot_be_marked_is_as_it_was_and_the_rest_is_marked() -> None:
    broken = parts(rich())[SHEETS[0]].replace(b'<row r="2"', b'<row r="1"', 1)
    source = repack(rich(), {SHEETS[0]: broken})
    notice = notice_content(source, FINDINGS, heading=HEADING)
    assert parts(notice)[SHEETS[0]] == broken
    assert parts(notice)["xl/comments1.xml"] == parts(rich())["xl/comments1.xml"]
    assert b's="' in parts(notice)[SHEETS[1]]
    (first,) = (name for name in parts(notice).keys() - parts(rich()).keys() if "worksheets/sheet" in name)
    assert "工作表“数据”无法加标注，请以本页所列为准。" in parts(notice)[first].decode()


@pytest.mark.parametrize("spoiled", [b"", b"PK\x03\x04 no zip", repack(rich(), {"xl/workbook.xml": None})])
def test_a_workbook_that_cannot_be_marked_at_all_still_gets_its_notice(spoiled: bytes) -> None:
    notice = notice_content(spoiled, FINDINGS, heading=HEADING)
    book = openpyxl.load_workbook(io.BytesIO(notice))
    assert book.sheetnames == ["整改通知"]
    values = list(book["整改通知"].iter_rows(min_row=6, max_row=9, values_only=True))
    assert [row[2] for row in values] == ["O'Neil & <子>!F3", "O'Neil & <子>!A6", "数据!A1", "数据!B99"]
    *_, last, _ = [row[0] for row in book["整改通知"].iter_rows(values_only=True)]
    assert last == "原工作簿的结构无法识别，未能附在本通知之后；请在原工作簿中按上列各项改正，保存后重新报送。"
    assert [cell.hyperlink for row in book["整改通知"] for cell in row if cell.hyperlink] == []


def test_a_damaged_part_does_not_reach_the_notice() -> None:
    damaged = bytearray(rich())
    at = damaged.index(b"xl/workbook.xml") + 60
    damaged[at] ^= 0xFF
    assert openpyxl.load_workbook(io.BytesIO(notice_content(bytes(damaged), FINDINGS, heading=HEADING))).sheetnames == [
        "整改通知"
    ]
