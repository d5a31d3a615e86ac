"""The expression language as Excel formulas: the same trees, the same arithmetic on whole numbers, cell by cell.

The mirror of `quantity.py` and `columns.py`: where those hold columns, this holds formula texts. Figures are whole numbers
(counts of 1/SCALE of a unit, exact in a double up to 2⁵³); `known` and `tainted` are count expressions, more than 0 meaning
yes. Only functions that Excel 2013, WPS and LibreOffice share are used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

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
    "Condition",
    "Figure",
    "FormulaScope",
    "Term",
    "Words",
    "compile_formula",
    "constant_figure",
    "verdict_formula",
]

NO, YES = "0", "1"


@dataclass(frozen=True, slots=True)
class Figure:
    """`num / den`, the half-width `slack / (2 · den)`, and counts of what is known and what cannot be read."""

    num: str
    den: str | int
    slack: str
    known: str
    tainted: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text."""

    value: str
    known: str
    tainted: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A formula that is TRUE or FALSE; it counts only where it is known."""

    value: str
    known: str
    tainted: str


Term = Figure | Words | Condition


class FormulaScope(Protocol):
    """What names mean in one row of one sheet."""

    def name(self, name: str) -> Term: ...
    def member(self, owner: str, field: str) -> Term: ...
    def total(self, collection: str, field: str) -> Figure: ...
    def part(self, name: str) -> Figure: ...
    def points(self, indicator: str) -> Figure: ...
    def grade(self, score: Figure) -> Words: ...


# ------------------------------------------------------------------------------------------- putting texts together


def _plus(*terms: str) -> str:
    left = [term for term in terms if term != NO]
    return "+".join(left) or NO


def _times(left: str, right: str | int) -> str:
    right = str(right)
    if NO in (left, right):
        return NO
    if left == YES:
        return right
    return left if right == YES else f"{_bracket(left)}*{_bracket(right)}"


def _minus(left: str, right: str) -> str:
    return left if right == NO else f"{left}-{_bracket(right)}"


def _bracket(text: str) -> str:
    """Brackets round a sum or a comparison; a lone cell, number or call needs none."""
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and character in "+-*/<>=&" and position > 0:
            return f"({text})"
    return f"({text})" if text.startswith("-") else text


def _some(count: str) -> str:
    """A count as a condition."""
    return {NO: "FALSE", YES: "TRUE"}.get(count, f"{_bracket(count)}>0")


def _all_of(*conditions: str) -> str:
    left = list(dict.fromkeys(one for one in conditions if one != "TRUE"))
    if "FALSE" in left:
        return "FALSE"
    return left[0] if len(left) == 1 else f"AND({','.join(left)})" if left else "TRUE"


def _any_of(*conditions: str) -> str:
    left = list(dict.fromkeys(one for one in conditions if one != "FALSE"))
    if "TRUE" in left:
        return "TRUE"
    return left[0] if len(left) == 1 else f"OR({','.join(left)})" if left else "FALSE"


def _none_of(condition: str) -> str:
    return {"TRUE": "FALSE", "FALSE": "TRUE"}.get(condition, f"NOT({condition})")


def _count(condition: str) -> str:
    """A condition as a count."""
    return {"TRUE": YES, "FALSE": NO}.get(condition, f"N({condition})")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


# ------------------------------------------------------------------------------------------------------- arithmetic


def constant_figure(value: Fraction) -> Figure:
    """One exact number."""
    return Figure(str(value.numerator), value.denominator, NO, YES, NO)


def _common(left: Figure, right: Figure) -> tuple[Figure, Figure, str | int]:
    """Both over one denominator."""
    if isinstance(left.den, int) and isinstance(right.den, int):
        den = math.lcm(left.den, right.den)
        up_left, up_right = str(den // left.den), str(den // right.den)
        return _scaled(left, up_left), _scaled(right, up_right), den
    den_text = _times(str(left.den), right.den)
    return _scaled(left, str(right.den)), _scaled(right, str(left.den)), den_text


def _scaled(figure: Figure, by: str) -> Figure:
    return Figure(_times(figure.num, by), figure.den, _times(figure.slack, by), figure.known, figure.tainted)


def _add(left: Figure, right: Figure, *, subtract: bool) -> Figure:
    a, b, den = _common(left, right)
    num = _minus(a.num, b.num) if subtract else _plus(a.num, b.num)
    known = _times(left.known, right.known) if subtract else _either_known(left.known, right.known)
    return Figure(num, den, _plus(a.slack, b.slack), known, _plus(left.tainted, right.tainted))


def _either_known(left: str, right: str) -> str:
    return YES if YES in (left, right) else _plus(left, right)


def _multiply(left: Figure, right: Figure) -> Figure:
    slack = _plus(_times(left.slack, _absolute(right.num)), _times(right.slack, _absolute(left.num)))
    den: str | int
    if isinstance(left.den, int) and isinstance(right.den, int):
        den = left.den * right.den
    else:
        den = _times(str(left.den), right.den)
    return Figure(
        _times(left.num, right.num), den, slack, _times(left.known, right.known), _plus(left.tainted, right.tainted)
    )


def _divide(left: Figure, right: Figure) -> Figure:
    up_left, up_right = str(right.den), str(left.den)
    if isinstance(left.den, int) and isinstance(right.den, int):
        common = math.gcd(left.den, right.den)
        up_left, up_right = str(right.den // common), str(left.den // common)
    return Figure(
        _times(_times(left.num, up_left), f"SIGN({right.num})"),
        _times(_absolute(right.num), up_right),
        NO,
        _times(_times(left.known, right.known), _count(f"{_bracket(right.num)}<>0")),
        _plus(left.tainted, right.tainted),
    )


def _absolute(num: str) -> str:
    return num if num.isdigit() else f"ABS({num})"


def _negated(figure: Figure) -> Figure:
    num = figure.num[1:] if figure.num.startswith("-") and figure.num[1:].isdigit() else f"-{_bracket(figure.num)}"
    return Figure(num, figure.den, figure.slack, figure.known, figure.tainted)


# -------------------------------------------------------------------------------------------------------- the tree


def compile_formula(node: Node, scope: FormulaScope, *, tolerant: bool) -> Term:
    """The formula texts that a tree stands for in one row."""
    match node:
        case Number(value):
            return constant_figure(value)
        case Text(value):
            return Words(_quoted(value), YES, NO)
        case Name(name):
            return scope.name(name)
        case Member(owner, field):
            return scope.member(owner, field)
        case Negative(operand):
            return _negated(_figure(operand, scope, tolerant))
        case Binary(op, left, right):
            return _arithmetic(op, _figure(left, scope, tolerant), _figure(right, scope, tolerant))
        case Compare(op, left, right):
            return _comparison(
                op,
                compile_formula(left, scope, tolerant=tolerant),
                compile_formula(right, scope, tolerant=tolerant),
                tolerant=tolerant,
            )
        case Boolean(op, operands):
            return _boolean(op, [_condition(one, scope, tolerant) for one in operands])
        case Not(operand):
            inner = _condition(operand, scope, tolerant)
            return Condition(_none_of(inner.value), inner.known, inner.tainted)
        case Call():
            return _call(node, scope, tolerant)
    raise TypeError(f"not a node: {node!r}")


def _figure(node: Node, scope: FormulaScope, tolerant: bool) -> Figure:
    term = compile_formula(node, scope, tolerant=tolerant)
    if not isinstance(term, Figure):
        raise TypeError("a number is wanted")
    return term


def _condition(node: Node, scope: FormulaScope, tolerant: bool) -> Condition:
    term = compile_formula(node, scope, tolerant=tolerant)
    if not isinstance(term, Condition):
        raise TypeError("a condition is wanted")
    return term


def _arithmetic(op: str, left: Figure, right: Figure) -> Figure:
    if op == "*":
        return _multiply(left, right)
    if op == "/":
        return _divide(left, right)
    return _add(left, right, subtract=op == "-")


def _gap(left: Figure, right: Figure) -> Figure:
    """left − right, without asking that both be known."""
    a, b, den = _common(left, right)
    return Figure(_minus(a.num, b.num), den, _plus(a.slack, b.slack), YES, NO)


def _comparison(op: str, left: Term, right: Term, *, tolerant: bool) -> Condition:
    known, tainted = _times(left.known, right.known), _plus(left.tainted, right.tainted)
    if isinstance(left, Words) and isinstance(right, Words):
        # EXACT: Excel's own = takes A for a.
        same = f"EXACT({left.value},{right.value})"
        return Condition(same if op == "==" else _none_of(same), known, tainted)
    if not isinstance(left, Figure) or not isinstance(right, Figure):
        raise TypeError("a comparison takes two numbers or two texts")
    gap = _gap(left, right)
    return Condition(_relation(op, gap, tolerant=tolerant), known, tainted)


def _relation(op: str, gap: Figure, *, tolerant: bool) -> str:
    if not tolerant or gap.slack == NO or op in ("<", ">"):
        return f"{gap.num}{ {'==': '=', '!=': '<>'}.get(op, op) }0".replace(" ", "")
    twice = f"2*{_bracket(gap.num)}"
    match op:
        case "==":
            return f"ABS({twice})<={gap.slack}"
        case "!=":
            return f"ABS({twice})>{gap.slack}"
        case "<=":
            return f"{twice}<={gap.slack}"
        case _:
            return f"{twice}>=-{_bracket(gap.slack)}"


def _boolean(op: str, operands: list[Condition]) -> Condition:
    """Kleene's logic, as in `columns`: a decided operand decides, whatever the unknown ones are."""
    decided = [
        _all_of(_some(one.known), _none_of(_some(one.tainted)), one.value if op == "or" else _none_of(one.value))
        for one in operands
    ]
    any_decided = _any_of(*decided)
    all_known = YES
    for one in operands:
        all_known = _times(all_known, one.known)
    tainted = _plus(*(one.tainted for one in operands))
    value = any_decided if op == "or" else _all_of(_none_of(any_decided), _some(all_known))
    known = _either_known(all_known, _count(any_decided))
    return Condition(value, known, _times(tainted, _count(_none_of(any_decided))))


