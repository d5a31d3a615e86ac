"""The expression language as Excel formulas: the same trees, the same arithmetic on whole numbers, cell by cell.

The mirror of `quantity.py` and `columns.py`: where those hold columns, this holds formula texts. Figures are whole numbers
(counts of 1/SCALE of a unit, exact in a double up to 2⁵³); `known` and `tainted` are count expressions, more than 0 meaning
yes. Only functions that Excel 2013, WPS and LibreOffice share are used.
"""

from __future__ import annotations

from typing import Protocol

from perfbatch.rulebook.expression import DIGITS
from perfbatch.rulebook.formula_terms import (
    NO,
    YES,
    Condition,
    Figure,
    Term,
    Words,
    absolute,
    add,
    all_of,
    any_of,
    bracket,
    common,
    constant_figure,
    count,
    divide,
    gather,
    minus,
    multiply,
    negated,
    none_of,
    plus,
    quoted,
    some,
    times,
)
from perfbatch.rulebook.tree import Binary, Boolean, Call, Compare, Member, Name, Negative, Node, Not, Number, Text

__all__ = [
    "BLANK",
    "FAILS",
    "HOLDS",
    "NOT_DUE",
    "TAIL",
    "UNREADABLE",
    "FormulaScope",
    "compile_formula",
    "verdict_formula",
]


class FormulaScope(Protocol):
    """What names mean in one row of one sheet."""

    def name(self, name: str) -> Term: ...
    def member(self, owner: str, field: str) -> Term: ...
    def total(self, collection: str, field: str) -> Figure: ...
    def part(self, name: str) -> Figure: ...
    def days_late(self, name: str) -> Figure: ...
    def points(self, indicator: str) -> Figure: ...
    def grade(self, score: Figure) -> Words: ...


# -------------------------------------------------------------------------------------------------------- the tree


def compile_formula(node: Node, scope: FormulaScope, *, tolerant: bool) -> Term:
    """The formula texts that a tree stands for in one row."""
    match node:
        case Number(value):
            return constant_figure(value)
        case Text(value):
            return Words(quoted(value), YES, NO)
        case Name(name):
            return scope.name(name)
        case Member(owner, field):
            return scope.member(owner, field)
        case Negative(operand):
            return negated(_figure(operand, scope, tolerant))
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
            return _boolean(op, [_condition(operand, scope, tolerant) for operand in operands])
        case Not(operand):
            inner = _condition(operand, scope, tolerant)
            return Condition(none_of(inner.value), inner.known, inner.tainted)
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
        return multiply(left, right)
    if op == "/":
        return divide(left, right)
    return add(left, right, subtract=op == "-")


def _gap(left: Figure, right: Figure) -> Figure:
    """left − right, without asking that both be known."""
    a, b, den = common(left, right)
    return Figure(minus(a.num, b.num), den, plus(a.slack, b.slack), YES, NO)


def _comparison(op: str, left: Term, right: Term, *, tolerant: bool) -> Condition:
    known, tainted = times(left.known, right.known), gather(left.tainted, right.tainted)
    if isinstance(left, Words) and isinstance(right, Words):
        # EXACT: Excel's own = takes A for a.
        same = f"EXACT({left.value},{right.value})"
        return Condition(same if op == "==" else none_of(same), known, tainted)
    if not isinstance(left, Figure) or not isinstance(right, Figure):
        raise TypeError("a comparison takes two numbers or two texts")
    gap = _gap(left, right)
    return Condition(_relation(op, gap, tolerant=tolerant), known, tainted)


def _relation(op: str, gap: Figure, *, tolerant: bool) -> str:
    if not tolerant or gap.slack == NO or op in ("<", ">"):
        return f"{gap.num}{ {'==': '=', '!=': '<>'}.get(op, op) }0".replace(" ", "")
    twice = f"2*{bracket(gap.num)}"
    match op:
        case "==":
            return f"ABS({twice})<={gap.slack}"
        case "!=":
            return f"ABS({twice})>{gap.slack}"
        case "<=":
            return f"{twice}<={gap.slack}"
        case _:
            return f"{twice}>=-{bracket(gap.slack)}"


def _boolean(op: str, operands: list[Condition]) -> Condition:
    """Kleene's logic, as in `columns`: a decided operand decides, whatever the unknown ones are."""
    if len({(operand.known, operand.tainted) for operand in operands}) == 1:
        # Where all operands are known or none is, plain AND and OR give the same in a shorter formula.
        join = any_of if op == "or" else all_of
        return Condition(join(*(operand.value for operand in operands)), operands[0].known, operands[0].tainted)
    decided = [
        all_of(
            some(operand.known), none_of(some(operand.tainted)), operand.value if op == "or" else none_of(operand.value)
        )
        for operand in operands
    ]
    any_decided = any_of(*decided)
    all_known = YES
    for operand in operands:
        all_known = times(all_known, operand.known)
    tainted = gather(*(operand.tainted for operand in operands))
    value = any_decided if op == "or" else all_of(none_of(any_decided), some(all_known))
    known = gather(all_known, count(any_decided))
    return Condition(value, known, times(tainted, count(none_of(any_decided))))


