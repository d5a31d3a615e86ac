"""评分标准, 勾稽关系, 等次 and what changed since the year before: the rulebook as tables. The summary stacks them on one sheet, the export gives each its own."""

from __future__ import annotations

from perfbatch.model.findings import Severity
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.change_wording import change_words
from perfbatch.rulebook.model import Check, Rulebook
from perfbatch.rulebook.wording import (
    describe_cap,
    describe_expression,
    describe_figure,
    describe_grade,
    describe_rule,
)
from perfbatch.summary.sheet import Cell, Marked, Sheet, TableColumn

__all__ = ["changes_from", "write_changes", "write_checks", "write_grades", "write_indicators", "write_standard_sheet"]

_SCOPES = {"unit": "各机构", "item": "各指标", "target": "各绩效目标"}
_TOLERANCES = {"interval": "允许尾差", "exact": "完全相等"}
_NATURES = {"balance": "基本平衡", "verification": "核实性"}


class _Placeholders(dict[str, str]):
    """What stands in a message in place of the names that a finding fills in."""

    def __missing__(self, name: str) -> str:
        return "（…）"


_PLACEHOLDERS = _Placeholders(label="（栏目）", item="（指标）", row="（行）")


def write_standard_sheet(sheet: Sheet, rulebook: Rulebook) -> None:
    """Write the three tables below one another, each starting a printed page."""
    top = sheet.title(f"{rulebook.district}{rulebook.fiscal_year}年度评分标准", f"依据：{rulebook.source}")
    sheet.wide_paper()
    sheet.freeze(top, 0)
    sheet.repeat(0, 0)
    parts = [("一、评分标准", write_indicators), ("二、勾稽关系", write_checks), ("三、等次", write_grades)]
    if rulebook.lineage.changes:
        parts.append((f"四、与{changes_from(rulebook)}相比的变化", write_changes))
    for part, write in parts:
        if top > 2:
            sheet.page_break(top)
        sheet.text(top, 0, part, "part")
        sheet.heights(top, 22)
        top = write(sheet, top + 1, rulebook) + 1


def write_indicators(sheet: Sheet, top: int, rulebook: Rulebook) -> int:
    """The scoring table, a row per indicator; returns the first free row."""
    columns = [
        TableColumn("一级指标", style="centred", narrowest=10),
        TableColumn("二级指标", style="centred", narrowest=10),
        TableColumn("三级指标", narrowest=18, widest=26),
        TableColumn("分值", "figure", "centred", "0.##", narrowest=9),
        TableColumn("不足一个百分点", narrowest=12, widest=14),
        TableColumn("评分标准", narrowest=30, widest=50),
        TableColumn("计算方法", narrowest=24, widest=38),
        TableColumn("评分规则", narrowest=30, widest=46),
        TableColumn("依据", narrowest=24, widest=34),
    ]
    groups = {group.id: group for group in rulebook.groups}
    rows: list[list[Cell]] = []
    for indicator in rulebook.indicators:
        group = groups[indicator.group]
        rows.append(
            [
                f"{group.name}（{group.points.normalize():f}分）",
                indicator.subgroup,
                indicator.name,
                int(indicator.points * SCALE),
                indicator.rule.rounding,
                indicator.standard,
                describe_figure(indicator, rulebook),
                describe_rule(indicator),
                "；".join(indicator.sources),
            ]
        )
    return sheet.table(top, columns, rows, filters=False)


def write_checks(sheet: Sheet, top: int, rulebook: Rulebook) -> int:
    """The checks, a row each; returns the first free row."""
    columns = [
        TableColumn("代码", style="centred", narrowest=8),
        TableColumn("级别", style="centred", narrowest=8),
        TableColumn("类别", style="centred", narrowest=10),
        TableColumn("检查项目", narrowest=18, widest=26),
        TableColumn("比较", style="centred", narrowest=9),
        TableColumn("范围", style="centred", narrowest=12, widest=14),
        TableColumn("勾稽关系", narrowest=30, widest=50),
        TableColumn("问题说明", narrowest=24, widest=38),
        TableColumn("处理办法", narrowest=30, widest=46),
        TableColumn("依据", narrowest=24, widest=34),
    ]
    rows: list[list[Cell]] = []
    for check in rulebook.checks:
        severity = Severity(check.severity)
        rows.append(
            [
                check.code,
                Marked(severity.label, severity.value),
                _NATURES[check.nature] + ("（试行）" if check.trial else ""),
                check.title,
                _TOLERANCES[check.tolerance],
                _scope_name(check, rulebook),
                describe_expression(check.holds, rulebook),
                _unfilled(check.message),
                _unfilled(check.remedy),
                check.source,
            ]
        )
    return sheet.table(top, columns, rows, filters=False)


def _scope_name(check: Check, rulebook: Rulebook) -> str:
    block = rulebook.row_tables.get(check.table or "")
    if block is not None:
        return f"“{block.title}”各行"
    return rulebook.entity.noun if check.scope == "department" else _SCOPES[check.scope]


def _unfilled(template: str) -> str:
    """A message as it reads before a finding fills in its names."""
    return template.format_map(_PLACEHOLDERS)


def write_grades(sheet: Sheet, top: int, rulebook: Rulebook) -> int:
    """The grades with the scores that belong to them, and what caps the total; returns the first free row."""
    rows: list[list[Cell]] = [["等次", grade.name, describe_grade(grade)] for grade in rulebook.grades]
    rows += [["总分上限", cap.name, describe_cap(cap, rulebook)] for cap in rulebook.caps]
    columns = [
        TableColumn("项目", style="centred", narrowest=8),
        TableColumn("名称" if rulebook.caps else "等次", style="centred", narrowest=8),
        TableColumn("核定总分", narrowest=18, widest=26),
    ]
    return sheet.table(top, columns, rows, filters=False)


def changes_from(rulebook: Rulebook) -> str:
    """What people call the rulebook that the changes start from."""
    lineage = rulebook.lineage
    year = lineage.base_year
    return f"{year}年度规则" if year not in (None, rulebook.fiscal_year) else f"规则“{lineage.base}”"


def write_changes(sheet: Sheet, top: int, rulebook: Rulebook) -> int:
    """What is other than in the rulebook before, a row each; returns the first free row."""
    columns = [
        TableColumn("变更", style="centred", narrowest=8),
        TableColumn("对象", style="centred", narrowest=8),
        TableColumn("名称", narrowest=18, widest=26),
        TableColumn("项目", style="centred", narrowest=9),
        TableColumn("代码", narrowest=12, widest=14),
        TableColumn("原规则", narrowest=30, widest=50),
        TableColumn("新规则", narrowest=24, widest=38),
        TableColumn("依据", narrowest=30, widest=46),
    ]
    rows: list[list[Cell]] = [
        [words.action, words.table, words.name, words.key, change.id, words.before, words.after, words.source]
        for change, words in zip(rulebook.lineage.changes, change_words(rulebook), strict=True)
    ]
    return sheet.table(top, columns, rows, filters=False)
