"""The language: what parses, what is refused and where, and that text and tree are the same thing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.rulebook.expression import FUNCTIONS, ExpressionError, parse, unparse
from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.tree import (
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
    bind,
    leaves,
)

A, B, C = Name("a"), Name("b"), Name("c")


def _n(value: int | str) -> Number:
    return Number(Fraction(value))


# ---------------------------------------------------------------------- what parses

ACCEPTED: list[tuple[str, Node]] = [
    ("a", A),
    ("units.a", Member("units", "a")),
    ("0", _n(0)),
    ("7.10", _n("7.1")),
    ("0.1", _n("1/10")),
    (".5", _n("1/2")),
    ("5.", _n(5)),
    ("1_000.000_1", _n("1000.0001")),
    ("0.30000000000000000001", _n("30000000000000000001/100000000000000000000")),
    ("'数量指标'", Text("数量指标")),
    ('"a" "b"', Text("ab")),
    ("-a", Negative(A)),
    ("--1", Negative(Negative(_n(1)))),
    ("a + b - c", Binary("-", Binary("+", A, B), C)),
    ("a - (b - c)", Binary("-", A, Binary("-", B, C))),
    ("a + b * c", Binary("+", A, Binary("*", B, C))),
    ("-a / b", Binary("/", Negative(A), B)),
    ("a == b", Compare("==", A, B)),
    ("a != b", Compare("!=", A, B)),
    ("a < b <= c", Boolean("and", (Compare("<", A, B), Compare("<=", B, C)))),
    ("a > b >= c", Boolean("and", (Compare(">", A, B), Compare(">=", B, C)))),
    ("not a == b", Not(Compare("==", A, B))),
    (
        "a < 1 or b < 2 and c < 3",
        Boolean(
            "or",
            (
                Compare("<", A, _n(1)),
                Boolean("and", (Compare("<", B, _n(2)), Compare("<", C, _n(3)))),
            ),
        ),
    ),
    ("sum(units.a)", Call("sum", (Member("units", "a"),))),
    ("abs(a - b)", Call("abs", (Binary("-", A, B),))),
    ("filled(a)", Call("filled", (A,))),
    ("either(a, b + c)", Call("either", (A, Binary("+", B, C)))),
    ("part(a)", Call("part", (A,))),
    ("grade(a)", Call("grade", (A,))),
    ("points(a)", Call("points", (A,))),
    ("has_number(a)", Call("has_number", (A,))),
    ("days_late(a)", Call("days_late", (A,))),
    ("(\n a +\n b)", Binary("+", A, B)),
    ("a # why", A),
]


@pytest.mark.parametrize(("source", "tree"), ACCEPTED, ids=[source for source, _ in ACCEPTED])
def test_what_the_language_has(source: str, tree: Node) -> None:
    assert parse(source) == tree


def test_every_function_is_told_in_the_table_above() -> None:
    used = {tree.function for _, tree in ACCEPTED if isinstance(tree, Call)}
    assert used == FUNCTIONS.keys()


# ---------------------------------------------------------------------- what is refused

_TERMS = " + ".join("a" for _ in range(62))

# The columns of what is not even Python are Python's own, and differ from version to version: None.
REFUSED: list[tuple[str, str, int | None]] = [
    ("import os", "not an expression", None),
    ("a = 1", "not an expression", None),
    ("a; b", "not an expression", None),
    ("", "not an expression", None),
    ("a +", "not an expression", None),
    ("a + (b", "not an expression", None),
    (" a", "not an expression", None),
    ("a\nb", "not an expression", None),
    ("收入 + ）", "not an expression", None),
    ("a\0b", "not an expression", None),
    ("__import__('os')", "no such function; there are sum, abs", 1),
    ("a + eval('1')", "no such function; there are sum, abs", 5),
    ("max(a, b)", "no such function; there are sum, abs", 1),
    ("a.sum(b)", "no such function; there are sum, abs", 1),
    ("abs(a)(b)", "no such function; there are sum, abs", 1),
    ("a.b.c.d.e", "Attribute is not part of the language", 1),
    ("1 + (1).real", "Attribute is not part of the language", 5),
    ("'x'.join(a)", "no such function; there are sum, abs", 1),
    ("a[0]", "Subscript is not part of the language", 1),
    ("a[1:2]", "Subscript is not part of the language", 1),
    ("[a, b]", "List is not part of the language", 1),
    ("(a, b)", "Tuple is not part of the language", 1),
    ("{a}", "Set is not part of the language", 1),
    ("{a: b}", "Dict is not part of the language", 1),
    ("[x for x in a]", "ListComp is not part of the language", 1),
    ("{x for x in a}", "SetComp is not part of the language", 1),
    ("abs(x for x in a)", "GeneratorExp is not part of the language", 4),
    ("a + {x: x for x in b}", "DictComp is not part of the language", 5),
    ("lambda: a", "Lambda is not part of the language", 1),
    ("a if b else c", "IfExp is not part of the language", 1),
    ("(x := a)", "NamedExpr is not part of the language", 2),
    ("f'{a}'", "JoinedStr is not part of the language", 1),
    ("abs(*a)", "Starred is not part of the language", 5),
    ("await a", "Await is not part of the language", 1),
    ("(yield a)", "Yield is not part of the language", 2),
    ("a ** 2", "BinOp is not part of the language", 1),
    ("a // 2", "BinOp is not part of the language", 1),
    ("b + a % 2", "BinOp is not part of the language", 5),
    ("a & b", "BinOp is not part of the language", 1),
    ("a | b", "BinOp is not part of the language", 1),
    ("a ^ b", "BinOp is not part of the language", 1),
    ("a << 2", "BinOp is not part of the language", 1),
    ("a @ b", "BinOp is not part of the language", 1),
    ("1 + ~a", "UnaryOp is not part of the language", 5),
    ("+a", "UnaryOp is not part of the language", 1),
    ("a is b", "Is is not part of the language", 1),
    ("a is not b", "IsNot is not part of the language", 1),
    ("a in b", "In is not part of the language", 1),
    ("a not in b", "NotIn is not part of the language", 1),
    ("True", "'True' is not a plain number or text", 1),
    ("a == False", "'False' is not a plain number or text", 6),
    ("None", "'None' is not a plain number or text", 1),
    ("...", "'...' is not a plain number or text", 1),
    ("1e5", "'1e5' is not a plain number or text", 1),
    ("a + 1.5E-3", "'1.5E-3' is not a plain number or text", 5),
    ("1j", "'1j' is not a plain number or text", 1),
    ("0x10", "'0x10' is not a plain number or text", 1),
    ("0b1", "'0b1' is not a plain number or text", 1),
    ("0o7", "'0o7' is not a plain number or text", 1),
    ("b'a'", "\"b'a'\" is not a plain number or text", 1),
    ("abs(x=a)", "abs() takes 1: abs(x)", 1),
    ("abs()", "abs() takes 1: abs(x)", 1),
    ("abs(a, b)", "abs() takes 1: abs(x)", 1),
    ("either(a)", "either() takes 2: either(x, y): x where it is filled, else y", 1),
    ("abs(a, **b)", "abs() takes 1: abs(x)", 1),
    ("sum(a)", "sum() takes a member: sum(units.x)", 1),
    ("1 + part(a + b)", "part() takes a name: part(x): x, blank counting as 0", 5),
    ("points('a')", "points() takes a name: points(indicator)", 1),
    ("数量 == '是' and 数量 ** 2 > 1", "BinOp is not part of the language", 15),
    ("(a +\n b ** 2)", "BinOp is not part of the language", 7),
    ("-" * 61 + "a", "nested deeper than 60", 62),
    (_TERMS, "nested deeper than 60", 1),
    ("(" * 300 + "a" + ")" * 300, "not an expression", None),
    ("a + " * 500 + "a", "longer than 2000 characters", 1),
    ("-" * 1999 + "a", "n", None),
]


@pytest.mark.parametrize(
    ("source", "fault", "column"),
    REFUSED,
    ids=[source[:40].replace("\0", "NUL") or "empty" for source, _, _ in REFUSED],
)
def test_what_the_language_has_not(source: str, fault: str, column: int | None) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(source)
    assert caught.value.fault.startswith(fault)
    assert str(caught.value) == caught.value.fault
    assert caught.value.column >= 1
    assert column in (None, caught.value.column)


def test_sixty_levels_and_two_thousand_characters_are_enough() -> None:
    assert isinstance(parse("-" * 60 + "a"), Negative)
    assert parse("a" * 2000) == Name("a" * 2000)


def test_nothing_is_evaluated() -> None:
    """A call outside the list is refused before it is looked at."""
    with pytest.raises(ExpressionError):
        parse("abs(__import__('os').system('false'))")


_words = st.sampled_from(
    [
        *"abc()[]{}.,+-*/%<>=!'\"#:\\\n\t\0 0159_e~^&|@;",
        *("and", "or", "not", "filled(", "sum(units.", "lambda", "0x", "f'{"),
        *("１", "：", "\x0c", "\u2028", "\ud800"),
    ]
)


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=60), st.lists(_words, max_size=25).map("".join)))
@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_any_text_is_a_tree_or_an_expression_error(source: str) -> None:
    tree, error = _parsed(source)
    if error is None:
        assert parse(unparse(tree)) == tree
    else:
        assert error.fault
        assert "\n" not in error.fault
        assert error.column >= 1


def _parsed(source: str) -> tuple[Node, ExpressionError | None]:
    try:
        return parse(source), None
    except ExpressionError as error:
        return A, error


# ---------------------------------------------------------------------- text and tree

_names = st.sampled_from([A, B, C, Member("units", "a")])
_numbers = st.decimals(min_value=0, max_value=10**14, places=12).map(lambda number: Number(Fraction(number)))
_values: st.SearchStrategy[Node] = st.recursive(
    st.one_of(_names, _numbers, st.builds(Number, st.integers(0, 10**20).map(Fraction))),
    lambda inner: st.one_of(
        st.builds(Negative, inner),
        st.builds(Binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(lambda operand: Call("abs", (operand,)), inner),
        st.builds(lambda operand, other: Call("either", (operand, other)), inner, inner),
    ),
    max_leaves=8,
)
_comparisons = st.builds(Compare, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), _values, _values)
_texts = st.builds(Compare, st.sampled_from(["==", "!="]), st.just(Name("t")), st.text(max_size=8).map(Text))
_conditions: st.SearchStrategy[Node] = st.recursive(
    st.one_of(_comparisons, _texts, st.builds(lambda operand: Call("filled", (operand,)), _names)),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(Boolean, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


@settings(max_examples=200)
@given(st.one_of(_values, _conditions))
def test_unparsing_and_parsing_gives_the_tree_back(tree: Node) -> None:
    assert parse(unparse(tree)) == tree


def test_the_column_of_a_name_takes_no_part_in_equality() -> None:
    assert parse("a   + units.b + abs( a )") == parse("a + units.b + abs(a)")
    assert hash(Name("a", 3)) == hash(Name("a", 9))


def test_names_know_their_column_in_characters() -> None:
    tree = parse("'收入' == b and units.c == abs(d)")
    assert [(leaf, leaf.column) for leaf in leaves(tree)] == [
        (Name("b"), 9),
        (Member("units", "c"), 15),
        (Name("d"), 30),
    ]


@pytest.mark.parametrize(
    "source",
    [
        text
        for book in [read_rulebook().rulebook]
        for text in (
            *(source for check in book.checks for source in (check.holds, check.when, check.expected) if source),
            *(source for indicator in book.indicators for source in (indicator.ratio, indicator.figure) if source),
        )
    ],
)
def test_the_rulebook_s_expressions_survive(source: str) -> None:
    assert parse(unparse(parse(source))) == parse(source)


def test_small_decimals_are_written_as_digits() -> None:
    assert unparse(_n("1/1000000000000")) == "0.000000000001"
    assert unparse(parse("0." + "0" * 50 + "1")) == "0." + "0" * 50 + "1"
    assert unparse(_n("12.5")) == "12.5"


# ---------------------------------------------------------------------- putting trees in place of names


def test_binding_puts_trees_in_place_of_names() -> None:
    tree = bind(
        parse("each == sum(units.each) and filled(total) and total - parts + x > 0"),
        {
            "each": Name("revenue"),
            "total": A,
            "parts": Binary("+", B, C),
        },
    )
    assert unparse(tree) == "revenue == sum(units.revenue) and filled(a) and a - (b + c) + x > 0"


def test_binding_reaches_owners_of_members() -> None:
    assert bind(parse("sum(each.item_max) == each.points"), {"each": Name("input")}) == parse(
        "sum(input.item_max) == input.points"
    )


def test_a_member_can_be_bound_to_a_name_only() -> None:
    with pytest.raises(ExpressionError) as caught:
        bind(parse("1 + units.parts"), {"parts": Binary("+", A, B)})
    assert (caught.value.fault, caught.value.column) == ("parts stands for more than a name here", 5)


def test_binding_leaves_the_rest_as_it_is() -> None:
    for source in ("not a < 1", "-a", "'each'", "either(a, 2)", "points(each)"):
        tree = parse(source)
        assert bind(tree, {"z": A}) == tree
    assert bind(parse("points(each)"), {"each": A}) == parse("points(a)")


def test_a_cell_of_a_table_may_be_called_by_table_row_and_column() -> None:
    assert unparse(parse("fund.total.year + 1")) == "fund_total_year + 1"
