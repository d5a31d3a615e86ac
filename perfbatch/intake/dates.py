"""Dates as people type them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from perfbatch.intake.numerals import fold

__all__ = ["date_from_serial", "parse_date"]

_SEPARATED = re.compile(
    r"(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})\s*[日号]?(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?",
    re.ASCII,
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})", re.ASCII)
_DAYS_1900 = date(1899, 12, 30)
_DAYS_1904 = date(1904, 1, 1)
_LEAP_BUG = 60
_LAST_SERIAL = 2_958_465


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


def date_from_serial(serial: Decimal, *, date1904: bool) -> date | None:
    """A day number of Excel's 1900 or 1904 calendar → its date; None where it is no whole day of the calendar.

    The 1900 calendar counts a 29 February 1900 that never was; the days before it are a day off there.
    """
    if serial != serial.to_integral_value() or not 0 < serial <= _LAST_SERIAL:
        return None
    days = int(serial)
    if date1904:
        return _DAYS_1904 + timedelta(days=days) if days <= _LAST_SERIAL - 1_462 else None
    if days == _LEAP_BUG:
        return None
    return _DAYS_1900 + timedelta(days=days + (1 if days < _LEAP_BUG else 0))
