"""What is waived or on trial: shown with its reason, counted nowhere, and what is to be said of the waivers themselves."""

from __future__ import annotations

from datetime import date

import pytest

from perfbatch.batch import examine
from perfbatch.district.standing import waived
from perfbatch.model.findings import Finding, Severity
from perfbatch.roster.model import Roster, Waiver
from perfbatch.rulebook.model import Rulebook
from tests.cases.clean import changed
from tests.submissions import RULEBOOK

LAST = date(2021, 12, 31)
# R24 at the posts, R14 at the staff of department 1; the same faults in department 2.
FAULTS = {"on_post_staff": 25}


def night(*waivers: Waiver, today: date = LAST, rulebook: Rulebook = RULEBOOK) -> tuple[Finding, ...]:
    """The findings of two departments under these waivers."""
    submissions = [changed(FAULTS, code=code, rulebook=rulebook) for code in ("1", "2")]
    _, _, findings = examine(submissions, rulebook, roster=Roster((), {}, waivers, (), "名录.xlsx"), today=today)
    return findings


def standing(findings: tuple[Finding, ...]) -> set[tuple[str, str, str]]:
    """(entity_code, code, standing) of what is no longer open."""
    return {(finding.entity_code, finding.code, finding.standing) for finding in findings if finding.standing != "open"}


def waiver(code: str, place: str = "", until: date = LAST, entity_code: str = "1") -> Waiver:
    return Waiver(entity_code, code, place, "编制待批", until, 2)


def test_nothing_is_waived_without_a_waiver() -> None:
    assert standing(night()) == set()
    assert {"R14", "R24"} <= {finding.code for finding in night() if finding.entity_code == "1"}


@pytest.mark.parametrize("place", ["", "on_post_staff"])
@pytest.mark.parametrize("code", ["R24", "R14"])
def test_a_waiver_covers_its_code_in_its_department_at_its_place(code: str, place: str) -> None:
    assert standing(night(waiver(code, place))) == {("1", code, "waived")}


@pytest.mark.parametrize(
    ("code", "place", "covered"),
    [
        ("R24", "", True),
        ("R24", "D3", True),
        ("R24", "$d$3", True),
        ("R24", "基本概况!D3", True),
        ("R24", "'基本概况'!$D$3", True),
        ("R24", "on_post_staff", True),
        ("R24.posts", "D3", True),
        ("R24", "D4", False),
        ("R24", "综述!D3", False),
        ("R24", "authorized_posts", False),
        ("R14", "D3", False),
    ],
)
def test_a_place_is_a_cell_with_its_sheet_or_without_or_a_field(code: str, place: str, covered: bool) -> None:
    finding = Finding(
        *("R24", Severity.WARNING, "1", "1.xlsx", "基本概况", "D3", "on_post_staff"),
        *("25", "20", "5", "超编", "核对"),
        check="R24.posts",
    )
    marked, remarks = waived([finding], Roster((), {}, (waiver(code, place),)), LAST)
    assert [finding.waived for finding in marked] == ["编制待批" if covered else ""]
    assert [remark.code for remark in remarks] == ([] if covered else ["S14"])


def test_what_is_waived_keeps_its_words_and_asks_nothing() -> None:
    before = {finding.code: finding for finding in night() if finding.entity_code == "1"}
    (after,) = [finding for finding in night(waiver("R24")) if finding.standing == "waived"]
    assert (after.message, after.severity, after.waived, after.explained) == (
        before["R24"].message,
        before["R24"].severity,
        "编制待批",
        "",
    )
    assert (before["R24"].asks, after.asks, after.settled) == (True, False, True)


def test_a_waiver_holds_on_its_last_day_and_no_longer() -> None:
    assert standing(night(waiver("R24"), today=LAST)) == {("1", "R24", "waived")}
    late = night(waiver("R24"), today=date(2022, 1, 1))
    assert standing(late) == set()
    assert [
        (finding.code, finding.file, finding.cell, finding.message) for finding in late if finding.file == "名录.xlsx"
    ] == [("S13", "名录.xlsx", "A2", "“豁免事项”第2行：R24 的豁免已于2021年12月31日到期")]


def test_a_waiver_that_nothing_was_found_for_is_told() -> None:
    findings = night(waiver("R06"))
    assert standing(findings) == set()
    assert [(finding.code, finding.message) for finding in findings if finding.file == "名录.xlsx"] == [
        ("S14", "“豁免事项”第2行：本次没有 R06 的相应问题")
    ]


def test_a_check_on_trial_is_shown_and_asks_nothing() -> None:
    checks = tuple(
        check.model_copy(update={"trial": True}) if check.id == "R14" else check for check in RULEBOOK.checks
    )
    rulebook = RULEBOOK.model_copy(update={"checks": checks})
    findings = night(rulebook=rulebook)
    assert standing(findings) == {("1", "R14", "trial"), ("2", "R14", "trial")}
    assert not any(finding.asks for finding in findings if finding.code == "R14")


@pytest.mark.parametrize(
    ("id_", "nature"),
    [
        ("R02", "balance"),
        ("R05.cumulative", "balance"),
        ("R06", "verification"),
        ("R09.expenditure", "balance"),
        ("R09.operating", "verification"),
        ("R24", "verification"),
        ("R25", "verification"),
        ("C03.total", "balance"),
        ("C03.prior", "verification"),
        ("C03.base", "verification"),
    ],
)
def test_which_checks_may_be_explained(id_: str, nature: str) -> None:
    assert next(check for check in RULEBOOK.checks if check.id == id_).nature == nature
