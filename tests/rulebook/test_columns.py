"""The evaluator over columns against plain fractions row by row: exact, three-valued, aware of what cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.district.frame_scope import FrameScope
from perfbatch.model.submission import SCALE, State
from perfbatch.rulebook.columns import Texts, Truth, compare, evaluate
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.quantity import Quantity, arithmetic, constant, quantise
from perfbatch.rulebook.tree import Binary, Boolean, Call, Compare, Name, Negative, Node, Not, Number, Text
from tests.submissions import RULEBOOK

# ---------------------------------------------------------------------- a scope of three figures


@dataclass(frozen=True)
class Cell:
    """A figure in counts of 1/SCALE, blank (None), or unreadable."""

    count: int | None
    step: int = 0
    unreadable: bool = False


def _scope(rows: list[tuple[Cell, ...]], names: str = "abc") -> FrameScope:
    columns: dict[str, object] = {}
    for number, name in enumerate(names):
        cells = [row[number] for row in rows]
        readable = [None if cell.unreadable else cell.count for cell in cells]
        columns[name] = pd.array([pd.NA if count is None else count for count in readable], dtype="Int64")
        columns[f"{name}.step"] = np.array([cell.step for cell in cells], dtype=np.int64)
        columns[f"{name}.state"] = np.array(
            [
                State.UNREADABLE if cell.unreadable else State.BLANK if count is None else State.FILLED
                for cell, count in zip(cells, readable, strict=True)
            ],
            dtype=np.int8,
        )
    return FrameScope(pd.DataFrame(columns, index=range(len(rows))), RULEBOOK)


# ---------------------------------------------------------------------- the reference: one row, fractions

Value = tuple[Fraction | bool | None, bool]
"""(the value, None where unknown; whether something unreadable went into it)"""


def _reference(node: Node, row: dict[str, Cell]) -> Value:
    match node:
        case Number(value):
            return value, False
        case Name(name):
            cell = row[name]
            known = cell.count is not None and not cell.unreadable
            return (Fraction(cell.count or 0, SCALE) if known else None), cell.unreadable
        case Negative(operand):
            value, tainted = _reference(operand, row)
            return (None if value is None else -value), tainted
        case Call("abs", (operand,)):
            value, tainted = _reference(operand, row)
            return (None if value is None else abs(value)), tainted
        case Call("either", (first, second)):
            (chosen, tainted), (other, other_tainted) = _reference(first, row), _reference(second, row)
            return (chosen, tainted) if chosen is not None else (other, tainted or other_tainted)
        case Call("filled", (operand,)):
            value, tainted = _reference(operand, row)
            return value is not None, tainted
        case Binary(op, left, right):
            (chosen, tainted), (other, other_tainted) = _reference(left, row), _reference(right, row)
            return _arithmetic(op, chosen, other), tainted or other_tainted
        case Compare(op, left, right):
            (chosen, tainted), (other, other_tainted) = _reference(left, row), _reference(right, row)
            if chosen is None or other is None:
                return None, tainted or other_tainted
            outcome = {
                "==": chosen == other,
                "!=": chosen != other,
                "<": chosen < other,
                "<=": chosen <= other,
                ">": chosen > other,
                ">=": chosen >= other,
            }
            return outcome[op], tainted or other_tainted
        case Not(operand):
            value, tainted = _reference(operand, row)
            return (None if value is None else not value), tainted
        case Boolean(op, operands):
            values = [_reference(operand, row) for operand in operands]
            deciding = op == "or"
            if any(value is deciding and not tainted for value, tainted in values):
                return deciding, False
            unknown = any(value is None for value, _ in values)
            return (None if unknown else not deciding), any(tainted for _, tainted in values)
    raise TypeError(node)


def _arithmetic(op: str, first: Fraction | None, other: Fraction | None) -> Fraction | None:
    if op == "+":
        # A blank part of a sum counts as 0 beside a filled one.
        return None if first is None and other is None else (first or Fraction()) + (other or Fraction())
    if first is None or other is None or (op == "/" and other == 0):
        return None
    return first - other if op == "-" else first * other if op == "*" else first / other


# ---------------------------------------------------------------------- random trees over random rows

_counts = st.one_of(
    st.none(),
    st.integers(-3, 3).map(lambda number: number * SCALE),
    st.integers(-(10**14), 10**14),
    st.sampled_from([10**14, -(10**14), 10**14 - 1, 1]),
)
_cells = st.one_of(st.builds(Cell, _counts), st.just(Cell(None, unreadable=True)))
_rows = st.lists(st.tuples(_cells, _cells, _cells), min_size=0, max_size=5)
_leaves: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from([Name("a"), Name("b"), Name("c")]),
    st.sampled_from(["0", "1", "100", "0.5", "0.01", "10000", "0.000001", "100000000000000"]).map(
        lambda text: Number(Fraction(text))
    ),
)
_numbers: st.SearchStrategy[Node] = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(Binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(Negative, inner),
        st.builds(lambda operand: Call("abs", (operand,)), inner),
        st.builds(lambda operand, other: Call("either", (operand, other)), inner, inner),
    ),
    max_leaves=8,
)
_comparisons = st.builds(Compare, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), _numbers, _numbers)
_conditions: st.SearchStrategy[Node] = st.recursive(
    st.one_of(_comparisons, st.builds(lambda operand: Call("filled", (operand,)), _numbers)),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(Boolean, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)


def _agrees(tree: Node, rows: list[tuple[Cell, ...]]) -> None:
    column = evaluate(tree, _scope(rows), tolerant=False)
    assert not isinstance(column, Texts)
    for number, cells in enumerate(rows):
        value, tainted = _reference(tree, dict(zip("abc", cells, strict=True)))
        assert bool(column.tainted[number]) == tainted
        assert bool(column.known[number]) == (value is not None)
        if value is None:
            continue
        got = column.fraction(number) if isinstance(column, Quantity) else bool(column.value[number])
        assert got == value


@settings(max_examples=150)
@given(_numbers, _rows)
def test_arithmetic_is_that_of_fractions(tree: Node, rows: list[tuple[Cell, ...]]) -> None:
    _agrees(tree, rows)


@settings(max_examples=150)
@given(_conditions, _rows)
def test_conditions_are_those_of_three_valued_logic(tree: Node, rows: list[tuple[Cell, ...]]) -> None:
    _agrees(tree, rows)


@settings(max_examples=60)
@given(_numbers, _rows)
def test_a_column_is_its_rows_one_by_one(tree: Node, rows: list[tuple[Cell, ...]]) -> None:
    """Whatever stands in other rows, no more digits and no other answer comes of it."""
    whole = evaluate(tree, _scope(rows), tolerant=False)
    assert isinstance(whole, Quantity)
    for number, row in enumerate(rows):
        alone = evaluate(tree, _scope([row]), tolerant=False)
        assert isinstance(alone, Quantity)
        assert (alone.known[0], alone.tainted[0]) == (whole.known[number], whole.tainted[number])
        if alone.known[0]:
            assert alone.fraction(0) == whole.fraction(number)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("a * b * c", Fraction(10**24)),
        ("a * b / c", Fraction(10**8)),
        ("a * a * a * a - b * b * b * b", Fraction(0)),
        ("a * 100000000000000000000000 + 1", Fraction(10**31 + 1)),
        ("123456789012345678901234567890 - 0.000000000000000000000000000001", None),
    ],
)
def test_nothing_overflows(source: str, value: Fraction | None) -> None:
    """Three of the largest amounts, in 1/SCALE, are 10^42: far beyond 64 bits."""
    big = Cell(10**14)
    column = evaluate(parse(source), _scope([(big, big, big)]), tolerant=False)
    assert isinstance(column, Quantity)
    exact = Fraction(123456789012345678901234567890) - Fraction(1, 10**30) if value is None else value
    assert column.fraction(0) == exact


@pytest.mark.parametrize("count", [0, None])
@pytest.mark.parametrize("rows", [0, 1, 3])
def test_large_denominators_over_nothing_but_zeros(rows: int, count: int | None) -> None:
    """Five amounts multiplied have a denominator of 10^30, whatever their figures."""
    zero = Cell(count)
    column = evaluate(parse("a * b * c * a * b + b == c"), _scope([(zero, zero, zero)] * rows), tolerant=True)
    assert isinstance(column, Truth)
    assert list(column.known & column.value) == [count == 0] * rows


def test_a_division_by_nothing_is_unknown() -> None:
    column = evaluate(
        parse("a / b"), _scope([(Cell(SCALE), Cell(0), Cell(0)), (Cell(0), Cell(-SCALE), Cell(0))]), tolerant=False
    )
    assert isinstance(column, Quantity)
    assert list(column.known) == [False, True]
    assert column.fraction(1) == 0


def test_the_denominator_is_always_positive() -> None:
    column = evaluate(parse("a / b"), _scope([(Cell(SCALE), Cell(-2 * SCALE), Cell(0))]), tolerant=False)
    assert isinstance(column, Quantity)
    assert column.fraction(0) == Fraction(-1, 2)
    assert int(np.asarray(column.den)[0]) > 0


# ---------------------------------------------------------------------- texts


def _texts(*values: str | None) -> FrameScope:
    states = [State.BLANK if value is None else State.FILLED for value in values]
    frame = pd.DataFrame(
        {"t": np.array([*values, None], dtype=object)[:-1], "t.state": np.array(states, dtype=np.int8)}
    )
    return FrameScope(frame, RULEBOOK)


def test_texts_are_equal_or_not_and_blank_is_unknown() -> None:
    for op, wanted in (("==", [True, False]), ("!=", [False, True])):
        truth = evaluate(Compare(op, Name("t"), Text("是")), _texts("是", "否", None), tolerant=False)
        assert isinstance(truth, Truth)
        assert (list(truth.value[:2]), list(truth.known)) == (wanted, [True, True, False])


def test_a_number_stands_in_a_text() -> None:
    truth = evaluate(parse("has_number(t)"), _texts("完成3次", "已完成", "完成３次", None, ""), tolerant=False)
    assert isinstance(truth, Truth)
    assert (list(truth.value), list(truth.known)) == (
        [True, False, True, False, False],
        [True, True, True, False, True],
    )


def test_a_blank_text_has_no_value_at_all() -> None:
    """pandas knows a missing text by a float; that must not reach a finding."""
    column = evaluate(Name("t"), _texts("是", None), tolerant=False)
    assert isinstance(column, Texts)
    assert list(column.values) == ["是", None]


# ---------------------------------------------------------------------- tolerance

_steps = st.sampled_from([0, 1, 10, 100, 1000, SCALE // 100])
_filled = st.builds(Cell, st.integers(-(10**12), 10**12), _steps)


def _close(cell: Cell, gap: int, step: int) -> Cell:
    assert cell.count is not None
    return Cell(cell.count + gap, step)


_pairs = st.one_of(
    st.tuples(_filled, _filled),
    st.builds(lambda cell, gap, step: (cell, _close(cell, gap, step)), _filled, st.integers(-20_000, 20_000), _steps),
)


@settings(max_examples=100)
@given(_pairs, st.sampled_from(["==", "<=", ">="]))
def test_a_comparison_holds_where_the_intervals_meet(pair: tuple[Cell, Cell], op: str) -> None:
    """Half a step on both sides of each figure, bounds included."""
    left, right = pair
    assert left.count is not None
    assert right.count is not None
    low = [Fraction(cell.count or 0) - Fraction(cell.step, 2) for cell in pair]
    high = [Fraction(cell.count or 0) + Fraction(cell.step, 2) for cell in pair]
    meet = {
        "==": low[0] <= high[1] and low[1] <= high[0],
        "<=": low[0] <= high[1],
        ">=": low[1] <= high[0],
    }[op]
    exact = {"==": left.count == right.count, "<=": left.count <= right.count, ">=": left.count >= right.count}[op]
    compared = compare(Compare(op, Name("a"), Name("b")), _scope([(left, right, left)]), tolerant=True)  # type: ignore[arg-type]
    assert bool(compared.truth.value[0]) == meet
    assert bool(compared.rounding[0]) == (meet and not exact)
    assert compared.difference is not None
    assert compared.difference.fraction(0) == Fraction(left.count - right.count, SCALE)


@settings(max_examples=100)
@given(_pairs)
def test_tolerance_is_symmetric(pair: tuple[Cell, Cell]) -> None:
    left, right = pair
    scope = _scope([(left, right, left)])
    there = compare(Compare("==", Name("a"), Name("b")), scope, tolerant=True)
    back = compare(Compare("==", Name("b"), Name("a")), scope, tolerant=True)
    assert (bool(there.truth.value[0]), bool(there.rounding[0])) == (bool(back.truth.value[0]), bool(back.rounding[0]))
    assert there.difference is not None
    assert back.difference is not None
    assert there.difference.fraction(0) == -back.difference.fraction(0)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=8))
def test_roundings_of_figures_that_add_up_are_within_tolerance(exact: list[int]) -> None:
    """Parts of six decimals and their total, each rounded to two: never an error, whatever the rounding adds up to."""
    cent = SCALE // 100
    names = "abcdefghi"[: len(exact) + 1]

    def rounded(count: int) -> Cell:
        return Cell((count + cent // 2) // cent * cent, cent)

    cells = (rounded(sum(exact)), *(rounded(part) for part in exact))
    tree = parse(f"a == {' + '.join(names[1:])}")
    assert isinstance(tree, Compare)
    compared = compare(tree, _scope([cells], names), tolerant=True)
    assert bool(compared.truth.value[0])
    assert bool(compared.rounding[0]) == (cells[0].count != sum(cell.count or 0 for cell in cells[1:]))


def test_strict_comparisons_and_exact_checks_know_no_tolerance() -> None:
    scope = _scope([(Cell(10_004, 10_000), Cell(10_000, 10_000), Cell(0))])
    for op, tolerant, holds in (("==", True, True), ("==", False, False), (">", True, True), ("<=", False, False)):
        compared = compare(Compare(op, Name("a"), Name("b")), scope, tolerant=tolerant)  # type: ignore[arg-type]
        assert bool(compared.truth.value[0]) == holds
    assert not compare(Compare(">", Name("a"), Name("b")), scope, tolerant=True).rounding[0]


def test_intervals_grow_with_a_factor_and_a_ratio_has_none() -> None:
    scope = _scope([(Cell(SCALE, 10_000), Cell(3 * SCALE, 10_000), Cell(-3 * SCALE, 0))])
    half_width = {
        "a + b": 10_000,
        "a - b": 10_000,
        "a * 10": 50_000,
        "a * -10": 50_000,
        "c * a": 15_000,
        "-a": 5_000,
        "abs(a)": 5_000,
        "a / b": 0,
    }
    for source, expected in half_width.items():
        column = evaluate(parse(source), scope, tolerant=True)
        assert isinstance(column, Quantity)
        width = Fraction(int(column.slack[0]), 2 * int(np.broadcast_to(column.den, 1)[0]))
        assert width == Fraction(expected, SCALE), source


# ---------------------------------------------------------------------- rounding


@settings(max_examples=100)
@given(st.integers(-(10**20), 10**20), st.integers(1, 10**9), st.sampled_from(["0.01", "1", "0.5", "100"]))
def test_quantising_takes_the_nearest_and_halves_upwards(num: int, den: int, unit: str) -> None:
    exact, step = Fraction(num, den), Fraction(unit)
    (quantised,) = quantise(constant(exact, 1), step)
    assert abs(exact / step - int(quantised)) <= Fraction(1, 2)
    assert int(quantised) == (exact / step + Fraction(1, 2)).__floor__()


@pytest.mark.parametrize(
    ("value", "cents"),
    [("4.995", 500), ("4.9949999", 499), ("0.005", 1), ("-0.005", 0), ("-0.0051", -1), ("89.995", 9000)],
)
def test_halves_are_rounded_up(value: str, cents: int) -> None:
    assert list(quantise(constant(Fraction(value), 2), Fraction(1, 100))) == [cents, cents]


def test_a_constant_of_any_size_is_exact() -> None:
    for value in (Fraction(10**30), Fraction(-(10**30)), Fraction(1, 10**30), Fraction(2**63), Fraction(-(2**63) - 1)):
        assert constant(value, 2).fraction(1) == value
        assert arithmetic("-", constant(value, 2), constant(value, 2)).fraction(0) == 0
