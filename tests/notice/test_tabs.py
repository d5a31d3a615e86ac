"""A notice opens on its own sheet and on no other; what was shown before is shown again when the marks are taken off."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest

from perfbatch.notice import marks_of_earlier_notice_removed, notice_content
from tests.notice.test_odd_packages import FINDINGS, prefixed, strict
from tests.notice.workbooks import HEADING, form, parts, rich

INBOX = Path(__file__).parents[2] / "inbox"


def opened_on(position: int, *grouped: int, word: bytes = b"1") -> bytes:
    """A workbook of openpyxl's that shows one sheet, with others selected beside it."""
    book = openpyxl.load_workbook(io.BytesIO(form()))
    book.active = position
    for number, sheet in enumerate(book.worksheets):
        sheet.sheet_view.tabSelected = number in (position, *grouped)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


SOURCES = {
    "xlsxwriter": form,
    "charts and pictures": rich,
    "prefixes": lambda: prefixed(rich()),
    "strict": lambda: strict(rich()),
    "the third": lambda: opened_on(2),
    "several": lambda: opened_on(3, 1, 2),
    "LibreOffice": (INBOX / "档案馆.xlsx").read_bytes,
}


def selected(content: bytes) -> list[str]:
    tag = re.compile(rb"""tabSelected=["'](?:1|true)["']""")
    return [name for name, part in parts(content).items() if "worksheets/" in name and tag.search(part)]


@pytest.mark.parametrize("source", SOURCES)
def test_a_notice_opens_on_its_own_sheet_alone(source: str) -> None:
    content = SOURCES[source]()
    notice = notice_content(content, FINDINGS, heading=HEADING)
    new = parts(notice).keys() - parts(content).keys()
    assert len(selected(notice)) == 1
    assert set(selected(notice)) <= new
    active = re.search(rb'activeTab="(\d+)"', parts(notice)["xl/workbook.xml"])
    assert active is None or active[1] == b"0"


@pytest.mark.parametrize("source", SOURCES)
def test_the_departments_own_state_comes_back_to_the_byte(source: str) -> None:
    content = SOURCES[source]()
    again = marks_of_earlier_notice_removed(notice_content(content, FINDINGS, heading=HEADING))
    before, after = parts(content), parts(again)
    views = re.compile(rb"<[^<]*(?:sheetView|workbookView)[^>]*>")
    assert after.keys() == before.keys()
    assert {name: views.findall(part) for name, part in after.items() if name.endswith(".xml")} == {
        name: views.findall(part) for name, part in before.items() if name.endswith(".xml")
    }
    assert after["xl/workbook.xml"] == before["xl/workbook.xml"]


def test_who_moved_on_stays_where_they_are() -> None:
    notice = notice_content(opened_on(2), FINDINGS, heading=HEADING)
    book = openpyxl.load_workbook(io.BytesIO(notice))
    book.active = 5
    for number, sheet in enumerate(book.worksheets):
        sheet.sheet_view.tabSelected = number == 5
    held = io.BytesIO()
    book.save(held)
    cleared = openpyxl.load_workbook(io.BytesIO(marks_of_earlier_notice_removed(held.getvalue())))
    assert cleared.active is not None
    assert cleared.active.title == book.worksheets[5].title


def test_a_comment_keeps_its_last_line_break() -> None:
    from perfbatch.notice.comment_part import CommentPart, new_comments

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    own = new_comments(main, {(1, 1): "x"}).decode()
    own = re.sub("<text>.*</text>", '<text><r><t xml:space="preserve">自己的话\n</t></r></text>', own, flags=re.DOTALL)
    own = re.sub("<author>.*</author>", "<author>甲</author>", own)
    comments = CommentPart(own.encode())
    comments.add({(1, 1): "不一致"})
    assert comments.markup != own.encode()
    comments.clear()
    assert comments.markup == own.encode()
