"""A district of any size for the benchmarks: distinct filled workbooks, about five findings a department.

Every workbook is the sample of 116001 as LibreOffice saved it, with other figures in its cells, so that what is read is what a
spreadsheet program writes: shared strings, cached values, live sheets.
"""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.cells import Place, Stencil
from tests.workbooks import places

__all__ = ["make_corpus"]

_SAMPLE = Path(__file__).parents[2] / "inbox" / "116001岳阳市云溪区总工会.xlsx"
_HEAD_OFFICE, _SUMMARY = 1, 0


def make_corpus(folder: Path, departments: int) -> None:
    """Write `departments` workbooks into `folder`, the same ones every time."""
    folder.mkdir(parents=True, exist_ok=True)
    content = _SAMPLE.read_bytes()
    stencil, where = Stencil(content), places(content)
    for number in range(departments):
        figures = _figures(random.Random(number), number)
        values: dict[Place, Any] = {
            where[field][row]: value for field, column in figures.items() for row, value in column.items()
        }
        stencil.write(values, folder / f"{number:06}.xlsx")


def _figures(chance: random.Random, number: int) -> dict[str, dict[int, Any]]:
    """What differs between departments: field id → row → value. Some sums are off, some staff too many."""

    def amount(top: int) -> Decimal:
        return Decimal(chance.randrange(100, top * 100)).scaleb(-2)

    personnel, operating, project = amount(900), amount(300), amount(2000)
    basic = personnel + operating
    spent = basic + project
    reception = min(amount(12), operating)
    assets = amount(500)
    revenue = spent + chance.choice([Decimal(0), Decimal(0), Decimal("1.5"), Decimal("-0.3")])
    wrong = chance.choice([Decimal(0), Decimal(0), Decimal("0.01"), Decimal("9"), Decimal("-27.9")])
    columns = {
        "revenue_total": revenue + wrong,
        "general_budget_appropriation": revenue,
        "expenditure_total": spent,
        "basic_expenditure": basic,
        "personnel_expenditure": personnel,
        "operating_expenditure": operating,
        "project_expenditure": project,
        "balance_current_year": revenue - spent,
        "three_public_total": reception,
        "official_reception": reception,
        "fixed_assets_total": assets,
        "fixed_assets_in_use": assets,
    }
    wages = (personnel * chance.randrange(40, 80) / 100).quantize(Decimal("0.01"))
    posts = chance.randrange(5, 60)
    single: dict[str, Any] = {
        "budget_code": f"{900000 + number}",
        "unit_name": f"第{number:06}号部门",
        "authorized_posts": posts,
        "on_post_staff": posts + chance.choice([0, 0, 1, 3]),
        "narrative_on_post_staff": posts,
        "narrative_admin_staff": posts - 2,
        "narrative_institution_staff": 2,
        "narrative_basic_expenditure": basic,
        "wages_welfare": wages,
        "personal_family_subsidy": personnel - wages,
        "goods_services": operating,
        "satisfaction_rate": Decimal(chance.randrange(80, 100)).scaleb(-2),
    }
    found: dict[str, dict[int, Any]] = {field: {0: value} for field, value in single.items()}
    for field, value in columns.items():
        found[field] = {_SUMMARY: value, _HEAD_OFFICE: value}
    return found
