"""Days and times as workbooks store them: day numbers of Excel's two calendars, and dates written out."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

__all__ = ["date_from_serial", "moment_from_serial", "moment_from_text"]

_DAYS_1900 = date(1899, 12, 30)
_DAYS_1904 = date(1904, 1, 1)
_LEAP_BUG = 60
_LAST_SERIAL = 2_958_465
_BETWEEN_CALENDARS = 1_462
_DAY_SECONDS = 86_400
# ECMA-376 part 1, 18.18.11 (`d`): ISO 8601, whose zone says nothing about a day that somebody typed.
_WRITTEN = re.compile(
    r"(?:(\d{4})-(\d{2})-(\d{2}))?T?(?:(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII
)


def date_from_serial(serial: Decimal, *, date1904: bool) -> date | None:
    """A day number of Excel's 1900 or 1904 calendar → its date; None where it is no whole day of the calendar.

    The 1900 calendar counts a 29 February 1900 that never was; the days before it are a day off there.
    """
    if serial != serial.to_integral_value() or not 0 < serial <= _LAST_SERIAL:
        return None
    days = int(serial)
    if date1904:
        return _DAYS_1904 + timedelta(days=days) if days <= _LAST_SERIAL - _BETWEEN_CALENDARS else None
    if days == _LEAP_BUG:
        return None
    return _DAYS_1900 + timedelta(days=days + (1 if days < _LEAP_BUG else 0))


def moment_from_serial(serial: float, *, date1904: bool) -> date | datetime | time | None:
    """What a number in a date format stands for, to the second: a day, a moment within one, below 1 the time of a day alone.

    None where the calendar has no such day (Excel shows a row of #)."""
    if not 0 <= serial <= _LAST_SERIAL + 1:
        return None
    days, seconds = divmod(round(serial * _DAY_SECONDS), _DAY_SECONDS)
    clock = time(seconds // 3_600, seconds // 60 % 60, seconds % 60)
    if days == 0 and not (date1904 and seconds == 0):
        return clock
    day = _DAYS_1904 if date1904 and days == 0 else date_from_serial(Decimal(days), date1904=date1904)
    if day is None or seconds == 0:
        return day
    return datetime.combine(day, clock)


def moment_from_text(text: str) -> date | datetime | time | None:
    """A date, moment or time as a cell of the type `d` has it: `2021-07-15`, `2021-07-15T00:00:00.000Z`, `10:30:00`."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or not (match[1] or match[4]):
        return None
    try:
        clock = time(int(match[4] or 0), int(match[5] or 0), int(match[6] or 0))
        if match[1] is None:
            return clock
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return day if clock == time() else datetime.combine(day, clock)
