"""Numbers as people type them: full-width digits, thousands separators, units after the figure, words for nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Numeral", "canonical_unit", "fold", "is_stated_none", "parse_numeral", "plain", "typed_decimals"]

_LONGEST = 60
# Marks that show nothing: soft hyphen, zero-width and direction marks, byte order mark.
_INVISIBLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF])
_MINUS = dict.fromkeys(map(ord, "−–‐‑‒﹣"), "-")
_STATED_NONE = re.compile(r"(?:[-—–−―─‐‑‒ー]+|/+|\.{2,}|⋯+|无)")
_GROUPED = re.compile(r"\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+", re.ASCII)
_DIGITS = frozenset("0123456789０１２３４５６７８９")
# NFKC makes 52 of 5² and 1 of ①: only digits that read as digits may become some; square metres are a unit.
_SQUARE_METRE = re.compile("m²|m2|㎡", re.IGNORECASE)
_UNITS: Mapping[str, frozenset[str]] = {
    "万元": frozenset({"万元", "万"}),
    "元": frozenset({"元"}),
    "人": frozenset({"人", "名"}),
    "个": frozenset({"个", "项", "例", "次"}),
    "分": frozenset({"分"}),
    "%": frozenset({"%"}),
    "㎡": frozenset({"㎡", "m2", "平方米", "平米"}),
    "年": frozenset({"年", "年度"}),
    "亿元": frozenset({"亿元", "亿"}),
    "千元": frozenset({"千元"}),
    "百元": frozenset({"百元"}),
    "角": frozenset({"角"}),
    "‰": frozenset({"‰"}),
    "亩": frozenset({"亩"}),
    "公顷": frozenset({"公顷"}),
    "辆": frozenset({"辆"}),
    "台": frozenset({"台"}),
    "套": frozenset({"套"}),
    "家": frozenset({"家"}),
    "户": frozenset({"户"}),
    "天": frozenset({"天"}),
    "月": frozenset({"月"}),
    "日": frozenset({"日"}),
}
_CANONICAL = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings}


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number read from text: exact `value`, `decimals` as typed, canonical `unit` or "" where none was typed."""

    value: Decimal
    decimals: int
    unit: str


def fold(text: str) -> str:
    """Text in its compatibility form (NFKC), without invisible marks, with ordinary spaces, stripped."""
    folded = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    return " ".join(folded.split())


def is_stated_none(text: str) -> bool:
    """Whether the text says that there is nothing to state: `/`, `—`, `-`, `--`, `无`, `……` and their widths."""
    return _STATED_NONE.fullmatch(fold(text).replace(" ", "")) is not None


def canonical_unit(text: str) -> str | None:
    """The one spelling of a unit (`平方米` → `㎡`); None for what is no unit known here."""
    return _CANONICAL.get(fold(text))


def parse_numeral(text: str) -> Numeral | None:
    """Read a number with at most a unit after it; None for anything else (`约10`, `5人左右`, `10-20`, `1,23`).

    Minus signs of any width and accountants' brackets give a negative value.
    """
    if len(text) > _LONGEST:
        return None
    text = _SQUARE_METRE.sub("平方米", text)
    if _misleading(text):
        return None
    folded = fold(text).translate(_MINUS)
    negative = False
    if folded.startswith("(") and folded.endswith(")"):
        folded, negative = folded[1:-1].strip(), True
    elif folded.startswith(("-", "+")):
        folded, negative = folded[1:].strip(), folded[0] == "-"
    number = _GROUPED.match(folded)
    if number is None:
        return None
    rest = folded[number.end() :].strip()
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1].strip()
    unit = _CANONICAL.get(rest) if rest else ""
    if unit is None:
        return None
    digits = number[0].replace(",", "").replace(" ", "")
    value = Decimal(digits)
    return Numeral(-value if negative else value, len(digits.partition(".")[2]), unit)


def _misleading(text: str) -> bool:
    """Whether a mark that is no plain digit would become one."""
    return any(
        mark not in _DIGITS and any(digit in _DIGITS for digit in unicodedata.normalize("NFKC", mark)) for mark in text
    )


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros: `116001`, `0.5`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def typed_decimals(value: Decimal) -> int:
    """How many decimals a value has, trailing zeros apart."""
    return len(plain(value).partition(".")[2])
