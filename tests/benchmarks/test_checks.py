"""The benchmark of the checks compares like with like."""

from __future__ import annotations

import pytest

from tests.benchmarks.checks import CONTESTANTS, District, compare
from tests.submissions import RULEBOOK


@pytest.mark.parametrize("name", CONTESTANTS)
def test_every_contestant_finds_the_planted_slips(name: str) -> None:
    district = District(200, RULEBOOK)
    failures = CONTESTANTS[name](district)
    wrong = {
        column.id: [
            row
            for row, parts in enumerate(zip(*(district.counts[part] for part in column.parts), strict=True))
            if sum(parts) != district.counts[column.id][row]
        ]
        for table in RULEBOOK.unit_tables.values()
        for column in table.fields
        if column.parts
    }
    caught = {
        bound.place.id: rows  # type: ignore[union-attr]
        for bound, rows in zip(district.checks, failures, strict=True)
        if bound.check.code in ("R02", "R03", "R04", "R07", "R08")
    }
    assert caught == {field: wrong[field] for field in caught}
    assert all(caught.values())


def test_the_table_has_a_ratio_for_each_baseline() -> None:
    comparison = compare(20, 2)
    assert (comparison["departments"], comparison["checks"], comparison["rounds"]) == (20, 71, 2)
    assert list(comparison["ratios"]) == ["Decimal loop against columns, CPU", "DataFrame.eval against columns, CPU"]
    assert all(list(figures) == ["min", "median", "max"] for figures in comparison["ratios"].values())
