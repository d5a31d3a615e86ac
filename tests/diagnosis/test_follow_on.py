"""Findings folded under their causes, and the slips behind them, over submissions with known faults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from perfbatch.batch import examine
from perfbatch.diagnosis.broken_sums import BrokenSums
from perfbatch.diagnosis.check_lookup import CheckLookup
from perfbatch.diagnosis.follow_on import follow_on
from perfbatch.diagnosis.likely_cause import likely_cause
from perfbatch.district.result import BatchResult
from perfbatch.model.findings import Finding, Severity
from perfbatch.model.submission import Submission
from tests.cases.clean import changed
from tests.submissions import RULEBOOK

LOOKUP = CheckLookup(RULEBOOK)


def night(*submissions: Submission) -> BatchResult:
    frames, scored, findings = examine(submissions, RULEBOOK)
    moment = datetime(2021, 7, 20, tzinfo=UTC)
    return BatchResult(
        "a", moment, moment, RULEBOOK, "", (), findings, scored.departments, frames.units, scored.scores, None
    )


def folded(findings: Sequence[Finding]) -> dict[str, str]:
    """code@field of every finding that follows → that of its cause."""
    causes = follow_on(findings, LOOKUP)
    named = [f"{one.code}@{one.field}" for one in findings]
    return {named[at]: named[cause] for at, cause in enumerate(causes) if cause is not None}


def test_a_wrong_staff_number_brings_its_score_with_it() -> None:
    found = night(changed({"on_post_staff": 25}, code="1"))
    assert folded(found.findings) == {
        "R24@on_post_staff": "R14@on_post_staff",
        "S01@item_self_score": "R14@on_post_staff",
        "R25@self_score_total": "S01@item_self_score",
    }


def test_a_clean_department_has_nothing_to_fold() -> None:
    assert folded(night(changed({}, code="1")).findings) == {}


def test_every_total_that_a_wrong_cell_enters_is_folded_under_it() -> None:
    result = night(changed({"revenue_total!0": 9_999}, code="1"))
    first = next(one for one in result.findings if one.field == "revenue_total" and one.severity is Severity.ERROR)
    causes = follow_on(result.findings, LOOKUP)
    roots = [
        one for one, cause in zip(result.findings, causes, strict=True) if cause is None and one.severity == "error"
    ]
    assert roots == [first]


def test_departments_do_not_fold_under_one_another() -> None:
    result = night(changed({"on_post_staff": 25}, code="1"), changed({"on_post_staff": 25}, code="2"))
    causes = follow_on(result.findings, LOOKUP)
    assert any(cause is not None for cause in causes)
    for one, cause in zip(result.findings, causes, strict=True):
        assert cause is None or result.findings[cause].budget_code == one.budget_code


def test_there_are_no_circles() -> None:
    faults = {"revenue_total!0": 9_999, "expenditure_total!0": 8_888, "basic_expenditure!0": 7_777, "on_post_staff": 25}
    causes = follow_on(night(changed(faults, code="1")).findings, LOOKUP)
    for start in range(len(causes)):
        seen, at = set(), causes[start]
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = causes[at]


def test_the_slip_is_read_from_the_row() -> None:
    result = night(changed({"revenue_total!0": "27498000"}, code="1"))
    sums = BrokenSums(result, LOOKUP)
    told = {one.code: likely_cause(broken) for one in result.findings if (broken := sums.of(one)) is not None}
    assert set(told) >= {"R01", "R02"}
    assert BrokenSums(result, LOOKUP).of(result.findings[-1]) is None or result.findings[-1].severity is Severity.ERROR


def test_a_finding_that_no_check_has_is_nobodys() -> None:
    foreign = Finding(
        "C04", Severity.ERROR, "1", "1.xlsx", "收支情况", "C5", "revenue_total", "", "", "", "不是有效数值", ""
    )
    assert LOOKUP.check(foreign) is None
    assert LOOKUP.inputs(foreign) == (frozenset(), frozenset())
    assert BrokenSums(night(changed({}, code="1")), LOOKUP).of(foreign) is None


def test_a_cell_that_cannot_be_read_is_the_cause_of_what_depends_on_it() -> None:
    cell = Finding("C06", Severity.ERROR, "1", "1.xlsx", "收支情况", "C5", "revenue_total", "", "", "", "错误值", "")
    total = Finding(
        "R02", Severity.ERROR, "1", "1.xlsx", "收支情况", "C5", "revenue_total", "1", "2", "-1",
        "收入合计不等于上年结转、公共财政拨款、政府基金拨款、非税收入拨款、其他收入之和", "",
    )  # fmt: skip
    other_row = Finding(
        *(
            *(getattr(total, name) for name in ("code", "severity", "budget_code", "file", "sheet")),
            "C7",
            "revenue_total",
            "1",
            "2",
            "-1",
            f"甲站：{total.message}",
            "",
        )
    )
    assert follow_on([total, cell, other_row], LOOKUP) == [1, None, None]
    found = LOOKUP.check(other_row)
    assert found is not None
    assert (found.entity, found.failed) == ("甲站", True)


def test_rounding_and_blank_parts_are_told_apart_from_failures() -> None:
    near = Finding(
        "R02",
        Severity.INFO,
        "1",
        "1.xlsx",
        "收支情况",
        "C5",
        "revenue_total",
        "",
        "",
        "",
        "收入合计 = 五项收入之和：尾差",
        "",
    )
    found = LOOKUP.check(near)
    assert found is not None
    assert not found.failed
