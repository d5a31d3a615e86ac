"""What the sheets of one workbook share."""

from __future__ import annotations

from typing import Any

from perfbatch.summary.shared_texts import SharedTexts
from perfbatch.summary.styles import BASE_FONT, STYLES

__all__ = ["BookParts"]


class BookParts:
    """The xlsxwriter workbook (`native`, for what is particular to one sheet: charts), its formats, the `texts` of its
    blocks, and whether blocks are put into the finished package (`spliced`)."""

    def __init__(self, native: Any, spliced: bool) -> None:
        self.native = native
        self.spliced = spliced
        self.texts = SharedTexts()
        self._formats: dict[tuple[object, ...], Any] = {}

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
            self._formats[key] = self.native.add_format({**BASE_FONT, **properties})
        return self._formats[key]
