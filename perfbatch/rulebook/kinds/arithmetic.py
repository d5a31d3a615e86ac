"""Exact arithmetic over columns that the kinds of rules share: the figure, points, bands. Loaded only where something is scored."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import numpy as np

from perfbatch.rulebook.columns import Scope, evaluate
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.kinds.band import Band, Domain
from perfbatch.rulebook.kinds.readings import Reading
from perfbatch.rulebook.kinds.surroundings import Judged
from perfbatch.rulebook.quantity import Bools, Quantity, arithmetic, constant, negated, product, quantise
from perfbatch.rulebook.tree import Binary, Name, Node, Number, leaves

__all__ = [
    "HUNDREDTH",
    "Computation",
    "FigureColumn",
    "cents",
    "figure_column",
    "in_band",
    "in_domain",
    "less",
    "missing_of",
    "nowhere",
    "number",
    "points_within",
    "scaled",
]

HUNDREDTH = Fraction(1, 100)


def cents(points: Decimal) -> int:
    """Points of a rulebook as a count of 0.01."""
    return int(Fraction(points) / HUNDREDTH)


@dataclass(frozen=True)
class Computation:
    """What a rule makes of its inputs, a row per department.

    `points` counts 0.01 points, quantised once, half up; valid where `computed`. `figure` is the exact ratio or figure in
    percent (or the count), where the rule has one. `applicable` is false for nothing over 0, `covered` where the form's rule
    says nothing about the figure. `over_zero`, `below_zero`: something, or less than nothing, over 0. `over`: a part larger
    than its whole, `over_rounding` where rounding alone may have made it so.
    `readings`: the points under each reading of a fraction of a percentage point.
    """

    points: np.ndarray
    computed: Bools
    applicable: Bools
    covered: Bools
    figure: Quantity | None
    over: Bools
    missing: tuple[tuple[str, Bools], ...]
    readings: dict[Reading, np.ndarray] = field(default_factory=dict)
    over_rounding: Bools | None = None
    over_zero: Bools | None = None
    below_zero: Bools | None = None


@dataclass(frozen=True)
class FigureColumn:
    """What a rule looks at: the exact figure in percent, and `scored`, the same with a part larger than its whole as 100 %;
    the rest as in `Computation`."""

    exact: Quantity
    scored: Quantity
    applicable: Bools
    over: Bools
    over_rounding: Bools
    over_zero: Bools
    below_zero: Bools
    missing: tuple[tuple[str, Bools], ...]

    def nothing_left(self, indicator: Judged) -> Bools:
        """Where a figure over 0 costs all points."""
        costs = indicator.falls and not indicator.last_year_denominator
        return self.over_zero if costs else nowhere(len(self.over_zero))


def figure_column(indicator: Judged, scope: Scope) -> FigureColumn:
    """The figure in percent, what its denominator leaves of it, and which inputs are missing where."""
    none = nowhere(scope.length)
    if indicator.ratio is None:
        assert indicator.figure is not None
        tree = parse(indicator.figure)
        figure = number(tree, scope)
        return FigureColumn(figure, figure, ~none, none, none, none, none, missing_of(tree, figure, scope))
    tree = parse(indicator.ratio)
    assert isinstance(tree, Binary)
    numerator, denominator = number(tree.left, scope), number(tree.right, scope)
    over_nothing = denominator.usable & np.asarray(denominator.num == 0, dtype=bool)
    over_zero = over_nothing & numerator.usable & np.asarray(numerator.num > 0, dtype=bool)
    below_zero = over_nothing & numerator.usable & np.asarray(numerator.num < 0, dtype=bool)
    applicable = ~over_nothing | over_zero | below_zero | numerator.tainted
    exact = number(Binary("*", Number(Fraction(100)), tree), scope)
    over = within = none
    if indicator.is_part:
        gap = arithmetic("-", numerator, denominator)
        over = exact.usable & np.asarray(gap.num > 0, dtype=bool)
        within = over & np.asarray(product(gap.num, 2) <= gap.slack, dtype=bool)
    masks = {**dict(missing_of(tree.left, numerator, scope))}
    for name, mask in missing_of(tree.right, denominator, scope):
        masks[name] = masks[name] | mask if name in masks else mask
    missing = tuple((name, mask & applicable) for name, mask in masks.items())
    return FigureColumn(exact, _capped(exact, over), applicable, over & ~within, within, over_zero, below_zero, missing)


def _capped(percent: Quantity, over: Bools) -> Quantity:
    """The figure with 100 % where it is over."""
    if not over.any():
        return percent
    num = np.where(over, product(percent.den, 100), percent.num)
    return Quantity(num, percent.den, percent.slack, percent.known, percent.tainted)


def number(tree: Node, scope: Scope) -> Quantity:
    column = evaluate(tree, scope, tolerant=False)
    assert isinstance(column, Quantity)
    return column


def missing_of(tree: Node, value: Quantity, scope: Scope) -> tuple[tuple[str, Bools], ...]:
    """The leaves that are not there, where the value cannot be used for the lack of them."""
    missing: dict[str, Bools] = {}
    for leaf in leaves(tree):
        if isinstance(leaf, Name) and leaf.id not in missing:
            column = scope.name(leaf.id)
            missing[leaf.id] = ~value.usable & (~column.known | column.tainted)
    return tuple(missing.items())


def points_within(exact: Quantity, full: Fraction) -> np.ndarray:
    """0.01 points within 0 … full; a figure far past the threshold may not fit into int64 before that."""
    return np.clip(quantise(exact, HUNDREDTH), 0, int(full / HUNDREDTH)).astype(np.int64)


def nowhere(scope_length: int) -> Bools:
    return np.zeros(scope_length, bool)


def less(value: Fraction, quantity: Quantity) -> Quantity:
    return arithmetic("-", constant(value, len(quantity.num)), quantity)


def scaled(quantity: Quantity, factor: Fraction) -> Quantity:
    return arithmetic("*", quantity, constant(factor, len(quantity.num)))


def in_domain(figure: Quantity, domain: Domain) -> Bools:
    whole = Band(minimum=domain.minimum, maximum=domain.maximum, points=Decimal())
    return in_band(figure, whole)


def in_band(figure: Quantity, band: Band) -> Bools:
    inside = figure.usable
    for bound, test in (
        (band.minimum, np.greater_equal),
        (band.above, np.greater),
        (band.maximum, np.less_equal),
        (band.below, np.less),
    ):
        if bound is not None:
            gap = negated(less(Fraction(bound), figure))
            inside = inside & np.asarray(test(gap.num, 0), dtype=bool)
    return inside
