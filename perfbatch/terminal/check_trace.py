"""One check of the rulebook and what it came to in one department's workbook. Chinese, as a department reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfbatch.district.register import in_order
from perfbatch.model.findings import Severity
from perfbatch.terminal.console import console_of, inert, plain_table, print_table

if TYPE_CHECKING:
    from perfbatch.batch import Night

__all__ = ["print_check_trace"]

_CAME_TO = {"failed": "不符", "rounding": "尾差", "not_made": "无法核对"}


def print_check_trace(night: Night, department: int, check_id: str) -> None:
    """What a check of this id demands, and every place of the department's workbook where it does not simply hold."""
    from perfbatch.rulebook.wording import describe_expression

    console, rulebook = console_of(), night.result.rulebook
    submission = night.frames.submissions[department]
    check = next(check for check in rulebook.checks if check.id == check_id)
    console.print(
        f"{inert(submission.budget_code)} {inert(submission.unit_name)} · {check.title}（{check.id}）", soft_wrap=True
    )
    console.print(f"勾稽关系：{describe_expression(check.holds, rulebook)}", soft_wrap=True)
    if check.when:
        console.print(f"条件：{describe_expression(check.when, rulebook)}", soft_wrap=True)
    console.print(f"级别：{Severity(check.severity).label}　依据：{check.source}", soft_wrap=True)
    findings = [
        finding
        for finding in in_order(night.result.findings)
        if (finding.file, finding.check) == (submission.file, check_id)
    ]
    if findings:
        table = plain_table("结果", "单元格", "填报", "应为", "差额", "说明", figures=("填报", "应为", "差额"))
        for finding in findings:
            place = f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
            figures = (finding.reported, finding.expected, finding.difference)
            table.add_row(_CAME_TO[finding.outcome], *map(inert, (place, *figures, finding.message)))
        print_table(console, table)
    counted = f"{len(findings)} 处须看" if findings else "没有不符之处"
    console.print(f"结果：{counted}", soft_wrap=True)
