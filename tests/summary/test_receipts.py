"""报送情况 cell by cell: the roster's departments first, those to be chased on top, then every file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from perfbatch.district.result import BatchResult
from perfbatch.summary import write_summary
from perfbatch.summary.chase import chase_list
from tests.districts import INJECTION, Values

FILES = [
    ["007002.xlsx", 20480, "已接收", None, None, None, "007002", "区教育局"],
    ["101001.xlsx", 20480, "已接收", None, None, None, "101001", INJECTION],
    ["116001.xlsx", 20480, "已接收", None, None, None, "116001", "云溪区总工会"],
    ["116001旧.xlsx", 20480, "已由新报文件替代", None, "已由新报文件 116001.xlsx 替代", None, "116001", "云溪区总工会"],
    ["116002.xlsx", 20480, "已接收", None, None, None, "116002", "区妇联"],
    ["z加密.xlsx", 20480, "退回", "F02", "文件已加密，需要密码才能打开", "请取消密码后重新保存为 .xlsx"],
    ["\\xff\\x01.xlsx", 20480, "退回", "F01", "不是电子表格（文本）", "请另存为 .xlsx 后重新报送"],
]
HEADINGS = ["文件", "大小（字节）", "状态", "代码", "说明", "处理办法", "预算编码", "部门（单位）名称", "通知书"]


def receipts(result: BatchResult, folder: Path) -> Any:
    """The sheet as written."""
    write_summary(result, folder / "summary.xlsx")
    return openpyxl.load_workbook(folder / "summary.xlsx")["报送情况"]


def areas(sheet: Any) -> dict[str, str]:
    """The Excel tables of a sheet, each with filters of its own."""
    return {table.name: table.ref for table in sheet.tables.values() if table.autoFilter.ref == table.ref}


def test_with_a_roster(district: BatchResult, values: Values, tmp_path: Path) -> None:
    result = replace(district, deadline=date(2021, 7, 31))
    sheet = receipts(result, tmp_path)
    rows, messages = values(sheet), [chased.message for chased in chase_list(result)]
    came = "1970-01-01 00:00:00\n"
    assert rows[1][0].endswith("截止日期：2021-07-31；送达时间取文件修改时间与首次运行收到时间中较早的。")
    assert rows[2:] == [
        ["应报部门 5 个，已报部门 4 个，其中：迟报 0 个，退回部门 0 个，未报部门 1 个。"],
        [
            "部门（单位）名称",
            "预算编码",
            "状态",
            "逾期天数",
            "送达时间和文件",
            "短信",
            "归口业务股室",
            "联系方式",
            "通知书",
        ],
        ["区文联", "118001", "未报", None, None, messages[0]],
        ["区教育局", "007002", "已报", None, f"{came}007002.xlsx", messages[1], "行政政法股"],
        [INJECTION, "101001", "已报", None, f"{came}101001.xlsx", messages[2], "行政政法股"],
        ["云溪区总工会", "116001", "已报", None, f"{came}116001.xlsx\n116001旧.xlsx", messages[3], "行政政法股"],
        ["区妇联", "116002", "已报", None, f"{came}116002.xlsx", messages[4], "行政政法股"],
        [],
        ["收件文件"],
        HEADINGS,
        *FILES,
    ]
    assert areas(sheet) == {"Departments": "A4:I9", "Files": "A12:I19"}
    assert {cell.data_type for cell in sheet["A"][2:]} <= {"s", "n"}


def test_without_a_roster(district: BatchResult, values: Values, tmp_path: Path) -> None:
    sheet = receipts(replace(district, roster=None), tmp_path)
    assert values(sheet)[1:] == [["收件文件夹中的每个文件各占一行。"], HEADINGS, *FILES]
    assert areas(sheet) == {"Files": "A3:I10"}


def test_a_department_that_the_roster_has_not_is_told(district: BatchResult, values: Values, tmp_path: Path) -> None:
    assert district.roster is not None
    rows = values(receipts(replace(district, roster=district.roster[:1]), tmp_path))
    assert [row[4] for row in rows if len(row) > 6 and row[6] == "116002"] == ["名录中没有该预算编码"]
    assert [row[4] for row in rows if len(row) > 6 and row[6] == "007002" and row[0] == "007002.xlsx"] == [None]
