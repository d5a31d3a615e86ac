"""The expression language over whole columns: the pandas target. Exact, three-valued, aware of rounding intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from perfbatch.rulebook.expression import DIGITS
from perfbatch.rulebook.quantity import Bools, Ints, Quantity, absolute, arithmetic, constant, either, negated, product
from perfbatch.rulebook.tree import Binary, Boolean, Call, Compare, Member, Name, Negative, Node, Not, Number, Text

__all__ = ["Column", "Comparison", "Scope", "Texts", "Truth", "compare", "evaluate"]


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
    def days_late(self, name: str) -> Quantity: ...
    def points(self, indicator: str) -> Quantity: ...
    def grade(self, score: Quantity) -> Texts: ...


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
    gap = arithmetic("-", left, right)
    exact = _relation(node.op, gap.num, 0)
    if not tolerant or node.op in ("<", ">"):
        return Comparison(left, right, gap, Truth(exact & known, known, tainted), none)
    within = _relation(node.op, product(gap.num, 2), gap.slack)
    truth = Truth(within & known, known, tainted)
    rounding = truth.value & ~tainted & (gap.num != 0).astype(bool) & ~exact
    return Comparison(left, right, gap, truth, rounding)


def _relation(op: str, gap: Ints, slack: Ints | int) -> Bools:
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
            return constant(value, scope.length)
        case Text(value):
            yes, no = np.ones(scope.length, bool), np.zeros(scope.length, bool)
            return Texts(np.full(scope.length, value, dtype=object), yes, no)
        case Name(name):
            return scope.name(name)
        case Member(owner, field):
            return scope.member(owner, field)
        case Negative(operand):
            return negated(_quantity(operand, scope, tolerant))
        case Binary(op, left, right):
            return arithmetic(op, _quantity(left, scope, tolerant), _quantity(right, scope, tolerant))
        case Compare():
            return compare(node, scope, tolerant=tolerant).truth
        case Boolean(op, operands):
            return _boolean(op, [_truth(operand, scope, tolerant) for operand in operands])
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
    if function == "days_late" and isinstance(first, Name):
        return scope.days_late(first.id)
    if function == "filled":
        column = evaluate(first, scope, tolerant=tolerant)
        # An unreadable cell is not blank: what hangs on it is left to the finding that the cell itself has.
        return Truth(column.known, np.ones(scope.length, bool), column.tainted)
    if function == "has_number":
        texts = evaluate(first, scope, tolerant=tolerant)
        if not isinstance(texts, Texts):
            raise TypeError("has_number() takes a text")
        digits = frozenset(DIGITS)
        numbered = np.array([not digits.isdisjoint(text or "") for text in texts.values], dtype=bool)
        return Truth(numbered, texts.known, texts.tainted)
    quantity = _quantity(first, scope, tolerant)
    if function == "abs":
        return absolute(quantity)
    if function == "grade":
        return scope.grade(quantity)
    if function == "either":
        return either(quantity, _quantity(node.arguments[1], scope, tolerant))
    raise TypeError(f"no such function: {function}")
