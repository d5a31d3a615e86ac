"""The expression language of the rulebook: parsed with Python's `ast` under an allow-list into a small tree of its own.

The tree knows nothing of what it is compiled to. `rulebook/columns.py` evaluates it over whole columns of a district with
exact integers; an Excel formula can be written from the same nodes. What the language has: field names, `collection.field`
members, whole and decimal numbers (exact), texts, + - * /, comparisons (chains too), and/or/not, and `FUNCTIONS`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from perfbatch.model.words.catalogue import worded
from perfbatch.rulebook.tree import (
    Binary,
    Boolean,
    Call,
    Compare,
    ExpressionError,
    Member,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Operator,
    Relation,
    Text,
    leaves,
)

__all__ = ["DIGITS", "FUNCTIONS", "ExpressionError", "owners_in", "parse", "unparse"]


@dataclass(frozen=True, slots=True)
class _Signature:
    arguments: int
    takes: Literal["any", "name", "member"]
    meaning: str


FUNCTIONS: Mapping[str, _Signature] = {
    "sum": _Signature(1, "member", "sum(units.x): over the unit rows, the scorecard's rows or a group's rows"),
    "abs": _Signature(1, "any", "abs(x)"),
    "filled": _Signature(1, "any", "filled(x): something readable stands in the cell"),
    "either": _Signature(2, "any", "either(x, y): x where it is filled, else y"),
    "part": _Signature(1, "name", "part(x): x, blank counting as 0 when a sibling under the same total is filled"),
    "grade": _Signature(1, "any", "grade(score): the grade's name"),
    "points": _Signature(1, "name", "points(indicator): the computed score"),
    "days_late": _Signature(
        1, "name", "days_late(date): the days that a date lies past the rulebook's deadline, 0 before"
    ),
    "has_number": _Signature(1, "any", "has_number(text): a digit stands in it"),
}

DIGITS = "0123456789０１２３４５６７８９"
"""What has_number() looks for: digits as keyboards give them, in half and full width."""

_OPERATORS: Mapping[type[ast.operator], Operator] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_RELATIONS: Mapping[type[ast.cmpop], Relation] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}

# Deeper than any rule of a form, far below Python's recursion limit.
_MAX_DEPTH = 60
_MAX_LENGTH = 2000


# A rulebook has some hundred expressions, which its readers ask for time and again; a tree never changes.
@lru_cache(maxsize=4096)
def parse(source: str) -> Node:
    """Parse one expression.

    Raises `ExpressionError` (fault, column) for anything outside the allow-list; nothing is ever evaluated.
    """
    if len(source) > _MAX_LENGTH:
        raise ExpressionError(worded("expression.long", most=_MAX_LENGTH), 1)
    try:
        tree = ast.parse(source, mode="eval")
    except SyntaxError as error:
        raise ExpressionError(worded("expression.no_syntax", reason=error.msg), error.offset or 1) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError(worded("expression.none"), 1) from None
    return _Parser(source).node(tree.body, 0)


def owners_in(source: str) -> frozenset[str]:
    """What an expression looks into: the owners of its members (`units` of `sum(units.x)`); nothing where it does not parse."""
    try:
        tree = parse(source)
    except ExpressionError:
        return frozenset()
    return frozenset(leaf.owner for leaf in leaves(tree) if isinstance(leaf, Member))


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source

    def _column(self, node: ast.expr) -> int:
        """1-based column in characters; ast counts UTF-8 bytes of its line."""
        line = self._source.splitlines()[node.lineno - 1]
        before = sum(len(earlier) + 1 for earlier in self._source.splitlines()[: node.lineno - 1])
        return before + len(line.encode()[: node.col_offset].decode(errors="ignore")) + 1

    def node(self, node: ast.expr, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise ExpressionError(worded("expression.deep", most=_MAX_DEPTH), self._column(node))
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name(id=name):
                return Name(name, self._column(node))
            case ast.Attribute(value=ast.Name(id=owner), attr=field):
                return Member(owner, field, self._column(node))
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id=block), attr=row), attr=column):
                # A cell of a table of fixed rows and columns.
                return Name(f"{block}_{row}_{column}", self._column(node))
            case ast.Attribute(
                value=ast.Attribute(value=ast.Attribute(value=ast.Name(id=record), attr=block), attr=row), attr=column
            ):
                return Member(record, f"{block}_{row}_{column}", self._column(node))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.node(operand, depth + 1))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.node(operand, depth + 1))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return Binary(_OPERATORS[type(op)], self.node(left, depth + 1), self.node(right, depth + 1))
            case ast.BoolOp(op=op, values=values):
                word: Literal["and", "or"] = "and" if isinstance(op, ast.And) else "or"
                return Boolean(word, tuple(self.node(value, depth + 1) for value in values))
            case ast.Compare():
                return self._comparison(node, depth)
            case ast.Call():
                return self._call(node, depth)
        raise ExpressionError(worded("expression.foreign", part=type(node).__name__), self._column(node))

    def _constant(self, node: ast.Constant) -> Node:
        value = node.value
        if isinstance(value, str):
            return Text(value)
        # The source's own digits, since ast has already turned 0.1 into a binary float.
        digits = (ast.get_source_segment(self._source, node) or "").replace("_", "")
        if type(value) in (int, float) and digits.replace(".", "", 1).isdigit() and digits.isascii():
            return Number(Fraction(digits))
        raise ExpressionError(worded("expression.no_constant", value=repr(digits or value)), self._column(node))

    def _comparison(self, node: ast.Compare, depth: int) -> Node:
        operands = [self.node(operand, depth + 1) for operand in (node.left, *node.comparators)]
        links: list[Node] = []
        for op, left, right in zip(node.ops, operands, operands[1:], strict=False):
            if type(op) not in _RELATIONS:
                raise ExpressionError(worded("expression.foreign", part=type(op).__name__), self._column(node))
            links.append(Compare(_RELATIONS[type(op)], left, right))
        return links[0] if len(links) == 1 else Boolean("and", tuple(links))

    def _call(self, node: ast.Call, depth: int) -> Node:
        column = self._column(node)
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            raise ExpressionError(worded("expression.no_function", names=", ".join(FUNCTIONS)), column)
        name, signature = node.func.id, FUNCTIONS[node.func.id]
        if node.keywords or len(node.args) != signature.arguments:
            raise ExpressionError(
                worded("expression.arguments", name=name, count=signature.arguments, meaning=signature.meaning), column
            )
        arguments = tuple(self.node(argument, depth + 1) for argument in node.args)
        wanted = {"name": Name, "member": Member, "any": Node}[signature.takes]
        if not isinstance(arguments[0], wanted):
            raise ExpressionError(
                worded("expression.argument", name=name, kind=signature.takes, meaning=signature.meaning), column
            )
        return Call(name, arguments, column)


_PRECEDENCE = {"or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "*": 6, "/": 6, "neg": 7}


def unparse(node: Node, outer: int = 0) -> str:
    """The expression as text again; `parse(unparse(tree))` is the tree."""
    match node:
        case Number(value):
            return str(value.numerator) if value.denominator == 1 else _decimal(value)
        case Text(value):
            return repr(value)
        case Name(name):
            return name
        case Member(owner, field):
            return f"{owner}.{field}"
        case Negative(operand):
            level, text = _PRECEDENCE["neg"], f"-{unparse(operand, _PRECEDENCE['neg'])}"
        case Not(operand):
            level, text = _PRECEDENCE["not"], f"not {unparse(operand, _PRECEDENCE['not'])}"
        case Binary(op, left, right):
            level = _PRECEDENCE[op]
            text = f"{unparse(left, level)} {op} {unparse(right, level + 1)}"
        case Compare(op, left, right):
            level = _PRECEDENCE["compare"]
            text = f"{unparse(left, level + 1)} {op} {unparse(right, level + 1)}"
        case Boolean(op, operands):
            level = _PRECEDENCE[op]
            text = f" {op} ".join(unparse(operand, level + 1) for operand in operands)
        case Call(function, arguments):
            return f"{function}({', '.join(unparse(argument) for argument in arguments)})"
        case _:
            raise TypeError(f"not a node: {node!r}")
    return f"({text})" if level < outer else text


def _decimal(value: Fraction) -> str:
    """A fraction that came from decimal digits, as those digits."""
    places = 0
    while value.denominator != 1 and places < _MAX_LENGTH:
        value, places = value * 10, places + 1
    digits = str(value.numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"
