"""What people type where a number belongs: amounts, counts, areas, scores, percentages, years."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from perfbatch.intake.numerals import Numeral, canonical_unit, is_stated_none, parse_numeral, plain, typed_decimals
from perfbatch.intake.reading import Reading, Remark
from perfbatch.model.findings import Counts
from perfbatch.model.submission import SCALE, State
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.model import FormField, Kind, Rulebook

__all__ = ["read_number", "shown_number"]

# 1 万元 = 10,000 元: what the words mean, not a figure of the form.
_YUAN_DECIMALS = 4
# The noise of binary floating point lies far below these; what people type lies above.
_NOISE = Decimal("5e-10")
_RELATIVE_NOISE = Decimal("1e-14")
_LARGEST = Decimal(10) ** 12


def shown_number(cell: RawCell) -> str:
    """A number as it would be read off the cell: `0.9` in a percent format is `90%`."""
    value = _decimal(cell.value)
    return plain(value * 100) + "%" if cell.percent else plain(value)


def _decimal(value: object) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(str(value))


def _unreadable(code: str, typed: str, value: Decimal | None = None, **details: str) -> Reading:
    counts = _counts(typed, value)
    return Reading(State.UNREADABLE, remarks=(Remark(code, {"typed": typed, **details}, counts=counts),))


def _counts(typed: str, value: Decimal | None) -> Counts:
    """The typed figure as a number, where nothing but the number was typed."""
    if value is None or not value.is_finite() or plain(value) != typed:
        return None, None, None
    count = value * SCALE
    return (int(count) if count == count.to_integral_value() else None), None, None


def read_number(cell: RawCell, field: FormField, rulebook: Rulebook) -> Reading:
    """Read a cell that holds something (no error, no uncalculated formula) of a numeric kind."""
    kind = rulebook.kind_of(field)
    if isinstance(cell.value, bool):
        return _unreadable("C04", "TRUE" if cell.value else "FALSE")
    if isinstance(cell.value, int | float):
        return _read_figure(cell, field, kind, rulebook)
    if isinstance(cell.value, str):
        return _read_text(cell.value, field, kind, rulebook)
    if field.kind == "year" and isinstance(cell.value, date):
        typed = f"{cell.value:%Y-%m-%d}"
        year = Decimal(cell.value.year)
        noted = Remark("C01", {"typed": typed, "value": plain(year)})
        return _finish(year, 0, typed, field, kind, rulebook, (noted,))
    return _unreadable("C04", str(cell.value))


def _read_figure(cell: RawCell, field: FormField, kind: Kind, rulebook: Rulebook) -> Reading:
    value, typed = _decimal(cell.value), shown_number(cell)
    if not value.is_finite() or abs(value) > _LARGEST:
        return _unreadable("C12", typed, value, bounds=_bounds(kind))
    remarks: tuple[Remark, ...] = ()
    if field.kind == "percent":
        if cell.percent and value > 1:
            # 90 written into a percent cell by a program or pasted shows as 9000 %: no rate of the form goes past 100 %.
            remarks = (Remark("C01", {"typed": typed, "value": f"{plain(value)}%"}, reported=typed),)
        elif cell.percent:
            value *= 100
        elif 0 < value <= 1:
            remarks = (Remark("C08", {"typed": typed}, counts=_counts(typed, value)),)
    elif cell.percent:
        return _unreadable("C10", typed, unit=kind.unit)
    # A formula's result carries no typed decimals: 100/3 is not "typed too finely".
    return _finish(value, None, typed, field, kind, rulebook, remarks, calculated=cell.formula is not None)


def _read_text(text: str, field: FormField, kind: Kind, rulebook: Rulebook) -> Reading:
    if is_stated_none(text):
        return Reading(State.STATED_NONE)
    numeral = parse_numeral(text)
    if numeral is None:
        return _unreadable("C04", text)
    if numeral.value < 0 and not field.signed:
        return _unreadable("C04", text, numeral.value)
    column_unit = "年" if field.kind == "year" else canonical_unit(kind.unit)
    value, decimals = numeral.value, numeral.decimals
    if numeral.unit in ("", column_unit):
        if field.kind == "percent" and not numeral.unit and 0 < value <= 1:
            remarks = (Remark("C08", {"typed": text}, counts=_counts(text, value)),)
        else:
            remarks = (_noted(text, numeral),)
    elif numeral.unit == "元" and column_unit == "万元":
        value, decimals = value.scaleb(-_YUAN_DECIMALS), decimals + _YUAN_DECIMALS
        remarks = (Remark("C02", {"typed": text, "value": plain(value)}),)
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
    if abs(value) > _LARGEST:
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
    if field.kind == "year" and rounded != rulebook.fiscal_year:
        year = str(rulebook.fiscal_year)
        remarks += (Remark("C15", {"typed": plain(rounded), "year": year}, expected=year),)
    return Reading(State.FILLED, int(rounded * SCALE), _step(rounded, decimals, kind), remarks)


def _step(rounded: Decimal, decimals: int | None, kind: Kind) -> int:
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
