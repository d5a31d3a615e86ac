"""The six kinds of rules over columns: an indicator's inputs → exact points, for the whole district at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np

from perfbatch.district.scopes import FrameScope
from perfbatch.rulebook.columns import Truth, compare, evaluate
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.model import (
    Band,
    BandsRule,
    CasesRule,
    ChecklistRule,
    DeductRule,
    Domain,
    Indicator,
    JudgementRule,
    PerCaseRule,
)
from perfbatch.rulebook.quantity import Bools, Quantity, arithmetic, constant, negated, product, quantise
from perfbatch.rulebook.tree import Binary, Compare, Name, Node, Number, Text, bind, leaves

__all__ = ["HUNDREDTH", "READINGS", "Computation", "Reading", "compute", "input_ids", "lacking"]

Reading = Literal["pro_rata", "whole", "ceil"]
READINGS: tuple[Reading, ...] = ("pro_rata", "whole", "ceil")

HUNDREDTH = Fraction(1, 100)


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
class _Ratio:
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

    def nothing_left(self, indicator: Indicator) -> Bools:
        """Where a figure over 0 costs all points."""
        costs = indicator.falls and not indicator.last_year_denominator
        return self.over_zero if costs else _none(len(self.over_zero))


def input_ids(indicator: Indicator) -> tuple[str, ...]:
    """The fields and evidence rows that a rule needs, in the order it names them."""
    rule = indicator.rule
    if indicator.evidence_ids:
        return indicator.evidence_ids
    if isinstance(rule, PerCaseRule):
        return (rule.count,)
    sources = [source for source in (indicator.ratio, indicator.figure) if source]
    if isinstance(rule, CasesRule):
        sources += rule.let.values()
        sources += [case.when for case in rule.cases]
    own = rule.let if isinstance(rule, CasesRule) else {}
    names = [leaf.id for source in sources for leaf in leaves(parse(source)) if isinstance(leaf, Name)]
    return tuple(dict.fromkeys(name for name in names if name not in own))


def lacking(missing: Iterable[tuple[str, Bools]], waiting: Bools) -> list[tuple[tuple[str, ...], list[int]]]:
    """What is missing together among the rows that wait for it, and in which rows: departments mostly lack the same."""
    names, masks = zip(*missing, strict=True)
    rows = np.flatnonzero(waiting & np.logical_or.reduce(masks))
    together: dict[tuple[bool, ...], list[int]] = defaultdict(list)
    lacks = zip(*(mask[rows].tolist() for mask in masks), strict=True)
    for row, combination in zip(rows.tolist(), lacks, strict=True):
        together[combination].append(row)
    return [
        (tuple(name for name, lack in zip(names, combination, strict=True) if lack), lacking_rows)
        for combination, lacking_rows in together.items()
    ]


def compute(indicator: Indicator, scope: FrameScope) -> Computation | None:
    """Apply an indicator's rule; None for judgement."""
    rule, full = indicator.rule, Fraction(indicator.points)
    match rule:
        case JudgementRule():
            return None
        case DeductRule():
            return _deduct(rule, full, _figure(indicator, scope), indicator)
        case BandsRule():
            return _bands(rule, _figure(indicator, scope), indicator)
        case PerCaseRule():
            return _per_case(rule, indicator, full, scope)
        case ChecklistRule():
            return _checklist(rule, indicator, scope)
        case CasesRule():
            return _cases(rule, indicator, scope)
    raise TypeError(f"no such rule: {rule!r}")


def _figure(indicator: Indicator, scope: FrameScope) -> _Ratio:
    """The figure in percent, what its denominator leaves of it, and which inputs are missing where."""
    none = _none(scope.length)
    if indicator.ratio is None:
        assert indicator.figure is not None
        tree = parse(indicator.figure)
        figure = _number(tree, scope)
        return _Ratio(figure, figure, ~none, none, none, none, none, _missing(tree, figure, scope))
    tree = parse(indicator.ratio)
    assert isinstance(tree, Binary)
    numerator, denominator = _number(tree.left, scope), _number(tree.right, scope)
    over_nothing = denominator.usable & np.asarray(denominator.num == 0, dtype=bool)
    over_zero = over_nothing & numerator.usable & np.asarray(numerator.num > 0, dtype=bool)
    below_zero = over_nothing & numerator.usable & np.asarray(numerator.num < 0, dtype=bool)
    applicable = ~over_nothing | over_zero | below_zero | numerator.tainted
    exact = _number(Binary("*", Number(Fraction(100)), tree), scope)
    over = within = none
    if indicator.is_part:
        gap = arithmetic("-", numerator, denominator)
        over = exact.usable & np.asarray(gap.num > 0, dtype=bool)
        within = over & np.asarray(product(gap.num, 2) <= gap.slack, dtype=bool)
    masks = {**dict(_missing(tree.left, numerator, scope))}
    for name, mask in _missing(tree.right, denominator, scope):
        masks[name] = masks[name] | mask if name in masks else mask
    missing = tuple((name, mask & applicable) for name, mask in masks.items())
    return _Ratio(exact, _capped(exact, over), applicable, over & ~within, within, over_zero, below_zero, missing)


