"""A summary of the small district and one of the shipped inbox, read with formulas and with values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.district.result import BatchResult
from perfbatch.model.findings import AtRisk
from perfbatch.rulebook.load import load_rulebook
from perfbatch.rulebook.model import Rulebook
from perfbatch.summary import Surroundings, write_summary
from tests.districts import district, empty_night, nullable, rulebook, scaled, values

__all__ = ["INBOX", "Written", "district", "empty_night", "rulebook", "values", "written"]

INBOX = Path(__file__).parents[2] / "inbox"


@dataclass(frozen=True)
class Written:
    """A summary as it was written, opened twice."""

    result: BatchResult
    path: Path
    values: Any
    formulas: Any

    def rows(self, sheet: str) -> list[list[Any]]:
        """The values of a sheet, empty cells at the ends of rows left out."""
        filled = []
        for row in self.values[sheet].iter_rows(values_only=True):
            cells = list(row)
            while cells and cells[-1] is None:
                cells.pop()
            filled.append(cells)
        return filled


def written(result: BatchResult, path: Path, around: Surroundings | None = None) -> Written:
    """Write and read back."""
    write_summary(result, path, ["district-summary-2020.xlsx", "run-report.json"], around)
    return Written(result, path, openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path))


def unit_rows(rulebook: Rulebook) -> pd.DataFrame:
    """Units of 007002 (whose sum is 0.125 short of its 汇总 row) and of 116001."""
    rows: list[tuple[int, int, str, dict[str, str]]] = [
        (0, 0, "", {"revenue_total": "100.125"}),
        (0, 1, "教育局机关", {"revenue_total": "60"}),
        (0, 2, "实验小学", {"revenue_total": "40", "carryover_prior_year": "40"}),
        (2, 0, "", {"revenue_total": "274.98"}),
        (2, 1, "", {"revenue_total": "274.98"}),
    ]
    amounts = [field.id for table in rulebook.unit_tables.values() for field in table.fields if field.kind == "amount"]
    columns: dict[str, Any] = {
        "department": [row[0] for row in rows],
        "row": [row[1] for row in rows],
        "entity_name": [row[2] or None for row in rows],
    }
    for field in amounts:
        columns[field] = nullable(scaled(row[3].get(field)) for row in rows)
    return pd.DataFrame(columns)


@pytest.fixture(scope="package")
def with_units(district: BatchResult, rulebook: Rulebook) -> BatchResult:
    """The small district with subordinate units."""
    at_risk = {district.findings[3]: AtRisk(Decimal(3), ("satisfaction",))}
    return replace(district, units=unit_rows(rulebook), at_risk=at_risk)


@pytest.fixture(scope="package")
def around_small() -> Surroundings:
    """What lies around the small district's summary."""
    return Surroundings(inbox="../inbox", notices={"116001.xlsx": "notices/116001-云溪区总工会.xlsx"})


@pytest.fixture(scope="package")
def around_sample() -> Surroundings:
    """What lies around the summary of the shipped inbox."""
    return Surroundings(inbox="../inbox")


@pytest.fixture(scope="package")
def small(with_units: BatchResult, around_small: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The small district's summary, with links and points at risk."""
    return written(with_units, tmp_path_factory.mktemp("small") / "summary.xlsx", around_small)


@pytest.fixture(scope="package")
def sample(around_sample: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The summary of the shipped inbox."""
    result = run_batch(BatchPlan(INBOX, load_rulebook(None))).result
    return written(result, tmp_path_factory.mktemp("sample") / "summary.xlsx", around_sample)
