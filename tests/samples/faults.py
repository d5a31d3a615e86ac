"""The files of the sample inbox, and what is wrong with each.

A fault is what a person types instead of the figure in the tables (`typed`), and what the reader must make of it where
that is not the figure itself (`reads`). Rows count from 0: 汇总, 局机关, subordinate units.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

__all__ = ["ENCRYPTION_PASSWORD", "SAMPLES", "UNREADABLE", "Finish", "Place", "Sample", "SumBelow"]

Place = tuple[str, int]
"""Field id and row."""

ENCRYPTION_PASSWORD = "yunxi2020"
"""Of the encrypted sample; nothing but the script that makes it and its test needs it."""

UNREADABLE = object()
"""What the reader makes of a cell that holds no usable figure."""


@dataclass(frozen=True)
class SumBelow:
    """A formula that sums the rows below it, of a column; `stored` is the outdated result that the file keeps."""

    rows: int
    stored: Decimal


class Finish(StrEnum):
    """What happens to a workbook after LibreOffice has calculated it."""

    WORKBOOK = "workbook"
    ENCRYPTED = "encrypted"
    TRUNCATED = "truncated"
    EXCEL_97 = "excel 97"
    TEXT = "text"


@dataclass(frozen=True)
class Sample:
    """A file of the inbox. `budget_code` "" is a file that never was a workbook; `text` is then all of it."""

    path: str
    budget_code: str = ""
    finish: Finish = Finish.WORKBOOK
    form_version: str = ""
    typed: dict[Place, Any] = field(default_factory=dict)
    reads: dict[Place, Any] = field(default_factory=dict)
    text: str = ""


_SAMPLES = (
    Sample("116001岳阳市云溪区总工会.xlsx", "116001"),
    Sample(
        # 汇总 was added up before 云溪区实验小学 (row 17) had sent its assets: 1000.24.
        "教育局-部门整体绩效自评（最终版）.xlsx",
        "205001",
        typed={
            ("fixed_assets_total", 0): Decimal("EDU_TOTAL"),
            ("fixed_assets_in_use", 0): Decimal("EDU_IN_USE"),
        },
    ),
)
