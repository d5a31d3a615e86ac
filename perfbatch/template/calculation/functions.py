"""What Excel's functions do, of those that Excel 2013, WPS and LibreOffice share and the form's formulas use."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from unicodedata import east_asian_width

from perfbatch.template.calculation.criteria import criterion, likeness
from perfbatch.template.calculation.values import (
    Array,
    CellBlock,
    Cells,
    FormulaFault,
    Operand,
    Value,
    as_number,
    as_text,
    as_truth,
    each,
    rounded,
    scalar,
    spread,
)

__all__ = ["FUNCTIONS", "Function"]

Argument = Callable[[], Operand]
Function = Callable[[Cells, Sequence[Argument]], Operand]


def _if(cells: Cells, arguments: Sequence[Argument]) -> Operand:
    chosen = 1 if as_truth(scalar(arguments[0](), cells)) else 2
    return arguments[chosen]() if chosen < len(arguments) else False


def _iferror(cells: Cells, arguments: Sequence[Argument]) -> Operand:
    try:
        return scalar(arguments[0](), cells)
    except FormulaFault:
        return arguments[1]()


def _is_error(cells: Cells, arguments: Sequence[Argument]) -> Operand:
    try:
        scalar(arguments[0](), cells)
    except FormulaFault:
        return True
    return False


def _is_number(cells: Cells, arguments: Sequence[Argument]) -> Operand:
    try:
        operand = arguments[0]()
        if isinstance(operand, CellBlock) and not _single(operand):
            operand = spread(operand, cells)
        if isinstance(operand, Array):
            return Array(tuple(tuple(_number(value) is not None for value in row) for row in operand.rows))
        return _number(scalar(operand, cells)) is not None
    except FormulaFault:
        return False


def _logic(join: Callable[[Iterator[bool]], bool]) -> Function:
    def function(cells: Cells, arguments: Sequence[Argument]) -> Operand:
        values = [value for argument in arguments for value in _sound(argument(), cells) if not isinstance(value, str)]
        return join(as_truth(value) for value in values if value is not None)

    return function


def _over_numbers(action: Callable[[list[float]], float]) -> Function:
    """Of ranges the numbers alone count, as in SUM and MAX; a value given as such is taken as a number."""

    def function(cells: Cells, arguments: Sequence[Argument]) -> Operand:
        numbers: list[float] = []
        for argument in arguments:
            operand = argument()
            if isinstance(operand, CellBlock | Array):
                numbers += [number for value in _sound(operand, cells) if (number := _number(value)) is not None]
            else:
                numbers.append(as_number(operand))
        return action(numbers)

    return function


def _count(cells: Cells, arguments: Sequence[Argument]) -> Operand:
    values = [value for argument in arguments for row in spread(argument(), cells).rows for value in row]
    return sum(_number(value) is not None for value in values)


def _sum_product(cells: Cells, arguments: Sequence[Argument]) -> Operand:
    product = each(
        lambda *values: math.prod(_number(value) or 0 for value in values),
        [argument() for argument in arguments],
        cells,
    )
    return sum(as_number(value) for value in _sound(product, cells))


def _if_sum(cells: Cells, arguments: Sequence[Argument]) -> Operand:
    """SUMIF(where, criterion, what)."""
    where, rule, what = (argument() for argument in arguments)
    met = criterion(scalar(rule, cells))
    pairs = zip(_flat(where, cells), _flat(what, cells), strict=True)
    return sum(_number(_raised(value)) or 0 for asked, value in pairs if met(asked))


def _ifs_sum(cells: Cells, arguments: Sequence[Argument]) -> Operand:
    """SUMIFS(what, where, criterion, …)."""
    what, *asked = (argument() for argument in arguments)
    rules = [
        (_flat(where, cells), criterion(scalar(rule, cells)))
        for where, rule in zip(asked[::2], asked[1::2], strict=True)
    ]
    values = _flat(what, cells)
    met = [all(rule(where[at]) for where, rule in rules) for at in range(len(values))]
    return sum(_number(_raised(value)) or 0 for value, counts in zip(values, met, strict=True) if counts)


def _if_count(cells: Cells, arguments: Sequence[Argument]) -> Operand:
    met = criterion(scalar(arguments[1](), cells))
    return sum(met(value) for value in _flat(arguments[0](), cells))


def _match(cells: Cells, arguments: Sequence[Argument]) -> Operand:
    """MATCH(what, where, 0)."""
    like = likeness(scalar(arguments[0](), cells))
    for place, value in enumerate(_flat(arguments[1](), cells), start=1):
        if value is not None and like(value):
            return place
    raise FormulaFault("#N/A")


def _index(cells: Cells, arguments: Sequence[Argument]) -> Operand:
    """INDEX(range, row) of a column, INDEX(range, row, column)."""
    area = arguments[0]()
    row, *column = (int(as_number(scalar(argument(), cells))) for argument in arguments[1:])
    across = column[0] if column else 1
    if not isinstance(area, CellBlock):
        raise FormulaFault("#VALUE!")
    if not (1 <= row <= area.bottom - area.top + 1 and 1 <= across <= area.right - area.left + 1):
        raise FormulaFault("#REF!")
    at, beside = area.top + row - 1, area.left + across - 1
    return CellBlock(area.sheet, at, beside, at, beside)


def _rows(_: Cells, arguments: Sequence[Argument]) -> Operand:
    area = arguments[0]()
    return area.bottom - area.top + 1 if isinstance(area, CellBlock) else 1


def _row(_: Cells, arguments: Sequence[Argument]) -> Operand:
    area = arguments[0]()
    if not isinstance(area, CellBlock):
        raise FormulaFault("#VALUE!")
    return area.top + 1


def _value_by_value(action: Callable[..., Value]) -> Function:
    return lambda cells, arguments: each(action, [argument() for argument in arguments], cells)


def _n(value: Value) -> Value:
    return 0 if value is None or isinstance(value, str) else float(value)


def _find(wanted: Value, text: Value, start: Value = 1) -> Value:
    at = as_text(text).find(as_text(wanted), int(as_number(start)) - 1)
    if at < 0:
        raise FormulaFault("#VALUE!")
    return at + 1


def _date_value(text: Value) -> Value:
    try:
        year, month, day = map(int, as_text(text).split("-"))
        return (date(year, month, day) - date(1899, 12, 30)).days
    except ValueError:
        raise FormulaFault("#VALUE!") from None


def _left(text: Value, count: Value = 1) -> Value:
    return as_text(text)[: int(as_number(count))]


def _right(text: Value, count: Value = 1) -> Value:
    return as_text(text)[-int(as_number(count)) :] if as_number(count) else ""


def _mid(text: Value, start: Value, count: Value) -> Value:
    begin = int(as_number(start)) - 1
    return as_text(text)[begin : begin + int(as_number(count))]


def _len_b(text: Value) -> Value:
    """As a Chinese Excel has it: a full-width character counts twice."""
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in as_text(text))


def _substitute(text: Value, old: Value, new: Value) -> Value:
    return as_text(text).replace(as_text(old), as_text(new)) if as_text(old) else as_text(text)


def _trim(text: Value) -> Value:
    return " ".join(part for part in as_text(text).split(" ") if part)


def _round(number: Value, places: Value = 0) -> Value:
    return float(rounded(as_number(number), int(as_number(places))))


def _text(number: Value, shape: Value) -> Value:
    """The formats in use: 0.00####, 0.00%."""
    if isinstance(number, str):
        return number
    shown, (whole, _, decimals) = as_number(number), as_text(shape).removesuffix("%").partition(".")
    percent = as_text(shape).endswith("%")
    digits = format(rounded(shown * 100 if percent else shown, len(decimals)), "f")
    least = len(decimals.rstrip("#"))
    front, _, behind = digits.partition(".")
    behind = behind[:least] + behind[least:].rstrip("0")
    front = front if "0" in whole or front.strip("-0") else front.replace("0", "")
    return front + ("." + behind if decimals else "") + ("%" if percent else "")


