"""The Excel target: what formula texts small trees become. That they say the same as the night is tests/live's matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.formula import compile_formula, verdict_formula
from perfbatch.rulebook.formula_terms import (
    Condition,
    Figure,
    Term,
    Words,
    all_of,
    any_of,
    bracket,
    constant_figure,
    gather,
    none_of,
    plus,
    quoted,
    times,
)


@dataclass
class _Row:
    """A scope of lettered cells: `a` is B1 with its state in D1, E1 and its step in C1, `b` the row below …; `t` a text."""

    names: str = "abc"
    exact: bool = False
    asked: list[str] = field(default_factory=list)

    def name(self, name: str) -> Term:
        self.asked.append(name)
        if name == "t":
            return Words("B9", "D9", "E9")
        row = self.names.index(name) + 1
        return Figure(f"B{row}", 1000000, "0" if self.exact else f"C{row}", f"D{row}", f"E{row}")

    def member(self, owner: str, field: str) -> Term:
        return constant_figure(Fraction(15)) if field == "points" else self.name("a")

    def total(self, collection: str, field: str) -> Figure:
        return Figure("SUM(B2:B3)", 1000000, "SUM(C2:C3)", "SUM(D2:D3)", "SUM(E2:E3)")

    def part(self, name: str) -> Figure:
        return Figure("B1", 1000000, "C1", "D1+D2", "E1")

    def points(self, indicator: str) -> Figure:
        return Figure("U2", 100, "0", "Y2", "0")

    def grade(self, score: Figure) -> Words:
        return Words(f'IF({score.num}>=90,"优秀","差")', score.known, score.tainted)


def _figure(source: str) -> Figure:
    term = compile_formula(parse(source), _Row(), tolerant=True)
    assert isinstance(term, Figure)
    return term


def _condition(source: str, *, tolerant: bool = True) -> Condition:
    term = compile_formula(parse(source), _Row(), tolerant=tolerant)
    assert isinstance(term, Condition)
    return term


@pytest.mark.parametrize(
    ("source", "num", "den", "slack", "known", "tainted"),
    [
        ("a + b", "B1+B2", 1000000, "C1+C2", "D1+D2", "E1+E2"),
        ("a - b", "B1-B2", 1000000, "C1+C2", "D1*D2", "E1+E2"),
        ("a - (b + c)", "B1-(B2+B3)", 1000000, "C1+C2+C3", "D1*(D2+D3)", "E1+E2+E3"),
        ("-a", "-B1", 1000000, "C1", "D1", "E1"),
        ("a * 2", "B1*2", 1000000, "C1*2", "D1", "E1"),
        ("a * 0.5", "B1", 2000000, "C1", "D1", "E1"),
        ("a + 1", "B1+1000000", 1000000, "C1", "1", "E1"),
        ("a / b", "B1*SIGN(B2)", "ABS(B2)", "0", "(D1*D2)*N(B2<>0)", "E1+E2"),
        ("abs(a)", "ABS(B1)", 1000000, "C1", "D1", "E1"),
        ("either(a, b)", "IF(D1>0,B1,B2)", 1000000, "IF(D1>0,C1,C2)", "D1+D2", "E1+E2*N(NOT(D1>0))"),
        ("sum(units.x)", "SUM(B2:B3)", 1000000, "SUM(C2:C3)", "SUM(D2:D3)", "SUM(E2:E3)"),
        ("part(a)", "B1", 1000000, "C1", "D1+D2", "E1"),
        ("points(x)", "U2", 100, "0", "Y2", "0"),
        ("input.points", "15", 1, "0", "1", "0"),
        ("a + a", "B1+B1", 1000000, "C1+C1", "D1", "E1"),
    ],
)
def test_arithmetic(source: str, num: str, den: str | int, slack: str, known: str, tainted: str) -> None:
    assert _figure(source) == Figure(num, den, slack, known, tainted)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("a == b", "ABS(2*(B1-B2))<=C1+C2"),
        ("a != b", "ABS(2*(B1-B2))>C1+C2"),
        ("a <= b", "2*(B1-B2)<=C1+C2"),
        ("a >= b", "2*(B1-B2)>=-(C1+C2)"),
        ("a < b", "B1-B2<0"),
        ("a > b", "B1-B2>0"),
        ("t == '优秀'", 'EXACT(B9,"优秀")'),
        ("t != grade(a)", 'NOT(EXACT(B9,IF(B1>=90,"优秀","差")))'),
        ("filled(a)", "D1>0"),
        ("not filled(a)", "NOT(D1>0)"),
    ],
)
def test_comparisons_with_tolerance(source: str, value: str) -> None:
    assert _condition(source).value == value


def test_without_tolerance_figures_are_what_they_are() -> None:
    assert _condition("a == b", tolerant=False).value == "B1-B2=0"
    assert _condition("a <= b", tolerant=False).value == "B1-B2<=0"


def test_operands_known_alike_are_joined_plainly_others_in_three_values() -> None:
    alike = _condition("a < b or a > b")
    assert (alike.value, alike.known, alike.tainted) == ("OR(B1-B2<0,B1-B2>0)", "D1*D2", "E1+E2")
    other = _condition("a > 0 and filled(b)")
    assert other.value == "AND(NOT(OR(AND(D1>0,NOT(E1>0),NOT(B1>0)),AND(NOT(E2>0),NOT(D2>0)))),D1>0)"


def test_digits_of_both_widths_count_as_a_number() -> None:
    condition = _condition("has_number(t)")
    assert condition.value.startswith('SUMPRODUCT(N(ISNUMBER(FIND({"0","1",')
    assert '"９"' in condition.value


def test_a_verdict_tells_right_tail_wrong_blank_and_unreadable() -> None:
    formula = verdict_formula(parse("a == b"), None, _Row(), tolerant=True, places="0.00")
    assert formula == (
        '=IF((E1+E2)>0,"非数值",IF(AND(D1>0,D2>0),IF(B1-B2=0,"✓",IF(ABS(2*(B1-B2))<=C1+C2,'
        '"尾差"&" "&TEXT((B1-B2)/1000000,"0.00"),"✗"&" "&TEXT((B1-B2)/1000000,"0.00"))),'
        'IF(D1>0,"未填",IF(AND(D2>0,NOT(B2=0)),"未填",""))))'
    )


def test_a_verdict_that_is_not_due_says_nothing_and_a_word_in_its_condition_is_told() -> None:
    formula = verdict_formula(
        parse("a < b"), parse("filled(c) and c > 0"), _Row(exact=True), tolerant=False, places="0"
    )
    assert formula.startswith('=IF(E3>0,"非数值",IF(AND(D3>0,B3>0),')
    assert formula.endswith(',""))')
    assert "TEXT(" not in formula


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(TypeError, match="a number is wanted"):
        compile_formula(parse("t + 1"), _Row(), tolerant=True)
    with pytest.raises(TypeError, match="two numbers or two texts"):
        compile_formula(parse("t == 1"), _Row(), tolerant=True)
    with pytest.raises(TypeError, match="a condition is wanted"):
        compile_formula(parse("not a"), _Row(), tolerant=True)


def test_constants_are_folded() -> None:
    assert (plus("0", "B1", "0"), plus("0"), times("B1", 1), times("0", "B1")) == ("B1", "0", "B1", "0")
    assert (all_of("TRUE", "B1>0"), any_of("FALSE"), none_of("TRUE"), all_of("B1>0", "FALSE")) == (
        "B1>0", "FALSE", "FALSE", "FALSE",
    )  # fmt: skip
    assert gather("D1+D2", "D2", "0", "SUM(D3:D4)") == "D1+D2+SUM(D3:D4)"
    assert gather("D1", "1") == "1"


def test_brackets_and_quotes() -> None:
    assert [bracket(text) for text in ("B1", "12", "-B1", "B1+B2", "ABS(B1-B2)", "(B1+B2)")] == [
        "B1", "12", "(-B1)", "(B1+B2)", "ABS(B1-B2)", "(B1+B2)",
    ]  # fmt: skip
    assert quoted('说"是"') == '"说""是"""'
