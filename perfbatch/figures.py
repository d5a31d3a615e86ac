"""Exact numbers as people and the run report read them: plain decimal strings, never an exponent, never a float."""

from __future__ import annotations

from fractions import Fraction

from perfbatch.intake.submission import SCALE

__all__ = ["MIN_PLACES", "count_text", "figure_text", "percent_text", "plain", "score_text"]

MIN_PLACES = {"amount": 2, "area": 2}
"""Decimals shown at least, by kind of field; a whole number of people or points has none."""


def plain(value: Fraction, places: int = 0, most: int = 6) -> str:
    """A number with at least `places` and at most `most` decimals, rounded half up at the last."""
    scaled = value * 10**most
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    sign, digits = ("-" if whole < 0 else ""), str(abs(whole)).rjust(most + 1, "0")
    head, tail = digits[:-most], digits[-most:].rstrip("0").ljust(places, "0")
    return f"{sign}{head}.{tail}" if tail else f"{sign}{head}"


def count_text(counts: int, places: int = 0) -> str:
    """What `plain` says of counts of 1/SCALE, without the fraction: every figure of every finding passes here."""
    head, tail = divmod(abs(counts), SCALE)
    digits = f"{tail:06}".rstrip("0").ljust(places, "0") if tail else "0" * places
    sign = "-" if counts < 0 else ""
    return f"{sign}{head}.{digits}" if digits else f"{sign}{head}"


def figure_text(counts: int, kind: str) -> str:
    """Counts of 1/SCALE of a field's unit: 274980000 of an amount is 274.98."""
    return count_text(counts, MIN_PLACES.get(kind, 0))


def score_text(counts: int) -> str:
    """Counts of 1/SCALE points, with two decimals: 93.00."""
    return count_text(counts, 2)


def percent_text(value: Fraction) -> str:
    """A percentage with two decimals, half up, for reading only: 142.86."""
    return plain(value, 2, most=2)
