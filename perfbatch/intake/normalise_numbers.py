"""What people type where a number belongs: amounts, counts, areas, scores, percentages, years."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from perfbatch.intake.numerals import (
    Numeral,
    canonical_unit,
    is_stated_none,
    money_exponent,
    parse_numeral,
    plain,
    says_nothing_counted,
    typed_decimals,
)
from perfbatch.intake.reading import Reading, Remark
from perfbatch.intake.seen_figures import seen_figure, shown_number
from perfbatch.model.findings import Counts
from perfbatch.model.submission import SCALE, State
from perfbatch.package.number_formats import number_format
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.model import FormField, Kind, Rulebook

__all__ = ["LARGEST", "read_number", "rounding_step"]

# 1000 %: from here on a number in a percent cell cannot be meant as the cell shows it.
_NO_RATE = 10
# The noise of binary floating point lies far below these; what people type lies above.
_NOISE = Decimal("5e-10")
_RELATIVE_NOISE = Decimal("1e-14")
LARGEST = Decimal(10) ** 12


def _decimal(value: object) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(str(value))


def _unreadable(code: str, typed: str, value: Decimal | None = None, wording: str = "", **details: str) -> Reading:
    remark = Remark(code, {"typed": typed, **details}, counts=_counts(typed, value), wording=wording)
    return Reading(State.UNREADABLE, remarks=(remark,))


def _counts(typed: str, value: Decimal | None) -> Counts:
    """The typed figure as a number, where nothing but the number was typed."""
    if value is None or not value.is_finite() or plain(value) != typed:
        return None, None, None
    count = value * SCALE
    return (int(count) if count == count.to_integral_value() else None), None, None


def read_number(
    cell: RawCell, field: FormField, rulebook: Rulebook, *, heading: str = "", none_is_zero: bool = False
) -> Reading:
    """Read a cell that holds something (no error, no uncalculated formula) of a numeric kind.

    `heading`: the unit that the heading over the cell states, where that is not the field's own. `none_is_zero`: a word for
    nothing is a count of 0."""
    kind = rulebook.kind_of(field)
    if isinstance(cell.value, bool):
        return _unreadable("C04", "TRUE" if cell.value else "FALSE")
    if isinstance(cell.value, int | float):
        return _read_figure(cell, field, kind, rulebook, heading)
    if isinstance(cell.value, str):
        form = number_format(cell.number_format)
        text = form.text_before + cell.value.strip() + form.text_after
        return _read_text(text, field, kind, rulebook, heading, none_is_zero=none_is_zero)
    if field.kind == "year" and isinstance(cell.value, date):
        typed = f"{cell.value:%Y-%m-%d}"
        year = Decimal(cell.value.year)
        noted = Remark("C01", {"typed": typed, "value": plain(year)})
        return _finish(year, 0, typed, field, kind, rulebook, (noted,))
    return _unreadable("C04", str(cell.value))


def _column_unit(field: FormField, kind: Kind) -> str:
    return "年" if field.kind == "year" else canonical_unit(kind.unit) or ""


def _read_figure(cell: RawCell, field: FormField, kind: Kind, rulebook: Rulebook, heading: str) -> Reading:
    value = _decimal(cell.value)
    if not value.is_finite() or abs(value) > LARGEST:
        return _unreadable("C12", plain(value), value, bounds=_bounds(kind))
    # A formula's result carries no typed decimals: 100/3 is not "typed too finely".
    calculated = cell.formula is not None
    if number_format(cell.number_format).section_of(value).percent:
        typed = shown_number(value, cell.number_format)
        if field.kind != "percent":
            return _unreadable("C10", typed, unit=kind.unit)
        remarks: tuple[Remark, ...] = ()
        if value >= _NO_RATE:
            remarks = (Remark("C08", {"typed": typed, "value": f"{plain(value)}%"}, wording="C08.shown"),)
        else:
            value *= 100
        return _finish(value, None, typed, field, kind, rulebook, remarks, calculated=calculated)
    seen = seen_figure(value, cell.number_format, _column_unit(field, kind), heading)
    if seen.fault:
        unit = kind.unit or "无单位"
        return _unreadable(seen.fault, seen.typed, wording=seen.wording, unit=unit, heading=heading)
    remarks = ()
    if seen.converted:
        details = {"typed": seen.typed, "value": plain(seen.value), "unit": kind.unit}
        remarks = (Remark("C02", details, wording="C02.format"),)
    if field.kind == "percent" and 0 < seen.value <= 1:
        remarks += (Remark("C08", {"typed": plain(seen.value)}, counts=_counts(plain(seen.value), seen.value)),)
    return _finish(seen.value, seen.decimals, seen.typed, field, kind, rulebook, remarks, calculated=calculated)


def _read_text(
    text: str, field: FormField, kind: Kind, rulebook: Rulebook, heading: str, *, none_is_zero: bool
) -> Reading:
    if says_nothing_counted(text):
        if not none_is_zero:
            return Reading(State.STATED_NONE)
        return Reading(State.FILLED, 0, 0, (Remark("C01", {"typed": text, "value": "0"}),))
    if is_stated_none(text):
        return Reading(State.STATED_NONE)
    numeral = parse_numeral(text)
    if numeral is None:
        return _unreadable("C04", text)
    if numeral.value < 0 and not field.signed:
        return _unreadable("C04", text, numeral.value)
    column_unit = _column_unit(field, kind)
    value, decimals = numeral.value, numeral.decimals
    money = money_exponent(column_unit)
    if (numeral.currency and money is None) or (heading and not numeral.unit and value != 0):
        wording = "C10.heading" if heading else ""
        return _unreadable("C10", text, wording=wording, unit=kind.unit or "无单位", heading=heading)
    if numeral.unit in ("", column_unit):
        if field.kind == "percent" and not numeral.unit and 0 < value <= 1:
            remarks = (Remark("C08", {"typed": text}, counts=_counts(text, value)),)
        else:
            remarks = (_noted(text, numeral),)
    elif numeral.unit == "元" and money is not None:
        value, decimals = value.scaleb(-money), decimals + money
        remarks = (Remark("C02", {"typed": text, "value": plain(value), "unit": kind.unit}),)
    else:
        return _unreadable("C10", text, unit=kind.unit or "无单位")
    return _finish(value, decimals, text, field, kind, rulebook, remarks)


def _noted(text: str, numeral: Numeral) -> Remark:
    value = plain(numeral.value)
    # Nothing looks different, yet Excel's sums pass over a number that is stored as text.
    typed = f"{text}（文本格式）" if text == value else text
    return Remark("C01", {"typed": typed, "value": value}, reported=text, counts=_counts(text, numeral.value))


def _finish(
    value: Decimal,
    decimals: int | None,
    typed: str,
    field: FormField,
    kind: Kind,
    rulebook: Rulebook,
    remarks: tuple[Remark, ...],
    *,
    calculated: bool = False,
) -> Reading:
    """Bounds, whole numbers, rounding and the step, the same for every way of typing. `decimals` None: told by the value."""
    if abs(value) > LARGEST:
        return _unreadable("C12", typed, value, bounds=_bounds(kind))
    if value < 0 and not field.signed:
        return _unreadable("C04", typed, value)
    rounded = value.quantize(Decimal(1).scaleb(-kind.decimals), rounding=ROUND_HALF_UP)
    noise = max(_NOISE, abs(value) * _RELATIVE_NOISE) if decimals is None else Decimal(0)
    if abs(value - rounded) > noise:
        if kind.decimals == 0:
            return _unreadable("C04", typed, value)
        if not calculated:
            remarks += (Remark("C16", {"typed": typed, "value": plain(rounded)}, counts=_counts(typed, value)),)
    if (kind.minimum is not None and rounded < kind.minimum) or (kind.maximum is not None and rounded > kind.maximum):
        return _unreadable("C12", typed, value, bounds=_bounds(kind))
    if field.id == rulebook.roles.fiscal_year and rounded != rulebook.fiscal_year:
        year = str(rulebook.fiscal_year)
        remarks += (Remark("C15", {"typed": plain(rounded), "year": year}, expected=year),)
    return Reading(State.FILLED, int(rounded * SCALE), rounding_step(rounded, decimals, kind), remarks)


def rounding_step(rounded: Decimal, decimals: int | None, kind: Kind) -> int:
    """The rounding step in counts of 1/SCALE: the kind's, or finer where more decimals were typed; 0 for exact kinds."""
    if kind.step is None:
        return 0
    finest = min(typed_decimals(rounded) if decimals is None else decimals, kind.decimals)
    return int(min(kind.step, Decimal(1).scaleb(-finest)) * SCALE)


def _bounds(kind: Kind) -> str:
    unit = kind.unit
    if kind.minimum is not None and kind.maximum is not None:
        return f"{plain(kind.minimum)}–{plain(kind.maximum)}{unit}"
    if kind.maximum is not None:
        return f"不大于 {plain(kind.maximum)}{unit}"
    return f"不小于 {plain(kind.minimum)}{unit}" if kind.minimum is not None else "无上下限"