def _call(node: Call, scope: FormulaScope, tolerant: bool) -> Term:
    function, first = node.function, node.arguments[0]
    if function == "sum" and isinstance(first, Member):
        return scope.total(first.owner, first.field)
    if function == "part" and isinstance(first, Name):
        return scope.part(first.id)
    if function == "points" and isinstance(first, Name):
        return scope.points(first.id)
    if function == "filled":
        term = compile_formula(first, scope, tolerant=tolerant)
        return Condition(_some(term.known), YES, term.tainted)
    if function == "has_number":
        words = compile_formula(first, scope, tolerant=tolerant)
        if not isinstance(words, Words):
            raise TypeError("has_number() takes a text")
        digits = ",".join(_quoted(digit) for digit in "0123456789０１２３４５６７８９")
        return Condition(f"SUMPRODUCT(N(ISNUMBER(FIND({{{digits}}},{words.value}))))>0", words.known, words.tainted)
    figure = _figure(first, scope, tolerant)
    if function == "abs":
        return Figure(_absolute(figure.num), figure.den, figure.slack, figure.known, figure.tainted)
    if function == "grade":
        return scope.grade(figure)
    if function == "either":
        return _either(figure, _figure(node.arguments[1], scope, tolerant))
    raise TypeError(f"no such function: {function}")


