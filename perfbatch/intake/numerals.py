"""Numbers as people type them: full-width digits, thousands separators, units after the figure, words for nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

__all__ = [
    "Numeral",
    "WordsAround",
    "canonical_unit",
    "fold",
    "in_words_around",
    "is_placeholder",
    "is_stated_none",
    "money_exponent",
    "parse_numeral",
    "plain",
    "says_nothing_counted",
    "typed_decimals",
]

_LONGEST, _LONGEST_REMEMBERED = 60, 64
# Marks that show nothing: soft hyphen, zero-width and direction marks, byte order mark.
_INVISIBLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF])
_MINUS = dict.fromkeys(map(ord, "−–‐‑‒﹣"), "-")
_STATED_NONE = re.compile(r"(?:[-—–−―─‐‑‒ー]+|/+|\.{2,}|⋯+|无)")
_PLACEHOLDER = re.compile(r"(?:绩效)?指标[0-9一二三四五六七八九十]*[:.、…⋯]*")
_NOTHING_COUNTED = frozenset({"无", "没有", "零"})
# NFKC has made ¥ of ￥.
_CURRENCY = re.compile(r"(?:人民币|rmb|cny|¥)\s*[:：]?\s*", re.IGNORECASE)
_BRACKETED = re.compile(r"\(([^()]+)\)(.*)")
_APPROXIMATE = re.compile("约|左右|上下|以上|以下|余|多|近|不足|超过|大概|[<>≤≥±~]")
# Words that bear on how much a figure is; whatever else stands around one says nothing about it.
_UNIT_WORDS = re.compile(r"[元万亿千百十角%‰人个亩㎡$€£]|usd|hkd|eur|jpy", re.IGNORECASE)
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
    "千元": frozenset({"千元", "千"}),
    "百元": frozenset({"百元"}),
    "十万元": frozenset({"十万元", "十万"}),
    "百万元": frozenset({"百万元", "百万"}),
    "千万元": frozenset({"千万元", "千万"}),
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
_MONEY = {"角": -1, "元": 0, "百元": 2, "千元": 3, "万元": 4, "十万元": 5, "百万元": 6, "千万元": 7, "亿元": 8}
"""What units of money are worth in 元, as powers of ten: what the words mean, not a figure of the form."""
_CANONICAL = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings}


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number read from text: exact `value`, `decimals` as typed, canonical `unit` or "" where none was typed; `currency`:
    with a sign of money before it."""

    value: Decimal
    decimals: int
    unit: str
    currency: bool = False


@dataclass(frozen=True, slots=True)
class WordsAround:
    """What the words before and behind a figure say: its canonical `unit` or "", a sign of money; `fault`, the code where they
    make the figure another one or none."""

    unit: str = ""
    currency: bool = False
    fault: str = ""

    @property
    def clear(self) -> bool:
        """Whether the words leave the figure what it is."""
        return not self.fault


def fold(text: str) -> str:
    """Text in its compatibility form (NFKC), without invisible marks, with ordinary spaces, stripped."""
    return _fold_once(text) if len(text) <= _LONGEST_REMEMBERED else _fold(text)


def _fold(text: str) -> str:
    # No mark that shows nothing is printable.
    seen = text if text.isprintable() else text.translate(_INVISIBLE)
    folded = unicodedata.normalize("NFKC", seen)
    return " ".join(folded.split())


# Labels, names and figures are folded several times in a workbook and again in the next; accounts of oneself once.
_fold_once = lru_cache(maxsize=16_000)(_fold)


def is_stated_none(text: str) -> bool:
    """Whether the text says that there is nothing to state: `/`, `—`, `-`, `--`, `无`, `……` and their widths."""
    return _STATED_NONE.fullmatch(fold(text).replace(" ", "")) is not None


def is_placeholder(text: str) -> bool:
    """Whether a text is only what forms print where an answer belongs: `指标1：`, `绩效指标2`, `指标：`."""
    return _PLACEHOLDER.fullmatch(fold(text).replace(" ", "")) is not None


def canonical_unit(text: str) -> str | None:
    """The one spelling of a unit (`平方米` → `㎡`); None for what is no unit known here."""
    return _CANONICAL.get(fold(text))


def says_nothing_counted(text: str) -> bool:
    """Whether the text says in a word that there is none of what is counted: 无, 没有, 零."""
    return fold(text).replace(" ", "") in _NOTHING_COUNTED


def money_exponent(unit: str) -> int | None:
    """What a canonical unit of money is worth in 元, as a power of ten; None for any other unit."""
    return _MONEY.get(unit)


@lru_cache(maxsize=1_024)
def in_words_around(before: str, after: str) -> WordsAround:
    """Read the words around a figure in a number format (`￥`, `元整`, `（万元）`, `约`)."""
    before, after = (fold(words).translate(_MINUS) for words in (before, after))
    if _APPROXIMATE.search(before + after):
        return WordsAround(fault="C04")
    money = _CURRENCY.search(before) or _CURRENCY.search(after)
    before, after = (_CURRENCY.sub("", words).strip("-+△▲▽▼ ") for words in (before, after))
    if before.endswith("("):
        # Accountants' brackets around a negative figure.
        before, after = before[:-1].strip(), after.removeprefix(")").removesuffix(")").strip()
    unit = _unit_of(after) or (_unit_of(before) if not after else None)
    if unit is None and _UNIT_WORDS.search(before + after):
        return WordsAround(fault="C10")
    return WordsAround(unit or "", money is not None)


def _unit_of(words: str) -> str | None:
    """The unit that the words are, "" for no words, None for any others; brackets around it and 整 behind it say nothing."""
    if words.startswith("(") and words.endswith(")"):
        words = words[1:-1].strip()
    unit = _CANONICAL.get(words) if words else ""
    if unit is None and words.endswith("整"):
        unit = _CANONICAL.get(words[:-1].strip())
        return unit if unit in _MONEY else None
    return unit


def parse_numeral(text: str) -> Numeral | None:
    """Read a number with at most a sign of money before and a unit after it; None for anything else (`约10`, `5人左右`,
    `10-20`, `1,23`).

    Minus signs of any width and accountants' brackets give a negative value.
    """
    return _parse_once(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=8_192)
def _parse_once(text: str) -> Numeral | None:
    text = _SQUARE_METRE.sub("平方米", text)
    if _misleading(text):
        return None
    folded, negative, currency = fold(text).translate(_MINUS), False, False
    # A sign of money may stand before or behind the sign or the bracket of a negative figure.
    for _ in range(3):
        bracketed = _BRACKETED.fullmatch(folded)
        if not currency and (money := _CURRENCY.match(folded)):
            folded, currency = folded[money.end() :], True
        elif not negative and bracketed is not None:
            folded, negative = (bracketed[1] + bracketed[2]).strip(), True
        elif not negative and folded.startswith(("-", "+")):
            negative, folded = folded[0] == "-", folded[1:].strip()
            if not negative:
                break
    number = _GROUPED.match(folded)
    if number is None:
        return None
    unit = _unit_of(folded[number.end() :].strip())
    if unit is None or (currency and unit and unit not in _MONEY):
        return None
    digits = number[0].replace(",", "").replace(" ", "")
    value = Decimal(digits)
    return Numeral(-value if negative else value, len(digits.partition(".")[2]), unit, currency)


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
