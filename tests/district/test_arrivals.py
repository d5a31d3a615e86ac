"""送达时间: the modification time or the first night that saw the file, whichever is earlier."""

from __future__ import annotations

from dataclasses import replace
from datetime import MAXYEAR, UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from perfbatch.district.arrivals import Arrivals
from perfbatch.model.submission import InboxEntry
from tests.districts import entry

TONIGHT = datetime(2021, 8, 5, 2, tzinfo=UTC)
FIRST = datetime(2021, 7, 20, 2, tzinfo=UTC)
BEFORE, BETWEEN, AHEAD = FIRST - timedelta(3), FIRST + timedelta(3), TONIGHT + timedelta(30)
SHA = "ab" * 32


def came(path: str, moment: datetime, status: str = "set_aside", **more: Any) -> InboxEntry:
    return replace(entry(path, status, **more), modified_ns=int(moment.timestamp()) * 10**9)


@pytest.mark.parametrize(
    ("arrivals", "modified", "arrived"),
    [
        # On a season's first night the modification time, whatever it is.
        (Arrivals(), BEFORE, BEFORE),
        (Arrivals(), AHEAD, AHEAD),
        # Seen tonight for the first time.
        (Arrivals(first_night=False), BEFORE, BEFORE),
        (Arrivals(first_night=False), AHEAD, TONIGHT),
        # Seen before: saved over or copied since, it is still the same file.
        (Arrivals(files={("旧.xls", SHA): FIRST}, first_night=False), BETWEEN, FIRST),
        (Arrivals(files={("旧.xls", SHA): FIRST}, first_night=False), BEFORE, BEFORE),
        # Another file, and another content.
        (Arrivals(files={("新.xls", SHA): FIRST}, first_night=False), BETWEEN, BETWEEN),
        (Arrivals(files={("旧.xls", "cd" * 32): FIRST}, first_night=False), BETWEEN, BETWEEN),
    ],
)
def test_when_a_file_came_in(arrivals: Arrivals, modified: datetime, arrived: datetime) -> None:
    assert arrivals.of_file(came("农口/旧.xls", modified), TONIGHT) == arrived


def test_a_moment_is_shown_by_the_clock_of_the_night() -> None:
    there = TONIGHT.astimezone(timezone(timedelta(hours=8)))
    arrivals = Arrivals(files={("旧.xls", SHA): FIRST}, first_night=False)
    assert arrivals.of_file(came("旧.xls", BETWEEN), there).utcoffset() == timedelta(hours=8)


def test_a_time_outside_of_the_calendar_is_at_its_end() -> None:
    odd = replace(entry("旧.xls", "set_aside"), modified_ns=10**21)
    assert Arrivals().of_file(odd, TONIGHT).year == MAXYEAR
    assert Arrivals(first_night=False).of_file(odd, TONIGHT) == TONIGHT


def test_the_first_report_of_a_department_counts_also_where_another_lies_in_its_place() -> None:
    arrivals = Arrivals({"116001": ("总工会", BEFORE)}, first_night=False)
    taken = {"entity_code": "116001", "entity_title": "总工会"}
    assert arrivals.of_departments([came("116001.xlsx", BETWEEN, "accepted", **taken)], TONIGHT) == {"116001": BEFORE}
    # Of those that can be read tonight: a department whose report was taken back has none.
    assert arrivals.of_departments([came("116001.xlsx", BETWEEN, entity_code="116001")], TONIGHT) == {}


def test_of_several_the_first_counts() -> None:
    taken = {"entity_code": "116001", "entity_title": "总工会"}
    entries = [came("b.xlsx", BETWEEN, "accepted", **taken), came("a.xlsx", BEFORE, "superseded", **taken)]
    assert Arrivals().of_departments(entries, TONIGHT) == {"116001": BEFORE}
