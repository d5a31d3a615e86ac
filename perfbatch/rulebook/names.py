"""What a name may mean in each scope of a rulebook, and of what type it is: the language's static check."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from perfbatch.model.words.catalogue import worded
from perfbatch.rulebook.expression import ExpressionError
from perfbatch.rulebook.form import SINGLE
from perfbatch.rulebook.model import FormField, Rulebook, Scope, ScorecardBlock
from perfbatch.rulebook.nearest import nearest
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
    leaves,
)

__all__ = ["BEHIND", "NUMERIC_KINDS", "OTHER_RECORDS", "Namespace", "Type", "type_word"]

Type = Literal["number", "text", "condition"]

NUMERIC_KINDS = frozenset({"amount", "count", "area", "score", "percent", "number", "year"})
OTHER_RECORDS = ("prior", "roster", "summary")
"""Records beside the row at hand: last year's figures, the bureau's own, the department's 汇总 row."""

# What scoring and intake work out for a row, beside its fields.
_DERIVED: dict[str, dict[str, Type]] = {
    "department": {"total_points": "number", "self_total": "number", "verified_total": "number"},
    "unit": {},
    "item": {
        "has_target_types": "condition",
        "targets_answered": "number",
        "fixed_points": "number",
        "item_points": "number",
    },
    "target": {},
    "row": {},
}


BEHIND: dict[str, str] = {"item_points": "item_max"}
"""What is worked out of a field's own cell → the field."""

# Known only once everything is scored.
_SCORES = frozenset({"self_total", "verified_total"})


