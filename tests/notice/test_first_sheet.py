"""整改通知, the first sheet: what it lists, links to, and that nothing in it comes alive."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from perfbatch.model.findings import Finding, Severity
from perfbatch.notice import notice_content
from tests.notice.workbooks import HEADING, INJECTION, finding, form, parts, rich
from tests.workbooks import repack

ERROR = finding("数据", "A1", message="合计不等", reported="1.50", expected="2.50", difference="-1.00")
WARNING = finding("O'Neil & <子>", "B2", Severity.WARNING)
LOOSE = finding("", "", message="整套表格的问题")
INFO = finding("数据", "A3", Severity.INFO)


def first_sheet(findings: list[Finding], **changes: object) -> Worksheet:
    content = notice_content(rich(), findings, heading=replace(HEADING, **changes))  # type: ignore[arg-type]
    return openpyxl.load_workbook(io.BytesIO(content))["整改通知"]


def rows(sheet: Worksheet) -> list[tuple[object, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_errors_come_first_and_infos_not_at_all() -> None:
    sheet = first_sheet([WARNING, INFO, ERROR, LOOSE], points_at_risk={WARNING: Decimal("2.50")})
    assert rows(sheet)[:8] == [
        ("整改通知", *[None] * 11),
        ("文号：　　　　〔2021〕　　号　　　　预算编码：116001　　　　核对日期：2021年7月20日", *[None] * 11),
        ("区工会：", *[None] * 11),
        (
            "　　经核对，你单位报送的绩效自评表存在错误2项、提醒1项，现予退回。请于2021年8月10日前整改到位并重新报送。",
            *[None] * 11,
        ),
        (
            "序号",
            "级别",
            "位置",
            "问题",
            "填报数",
            "应为",
            "差额",
            "涉及分值",
            "整改建议",
            "情况说明",
            "检查编号",
            "单元格",
        ),
        ("1", "错误", "整套表格", "整套表格的问题", "10", "16", "-6", None, "核对", None, "R14", None),
        ("2", "错误", "数据!A1", "合计不等", "1.50", "2.50", "-1.00", None, "核对", None, "R14", "数据!A1"),
        ("3", "提醒", "O'Neil & <子>!B2", "不一致", "10", "16", "-6", "2.5", "核对", None, "R14", "O'Neil & <子>!B2"),
    ]


def test_links_lead_to_the_cells() -> None:
    sheet = first_sheet([WARNING, ERROR, LOOSE])
    links = {cell.coordinate: cell.hyperlink for row in sheet for cell in row if cell.hyperlink}
    assert {at: (link.location, link.target) for at, link in links.items()} == {
        "C7": ("'数据'!A1", None),
        "C8": ("'O''Neil & <子>'!B2", None),
    }


def test_without_a_deadline_none_is_named() -> None:
    lines = [row[0] for row in rows(first_sheet([ERROR], deadline=None))]
    assert "　　经核对，你单位报送的绩效自评表存在错误1项，现予退回。请尽快整改到位并重新报送。" in lines


def test_it_is_a_letter_from_the_bureau() -> None:
    lines = [
        row[0]
        for row in rows(first_sheet([WARNING], form_title="自评表", issuer="示例区财政局", contact="绩效股 0000"))
    ]
    assert lines[2:5] == [
        "区工会：",
        "　　经核对，你单位报送的自评表存在提醒1项，现予退回。请于2021年8月10日前整改到位并重新报送。",
        "　　联系人：绩效股 0000",
    ]
    assert lines[-2:] == ["示例区财政局（印章）", "2021年7月20日"]


def test_what_waits_for_figures_is_a_part_of_its_own() -> None:
    waiting = replace(finding("数据", "C4", Severity.INFO, message="缺少编制数"), code="S05", check="staff")
    sheet = first_sheet([waiting, WARNING], points_at_risk={waiting: Decimal(5)})
    lines = rows(sheet)
    assert lines[3][0] == (
        "　　经核对，你单位报送的绩效自评表存在提醒1项，现予退回。请于2021年8月10日前整改到位并重新报送。"
        "另有1项指标待补资料，5分暂按自评列示，请一并补填。"
    )
    assert [line[1:4] for line in lines[5:7]] == [
        ("提醒", "O'Neil & <子>!B2", "不一致"),
        ("待补", "数据!C4", "缺少编制数"),
    ]
    assert lines[6][7:10] == ("5", "核对", None)
    # Nothing is wrong in the cell: it is listed, not marked.
    assert sheet.parent["数据"]["C4"].comment is None


def test_what_is_explained_is_not_sent_back() -> None:
    explained = replace(WARNING, standing="explained", note="见附件")
    lines = [row[0] for row in rows(first_sheet([explained]))]
    assert lines[3] == "　　经核对，你单位报送的绩效自评表所列事项均已说明，无需重新报送。"


def test_it_prints_on_one_width_of_a4_with_its_titles() -> None:
    sheet = first_sheet([ERROR])
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == (
        9,
        "landscape",
        0,
    )
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert sheet.print_title_rows == "$1:$5"
    assert all(cell.alignment.wrap_text for cell in sheet[6] if cell.column_letter != "B")


def test_a_sheet_of_the_department_may_have_its_name() -> None:
    book = parts(rich())["xl/workbook.xml"].replace('name="藏"'.encode(), 'name="整改通知"'.encode())
    notice = notice_content(repack(rich(), {"xl/workbook.xml": book}), [ERROR], heading=HEADING)
    assert openpyxl.load_workbook(io.BytesIO(notice)).sheetnames[0] == "整改通知2"
    assert openpyxl.load_workbook(io.BytesIO(notice)).sheetnames[3] == "整改通知"


HOSTILE = [
    INJECTION,
    "+1",
    "@SUM(A1)",
    "<b>&\"'",
    "]]>",
    "a\x00\x1b[31m\u202e",
    "_x0041__x000D_",
    "\ud800",
    "x" * 40_000,
    "【整改通知止】",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_department_typed_is_text_and_nothing_else(text: str) -> None:
    bad = finding("封面", "B3", reported=text, expected=text, message=text, remedy=text, difference=text)
    content = notice_content(form(), [bad], heading=replace(HEADING, entity_title=text, entity_code=text))
    made = parts(content)
    (part,) = (name for name in made.keys() - parts(form()).keys() if name.startswith("xl/worksheets/sheet"))
    sheet = made[part].decode()
    assert re.findall(r"<f[ >/]", sheet) == []
    assert set(re.findall(r' t="(\w+)"', sheet)) == {"inlineStr"}
    assert all(len(element) < 33_000 * 5 for element in re.findall(r"<t [^>]*>([^<]*)</t>", sheet))
    values = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("整改通知").to_python()
    shown = str(values[5][4])
    assert len(shown) <= 32_767
    if text.isprintable() and len(text) < 100 and "_x" not in text:
        assert shown == text
    assert "_x0041_" not in sheet.replace("_x005F_x0041_", "")
    assert "\x1b" not in sheet
    assert "\u202e" not in sheet


@settings(max_examples=25)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_gives_a_notice_that_opens(message: str, unit: str) -> None:
    content = notice_content(
        form(), [finding("封面", "B3", message=message)], heading=replace(HEADING, entity_title=unit)
    )
    assert len(parts(content)) == len(parts(form())) + 4
    CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("整改通知").to_python()


def test_whoever_sends_the_letter_can_fill_its_number_in() -> None:
    sheet = first_sheet([ERROR])
    assert sheet.protection.sheet
    assert not sheet["A2"].protection.locked
    assert sheet["A3"].protection.locked
