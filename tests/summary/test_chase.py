"""The chase list: who stands how, whose an unreadable file is, and what each is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from perfbatch.diagnosis.waiting import WaitingPoints, waiting_points
from perfbatch.district.reporting import ExpectedDepartment, Reporting, Standing
from perfbatch.district.result import BatchResult
from perfbatch.model.findings import Severity
from perfbatch.summary.chase import Chased, chase_list
from tests.districts import entry, finding

DEADLINE = date(2021, 7, 31)
BEFORE, AFTER = datetime(2021, 7, 20, 1, tzinfo=UTC), datetime(2021, 8, 5, 1, tzinfo=UTC)
UNION = ExpectedDepartment("116001", "云溪区总工会", "行政政法股", "0730-****")
HEAD = "【岳阳市云溪财政局】云溪区总工会（116001）："
FORM = "2020年度部门整体支出绩效自评表"
LOCKED: dict[str, Any] = {
    "code": "F02",
    "message": "文件已加密，需要密码才能打开",
    "remedy": "请取消密码后重新保存为 .xlsx",
}


def received(path: str, day: str, status: str = "accepted", of: str = "116001", **more: Any) -> Any:
    """An entry that came in on a day at noon (UTC)."""
    moment = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    return replace(entry(path, status, entity_code=of, **more), modified_ns=int(moment.timestamp()) * 10**9)


def chased(
    district: BatchResult,
    *entries: Any,
    departments: tuple[ExpectedDepartment, ...] = (UNION,),
    started: datetime = BEFORE,
    deadline: date | None = DEADLINE,
    findings: tuple[Any, ...] = (),
) -> tuple[Chased, ...]:
    return chase_list(
        replace(district, entries=entries, findings=findings, roster=departments, started_at=started, deadline=deadline)
    )


def test_without_a_roster_there_is_none(empty_night: BatchResult) -> None:
    assert chase_list(empty_night) == ()


@pytest.mark.parametrize(
    ("started", "deadline", "late", "sentence"),
    [
        (BEFORE, DEADLINE, None, f"{FORM}尚未收到，请于2021年7月31日前报送。"),
        (BEFORE, None, None, f"{FORM}尚未收到，请尽快报送。"),
        (AFTER, DEADLINE, 5, f"{FORM}已于2021年7月31日截止报送，至今未收到，请立即补报。"),
    ],
)
def test_nothing_came(
    district: BatchResult, started: datetime, deadline: date | None, late: int | None, sentence: str
) -> None:
    (chase,) = chased(district, started=started, deadline=deadline)
    assert chase == Chased(Reporting(UNION, Standing.MISSING, None, late, ()), HEAD + sentence)


def test_all_that_came_was_set_aside(district: BatchResult) -> None:
    old = received("旧.xlsx", "2021-07-10", "set_aside", **{**LOCKED, "message": "文件已损坏，无法打开"})
    new = received("新.xlsx", "2021-07-12", "set_aside", **LOCKED)
    (chase,) = chased(district, new, old)
    assert chase == Chased(
        Reporting(UNION, Standing.SENT_BACK, datetime(2021, 7, 12, 12, tzinfo=UTC), None, (new, old)),
        f"{HEAD}所报“新.xlsx”不能受理：文件已加密，需要密码才能打开。请取消密码后重新保存为 .xlsx（请于2021年7月31日前办理）。",
    )
    (chase,) = chased(district, new, started=AFTER)
    assert chase.message.endswith("（请立即办理）。")
    assert chase.reporting.days_late == 5


@pytest.mark.parametrize(
    ("day", "standing", "late", "kept"),
    [
        ("2021-07-31", Standing.REPORTED, None, "2021年7月31日收到"),
        ("2021-08-01", Standing.LATE, 1, "2021年8月1日收到，已过截止日期2021年7月31日，按迟报登记"),
    ],
)
def test_the_last_day_counts(district: BatchResult, day: str, standing: Standing, late: int | None, kept: str) -> None:
    (chase,) = chased(district, received("1.xlsx", day), started=AFTER)
    assert (chase.reporting.standing, chase.reporting.days_late) == (standing, late)
    assert chase.message == f"{HEAD}{FORM}已于{kept}，经核对未发现问题，无需重新报送。"


def test_a_day_is_one_of_the_clock_of_the_run(district: BatchResult) -> None:
    there = AFTER.astimezone(timezone(timedelta(hours=14)))
    (chase,) = chased(district, received("1.xlsx", "2021-07-31"), started=there)
    assert (chase.reporting.standing, chase.reporting.arrived) == (Standing.LATE, datetime(2021, 7, 31, 12, tzinfo=UTC))


def test_nobody_is_late_without_a_deadline(district: BatchResult) -> None:
    (chase,) = chased(district, received("1.xlsx", "2031-01-01"), deadline=None)
    assert chase.reporting.standing is Standing.REPORTED


def test_a_correction_does_not_make_a_report_late(district: BatchResult) -> None:
    first = received("1.xlsx", "2021-07-30", "superseded", message="已由新报文件 2.xlsx 替代")
    second = received("2.xlsx", "2021-08-03")
    (chase,) = chased(district, second, first, started=AFTER)
    assert (chase.reporting.standing, chase.reporting.arrived, chase.files) == (
        Standing.REPORTED,
        datetime(2021, 7, 30, 12, tzinfo=UTC),
        ("1.xlsx", "2.xlsx"),
    )


def test_a_file_that_nobody_could_read_does_not_keep_the_deadline(district: BatchResult) -> None:
    (chase,) = chased(
        district,
        received("116001.xls", "2021-07-30", "set_aside", "", **LOCKED),
        received("116001.xlsx", "2021-08-03"),
        started=AFTER,
    )
    assert (chase.reporting.standing, chase.files) == (Standing.LATE, ("116001.xlsx",))


def test_what_is_wrong_is_counted_and_the_gravest_named(district: BatchResult) -> None:
    findings = (
        finding("S05", Severity.INFO, "116001", "评分表!F9", "item_self_score"),
        finding("R21", Severity.WARNING, "116001", "绩效目标!D9", "indicator_actual", message="没有写明数值"),
        finding("R14", Severity.ERROR, "116001", "基本概况!D3", "on_post_staff", message="人数不一致"),
    )
    whole = _waiting(district, {})
    (chase,) = chased(whole, received("116001.xlsx", "2021-07-10"), findings=findings)
    assert chase.message == (
        f"{HEAD}{FORM}已于2021年7月10日收到，核对发现错误1项、提醒1项（基本概况D3：人数不一致等）。"
        "请按整改通知，于2021年7月31日前整改到位并重新报送。"
    )
    (chase,) = chased(whole, received("116001.xlsx", "2021-07-10"), findings=findings[:1])
    assert chase.message.endswith("收到，经核对未发现问题，无需重新报送。")


def test_what_waits_for_figures_is_said(district: BatchResult) -> None:
    wrong = (finding("R14", Severity.ERROR, "116001", "基本概况!D3", "on_post_staff", message="人数不一致"),)
    waiting = _waiting(
        district, {"staff_control_rate": ("on_post_staff", "authorized_posts"), "disclosure": ("item_self_score",)}
    )
    came = received("116001.xlsx", "2021-07-10")
    (chase,) = chased(waiting, came)
    assert chase.message == (
        f"{HEAD}{FORM}已于2021年7月10日收到，未发现勾稽错误；另有2项数据未填，5分暂按自评列示，请补填后重报。"
    )
    (chase,) = chased(waiting, came, findings=wrong)
    assert chase.message == (
        f"{HEAD}{FORM}已于2021年7月10日收到，核对发现错误1项（基本概况D3：人数不一致）；另有2项数据未填，5分暂按自评列示。"
        "请按整改通知补填数据，于2021年7月31日前整改到位并重新报送。"
    )


def test_a_figure_that_two_indicators_lack_is_one_figure(district: BatchResult) -> None:
    both = {
        "budget_adjustment_rate": ("budget_initial",),
        "key_spending_share": ("budget_initial", "project_expenditure"),
    }
    assert waiting_points(_waiting(district, both)) == {
        "116001.xlsx": WaitingPoints(("budget_initial", "project_expenditure"), 8_000_000)
    }


def _waiting(district: BatchResult, missing: Mapping[str, tuple[str, ...]]) -> BatchResult:
    """The district with nothing missing but that, of 116001."""
    scores = district.scores.copy()
    place = district.departments["file"].tolist().index("116001.xlsx")
    theirs = (scores["department"] == place).tolist()
    scores["missing"] = [
        missing.get(indicator, ()) if own else () for own, indicator in zip(theirs, scores["indicator"], strict=True)
    ]
    return replace(district, scores=scores)


def test_a_long_message_is_cut(district: BatchResult) -> None:
    findings = (finding("R14", Severity.ERROR, "116001", "基本概况!D3", "on_post_staff", message="长" * 99),)
    (chase,) = chased(_waiting(district, {}), received("116001.xlsx", "2021-07-10"), findings=findings)
    assert f"：{'长' * 47}…）。" in chase.message


EDUCATION = ExpectedDepartment("007002", "岳阳市云溪区教育局")
STAFF = ExpectedDepartment("007003", "云溪区教育局机关")
WOMEN = ExpectedDepartment("16001", "区妇联")


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("116001.xls", "116001"),
        ("１１６００１自评表.doc", "116001"),
        ("2116001.xls", ""),
        ("16001 终稿.xls", "16001"),
        ("总工会 自评.doc", "116001"),
        ("区总工会/自评.doc", "116001"),
        ("教育局自评.xls", "007002"),
        ("教育局机关自评.xls", "007003"),
        ("教育局/妇联.xls", "16001"),
        ("妇 联.xls", "16001"),
        ("总工会和区妇联.xls", ""),
        ("总工会和妇联.xls", ""),
        ("116001和16001.xls", ""),
        ("报送说明.txt", ""),
        ("工会.xls", ""),
    ],
)
def test_whose_an_unreadable_file_is(district: BatchResult, path: str, owner: str) -> None:
    departments = (UNION, EDUCATION, STAFF, WOMEN)
    listed = chased(district, received(path, "2021-07-10", "set_aside", "", **LOCKED), departments=departments)
    assert [
        chase.reporting.department.entity_code for chase in listed if chase.reporting.standing is Standing.SENT_BACK
    ] == [owner][: bool(owner)]


def test_a_code_that_was_read_goes_before_a_name(district: BatchResult) -> None:
    odd = received("总工会.xlsx", "2021-07-10", "set_aside", "007002", **{**LOCKED, "code": "F09"})
    listed = chased(district, odd, departments=(UNION, EDUCATION))
    assert [(chase.reporting.department, chase.reporting.standing) for chase in listed] == [
        (UNION, Standing.MISSING),
        (EDUCATION, Standing.SENT_BACK),
    ]


def test_a_name_that_two_departments_share_tells_nothing(district: BatchResult) -> None:
    twins = (UNION, replace(UNION, entity_code="116009"))
    listed = chased(district, received("总工会.xls", "2021-07-10", "set_aside", "", **LOCKED), departments=twins)
    assert [chase.reporting.standing for chase in listed] == [Standing.MISSING, Standing.MISSING]


def test_who_is_to_be_chased_comes_first(district: BatchResult) -> None:
    departments = (UNION, EDUCATION, STAFF, WOMEN)
    listed = chased(
        district,
        received("116001.xlsx", "2021-07-10"),
        received("007002.xls", "2021-07-10", "set_aside", "", **LOCKED),
        received("007003.xlsx", "2021-08-02", of="007003"),
        departments=departments,
        started=AFTER,
    )
    assert [(chase.reporting.department, chase.reporting.standing.value) for chase in listed] == [
        (WOMEN, "未报"),
        (EDUCATION, "退回"),
        (STAFF, "迟报"),
        (UNION, "已报"),
    ]
