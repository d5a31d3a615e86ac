"""Caps on the total: at both bounds of their condition, among each other, and what is said of a total that is higher."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from perfbatch.batch import examine
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.lint import lint
from perfbatch.rulebook.model import Cap, Rulebook
from perfbatch.rulebook.wording import describe_cap
from tests.cases.clean import changed
from tests.submissions import RULEBOOK, UNREADABLE

EXECUTION = "expenditure_total / revenue_total"


def _cap(low: str, high: str, maximum: str, name: str = "low") -> Cap:
    return Cap(
        id=name,
        name="预算执行率偏低",
        when=f"{EXECUTION} >= {low} and {EXECUTION} < {high}",
        maximum=Decimal(maximum),
        source="通知",
    )


def _capped(*caps: Cap, **more: Any) -> Rulebook:
    return RULEBOOK.model_copy(update={"caps": caps, **more})


def _executed(spent: Any, rulebook: Rulebook, **more: Any) -> tuple[Decimal, str, list[tuple[str, str, str, str]]]:
    """The total, the grade and what is said of the total, of a department that spent so much of 100."""
    typed = changed({"revenue_total!0": 100, "expenditure_total!0": spent, **more}, rulebook=rulebook)
    _, scored, findings = examine([typed], rulebook)
    department = scored.departments.iloc[0]
    excesses = [
        (finding.check, finding.reported, finding.expected, finding.message)
        for finding in findings
        if finding.code == "S19"
    ]
    return Decimal(int(department["verified_total"])) / SCALE, department["grade"], excesses


@pytest.fixture(scope="module")
def uncapped() -> Decimal:
    total, _, excesses = _executed("79.99", RULEBOOK)
    assert total > 89
    assert excesses == []
    return total


@pytest.mark.parametrize(
    ("spent", "holds"), [("69.999999", False), ("70", True), ("75", True), ("79.999999", True), ("80", False)]
)
def test_a_cap_holds_from_its_lower_bound_up_to_its_upper(spent: str, holds: bool, uncapped: Decimal) -> None:
    rulebook = _capped(_cap("0.7", "0.8", "89"))
    assert lint(rulebook) == []
    total, grade, excesses = _executed(spent, rulebook)
    assert (total, grade, bool(excesses)) == ((Decimal(89), "良好", True) if holds else (uncapped, "优秀", False))


@pytest.mark.parametrize("spent", [None, UNREADABLE])
def test_what_cannot_be_decided_caps_nothing(spent: Any) -> None:
    total, _, excesses = _executed(spent, _capped(_cap("0", "100", "50")))
    assert total > 50
    assert excesses == []


def test_of_several_the_lowest_counts() -> None:
    rulebook = _capped(_cap("0", "0.9", "85", "a"), _cap("0", "0.8", "60.5", "b"), _cap("0", "0.95", "89", "c"))
    total, grade, excesses = _executed("75", rulebook)
    assert (total, grade) == (Decimal("60.5"), "中")
    assert [check for check, *_ in excesses] == ["b"]


def test_a_total_below_the_cap_stays_and_nothing_is_said() -> None:
    rulebook = _capped(_cap("0.7", "0.8", "99.5"))
    total, _, excesses = _executed("75", rulebook)
    assert total < Decimal("99.5")
    assert excesses == []


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ("92.3", "预算执行率偏低，总分最高 89.00 分：自评总分 92.30 分，按上限核定"),
        ("89", "预算执行率偏低，总分最高 89.00 分：核算总分 {uncapped} 分，按上限核定"),
    ],
)
def test_the_claimed_total_is_told_before_the_computed_one(own: str, words: str, uncapped: Decimal) -> None:
    _, _, excesses = _executed("75", _capped(_cap("0.7", "0.8", "89")), self_score_total=own)
    shown = f"{uncapped:.2f}"
    reported = "92.30" if own == "92.3" else shown
    assert excesses == [("low", reported, "89.00", words.format(uncapped=shown))]


def test_what_is_excluded_is_rescaled_first() -> None:
    """Without an indicator that does not apply the rest is all points; the cap is on that."""
    idle: dict[str, Any] = {"authorized_posts": 0, "on_post_staff": 0}
    idle |= {"self_score_total": 89}
    total, _, excesses = _executed("75", _capped(_cap("0.7", "0.8", "89"), not_applicable="exclude"), **idle)
    free, _, _ = _executed("75", _capped(not_applicable="exclude"), **idle)
    assert total == 89
    assert [reported for _, reported, _, _ in excesses] == [f"{free:.2f}"]


def test_in_words() -> None:
    cap = Cap(id="low", name="预算执行率偏低", when="expenditure_total < 0.8 * revenue_total", maximum=Decimal("89.50"))
    assert describe_cap(cap, RULEBOOK) == "支出合计 < 0.8 × 收入合计 的，总分最高 89.5 分"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"maximum": Decimal(100)}, "cap low, maximum: 100 caps nothing, all points are 100; set it lower"),
        ({"source": " "}, "cap low, source: "),
        ({"when": "revenue_total"}, "cap low, when, column 1: "),
        ({"when": "verified_total > 3"}, "cap low, when, column 1: "),
        ({"when": "revenue_totl > 3"}, "cap low, when, column 1: "),
        ({"id": "satisfaction"}, "cap satisfaction, id: an indicator has this id; choose another"),
    ],
)
def test_lint_names_what_is_wrong(changes: dict[str, Any], fault: str) -> None:
    faults = lint(_capped(_cap("0.7", "0.8", "89").model_copy(update=changes)))
    assert len(faults) == 1
    assert faults[0].startswith(fault)
