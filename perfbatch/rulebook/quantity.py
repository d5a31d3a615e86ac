"""Columns of exact rationals that know their rounding interval, what is blank and what is unreadable.

Integers are int64 as long as no product can overflow, and Python integers beyond that: never a float. What is blank is
*unknown*, what is unreadable is *tainted*: an unknown part of a sum counts as 0 beside a known one, a tainted part makes the
whole unusable, so that one bad cell does not spread errors over its neighbours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Bools",
    "Ints",
    "Quantity",
    "absolute",
    "alike",
    "arithmetic",
    "constant",
    "either",
    "negated",
    "product",
    "quantise",
]

Ints = NDArray[Any]
Bools = NDArray[np.bool_]
# Sums of a few such products still fit into int64.
_SAFE = 1 << 59


@dataclass(frozen=True, slots=True)
class Quantity:
    """`num / den` per row; `slack / (2 · den)` is the half-width of the interval around it; `den` is positive."""

    num: Ints
    den: Ints | int
    slack: Ints
    known: Bools
    tainted: Bools

    @property
    def usable(self) -> Bools:
        """Rows with a value that nothing unreadable went into."""
        return self.known & ~self.tainted

    def at(self, rows: Ints) -> Quantity:
        """Some of the rows, in the order given."""
        den = self.den if isinstance(self.den, int) else self.den[rows]
        return Quantity(self.num[rows], den, self.slack[rows], self.known[rows], self.tainted[rows])

    def fraction(self, row: int) -> Fraction:
        """The exact value of one row."""
        den = self.den if isinstance(self.den, int) else self.den[row]
        return Fraction(int(self.num[row]), int(den))


def alike(value: Any, length: int) -> NDArray[Any]:
    """A read-only column that says the same in every row and takes no room."""
    return np.broadcast_to(np.asarray(value), (length,))


def _same(values: Ints | int) -> bool:
    """Whether it is known, without looking at the rows, that all say the same."""
    return isinstance(values, int) or (values.strides == (0,) and values.size > 0)


def _largest(values: Ints | int) -> int:
    if isinstance(values, int):
        return abs(values)
    if _same(values):
        return abs(int(values[0]))
    return max(int(values.max()), -int(values.min())) if values.size else 0


def _nothing(values: Ints | int) -> bool:
    """Whether it is known, without looking at the rows, that all are 0."""
    return _same(values) and _largest(values) == 0


def _exact(values: Ints | int, bound: int) -> Any:
    """The values as they are where `bound` fits into int64, else as Python integers."""
    if isinstance(values, int) or values.dtype == object or bound < _SAFE:
        return values
    return values.astype(object)


def product(left: Ints | int, right: Ints | int) -> Any:
    """left × right row by row, in Python integers where int64 could overflow."""
    # Mostly one side is the number 1, or a column of zeros (exact steps): no need to multiply row by row.
    if isinstance(right, int) and right == 1:
        return left
    if not isinstance(left, int) and _nothing(left):
        return left
    if not isinstance(right, int) and _nothing(right):
        return right
    # At least 1: a side of zeros would make the bound 0 and hide that the other side does not fit into int64.
    bound = max(_largest(left), 1) * max(_largest(right), 1)
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    return _exact(left, bound) * _exact(right, bound)


def _sum(left: Ints, right: Ints) -> Ints:
    if _nothing(left):
        return right
    if _nothing(right):
        return left
    bound = _largest(left) + _largest(right)
    result: Ints = _exact(left, bound) + _exact(right, bound)
    return result


def _common(left: Quantity, right: Quantity) -> tuple[Ints, Ints, Ints, Ints, Ints | int]:
    """Numerators and slacks of both over one denominator."""
    if isinstance(left.den, int) and isinstance(right.den, int):
        den: Ints | int = math.lcm(left.den, right.den)
        up_left: Ints | int = den // left.den
        up_right: Ints | int = den // right.den
        if up_left == up_right == 1:
            return left.num, right.num, left.slack, right.slack, den
    else:
        den, up_left, up_right = product(left.den, right.den), right.den, left.den
    return (
        product(left.num, up_left),
        product(right.num, up_right),
        product(left.slack, up_left),
        product(right.slack, up_right),
        den,
    )


def constant(value: Fraction, length: int) -> Quantity:
    """One exact number for every row."""
    large = abs(value.numerator) >= _SAFE
    num = np.full(length, value.numerator, dtype=object) if large else alike(np.int64(value.numerator), length)
    return Quantity(num, value.denominator, alike(np.int64(0), length), alike(True, length), alike(False, length))


def _zeroed(quantity: Quantity) -> Quantity:
    """Unknown rows as exact zeros; still unknown."""
    if quantity.known.all():
        return quantity
    slack = quantity.slack
    return Quantity(
        np.where(quantity.known, quantity.num, 0),
        quantity.den,
        slack if _nothing(slack) else np.where(quantity.known, slack, 0),
        quantity.known,
        quantity.tainted,
    )


def _add(left: Quantity, right: Quantity, *, subtract: bool) -> Quantity:
    """A blank part counts as 0 beside a filled one; a difference needs both."""
    left, right = _zeroed(left), _zeroed(right)
    a, b, slack_a, slack_b, den = _common(left, right)
    known = left.known & right.known if subtract else left.known | right.known
    return Quantity(_sum(a, -b if subtract else b), den, _sum(slack_a, slack_b), known, left.tainted | right.tainted)


def _multiply(left: Quantity, right: Quantity) -> Quantity:
    slack = _sum(product(left.slack, abs(right.num)), product(right.slack, abs(left.num)))
    return Quantity(
        product(left.num, right.num),
        product(left.den, right.den),
        slack,
        left.known & right.known,
        left.tainted | right.tainted,
    )


def _divide(left: Quantity, right: Quantity) -> Quantity:
    """Unknown where the divisor is 0. A ratio carries no interval: it is scored as the exact figure it is."""
    zero = right.num == 0
    divisor = np.where(zero, 1, right.num)
    sign = np.where(divisor < 0, -1, 1)
    if isinstance(left.den, int) and isinstance(right.den, int):
        common = math.gcd(left.den, right.den)
        num = product(left.num * sign, right.den // common)
        den = product(abs(divisor), left.den // common)
    else:
        num, den = product(left.num * sign, right.den), product(abs(divisor), left.den)
    known = left.known & right.known & ~zero.astype(bool)
    return Quantity(num, den, alike(np.int64(0), len(zero)), known, left.tainted | right.tainted)


def arithmetic(op: str, left: Quantity, right: Quantity) -> Quantity:
    """`left op right` row by row; op is one of + - * /."""
    if op == "*":
        return _multiply(left, right)
    if op == "/":
        return _divide(left, right)
    return _add(left, right, subtract=op == "-")


def either(first: Quantity, second: Quantity) -> Quantity:
    """The first where it is known, else the second."""
    a, b, slack_a, slack_b, den = _common(_zeroed(first), _zeroed(second))
    here = first.known
    return Quantity(
        np.where(here, a, b),
        den,
        np.where(here, slack_a, slack_b),
        first.known | second.known,
        first.tainted | (~here & second.tainted),
    )


def negated(quantity: Quantity) -> Quantity:
    """−x."""
    return Quantity(-quantity.num, quantity.den, quantity.slack, quantity.known, quantity.tainted)


def absolute(quantity: Quantity) -> Quantity:
    """|x|."""
    return Quantity(abs(quantity.num), quantity.den, quantity.slack, quantity.known, quantity.tainted)


def quantise(quantity: Quantity, unit: Fraction) -> Ints:
    """The nearest whole number of `unit`s per row, halves up (towards +∞)."""
    num = product(quantity.num, unit.denominator * 2)
    den = product(quantity.den, unit.numerator * 2)
    half = den // 2
    if isinstance(half, int):
        half = np.full(len(num), half, dtype=object if half >= _SAFE else np.int64)
    result: Ints = _sum(num, half) // den
    return result