def _capped(percent: Quantity, over: Bools) -> Quantity:
    """The figure with 100 % where it is over."""
    if not over.any():
        return percent
    num = np.where(over, product(percent.den, 100), percent.num)
    return Quantity(num, percent.den, percent.slack, percent.known, percent.tainted)


def _number(tree: Node, scope: FrameScope) -> Quantity:
    column = evaluate(tree, scope, tolerant=False)
    assert isinstance(column, Quantity)
    return column


def _missing(tree: Node, value: Quantity, scope: FrameScope) -> tuple[tuple[str, Bools], ...]:
    """The leaves that are not there, where the value cannot be used for the lack of them."""
    missing: dict[str, Bools] = {}
    for leaf in leaves(tree):
        if isinstance(leaf, Name) and leaf.id not in missing:
            column = scope.name(leaf.id)
            missing[leaf.id] = ~value.usable & (~column.known | column.tainted)
    return tuple(missing.items())


def _points(exact: Quantity, full: Fraction) -> np.ndarray:
    """0.01 points within 0 … full; a figure far past the threshold may not fit into int64 before that."""
    return np.clip(quantise(exact, HUNDREDTH), 0, int(full / HUNDREDTH)).astype(np.int64)


def _none(scope_length: int) -> Bools:
    return np.zeros(scope_length, bool)


def _deduct(rule: DeductRule, full: Fraction, figure: _Ratio, indicator: Indicator) -> Computation:
    exact, nothing = figure.exact, figure.nothing_left(indicator)
    length = len(exact.num)
    excess = _past(rule, figure.scored)
    beyond = np.asarray(excess.num > 0, dtype=bool)
    readings = {}
    for reading in READINGS:
        lost = _scaled(_read(excess, reading), Fraction(rule.per_point))
        points = np.where(beyond, _points(_minus(full, lost), full), int(full / HUNDREDTH))
        readings[reading] = np.where(nothing, 0, points)
    other_side = rule.other_side == "finding" and not indicator.is_part
    past_other_side = np.asarray(excess.num < 0, dtype=bool) & exact.usable
    return Computation(
        points=readings[rule.reading],
        computed=(exact.usable & figure.applicable) | nothing,
        applicable=figure.applicable,
        covered=np.ones(length, bool),
        figure=exact,
        over=past_other_side if other_side else figure.over,
        missing=figure.missing,
        readings=readings,
        over_rounding=figure.over_rounding,
        over_zero=figure.over_zero,
        below_zero=figure.below_zero,
    )


def _past(rule: DeductRule, figure: Quantity) -> Quantity:
    """Percentage points past the threshold on the side that costs points."""
    threshold = Fraction(rule.threshold)
    gap = _minus(threshold, figure)
    return gap if rule.side == "below" else negated(gap)


def _minus(value: Fraction, quantity: Quantity) -> Quantity:
    return arithmetic("-", constant(value, len(quantity.num)), quantity)


def _scaled(quantity: Quantity, factor: Fraction) -> Quantity:
    return arithmetic("*", quantity, constant(factor, len(quantity.num)))


def _read(excess: Quantity, reading: Reading) -> Quantity:
    """A fraction of a percentage point: in proportion, not at all, or as a whole one."""
    if reading == "pro_rata":
        return excess
    whole = excess.num // excess.den if reading == "whole" else -(-excess.num // excess.den)
    return Quantity(whole, 1, np.zeros(len(whole), np.int64), excess.known, excess.tainted)


