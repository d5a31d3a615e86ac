"""The layout of the blank workbook: for every field id its sheet and cells, computed from the rulebook and the units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfbatch.model.errors import OperatorFault
from perfbatch.rulebook.form import COVER
from perfbatch.rulebook.formula_terms import quoted
from perfbatch.rulebook.model import (
    CardBlock,
    EvidenceBlock,
    MatrixBlock,
    RowsBlock,
    Rulebook,
    ScorecardBlock,
    Section,
    SignatureBlock,
    UnitTableBlock,
)
from perfbatch.template.cards import CARD_WIDTHS, place_card
from perfbatch.template.cover import COVER_WIDTHS, place_cover
from perfbatch.template.evidence import place_evidence
from perfbatch.template.grid import CellRange
from perfbatch.template.matrices import matrix_widths, place_matrix
from perfbatch.template.plan import FieldPlace, Form, SheetPlan, Style
from perfbatch.template.prefill import Prefill
from perfbatch.template.row_tables import place_row_table, row_table_widths
from perfbatch.template.scorecard import SCORECARD_PRINTED, SCORECARD_WIDTHS, place_scorecard
from perfbatch.template.signatures import place_signatures
from perfbatch.template.unit_tables import place_unit_table, unit_row_count, unit_table_widths

__all__ = ["Layout", "lay_out"]

_WIDEST_UPRIGHT = 130.0
"""Digits of a sheet that is printed upright."""
_TEXT_PAGE_WIDTHS = (3.0, 78.0, 3.0)
_TITLE_ROW = 36.0
_GAP = 12.0


@dataclass(frozen=True)
class Layout:
    """The blank workbook before it is written. `places` has every field of the rulebook, in the order of the form."""

    rulebook: Rulebook
    units: int
    sheets: tuple[SheetPlan, ...]
    places: Mapping[str, FieldPlace]

    def where(self, field_id: str) -> CellRange:
        """The range that the field's defined name refers to. Raises `KeyError` for an id that the form does not have."""
        return self.places[field_id].where


def lay_out(
    rulebook: Rulebook, units: int, prefill: Prefill | None = None, *, row_counts: Mapping[str, int] | None = None
) -> Layout:
    """Compute the workbook with room for `units` subordinate units, blank but for `prefill`; `row_counts`: id of a table of
    rows → how many it needs at least.

    Raises `OperatorFault` if `units` is negative or too few for the rows that are given."""
    if units < 0:
        raise OperatorFault("form.units_negative", units=units)
    filled = prefill or Prefill()
    for table in rulebook.unit_tables.values():
        rows = max((len(filled.values.get(field.id, ())) for field in table.fields), default=0)
        if rows > unit_row_count(units):
            raise OperatorFault("form.units_few", units=units, given=rows - unit_row_count(0))
    printed = {rulebook.roles.fiscal_year: rulebook.fiscal_year}
    form = Form(rulebook, units, printed, filled.values, filled.lines, row_counts or {}, offered=filled.offered)
    sheets = tuple(_lay_out_sheet(form, section) for section in rulebook.sections)
    return Layout(rulebook, units, sheets, {field.id: form.places[field.id] for field in rulebook.fields()})


def _lay_out_sheet(form: Form, section: Section) -> SheetPlan:
    if section.id == COVER:
        plan = SheetPlan(section.sheet, COVER_WIDTHS, len(COVER_WIDTHS))
        place_cover(form, plan, section)
        return plan
    plan = _empty_sheet(section)
    for block in section.blocks:
        if isinstance(block, ScorecardBlock):
            plan.print_row(f"{block.title}：", Style.ATTACHMENT)
    _print_title(form, plan, section)
    for paragraph in section.intro:
        plan.print_row(paragraph, Style.NOTE if section.blocks else Style.PARAGRAPH)
    if not section.blocks:
        plan.print_row("本颜色的单元格由部门（单位）填写。", Style.LEGEND, _TITLE_ROW)
        if form.given:
            plan.print_row(
                "本颜色的单元格由财政部门预填并锁定；有误的，请与归口业务股室联系，不要自行修改。",
                Style.GIVEN_LEGEND,
                _TITLE_ROW,
            )
    for block in section.blocks:
        if plan.blocks:
            plan.heights[plan.row] = _GAP
            plan.row += 1
        plan.blocks.append(plan.row)
        match block:
            case CardBlock():
                place_card(form, plan, block)
            case UnitTableBlock():
                place_unit_table(form, plan, block)
            case RowsBlock():
                place_row_table(form, plan, block)
            case MatrixBlock():
                place_matrix(form, plan, block)
            case ScorecardBlock():
                place_scorecard(form, plan, block)
            case EvidenceBlock():
                place_evidence(form, plan, block)
            case SignatureBlock():
                place_signatures(plan, block)
    return plan


def _print_title(form: Form, plan: SheetPlan, section: Section) -> None:
    """The sheet's title, behind the entity's name as it is typed where the section asks for that."""
    name = form.rulebook.entity.name
    named = form.places.get(name) if section.entity_in_title else None
    if named is None:
        plan.print_row(section.title, Style.TITLE, _TITLE_ROW)
        return
    cell = named.where.reference
    known = named.cells[0].value
    formula = f'=IF({cell}="","",TRIM({cell}))&{quoted(section.title)}'
    plan.print_row(f"{known or ''}{section.title}", Style.TITLE, _TITLE_ROW, formula)


def _empty_sheet(section: Section) -> SheetPlan:
    """The tables of a section set its columns; cards and signatures fit themselves in."""
    tables = [block for block in section.blocks if isinstance(block, UnitTableBlock)]
    matrices = [matrix_widths(block) for block in section.blocks if isinstance(block, MatrixBlock)]
    rows = [row_table_widths(block) for block in section.blocks if isinstance(block, RowsBlock)] + matrices
    if any(isinstance(block, ScorecardBlock | EvidenceBlock) for block in section.blocks):
        return SheetPlan(section.sheet, SCORECARD_WIDTHS, SCORECARD_PRINTED)
    if tables:
        widths = unit_table_widths(tables)
        # A table of fixed rows and columns needs as many columns as it has; what the others lack goes at the right.
        widths += max(matrices, key=len, default=())[len(widths) :]
        return SheetPlan(section.sheet, widths, len(widths), landscape=True)
    if rows:
        widths = max(rows, key=len)
        return SheetPlan(section.sheet, widths, len(widths), landscape=sum(widths) > _WIDEST_UPRIGHT)
    widths = CARD_WIDTHS if section.blocks else _TEXT_PAGE_WIDTHS
    return SheetPlan(section.sheet, widths, len(widths))
