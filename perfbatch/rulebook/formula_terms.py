"""Terms of Excel formulas: whole-number arithmetic and three-valued conditions as formula texts.

The mirror of `quantity.py`: where that holds columns, this holds the text of a formula for one row. Figures are whole
numbers (counts of 1/SCALE of a unit, exact in a double up to 2⁵³); `known` and `tainted` are count expressions, more than 0
meaning yes. Constant parts are folded, so that a rule without a special case reads as plainly in the cell as in the book.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

__all__ = [
    "NO",
    "YES",
    "Condition",
    "Figure",
    "Term",
    "Words",
    "absolute",
    "add",
    "all_of",
    "any_of",
    "bracket",
    "common",
    "constant_figure",
    "count",
    "divide",
    "gather",
    "minus",
    "multiply",
    "negated",
    "none_of",
    "plus",
    "quoted",
    "some",
    "times",
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


# ------------------------------------------------------------------------------------------- putting texts together


def plus(*terms: str) -> str:
    """The sum of formula texts, without zeros."""
    left = [term for term in terms if term != NO]
    return "+".join(left) or NO


def gather(*counts: str) -> str:
    """Counts of which any may be more than 0: each term once, since a count is only asked whether it is 0."""
    terms = [term for text in counts for term in _terms(text) if term != NO]
    if YES in terms:
        return YES
    return "+".join(dict.fromkeys(terms)) or NO


def _terms(text: str) -> list[str]:
    """The terms of a sum, split where no bracket is open."""
    terms, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "+" and depth == 0:
            terms.append(text[start:position])
            start = position + 1
    return [*terms, text[start:]]


def times(left: str, right: str | int) -> str:
    """The product of two formula texts."""
    right = str(right)
    if NO in (left, right):
        return NO
    if left == YES:
        return right
    return left if right == YES else f"{bracket(left)}*{bracket(right)}"


def minus(left: str, right: str) -> str:
    """The difference of two formula texts."""
    return left if right == NO else f"{left}-{bracket(right)}"


def bracket(text: str) -> str:
    """Brackets round a sum or a comparison; a lone cell, number or call needs none."""
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and character in "+-*/<>=&" and position > 0:
            return f"({text})"
    return f"({text})" if text.startswith("-") else text


def some(count: str) -> str:
    """A count as a condition."""
    return {NO: "FALSE", YES: "TRUE"}.get(count, f"{bracket(count)}>0")


def all_of(*conditions: str) -> str:
    """AND, with constants folded."""
    left = list(dict.fromkeys(condition for condition in conditions if condition != "TRUE"))
    if "FALSE" in left:
        return "FALSE"
    return left[0] if len(left) == 1 else f"AND({','.join(left)})" if left else "TRUE"


def any_of(*conditions: str) -> str:
    """OR, with constants folded."""
    left = list(dict.fromkeys(condition for condition in conditions if condition != "FALSE"))
    if "TRUE" in left:
        return "TRUE"
    return left[0] if len(left) == 1 else f"OR({','.join(left)})" if left else "FALSE"


def none_of(condition: str) -> str:
    """NOT, with constants folded."""
    return {"TRUE": "FALSE", "FALSE": "TRUE"}.get(condition, f"NOT({condition})")


def count(condition: str) -> str:
    """A condition as a count."""
    return {"TRUE": YES, "FALSE": NO}.get(condition, f"N({condition})")


def quoted(text: str) -> str:
    """A text literal."""
    return '"' + text.replace('"', '""') + '"'


# ------------------------------------------------------------------------------------------------------- arithmetic


def constant_figure(value: Fraction) -> Figure:
    """One exact number."""
    return Figure(str(value.numerator), value.denominator, NO, YES, NO)


def common(left: Figure, right: Figure) -> tuple[Figure, Figure, str | int]:
    """Both over one denominator."""
    if isinstance(left.den, int) and isinstance(right.den, int):
        den = math.lcm(left.den, right.den)
        up_left, up_right = str(den // left.den), str(den // right.den)
        return scaled(left, up_left), scaled(right, up_right), den
    den_text = times(str(left.den), right.den)
    return scaled(left, str(right.den)), scaled(right, str(left.den)), den_text


def scaled(figure: Figure, by: str) -> Figure:
    return Figure(times(figure.num, by), figure.den, times(figure.slack, by), figure.known, figure.tainted)


def add(left: Figure, right: Figure, *, subtract: bool) -> Figure:
    """left ± right; a sum is known where either is, a difference where both are."""
    a, b, den = common(left, right)
    num = minus(a.num, b.num) if subtract else plus(a.num, b.num)
    known = times(left.known, right.known) if subtract else gather(left.known, right.known)
    return Figure(num, den, plus(a.slack, b.slack), known, gather(left.tainted, right.tainted))


def multiply(left: Figure, right: Figure) -> Figure:
    """left × right."""
    slack = plus(times(left.slack, absolute(right.num)), times(right.slack, absolute(left.num)))
    den: str | int
    if isinstance(left.den, int) and isinstance(right.den, int):
        den = left.den * right.den
    else:
        den = times(str(left.den), right.den)
    return Figure(
        times(left.num, right.num), den, slack, times(left.known, right.known), gather(left.tainted, right.tainted)
    )


def divide(left: Figure, right: Figure) -> Figure:
    """left ÷ right, unknown where the divisor is 0; a ratio carries no interval."""
    up_left, up_right = str(right.den), str(left.den)
    if isinstance(left.den, int) and isinstance(right.den, int):
        common = math.gcd(left.den, right.den)
        up_left, up_right = str(right.den // common), str(left.den // common)
    return Figure(
        times(times(left.num, up_left), f"SIGN({right.num})"),
        times(absolute(right.num), up_right),
        NO,
        times(times(left.known, right.known), count(f"{bracket(right.num)}<>0")),
        gather(left.tainted, right.tainted),
    )


def absolute(num: str) -> str:
    """|x| of a formula text."""
    return num if num.isdigit() else f"ABS({num})"


def negated(figure: Figure) -> Figure:
    """−x."""
    num = figure.num[1:] if figure.num.startswith("-") and figure.num[1:].isdigit() else f"-{bracket(figure.num)}"
    return Figure(num, figure.den, figure.slack, figure.known, figure.tainted)
