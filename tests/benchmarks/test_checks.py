"""The benchmark of the checks compares like with like."""

from __future__ import annotations

import pytest

from tests.benchmarks.checks import CONTESTANTS, District, compare
from tests.submissions import RULEBOOK


@pytest.mark.parametrize("name", CONTESTANTS)
def test_every_contestant_finds_the_planted_slips(name: str) -> None:
    district = District(200, RULEBOOK)
    found = CONTESTANTS[name](district)
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
    told = {
        bound.place.id: rows  # type: ignore[union-attr]
        for bound, rows in zip(district.checks, found, strict=True)
        if bound.check.code in ("R02", "R03", "R04", "R07", "R08")
    }
    assert told == {field: wrong[field] for field in told}
    assert all(told.values())


def test_the_table_has_a_ratio_for_each_baseline() -> None:
    found = compare(20, 2)
    assert (found["departments"], found["checks"], found["rounds"]) == (20, 71, 2)
    assert list(found["ratios"]) == ["Decimal loop against columns, CPU", "DataFrame.eval against columns, CPU"]
    assert all(list(one) == ["min", "median", "max"] for one in found["ratios"].values())