def _call(node: Call, scope: FormulaScope, tolerant: bool) -> Term:
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
        term = compile_formula(first, scope, tolerant=tolerant)
        return Condition(some(term.known), YES, term.tainted)
    if function == "has_number":
        words = compile_formula(first, scope, tolerant=tolerant)
        if not isinstance(words, Words):
            raise TypeError("has_number() takes a text")
        digits = ",".join(quoted(digit) for digit in DIGITS)
        return Condition(f"SUMPRODUCT(N(ISNUMBER(FIND({{{digits}}},{words.value}))))>0", words.known, words.tainted)
    figure = _figure(first, scope, tolerant)
    if function == "abs":
        return Figure(absolute(figure.num), figure.den, figure.slack, figure.known, figure.tainted)
    if function == "grade":
        return scope.grade(figure)
    if function == "either":
        return _either(figure, _figure(node.arguments[1], scope, tolerant))
    raise TypeError(f"no such function: {function}")


def _either(first: Figure, second: Figure) -> Figure:
    a, b, den = common(first, second)
    here = some(first.known)
    return Figure(
        f"IF({here},{a.num},{b.num})",
        den,
        f"IF({here},{a.slack},{b.slack})",
        gather(first.known, second.known),
        gather(first.tainted, times(second.tainted, count(none_of(here)))),
    )


# ------------------------------------------------------------------------------------------------------ the verdict

HOLDS, FAILS, TAIL, BLANK, UNREADABLE, NOT_DUE = "✓", "✗", "尾差", "未填", "非数值", ""
"""What a live check says; ✗ and 尾差 are followed by the difference where there is one."""


def verdict_formula(
    holds: Node,
    when: Node | None,
    scope: FormulaScope,
    *,
    tolerant: bool,
    places: str,
    zero_is_filled: bool = False,
) -> str:
    """The formula of one live check, `=` included: ✓, ✗ and difference, 尾差 and difference, 未填, 非数值, or nothing.

    It says what `reconcile` says of the same row: `places` is the number format of the difference, `zero_is_filled` the
    check's own.
    """
    due, due_tainted = "TRUE", NO
    if when is not None:
        # An `and` is true where each operand is known and true: no need of the long way round.
        operands = when.operands if isinstance(when, Boolean) and when.op == "and" else (when,)
        conditions = [_condition(operand, scope, False) for operand in operands]
        due = all_of(*(part for condition in conditions for part in (some(condition.known), condition.value)))
        due_tainted = gather(*(condition.tainted for condition in conditions))
    if isinstance(holds, Compare):
        left = compile_formula(holds.left, scope, tolerant=tolerant)
        right = compile_formula(holds.right, scope, tolerant=tolerant)
        verdict = _compared(holds.op, left, right, tolerant, places, zero_is_filled)
        tainted = gather(left.tainted, right.tainted)
    else:
        truth = _condition(holds, scope, tolerant)
        verdict = _branch(some(truth.known), _branch(truth.value, quoted(HOLDS), quoted(FAILS)), quoted(NOT_DUE))
        tainted = truth.tainted
    # Text in a cell that the condition needs: the formula cannot know how the night reads it, so it says 非数值.
    spoken = _branch(due, _branch(some(tainted), quoted(UNREADABLE), verdict), quoted(NOT_DUE))
    return "=" + _branch(some(due_tainted), quoted(UNREADABLE), spoken)


def _compared(op: str, left: Term, right: Term, tolerant: bool, places: str, zero_is_filled: bool) -> str:
    exact = _comparison(op, left, right, tolerant=False).value
    shown = ""
    tail = quoted(FAILS)
    nothing = "TRUE"
    if isinstance(left, Figure) and isinstance(right, Figure):
        gap = _gap(left, right)
        if op in ("==", "<=", ">="):
            # Past a bound that is itself wrong there is no difference that would help.
            shown = f'&" "&TEXT({bracket(gap.num)}/{bracket(str(gap.den))},{quoted(places)})'
        nothing = "FALSE" if zero_is_filled else f"{bracket(right.num)}=0"
        tail = quoted(FAILS) + shown
        if tolerant and gap.slack != NO and op not in ("<", ">"):
            within = _relation(op, gap, tolerant=True)
            tail = _branch(within, quoted(TAIL) + shown, quoted(FAILS) + shown)
    both = _branch(exact, quoted(HOLDS), tail)
    right_only = _branch(all_of(some(right.known), none_of(nothing)), quoted(BLANK), quoted(NOT_DUE))
    left_only = quoted(BLANK)
    return _branch(
        all_of(some(left.known), some(right.known)),
        both,
        _branch(some(left.known), left_only, right_only),
    )


def _branch(condition: str, then: str, otherwise: str) -> str:
    if condition == "TRUE":
        return then
    if condition == "FALSE":
        return otherwise
    return f"IF({condition},{then},{otherwise})"
