"""Checks made concrete: the rulebook's checks with `each`, `total`, `parts` and `part` put in, as syntax trees."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

from perfbatch.model.words.catalogue import worded
from perfbatch.rulebook.expression import ExpressionError, parse
from perfbatch.rulebook.model import Check, RowsBlock, Rulebook, SignatureBlock
from perfbatch.rulebook.names import NUMERIC_KINDS
from perfbatch.rulebook.tree import Binary, Member, Name, Node, bind, leaves

__all__ = ["BoundCheck", "bind_checks", "check_bindings", "fields_of_record", "place_of", "required_checks", "sum_of"]


@dataclass(frozen=True, slots=True)
class BoundCheck:
    """One check on one set of fields. `place` is the cell that its finding points at: a field of the check's scope, or a
    member (an indicator's score, a group's first row). `each` is the id that a repeated check was bound to (the part, the
    total, or what stands in place of `each`), "" for a check that is made once: with the check's id it names this one."""

    check: Check
    holds: Node
    when: Node | None
    expected: Node | None
    place: Name | Member
    label: str
    each: str


def required_checks(rulebook: Rulebook) -> tuple[Check, ...]:
    """A check for each field that must be filled under a condition (C07)."""
    checks = []
    for _, block in rulebook.blocks():
        if isinstance(block, SignatureBlock):
            continue
        in_rows = block.id if isinstance(block, RowsBlock) else None
        checks += [
            Check(
                id=f"C07.{field.id}",
                code="C07",
                title=f"{field.label}应填报",
                scope="row" if in_rows else "department",
                table=in_rows,
                severity="error",
                when=field.required_when,
                holds=f"filled({field.id})",
                at=field.id,
                message=f"{'{row}：' if in_rows else ''}{{label}}：该项未填报",
                remedy="补填该项",
                source=rulebook.source,
            )
            for field in block.fields
            if field.required_when is not None
        ]
    return tuple(checks)


def sum_of(names: tuple[str, ...]) -> Node:
    """`a + b + c` as a tree."""
    trees: list[Node] = [Name(name) for name in names]
    return reduce(lambda left, right: Binary("+", left, right), trees)


def check_bindings(check: Check, rulebook: Rulebook) -> Iterator[Mapping[str, Node]]:
    """The sets of names to put in, one per concrete check; a single empty set for a check without `each…`."""
    tables = rulebook.unit_tables
    if not check.is_repeated:
        yield {}
    for name in check.each:
        yield {"each": Name(name)}
    for name, against in check.each_against.items():
        yield {"each": Name(name), "against": parse(against)}
    for table in check.each_table:
        for column in tables[table].fields:
            if column.kind == "amount":
                yield {"each": Name(column.id)}
    for table in (*check.each_total, *check.each_part):
        for column in tables[table].fields:
            if not column.parts:
                continue
            names: dict[str, Node] = {"total": Name(column.id), "parts": sum_of(column.parts)}
            if table in check.each_total:
                yield names
            else:
                yield from ({**names, "part": Name(part)} for part in column.parts)

    for matrix in check.each_matrix:
        for name, cell in rulebook.matrices[matrix].cells.items():
            if cell.field.kind in NUMERIC_KINDS:
                for parts in filter(None, (cell.parts_below, cell.parts_beside)):
                    yield {"total": Name(name), "parts": sum_of(parts)}
    for group in check.each_group:
        yield {"group": Name(group)}


def place_of(check: Check, holds: Node, bindings: Mapping[str, Node]) -> Name | Member:
    """Where the finding points: `at`, else the first field that the rule names."""
    tree = bind(parse(check.at), bindings) if check.at else next(leaves(holds), None)
    if not isinstance(tree, Name | Member):
        raise ExpressionError(worded("expression.at"), 1)
    return tree


def bind_checks(rulebook: Rulebook) -> tuple[BoundCheck, ...]:
    """Every concrete check of a rulebook that `lint` found no fault in, in the rulebook's order."""
    # Half a dozen rooms of a night ask, and a rulebook never changes.
    for known, checks in _BOUND:
        if known is rulebook:
            return checks
    made = (*rulebook.checks, *required_checks(rulebook))
    bound = tuple(_bound(check, bindings, rulebook) for check in made for bindings in check_bindings(check, rulebook))
    _BOUND.append((rulebook, bound))
    return bound


# By the object itself, which is kept with its checks: no other one can take its place.
_BOUND: deque[tuple[Rulebook, tuple[BoundCheck, ...]]] = deque(maxlen=8)


def _bound(check: Check, bindings: Mapping[str, Node], rulebook: Rulebook) -> BoundCheck:
    holds = bind(parse(check.holds), bindings)
    place = place_of(check, holds, bindings)
    return BoundCheck(
        check=check,
        holds=holds,
        when=bind(parse(check.when), bindings) if check.when else None,
        expected=bind(parse(check.expected), bindings) if check.expected else None,
        place=place,
        label=_total_in_matrix(check, bindings, rulebook)[0] or _label(place, rulebook),
        each=_bound_to(bindings) + _total_in_matrix(check, bindings, rulebook)[1],
    )


def _bound_to(bindings: Mapping[str, Node]) -> str:
    named = (bindings.get(name) for name in ("part", "total", "each", "group"))
    return next((node.id for node in named if isinstance(node, Name)), "")


def _total_in_matrix(check: Check, bindings: Mapping[str, Node], rulebook: Rulebook) -> tuple[str, str]:
    """Of a total of a table of fixed rows and columns what it is summed over: down a column the column, along a row the row; and
    what tells the two apart where one cell is both."""
    total = bindings.get("total")
    if not check.each_matrix or not isinstance(total, Name):
        return "", ""
    cell = next(matrix.cells[total.id] for matrix in rulebook.matrices.values() if total.id in matrix.cells)
    down = bool(cell.parts_below) and bindings["parts"] == sum_of(cell.parts_below)
    return (cell.column.label, "") if down else (cell.row.label, ".along")


def fields_of_record(record: str, rulebook: Rulebook) -> list[str]:
    """The fields that the rulebook's checks look up in another record (`prior`, `roster`), in the order of their ids."""
    trees = [tree for bound in bind_checks(rulebook) for tree in (bound.holds, bound.when) if tree is not None]
    named = (leaf.field for tree in trees for leaf in leaves(tree) if isinstance(leaf, Member) and leaf.owner == record)
    return sorted(set(named))


def _label(place: Name | Member, rulebook: Rulebook) -> str:
    if isinstance(place, Member):
        for group in rulebook.groups:
            if group.id == place.owner:
                return group.name
        if place.owner in rulebook.indicator_by_id:
            return rulebook.indicator_by_id[place.owner].name
    field = rulebook.field_by_id.get(place.field if isinstance(place, Member) else place.id)
    return field.label if field else ""
