"""File names of notices: good on Windows whatever a department typed, and different for different departments."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfbatch.notice import notice_name

DEVICES = ["con", "prn", "aux", "nul", "com0", "com1", "lpt9", "com¹"]


@given(st.text(), st.text(), st.integers(min_value=1, max_value=999))
@example("", "", 1)
@example("CON", "", 1)
@example("..", "../../etc", 1)
@example("=1+1", "a" * 300, 2)
@example("116001", "区" * 100, 1)
@example("\ud800", "\u202e", 1)
def test_any_text_gives_a_name_that_every_system_takes(code: str, unit: str, number: int) -> None:
    name = notice_name(code, unit, number=number)
    assert re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name) is None
    assert name.endswith(".xlsx")
    assert name[0] not in " .=+-@~$"
    stem = name.removesuffix(".xlsx")
    assert stem
    assert stem[-1] not in " ."
    assert name.partition(".")[0].strip().casefold() not in DEVICES
    assert len(name) <= 120
    assert len(name.encode()) <= 200


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
@example(("1", "2-3"), ("1-2", "3"))
@example(("1", "a"), ("1", "A"))
@example(("1", "a:"), ("1", "a?"))
@example(("1", "a"), ("1", "a "))
@example(("1", "区" * 80), ("1", "区" * 81))
def test_different_departments_have_different_names(department: tuple[str, str], other: tuple[str, str]) -> None:
    same = notice_name(*department).casefold() == notice_name(*other).casefold()
    assert same == (department == other)


@pytest.mark.parametrize("device", DEVICES)
def test_a_device_is_no_name(device: str) -> None:
    assert notice_name(device, ".").startswith("_")


def test_a_plain_name_stays_plain() -> None:
    assert notice_name("116001", "云溪区总工会") == "116001-云溪区总工会.xlsx"
    assert notice_name("116001", "云溪区总工会", number=2) == "116001-云溪区总工会~2.xlsx"
    assert notice_name("116001", "云溪区总工会", kind="退回通知") == "116001-云溪区总工会（退回通知）.xlsx"


def test_what_it_is_survives_a_long_name() -> None:
    assert notice_name("116001", "区" * 100, number=2, kind="退回通知").endswith("（退回通知）~2.xlsx")
    assert len(notice_name("116001", "区" * 100, kind="退回通知").encode()) <= 200
