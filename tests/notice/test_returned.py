"""退回通知: who gets one for which files, what it says, and that nothing in it comes alive."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.district.result import BatchResult
from perfbatch.model.submission import InboxEntry
from perfbatch.notice.returned import ReturnOrder, plan_returned
from perfbatch.notice.returned_letter import ReturnedFile, return_notice
from perfbatch.publishing import NightPlan, run_night
from perfbatch.roster import Roster, RosterEntry
from perfbatch.rulebook.load import load_rulebook
from tests.districts import entry
from tests.notice.workbooks import HEADING as SHARED
from tests.notice.workbooks import INJECTION
from tests.samples.seed import SEED
from tests.workbooks import blank, fill

LOCKED: dict[str, Any] = {
    "code": "F02",
    "message": "文件已加密，需要密码才能打开",
    "remedy": "请取消密码后重新保存为 .xlsx",
}
BROKEN: dict[str, Any] = {"code": "F03", "message": "文件已损坏，无法打开", "remedy": "请另存为 .xlsx 后重新报送"}
FOLDER = "notices/yunxi-2020"
HEADING = replace(SHARED, entity_title="云溪区总工会", form_title="自评表")


def came(path: str, day: int, status: str = "set_aside", **more: Any) -> InboxEntry:
    """An entry of a day of July."""
    moment = datetime(2021, 7, day, 9, tzinfo=UTC)
    return replace(entry(path, status, **more), modified_ns=int(moment.timestamp()) * 10**9)


def planned(district: BatchResult, *entries: InboxEntry, **more: Any) -> dict[str, tuple[str, ReturnOrder]]:
    """Of a night of the district in which nobody's workbook was taken but those given."""
    files = [at.path for at in entries]
    departments = district.departments[district.departments["file"].isin(files)]
    return plan_returned(replace(district, entries=entries, departments=departments), **more)


def lines(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content))["退回通知"]
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n"}
    return [[value for value in row if value is not None] for row in sheet.iter_rows(values_only=True)]


def test_all_files_of_a_department_have_one_notice(district: BatchResult) -> None:
    orders = planned(
        district,
        came("农口/116001.xls", 10, **BROKEN),
        came("总工会.xlsx", 12, **LOCKED),
        came("区文联.et", 9, **BROKEN),
    )
    union, circles = f"{FOLDER}/116001-云溪区总工会（退回通知）.xlsx", f"{FOLDER}/118001-区文联（退回通知）.xlsx"
    assert {file: path for file, (path, _) in orders.items()} == {
        "农口/116001.xls": union,
        "总工会.xlsx": union,
        "区文联.et": circles,
    }
    order = orders["总工会.xlsx"][1]
    assert order.files == (
        ReturnedFile("总工会.xlsx", date(2021, 7, 12), **LOCKED),
        ReturnedFile("116001.xls", date(2021, 7, 10), **BROKEN),
    )
    assert (order.heading.entity_code, order.heading.entity_title) == ("116001", "云溪区总工会")
    assert (order.heading.issuer, order.heading.key_label) == ("岳阳市云溪财政局", "预算编码")


def test_the_letter() -> None:
    file = ReturnedFile("总工会.xlsx", date(2021, 7, 12), **LOCKED)
    heading = replace(HEADING, issuer="财政局", contact="绩效股 0000")
    assert lines(return_notice([file], heading)) == [
        ["退回通知"],
        ["文号：　　　　〔2021〕　　号　　　　预算编码：116001　　　　退回日期：2021年7月20日"],
        ["云溪区总工会："],
        [
            "　　经核对，你单位报送的自评表有1份文件不能受理，现予退回。请于2021年8月10日前按下表所列办法办理并重新报送。"
        ],
        ["　　联系人：绩效股 0000"],
        ["序号", "文件", "送达日期", "退回原因", "处理办法"],
        ["1", "总工会.xlsx", "2021年7月12日", "文件已加密，需要密码才能打开（F02）", "请取消密码后重新保存为 .xlsx"],
        ["重新报送时无须附回本通知。"],
        ["财政局（印章）"],
        ["2021年7月20日"],
    ]


def test_without_a_deadline_none_is_named() -> None:
    file = ReturnedFile("总工会.xlsx", date(2021, 7, 12), **LOCKED)
    assert "请尽快按下表所列办法办理并重新报送。" in lines(return_notice([file], replace(HEADING, deadline=None)))[3][0]


def test_nothing_in_it_comes_alive() -> None:
    odd = ReturnedFile(f"{INJECTION}\ud800<b>&\x1b.xlsx", date(2021, 7, 12), "F01", INJECTION, INJECTION)
    written = lines(return_notice([odd], replace(HEADING, entity_title=INJECTION), accepted=INJECTION))
    assert written[5] == ["1", f"{INJECTION}\\ud800<b>&\\x1b.xlsx", "2021年7月12日", f"{INJECTION}（F01）", INJECTION]


def test_the_same_gives_the_same_bytes() -> None:
    file = ReturnedFile("总工会.xlsx", date(2021, 7, 12), **LOCKED)
    assert return_notice([file], HEADING) == return_notice([file], HEADING)


def test_what_was_sent_again_since_has_none(district: BatchResult) -> None:
    taken = came("116001.xlsx", 12, "accepted", entity_code="116001", entity_title="云溪区总工会")
    assert planned(district, came("116001.xls", 10, **BROKEN), taken) == {}


