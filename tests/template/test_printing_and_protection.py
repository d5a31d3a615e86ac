"""How it prints, what protection allows, and what the file says about itself."""

from __future__ import annotations

from datetime import datetime

import pytest
from openpyxl.workbook import Workbook

from tests.template.packages import named_cells

SHEETS = ("填报说明", "封面", "基本概况", "收支情况", "基础数据表", "绩效目标", "评分表", "评价人员", "综述")


@pytest.mark.parametrize("name", SHEETS)
def test_each_sheet_prints_on_a4_as_wide_as_a_page(blank: Workbook, name: str) -> None:
    sheet = blank[name]
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == ("landscape" if name == "收支情况" else "portrait")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    # One page wide is what an absent fitToWidth means.
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_area.startswith(f"'{name}'!$A$1:")
    # Neither what explains the form nor the cover shows a number; the cover is the first page all the same.
    assert (sheet.oddFooter.center.text is not None) is (name not in ("填报说明", "封面"))
    # The number itself is 1 unless it is stated.
    assert sheet.page_setup.useFirstPageNumber is (True if name == "封面" else None)
    # What is filled in is coloured on the screen and plain on paper.
    assert sheet.page_setup.blackAndWhite is True


@pytest.mark.parametrize("name", SHEETS)
def test_protection_has_no_password_and_allows_what_people_need(blank: Workbook, name: str) -> None:
    protection = blank[name].protection
    assert protection.sheet
    assert protection.password is None
    allowed = {
        action
        for action in (
            "formatColumns", "formatRows", "insertRows", "sort", "autoFilter", "selectLockedCells",
            "selectUnlockedCells", "deleteRows", "deleteColumns", "insertColumns", "formatCells", "insertHyperlinks",
        )
        if not getattr(protection, action)
    }  # fmt: skip
    assert allowed == {
        "formatColumns", "formatRows", "insertRows", "sort", "autoFilter", "selectLockedCells", "selectUnlockedCells",
    }  # fmt: skip


def test_headers_of_long_tables_are_printed_on_every_page(blank: Workbook) -> None:
    for sheet, column in (("绩效目标", "indicator_type"), ("评分表", "item_id"), ("评价人员", "evaluator_name")):
        header = named_cells(blank, column)[0].row - 1
        assert blank[sheet].print_title_rows == f"${header}:${header}"


def test_wide_sheets_keep_their_names_in_view(blank: Workbook) -> None:
    assert blank["评分表"].freeze_panes == f"D{named_cells(blank, 'item_id')[0].row}"
    assert blank["收支情况"].freeze_panes == "C1"


def test_the_evidence_begins_a_page(blank: Workbook) -> None:
    title = named_cells(blank, "evidence_id")[0].row - 2
    assert [row_break.id for row_break in blank["评分表"].row_breaks.brk][-1] == title - 1


def test_signature_boxes_have_a_line_for_the_date(blank: Workbook) -> None:
    texts = [cell.value for row in blank["评价人员"].iter_rows() for cell in row if cell.value]
    assert [text.split() for text in texts if "年" in text] == [["年", "月", "日"]] * 3
    assert "部门（单位）负责人（签章）：" in [text.strip() for text in texts]


def test_the_cover_names_the_form_and_its_issuer(blank: Workbook) -> None:
    texts = [cell.value for row in blank["封面"].iter_rows() for cell in row if isinstance(cell.value, str)]
    assert texts == [
        "附件2-1：",
        "岳阳市云溪区2020年度部门整体支出\n绩效评价自评报告",
        "部门（单位）名称：",
        "预算编码：",
        "年度：",
        "评价方式：",
        "评价机构：",
        "报告日期：",
        "岳阳市云溪财政局（制）",
    ]


def test_properties_name_the_form_and_nobody(blank: Workbook) -> None:
    properties = blank.properties
    assert properties.title == "岳阳市云溪区2020年度部门整体支出绩效评价自评报告"
    assert not properties.creator
    assert not properties.lastModifiedBy
    assert properties.created == datetime(2020, 12, 31)  # noqa: DTZ001


def test_fonts_are_those_of_official_papers(blank: Workbook) -> None:
    used = {
        cell.font.name for sheet in blank.worksheets[:-1] for row in sheet.iter_rows() for cell in row if cell.value
    }
    assert used == {"宋体", "黑体"}


def test_wide_figures_and_long_unit_names_shrink_to_their_column(blank: Workbook) -> None:
    names = named_cells(blank, "entity_name")
    repeated = [blank["收支情况"].cell(cell.row, 2) for cell in named_cells(blank, "fixed_assets_total")]
    amounts = named_cells(blank, "carryover_prior_year") + named_cells(blank, "budget_initial")
    assert {(cell.alignment.shrink_to_fit, bool(cell.alignment.wrap_text)) for cell in names + repeated + amounts} == {
        (True, False)
    }
    assert named_cells(blank, "function_summary")[0].alignment.wrap_text
