"""The cover: title in the upper third, the department's particulars on ruled lines, the issuer at the foot."""

from __future__ import annotations

from perfbatch.rulebook.model import CardBlock, Section
from perfbatch.template.cards import input_cell
from perfbatch.template.plan import EntryLook, Form, SheetPlan, Style

__all__ = ["COVER_WIDTHS", "place_cover"]

COVER_WIDTHS = (6.0, 28.0, 42.0, 6.0)
"""Margin, label, value, margin, in digits."""

_TITLE_LINE = 44.0
_LINE = 40.0
_ABOVE_TITLE = 110.0
_ABOVE_CARD = 90.0
_ABOVE_FOOT = 140.0


def place_cover(form: Form, plan: SheetPlan, section: Section) -> None:
    """Lay the whole sheet out. The title of a card is the attachment's number at the head of the page."""
    cards = [block for block in section.blocks if isinstance(block, CardBlock)]
    heading = next((f"{card.title}：" for card in cards if card.title), "")
    plan.cover = True
    if heading:
        plan.print_row(heading, Style.ATTACHMENT)
    _skip(plan, _ABOVE_TITLE)
    plan.print_row(section.title, Style.COVER_TITLE, _TITLE_LINE * len(section.title.split("\n")))
    for paragraph in section.intro:
        plan.print_row(paragraph, Style.NOTE)
    _skip(plan, _ABOVE_CARD)
    for card in cards:
        for field in card.fields:
            plan.need_height(plan.row, _LINE)
            plan.print_cell(plan.area(plan.row, 1, plan.row, 1), f"{field.label}：", Style.COVER_LABEL)
            plan.put_field(form, field, plan.row, 2, [input_cell(form, field)], look=EntryLook.COVER)
            plan.row += 1
    for label, text in form.cover_lines:
        plan.need_height(plan.row, _LINE)
        plan.print_cell(plan.area(plan.row, 1, plan.row, 1), f"{label}：", Style.COVER_LABEL)
        plan.print_cell(plan.area(plan.row, 2, plan.row, 2), text, Style.COVER_TEXT)
        plan.row += 1
    # The foot stays where it is: the cover is one page.
    _skip(plan, max(_ABOVE_FOOT - _LINE * len(form.cover_lines), _LINE))
    plan.print_row(f"{form.rulebook.issuer}（制）", Style.COVER_FOOT)


def _skip(plan: SheetPlan, points: float) -> None:
    plan.need_height(plan.row, points)
    plan.row += 1