def _bands(rule: BandsRule, figure: _Ratio, indicator: Indicator) -> Computation:
    exact, nothing = figure.exact, figure.nothing_left(indicator)
    points = np.zeros(len(exact.num), np.int64)
    for band in rule.bands:
        points[_in_band(figure.scored, band)] = int(Fraction(band.points) / HUNDREDTH)
    here, inside = exact.usable & figure.applicable, _in_domain(figure.scored, rule.domain)
    return Computation(
        points=np.where(nothing, 0, points),
        computed=(here & inside) | nothing,
        applicable=figure.applicable,
        covered=~here | inside,
        figure=exact,
        over=figure.over,
        missing=figure.missing,
        over_rounding=figure.over_rounding,
        over_zero=figure.over_zero,
        below_zero=figure.below_zero,
    )


def _in_domain(figure: Quantity, domain: Domain) -> Bools:
    whole = Band(minimum=domain.minimum, maximum=domain.maximum, points=Decimal())
    return _in_band(figure, whole)


def _in_band(figure: Quantity, band: Band) -> Bools:
    inside = figure.usable
    for bound, test in (
        (band.minimum, np.greater_equal),
        (band.above, np.greater),
        (band.maximum, np.less_equal),
        (band.below, np.less),
    ):
        if bound is not None:
            gap = negated(_minus(Fraction(bound), figure))
            inside = inside & np.asarray(test(gap.num, 0), dtype=bool)
    return inside


def _per_case(rule: PerCaseRule, indicator: Indicator, full: Fraction, scope: FrameScope) -> Computation:
    name = rule.count if rule.count != "breaches" else indicator.evidence_ids[0]
    count = _number(Name(name), scope)
    points = _points(_minus(full, _scaled(count, Fraction(rule.per_case))), full)
    everywhere, over = np.ones(scope.length, bool), _none(scope.length)
    if rule.whole is not None:
        whole = _number(Name(rule.whole), scope)
        over = count.usable & whole.usable & np.asarray(arithmetic("-", count, whole).num > 0, dtype=bool)
    return Computation(points, count.usable, everywhere, everywhere, count, over, ((name, ~count.usable),))


def _checklist(rule: ChecklistRule, indicator: Indicator, scope: FrameScope) -> Computation:
    block = scope.rulebook.evidence_block
    assert block is not None
    points = np.zeros(scope.length, np.int64)
    computed = np.ones(scope.length, bool)
    missing = []
    for item, evidence_id in zip(rule.items, indicator.evidence_ids, strict=True):
        answer = scope.name(evidence_id)
        yes = compare(Compare("==", Name(evidence_id), Text(block.yes)), scope, tolerant=False).truth
        there = answer.known & ~answer.tainted
        points += np.where(yes.value & there, int(Fraction(item.points) / HUNDREDTH), 0)
        computed &= there
        missing.append((evidence_id, ~there))
    everywhere = np.ones(scope.length, bool)
    return Computation(points, computed, everywhere, everywhere, None, _none(scope.length), tuple(missing))


def _cases(rule: CasesRule, indicator: Indicator, scope: FrameScope) -> Computation:
    figures = {name: parse(source) for name, source in rule.let.items()}
    trees = [(bind(parse(case.when), figures), case) for case in rule.cases]
    points = np.zeros(scope.length, np.int64)
    decided = _none(scope.length)
    known = np.ones(scope.length, bool)
    for tree, case in trees:
        truth = evaluate(tree, scope, tolerant=False)
        assert isinstance(truth, Truth)
        # A case counts only while every case before it was known to fail.
        hit = truth.value & truth.known & ~truth.tainted & ~decided & known
        points[hit] = int(Fraction(case.points) / HUNDREDTH)
        decided = decided | hit
        known = known & (truth.known & ~truth.tainted | decided)
    # A figure that could be worked out misses nothing, whatever blank stands in its expression.
    lacking = dict(lack for tree in figures.values() for lack in _missing(tree, _number(tree, scope), scope))
    for name in input_ids(indicator):
        if name not in {leaf.id for tree in figures.values() for leaf in leaves(tree) if isinstance(leaf, Name)}:
            lacking[name] = ~scope.name(name).known | scope.name(name).tainted
    missing = tuple((name, mask & ~known & ~decided) for name, mask in lacking.items())
    figure = _number(next(iter(figures.values())), scope) if figures else None
    everywhere = np.ones(scope.length, bool)
    return Computation(points, decided, everywhere, decided | ~known, figure, _none(scope.length), missing)
