"""What the bureau fills into a department's own copy of the form: who it is, its units, last year's closing figures.

Which field starts from which figure of last year is the rulebook's matter: a check that holds a field equal to a figure on
record (`x == prior.y`, or `either(x, 0) == either(prior.y, prior.z - …)`) says what x has to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from perfbatch.model.submission import SCALE
from perfbatch.roster import OFFICE_HEADING, RosterEntry
from perfbatch.rulebook.checks import bind_checks
from perfbatch.rulebook.model import FormField, Rulebook
from perfbatch.rulebook.roles import entity_key
from perfbatch.rulebook.tree import Binary, Call, Compare, Member, Name, Node, Number, leaves
from perfbatch.template.plan import Value
from perfbatch.template.unit_tables import entity_field

__all__ = ["OfferedExplanation", "Prefill", "carried_forward", "prefill_for"]


@dataclass(frozen=True)
class Prefill:
    """What a copy of the form comes with. `values` is field id → the values of its cells from the top, None for a cell that
    stays open; each of them is locked as given. `offered` is field id → what its cells of a table of rows come with, to
    be typed over: last year's explanations. `lines` are (label, text) printed on the cover below its fields."""

    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    lines: tuple[tuple[str, str], ...] = ()
    offered: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)


def carried_forward(rulebook: Rulebook) -> dict[str, str]:
    """Field id → the field of last year's form whose figure it must show, in the order of the rulebook's checks."""
    return {
        own: next(leaf.field for leaf in leaves(tree) if isinstance(leaf, Member)) for own, tree in _carried(rulebook)
    }


def _carried(rulebook: Rulebook) -> list[tuple[str, Node]]:
    """A field and the figures on record that it must equal; of several checks of one field the first."""
    carried: dict[str, Node] = {}
    for bound in bind_checks(rulebook):
        if not isinstance(bound.holds, Compare) or bound.holds.op != "==":
            continue
        for own, recorded in ((bound.holds.left, bound.holds.right), (bound.holds.right, bound.holds.left)):
            match own:
                case Name(name) | Call("either", (Name(name), Number())) if _is_recorded(recorded):
                    carried.setdefault(name, recorded)
    return list(carried.items())


def _is_recorded(tree: Node) -> bool:
    owners = [leaf.owner if isinstance(leaf, Member) else "" for leaf in leaves(tree)]
    return bool(owners) and set(owners) == {"prior"}


def _on_record(tree: Node, prior: Mapping[str, int]) -> int | None:
    """What last year's figures come to, as a count; None where they are not there."""
    match tree:
        case Member("prior", source):
            return prior.get(source)
        case Call("either", (first, second)):
            count = _on_record(first, prior)
            return _on_record(second, prior) if count is None else count
        case Binary("+" | "-", left, right):
            minuend, subtrahend = _on_record(left, prior), _on_record(right, prior)
            if minuend is None or subtrahend is None:
                return None
            return minuend + subtrahend if tree.op == "+" else minuend - subtrahend
    return None


class OfferedExplanation(NamedTuple):
    """What a department explained last year: the check's id, the field that it was made at, its words."""

    check: str
    field: str
    text: str


def prefill_for(
    entry: RosterEntry,
    prior: Mapping[str, int],
    rulebook: Rulebook,
    explained: Sequence[OfferedExplanation] = (),
) -> Prefill:
    """What is given to one department. `prior` is field id → count of 1/SCALE, last year's figures as it reported them.

    Of the unit tables only the department's 汇总 row is on record, so only that row is given; where the roster says that
    there are no subordinate units, 局机关 is the whole department and its row is given too. A figure that the form would not
    take (a deficit carried forward) is left open. `explained` are last year's explanations, offered to be looked at anew.
    """
    values: dict[str, tuple[Value, ...]] = {}
    entity = rulebook.entity
    given = {entity.name: entry.entity_title, entity.group_name or "": entry.group_name}
    given |= dict(zip(entity.key, entity_key(entity, entry.entity_code), strict=True))
    for name, text in given.items():
        if name in rulebook.field_by_id and text:
            values[name] = (text,)
    names = entity_field(rulebook)
    if names is not None and entry.subordinate_units:
        own_rows = (None,) * (len(rulebook.unit_rows) - 1)
        values[names.id] = (*own_rows, *entry.subordinate_units)
    columns = {column.id for table in rulebook.unit_tables.values() for column in table.fields}
    for own, recorded in _carried(rulebook):
        figure = _figure(rulebook.field_by_id[own], _on_record(recorded, prior), rulebook)
        if figure is not None:
            alone = own in columns and entry.subordinate_units == ()
            values[own] = (figure, figure) if alone else (figure,)
    lines = ((OFFICE_HEADING, entry.office),) if entry.office else ()
    return Prefill(values, lines, _offered(explained, rulebook))


def _offered(explained: Sequence[OfferedExplanation], rulebook: Rulebook) -> dict[str, tuple[Value, ...]]:
    """Last year's explanations of checks that may be explained this year, in the rows of the form's table."""
    if rulebook.explanation_block is None:
        return {}
    words = {check.id: shown for shown, check in rulebook.explainable.items()}
    rows = [
        (
            words[past.check],
            rulebook.field_by_id[past.field].label if past.field in rulebook.field_by_id else "",
            past.text,
        )
        for past in explained
        if past.check in words
    ]
    roles = rulebook.roles
    names = (roles.explained_check, roles.explained_place, roles.explanation)
    return dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}


def _figure(spec: FormField, count: int | None, rulebook: Rulebook) -> Decimal | None:
    """A count as the cell holds it, None where there is none or the form's bounds shut it out."""
    if count is None:
        return None
    kind, exact = rulebook.kind_of(spec), Decimal(count) / SCALE
    if (kind.minimum is not None and exact < kind.minimum) or (kind.maximum is not None and exact > kind.maximum):
        return None
    return exact / 100 if spec.kind == "percent" else exact
