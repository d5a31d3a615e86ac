"""Exact counts of the frames as what people and programs read: decimal texts and the nearest floats."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from perfbatch.figures import count_text
from perfbatch.intake.submission import SCALE

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

__all__ = ["count_of", "counts", "decimal_text", "mean", "moment_text", "nearest_float", "texts"]

_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,13})(?:\.\d{1,6})?", re.ASCII)


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


def count_of(text: str) -> int | None:
    """The count that a plain decimal text stands for; None for any other text (blank, words, leading zeros)."""
    return int(Decimal(text) * SCALE) if _DECIMAL.fullmatch(text) else None


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
