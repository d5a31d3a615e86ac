"""Recomputing simple formulas exactly, to tell a stored result that nobody recalculated from a real one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from perfbatch.package.addresses import Place, place_of
from perfbatch.package.sheet_cells import StoredCell

__all__ = ["Recomputation"]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)(?![A-Za-z0-9_.])"
    r"|(?P<function>SUM|ROUND)\s*\(|(?P<cell>\$?[A-Z]{1,3}\$?[1-9]\d{0,6})(?![A-Za-z0-9_.(!])|(?P<sign>[-+*/(),:%]))"
)
_LONGEST = 1_000
# Brackets and references to further formulas together; each level costs up to ten frames of Python's stack.
_DEEPEST = 50
_WIDEST = 20_000
_VISITS = 200_000
_BITS = 4_096


class _NotUnderstood(Exception):
    """The formula, or a cell that it needs, is more than this evaluator knows: no verdict."""


class Recomputation:
    """Recomputes formulas of one sheet from its stored values.

    Understood: numbers, cells of the same sheet, `+ − × ÷ %`, brackets, SUM over cells and blocks, ROUND. As in Excel, SUM
    passes over text and blanks, arithmetic takes a blank for 0. Everything else gives no verdict. Work is bounded over
    the sheet, whatever its formulas say.
    """

    def __init__(self, cells: Mapping[tuple[int, int], StoredCell], *, trust_stored: bool) -> None:
        """`trust_stored`: a formula not understood may stand for its stored value (false where nobody calculated)."""
        self._cells = cells
        self._trust_stored = trust_stored
        self._known: dict[tuple[int, int], Fraction | None] = {}
        self._open: set[tuple[int, int]] = set()
        self._left = _VISITS
        self.depth = 0

    def value_of(self, row: int, column: int) -> Fraction | None:
        """The exact value of the formula in a cell, None without a verdict."""
        stored = self._cells.get((row, column))
        if stored is None or stored.formula is None:
            return None
        try:
            return self._formula((row, column), stored.formula)
        except (_NotUnderstood, ZeroDivisionError):
            return None

    def _formula(self, place: tuple[int, int], formula: str) -> Fraction:
        if place in self._known:
            known = self._known[place]
            if known is None:
                raise _NotUnderstood
            return known
        if place in self._open:
            raise _NotUnderstood
        self._open.add(place)
        try:
            value = _Formula(formula, self).whole()
        except (_NotUnderstood, ZeroDivisionError):
            # A verdict missed for depth alone would differ with the order of asking, so only plain failures are kept.
            if len(self._open) == 1:
                self._known[place] = None
            raise
        finally:
            self._open.discard(place)
        self._known[place] = value
        return value

    def number(self, row: int, column: int, *, in_sum: bool) -> Fraction:
        """The value of a referenced cell; text and truth values count for nothing in a sum, and end the verdict elsewhere."""
        self._left -= 1
        if self._left < 0:
            raise _NotUnderstood
        stored = self._cells.get((row, column))
        if stored is None:
            return Fraction(0)
        if stored.formula is not None:
            try:
                return self._formula((row, column), stored.formula)
            except _NotUnderstood:
                if not self._trust_stored or (row, column) in self._open:
                    raise
        if stored.type == "n" and stored.has_value:
            return _stored_number(stored.text)
        if in_sum and stored.has_value and stored.type in ("s", "str", "inlineStr", "b"):
            return Fraction(0)
        raise _NotUnderstood


def _stored_number(text: str) -> Fraction:
    try:
        number = Decimal(repr(float(text)))
    except ValueError:
        raise _NotUnderstood from None
    if not number.is_finite():
        raise _NotUnderstood
    return Fraction(number)


class _Formula:
    """A recursive-descent reading of one formula."""

    def __init__(self, formula: str, sheet: Recomputation) -> None:
        if len(formula) > _LONGEST:
            raise _NotUnderstood
        self._sheet = sheet
        self._tokens: list[tuple[str, str]] = []
        position, text = 0, formula.strip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise _NotUnderstood
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        self._at = 0

    def whole(self) -> Fraction:
        """The value of the whole formula."""
        value = self._expression()
        if self._at != len(self._tokens):
            raise _NotUnderstood
        return value

    def _peek(self) -> str:
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")
        return text if kind == "sign" else kind

    def _take(self, expected: str) -> str:
        if self._peek() != expected:
            raise _NotUnderstood
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _expression(self) -> Fraction:
        if self._sheet.depth >= _DEEPEST:
            raise _NotUnderstood
        self._sheet.depth += 1
        try:
            value = self._term()
            while (sign := self._peek()) in ("+", "-"):
                self._take(sign)
                term = self._term()
                value = _bounded(value + term if sign == "+" else value - term)
        finally:
            self._sheet.depth -= 1
        return value

    def _term(self) -> Fraction:
        value = self._factor()
        while (sign := self._peek()) in ("*", "/"):
            self._take(sign)
            factor = self._factor()
            value = _bounded(value * factor if sign == "*" else value / factor)
        return value

    def _factor(self) -> Fraction:
        negative = False
        while (sign := self._peek()) in ("+", "-"):
            self._take(sign)
            negative ^= sign == "-"
        value = self._primary()
        while self._peek() == "%":
            self._take("%")
            value = _bounded(value / 100)
        return -value if negative else value

    def _primary(self) -> Fraction:
        kind = self._peek()
        if kind == "number":
            return Fraction(Decimal(self._take("number")))
        if kind == "cell":
            return self._sheet.number(*_place(self._take("cell")), in_sum=False)
        if kind == "(":
            self._take("(")
            value = self._expression()
            self._take(")")
            return value
        if kind == "function":
            return self._sum() if self._take("function") == "SUM" else self._round()
        raise _NotUnderstood

    def _sum(self) -> Fraction:
        value = Fraction(0)
        while True:
            value = _bounded(value + self._argument())
            if self._peek() != ",":
                break
            self._take(",")
        self._take(")")
        return value

    def _argument(self) -> Fraction:
        """A block or a lone cell, in which text counts for nothing; or an expression, in which it must not stand."""
        following = [self._tokens[self._at + ahead][1] for ahead in (1, 2) if self._at + ahead < len(self._tokens)]
        if self._peek() != "cell" or not following or following[0] not in (":", ",", ")"):
            return self._expression()
        first = last = _place(self._take("cell"))
        if self._peek() == ":":
            self._take(":")
            last = _place(self._take("cell"))
        rows, columns = sorted((first[0], last[0])), sorted((first[1], last[1]))
        if (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1) > _WIDEST:
            raise _NotUnderstood
        total = Fraction(0)
        for row in range(rows[0], rows[1] + 1):
            for column in range(columns[0], columns[1] + 1):
                total += self._sheet.number(row, column, in_sum=True)
        return total

    def _round(self) -> Fraction:
        value = self._expression()
        self._take(",")
        digits = self._expression()
        self._take(")")
        if digits.denominator != 1 or not 0 <= digits <= 10:
            raise _NotUnderstood
        scale = 10 ** int(digits)
        scaled = abs(value) * scale
        half_up = Fraction(int(scaled + Fraction(1, 2)), scale)
        return half_up if value >= 0 else -half_up


def _bounded(value: Fraction) -> Fraction:
    if value.numerator.bit_length() > _BITS or value.denominator.bit_length() > _BITS:
        raise _NotUnderstood
    return value


def _place(reference: str) -> Place:
    place = place_of(reference)
    if place is None:
        raise _NotUnderstood
    return place
