"""A plain value of a rulebook as a cell, and back: numbers, texts, yes and no, choices, lists of a line each.

A blank cell is a value that is not set; 「无」 is one that is set to nothing. A list has a line for each entry, a table
`key = value` lines; what has none of these shapes is written as JSON.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin
from unicodedata import normalize

from perfbatch.rulebook.marks import Mark
from perfbatch.rulebook.nearest import nearest
from perfbatch.rulebook.vocabulary import word_of

__all__ = [
    "EMPTY",
    "CellContent",
    "CellValue",
    "NotExpected",
    "Resolve",
    "choices_of",
    "decoded",
    "encoded",
    "is_text",
    "mark_of",
]

EMPTY = "「无」"
"""A value that is set to nothing: no text, no entries."""
_BLANK_LINE = "「空」"
_YES, _NO = "是", "否"

CellValue = str | int | float | bool | date | None


class CellContent(NamedTuple):
    """What stands in a cell: its value, and whether a number is shown as a percentage."""

    value: Any
    percent: bool = False


class NotExpected(Exception):
    """A cell that does not hold what its column takes; says what was found, expected, near."""


Resolve = Callable[[Mark, str], str]
"""A text of a mark with names that people use put as ids; raises `NotExpected`."""


def mark_of(annotation: Any) -> Mark | None:
    """What the texts of a type are, where its model says so."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        return next((mark for mark in metadata if isinstance(mark, Mark)), None) or mark_of(inner)
    if get_origin(annotation) in (Union, types.UnionType):
        return next((mark for arm in get_args(annotation) if (mark := mark_of(arm))), None)
    return None


