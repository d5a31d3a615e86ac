"""Workbooks as this package writes them: the same content gives the same bytes."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import xlsxwriter

from perfbatch.publish.legible import cell_text
from perfbatch.publish.summary.block import RowLooks
from perfbatch.publish.summary.cells import Column
from perfbatch.publish.summary.shared_texts import Texts
from perfbatch.publish.summary.sheet import Sheet
from perfbatch.publish.summary.splice import UnknownMarkup, splice
from perfbatch.publish.summary.strips import Link
from perfbatch.publish.summary.styles import BASE_FONT, STYLES

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
        self.spliced = can_splice() if spliced is None else spliced
        self.texts = Texts()
        """What stands in the cells of blocks."""
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
        self._formats: dict[tuple[object, ...], Any] = {}
        self._sheets: list[Sheet] = []

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        with self._path.open("wb") as target:
            self.store(target)

    def store(self, target: IO[bytes]) -> None:
        """Write the package. Raises `OSError`, and `UnknownMarkup` where blocks cannot be put into it."""
        added = {number: sheet.finish() for number, sheet in enumerate(self._sheets, 1)}
        self._book.close()
        if any(one.blocks for one in added.values()) and self.spliced:
            splice(self._content, target, added, self.texts.shown)
        else:
            target.write(self._content.getbuffer())

    def add(self, name: str) -> Sheet:
        """Add a sheet at the end."""
        sheet = Sheet(self, self._book.add_worksheet(name), name)
        if self._head:
            sheet.native.set_header(self._head)
        self._sheets.append(sheet)
        return sheet

    @property
    def native(self) -> Any:
        """The xlsxwriter workbook, for what is particular to one sheet: charts, tables."""
        return self._book

    def run(self, colour: str, size: int) -> Any:
        """A format for a run of text inside a cell, made once."""
        return self._made((colour, size), {"font_color": colour, "font_size": size})

    def format(self, style: str, number_format: str = "", colour: str = "") -> Any:
        """The format of a style, made once; a number format or a colour of the font goes before the style's own."""
        own = {"num_format": number_format, "font_color": colour}
        key = (style, number_format, colour)
        return self._made(key, {**STYLES[style], **{name: value for name, value in own.items() if value}})

    def _made(self, key: tuple[object, ...], properties: dict[str, object]) -> Any:
        if key not in self._formats:
            self._formats[key] = self._book.add_format({**BASE_FONT, **properties})
        return self._formats[key]


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
    columns = [Column("1"), Column("2", "whole", "number", "0")]
    looks = RowLooks(levels=(0, 1), hidden=(False, True))
    links = {0: {0: Link("a.xlsx", "b!A1"), 1: Link("", "'1'!A1")}}
    sheet.table(0, columns, [["a", 1], ["b", None]], filters=False, looks=looks, links=links)
    sheet.excel_table("a", 0, 2, [{"header": column.title} for column in columns])
    try:
        book.store(io.BytesIO())
    except UnknownMarkup:
        return False
    return True
