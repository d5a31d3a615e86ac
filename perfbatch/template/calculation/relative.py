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
_NAME = re.compile(r"[^\W\d][\w.]*(?!\w*\()\b(?!\()")
_CONSTANTS = frozenset({"TRUE", "FALSE"})


@lru_cache(maxsize=1_024)
def column_number(letters: str) -> int:
    """Number of a column, from 1: A → 1, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def relative(formula: str, row: int, column: int) -> str:
    """The formula (without =) of a cell, both counted from 0, with its references as R[1]C[-2], absolute ones as R5C3."""

    def told(match: re.Match[str]) -> str:
        if match["column"] is None:
            return match[0]
        return _part("R", match["row"], row, int) + _part("C", match["column"], column, column_number)

    return _TOKEN.sub(told, formula)


def _part(letter: str, written: str, here: int, number: object) -> str:
    assert callable(number)
    if written.startswith("$"):
        return f"{letter}{number(written[1:])}"
    return f"{letter}[{number(written) - 1 - here}]"


def names_elsewhere(formula: str) -> bool:
    """Whether a formula names another sheet, or a name of the workbook: Excel does not share such a one."""
    bare = _TOKEN.sub(lambda match: "!" if match["sheet"] else "", formula)
    return "!" in bare or any(name not in _CONSTANTS for name in _NAME.findall(bare))
