"""What whoever reads a returned notice has to know of its first sheet."""

from __future__ import annotations

__all__ = ["CHECK_HEADING", "EXPLANATION_HEADING", "NOTICE_SHEET", "PLACE_HEADING"]

NOTICE_SHEET = "整改通知"
EXPLANATION_HEADING = "情况说明"
"""The column in which a department may explain a finding."""
CHECK_HEADING, PLACE_HEADING = "检查编号", "单元格"
"""The hidden columns that say which check the line is about, and where it was made."""
