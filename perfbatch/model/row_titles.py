"""What a row of a table is called in a finding."""

from __future__ import annotations

__all__ = ["row_title"]


def row_title(number: int, name: str | None) -> str:
    """The row by its number from 1, and by what it is about where that is filled in: 第3行“完成率”."""
    return f"第{number}行“{name}”" if isinstance(name, str) and name else f"第{number}行"
