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
    """A file of the inbox. `budget_code` "" is a file that never was a workbook; `text` is then all of it. `revision`: the
    earlier revision of the form that it was filled on; such a file stays as it was received."""

    path: str
    budget_code: str = ""
    finish: Finish = Finish.WORKBOOK
    form_version: str = ""
    typed: dict[Place, Any] = field(default_factory=dict)
    reads: dict[Place, Any] = field(default_factory=dict)
    text: str = ""
    revision: int | None = None


SAMPLES: tuple[Sample, ...] = (
    Sample("116001岳阳市云溪区总工会.xlsx", "116001", revision=1),
    Sample(
        # 汇总 was added up before 云溪区实验小学 had sent its assets, 973.43.
        "教育局-部门整体绩效自评（最终版）.xlsx",
        "205001",
        typed={
            ("fixed_assets_total", 0): Decimal("30076.07"),
            ("fixed_assets_in_use", 0): Decimal("29986.99"),
        },
        revision=1,
    ),
    # 2649.26 with two digits changed over.
    Sample("农口/农业农村局.xlsx", "303001", typed={("revenue_total", 0): Decimal("2646.29")}),
    Sample("农口/乡村振兴局自评表.xls", "304001", Finish.EXCEL_97),
    # 286.56 万元 of 局机关, typed in 元.
    Sample("农口/水利局2020年整体支出绩效自评.xlsx", "305001", typed={("project_expenditure", 1): 2865600}),
    Sample(
        # Typed as it would be read out: text, full-width digits, thousands, units. All of it can be read.
        "卫健局 绩效自评报告2021.7.xlsx",
        "401001",
        typed={
            ("authorized_posts", 0): "214",
            ("on_post_staff", 0): "２１４人",
            ("revenue_total", 0): "3,102.52",
            ("revenue_total", 1): "１４７１．４９",
            ("expenditure_total", 0): "3037.60万元",
            ("three_public_total", 0): "25.02 万元",
            ("official_reception", 1): "77300元",
            ("fixed_assets_total", 0): "5，204.97",
            ("key_project_expenditure", 0): "6515200元",
            ("self_score_total", 0): "96.5分",
            ("satisfaction_rate", 0): "95％",
        },
        reads={
            ("authorized_posts", 0): 214,
            ("on_post_staff", 0): 214,
            ("revenue_total", 0): Decimal("3102.52"),
            ("revenue_total", 1): Decimal("1471.49"),
            ("expenditure_total", 0): Decimal("3037.60"),
            ("three_public_total", 0): Decimal("25.02"),
            ("official_reception", 1): Decimal("7.73"),
            ("fixed_assets_total", 0): Decimal("5204.97"),
            ("key_project_expenditure", 0): Decimal("651.52"),
            ("self_score_total", 0): Decimal("96.5"),
            ("satisfaction_rate", 0): Decimal("0.95"),
        },
    ),
    # 基础数据表 was not filled at all (district.py has no row for it).
    Sample("民政局绩效自评.xlsx", "402001"),
    Sample(
        # 云溪区房产服务中心's appropriation was corrected later, and nobody recalculated.
        "住建局整体支出自评定稿.xlsx",
        "403001",
        typed={("general_budget_appropriation", 0): SumBelow(3, Decimal("2443.69"))},
        reads={("general_budget_appropriation", 0): Decimal("2443.69")},
    ),
    # Sent twice: 254.69 with two digits changed over, then corrected. In a fresh copy both files are of the same age,
    # and the later name wins.
    Sample("交通运输局自评.xlsx", "404001", typed={("goods_services", 0): Decimal("245.69")}),
    Sample("交通运输局自评（重报）.xlsx", "404001"),
    Sample("应急管理局（加密）.xlsx", "405001", Finish.ENCRYPTED),
    # 三公经费 6.49 against a budget of 6.20, yet full points (district.py).
    Sample("406001 文旅广电局.xlsx", "406001"),
    # 政府采购 177 against a budget of 150 (district.py).
    Sample("市场监管局部门整体支出绩效自评.xlsx", "407001"),
    Sample("408001岳阳市云溪区审计局.xlsx", "408001"),
    Sample("司法局绩效自评表.xlsx", "409001", form_version="2019"),
    Sample(
        # A sheet that a formula needed was deleted; the survey's answers were never entered.
        "档案馆.xlsx",
        "410001",
        typed={("three_public_budget", 0): "=#REF!", ("satisfaction_rate", 0): "=AVERAGE(H3:H32)"},
        reads={("three_public_budget", 0): UNREADABLE, ("satisfaction_rate", 0): UNREADABLE},
    ),
    # 收入合计 was rounded from finer figures (尾差); the grade is not the one of 87.42.
    Sample(
        "发改局/发展和改革局-自评表.xlsx",
        "412001",
        typed={("revenue_total", 0): Decimal("973.01"), ("self_grade", 0): "优秀"},
    ),
    Sample("城管执法局自评（未传完）.xlsx", "413001", Finish.TRUNCATED),
    Sample(
        "统计局绩效自评.xlsx",
        finish=Finish.TEXT,
        text="部门名称,预算编码,收入合计,支出合计\r\n岳阳市云溪区统计局,411001,286.40,281.15\r\n",
    ),
    Sample(
        "报送说明.txt",
        finish=Finish.TEXT,
        text="各单位请于7月20日前将自评表电子版（.xlsx，不设密码）报绩效股。纸质件盖章后另送。\r\n",
    ),
)
"""Every file of the inbox."""
