"""What is damaged or dangerous where nobody reads costs nobody a figure, and goes out to nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from perfbatch.intake.guard import inspect
from perfbatch.intake.inbox import found_at, read_bytes
from perfbatch.intake.reader import read_submission
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.notice import NoticeHeading
from perfbatch.notice.order import DAMAGED, NoticeOrder
from perfbatch.package.archive import Package, members_of
from tests.hostile.files import UNREAD, good
from tests.notice.workbooks import finding
from tests.workbooks import blank, repack, rulebook

_HEADING = NoticeHeading("900001", "甲局", date(2021, 7, 20))


@pytest.mark.parametrize("name", UNREAD)
def test_it_is_read_and_not_handed_on(name: str) -> None:
    content = UNREAD[name]()
    facts = read_submission(content, "a.xlsx", rulebook()).facts
    assert facts == read_submission(blank(), "a.xlsx", rulebook()).facts
    with pytest.raises(SetAside) as damaged:
        Package(content, members_of(content), Limits()).check_all()
    assert damaged.value.code == "F03"


def test_a_sound_workbook_is_handed_on() -> None:
    inspect(good()).check_all()


def _notice(folder: Path, content: bytes) -> tuple[bytes, str]:
    path = folder / "a.xlsx"
    path.write_bytes(content)
    file = found_at(path)
    order = NoticeOrder(file, read_bytes(file)[1], [finding("封面", "B3")], _HEADING, "key", rulebook)
    written = folder / "notice.xlsx"
    return (order.write(written), written.read_bytes())[::-1]


def test_the_notice_is_the_form_refilled_and_says_why(tmp_path: Path) -> None:
    """Nothing is kept of how it was made: what was ordered is another notice."""
    damaged = repack(good(), {"xl/theme/theme1.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})
    notice, sha256 = _notice(tmp_path, damaged)
    assert sha256 == ""
    package = inspect(notice)
    package.check_all()
    sheets = b"".join(package.open(name).read() for name in package.sizes if name.startswith("xl/worksheets/"))
    assert DAMAGED.encode() in sheets + package.open("xl/sharedStrings.xml").read()
    assert (
        read_submission(notice, "a.xlsx", rulebook()).facts.keys()
        == read_submission(good(), "a.xlsx", rulebook()).facts.keys()
    )


def test_the_notice_on_a_sound_workbook_is_that_workbook(tmp_path: Path) -> None:
    notice, sha256 = _notice(tmp_path, good())
    assert len(sha256) == 64
    assert inspect(notice).open("docProps/app.xml").read() == inspect(good()).open("docProps/app.xml").read()
