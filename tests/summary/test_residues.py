"""The check columns of the sheets of figures: ✓, 尾差 and what does not add up are three."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from perfbatch.district.result import BatchResult
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.model import Rulebook
from tests.districts import nullable, scaled
from tests.summary.conftest import Written, written
from tests.summary.test_recalculated import recalculated

CENT = SCALE // 100


@pytest.fixture(scope="module")
def rounded(district: BatchResult, rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A total of 100 against parts of 100, of 99.99, of 99.98 to a cent and of 99.98 to a tenth of one."""
    frame = district.departments.copy()
    parts = rulebook.field_by_id["revenue_total"].parts
    for field in ("revenue_total", *parts):
        frame[field] = nullable([None] * 4)
        frame[f"{field}.step"] = CENT
    frame["revenue_total"] = nullable([scaled("100")] * 4)
    frame[parts[0]] = nullable([scaled(text) for text in ("100", "99.99", "99.98", "99.99")])
    # To a tenth of a cent: that much is no rounding.
    frame.loc[3, [f"{field}.step" for field in ("revenue_total", *parts)]] = CENT // 10
    return written(replace(district, departments=frame), tmp_path_factory.mktemp("rounded") / "summary.xlsx")


def column_of(book: Written, heading: str) -> list[object]:
    """The cells under a heading, the count below them last."""
    rows = book.rows("收支汇总")
    head = next(row for row in rows if heading in row)
    at = head.index(heading)
    below = rows[rows.index(head) + 1 :]
    return [row[at] if len(row) > at else None for row in below]


def test_what_rounding_accounts_for_is_told_and_not_counted(rounded: Written) -> None:
    # Two figures to a cent each: half a cent from either side.
    assert column_of(rounded, "核对：收入合计") == [0, "尾差 0.01", 0.02, 0.01, 2]


def test_the_three_look_different(rounded: Written) -> None:
    sheet = rounded.formulas["收支汇总"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "核对：收入合计")
    area = next(area for area in sheet.conditional_formatting if cell.column_letter in str(area.sqref).split(":")[0])
    looks = {
        (rule.type, rule.operator): (rule.dxf.font.color.rgb[2:], bool(rule.dxf.font.i), bool(rule.dxf.font.b))
        for rule in area.rules
    }
    assert looks == {
        ("beginsWith", "beginsWith"): ("1F4E79", True, False),
        ("cellIs", "lessThan"): ("A84A0E", False, True),
        ("cellIs", "between"): ("A84A0E", False, True),
    }
    held = sheet.cell(cell.row + 1, cell.column)
    assert (held.number_format.split(";")[2], held.font.color.rgb[2:]) == ('"✓"', "6E6E6E")


def test_the_shipped_inbox_shows_what_its_findings_say(sample: Written) -> None:
    """Rounding alone is a 尾差 in the sheets where it is one in the findings, and nowhere else."""
    rounding = [
        finding
        for finding in sample.result.findings
        if finding.outcome == "rounding" and finding.field in ("revenue_total", "expenditure_total")
    ]
    shown = [
        value
        for heading in ("核对：收入合计", "核对：支出合计", "汇总−机构：收入合计", "汇总−机构：支出合计")
        for value in column_of(sample, heading)
        if isinstance(value, str)
    ]
    assert shown == ["尾差 0.01", "尾差 0.01"]
    assert [finding.difference for finding in rounding] == ["0.01", "0.01"]
    assert column_of(sample, "核对：收入合计")[-1] == 2


@pytest.mark.libreoffice
def test_recalculated_it_is_still_told_and_not_counted(rounded: Written, tmp_path: Path) -> None:
    book = rounded.formulas
    again = recalculated(book, tmp_path)
    theirs = replace(rounded, values=again)
    assert column_of(theirs, "核对：收入合计") == [0, "尾差 0.01", 0.02, 0.01, 2]
