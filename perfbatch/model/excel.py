"""What Excel itself bounds: a workbook that goes past any of these is refused, repaired or cut by it."""

from __future__ import annotations

__all__ = [
    "CELL_LIMIT",
    "LAST_COLUMN",
    "LAST_ROW",
    "LINKS_PER_SHEET",
    "LIST_LIMIT",
    "MAX_ROW_HEIGHT",
    "MESSAGE_LIMIT",
    "TITLE_LIMIT",
]

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Of a sheet, counted from 1."""

CELL_LIMIT = 32_767
"""UTF-16 code units that a cell of a workbook holds; a longer text makes Excel repair the file."""

LINKS_PER_SHEET = 65_530
"""A sheet with more links is repaired on opening."""

MAX_ROW_HEIGHT = 409.0
"""Points; Excel allows no higher row."""

TITLE_LIMIT = 32
"""Characters of the title of an input or error message."""

MESSAGE_LIMIT = 255
"""Characters of an input or error message."""

LIST_LIMIT = 255
"""Characters of a drop-down's choices, its commas among them; Excel takes a workbook that goes past them for a damaged one."""
