"""Cards: label–value pairs side by side; a long text takes the whole width and several rows."""

from __future__ import annotations

from itertools import combinations

from perfbatch.rulebook.model import CardBlock, FormField
from perfbatch.template.plan import Form, InputCell, SheetPlan, Style

__all__ = ["CARD_WIDTHS", "input_cell", "pair_columns", "place_card"]

CARD_WIDTHS = (24.0, 18.0, 24.0, 18.0)
"""Columns of a sheet that has nothing but cards, in digits."""

_LABEL_SHARE = 0.45
_NARROWEST = 14.0
_ROW = 24.0
# Excel rows end at 409 points: a long text is merged over several rows, so that a department can make it as high as it needs.
_LONGTEXT_ROWS = 3
_LONGTEXT_ROW = 50.0
# Running text, headed by its label, in a card of one column.
_BODY_ROWS = 4
_BODY_ROW = 34.0

Pair = tuple[tuple[int, int], tuple[int, int]]
"""First and last column of the label, first and last column of the value."""


def place_card(form: Form, plan: SheetPlan, block: CardBlock) -> None:
    """Lay a card out below what the sheet has."""
    if block.title:
        plan.print_row(block.title, Style.SUBTITLE, _ROW)
    widths = plan.widths[: plan.printed_columns]
    pairs = pair_columns(widths, block.columns)
    whole = pair_columns(widths, 1)[0] if len(pairs) == 1 else (pairs[0][0], (pairs[0][1][0], len(widths) - 1))
    position = 0
    for field in block.fields:
        if field.kind == "longtext":
            if position:
                _close_row(plan, pairs[position:])
                position = 0
            if block.columns == 1:
                _place_body(form, plan, field)
            else:
                _place_pair(form, plan, field, whole, _LONGTEXT_ROWS, _LONGTEXT_ROW)
                plan.row += _LONGTEXT_ROWS
            continue
        _place_pair(form, plan, field, pairs[position], 1, _ROW)
        position += 1
        if position == len(pairs):
            plan.row += 1
            position = 0
    if position:
        _close_row(plan, pairs[position:])


def pair_columns(widths: tuple[float, ...], pairs: int) -> tuple[Pair, ...]:
    """Share a sheet's columns among so many label–value pairs, or fewer where one would become too narrow to read.

    Other tables on the sheet set the widths; a card takes whole columns of them.
    """
    for count in range(pairs, 1, -1):
        fitting = [
            (uneven, cuts)
            for cuts in combinations(range(1, len(widths)), 2 * count - 1)
            if (uneven := _unevenness(widths, cuts)) is not None
        ]
        if fitting:
            return _pairs_at(min(fitting)[1], len(widths))
    cut = min(range(1, len(widths)), key=lambda at: abs(sum(widths[:at]) - _LABEL_SHARE / 2 * sum(widths)), default=1)
    return _pairs_at((cut,), len(widths))


def _unevenness(widths: tuple[float, ...], cuts: tuple[int, ...]) -> float | None:
    ends = (*cuts, len(widths))
    parts = [sum(widths[start:end]) for start, end in zip((0, *cuts), ends, strict=True)]
    if min(parts) < _NARROWEST:
        return None
    pair_width = 2 * sum(widths) / len(parts)
    ideal = [pair_width * (_LABEL_SHARE if index % 2 == 0 else 1 - _LABEL_SHARE) for index in range(len(parts))]
    return sum(abs(part - wanted) for part, wanted in zip(parts, ideal, strict=True))


def _pairs_at(cuts: tuple[int, ...], columns: int) -> tuple[Pair, ...]:
    starts, ends = (0, *cuts), (*cuts, columns)
    spans = [(start, end - 1) for start, end in zip(starts, ends, strict=True)]
    return tuple((spans[index], spans[index + 1]) for index in range(0, len(spans), 2))


def input_cell(form: Form, field: FormField) -> InputCell:
    """The single cell of a field, with what the blank form prints into it."""
    if field.fixed is not None:
        return InputCell(field.kind, field.fixed, locked=True, choices=field.choices)
    given = form.given_at(field.id, 0)
    if given is not None:
        return InputCell(field.kind, given, locked=True, choices=field.choices, given=True)
    return InputCell(field.kind, form.printed_values.get(field.id), choices=field.choices)


def _place_pair(form: Form, plan: SheetPlan, field: FormField, pair: Pair, rows: int, height: float) -> None:
    (label_left, label_right), (left, right) = pair
    bottom = plan.row + rows - 1
    for row in range(plan.row, bottom + 1):
        plan.need_height(row, height)
    plan.print_cell(plan.area(plan.row, label_left, bottom, label_right), field.label, Style.LABEL)
    merged = plan.area(plan.row, left, bottom, right)
    plan.put_field(form, field, plan.row, left, [input_cell(form, field)], merged=merged)


def _place_body(form: Form, plan: SheetPlan, field: FormField) -> None:
    plan.blocks.append(plan.row)
    last = plan.printed_columns - 1
    plan.need_height(plan.row, _ROW)
    plan.print_cell(plan.area(plan.row, 0, plan.row, last), field.label, Style.GROUP)
    top = plan.row + 1
    for row in range(top, top + _BODY_ROWS):
        plan.need_height(row, _BODY_ROW)
    merged = plan.area(top, 0, top + _BODY_ROWS - 1, last)
    plan.put_field(form, field, top, 0, [input_cell(form, field)], merged=merged)
    plan.row = top + _BODY_ROWS


def _close_row(plan: SheetPlan, unused: tuple[Pair, ...]) -> None:
    """Frame the places of a row that no field takes, so that the card ends in a straight edge."""
    left, right = unused[0][0][0], unused[-1][1][1]
    plan.print_cell(plan.area(plan.row, left, plan.row, right), None, Style.TEXT)
    plan.row += 1
