"""Dates as people type them."""

from __future__ import annotations

import re
from datetime import date

from perfbatch.intake.numerals import fold

__all__ = ["parse_date"]

_SEPARATED = re.compile(
    r"(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})\s*[日号]?(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?",
    re.ASCII,
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})", re.ASCII)


def parse_date(text: str) -> date | None:
    """`2021年7月15日`, `2021-7-15`, `2021.7.15`, `2021/7/15`, `20210715` → a date; None for anything else."""
    folded = fold(text)
    match = _SEPARATED.fullmatch(folded) or _COMPACT.fullmatch(folded)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
