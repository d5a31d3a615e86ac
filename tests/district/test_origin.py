"""What a finding knows of where it came from, over every case of the checks: no later room has to guess it."""

from __future__ import annotations

from functools import lru_cache

import pytest

from perfbatch.batch import examine
from perfbatch.district.register import FindingRegister
from perfbatch.model.figures import count_text
from perfbatch.model.findings import Finding
from perfbatch.rulebook.checks import bind_checks
from perfbatch.rulebook.form import CardBlock
from perfbatch.rulebook.tree import Member
from tests.cases.checks import CHECK_CASES
from tests.cases.clean import changed
from tests.cases.district import counts, roster_of
from tests.submissions import RULEBOOK, UNREADABLE

BOUND = {(bound.check.id, bound.each): bound for bound in bind_checks(RULEBOOK)}
INDICATORS = {indicator.id for indicator in RULEBOOK.indicators}
TAILS = ("：尾差",)
NOT_MADE = ("：分项未填，无法核对", "：该项未填，无法核对")


@lru_cache(maxsize=1)
def findings() -> tuple[Finding, ...]:
    """All findings of a district with a department for every case."""
    codes = [f"{number:06}" for number in range(len(CHECK_CASES))]
    cases = list(zip(codes, CHECK_CASES, strict=True))
    _, _, made = examine(
        [changed(case.changes, code=code) for code, case in cases],
        RULEBOOK,
        roster=roster_of({code: case.roster for code, case in cases}),
        prior={code: counts(case.prior) for code, case in cases},
    )
    return made


def by_check(check: str, changes: dict[str, object]) -> list[tuple[str, int | None, str, str]]:
    """(each, row, outcome, cell) of the findings of one check over the clean department with changes."""
    _, _, made = examine([changed(changes, code="1")], RULEBOOK)
    return [(line.each, line.row, line.outcome, line.cell) for line in made if line.check == check]


def test_every_check_is_named_by_its_id_and_what_it_was_made_on() -> None:
    assert len(BOUND) == len(bind_checks(RULEBOOK))


def test_every_finding_has_its_origin() -> None:
    assert len(findings()) > 100
    for finding in findings():
        if finding.code.startswith("S"):
            assert finding.check in INDICATORS
            continue
        bound = BOUND[finding.check, finding.each]
        place = bound.place.field if isinstance(bound.place, Member) else bound.place.id
        assert (finding.code, finding.field) == (bound.check.code, place)


def test_every_finding_of_a_check_has_the_title_of_that_check_alone() -> None:
    register = FindingRegister(RULEBOOK)
    for finding in findings():
        if finding.check not in INDICATORS:
            assert register.title(finding) == BOUND[finding.check, finding.each].check.title


def test_a_row_stands_where_the_field_is_a_column() -> None:
    single = {field.id for _, block in RULEBOOK.blocks() if isinstance(block, CardBlock) for field in block.fields}
    for finding in findings():
        assert (finding.row is None) == (finding.field in {*single, "scorecard_total"} or not finding.cell)
        if finding.row is not None:
            assert finding.cell == f"{finding.field}!{finding.row}"


def test_the_numbers_are_those_that_are_shown() -> None:
    for finding in findings():
        for text, count in zip((finding.reported, finding.expected, finding.difference), finding.counts, strict=True):
            if count is not None:
                assert text in {count_text(count), count_text(count, 2)}


def test_what_the_check_came_to() -> None:
    for finding in findings():
        if not finding.code.startswith("S"):
            assert (finding.outcome == "rounding") == finding.message.endswith(TAILS)
            assert (finding.outcome == "not_made") == finding.message.endswith(NOT_MADE)
    assert {finding.outcome for finding in findings()} == {"failed", "rounding", "not_made"}


@pytest.mark.parametrize(
    ("check", "changes", "origins"),
    [
        (
            "R01",
            {"revenue_total!0": 551, "revenue_other!0": 9},
            [
                ("revenue_total", 0, "failed", "revenue_total!0"),
                ("revenue_other", 0, "failed", "revenue_other!0"),
            ],
        ),
        ("R02", {"revenue_total!2": 216}, [("", 2, "failed", "revenue_total!2")]),
        ("R02", {"revenue_total!2": "215.004"}, [("", 2, "rounding", "revenue_total!2")]),
        (
            "R03",
            {"basic_expenditure!1": None, "project_expenditure!1": None},
            [("", 1, "not_made", "expenditure_total!1")],
        ),
        ("R03", {"basic_expenditure!1": UNREADABLE}, []),
        ("R14", {"on_post_staff": 19}, [("", None, "failed", "on_post_staff!0")]),
        ("R15.fixed", {"item_max!1": 4}, [("", 1, "failed", "item_max!1")]),
        ("R15.group", {"item_max!16": 6}, [("output", 15, "failed", "item_max!15")]),
        ("R17.maximum", {"item_self_score!4": 9}, [("", 4, "failed", "item_self_score!4")]),
        ("R19", {"item_self_score!24": 5}, [("", 24, "failed", "item_self_score!24")]),
        ("staff_control_rate", {"item_self_score!0": 4}, [("", 0, "failed", "item_self_score!0")]),
        ("asset_safety", {"evidence!asset_safety.breaches": None}, [("", 11, "not_made", "evidence_answer!11")]),
        ("official_card_rate", {"official_card_spending": None}, [("", None, "not_made", "official_card_spending!0")]),
    ],
)
def test_where_it_came_from(
    check: str, changes: dict[str, object], origins: list[tuple[str, int | None, str, str]]
) -> None:
    assert by_check(check, changes) == origins
