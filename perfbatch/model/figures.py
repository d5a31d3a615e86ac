"""Exact numbers as people and programs read them: plain decimal strings, never an exponent; the nearest floats where a cell
takes nothing else; columns of counts as plain lists and arrays."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from perfbatch.model.submission import SCALE

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    import pandas as pd

__all__ = [
    "MIN_PLACES",
    "Array",
    "arrays",
    "count_text",
    "counts",
    "decimal_text",
    "figure_text",
    "mean",
    "moment_text",
    "nearest_float",
    "percent_text",
    "plain",
    "score_text",
    "texts",
]

# Only named here: a reading process has figures and loads no numpy.
Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

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


def arrays(column: pd.Series[Any]) -> tuple[Array, Array]:
    """A nullable Int64 column as int64 counts, 0 where it is NA, and where it is filled."""
    return column.to_numpy(dtype="int64", na_value=0), column.notna().to_numpy()


def counts(column: pd.Series[Any]) -> list[int | None]:
    """A nullable Int64 column as Python ints, None where it is NA."""
    values: list[int | None] = column.to_numpy(dtype=object, na_value=None).tolist()  # type: ignore[call-overload]
    return values


def texts(column: pd.Series[Any]) -> list[str]:
    """A text column as strings, "" where it is NA."""
    return [value if type(value) is str else str(value) for value in column.to_numpy(dtype=object, na_value="")]


def decimal_text(count: int) -> str:
    """A count of 1/SCALE in plain notation: at least two decimals, more where the figure has more ("274.98", "0.125")."""
    return count_text(count, 2)


def nearest_float(count: int) -> float:
    """The float nearest to the exact decimal; Python's division of ints rounds correctly, once."""
    return count / SCALE


def mean(column: list[int | None]) -> float | None:
    """The mean of what is not NA, rounded once from the exact quotient; None where all is NA."""
    filled = [value for value in column if value is not None]
    return sum(filled) / (len(filled) * SCALE) if filled else None


def moment_text(moment: datetime) -> str:
    """A moment as the bureau's clock shows it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")
