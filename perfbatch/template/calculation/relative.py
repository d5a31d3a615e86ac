"""Formulas as they read from their own cell: C7 in a cell of row 9 is "two rows up". Filled down, they are the same text."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["column_number", "names_elsewhere", "relative"]

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*")'
    r"|(?P<sheet>(?:'(?:[^']|'')*'|[^\W\d]\w*)!)"
    r"|(?<![\w.$])(?P<column>\$?[A-Z]{1,3})(?P<row>\$?[1-9]\d{0,6})(?![\w.(!])"
)
_RELATIVE = r"R(?:\[-?\d+\]|\d+)C(?:\[-?\d+\]|\d+)"
_NAME = re.compile(_RELATIVE + r"|([^\W\d][\w.]*)(?!\w*\()\b(?!\()")
_CONSTANTS = frozenset({"TRUE", "FALSE"})


@lru_cache(maxsize=1_024)
def column_number(letters: str) -> int:
    """Number of a column, from 1: A → 1, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


# A form has some ten thousand formulas, and the forms of a district are alike but for their rows for units.
@lru_cache(maxsize=32_768)
def relative(formula: str, row: int, column: int) -> str:
    """The formula (without =) of a cell, both counted from 0, with its references as R[1]C[-2], absolute ones as R5C3."""

    def as_read_from_here(match: re.Match[str]) -> str:
        _, _, letters, digits = match.groups()
        if letters is None:
            return match[0]
        down = f"R{digits[1:]}" if digits[0] == "$" else f"R[{int(digits) - 1 - row}]"
        if letters[0] == "$":
            return f"{down}C{column_number(letters[1:])}"
        return f"{down}C[{column_number(letters) - 1 - column}]"

    return _TOKEN.sub(as_read_from_here, formula)


@lru_cache(maxsize=4_096)
def names_elsewhere(formula: str) -> bool:
    """Whether a formula, as it is or as `relative` writes it, names another sheet, or a name of the workbook: Excel does not
    share such a one."""
    bare = _TOKEN.sub(lambda match: "!" if match["sheet"] else "", formula)
    return "!" in bare or any(name and name not in _CONSTANTS for name in _NAME.findall(bare))