def _single(area: CellBlock) -> bool:
    return (area.top, area.left) == (area.bottom, area.right)


def _number(value: Value | FormulaFault) -> float | None:
    return None if value is None or isinstance(value, str | bool | FormulaFault) else value


def _raised(value: Value | FormulaFault) -> Value:
    if isinstance(value, FormulaFault):
        raise value
    return value


def _flat(operand: Operand, cells: Cells) -> list[Value | FormulaFault]:
    return [value for row in spread(operand, cells).rows for value in row]


def _sound(operand: Operand, cells: Cells) -> Iterator[Value]:
    return map(_raised, _flat(operand, cells))


FUNCTIONS: dict[str, Function] = {
    "ABS": _value_by_value(lambda value: abs(as_number(value))),
    "AND": _logic(all),
    "CHAR": _value_by_value(lambda code: chr(int(as_number(code)))),
    "COUNT": _count,
    "COUNTIF": _if_count,
    "DATEVALUE": _value_by_value(_date_value),
    "EXACT": _value_by_value(lambda value, other: as_text(value) == as_text(other)),
    "FIND": _value_by_value(_find),
    "HYPERLINK": lambda cells, arguments: scalar(arguments[-1](), cells),
    "IF": _if,
    "IFERROR": _iferror,
    "INDEX": _index,
    "INT": _value_by_value(lambda value: math.floor(as_number(value))),
    "ISERROR": _is_error,
    "ISNUMBER": _is_number,
    "LEFT": _value_by_value(_left),
    "LEN": _value_by_value(lambda text: len(as_text(text))),
    "LENB": _value_by_value(_len_b),
    "MATCH": _match,
    "MAX": _over_numbers(lambda numbers: max(numbers, default=0)),
    "MID": _value_by_value(_mid),
    "MIN": _over_numbers(lambda numbers: min(numbers, default=0)),
    "N": _value_by_value(_n),
    "NOT": _value_by_value(lambda value: not as_truth(value)),
    "OR": _logic(any),
    "RIGHT": _value_by_value(_right),
    "ROUND": _value_by_value(_round),
    "ROW": _row,
    "ROWS": _rows,
    "SIGN": _value_by_value(lambda value: (as_number(value) > 0) - (as_number(value) < 0)),
    "SUBSTITUTE": _value_by_value(_substitute),
    "SUM": _over_numbers(lambda numbers: sum(numbers)),
    "SUMIF": _if_sum,
    "SUMIFS": _ifs_sum,
    "SUMPRODUCT": _sum_product,
    "TEXT": _value_by_value(_text),
    "TRIM": _value_by_value(_trim),
}
