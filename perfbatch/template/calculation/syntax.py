"""Formulas made into functions of the cell they stand in: a parser by precedence, for what this program writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

from perfbatch.template.calculation.functions import FUNCTIONS
from perfbatch.template.calculation.values import (
    Array,
    CellBlock,
    Cells,
    FormulaFault,
    Operand,
    Value,
    as_number,
    as_text,
    each,
    ordered,
)

__all__ = ["Evaluate", "FormulaSpot", "compiled"]


class FormulaSpot(NamedTuple):
    """The cell that a formula stands in, and the workbook around it; row and column count from 0."""

    cells: Cells
    sheet: str
    row: int
    column: int


Evaluate = Callable[[FormulaSpot], Operand]
"""What a formula is worth in a cell."""

_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"]|"")*")|(?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)'
    r"|(?P<sheet>(?:'(?:[^']|'')*'|[^\W\d]\w*)!)"
    r"|R(?P<row>\[-?\d+\]|\d+)C(?P<column>\[-?\d+\]|\d+)"
    r"|(?P<function>[A-Z][A-Z0-9.]*)\(|(?P<name>[^\W\d][\w.]*)|(?P<sign><=|>=|<>|[-+*/&=<>(),:{};%]))"
)
_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})


@lru_cache(maxsize=4_096)
def compiled(formula: str) -> Evaluate:
    """The function of a formula as `relative` writes it. Raises `ValueError` for one that is not understood."""
    parser = _FormulaParser(formula)
    result = parser.expression(0)
    if parser.kind != "end":
        raise ValueError(f"not understood from {parser.text!r}: {formula}")
    return result


class _FormulaParser:
    def __init__(self, formula: str) -> None:
        self._formula = formula
        self._at = 0
        self.kind, self.text = "", ""
        self._match: re.Match[str] | None = None
        self._next()

    def _next(self) -> None:
        if self._at >= len(self._formula):
            self.kind, self.text = "end", ""
            return
        match = _TOKEN.match(self._formula, self._at)
        if match is None:
            raise ValueError(f"not understood: {self._formula[self._at :]}")
        self._match, self._at = match, match.end()
        self.kind = match.lastgroup or ""
        self.text = match[self.kind]
        if self.kind == "sign":
            self.kind = self.text

    def _expect(self, kind: str) -> None:
        if self.kind != kind:
            raise ValueError(f"{kind} expected before {self.text!r} in {self._formula}")
        self._next()

    def expression(self, level: int) -> Evaluate:
        """Comparisons bind least, then &, then + and −, then × and ÷."""
        if level == len(_LEVELS):
            return self._unary()
        left = self.expression(level + 1)
        while self.kind in _LEVELS[level]:
            sign = self.kind
            self._next()
            left = _binary(_SIGNS[sign], left, self.expression(level + 1))
        return left

    def _unary(self) -> Evaluate:
        if self.kind in ("-", "+"):
            negative = self.kind == "-"
            self._next()
            inner = self._unary()
            return _single(lambda value: -as_number(value) if negative else value, inner)
        value = self._primary()
        while self.kind == "%":
            self._next()
            value = _single(lambda percents: as_number(percents) / 100, value)
        return value

    def _primary(self) -> Evaluate:
        kind, text = self.kind, self.text
        if kind in ("number", "text"):
            self._next()
            literal: Value = text[1:-1].replace('""', '"') if kind == "text" else float(text)
            return lambda _: literal
        if kind == "(":
            self._next()
            inner = self.expression(0)
            self._expect(")")
            return inner
        if kind == "{":
            return self._constants()
        if kind == "function":
            return self._function()
        if kind in ("sheet", "column"):
            return self._reference()
        if kind == "name":
            self._next()
            if text in ("TRUE", "FALSE"):
                return lambda _: text == "TRUE"
            return lambda spot: spot.cells.area_of(text)
        raise ValueError(f"not understood at {text!r}: {self._formula}")

    def _constants(self) -> Evaluate:
        self._next()
        values: list[Value] = []
        while self.kind in ("text", "number"):
            values.append(self.text[1:-1].replace('""', '"') if self.kind == "text" else float(self.text))
            self._next()
            if self.kind != ",":
                break
            self._next()
        self._expect("}")
        array = Array((tuple(values),))
        return lambda _: array

    def _function(self) -> Evaluate:
        name = self.text
        self._next()
        arguments: list[Evaluate] = []
        while self.kind != ")":
            arguments.append(self.expression(0))
            if self.kind != ",":
                break
            self._next()
        self._expect(")")
        if name not in FUNCTIONS:
            raise ValueError(f"no function {name}")
        action = FUNCTIONS[name]

        def called(spot: FormulaSpot) -> Operand:
            return action(spot.cells, [partial(argument, spot) for argument in arguments])

        return called

    def _reference(self) -> Evaluate:
        named = ""
        if self.kind == "sheet":
            named = self.text[:-1]
            named = named[1:-1].replace("''", "'") if named.startswith("'") else named
            self._next()
        first = self._cell()
        last = first
        if self.kind == ":":
            self._next()
            last = self._cell()

        def area(spot: FormulaSpot) -> CellBlock:
            (top, left), (bottom, right) = ((at(spot.row), to(spot.column)) for at, to in (first, last))
            return CellBlock(named or spot.sheet, top, left, bottom, right)

        return area

    def _cell(self) -> tuple[Callable[[int], int], Callable[[int], int]]:
        if self.kind != "column" or self._match is None:
            raise ValueError(f"a cell expected at {self.text!r}: {self._formula}")
        parts = self._match["row"], self._match["column"]
        self._next()
        row, column = (_axis(part) for part in parts)
        return row, column


def _axis(written: str) -> Callable[[int], int]:
    if written.startswith("["):
        offset = int(written[1:-1])
        return lambda here: here + offset
    number = int(written) - 1
    return lambda _: number


def _binary(action: Callable[[Value, Value], Value], left: Evaluate, right: Evaluate) -> Evaluate:
    def evaluate(spot: FormulaSpot) -> Operand:
        return each(action, [left(spot), right(spot)], spot.cells)

    return evaluate


def _single(action: Callable[[Value], Value], inner: Evaluate) -> Evaluate:
    return lambda spot: each(action, [inner(spot)], spot.cells)


def _divided(left: Value, right: Value) -> Value:
    divisor = as_number(right)
    if divisor == 0:
        raise FormulaFault("#DIV/0!")
    return as_number(left) / divisor


def _compared(sign: str) -> Callable[[Value, Value], Value]:
    def action(left: Value, right: Value) -> Value:
        order = ordered(left, right)
        same, less = order == 0, order < 0
        return {
            "=": same, "<>": not same, "<": less, "<=": less or same, ">": not (less or same), ">=": not less,
        }[sign]  # fmt: skip

    return action


_SIGNS: dict[str, Callable[[Value, Value], Value]] = {
    "+": lambda left, right: as_number(left) + as_number(right),
    "-": lambda left, right: as_number(left) - as_number(right),
    "*": lambda left, right: as_number(left) * as_number(right),
    "/": _divided,
    "&": lambda left, right: as_text(left) + as_text(right),
    **{sign: _compared(sign) for sign in _COMPARISONS},
}
_LEVELS = (_COMPARISONS, frozenset("&"), frozenset("+-"), frozenset("*/"))
