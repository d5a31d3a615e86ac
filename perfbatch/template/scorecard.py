"""The scorecard (附件3-1): a row per indicator under merged level-1 and level-2 groups, and the total."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import groupby

from perfbatch.rulebook.model import FormField, Indicator, ScorecardBlock
from perfbatch.template.plan import FieldPlace, Form, InputCell, SheetPlan, Style, Value
from perfbatch.template.text_fit import text_height

__all__ = ["NAME_COLUMN", "NAME_OFFSET", "SCORECARD_PRINTED", "SCORECARD_WIDTHS", "place_scorecard", "points_text"]

SCORECARD_WIDTHS = (8.0, 9.0, 17.0, 37.0, 6.0, 9.0, 18.0, 12.0)
"""一级指标, 二级指标, 三级指标, 评分标准, three columns of the form, and the code beyond the print area; in digits."""

SCORECARD_PRINTED = len(SCORECARD_WIDTHS) - 1
"""Columns inside the print area."""

_LEVELS = ("一级指标", "二级指标", "三级指标", "评分标准")
NAME_COLUMN, _STANDARD_COLUMN, _FIRST_FIELD_COLUMN = 2, 3, 4
NAME_OFFSET = _FIRST_FIELD_COLUMN - NAME_COLUMN
"""How many columns left of its points an indicator's name stands."""

_HEADER_ROW = 27.0
_ROW = 33.0
_TEXT_SIZE = 10.5
# The form sets each numbered requirement of a standard on a line of its own.
_NEXT_REQUIREMENT = re.compile(r"(?<!^)(?=[②-⑳])|(?<=[；。])(?=以上情况)")


def place_scorecard(form: Form, plan: SheetPlan, block: ScorecardBlock) -> None:
    """Lay the table out below what the sheet has; its header is repeated on every printed page."""
    plan.tearable.add(plan.row)
    columns = _field_columns(block)
    header = plan.row
    plan.need_height(header, _HEADER_ROW)
    for column, text in enumerate(_LEVELS):
        plan.print_cell(plan.area(header, column, header, column), text, Style.HEADER)
    for field, column in columns:
        style = Style.CODE_HEADER if field.kind == "id" else Style.HEADER
        plan.print_cell(plan.area(header, column, header, column), field.label, style)
    # The codes are for the reader alone; clipped English words trouble an accountant.
    plan.hidden_columns |= {column for field, column in columns if field.kind == "id"}
    plan.repeat_row = (header, header)
    plan.freeze = (header + 1, NAME_COLUMN + 1)
    plan.row += 1
    _place_indicators(form, plan)
    places = {field.id: _place_column(form, plan, field, column) for field, column in columns}
    plan.row += len(form.rulebook.indicators)
    _place_total(form, plan, block.total, places)
    if block.note:
        plan.print_row(block.note, Style.NOTE)


def points_text(points: Decimal) -> str:
    """Points as the form prints them: 15, 0.5."""
    return format(points.normalize(), "f")


def _field_columns(block: ScorecardBlock) -> list[tuple[FormField, int]]:
    """The form's columns in its order; the indicator's code stands last, beyond the print area."""
    shown = [field for field in block.fields if field.kind != "id"]
    codes = [field for field in block.fields if field.kind == "id"]
    return [
        *[(field, _FIRST_FIELD_COLUMN + index) for index, field in enumerate(shown)],
        *[(field, SCORECARD_PRINTED + index) for index, field in enumerate(codes)],
    ]


def _place_indicators(form: Form, plan: SheetPlan) -> None:
    row = plan.row
    groups = {group.id: group for group in form.rulebook.groups}
    for group_id, members in groupby(form.rulebook.indicators, key=lambda indicator: indicator.group):
        group = groups[group_id]
        first = row
        for subgroup, run in groupby(members, key=lambda indicator: indicator.subgroup):
            indicators = list(run)
            text = f"{subgroup}\n（{points_text(sum((indicator.points for indicator in indicators), Decimal(0)))}分）"
            plan.print_cell(plan.area(row, 1, row + len(indicators) - 1, 1), text, Style.CENTRE)
            for indicator in indicators:
                _place_indicator(plan, row, indicator)
                row += 1
        text = f"{_spaced(group.name)}\n（{points_text(group.points)}分）"
        plan.print_cell(plan.area(first, 0, row - 1, 0), text, Style.CENTRE)


def _place_indicator(plan: SheetPlan, row: int, indicator: Indicator) -> None:
    plan.need_height(row, _ROW)
    plan.growing.add(row)
    name_style = Style.EDITABLE_TEXT if indicator.editable else Style.CENTRE
    plan.print_cell(plan.area(row, NAME_COLUMN, row, NAME_COLUMN), indicator.name, name_style)
    standard = _NEXT_REQUIREMENT.sub("\n", indicator.standard)
    plan.print_cell(plan.area(row, _STANDARD_COLUMN, row, _STANDARD_COLUMN), standard, Style.TEXT)
    plan.need_height(row, text_height(standard, plan.widths[_STANDARD_COLUMN], _TEXT_SIZE))


def _place_column(form: Form, plan: SheetPlan, field: FormField, column: int) -> FieldPlace:
    cells, roles = [], form.rulebook.roles
    for indicator in form.rulebook.indicators:
        value: Value = None
        locked, limit = False, None
        if field.id == roles.item_id:
            value, locked = indicator.id, True
        elif field.id == roles.item_max:
            value, locked = indicator.points, not indicator.editable
        elif field.id == roles.item_self:
            limit = form.places[roles.item_max].where.left if roles.item_max in form.places else None
        cells.append(InputCell(field.kind, value, locked, field.choices, limit))
    return plan.put_field(form, field, plan.row, column, cells)


def _place_total(form: Form, plan: SheetPlan, total: FormField, places: dict[str, FieldPlace]) -> None:
    """总分: of the points, which are there, and of the self-scores, blank as long as none is filled."""
    row = plan.row
    plan.need_height(row, _HEADER_ROW)
    plan.print_cell(plan.area(row, 0, row, _STANDARD_COLUMN), total.label, Style.HEADER)
    for field_id, place in places.items():
        where = plan.area(row, place.where.left, row, place.where.left)
        summed = place.where.local
        if field_id == form.rulebook.roles.item_max:
            points = sum((indicator.points for indicator in form.rulebook.indicators), Decimal(0))
            plan.print_cell(where, points, Style.POINTS, f"=SUM({summed})")
        elif field_id == form.rulebook.roles.item_self:
            formula = f'=IF(COUNT({summed})=0,"",SUM({summed}))'
            cell = InputCell(total.kind, None, locked=True, formula=formula)
            plan.put_field(form, total, row, place.where.left, [cell])
        elif place.where.left < SCORECARD_PRINTED:
            plan.print_cell(where, None, Style.TEXT)
    plan.row += 1


def _spaced(name: str) -> str:
    """Two characters are set apart, as the form prints them."""
    return "  ".join(name) if len(name) == 2 else name
