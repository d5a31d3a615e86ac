"""A notice without the department's workbook, for one that cannot be marked at all: the list is still delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfbatch.model.findings import Finding
from perfbatch.notice.alone import workbook_of_sheet
from perfbatch.notice.heading import NoticeHeading
from perfbatch.notice.marking import listed_findings
from perfbatch.notice.notice_sheet import SHEET_NAME, header_row, sheet_markup
from perfbatch.notice.styles import StyleSheet

__all__ = ["standalone_notice"]

_REMARK = "原工作簿的结构无法识别，未能附在本通知之后；请在原工作簿中按上列各项改正，保存后重新报送。"


def standalone_notice(findings: Sequence[Finding], heading: NoticeHeading) -> bytes:
    """A package with the sheet 整改通知 alone, which says why."""
    # No cell to link to: the place is told in words.
    listed = [
        replace(entry, finding=replace(entry.finding, sheet=f"{entry.finding.sheet}!{entry.finding.cell}".strip("!")))
        for entry in listed_findings(findings, heading, {})
    ]

    def sheet(styles: StyleSheet, namespace: str) -> bytes:
        return sheet_markup(listed, heading, [_REMARK], styles, namespace=namespace, prefix="")

    return workbook_of_sheet(SHEET_NAME, header_row(heading), sheet)
