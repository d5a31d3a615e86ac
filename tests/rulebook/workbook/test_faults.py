"""What is wrong with a workbook of rules: the cell first, then the fault, what was expected, what is near; all at once."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from perfbatch.model.errors import OperatorFault
from perfbatch.rulebook.load import load_rulebook
from tests.rulebook.workbook.editing import Edit, edited, exported, faults_of

OVERLAY = Path(__file__).parents[1] / "overlays" / "junshan_2021.toml"
R02, R04 = {"代码": "R02"}, {"代码": "R04"}
STAFF = {"代码": "staff_control_rate"}

CASES: dict[str, tuple[Edit, str]] = {
    "a label that no field has": (
        ("指标", STAFF, "计算方法", "实有人员 / 人员编制"),
        "指标!H2（计算方法）: 字段 “实有人员” 不存在，是否指 “实有人数”",
    ),
    "a choice": (
        ("勾稽", R04, "级别", "错"),
        "勾稽!E5（级别）: “错”不是可选项；应为“错误”“提醒”“说明”之一，是否指“错误”",
    ),
    "no number": (("一级指标", {"代码": "input"}, "分值", "十五"), "一级指标!C2（分值）: “十五”不是数值；应填数字"),
    "no yes or no": (("字段", {"代码": "budget_code"}, "必填", "对"), "字段!H3（必填）: “对”不能识别；应为“是”或“否”"),
    "no date": (
        ("规则", {"项目": "报送截止日期"}, "内容", "七月底"),
        "规则!B11（报送截止日期）: “七月底”不是日期；应填日期，例：2021-7-31",
    ),
    "no whole number": (
        ("规则", {"项目": "表样修订号"}, "内容", 1.5),
        "规则!B9（表样修订号）: 1.5 不是整数；应填整数",
    ),
    "an id of another shape": (
        ("规则", {"项目": "表格代码"}, "内容", "Yun xi"),
        "规则!B7（表格代码）: “Yun xi”不合写法；应为小写字母开头，只含小写字母、数字、下划线",
    ),
    "missing": (("勾稽", R02, "问题说明", None), "勾稽!S3（问题说明）: 没有填写；此项必填"),
    "out of bounds": (("一级指标", {"代码": "input"}, "分值", -1), "一级指标!C2（分值）: -1 超出范围；应> 0"),
    "twice": (("勾稽", R04, "代码", "R02"), "勾稽!A5（代码）: “R02”与 勾稽!A3 重复"),
    "an owner that is not there": (
        ("计分", {"所属指标": "payment_progress"}, "所属指标", "payment_progres"),
        "计分!A16（所属指标）: 指标“payment_progres”不存在或不能有“评分规则”，是否指“payment_progress”",
    ),
    "a part that is not there": (
        ("计分", {"所属指标": "satisfaction", "下限": 95}, "行别", "分断"),
        "计分!C50（行别）: “分断”不能识别；应为“评分规则”“分段”“核对项”“情形”之一，是否指“分段”",
    ),
    "a value of another row": (
        ("计分", {"所属指标": "satisfaction", "下限": 95}, "每例扣分", 1),
        "计分!R50（每例扣分）: “分段”一行没有这一项；应留空",
    ),
    "a setting that is not there": (
        ("规则", {"项目": "报送截止日期"}, "项目", "报送截至日期"),
        "规则!A11（项目）: 没有项目“报送截至日期”，是否指“报送截止日期”",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_fault_names_its_cell(case: str, tmp_path: Path) -> None:
    edit, line = CASES[case]
    assert line in faults_of(edited(exported(tmp_path), edit))


def test_all_at_once(tmp_path: Path) -> None:
    """Faults of cells, of shape and of lint, in one go; what follows from another fault's cell is not told."""
    path = edited(
        exported(tmp_path),
        ("指标", STAFF, "计算方法", "实有人员 / 人员编制"),
        ("勾稽", R04, "级别", "错"),
        ("勾稽", {"代码": "R07"}, "问题说明", None),
        ("勾稽", R02, "勾稽关系", "revenue_totl == 1"),
        ("一级指标", {"代码": "input"}, "分值", 14),
        ("计分", {"所属指标": "satisfaction", "下限": 95}, "下限", 90),
    )
    assert faults_of(path) == [
        "指标!H2（计算方法）: 字段 “实有人员” 不存在，是否指 “实有人数”",
        "勾稽!E5（级别）: “错”不是可选项；应为“错误”“提醒”“说明”之一，是否指“错误”",
        "勾稽!S9（问题说明）: 没有填写；此项必填",
        "一级指标!A1: points add up to 99, not 100; correct the groups' points",
        "一级指标!A2（代码）: its indicators' points add up to 15, not 14; correct them",
        "计分!D49（计分方法）: the bands overlap at 90; each value belongs to one band",
        "勾稽!F3（勾稽关系）: no field 'revenue_totl' in the scope unit (the nearest is revenue_total); in `revenue_totl == 1`",
    ]


OVERLAY_CASES: dict[str, tuple[Edit, str]] = {
    "an action": (
        ("变更", {"代码": "fixed_assets_leased"}, "动作", "删除"),
        "变更!A5（动作）: “删除”不能识别；应为“改用代码”“取消”“修改”“新增”之一",
    ),
    "an item": (
        ("变更", {"代码": "overseas_travel"}, "项目", "名字"),
        "变更!D9（项目）: 没有项目“名字”；应为",
    ),
    "a target that is not there": (
        ("变更", {"代码": "overseas_travel"}, "代码", "oversea_travel"),
        "变更!C9（代码）: the base has no field oversea_travel; the nearest is overseas_travel",
    ),
    "what the base says": (
        ("变更", {"代码": "overseas_travel"}, "新值", "因公出国费"),
        "变更!E9（新值）: says what the base says; leave it out",
    ),
}


@pytest.mark.parametrize("case", OVERLAY_CASES)
def test_a_fault_of_a_change_names_its_cell(case: str, tmp_path: Path) -> None:
    edit, line = OVERLAY_CASES[case]
    faults = faults_of(edited(exported(tmp_path, str(OVERLAY)), edit))
    assert [fault for fault in faults if fault.startswith(line)], faults


def test_a_sheet_or_heading_that_was_renamed(tmp_path: Path) -> None:
    path = exported(tmp_path)
    book = openpyxl.load_workbook(path)
    book["等次"].title = "等级"
    book["字段"]["E1"] = "栏目名"
    book.save(path)
    faults = faults_of(path)
    assert "等次: 没有工作表“等次”；没有内容的也应保留工作表和标题行" in faults
    assert "字段!E1: 没有“栏目名”这一列；自行加注请用“备注”列" in faults


def test_columns_may_be_moved_and_remarks_added(tmp_path: Path) -> None:
    path = exported(tmp_path)
    book = openpyxl.load_workbook(path)
    sheet = book["等次"]
    for row in range(1, sheet.max_row + 1):
        first, second = sheet.cell(row, 1), sheet.cell(row, 2)
        first.value, second.value = second.value, first.value
    sheet.cell(1, 9, "备注")
    sheet.cell(2, 9, "今年不变")
    book.save(path)
    assert load_rulebook(path).rulebook == load_rulebook(None).rulebook


def test_another_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(OperatorFault, match="is not a workbook of rules: it has no sheet 规则"):
        load_rulebook(path)
