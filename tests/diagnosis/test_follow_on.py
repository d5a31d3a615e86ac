"""Findings folded under their causes, and the slips behind them, over submissions with known faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from perfbatch.batch import examine
from perfbatch.diagnosis.broken_sums import BrokenSums
from perfbatch.diagnosis.follow_on import follow_on
from perfbatch.diagnosis.likely_cause import likely_cause
from perfbatch.diagnosis.origins import Inputs, Origins
from perfbatch.district.result import BatchResult
from perfbatch.model.findings import CheckOutcome, Finding, Severity
from perfbatch.model.submission import Submission
from perfbatch.rulebook.model import Indicator
from tests.cases.clean import changed
from tests.submissions import RULEBOOK

ORIGINS = Origins(RULEBOOK)


def night(*submissions: Submission) -> BatchResult:
    frames, scored, findings = examine(submissions, RULEBOOK)
    moment = datetime(2021, 7, 20, tzinfo=UTC)
    return BatchResult(
        "a", moment, moment, RULEBOOK, "", (), findings, scored.departments, frames.units, scored.scores, None
    )


def folded(findings: Sequence[Finding]) -> dict[str, str]:
    """code@field of every finding that follows → that of its cause."""
    causes = follow_on(findings, ORIGINS)
    named = [f"{finding.code}@{finding.field}" for finding in findings]
    return {named[at]: named[cause] for at, cause in enumerate(causes) if cause is not None}


def test_a_wrong_staff_number_brings_its_score_with_it() -> None:
    result = night(changed({"on_post_staff": 25}, code="1"))
    assert folded(result.findings) == {
        "R24@on_post_staff": "R14@on_post_staff",
        "S01@item_self_score": "R14@on_post_staff",
        "R25@self_score_total": "S01@item_self_score",
    }


def test_a_clean_department_has_nothing_to_fold() -> None:
    assert folded(night(changed({}, code="1")).findings) == {}


def test_every_total_that_a_wrong_cell_enters_is_folded_under_it() -> None:
    result = night(changed({"revenue_total!0": 9_999}, code="1"))
    first = next(
        finding
        for finding in result.findings
        if finding.field == "revenue_total" and finding.severity is Severity.ERROR
    )
    causes = follow_on(result.findings, ORIGINS)
    roots = [
        finding
        for finding, cause in zip(result.findings, causes, strict=True)
        if cause is None and finding.severity == "error"
    ]
    assert roots == [first]


def test_departments_do_not_fold_under_one_another() -> None:
    result = night(changed({"on_post_staff": 25}, code="1"), changed({"on_post_staff": 25}, code="2"))
    causes = follow_on(result.findings, ORIGINS)
    assert any(cause is not None for cause in causes)
    for finding, cause in zip(result.findings, causes, strict=True):
        assert cause is None or result.findings[cause].entity_code == finding.entity_code


def test_there_are_no_circles() -> None:
    faults = {"revenue_total!0": 9_999, "expenditure_total!0": 8_888, "basic_expenditure!0": 7_777, "on_post_staff": 25}
    causes = follow_on(night(changed(faults, code="1")).findings, ORIGINS)
    for start in range(len(causes)):
        seen, at = set(), causes[start]
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = causes[at]


def test_the_slip_is_read_from_the_row() -> None:
    result = night(changed({"revenue_total!0": "27498000"}, code="1"))
    sums = BrokenSums(result, ORIGINS)
    causes = {
        finding.code: likely_cause(broken) for finding in result.findings if (broken := sums.of(finding)) is not None
    }
    assert set(causes) >= {"R01", "R02"}
    assert BrokenSums(result, ORIGINS).of(result.findings[-1]) is None or result.findings[-1].severity is Severity.ERROR


def test_a_finding_that_no_check_has_is_nobodys() -> None:
    foreign = Finding(
        "C04", Severity.ERROR, "1", "1.xlsx", "收支情况", "C5", "revenue_total", "", "", "", "不是有效数值", ""
    )
    assert ORIGINS.check(foreign) is None
    assert ORIGINS.inputs(foreign) == Inputs()
    assert BrokenSums(night(changed({}, code="1")), ORIGINS).of(foreign) is None


def unreadable(field: str, row: int | None) -> Finding:
    """A cell of department 1 that cannot be read."""
    sheet, cell = sheet_and_cell(field, row)
    return Finding("C06", Severity.ERROR, "1", "1.xlsx", sheet, cell, field, "", "", "", "错误值", "", row=row)


def broken(check: str, field: str, row: int | None, each: str = "") -> Finding:
    """A check of department 1 that does not hold."""
    sheet, cell = sheet_and_cell(field, row)
    code = check.partition(".")[0]
    words = ("1.00", "2.00", "-1.00", "不等", "")
    return Finding(code, Severity.ERROR, "1", "1.xlsx", sheet, cell, field, *words, check=check, each=each, row=row)


def sheet_and_cell(field: str, row: int | None) -> tuple[str, str]:
    """Where `tests.submissions` puts a field."""
    fact = changed({}, code="1").facts[field][row or 0]
    return fact.sheet, fact.cell


def causes_of(*findings: Finding) -> list[int | None]:
    return follow_on(findings, ORIGINS)


def test_a_cell_that_cannot_be_read_is_the_cause_of_what_depends_on_it() -> None:
    cell = unreadable("revenue_total", 0)
    assert causes_of(broken("R02", "revenue_total", 0), cell, broken("R02", "revenue_total", 2)) == [1, None, None]


@pytest.mark.parametrize(
    ("check", "field", "row", "each"),
    [
        ("R05.cumulative", "balance_cumulative", 2, ""),
        ("R06", "revenue_total", 2, ""),
        ("R01", "revenue_total", 0, "revenue_total"),
    ],
)
def test_a_figure_of_a_unit_breaks_the_checks_of_that_unit_and_the_sum_over_units(
    check: str, field: str, row: int, each: str
) -> None:
    finding = broken(check, field, row, each)
    assert causes_of(unreadable("revenue_total", 2), finding) == [None, 0]
    assert causes_of(unreadable("revenue_total", 1), finding) == [None, 0 if check == "R01" else None]


def test_checks_of_the_department_and_scores_read_the_summary_row() -> None:
    personnel = broken("R10", "personnel_expenditure", 0)
    balance = replace(broken("fund_balance", "item_self_score", 5), code="S01", severity=Severity.WARNING)
    for row, causes in ((0, [None, None, 0, 1]), (2, [None] * 4)):
        cells = unreadable("personnel_expenditure", row), unreadable("expenditure_total", row)
        assert causes_of(*cells, personnel, balance) == causes


def test_a_row_of_the_scorecard_breaks_its_own_checks_and_the_totals() -> None:
    cell = unreadable("item_self_score", 3)
    assert causes_of(cell, broken("R17.maximum", "item_self_score", 4)) == [None, None]
    assert causes_of(cell, broken("R17.minimum", "item_self_score", 3)) == [None, 0]
    assert causes_of(cell, broken("R16.form", "self_score_total", None)) == [None, 0]
    # The points of a group are wrong together: which row is, nobody knows.
    group = broken("R15.group", "item_max", 3, "process")
    assert causes_of(group, broken("R17.maximum", "item_self_score", 4)) == [None, 0]


@pytest.mark.parametrize("outcome", ["rounding", "not_made"])
def test_what_holds_by_rounding_or_could_not_be_made_is_no_cause(outcome: CheckOutcome) -> None:
    near = replace(broken("R02", "revenue_total", 2), outcome=outcome)
    assert causes_of(near, broken("R05.cumulative", "balance_cumulative", 2)) == [None, None]
    assert BrokenSums(night(changed({}, code="1")), ORIGINS).of(near) is None


@pytest.mark.parametrize("indicator", RULEBOOK.indicators, ids=lambda indicator: indicator.id)
def test_a_score_hangs_on_the_figures_of_its_rule(indicator: Indicator) -> None:
    finding = replace(broken(indicator.id, "item_self_score", 0), code="S01")
    fields = set(RULEBOOK.field_by_id)
    assert ORIGINS.inputs(finding).own & fields == {*indicator.input_ids} & fields


# ---------------------------------------------------------------------- rows are told by their place, not by their name

TWINS: list[dict[str, object]] = [
    {"entity_name!1": "服务中心"},
    {"entity_name!1": "第3行机构", "entity_name!2": None},
    {"entity_name!1": "第3行机构"},
    {"entity_name!1": None, "entity_name!2": None},
    {"entity_name!1": "服务中心：甲", "entity_name!2": "服务中心"},
]


@pytest.mark.parametrize("names", TWINS)
@pytest.mark.parametrize(("row", "right"), [(1, 335), (2, 215)])
def test_the_slip_is_found_in_the_row_it_stands_in(names: dict[str, object], row: int, right: int) -> None:
    result = night(changed({**names, f"revenue_total!{row}": right * 10_000}, code="1"))
    sums = BrokenSums(result, ORIGINS)
    reasons = [
        likely_cause(identity)
        for finding in result.findings
        if finding.check == "R02" and (identity := sums.of(finding)) is not None
    ]
    assert reasons == ["“收入合计”疑似大了一万倍（单位填错）"]


@pytest.mark.parametrize("names", TWINS)
def test_what_is_broken_in_one_row_is_not_folded_under_another_row(names: dict[str, object]) -> None:
    """In one row the revenue is in another unit (C03); in the other the balance is wrong on its own (R05) and negative (R06)."""
    changes = {**names, "revenue_total!1": 3_350_000, "expenditure_total!2": 400, "project_expenditure!2": 245}
    result = night(changed(changes, code="1"))
    causes = follow_on(result.findings, ORIGINS)
    rows = {
        (finding.check, finding.row): None
        if cause is None
        else (result.findings[cause].code, result.findings[cause].row)
        for finding, cause in zip(result.findings, causes, strict=True)
    }
    assert {place: cause for place, cause in rows.items() if place[0] in ("R05.cumulative", "R06") and place[1]} == {
        ("R05.cumulative", 1): ("C03", 1),
        ("R05.cumulative", 2): None,
        ("R06", 2): None,
    }
