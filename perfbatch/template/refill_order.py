"""Rows of what was typed in the order that the form prints: those of the scorecard and of the evidence by their ids.

Whoever sorted them, or put a blank row between, finds each again beside its own standard and question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfbatch.model.typed import TypedCell, TypedForm
from perfbatch.rulebook.model import EvidenceBlock, Rulebook, ScorecardBlock

__all__ = ["typed_by_ids"]

_BLANK = TypedCell(None)


def typed_by_ids(rulebook: Rulebook, typed: TypedForm) -> TypedForm:
    """The form with those rows in the rulebook's order. Rows whose ids are gone stay where they stood or take the places that
    are left; where there are no ids, or one is not the form's or stands twice, all rows stay as they stood."""
    cells, names = dict(typed.cells), typed.names
    for _, block in rulebook.blocks():
        if not isinstance(block, ScorecardBlock | EvidenceBlock):
            continue
        is_scorecard = isinstance(block, ScorecardBlock)
        printed = [
            name
            for indicator in rulebook.indicators
            for name in ((indicator.id,) if is_scorecard else indicator.evidence_ids)
        ]
        columns = [field.id for field in block.fields if field.id in cells]
        identity = next((field.id for field in block.fields if field.kind == "id"), "")
        shown = names if is_scorecard else ()
        order = _order([cells[name] for name in columns], cells.get(identity, ()), shown, printed)
        if order is None:
            continue
        for name in columns:
            cells[name] = _ordered(cells[name], order)
        if is_scorecard and names:
            names = _ordered(names, order)
    return replace(typed, cells=cells, names=names)


def _order(
    columns: Sequence[Sequence[TypedCell]],
    ids: Sequence[TypedCell],
    names: Sequence[TypedCell],
    printed: Sequence[str],
) -> list[int] | None:
    """Per printed row the row that was typed, -1 for none; then those for which there is no place. None where they stay."""
    stated = [cell.value for cell in ids]
    known = [value for value in stated if value is not None and value != ""]
    if not known or len(set(known)) < len(known) or not set(known) <= set(printed):
        return None
    length = max((len(column) for column in (*columns, names)), default=0)
    row_of = {value: row for row, value in enumerate(stated) if value in printed}
    used = [
        any(row < len(column) and column[row].value not in (None, "") for column in (*columns, names))
        for row in range(length)
    ]
    left = [row for row in range(length) if row not in row_of.values() and used[row]]
    order = [row_of.get(name, -1) for name in printed]
    free = [place for place, row in enumerate(order) if row < 0]
    stay = [place for place in free if place in left]
    others = [row for row in left if row not in stay]
    for place in free:
        if place in stay:
            order[place] = place
        elif others:
            order[place] = others.pop(0)
    left = others
    return [*order, *left]


def _ordered(cells: Sequence[TypedCell], order: Sequence[int]) -> list[TypedCell]:
    return [cells[row] if 0 <= row < len(cells) else _BLANK for row in order]
