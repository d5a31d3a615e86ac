"""The district summary, read back cell by cell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch import __version__
from perfbatch.district.result import BatchResult
from perfbatch.model.legible import cell_text
from perfbatch.rulebook.main_totals import main_totals
from perfbatch.rulebook.model import Rulebook
from perfbatch.summary import write_summary
from perfbatch.summary.sheet import display_width
from tests.districts import INJECTION, Values

SHEETS = [
    "总览",
    "部门一览",
    "得分排名",
    "指标得分",
    "收支汇总",
    "三公与资产",
    "按股室",
    "问题清单",
    "本次变化",
    "报送情况",
    "评分标准",
    "运行记录",
]
WIDE = ("得分排名", "指标得分", "收支汇总", "三公与资产", "问题清单", "评分标准")
"""Too wide to be read on A4."""
HIDDEN = ["部门底稿", "问题底稿", "图表数据"]


@pytest.fixture(scope="module")
def path(district: BatchResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("summary") / "summary.xlsx"
    write_summary(district, target, ["district-summary-2020.xlsx", "run-report.json"])
    return target


@pytest.fixture(scope="module")
def book(path: Path) -> Any:
    """With the cached values of formulas."""
    return openpyxl.load_workbook(path, data_only=True)


@pytest.fixture(scope="module")
def formulas(path: Path) -> Any:
    """With the formulas."""
    return openpyxl.load_workbook(path)


def test_sheets(book: Any, rulebook: Rulebook) -> None:
    assert book.sheetnames == SHEETS + HIDDEN
    # There is no earlier run to compare with: nothing to see, nothing to print.
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == [
        name for name in SHEETS if name != "本次变化"
    ]
    assert book.active.title == "总览"


def test_main_totals_are_the_totals_that_are_no_part(rulebook: Rulebook) -> None:
    assert main_totals(rulebook) == [
        "revenue_total",
        "expenditure_total",
        "three_public_total",
        "fixed_assets_total",
    ]


def test_receipts(book: Any, values: Values, district: BatchResult) -> None:
    column = [value for row in values(book["报送情况"])[2:] for value in row[:1]]
    paths = [cell_text(entry.path) for entry in district.entries]
    assert {path: column.count(path) for path in paths} == dict.fromkeys(paths, 1)


def test_standard(book: Any, values: Values, rulebook: Rulebook) -> None:
    rows = values(book["评分标准"])
    parts = [index for index, row in enumerate(rows) if row and row[0] in ("一、评分标准", "二、勾稽关系", "三、等次")]
    assert len(parts) == 3
    first, second, third = parts
    assert [row[2] for row in rows[first + 2 : second - 1]] == [indicator.name for indicator in rulebook.indicators]
    assert rows[first + 2] == [
        "投入（15分）",
        "预算配置",
        "财政供养人员控制率",
        5,
        "按比例折算",
        rulebook.indicators[0].standard,
        "在职人员控制率 = 实有人数（人） ÷ 人员编制（人） × 100%",
        "在职人员控制率 ≤ 100%：5 分；每超过 1 个百分点扣 0.5 分（按比例折算），扣完为止",
        "；".join(rulebook.indicators[0].sources),
    ]
    assert [row[0] for row in rows[second + 2 : third - 1]] == [check.code for check in rulebook.checks]
    assert rows[second + 2][:8] == [
        "R01",
        "错误",
        "基本平衡",
        "汇总 = 局机关 + 各二级机构",
        "允许尾差",
        "部门",
        "该栏 = 各机构该栏之和",
        "汇总行的（栏目）不等于局机关与各二级机构之和",
    ]
    assert rows[third + 2 :] == [
        ["等次", "优秀", "90 分（含）以上"],
        ["等次", "良好", "80 分（含）至 90 分（不含）"],
        ["等次", "中", "60 分（含）至 80 分（不含）"],
        ["等次", "差", "低于 60 分"],
    ]


def test_run_log(book: Any, values: Values) -> None:
    assert values(book["运行记录"])[2:] == [
        ["项目", "内容"],
        ["运行编号", "20210720-010005"],
        ["开始时间", "2021-07-20 01:00:05"],
        ["结束时间", "2021-07-20 01:00:36"],
        ["用时", "31.5 秒"],
        ["程序版本", f"perfbatch {__version__}"],
        ["规则", "yunxi-2020　岳阳市云溪区2020年度部门整体支出绩效评价自评报告"],
        ["规则校验值（SHA-256）", "0f" * 32],
        ["收件文件数", "7"],
        ["其中：已接收", "4"],
        ["其中：已由新报文件替代", "1"],
        ["其中：退回", "2"],
        ["应报部门", "5"],
        ["已报部门", "4"],
        ["其中：迟报", "0"],
        ["退回部门", "0"],
        ["未报部门", "1"],
        ["评价部门数", "4"],
        ["发现问题数", "5"],
        ["其中：错误", "2"],
        ["其中：提醒", "2"],
        ["其中：说明", "1"],
        ["输出文件 1", "district-summary-2020.xlsx"],
        ["输出文件 2", "run-report.json"],
    ]


def test_display_width() -> None:
    assert [display_width(text) for text in ("", "ab", "云溪", "（a）", "一\n二三")] == [0, 2, 4, 5, 4]


def test_the_same_night_gives_the_same_bytes(district: BatchResult, path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_summary(district, again, ["district-summary-2020.xlsx", "run-report.json"])
    assert again.read_bytes() == path.read_bytes()
    created = openpyxl.load_workbook(path).properties.created
    assert created is not None
    assert created.isoformat() == "2021-07-20T01:00:05"


def test_a_folder_that_does_not_exist_is_an_os_error(district: BatchResult, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        write_summary(district, tmp_path / "nowhere" / "s.xlsx")


@pytest.mark.parametrize("text", [INJECTION, "=1+1", "+1", "@SUM(A1)", "https://example.org", "{=1}", "12", "TRUE"])
def test_a_text_stays_a_text(district: BatchResult, tmp_path: Path, text: str) -> None:
    named = district.departments.copy()
    named.loc[0, "entity_title"] = text
    finding = replace(
        district.findings[0], entity_code="007002", message=text, file="007002.xlsx", reported=text, remedy=text
    )
    write_summary(replace(district, departments=named, findings=(finding,)), tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    holders = [
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == text or (cell.value == f"007002　{text}")
    ]
    assert {cell.parent.title for cell in holders} >= {
        "部门一览",
        "得分排名",
        "收支汇总",
        "指标得分",
        "问题清单",
        "部门底稿",
    }
    assert {cell.data_type for cell in holders} == {"s"}
    assert {cell.hyperlink for cell in holders} == {None}


def test_layout(book: Any) -> None:
    for name in SHEETS:
        sheet = book[name]
        setup = sheet.page_setup
        # One page wide is the format's default, which the writer leaves out.
        pages = 1 if name in ("总览", "部门一览") else 0
        printing = (
            setup.orientation,
            setup.paperSize,
            setup.fitToWidth or 1,
            1 if setup.fitToHeight is None else setup.fitToHeight,
        )
        assert printing == ("landscape", 8 if name in WIDE else 9, 1, pages), name
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
        assert (sheet.oddHeader.left.text, sheet.oddHeader.right.text) == ("岳阳市云溪财政局", "2021-07-20")
        assert sheet.oddHeader.center.text == "岳阳市云溪区2020年度部门整体支出绩效评价汇总"
        assert sheet.print_title_rows or name == "部门一览"
    assert {name: book[name].freeze_panes for name in SHEETS} == {
        "总览": None,
        "部门一览": None,
        "得分排名": "D5",
        "收支汇总": "D7",
        "三公与资产": "D6",
        "按股室": "B4",
        "指标得分": "C8",
        "问题清单": "C4",
        "本次变化": "A3",
        "报送情况": "B5",
        "评分标准": "A3",
        "运行记录": "A4",
    }


def test_columns_are_no_wider_than_a_page(book: Any) -> None:
    for name in SHEETS:
        for letter, column in book[name].column_dimensions.items():
            assert column.hidden or 2 <= column.width <= 91, (name, letter)


def test_an_empty_night(empty_night: BatchResult, tmp_path: Path, values: Values) -> None:
    write_summary(empty_night, tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    for name in ("部门一览", "得分排名", "收支汇总", "三公与资产", "指标得分", "问题清单", "报送情况"):
        assert ["（无）"] in values(book[name])[2:], name
    overview = [value for row in values(book["总览"]) for value in row if value is not None]
    assert overview[11:19] == [
        "应报部门",
        "已报部门",
        "未报部门",
        "退回（文件）",
        "收入合计",
        "支出合计",
        "平均暂核分",
        "可核算分值占比",
    ]
    assert overview[19:27] == ["未提供名录", 0, "—", 0, "—", "—", "—", "—"]
    assert overview[-1] == "今日待办事项：无"
