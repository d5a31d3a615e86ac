"""未报, 退回, 迟报, 已报 are counted once, and every place that shows them says the same."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.batch import Nights
from perfbatch.bureau.account import NightAccount
from perfbatch.publishing import NightPlan, run_night
from perfbatch.roster import Roster, RosterEntry
from perfbatch.rulebook.load import load_rulebook
from perfbatch.terminal.language import Language, speak
from perfbatch.terminal.night import print_night
from tests.conftest import workbook

# Six are expected: two in time, one late, one sent back, two missing; one more sent without being expected.
EXPECTED = {
    "900001": "一局",
    "900002": "二局",
    "900003": "三局",
    "900004": "四局",
    "900005": "五局",
    "900006": "六局",
}
TALLY = {"应报": 6, "已报": 3, "迟报": 1, "退回": 1, "未报": 2}


@pytest.fixture(scope="module")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("night") / "outbox"


@pytest.fixture(scope="module")
def night(outbox: Path) -> tuple[Nights, list[str]]:
    inbox = outbox.parent / "inbox"
    inbox.mkdir()
    names = {code: EXPECTED.get(code, "名录外的局") for code in ("900001", "900002", "900003", "900009")}
    for code, name in names.items():
        (inbox / f"{code}.xlsx").write_bytes(workbook(budget_code=code, unit_name=name))
    for damaged in ("900001 旧.xlsx", "900004.xlsx", "四局.xlsx", "不知何人.xlsx"):
        (inbox / damaged).write_bytes(b"plain")
    for path in inbox.iterdir():
        day = datetime(2021, 8, 2, tzinfo=UTC) if path.name == "900003.xlsx" else datetime(2021, 7, 10, tzinfo=UTC)
        os.utime(path, (day.timestamp(), day.timestamp()))
    roster = Roster(
        tuple(RosterEntry(code, name, "甲股" if code < "900004" else "乙股") for code, name in EXPECTED.items())
    )
    loaded = load_rulebook()
    return run_night(NightPlan(inbox, outbox, loaded, rosters={loaded.rulebook.id: roster}, deadline=date(2021, 7, 31)))


def shown(outbox: Path, sheet: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(outbox / "district-summary-2020.xlsx", data_only=True)
    return [[value for value in row if value is not None] for row in book[sheet].iter_rows(values_only=True)]


def rows_from(rows: list[list[Any]], heading: str) -> Iterator[list[Any]]:
    """The rows below a heading, up to one that is empty."""
    at = next(number for number, row in enumerate(rows) if row[:1] == [heading])
    for row in rows[at + 1 :]:
        if not row:
            return
        yield row


def test_the_overview(night: object, outbox: Path) -> None:
    rows = shown(outbox, "总览")
    at = next(number for number, row in enumerate(rows) if row[:1] == ["应报部门"])
    assert dict(zip(rows[at][:4], rows[at + 1][:4], strict=True)) == {
        "应报部门": TALLY["应报"],
        "已报部门（迟报 1 个，另有名录外 1 个）": TALLY["已报"],
        "退回部门（文件 4 个）": TALLY["退回"],
        "未报部门": TALLY["未报"],
    }
    matter = next(row for row in rows if row[:1] == ["提醒"] and row[2].startswith("未报送"))
    assert matter[1:3] == ["2 个部门", "未报送，须催报：五局、六局"]


def test_the_receipts(night: object, outbox: Path) -> None:
    rows = shown(outbox, "报送情况")
    assert rows[2] == ["应报部门 6 个，已报部门 3 个，其中：迟报 1 个，退回部门 1 个，未报部门 2 个。"]
    listed = [row[2] for row in rows_from(rows, "部门（单位）名称")]
    assert len(listed) == TALLY["应报"]
    assert {word: listed.count(word) for word in ("未报", "退回", "迟报", "已报")} == {
        **{word: TALLY[word] for word in ("未报", "退回", "迟报")},
        "已报": TALLY["已报"] - TALLY["迟报"],
    }


def test_the_offices(night: object, outbox: Path) -> None:
    listed = {row[0]: row[1:5] for row in rows_from(shown(outbox, "按股室"), "归口业务股室")}
    assert listed == {
        "甲股": [3, 3, 0, 0],
        "乙股": [3, 0, 1, 2],
        "（名录外）": [0, 1, 0, 0],
        "合计": [TALLY["应报"], TALLY["已报"] + 1, TALLY["退回"], TALLY["未报"]],
    }


def test_the_record_of_the_run(night: object, outbox: Path) -> None:
    rows = dict(row for row in shown(outbox, "运行记录") if len(row) == 2)
    labels = ("应报部门", "已报部门", "其中：迟报", "退回部门", "未报部门")
    assert [rows[label] for label in labels] == [str(number) for number in TALLY.values()]


def test_the_run_report(night: object, outbox: Path) -> None:
    roster = json.loads((outbox / "run-report.json").read_text("utf-8"))["roster"]
    assert (roster["expected"], roster["received"], roster["late"]) == (6, 3, 1)
    assert [listed["name"] for listed in roster["sent_back"]] == ["四局"]
    assert [listed["name"] for listed in roster["missing"]] == ["五局", "六局"]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("zh", "名录　　　应报 6 个部门，已报 3 个（其中迟报 1 个），退回 1 个，未报 2 个"),
        ("en", "Roster    3 of 6 departments have reported (1 late), 1 sent back, 2 missing"),
    ],
)
def test_the_terminal(
    night: tuple[Nights, list[str]], outbox: Path, language: Language, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    speak(language)
    try:
        print_night(night[0], outbox, night[1])
    finally:
        speak("en")
    assert line in capsys.readouterr().out.splitlines()


def test_the_account(night: tuple[Nights, list[str]], tmp_path: Path, outbox: Path) -> None:
    account = NightAccount(tmp_path, tmp_path, outbox)
    account.begin()
    account.completed(*night)
    counts = account.record(0, ()).counts
    assert [counts[name] for name in ("expected", "received", "late", "sent_back", "missing")] == [*TALLY.values()]
    assert (counts["departments"], counts["set_aside"]) == (4, 4)
