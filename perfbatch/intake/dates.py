"""Dates as people type them."""

from __future__ import annotations

import re
from datetime import date

from perfbatch.intake.numerals import fold

__all__ = ["parse_date"]

# NFKC leaves these as they are; a circle or a letter often stands for 〇.
_DIGITS = {
    **{mark: str(at) for at, mark in enumerate("〇一二三四五六七八九")},
    "零": "0",
    "○": "0",
    "O": "0",
    "o": "0",
    "0": "0",
}
_WRITTEN_OUT = re.compile(
    r"([〇零○Oo0一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十廿卅]{1,3})[日号]?"
)
_TENS = {"十": 10, "廿": 20, "卅": 30}

_SEPARATED = re.compile(
    r"(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})\s*[日号]?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?",
    re.ASCII,
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})", re.ASCII)


def parse_date(text: str) -> date | None:
    """`2021年7月15日`, `2021-7-15`, `2021.7.15`, `2021/7/15`, `20210715`, `二〇二一年七月十五日` → a date; None for anything else."""
    folded = fold(text)
    match = _SEPARATED.fullmatch(folded) or _COMPACT.fullmatch(folded)
    parts = (int(match[1]), int(match[2]), int(match[3])) if match else _written_out(folded.replace(" ", ""))
    try:
        return date(*parts) if parts else None
    except ValueError:
        return None


def _written_out(text: str) -> tuple[int, int, int] | None:
    """Year, month and day in Chinese numerals, as official letters have them."""
    match = _WRITTEN_OUT.fullmatch(text)
    if match is None:
        return None
    month, day = _below_hundred(match[2]), _below_hundred(match[3])
    return None if month is None or day is None else (int("".join(map(_DIGITS.__getitem__, match[1]))), month, day)


def _below_hundred(numeral: str) -> int | None:
    """七 → 7, 十二 → 12, 二十一 and 廿一 → 21; None for what is no number (十十)."""
    tens = next((mark for mark in numeral if mark in _TENS), "")
    if not tens:
        return int(_DIGITS[numeral]) if len(numeral) == 1 else None
    before, _, after = numeral.partition(tens)
    if len(before) > 1 or len(after) > 1 or (before and tens != "十") or any(mark in _TENS for mark in before + after):
        return None
    return (int(_DIGITS[before]) if before else 1) * _TENS[tens] + (int(_DIGITS[after]) if after else 0)
