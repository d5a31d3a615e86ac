"""The district summary, read back cell by cell."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch import __version__
from perfbatch.publish.summary import summary_name, write_summary
from perfbatch.publish.summary.overview import district_totals
from perfbatch.publish.summary.sheet import display_width
from perfbatch.result import BatchResult
from perfbatch.rulebook.model import Rulebook
from tests.publish.conftest import INJECTION, Values

SHEETS = ["总览", "得分排名", "收支汇总", "三公与资产", "指标得分", "问题清单", "报送情况", "评分标准", "运行记录"]


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


def live(book: Any) -> dict[tuple[str, str], str]:
    """Every formula: (sheet, cell) → text."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def test_sheets(book: Any, rulebook: Rulebook) -> None:
    assert book.sheetnames == SHEETS
    assert book.active.title == "总览"
    assert summary_name(rulebook) == "district-summary-2020.xlsx"


def test_overview(book: Any, values: Values) -> None:
    assert [row for row in values(book["总览"]) if row] == [
        ["岳阳市云溪区2020年度部门整体支出绩效评价汇总"],
        ["岳阳市云溪财政局　　运行编号 20210720-010005　　运行时间 2021-07-20 01:00:05"],
        ["一、报送情况"],
        ["应报部门", "已报部门", "未报部门", "退回文件", "已被替代文件"],
        [5, 4, 1, 2, 1],
        ["二、全区合计（万元）"],
        ["收入合计", "支出合计", "三公经费合计", "固定资产合计"],
        [375.205, 374.98, 10.05, 76.35],
        ["三、评价结果"],
        ["平均核定得分", "优秀（个）", "良好（个）", "中（个）", "差（个）"],
        [pytest.approx(286 / 3, abs=1e-12), 3, 0, 0, 0],
        ["四、发现问题"],
        ["错误（条）", "提醒（条）", "说明（条）", "有错误的部门（个）"],
        [2, 2, 1, 2],
    ]


