"""Links out of and within the workbook: relative, so that inbox and outbox can be moved together, and never more than Excel
opens a sheet with."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from perfbatch.model.excel import LINKS_PER_SHEET
from perfbatch.model.legible import cell_text
from perfbatch.package.addresses import quoted_sheet
from perfbatch.summary.sheet import Sheet
from perfbatch.summary.strips import Link
from perfbatch.summary.urls import url_of

__all__ = ["SheetLinks", "link_target", "place_in", "relative_folder"]

_LONGEST = 2_000
# What Excel writes percent-encoded in a relationship; Chinese stays as it is.
_ENCODED = {sign: f"%{ord(sign):02x}" for sign in ' "#%<>?[\\]^`{|}'}
_UNLINKABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@lru_cache(1_024)
def link_target(path: str) -> str | None:
    """A relative path with `/` as the target of a link; None for a name that no link can hold (control characters, bytes
    that are no text, too long)."""
    target = "".join(_ENCODED.get(sign, sign) for sign in path)
    if not path or _UNLINKABLE.search(path) or len(target) > _LONGEST:
        return None
    # A first part with a colon would be taken for a scheme.
    return f"./{target}" if ":" in target.split("/")[0] else target


def relative_folder(folder: Path, start: Path) -> str:
    """A folder as seen from another, with `/`; "" where no relative path leads there (another drive of Windows)."""
    try:
        return Path(os.path.relpath(folder.resolve(), start.resolve())).as_posix()
    except ValueError:
        return ""


@lru_cache(1_024)
def place_in(sheet: str, cell: str) -> str:
    """A cell as the location of a link: '收支情况'!C7; "" without a sheet."""
    if not sheet or _UNLINKABLE.search(sheet):
        return ""
    return f"{quoted_sheet(sheet)}!{cell or 'A1'}"


class SheetLinks:
    """Gives out the links of one sheet until its room for them is used up."""

    def __init__(self, sheet: Sheet, room: int = LINKS_PER_SHEET) -> None:
        self._sheet = sheet
        self._room = room
        self.refused = 0
        """Texts that would have been links but for the limit."""

    def file(self, path: str, location: str = "") -> Link | None:
        """A link to a file (a path relative to the workbook) at a place; None where there cannot be one."""
        target = link_target(path)
        return None if target is None else self._taken(Link(target, location))

    def place(self, sheet: Sheet, row: int, column: int = 0) -> Link | None:
        """A link to a cell of this workbook; None where there is no room."""
        return self._taken(Link("", sheet.address(row, column).replace("$", "")))

    def within(self, row: int, column: int, text: str, sheet: Sheet, to_row: int) -> None:
        """Write a text that goes to a row of this workbook; a plain one where there is no room."""
        link = self.place(sheet, to_row)
        self._sheet.text(row, column, text, "link" if link else "centred")
        if link:
            self._sheet.native.write_url(row, column, url_of(link, cell_text(text)), self._sheet.book.format("link"))

    def _taken(self, link: Link) -> Link | None:
        if self._room <= 0:
            self.refused += 1
            return None
        self._room -= 1
        return link
