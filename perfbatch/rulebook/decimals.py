"""Decimals as people write them."""

from __future__ import annotations

from decimal import Decimal

__all__ = ["plain_decimal"]


def plain_decimal(value: Decimal) -> str:
    """A decimal without exponent and trailing zeros: 5, 0.5, 100."""
    return format(value.normalize(), "f")
