"""The tree that an expression of the rulebook is, whatever it is compiled to, and walks over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from dataclasses import field as attribute
from fractions import Fraction
from typing import Literal

from perfbatch.model.words.catalogue import worded

__all__ = [
    "Binary",
    "Boolean",
    "Call",
    "Compare",
    "ExpressionError",
    "Member",
    "Name",
    "Negative",
    "Node",
    "Not",
    "Number",
    "Operator",
    "Relation",
    "Text",
    "bind",
    "children",
    "leaves",
]

Operator = Literal["+", "-", "*", "/"]
Relation = Literal["==", "!=", "<", "<=", ">", ">="]


class ExpressionError(ValueError):
    """An expression that the language does not allow. `column` is 1-based, in the expression's own text."""

    def __init__(self, fault: str, column: int) -> None:
        super().__init__(fault)
        self.fault = fault
        self.column = column


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree; `column` is where it starts in the source (1-based), and takes no part in equality."""


@dataclass(frozen=True, slots=True)
class Number(Node):
    """An exact number: 0.1 is one tenth."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A text literal."""

    value: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A field of the scope that the expression is evaluated in."""

    id: str
    column: int = attribute(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Member(Node):
    """`owner.field`: a field of a collection (units, items, a group), of another record (prior, roster, summary), or of
    one indicator's row."""

    owner: str
    field: str
    column: int = attribute(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """−x."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Arithmetic on two operands."""

    op: Operator
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A comparison of two operands; a chain `a <= b <= c` becomes an `and` of two."""

    op: Relation
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    """`and` / `or` over two or more operands, three-valued where an operand is not known."""

    op: Literal["and", "or"]
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not x`."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """One of `FUNCTIONS`."""

    function: str
    arguments: tuple[Node, ...]
    column: int = attribute(default=1, compare=False)


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node, left to right."""
    match node:
        case Negative(operand) | Not(operand):
            return (operand,)
        case Binary(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Boolean(_, operands) | Call(_, operands):
            return operands
    return ()


def leaves(node: Node) -> Iterator[Name | Member]:
    """Every name and member, left to right."""
    if isinstance(node, Name | Member):
        yield node
    for child in children(node):
        yield from leaves(child)


def _rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """The same node over changed operands."""
    changed: dict[str, object] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            changed[field.name] = change(value)
        elif isinstance(value, tuple):
            changed[field.name] = tuple(change(operand) for operand in value)
    return replace(node, **changed) if changed else node


def bind(node: Node, bindings: Mapping[str, Node]) -> Node:
    """Put trees in place of names. A `Member` whose owner is bound must be bound to a `Name` (`each.item_max`), a member
    whose field is bound likewise (`units.each`)."""
    if not bindings:
        return node
    match node:
        case Name(name) if name in bindings:
            return bindings[name]
        case Member(owner, field, column):
            return Member(_renamed(owner, bindings, column), _renamed(field, bindings, column), column)
    return _rebuild(node, lambda child: bind(child, bindings))


def _renamed(name: str, bindings: Mapping[str, Node], column: int) -> str:
    bound = bindings.get(name)
    if bound is None:
        return name
    if not isinstance(bound, Name):
        raise ExpressionError(worded("expression.one_name", name=name), column)
    return bound.id
