"""The expression language over whole columns: exact, three-valued, and aware of rounding intervals.

A `Quantity` is a column of exact rationals with, for each row, the half-width of the interval that the typed figure stands
for. Integers are int64 as long as no product can overflow, and Python integers beyond that: never a float. What is blank
is *unknown*, what is unreadable is *tainted*: an unknown part of a sum counts as 0 beside a known one, a tainted part
makes the whole unusable, so that one bad cell does not spread errors over its neighbours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from perfbatch.rulebook.expression import (
    Binary,
    Boolean,
    Call,
    Compare,
    Member,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Text,
)

__all__ = [
    "Bools",
    "Comparison",
    "Ints",
    "Quantity",
    "Scope",
    "Texts",
    "Truth",
    "arithmetic",
    "compare",
    "evaluate",
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

    def fraction(self, row: int) -> Fraction:
        """The exact value of one row."""
        den = self.den if isinstance(self.den, int) else self.den[row]
        return Fraction(int(self.num[row]), int(den))


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of texts (None where unknown)."""

    values: NDArray[np.object_]
    known: Bools
    tainted: Bools


@dataclass(frozen=True, slots=True)
class Truth:
    """A column of truth values, unknown where an operand was."""

    value: Bools
    known: Bools
    tainted: Bools


Column = Quantity | Texts | Truth


class Scope(Protocol):
    """What names mean: one row per department, unit, scorecard row or target row."""

    @property
    def length(self) -> int: ...
    def name(self, name: str) -> Quantity | Texts | Truth: ...
    def member(self, owner: str, field: str) -> Quantity | Texts: ...
    def total(self, collection: str, field: str) -> Quantity: ...
    def part(self, name: str) -> Quantity: ...
    def points(self, indicator: str) -> Quantity: ...
    def grade(self, score: Quantity) -> Texts: ...


def _largest(values: Ints | int) -> int:
    if isinstance(values, int):
        return abs(values)
    return int(np.abs(values).max()) if values.size else 0


def _exact(values: Ints | int, bound: int) -> Any:
    """The values as they are where `bound` fits into int64, else as Python integers."""
    if isinstance(values, int) or values.dtype == object or bound < _SAFE:
        return values
    return values.astype(object)


def _product(left: Ints | int, right: Ints | int) -> Any:
    bound = _largest(left) * _largest(right)
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    return _exact(left, bound) * _exact(right, bound)


def _sum(left: Ints, right: Ints) -> Ints:
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
        den, up_left, up_right = _product(left.den, right.den), right.den, left.den
    return (
        _product(left.num, up_left),
        _product(right.num, up_right),
        _product(left.slack, up_left),
        _product(right.slack, up_right),
        den,
    )


def _constant(value: Fraction, length: int) -> Quantity:
    num = np.full(length, value.numerator, dtype=np.int64)
    yes, no = np.ones(length, bool), np.zeros(length, bool)
    return Quantity(num, value.denominator, np.zeros(length, np.int64), yes, no)