def _bare(annotation: Any) -> Any:
    """The type without its marks and without None."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, types.UnionType):
            arms = [arm for arm in get_args(annotation) if arm is not type(None)]
            if len(arms) != 1:
                return annotation
            annotation = arms[0]
        else:
            return annotation


def is_text(annotation: Any) -> bool:
    """Whether cells of a type are texts, whatever they look like."""
    return _bare(annotation) not in (int, Decimal, date, bool)


def choices_of(annotation: Any, key: str) -> tuple[str, ...]:
    """What may be chosen in a cell, in words; nothing where anything may be written."""
    bare = _bare(annotation)
    if bare is bool:
        return (_YES, _NO)
    return tuple(word_of(key, choice) for choice in get_args(bare)) if get_origin(bare) is Literal else ()


def encoded(annotation: Any, key: str, value: Any) -> CellValue:
    """What a cell holds for a value that is set."""
    bare = _bare(annotation)
    origin = get_origin(bare)
    if value is None or (value == "" and bare is str) or (isinstance(value, list | tuple | dict) and not value):
        return EMPTY
    if bare is bool and isinstance(value, bool):
        return _YES if value else _NO
    if bare in (int, Decimal) and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _number(value)
    if bare is date and isinstance(value, date):
        return value
    if origin is Literal and isinstance(value, str):
        return word_of(key, value)
    if bare is str and isinstance(value, str):
        return value
    if origin is tuple and isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return "\n".join(_line(item) for item in value)
    if _texts_by_key(bare) and isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values()):
        return "\n".join(f"{name} = {_line(item)}" for name, item in value.items())
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _texts_by_key(bare: Any) -> bool:
    return get_origin(bare) is dict and _bare(get_args(bare)[1]) is str


def _number(value: int | Decimal) -> CellValue:
    """A number where Excel holds it exactly, else its digits."""
    text = format(Decimal(value).normalize(), "f")
    return float(value) if len(text.strip("-0.").replace(".", "")) <= 15 else text


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def _line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n") or _BLANK_LINE


def _unlined(line: str) -> str:
    if line.strip() == _BLANK_LINE:
        return ""
    return "\\".join(part.replace("\\n", "\n") for part in line.split("\\\\"))


def decoded(annotation: Any, key: str, cell: CellContent, resolve: Resolve) -> Any:
    """The value that a cell sets, which is not blank. Raises `NotExpected`."""
    bare = _bare(annotation)
    origin = get_origin(bare)
    value = cell.value
    if isinstance(value, str) and value.strip() == EMPTY:
        return _nothing(annotation, bare)
    if bare in (int, Decimal):
        return _read_number(bare, cell)
    if bare is bool:
        return _read_flag(value)
    if bare is date:
        return _read_day(value)
    text = _text(value)
    if origin is Literal:
        return _read_choice(bare, key, text)
    if bare is str:
        return _resolved(annotation, text, resolve)
    if origin is tuple and _bare(get_args(bare)[0]) is str:
        item = get_args(bare)[0]
        return [_resolved(item, _unlined(line), resolve) for line in _lines(text)]
    if _texts_by_key(bare):
        return dict(_pair(get_args(bare), line, resolve) for line in _lines(text))
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        raise NotExpected(f"“{_short(text)}”不能识别；应为 JSON 写法") from None


def _lines(text: str) -> list[str]:
    return [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]


def _pair(types_of: tuple[Any, ...], line: str, resolve: Resolve) -> tuple[str, str]:
    name, sign, text = line.partition("=")
    if not sign or not name.strip():
        raise NotExpected(f"“{_short(line)}”缺少等号；应每行一条，写成“代码 = 内容”")
    return _resolved(types_of[0], name.strip(), resolve), _resolved(types_of[1], _unlined(text.strip()), resolve)


def _resolved(annotation: Any, text: str, resolve: Resolve) -> str:
    mark = mark_of(annotation)
    return resolve(mark, text) if mark is not None else text


def _nothing(annotation: Any, bare: Any) -> Any:
    if get_origin(bare) is tuple:
        return []
    if get_origin(bare) is dict:
        return {}
    takes_none = get_origin(annotation) in (Union, types.UnionType) or type(None) in get_args(annotation)
    if takes_none:
        return None
    if bare is str:
        return ""
    raise NotExpected(f"不能为{EMPTY}；应填写内容，或者留空（按默认）")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value)


def _read_number(bare: Any, cell: CellContent) -> int | Decimal:
    value = cell.value
    percent = cell.percent
    if isinstance(value, bool):
        raise NotExpected(f"“{_text(value)}”不是数值；应填数字")
    if isinstance(value, str):
        text = normalize("NFKC", value).strip().replace(",", "")
        if text.endswith("%"):
            # Typed as a text: what is before the sign is the number of percents.
            text, percent = text[:-1].strip(), False
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise NotExpected(f"“{_short(value)}”不是数值；应填数字") from None
    elif isinstance(value, int | float):
        number = Decimal(repr(value))
    else:
        raise NotExpected(f"“{_text(value)}”不是数值；应填数字")
    if percent:
        number *= 100
    if not number.is_finite():
        raise NotExpected(f"“{_short(str(value))}”不是数值；应填数字")
    if bare is int:
        if number != number.to_integral_value():
            raise NotExpected(f"{number.normalize():f} 不是整数；应填整数")
        return int(number)
    # As it is written: Excel knows no difference between 14 and 14.0.
    return Decimal(format(number.normalize(), "f"))


def _read_flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = normalize("NFKC", str(value)).strip()
    if text not in (_YES, _NO):
        raise NotExpected(f"“{_short(text)}”不能识别；应为“{_YES}”或“{_NO}”")
    return text == _YES


def _read_day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = normalize("NFKC", str(value)).strip()
    for mark in "年月/.":
        text = text.replace(mark, "-")
    parts = text.removesuffix("日").split("-")
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        raise NotExpected(f"“{_short(_text(value))}”不是日期；应填日期，例：2021-7-31") from None


def _read_choice(bare: Any, key: str, text: str) -> str:
    plain = normalize("NFKC", text).strip()
    words = {normalize("NFKC", word_of(key, choice)): choice for choice in get_args(bare)}
    if plain in words:
        return str(words[plain])
    if plain in get_args(bare):
        return plain
    meant = nearest(plain, words, 0.4)
    raise NotExpected(
        f"“{_short(text)}”不是可选项；应为“{'”“'.join(words)}”之一" + (f"，是否指“{meant}”" if meant else "")
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