def _either(first: Figure, second: Figure) -> Figure:
    a, b, den = _common(first, second)
    here = _some(first.known)
    return Figure(
        f"IF({here},{a.num},{b.num})",
        den,
        f"IF({here},{a.slack},{b.slack})",
        _either_known(first.known, second.known),
        _plus(first.tainted, _times(second.tainted, _count(_none_of(here)))),
    )


# ------------------------------------------------------------------------------------------------------ the verdict

HOLDS, FAILS, TAIL, BLANK, UNREADABLE, NOT_DUE = "✓", "✗", "尾差", "未填", "非数值", ""
"""What a live check says; ✗ and 尾差 are followed by the difference where there is one."""


def verdict_formula(
    holds: Node, when: Node | None, scope: FormulaScope, *, tolerant: bool, unit: int, places: str = "0.00####"
) -> str:
    """The formula of one live check, `=` included: ✓, ✗ and difference, 尾差 and difference, 未填, 非数值, or nothing.

    It says what `reconcile` says of the same row: `unit` is how many counts make 1 of what the difference is shown in,
    `places` its number format.
    """
    due, due_tainted = "TRUE", NO
    if when is not None:
        condition = _condition(when, scope, False)
        due = _all_of(condition.value, _some(condition.known))
        due_tainted = condition.tainted
    if isinstance(holds, Compare):
        left = compile_formula(holds.left, scope, tolerant=tolerant)
        right = compile_formula(holds.right, scope, tolerant=tolerant)
        said = _compared(holds.op, left, right, tolerant, unit, places)
        tainted = _plus(left.tainted, right.tainted)
    else:
        truth = _condition(holds, scope, tolerant)
        said = _branch(_some(truth.known), _branch(truth.value, _quoted(HOLDS), _quoted(FAILS)), _quoted(NOT_DUE))
        tainted = truth.tainted
    spoken = _branch(_some(_plus(tainted, due_tainted)), _quoted(UNREADABLE), said)
    return "=" + _branch(due, spoken, _quoted(NOT_DUE))


def _compared(op: str, left: Term, right: Term, tolerant: bool, unit: int, places: str) -> str:
    exact = _comparison(op, left, right, tolerant=False).value
    shown = ""
    tail = _quoted(FAILS)
    nothing = "TRUE"
    if isinstance(left, Figure) and isinstance(right, Figure):
        gap = _gap(left, right)
        divisor = _times(str(gap.den), 1) if not isinstance(gap.den, int) else str(gap.den * unit)
        shown = f'&" "&TEXT({_bracket(gap.num)}/{_bracket(divisor)},{_quoted(places)})'
        nothing = f"{_bracket(right.num)}=0"
        tail = _quoted(FAILS) + shown
        if tolerant and gap.slack != NO and op not in ("<", ">"):
            within = _relation(op, gap, tolerant=True)
            tail = _branch(within, _quoted(TAIL) + shown, _quoted(FAILS) + shown)
    both = _branch(exact, _quoted(HOLDS), tail)
    right_only = _branch(_all_of(_some(right.known), _none_of(nothing)), _quoted(BLANK), _quoted(NOT_DUE))
    left_only = _quoted(BLANK)
    return _branch(
        _all_of(_some(left.known), _some(right.known)),
        both,
        _branch(_some(left.known), left_only, right_only),
    )


def _branch(condition: str, then: str, otherwise: str) -> str:
    if condition == "TRUE":
        return then
    if condition == "FALSE":
        return otherwise
    return f"IF({condition},{then},{otherwise})"