def _zeroed(quantity: Quantity) -> Quantity:
    """Unknown rows as exact zeros; still unknown."""
    if quantity.known.all():
        return quantity
    return Quantity(
        np.where(quantity.known, quantity.num, 0),
        quantity.den,
        np.where(quantity.known, quantity.slack, 0),
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
    slack = _sum(_product(left.slack, abs(right.num)), _product(right.slack, abs(left.num)))
    return Quantity(
        _product(left.num, right.num),
        _product(left.den, right.den),
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
        num = _product(left.num * sign, right.den // common)
        den = _product(abs(divisor), left.den // common)
    else:
        num, den = _product(left.num * sign, right.den), _product(abs(divisor), left.den)
    known = left.known & right.known & ~zero.astype(bool)
    return Quantity(num, den, np.zeros(len(zero), np.int64), known, left.tainted | right.tainted)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides of a comparison and what came of it. `rounding`: true only thanks to the rounding intervals (尾差)."""

    left: Column
    right: Column
    difference: Quantity | None
    truth: Truth
    rounding: Bools


def compare(node: Compare, scope: Scope, *, tolerant: bool) -> Comparison:
    """Evaluate a comparison. With `tolerant`, figures are intervals: == holds where they overlap, <= and >= where the one
    can be at most (least) the other; < and > are always exact."""
    left, right = evaluate(node.left, scope, tolerant=tolerant), evaluate(node.right, scope, tolerant=tolerant)
    known, tainted = left.known & right.known, left.tainted | right.tainted
    none = np.zeros(scope.length, bool)
    if isinstance(left, Texts) and isinstance(right, Texts):
        equal = (left.values == right.values).astype(bool)
        value = equal if node.op == "==" else ~equal
        return Comparison(left, right, None, Truth(value & known, known, tainted), none)
    if not isinstance(left, Quantity) or not isinstance(right, Quantity):
        raise TypeError("a comparison takes two numbers or two texts")
    gap = _add(left, right, subtract=True)
    exact = _relation(node.op, gap.num, gap.num * 0)
    within = _relation(node.op, _product(gap.num, 2), gap.slack) if tolerant else exact
    truth = Truth(within & known, known, tainted)
    rounding = truth.value & ~tainted & (gap.num != 0).astype(bool) & ~exact
    return Comparison(left, right, gap, truth, rounding)


def _relation(op: str, gap: Ints, slack: Ints) -> Bools:
    match op:
        case "==":
            result = abs(gap) <= slack
        case "!=":
            result = abs(gap) > slack
        case "<=":
            result = gap <= slack
        case ">=":
            result = gap >= -slack
        case "<":
            result = gap < 0
        case _:
            result = gap > 0
    return np.asarray(result, dtype=bool)


def evaluate(node: Node, scope: Scope, *, tolerant: bool) -> Column:
    """The column that a tree stands for in a scope."""
    match node:
        case Number(value):
            return _constant(value, scope.length)
        case Text(value):
            yes, no = np.ones(scope.length, bool), np.zeros(scope.length, bool)
            return Texts(np.full(scope.length, value, dtype=object), yes, no)
        case Name(name):
            return scope.name(name)
        case Member(owner, field):
            return scope.member(owner, field)
        case Negative(operand):
            one = _quantity(operand, scope, tolerant)
            return Quantity(-one.num, one.den, one.slack, one.known, one.tainted)
        case Binary(op, left, right):
            return arithmetic(op, _quantity(left, scope, tolerant), _quantity(right, scope, tolerant))
        case Compare():
            return compare(node, scope, tolerant=tolerant).truth
        case Boolean(op, operands):
            return _boolean(op, [_truth(one, scope, tolerant) for one in operands])
        case Not(operand):
            truth = _truth(operand, scope, tolerant)
            return Truth(~truth.value & truth.known, truth.known, truth.tainted)
        case Call():
            return _call(node, scope, tolerant)
    raise TypeError(f"not a node: {node!r}")


def _quantity(node: Node, scope: Scope, tolerant: bool) -> Quantity:
    column = evaluate(node, scope, tolerant=tolerant)
    if not isinstance(column, Quantity):
        raise TypeError(f"a number is wanted, not {type(column).__name__}")
    return column


def _truth(node: Node, scope: Scope, tolerant: bool) -> Truth:
    column = evaluate(node, scope, tolerant=tolerant)
    if not isinstance(column, Truth):
        raise TypeError(f"a condition is wanted, not {type(column).__name__}")
    return column


def arithmetic(op: str, left: Quantity, right: Quantity) -> Quantity:
    """`left op right` row by row; op is one of + - * /."""
    if op == "*":
        return _multiply(left, right)
    if op == "/":
        return _divide(left, right)
    return _add(left, right, subtract=op == "-")


def _boolean(op: str, truths: list[Truth]) -> Truth:
    """Kleene's logic: a decided operand decides, whatever the unknown ones are."""
    deciding = op == "or"
    decided = np.zeros_like(truths[0].value)
    known = np.ones_like(decided)
    tainted = np.zeros_like(decided)
    for truth in truths:
        sure = truth.known & ~truth.tainted
        decided = decided | (sure & (truth.value == deciding))
        known = known & truth.known
        tainted = tainted | truth.tainted
    value = decided if deciding else ~decided & known
    return Truth(value, known | decided, tainted & ~decided)


def _call(node: Call, scope: Scope, tolerant: bool) -> Column:
    function, first = node.function, node.arguments[0]
    if function == "sum" and isinstance(first, Member):
        return scope.total(first.owner, first.field)
    if function == "part" and isinstance(first, Name):
        return scope.part(first.id)
    if function == "points" and isinstance(first, Name):
        return scope.points(first.id)
    if function == "filled":
        column = evaluate(first, scope, tolerant=tolerant)
        # An unreadable cell is not blank: what hangs on it is left to the finding that the cell itself has.
        return Truth(column.known, np.ones(scope.length, bool), column.tainted)
    if function == "has_number":
        texts = evaluate(first, scope, tolerant=tolerant)
        if not isinstance(texts, Texts):
            raise TypeError("has_number() takes a text")
        digits = np.array([any(one.isdigit() for one in text or "") for text in texts.values], dtype=bool)
        return Truth(digits, texts.known, texts.tainted)
    quantity = _quantity(first, scope, tolerant)
    if function == "abs":
        return Quantity(abs(quantity.num), quantity.den, quantity.slack, quantity.known, quantity.tainted)
    if function == "grade":
        return scope.grade(quantity)
    if function == "either":
        return _either(quantity, _quantity(node.arguments[1], scope, tolerant))
    raise TypeError(f"no such function: {function}")


def _either(first: Quantity, second: Quantity) -> Quantity:
    a, b, slack_a, slack_b, den = _common(_zeroed(first), _zeroed(second))
    here = first.known
    return Quantity(
        np.where(here, a, b),
        den,
        np.where(here, slack_a, slack_b),
        first.known | second.known,
        first.tainted | (~here & second.tainted),
    )


def quantise(quantity: Quantity, unit: Fraction) -> Ints:
    """The nearest whole number of `unit`s per row, halves up (towards +∞)."""
    num = _product(quantity.num, unit.denominator * 2)
    den = _product(quantity.den, unit.numerator * 2)
    half = den // 2
    if isinstance(half, int):
        half = np.full(len(num), half, dtype=object if half >= _SAFE else np.int64)
    result: Ints = _sum(num, half) // den
    return result
