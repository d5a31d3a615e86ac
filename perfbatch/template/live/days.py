"""Dates in cells: the days of Excel's calendar, of a date as Excel keeps it and of one that was typed as a text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from perfbatch.rulebook.formula_terms import quoted

__all__ = ["day_in", "serial_of"]

_LAST_DAY = 2958465
"""31 December 9999: a number past it is no day of the calendar, but may be digits like 20210715."""


def serial_of(day: date) -> int:
    """The number by which Excel knows a day."""
    return (day - date(1899, 12, 30)).days


def day_in(ref: str, first: int | None, last: int | None, once: Callable[[str], str]) -> str:
    """The day that stands in a cell, between the years `first` and `last`; 0 for none that a formula can read: 2021年7月15日,
    2021.7.15, 2021/7/15, 2021-7-15 and 20210715 are read. `once` gives a formula a cell of its own."""
    typed = f"TRIM({ref})"
    for sign, by in (("年", "-"), ("月", "-"), ("日", ""), ("号", ""), (".", "-"), ("/", "-"), (" ", "")):
        typed = f"SUBSTITUTE({typed},{quoted(sign)},{quoted(by)})"
    typed = once(f'IF(ISERROR({ref}),"",{typed})')
    # Of a day without a year, or with two digits of one, Excel would guess the rest.
    parted = f'AND(LEN({typed})-LEN(SUBSTITUTE({typed},"-",""))=2,IFERROR(FIND("-",{typed})=5,FALSE))'
    digits = f'AND(LEN({typed})=8,LEN(SUBSTITUTE({typed},"-",""))=8)'
    compact = f'MID({typed},1,4)&"-"&MID({typed},5,2)&"-"&MID({typed},7,2)'
    text = f'IF({parted},{typed},IF({digits},{compact},""))'
    is_day = f"IF(ISNUMBER({ref}),{ref}<={_LAST_DAY},FALSE)"
    day = once(f"IF({is_day},INT({ref}),IFERROR(DATEVALUE({text}),0))")
    earliest = serial_of(date(first, 1, 1)) if first is not None else 1
    latest = serial_of(date(last, 12, 31)) if last is not None else _LAST_DAY
    return once(f"IF({day}>={earliest},IF({day}<={latest},{day},0),0)")
