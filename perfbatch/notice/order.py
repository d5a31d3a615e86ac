"""A notice that is to be made: whose, from which bytes, with what in it. An order travels to the process that makes it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from perfbatch.intake.inbox import Found, read_bytes
from perfbatch.model.findings import Finding
from perfbatch.model.set_aside import SetAside
from perfbatch.notice import NoticeHeading, notice_content

if TYPE_CHECKING:
    # Few notices need it: a process that makes notices need not load what a rulebook is made of.
    from perfbatch.rulebook.model import Rulebook

__all__ = ["NoticeOrder", "write_notices"]

_CHANGED = b""
"""What stands in for a workbook that is no longer what was read: its notice has the list alone."""


@dataclass(frozen=True, slots=True)
class NoticeOrder:
    """A notice of these findings on the workbook that was found there and had this SHA-256 when it was read."""

    found: Found
    sha256: str
    findings: Sequence[Finding]
    heading: NoticeHeading
    key: str = ""
    """What the notice is made of but for its day (`notice_key`); "" where nobody asks."""
    refilled: Rulebook | None = None
    """The form that is filled anew in place of the workbook, where the workbook cannot be handed on."""
    left_out: str = ""
    """What the notice then says of that."""

    def __call__(self, path: Path) -> None:
        """Write the notice."""
        self.write(path)

    def write(self, path: Path) -> str:
        """Write the notice; the SHA-256 of its bytes in hex, "" where it has the list alone for want of the workbook."""
        workbook = self._content()
        if self.refilled is not None and workbook is not _CHANGED:
            from perfbatch.notice.refilled import refilled_notice

            content = refilled_notice(workbook, self.refilled, self.findings, self.heading, self.left_out)
        else:
            content = notice_content(workbook, self.findings, heading=self.heading)
        path.write_bytes(content)
        return hashlib.sha256(content).hexdigest() if workbook is not _CHANGED else ""

    def _content(self) -> bytes:
        """The workbook as it was read, byte for byte, or nothing: marks must not go into cells that nobody checked."""
        try:
            content, now = read_bytes(self.found)
        except SetAside:
            return _CHANGED
        return content if now == self.sha256 else _CHANGED


def write_notices(orders: Sequence[tuple[NoticeOrder, Path]]) -> list[str]:
    """Write notices one after the other; what `NoticeOrder.write` tells of each. The first that cannot be written ends it."""
    return [order.write(path) for order, path in orders]
