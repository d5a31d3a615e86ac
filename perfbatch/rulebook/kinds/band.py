"""Bands of a figure: what lies in them, how they are said, whether they leave a hole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from pydantic import model_validator

from perfbatch.model.words.catalogue import worded
from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.form import Model

__all__ = ["Band", "Domain", "holes", "range_words", "within"]


class Domain(Model):
    """Where a rule says something at all; `None` is unbounded. A figure outside it is scored by a person."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None


class Band(Model):
    """A band of a figure: `minimum`/`maximum` belong to it, `above`/`below` do not."""

    minimum: Decimal | None = None
    above: Decimal | None = None
    maximum: Decimal | None = None
    below: Decimal | None = None
    points: Decimal

    @model_validator(mode="after")
    def _one_bound_a_side(self) -> Band:
        if self.minimum is not None and self.above is not None:
            raise ValueError("a band has either minimum or above, not both")
        if self.maximum is not None and self.below is not None:
            raise ValueError("a band has either maximum or below, not both")
        return self

    def has(self, figure: Fraction) -> bool:
        """Whether a figure lies in it."""
        return (
            (self.minimum is None or figure >= Fraction(self.minimum))
            and (self.above is None or figure > Fraction(self.above))
            and (self.maximum is None or figure <= Fraction(self.maximum))
            and (self.below is None or figure < Fraction(self.below))
        )


def range_words(band: Band, unit: str) -> str:
    """A band in words: 80%（含）至 90%（不含）."""
    low = band.minimum if band.minimum is not None else band.above
    high = band.maximum if band.maximum is not None else band.below
    if low is not None and low == high:
        return f"等于 {plain_decimal(low)}{unit}"
    if low is None or high is None:
        bound, limit = (low, "以上") if low is not None else (high, "以下")
        if bound is None:
            return "任意数值"
        if band.minimum is None and band.maximum is None:
            return f"{'大于' if low is not None else '低于'} {plain_decimal(bound)}{unit}"
        return f"{plain_decimal(bound)}{unit}（含）{limit}"
    first = f"{plain_decimal(low)}{unit}（{'含' if band.above is None else '不含'}）"
    return f"{first}至 {plain_decimal(high)}{unit}（{'含' if band.below is None else '不含'}）"


def holes(bands: Sequence[Band], domain: Domain) -> Iterator[str]:
    """Bands must meet end to end, each bound belonging to exactly one of two neighbours, and reach over the domain."""

    def lower(band: Band) -> tuple[Decimal | None, bool]:
        return (band.minimum, True) if band.above is None else (band.above, False)

    def upper(band: Band) -> tuple[Decimal | None, bool]:
        return (band.maximum, True) if band.below is None else (band.below, False)

    # A band from a minimum sorts before one from just above it.
    ordered = sorted(bands, key=lambda band: (lower(band)[0] is not None, lower(band)[0] or 0, not lower(band)[1]))
    for band in ordered:
        (low, has_low), (high, has_high) = lower(band), upper(band)
        if low is not None and high is not None and (low > high or (low == high and not (has_low and has_high))):
            yield worded("lint.band_empty", low=low, high=high)
    for band, following in pairwise(ordered):
        (end, has_end), (start, has_start) = upper(band), lower(following)
        if end is None or start is None or end > start or (end == start and has_end and has_start):
            yield worded("lint.band_overlap", at=start if start is not None else end)
        elif end < start:
            yield worded("lint.band_gap", end=end, start=start)
        elif not (has_end or has_start):
            yield worded("lint.band_bound", end=end)
    (low, has_low), (high, has_high) = lower(ordered[0]), upper(ordered[-1])
    if low is not None and (domain.minimum is None or low > domain.minimum or (low == domain.minimum and not has_low)):
        yield worded("lint.band_low", bound=_bound(domain.minimum))
    if high is not None and (
        domain.maximum is None or high < domain.maximum or (high == domain.maximum and not has_high)
    ):
        yield worded("lint.band_high", bound=_bound(domain.maximum))


def _bound(limit: Decimal | None) -> object:
    return worded("lint.any") if limit is None else limit


def outside(bands: Sequence[Band], domain: Domain) -> Iterator[str]:
    """A domain with nothing in it, and bands that no figure of the domain falls into."""
    if domain.minimum is not None and domain.maximum is not None and domain.minimum > domain.maximum:
        yield worded("lint.domain", low=domain.minimum, high=domain.maximum)
        return
    for band in bands:
        low = band.minimum if band.minimum is not None else band.above
        high = band.maximum if band.maximum is not None else band.below
        over = low is not None and domain.maximum is not None and low > domain.maximum
        if over or (high is not None and domain.minimum is not None and high < domain.minimum):
            yield worded("lint.band_outside", low=_bound(low), high=_bound(high))


def has_cents(points: Decimal) -> bool:
    """Whether points are whole hundredths, as scores are kept."""
    return points * 100 == (points * 100).to_integral_value()


def within(awarded: Sequence[Decimal], points: Decimal) -> Iterator[str]:
    """Points that are given must lie in 0 … all and reach all."""
    if not all(0 <= award <= points for award in awarded) or max(awarded) != points:
        yield worded("lint.within", points=points)
    for award in awarded:
        if not has_cents(award):
            yield worded("lint.cents", points=award)
