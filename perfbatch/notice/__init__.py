"""整改通知: a department's own workbook, marked where it must be put right, with nothing of its content lost.

The package is patched, never loaded and saved: parts that do not change are copied packed, byte for byte, and those that
do change only where a mark goes. Marks of an earlier notice are taken off first. A department whose file could not be taken gets a
letter in the same form, 退回通知 (`returned`).
"""

from __future__ import annotations

from collections.abc import Sequence

from perfbatch.model.findings import Finding
from perfbatch.notice.clearing import clear
from perfbatch.notice.heading import NoticeHeading, notice_name
from perfbatch.notice.marking import mark
from perfbatch.notice.standalone import standalone_notice
from perfbatch.package.book_part import EditableWorkbook
from perfbatch.package.editing import NotEditable
from perfbatch.package.patched import EditablePackage

__all__ = [
    "NoticeHeading",
    "marks_of_earlier_notice_removed",
    "notice_content",
    "notice_name",
]


def notice_content(content: bytes, findings: Sequence[Finding], *, heading: NoticeHeading) -> bytes:
    """The notice made from a workbook that intake has accepted, given as received.

    Errors and warnings are listed and marked, scores that wait for figures listed; other infos are neither. A finding without
    a cell is listed alone. A sheet that cannot be marked is as it was, and the first sheet says so; a workbook that cannot be
    marked at all gives a notice of the first sheet alone. The same arguments give the same bytes.
    """
    try:
        package = EditablePackage(content)
        workbook = EditableWorkbook(package)
        if clear(package, workbook):
            workbook = EditableWorkbook(package)
        mark(package, workbook, findings, heading)
        return package.content()
    except NotEditable:
        return standalone_notice(findings, heading)


def marks_of_earlier_notice_removed(content: bytes) -> bytes:
    """A workbook without the marks of an earlier notice; any other workbook as it is.

    Recognised by the stamp, whichever program saved the workbook since. A notice that came back unchanged gives the parts of
    the workbook that it was made from; a department's own comments stay, also where a note was put behind one.
    """
    try:
        package = EditablePackage(content)
        return package.content() if clear(package, EditableWorkbook(package)) else content
    except NotEditable:
        return content
