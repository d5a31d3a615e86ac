"""Headings and rows of the workbook form that are no part of a rulebook."""

from __future__ import annotations

__all__ = [
    "BASED_ON",
    "CHECK_HEADING",
    "EXTENDS",
    "KEY_HEADING",
    "NOTES_SHEET",
    "NUMBER_HEADING",
    "OWNER_NAME_HEADING",
    "PART_HEADING",
    "REMARK_HEADING",
    "RULES_HEADINGS",
    "RULES_SHEET",
]

NOTES_SHEET = "使用说明"
RULES_SHEET = "规则"
RULES_HEADINGS = ("项目", "内容")
EXTENDS = "沿用的规则"
"""The row of 规则 that names the rulebook of the year before: the workbook then is an overlay."""
BASED_ON = "导出自"
"""The row of 规则 that names the rulebook that the workbook was written from."""
PART_HEADING = "行别"
NUMBER_HEADING = "编号"
KEY_HEADING = "类型"
CHECK_HEADING = "检查"
OWNER_NAME_HEADING = "所属名称"
"""For whoever reads; written by a formula."""
REMARK_HEADING = "备注"
