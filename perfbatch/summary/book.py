"""Workbooks as this package writes them: the same content gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import xlsxwriter

from perfbatch.model.legible import cell_text
from perfbatch.summary.block import RowLooks
from perfbatch.summary.block_sheet import SheetAdditions, UnknownMarkup, splice
from perfbatch.summary.book_parts import BookParts
from perfbatch.summary.cells import TableColumn
from perfbatch.summary.sheet import Sheet
from perfbatch.summary.strips import Link
from perfbatch.summary.styles import BASE_FONT

__all__ = ["Book", "can_splice"]


class Book:
    """An xlsxwriter workbook; the same content gives the same bytes. Leaving the `with` block writes the file."""

    def __init__(
        self, path: Path, title: str, created: datetime, issuer: str = "", *, spliced: bool | None = None
    ) -> None:
        """`created` is what the file's properties say in place of the clock; with an `issuer` every printed page is headed
        by it and the date. `spliced`: whether blocks are put into the finished package (True) or written by xlsxwriter
        itself, cell by cell; None for what can be done. Raises `OSError` on leaving."""
        self._path, self._content = path, io.BytesIO()
        self._book: Any = xlsxwriter.Workbook(
            self._content,
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                # No files in the system's folder for temporary ones: a killed run would leave them there.
                "in_memory": True,
                "default_format_properties": dict(BASE_FONT),
            },
        )
        moment = created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self._book.set_properties({"title": cell_text(title), "author": "perfbatch", "created": moment})
        self._head = _page_head(issuer, title, f"{created:%Y-%m-%d}") if issuer else ""
        self._parts = BookParts(self._book, can_splice() if spliced is None else spliced)
        self._sheets: list[Sheet] = []

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        added = self.finish()
        # Not before: what fails above leaves an older file as it is.
        with self._path.open("wb") as target:
            self.write(target, added)

    def finish(self) -> dict[int, SheetAdditions]:
        """Have xlsxwriter write its package; returns what is to be put into it, by the number of the sheet from 1."""
        added = {number: sheet.finish() for number, sheet in enumerate(self._sheets, 1)}
        self._book.close()
        return added

    def write(self, target: IO[bytes], added: Mapping[int, SheetAdditions]) -> None:
        """Write the finished package. Raises `OSError`, and `UnknownMarkup` where blocks cannot be put into it."""
        splice(self._content, target, added, self._parts.texts.shown)

    def add(self, name: str) -> Sheet:
        """Add a sheet at the end."""
        sheet = Sheet(self._parts, self._book.add_worksheet(name), name)
        if self._head:
            sheet.native.set_header(self._head)
        self._sheets.append(sheet)
        return sheet


def _page_head(issuer: str, title: str, date: str) -> str:
    """A printed page's head: the bureau left, the title in the middle, the date right. Excel takes 255 characters."""
    parts = (text.replace("&", "&&")[:60] for text in (issuer, title, date))
    return "".join(
        f"&{side}&9{text}" if not text[:1].isdigit() else f"&{side}&9 {text}"
        for side, text in zip("LCR", parts, strict=True)
    )


@cache
def can_splice() -> bool:
    """Whether the xlsxwriter at hand writes packages that blocks can be put into; tried out once, on a few cells."""
    book = Book(Path(), "", datetime(2021, 1, 1, tzinfo=UTC), spliced=True)
    sheet = book.add("1")
    columns = [TableColumn("1"), TableColumn("2", "whole", "number", "0")]
    looks = RowLooks(levels=(0, 1), hidden=(False, True))
    links = {0: {0: Link("a.xlsx", "b!A1"), 1: Link("", "'1'!A1")}}
    sheet.table(0, columns, [["a", 1], ["b", None]], filters=False, looks=looks, links=links)
    sheet.excel_table("a", 0, 2, [{"header": column.title} for column in columns])
    try:
        book.write(io.BytesIO(), book.finish())
    except UnknownMarkup:
        return False
    return True