def test_overview_without_a_roster_claims_nobody_is_missing(
    district: BatchResult, tmp_path: Path, values: Values
) -> None:
    write_summary(replace(district, roster=None), tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx", data_only=True)
    assert values(book["总览"])[4:6] == [
        ["应报部门", "已报部门", "退回文件", "已被替代文件"],
        ["未提供名录", 4, 2, 1],
    ]
    assert "未报" not in [row[2] for row in values(book["报送情况"])[3:]]


def test_ranking(book: Any, values: Values) -> None:
    assert values(book["得分排名"])[2:] == [
        ["名次", "预算编码", "部门（单位）名称", "自评得分", "核定得分", "自评−核定", "等次", "系统核算（分）", "自评待核（分）", "不适用（分）", "财政复核（分）", "错误数", "提醒数"],
        [1, "007002", "区教育局", 100, 100, 0, "优秀", 0, 100, 0, 0, 1, 0],
        [2, "116001", "云溪区总工会", 98, 93, 5, "优秀", 3, 85, 5, 0, 1, 2],
        [2, "116002", "区妇联", 94.665, 93, 1.665, "优秀", 0, 89.665, 0, 3.335, 0, 0],
        [None, "101001", INJECTION, None, None, None, None, 0, 0, 0, 0, 0, 0],
    ]  # fmt: skip


def test_money(book: Any, formulas: Any, values: Values) -> None:
    rows = values(book["收支汇总"])
    assert rows[2:6] == [
        ["预算编码", "部门（单位）名称", "年度收入情况（万元）", *[None] * 5, "部门（单位）年度支出和结余情况（万元）"],
        [None, None, "收入合计", "其中：", *[None] * 4, "支出合计", "其中：", *[None] * 3, "结余"],
        [None, None, None, "上年结转", "公共财政拨款", "政府基金拨款", "纳入专户管理的非税收入拨款", "其他收入", None, "基本支出", "其中：", None, "项目支出", "当年结余", "累计结余"],
        [*[None] * 10, "人员支出", "公用支出"],
    ]  # fmt: skip
    assert rows[6:] == [
        ["007002", "区教育局", 100.125, *[None] * 5, 100],
        ["101001", INJECTION],
        ["116001", "云溪区总工会", 274.98, *[None] * 5, 274.98],
        ["116002", "区妇联", 0.1, *[None] * 11, -0.2],
        ["合计", None, 375.205, 0, 0, 0, 0, 0, 374.98, 0, 0, 0, 0, 0, -0.2],
    ]
    assert [cell.value for cell in formulas["收支汇总"][11][2:]] == [f"=SUM({one}7:{one}10)" for one in "CDEFGHIJKLMNO"]
    assert book["收支汇总"]["C7"].number_format == "#,##0.00####"


def test_assets(book: Any, values: Values) -> None:
    rows = values(book["三公与资产"])
    assert rows[3][2:] == ["三公经费合计", "其中：", None, None, None, "固定资产合计", "其中："]
    assert rows[5:] == [
        ["007002", "区教育局", 0],
        ["101001", INJECTION],
        ["116001", "云溪区总工会", 10.05, *[None] * 4, 76.35],
        ["116002", "区妇联"],
        ["合计", None, 10.05, 0, 0, 0, 0, 76.35, 0, 0, 0],
    ]


def test_district_totals_are_the_totals_that_are_no_part(rulebook: Rulebook) -> None:
    assert district_totals(rulebook) == [
        "revenue_total",
        "expenditure_total",
        "three_public_total",
        "fixed_assets_total",
    ]


def test_scores(book: Any, formulas: Any, rulebook: Rulebook) -> None:
    sheet = book["指标得分"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][:6] == ["得分的字体和底色表示来源，图例：", None, "系统核算", "自评待核", "不适用", "财政复核"]
    groups = [(index, name) for index, name in enumerate(rows[2]) if name]
    assert groups == [
        (0, "预算编码"),
        (1, "部门（单位）名称"),
        (2, "投入"),
        (5, "过程"),
        (17, "产出"),
        (23, "效果"),
        (27, "核定总分"),
    ]
    assert rows[3][2:27] == [indicator.name for indicator in rulebook.indicators]
    assert rows[4][1:] == ["分值", *(float(one.points) for one in rulebook.indicators), 100]
    full = [float(one.points) for one in rulebook.indicators]
    assert rows[5] == ["007002", "区教育局", *full, 100]
    assert rows[6] == ["101001", INJECTION, *[None] * 26]
    assert rows[7] == ["116001", "云溪区总工会", 0, *full[1:24], 3, 93]
    assert rows[8] == ["116002", "区妇联", *full[:16], 1.665, *full[17:24], 3.335, 93]
    means = [pytest.approx(10 / 3), *full[1:16], pytest.approx(15.665 / 3), *full[17:24], pytest.approx(11.335 / 3)]
    assert rows[9] == ["平均分", None, *means, pytest.approx(286 / 3)]
    assert formulas["指标得分"]["C10"].value == '=IFERROR(AVERAGE(C6:C9),"")'
    assert formulas["指标得分"]["AB10"].value == '=IFERROR(AVERAGE(AB6:AB9),"")'


def test_a_score_looks_like_its_status(book: Any) -> None:
    sheet = book["指标得分"]

    def look(cell: Any) -> tuple[bool, bool, str, str]:
        fill = cell.fill.fgColor.rgb if cell.fill.fill_type else ""
        return bool(cell.font.i), bool(cell.font.b), cell.font.color.rgb if cell.font.color else "", fill

    legend = [look(sheet[at]) for at in ("C2", "D2", "E2", "F2")]
    assert len(set(legend)) == 4
    # 116001: staff control computed, key spending not applicable, the next self-reported; 116002: satisfaction adjusted.
    assert [look(sheet[at]) for at in ("C8", "F8", "E8", "AA9")] == legend
    assert sheet["C8"].number_format == "0.00"


def test_problems(book: Any, values: Values) -> None:
    assert values(book["问题清单"])[2:] == [
        ["级别", "代码", "检查项目", "预算编码", "部门（单位）名称", "文件", "工作表", "单元格", "栏目", "填报数", "应为", "差额", "问题说明", "处理办法"],
        ["错误", "R05", "累计结余 = 收入合计 − 支出合计", "007002", "区教育局", "007002.xlsx", "收支情况", "H22", "累计结余", 1.5, 0.125, 1.375, "累计结余不等于收入合计减支出合计", "改正"],
        ["错误", "R14", "实有人数 = 综述在职人数", "116001", "云溪区总工会", "116001.xlsx", "综述", "C4", "现有在职人数", 16, 10, 6, "基本概况的实有人数与综述中的在职人数不一致", "核实在职人数"],
        ["提醒", "R21", "数量指标须填写数值", "116001", "云溪区总工会", "116001.xlsx", "绩效目标", "D9", "完成情况", "007", None, None, "数量指标的完成情况没有写明数值", "改正"],
        ["提醒", "R21", "数量指标须填写数值", "116001", "云溪区总工会", "116001.xlsx", "绩效目标", "D12", "完成情况", "已完成", None, None, "数量指标的完成情况没有写明数值", "改正"],
        ["说明", "S05", "缺少数据，无法核算", "116001", "云溪区总工会", "116001.xlsx", "评分表", "F9", "自评得分", None, None, None, "支付进度：缺少未按进度下达的专项数（个），不能核算，自评分暂列待核", "改正"],
    ]  # fmt: skip


def test_receipts(book: Any, values: Values) -> None:
    assert values(book["报送情况"])[2:] == [
        ["文件", "大小（字节）", "状态", "代码", "说明", "处理办法", "预算编码", "部门（单位）名称"],
        ["007002.xlsx", 20480, "已接收", None, None, None, "007002", "区教育局"],
        ["101001.xlsx", 20480, "已接收", None, None, None, "101001", INJECTION],
        ["116001.xlsx", 20480, "已接收", None, None, None, "116001", "云溪区总工会"],
        ["116001旧.xlsx", 20480, "已被替代", None, "已被 116001.xlsx 替代", None, "116001", "云溪区总工会"],
        ["116002.xlsx", 20480, "已接收", None, None, None, "116002", "区妇联"],
        ["z加密.xlsx", 20480, "退回", "F02", "文件已加密，需要密码才能打开", "请取消密码后重新保存为 .xlsx"],
        ["\\xff\\x01.xlsx", 20480, "退回", "F01", "不是电子表格（文本）", "请另存为 .xlsx 后重新报送"],
        [None, None, "未报", None, "名录中有，未收到报送", None, "118001", "区文联"],
    ]


def test_standard(book: Any, values: Values, rulebook: Rulebook) -> None:
    rows = values(book["评分标准"])
    parts = [index for index, row in enumerate(rows) if row and row[0] in ("一、评分标准", "二、勾稽关系", "三、等次")]
    assert len(parts) == 3
    first, second, third = parts
    assert [row[2] for row in rows[first + 2 : second - 1]] == [one.name for one in rulebook.indicators]
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
    assert [row[0] for row in rows[second + 2 : third - 1]] == [one.code for one in rulebook.checks]
    assert rows[second + 2][:7] == [
        "R01",
        "错误",
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
        ["其中：已被替代", "1"],
        ["其中：退回", "2"],
        ["评价部门数", "4"],
        ["发现问题数", "5"],
        ["其中：错误", "2"],
        ["其中：提醒", "2"],
        ["其中：说明", "1"],
        ["输出文件 1", "district-summary-2020.xlsx"],
        ["输出文件 2", "run-report.json"],
    ]


def test_only_totals_are_formulas(formulas: Any) -> None:
    found = live(formulas)
    assert {sheet for sheet, _ in found} == {"总览", "收支汇总", "三公与资产", "指标得分"}
    assert len(found) == 5 + 13 + 9 + 26
    assert all(text.startswith(("=SUM(", "=IFERROR(AVERAGE(", "='")) for text in found.values())


@pytest.mark.parametrize("text", [INJECTION, "=1+1", "+1", "@SUM(A1)", "https://example.org", "{=1}", "12", "TRUE"])
def test_a_text_stays_a_text(district: BatchResult, tmp_path: Path, text: str) -> None:
    named = district.departments.copy()
    named.loc[0, "unit_name"] = text
    finding = replace(district.findings[0], budget_code="007002", message=text, file=text, reported=text, remedy=text)
    write_summary(replace(district, departments=named, findings=(finding,)), tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    problem = book["问题清单"][4]
    cells = [
        book["得分排名"]["C4"],
        book["收支汇总"]["B7"],
        book["指标得分"]["B6"],
        *(problem[at] for at in (4, 5, 12, 13)),
    ]
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [(text, "s", None)] * 7


def test_layout(book: Any) -> None:
    for sheet in book:
        setup = sheet.page_setup
        # One page wide is the format's default, which the writer leaves out.
        found = (setup.orientation, setup.paperSize, setup.fitToWidth or 1, setup.fitToHeight)
        assert found == ("landscape", 9, 1, 0), sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
        assert sheet.print_title_rows
    assert {sheet.title: sheet.freeze_panes for sheet in book} == {
        "总览": None,
        "得分排名": "D4",
        "收支汇总": "C7",
        "三公与资产": "C6",
        "指标得分": "C6",
        "问题清单": "C4",
        "报送情况": "B4",
        "评分标准": "A3",
        "运行记录": "A4",
    }
    assert {sheet.title: sheet.auto_filter.ref for sheet in book if sheet.auto_filter.ref} == {
        "得分排名": "A3:M7",
        "收支汇总": "A6:O10",
        "三公与资产": "A5:K9",
        "指标得分": "A5:AB9",
        "问题清单": "A3:N8",
        "报送情况": "A3:H11",
    }


def test_columns_are_as_wide_as_their_figures_and_no_wider_than_a_page(book: Any) -> None:
    for sheet in book:
        for letter, column in sheet.column_dimensions.items():
            assert 6 <= column.width <= 91, (sheet.title, letter)
    for name, cell in (("收支汇总", "C10"), ("得分排名", "E4")):
        sheet = book[name]
        shown = f"{sheet[cell].value:,.2f}"
        assert sheet.column_dimensions[cell[0]].width >= len(shown) + 2


def test_display_width() -> None:
    assert [display_width(text) for text in ("", "ab", "云溪", "（a）", "一\n二三")] == [0, 2, 4, 5, 4]


def test_the_same_night_gives_the_same_bytes(district: BatchResult, path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_summary(district, again, ["district-summary-2020.xlsx", "run-report.json"])
    assert again.read_bytes() == path.read_bytes()
    created = openpyxl.load_workbook(path).properties.created
    assert created is not None
    assert created.isoformat() == "2021-07-20T01:00:05"


def test_an_empty_night(empty_night: BatchResult, tmp_path: Path, values: Values) -> None:
    write_summary(empty_night, tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    assert live(book) == {}
    for name in ("得分排名", "收支汇总", "三公与资产", "指标得分", "问题清单", "报送情况"):
        assert values(book[name])[-1] == ["（无）"], name
    overview = values(book["总览"])
    assert overview[5] == ["未提供名录", 0, 0, 0]
    assert overview[9] == ["—", "—", "—", "—"]
    assert overview[13] == ["—", 0, 0, 0, 0]


def test_a_folder_that_does_not_exist_is_an_os_error(district: BatchResult, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        write_summary(district, tmp_path / "nowhere" / "s.xlsx")


@pytest.mark.libreoffice
def test_cached_values_are_what_libreoffice_calculates(path: Path, tmp_path: Path) -> None:
    # openpyxl writes formulas without values, so that LibreOffice has to calculate every one.
    bare = tmp_path / "bare.xlsx"
    formulas = openpyxl.load_workbook(path)
    formulas.save(bare)
    out = tmp_path / "out"
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(out),
            str(bare),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    ours = openpyxl.load_workbook(path, data_only=True)
    theirs = openpyxl.load_workbook(out / "bare.xlsx", data_only=True)
    cells = live(formulas)
    assert len(cells) == 53
    for sheet, cell in cells:
        assert theirs[sheet][cell].value == pytest.approx(ours[sheet][cell].value, abs=1e-9), (sheet, cell)
