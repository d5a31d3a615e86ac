"""Points at risk: which indicators depend on the cell of a finding, and what they could still lose."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.district.frames import build_frames
from perfbatch.model.findings import AtRisk, Finding, Severity
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.model import Rulebook
from perfbatch.scoring.at_risk import points_at_risk
from perfbatch.scoring.indicator_scores import SELF_REPORTED
from perfbatch.scoring.verify import Adjustment, score
from tests.cases.clean import INDICATORS, changed, item
from tests.submissions import RULEBOOK, UNREADABLE

ANSWERS = [name for indicator in RULEBOOK.indicators for name in indicator.evidence_ids]


def finding_at(address: str, severity: Severity = Severity.ERROR, file: str = "100001.xlsx") -> Finding:
    """A finding at a cell, addressed as in `tests.cases.clean`."""
    field, _, row = address.partition("!")
    if field == "evidence":
        field, row = "evidence_answer", str(ANSWERS.index(row))
    sheet = next(
        section.sheet
        for section, block in RULEBOOK.blocks()
        if any(spec.id == field for spec in getattr(block, "fields", ())) or getattr(block, "total", None) == field
    )
    place = int(row or 0) if field in RULEBOOK.column_ids else None
    return Finding("R00", severity, "100001", file, sheet, f"{field}!{row or 0}", field, "", "", "", "", "", row=place)


def at_risk(
    finding: Finding,
    changes: Mapping[str, Any] | None = None,
    reviews: Mapping[str, str] | None = None,
    rulebook: Rulebook = RULEBOOK,
) -> tuple[str, tuple[str, ...]]:
    """Points and indicators; ("0", ()) where nothing is at risk."""
    frames = build_frames([changed({}, code="100000"), changed(changes or {}, rulebook=rulebook)], rulebook)
    adjustments = {
        ("100001", indicator_id): Adjustment(int(Decimal(points) * SCALE), "理由")
        for indicator_id, points in (reviews or {}).items()
    }
    risks = points_at_risk([finding], frames, score(frames, rulebook, adjustments), rulebook)
    risk = risks.get(finding, AtRisk(Decimal(0), ()))
    return str(risk.points), risk.indicators


#       finding at                     points, indicators
INPUTS = [
    ("on_post_staff", "5", ("staff_control_rate",)),
    ("three_public_budget", "11", ("three_public_change_rate", "three_public_control_rate")),
    ("budget_adjustment_exempt", "2", ("budget_adjustment_rate",)),
    ("special_fund_late_count", "2.5", ("payment_progress",)),
    ("carryover_prior_year!0", "2", ("fund_balance",)),
    ("expenditure_total!2", "2", ("fund_balance",)),
    ("satisfaction_rate", "3", ("satisfaction",)),
    ("evidence!disclosure.5", "2.5", ("disclosure",)),
    ("evidence!asset_safety.breaches", "4", ("asset_safety",)),
    ("office_expense", "0", ()),
    ("narrative_on_post_staff", "0", ()),
    ("indicator_actual!6", "0", ()),
    ("item_deduction_reason!5", "0", ()),
    ("self_score_total", "0", ()),
]


@pytest.mark.parametrize(("address", "points", "indicators"), INPUTS, ids=[place[0] for place in INPUTS])
@pytest.mark.parametrize("severity", [Severity.ERROR, Severity.WARNING])
def test_an_input_puts_what_stands_at_risk(
    address: str, points: str, indicators: tuple[str, ...], severity: Severity
) -> None:
    assert at_risk(finding_at(address, severity)) == (points, indicators)


def test_a_self_score_is_at_risk_where_it_stands() -> None:
    assert at_risk(finding_at(item("duty_growth"))) == ("7", ("duty_growth",))
    assert at_risk(finding_at(item("satisfaction"))) == ("0", ())
    assert at_risk(finding_at(item("satisfaction")), {"satisfaction_rate": None}) == ("3", ("satisfaction",))
    no_projects = {"project_expenditure!0": 0, "key_project_expenditure": 0}
    assert at_risk(finding_at(item("key_spending_share")), no_projects) == ("5", ("key_spending_share",))


def test_what_is_lost_already_is_not_at_risk() -> None:
    assert at_risk(finding_at("on_post_staff"), {"on_post_staff": 40}) == ("0", ())
    assert at_risk(finding_at("three_public_budget"), {"three_public_budget": 1}) == (
        "5",
        ("three_public_change_rate",),
    )
    assert at_risk(finding_at(item("duty_growth")), {item("duty_growth"): 0}) == ("0", ())


def test_what_a_reviewer_has_settled_is_not_at_risk() -> None:
    assert at_risk(finding_at("on_post_staff"), reviews={"staff_control_rate": "4"}) == ("0", ())
    assert at_risk(finding_at(item("duty_growth")), reviews={"duty_growth": "6"}) == ("0", ())


def test_what_is_out_of_the_total_is_not_at_risk() -> None:
    no_projects = {"project_expenditure!0": 0, "key_project_expenditure": 0}
    assert at_risk(finding_at("project_expenditure!0"), no_projects) == ("5", ("key_spending_share",))
    excluding = RULEBOOK.model_copy(update={"not_applicable": "exclude"})
    assert at_risk(finding_at("project_expenditure!0"), no_projects, rulebook=excluding) == ("0", ())


def test_an_info_counts_only_where_the_score_waits_for_the_cell() -> None:
    info = Severity.INFO
    assert at_risk(finding_at("on_post_staff", info)) == ("0", ())
    assert at_risk(finding_at("on_post_staff", info), {"on_post_staff": None}) == ("5", ("staff_control_rate",))
    # It waits for the posts, not for the staff.
    assert at_risk(finding_at("on_post_staff", info), {"authorized_posts": UNREADABLE}) == ("0", ())
    assert at_risk(finding_at("evidence!disclosure.2", info), {"evidence!disclosure.2": None}) == (
        "2.5",
        ("disclosure",),
    )
    assert at_risk(
        finding_at("project_expenditure!0", info), {"project_expenditure!0": 0, "key_project_expenditure": 0}
    ) == ("5", ("key_spending_share",))
    # A self-score that stands for want of a rule waits for nobody's correction of a note.
    assert at_risk(finding_at("three_public_total!0", info)) == ("0", ())


def test_a_finding_of_another_file_is_nobodys() -> None:
    assert at_risk(finding_at("on_post_staff", file="other.xlsx")) == ("0", ())
    assert at_risk(finding_at("on_post_staff", file="100000.xlsx")) == ("5", ("staff_control_rate",))


def test_nothing_to_say_of_no_findings() -> None:
    frames = build_frames([], RULEBOOK)
    assert points_at_risk([], frames, score(frames, RULEBOOK), RULEBOOK) == {}


@given(
    st.sampled_from([indicator for indicator in RULEBOOK.indicators if indicator.objective]),
    st.sampled_from(list(Severity)),
)
def test_every_input_of_every_rule_counts_for_its_indicator(indicator: Any, severity: Severity) -> None:
    name = indicator.input_ids[-1]
    address = f"evidence!{name}" if "." in name else name
    points, named = at_risk(finding_at(address, severity))
    if severity is Severity.INFO:
        assert (points, named) == ("0", ())
    else:
        assert indicator.id in named
        assert 0 < Decimal(points) <= sum(RULEBOOK.indicator_by_id[name].points for name in named)
        assert [indicator for indicator in INDICATORS if indicator in named] == list(named)


def test_each_workbook_s_cells_are_its_own() -> None:
    """A cell that holds one indicator's self-score in one workbook holds another's in the next."""
    orders = {"100001": INDICATORS, "100002": INDICATORS[::-1], "100003": INDICATORS}
    changes = [{"item_id": order, "item_self_score": [1] * len(order)} for order in orders.values()]
    frames = build_frames([changed(change, code=code) for change, code in zip(changes, orders, strict=True)], RULEBOOK)
    cells = [f"item_self_score!{row}" for row in range(len(INDICATORS))] + [f"evidence!{name}" for name in ANSWERS]
    scored = score(frames, RULEBOOK)
    findings = [finding_at(cell, file=f"{code}.xlsx") for cell in cells for code in orders]
    together = points_at_risk(findings, frames, scored, RULEBOOK)
    assert together == {
        finding: risk for finding in findings for risk in points_at_risk([finding], frames, scored, RULEBOOK).values()
    }
    for code, order in orders.items():
        named = [together.get(finding_at(cell, file=f"{code}.xlsx")) for cell in cells[: len(order)]]
        stands = [scored.indicators[name].status[[*orders].index(code)] == SELF_REPORTED for name in order]
        assert [risk.indicators if risk else () for risk in named] == [
            (name,) if stays else () for name, stays in zip(order, stands, strict=True)
        ]
