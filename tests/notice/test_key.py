"""Under one key two notices say the same of the same workbook; whatever else is said makes another key."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from perfbatch.model.findings import Finding, Severity
from perfbatch.notice import NoticeHeading
from perfbatch.notice import key as keys
from perfbatch.notice.key import notice_key
from tests.notice.workbooks import HEADING, finding

FIRST, SECOND = finding("基本概况", "D3"), finding("封面", "B3", Severity.WARNING)
GIVEN = replace(HEADING, points_at_risk={FIRST: Decimal("1.50")}, form_title="自评表", issuer="财政局")


def key(
    path: str = "notices/1-局.xlsx",
    sha256: str = "ab",
    findings: Sequence[Finding] = (FIRST, SECOND),
    heading: NoticeHeading = GIVEN,
) -> str:
    return notice_key(path, sha256, findings, heading)


def _other(value: Any) -> Any:
    if isinstance(value, Severity):
        return Severity.WARNING if value is Severity.ERROR else Severity.ERROR
    return value + timedelta(1) if isinstance(value, date) else f"{value}x"


def test_the_same_gives_the_same_key() -> None:
    same = [replace(FIRST), replace(SECOND)]
    assert key() == key(findings=same, heading=replace(GIVEN, points_at_risk={same[0]: Decimal("1.50")}))
    assert len(key()) == 64


def test_neither_the_day_nor_the_place_in_the_inbox_is_part_of_it() -> None:
    moved = [replace(original, file="别处/a.xlsx") for original in (FIRST, SECOND)]
    assert key(heading=replace(GIVEN, run_date=date(2020, 1, 1))) == key()
    assert key(findings=moved, heading=replace(GIVEN, points_at_risk={moved[0]: Decimal("1.50")})) == key()


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Finding) if field.name != "file"])
def test_every_field_of_a_finding_is_part_of_it(name: str) -> None:
    # The second one, over which no points are at risk.
    changed = replace(SECOND, **{name: _other(getattr(SECOND, name))})
    assert key(findings=(FIRST, changed)) != key()


@pytest.mark.parametrize(
    "name",
    [field.name for field in dataclasses.fields(NoticeHeading) if field.name not in ("run_date", "points_at_risk")],
)
def test_every_line_of_the_heading_is_part_of_it(name: str) -> None:
    assert key(heading=replace(GIVEN, **{name: _other(getattr(GIVEN, name))})) != key()


def test_so_are_workbook_name_points_and_the_findings_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    keys_ = {
        key(),
        key(path="notices/1-局~2.xlsx"),
        key(sha256="cd"),
        key(findings=(FIRST,)),
        key(findings=(FIRST, SECOND, SECOND)),
        key(heading=replace(GIVEN, deadline=None)),
        key(heading=replace(GIVEN, points_at_risk={})),
        key(heading=replace(GIVEN, points_at_risk={FIRST: Decimal("1.5"), SECOND: Decimal("1")})),
        key(heading=replace(GIVEN, points_at_risk={FIRST: Decimal("2.50")})),
    }
    monkeypatch.setattr(keys, "program_key", lambda: "another")
    assert len(keys_ | {key()}) == 10


def test_text_cannot_pass_for_other_text() -> None:
    """What stands in one field cannot look as if it stood in the next."""
    first, other = replace(FIRST, reported='1", "', expected="2"), replace(FIRST, reported="1", expected='", "2')
    assert key(findings=(first,)) != key(findings=(other,))
    assert key(findings=(replace(FIRST, message="\udc80"),)) != key(findings=(replace(FIRST, message="\\udc80"),))