def test_a_correction_that_cannot_be_taken_says_what_stands_until_then(district: BatchResult) -> None:
    taken = came("上报/116001.xlsx", 12, "accepted", entity_code="116001", entity_title="总工会")
    frame = district.departments.replace("116001.xlsx", "上报/116001.xlsx")
    orders = planned(replace(district, departments=frame), taken, came("总工会新.xlsx", 14, **LOCKED))
    ((_, order),) = orders.values()
    assert order.accepted == "116001.xlsx"
    body = lines(return_notice(order.files, HEADING, order.accepted))[3][0]
    assert body == (
        "　　经核对，你单位报送的自评表已受理（文件“116001.xlsx”），其后报送的文件有1份不能受理，现予退回，暂以已受理的文件为准。"
        "需要更正已报数据的，请于2021年8月10日前按下表所列办法办理并重新报送；无须更正的，不必重报。"
    )


@pytest.mark.parametrize("code", ["F10", "F11", "F14"])
def test_what_a_department_can_do_nothing_about_has_none(district: BatchResult, code: str) -> None:
    assert planned(district, came("116001.xlsx", 10, **{**BROKEN, "code": code})) == {}


def test_whose_nobody_can_tell_has_none_nor_what_another_form_has_placed(district: BatchResult) -> None:
    assert planned(district, came("报送说明.txt", 10, **BROKEN)) == {}
    assert planned(district, came("总工会.et", 10, **BROKEN), placed=["总工会.et"]) == {}


def test_without_a_roster_a_name_of_the_night_places_a_file(district: BatchResult) -> None:
    taken = came("116001.xlsx", 10, "accepted", entity_code="116001", entity_title="云溪区总工会")
    night = replace(district, roster=None)
    assert [*planned(night, taken, came("总工会（新）.xlsx", 12, **LOCKED))] == ["总工会（新）.xlsx"]
    assert planned(night, came("总工会（新）.xlsx", 12, **LOCKED)) == {}


def test_each_of_two_that_claim_a_code_is_written_to_under_its_own_name(district: BatchResult) -> None:
    claims = [
        came(f"{name}.xlsx", 10, **{**BROKEN, "code": "F09"}, entity_code="116001", entity_title=name)
        for name in ("某某协会", "区妇联", "云溪区总工会")
    ]
    assert {file: path.rpartition("/")[2] for file, (path, _) in planned(district, *claims).items()} == {
        "某某协会.xlsx": "116001-某某协会（退回通知）.xlsx",
        "区妇联.xlsx": "116002-区妇联（退回通知）.xlsx",
        "云溪区总工会.xlsx": "116001-云溪区总工会（退回通知）.xlsx",
    }


def test_a_name_that_is_taken_is_not_taken_twice(district: BatchResult) -> None:
    name = f"{FOLDER}/116001-云溪区总工会（退回通知）.xlsx"
    ((path, _),) = planned(district, came("116001.xls", 10, **BROKEN), taken=[name]).values()
    assert path == f"{FOLDER}/116001-云溪区总工会（退回通知）~2.xlsx"


def test_it_keeps_the_day_of_the_first_night_that_gave_it(district: BatchResult) -> None:
    first = came("116001.xls", 10, **BROKEN)
    ((_, order),) = planned(district, first).values()
    day = order.heading.run_date - timedelta(2)
    ((_, later),) = planned(district, first, days={order.key: day}).values()
    assert later.heading.run_date == day
    ((_, other),) = planned(district, replace(first, sha256="cd" * 32), days={order.key: day}).values()
    assert other.heading.run_date == order.heading.run_date


def test_a_night_publishes_it_with_the_other_notices_and_takes_it_back(tmp_path: Path) -> None:
    inbox, outbox = tmp_path / "inbox", tmp_path / "outbox"
    inbox.mkdir()
    (inbox / "116001.xlsx").write_bytes(fill(blank(), SEED))
    for name in ("116002妇联.xlsx", "妇联（二）.xlsx", "说明.txt"):
        (inbox / name).write_bytes(b"plain")
    os.utime(inbox / "116002妇联.xlsx", (10**9, 10**9))
    roster = Roster((RosterEntry("116001", "岳阳市云溪区总工会"), RosterEntry("116002", "区妇联")))
    plan = NightPlan(inbox, outbox, load_rulebook(), rosters={"yunxi-2020": roster}, contact="绩效股")
    _, outputs = run_night(plan)
    notice = f"{FOLDER}/116002-区妇联（退回通知）.xlsx"
    given = [f"{FOLDER}/116001-岳阳市云溪区总工会.xlsx", notice]
    assert [name for name in outputs if name.startswith("notices/")] == given
    written = lines((outbox / notice).read_bytes())
    assert [row[1] for row in written[6:8]] == ["妇联（二）.xlsx", "116002妇联.xlsx"]
    report = json.loads((outbox / "run-report.json").read_text("utf-8"))
    assert notice in report["outputs"]
    receipts = openpyxl.load_workbook(outbox / "district-summary-2020.xlsx")["报送情况"]
    leads = {
        row[0].value: (row[8].value, row[8].hyperlink.target)
        for row in receipts.iter_rows()
        if row[8].hyperlink is not None
    }
    back = ("退回通知", "notices/yunxi-2020/116002-区妇联（退回通知）.xlsx")
    mend = ("整改通知", "notices/yunxi-2020/116001-岳阳市云溪区总工会.xlsx")
    assert leads == {
        "区妇联": back,
        "岳阳市云溪区总工会": mend,
        "116001.xlsx": mend,
        "116002妇联.xlsx": back,
        "妇联（二）.xlsx": back,
    }
    before = (outbox / notice).read_bytes()
    run_night(plan)
    assert (outbox / notice).read_bytes() == before
    for name in ("116002妇联.xlsx", "妇联（二）.xlsx"):
        (inbox / name).unlink()
    run_night(plan)
    assert not (outbox / notice).exists()