class Namespace:
    """The names of one scope; of the scope `row` those of a table. With `scored` False, those of an indicator's rule: no score and no other record is there yet."""

    def __init__(self, rulebook: Rulebook, scope: Scope, *, table: str = "", scored: bool = True) -> None:
        self._rulebook = rulebook
        self._scope = scope
        self._table = table
        self._scored = scored

    @cached_property
    def fields(self) -> dict[str, Type]:
        """Name → type, for everything that may stand alone."""
        types = {field.id: _type(field) for field in self._scope_fields()}
        derived = {name: kind for name, kind in _DERIVED[self._scope].items() if self._scored or name not in _SCORES}
        return {**types, **derived}

    def _scope_fields(self) -> list[FormField]:
        blocks = [block for _, block in self._rulebook.blocks()]
        tables = [field for table in self._rulebook.unit_tables.values() for field in table.fields]
        match self._scope:
            case "unit":
                return list(tables)
            case "item":
                return [field for block in blocks if isinstance(block, ScorecardBlock) for field in block.fields]
            case "target":
                return self._columns_of(self._rulebook.roles.targets)
            case "row":
                return self._columns_of(self._table)
        cards = [field for block in blocks if isinstance(block, SINGLE) for field in block.fields]
        totals = [block.total for block in blocks if isinstance(block, ScorecardBlock)]
        return [*cards, *tables, *totals]

    def _columns_of(self, table: str) -> list[FormField]:
        block = self._rulebook.row_tables.get(table)
        return list(block.fields) if block is not None else []

    def infer(self, node: Node) -> Type:
        """The type of an expression in this scope. Raises `ExpressionError` for a name or a use that makes no sense."""
        match node:
            case Number():
                return "number"
            case Text():
                return "text"
            case Name(name, column):
                if name not in self.fields:
                    meant = nearest(name, self.fields, 0.8)
                    hint = worded("expression.nearest", name=meant) if meant else ""
                    raise ExpressionError(
                        worded("expression.no_field", name=repr(name), scope=self._scope, hint=hint), column
                    )
                return self.fields[name]
            case Member():
                return self._member(node)
            case Negative(operand):
                return self._want(operand, "number", "number")
            case Not(operand):
                return self._want(operand, "condition", "condition")
            case Binary(_, left, right):
                self._want(left, "number", "number")
                return self._want(right, "number", "number")
            case Compare(op, left, right):
                kinds = self.infer(left), self.infer(right)
                if kinds[0] != kinds[1] or kinds[0] == "condition" or (kinds[0] == "text" and op not in ("==", "!=")):
                    raise ExpressionError(
                        worded("expression.compare", left=type_word(kinds[0]), op=op, right=type_word(kinds[1])),
                        _column(node),
                    )
                return "condition"
            case Boolean(_, operands):
                for operand in operands:
                    self._want(operand, "condition", "condition")
                return "condition"
            case Call():
                return self._call(node)
        raise TypeError(f"not a node: {node!r}")

    def _want(self, node: Node, wanted: Type, result: Type) -> Type:
        inferred = self.infer(node)
        if inferred != wanted:
            raise ExpressionError(
                worded("expression.type", wanted=type_word(wanted), inferred=type_word(inferred)), _column(node)
            )
        return result

    def _member(self, node: Member) -> Type:
        book = self._rulebook
        if node.owner in OTHER_RECORDS:
            field = book.field_by_id.get(node.field)
            if field and self._scored and self._scope == ("unit" if node.owner == "summary" else "department"):
                return _type(field)
        elif self._scope == "department":
            if node.owner in {group.id for group in book.groups} and node.field == "points":
                return "number"
            if (
                node.owner in book.indicator_by_id
                and book.score_places.own_fields
                and book.score_places.column(node.field) in _scores(book)
            ):
                return "number"
        raise ExpressionError(
            worded("expression.no_member", owner=node.owner, field=node.field, scope=self._scope), node.column
        )

    def _call(self, node: Call) -> Type:
        first = node.arguments[0]
        match node.function, first:
            case "sum", Member(owner, field, column):
                self._collection(owner, field, column)
                return "number"
            case "points", Name(indicator, column):
                known = indicator in self._rulebook.indicator_by_id
                if self._scope != "department" or not self._scored or not known:
                    raise ExpressionError(
                        worded("expression.no_indicator", name=repr(indicator), scope=self._scope), column
                    )
                return "number"
            case "part", Name(name, column):
                if name not in self._rulebook.siblings:
                    raise ExpressionError(worded("expression.no_part", name=repr(name)), column)
                return self.infer(first)
            case "days_late", Name(name, column):
                dates = [field.id for field in self._scope_fields() if field.kind == "date"]
                if name not in dates:
                    meant = nearest(name, dates, 0.8)
                    hint = worded("expression.nearest", name=meant) if meant else ""
                    raise ExpressionError(worded("expression.no_date", name=repr(name), hint=hint), column)
                if self._rulebook.deadline is None:
                    raise ExpressionError(worded("expression.no_deadline"), column)
                return "number"
            case "filled", _:
                self.infer(first)
                return "condition"
            case "has_number", _:
                return self._want(first, "text", "condition")
            case "grade", _:
                return self._want(first, "number", "text")
            case "either", _:
                self._want(first, "number", "number")
                return self._want(node.arguments[1], "number", "number")
        return self._want(first, "number", "number")

    def _collection(self, owner: str, field: str, column: int) -> None:
        book = self._rulebook
        amounts = {spec.id for table in book.unit_tables.values() for spec in table.fields if spec.kind == "amount"}
        groups = {"items", *(group.id for group in book.groups)}
        rows = owner == "units" and field in amounts
        if owner in book.row_tables:
            rows = any(spec.id == field and spec.kind in NUMERIC_KINDS for spec in book.row_tables[owner].fields)
        scores = (
            owner in groups and bool(book.score_places.own_fields) and book.score_places.column(field) in _scores(book)
        )
        if self._scope != "department" or not (rows or scores):
            raise ExpressionError(worded("expression.no_sum", owner=owner, field=field, scope=self._scope), column)


def _scores(rulebook: Rulebook) -> tuple[str, str]:
    """The columns of the scorecard that can be summed and asked for by indicator."""
    return rulebook.roles.item_max, rulebook.roles.item_self


def _type(field: FormField) -> Type:
    return "number" if field.kind in NUMERIC_KINDS else "text"


def _column(node: Node) -> int:
    """Where a node starts, as far as a name in it tells."""
    return next((leaf.column for leaf in leaves(node)), 1)


def type_word(kind: Type) -> str:
    """What a type is called in a fault."""
    return worded(f"expression.type.{kind}")
