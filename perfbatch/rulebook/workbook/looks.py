"""The formats of the workbook form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

from xlsxwriter import Workbook
from xlsxwriter.format import Format

__all__ = ["Looks", "row_height", "text_width"]

_LINE, _PADDING = 13.5, 3.0


class Looks:
    """The formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        line = {"border": 1, "border_color": "#BFBFBF", "valign": "top"}

        def made(**properties: Any) -> Format:
            return book.add_format({"font_name": "宋体", "font_size": 10, "font_scheme": "none", **properties})

        self.head = made(**line, bold=True, align="center", text_wrap=True, bg_color="#D9E4F1")
        self.lead = made(**line, num_format="@", bg_color="#F7F7F7")
        self.label = made(**line, bg_color="#F2F2F2")
        self.text = made(**line, num_format="@", text_wrap=True)
        self.figure = made(**line, align="right")
        self.day = made(**line, num_format="yyyy-mm-dd", align="right")
        self.check = made(**line, font_color="#9C0006", text_wrap=True)
        self.title = made(bold=True, font_name="黑体", font_size=14)
        self.paragraph = made(text_wrap=True, valign="vcenter")


def text_width(text: str) -> int:
    """The room of a text in half-width characters."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def row_height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """Points of a row in which each text shows whole in a column of its width, in half-width characters."""
    room = ((text, max(width - 4, 1)) for text, width in zip(texts, widths, strict=True))
    lines = (sum(max(1, -(-text_width(line) // inside)) for line in text.split("\n")) for text, inside in room)
    return _LINE * max(lines, default=1) + _PADDING
