"""Findings as values: equal ones are one, whatever else is told of severities."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfbatch.model.findings import Finding, Severity

FINDING = Finding(
    *("R02", Severity.ERROR, "1", "1.xlsx", "收支情况", "C5", "revenue_total"),
    *("5.00", "4.00", "1.00", "收入合计不等于五项收入之和", "核对"),
)


def test_equal_findings_are_one_key() -> None:
    again = replace(FINDING)
    assert again is not FINDING
    assert {FINDING: "said"}[again] == "said"


@pytest.mark.parametrize("name", [name for name in Finding.__slots__ if name != "severity"])
def test_a_finding_that_differs_in_anything_is_another(name: str) -> None:
    other = replace(FINDING, **{name: "x"})
    assert {FINDING, other, replace(FINDING, severity=Severity.INFO)} == {
        other,
        FINDING,
        replace(FINDING, severity=Severity.INFO),
    }
    assert len({FINDING, other}) == 2


def test_severities_have_an_order_and_a_word() -> None:
    for _ in range(2):
        assert [(severity.order, severity.label, severity.value) for severity in Severity] == [
            (0, "错误", "error"),
            (1, "提醒", "warning"),
            (2, "说明", "info"),
        ]
