"""A stored number as the person sees it: the scale and the unit of its number format and of the heading that it stands under."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from perfbatch.intake.numerals import in_words_around, money_exponent, plain, typed_decimals
from perfbatch.package.number_formats import FormatSection, NumberFormat, Shows, number_format

__all__ = ["SeenFigure", "seen_figure", "shown_number"]


@dataclass(frozen=True, slots=True)
class SeenFigure:
    """A figure in the column's unit. `typed` is what the cell shows; `decimals` as typed, None where the value says them;
    `converted`: the stored number is another. `fault`: the code for what cannot be read, `wording` which of its texts."""

    value: Decimal
    typed: str
    decimals: int | None = None
    converted: bool = False
    fault: str = ""
    wording: str = ""


def shown_number(value: Decimal, code: str) -> str:
    """A number as it would be read off the cell; decimals and grouping of a plain format apart: `0.9` in `0%` is `90%`."""
    form = number_format(code)
    section = form.section_of(value)
    if section.plain or section.shows is not Shows.NUMBER:
        return plain(value)
    if section.percent:
        return plain(value.scaleb(section.exponent)) + "%"
    return form.shown(value)


def seen_figure(value: Decimal, code: str, column_unit: str, heading: str = "") -> SeenFigure:
    """What a number is taken for. `column_unit`: the field's canonical unit, "" for none; `heading`: the unit that the heading
    over the cell states instead, "" where it states the field's own or none.

    A 0 is a 0 in every unit and on every scale."""
    form = number_format(code)
    if value == 0 or (form.plain and not heading):
        return SeenFigure(value, plain(value))
    section, typed = form.section_of(value), shown_number(value, code)
    fault, wording = _fault(form, section, value)
    words = in_words_around(section.before, section.after)
    if fault or not words.clear:
        wording = wording or ("C10.format" if words.fault == "C10" else "")
        return SeenFigure(value, typed, fault=fault or words.fault, wording=wording)
    exponent = section.exponent
    if words.unit not in ("", column_unit):
        stated, wanted = money_exponent(words.unit), money_exponent(column_unit)
        if stated is None or wanted is None:
            return SeenFigure(value, typed, fault="C10")
        exponent += stated - wanted
    elif words.currency and money_exponent(column_unit) is None:
        return SeenFigure(value, typed, fault="C10")
    elif not words.unit and heading:
        return SeenFigure(value, typed, fault="C10", wording="C10.heading")
    elif not words.unit and _leaves_open(form, section):
        return SeenFigure(value, typed, fault="C10", wording="C10.format")
    if exponent == 0:
        return SeenFigure(value, typed if section.exponent else plain(value))
    decimals = max(typed_decimals(value) - exponent, 0)
    return SeenFigure(value.scaleb(exponent), typed, decimals, converted=True)


def _fault(form: NumberFormat, section: FormatSection, value: Decimal) -> tuple[str, str]:
    """Code and wording where what is shown is no figure, or not the one that is stored."""
    if section.shows is not Shows.NUMBER:
        return "C10", "C10.hidden"
    if form.hides_sign(value):
        return "C10", "C10.sign"
    unnamed = section.worded and in_words_around(section.before, section.after).unit != "元"
    return ("C10", "C10.format") if not section.clear or unnamed else ("", "")


def _leaves_open(form: NumberFormat, section: FormatSection) -> bool:
    """Whether other numbers in this format would be shown on another scale or with a unit: then a bare one may be either."""
    return any(
        other.exponent != section.exponent or in_words_around(other.before, other.after).unit
        for other in form.sections
        if other.shows is Shows.NUMBER
    )
