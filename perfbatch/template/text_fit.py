"""How high a row must be for a wrapped text: Excel fits no merged cell by itself, and no row whose height is stated."""

from __future__ import annotations

import math
import unicodedata

from perfbatch.model.excel import MAX_ROW_HEIGHT

__all__ = ["room_for", "text_height"]

# A column's width counts digits of the default font; in 宋体 of 11 points one takes 8 pixels, a full-width character 14.7.
_DIGITS_PER_POINT = 14.67 / 8 / 11
_LINE_SPACING = 1.45
_PADDING = 8.0


def text_height(text: str, width: float, size: float, rows: int = 1) -> float:
    """Points that `text` needs in a cell `width` digits wide that is drawn over so many rows, set in a font of `size` points; no
    more than the rows can be given."""
    room = max(width - 1.5, 2.0)
    lines = sum(max(1, math.ceil(_text_width(line, size) / room)) for line in text.split("\n"))
    return min(MAX_ROW_HEIGHT * rows, lines * size * _LINE_SPACING + _PADDING)


def room_for(width: float, height: float, size: float) -> int:
    """Full-width characters that a cell of `width` digits and `height` points shows."""
    across = int(max(width - 1.5, 2.0) / (size * _DIGITS_PER_POINT))
    return across * int((height - _PADDING) / (size * _LINE_SPACING))


def _text_width(text: str, size: float) -> float:
    wide = sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in text)
    return wide * size * _DIGITS_PER_POINT
