"""What whoever makes a notice, and whoever reads one that came back, has to know of its first sheet."""

from __future__ import annotations

from perfbatch.model.findings import Finding

__all__ = [
    "CHECK_HEADING",
    "EXPLANATION_HEADING",
    "NOTICE_SHEET",
    "PLACE_HEADING",
    "RETURN_NOTICE",
    "WAITING_LABEL",
    "waits",
]

NOTICE_SHEET = "整改通知"
RETURN_NOTICE = "退回通知"
"""The letter that goes out for a file that could not be taken."""
EXPLANATION_HEADING = "情况说明"
"""The column in which a department may explain a finding."""
CHECK_HEADING, PLACE_HEADING = "检查编号", "单元格"
"""The hidden columns that say which check the line is about, and where it was made."""
WAITING_LABEL = "待补"
"""The level of a line about figures that are not filled in."""
_WAITING = frozenset({"S04", "S05"})


def waits(finding: Finding) -> bool:
    """Whether a score stands on the department's own word until figures are filled in: a part of a notice of its own."""
    return finding.code in _WAITING
