"""Whose a file is that nobody could read: told by what it is called, and by whom the night knows."""

from __future__ import annotations

import pytest

from perfbatch.district.senders import Senders
from tests.districts import entry

LISTED = [("116001", "云溪区总工会"), ("007002", "岳阳市云溪区教育局"), ("116001 2", "云溪大道改造")]
STATED = [("118001", "区文联"), ("7", "年度"), ("116001", "工会委员会"), ("119001", "云溪区总工会机关")]
SENDERS = Senders(LISTED, "岳阳市云溪区", STATED)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("116001.xls", "116001"),
        ("总工会.xls", "116001"),
        ("118001.xls", "118001"),
        ("区文联.xls", "118001"),
        ("总工会机关.xls", "119001"),
        # As part of the key of a project, a code stands with a number behind it.
        ("云溪大道改造.xls", "116001 2"),
        # What only a workbook says is not taken for a part of any other file's name.
        ("年度自评7.xls", ""),
        ("文联.xls", ""),
        # Where the roster has the code, it has the name.
        ("工会委员会.xls", ""),
        ("说明.txt", ""),
    ],
)
def test_a_path_names_a_department(path: str, code: str) -> None:
    assert SENDERS.owner(path) == code
    assert SENDERS.of(entry(path, "set_aside", code="F03")) == code


def test_the_roster_s_name_goes_first() -> None:
    assert SENDERS.names["116001"] == "云溪区总工会"
    assert SENDERS.names["118001"] == "区文联"


def test_a_code_that_was_read_goes_before_the_path() -> None:
    assert SENDERS.of(entry("总工会.xlsx", entity_code="007002")) == "007002"
    assert SENDERS.of(entry("总工会.xlsx", "set_aside", code="F09", entity_code="007002")) == "007002"


def test_a_name_stated_in_full_tells_whose_a_code_claimed_twice_is_not() -> None:
    claimed = entry("甲.xlsx", "set_aside", code="F09", entity_code="116001", entity_title="岳阳市云溪区 教育局")
    assert SENDERS.of(claimed) == "007002"


def test_a_file_that_was_taken_is_whose_it_says() -> None:
    assert SENDERS.of(entry("总工会.xlsx", entity_code="", entity_title="教育局")) == ""
