"""A section of a number format cut into its tokens: places for digits, literal text, marks that scale, parts of a date.

ECMA-376 part 1, 18.8.31, and what East Asian Excel and WPS add: `!` before a character shows it as it is, as `\\` does,
`G/通用格式` is General, and characters that mean nothing are shown without quotes (`0.00元`).
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from typing import NamedTuple

__all__ = ["FormatCondition", "FormatMark", "Token", "cut", "sections_of"]

_GENERAL = re.compile(r"general|g/通用格式|通用格式|常规|standard", re.IGNORECASE)
_CONDITION = re.compile(r"\[\s*(>=|<=|<>|>|<|=)\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*\]", re.ASCII)
_COLOUR = re.compile(
    r"\[(?:black|blue|cyan|green|magenta|red|white|yellow|黑色|蓝色|蓝绿色|青色|绿色|洋红色|红色|白色|黄色|(?:color|颜色)\s*\d{1,2})\]",
    re.IGNORECASE,
)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+|时+|分+|秒+)\]", re.IGNORECASE)
_DAYTIME = re.compile(r"am/pm|a/p|上午/下午", re.IGNORECASE)
_DATE = re.compile(r"y+|m+|d+|h+|s+|a{3,4}|e+|g+|b+", re.IGNORECASE)
_EXPONENT = re.compile(r"e[+-]", re.IGNORECASE)


class FormatMark(IntEnum):
    """What a token does."""

    DIGIT = 0
    POINT = 1
    COMMA = 2
    PERCENT = 3
    EXPONENT = 4
    FRACTION = 5
    LITERAL = 6
    BLANK = 7
    """Room as wide as a character: seen as a blank, if at all."""
    GENERAL = 8
    TEXT = 9
    DATE = 10
    ELAPSED = 11
    COLOUR = 12


class Token(NamedTuple):
    """A token and the text that it shows or stands for."""

    mark: FormatMark
    text: str


class FormatCondition(NamedTuple):
    """A section's own condition, as in `[>=10000]`."""

    sign: str
    bound: Decimal

    def holds(self, value: Decimal) -> bool:
        """Whether a number falls under the section."""
        order = (value > self.bound) - (value < self.bound)
        return order in {">=": (0, 1), "<=": (-1, 0), "<>": (-1, 1), ">": (1,), "<": (-1,), "=": (0,)}[self.sign]


def sections_of(code: str) -> list[str]:
    """The sections of a format, cut at the semicolons that are not shown as such; never more than four."""
    sections: list[str] = []
    begin = position = 0
    while position < len(code):
        mark = code[position]
        if mark == '"':
            end = code.find('"', position + 1)
            position = len(code) if end < 0 else end + 1
        elif mark in "\\!_*":
            position += 2
        elif mark == ";" and len(sections) < 3:
            sections.append(code[begin:position])
            begin = position = position + 1
        else:
            position += 1
    return [*sections, code[begin:]]


def cut(section: str) -> tuple[list[Token], FormatCondition | None]:
    """The tokens of a section, and its condition where it has one."""
    tokens: list[Token] = []
    condition: FormatCondition | None = None
    position = 0
    while position < len(section):
        if section[position] == "[":
            token, its_condition, position = _bracket(section, position)
            condition = condition or its_condition
        else:
            token, position = _token(section, position)
        if token is not None:
            tokens.append(token)
    return _fractions_found(tokens), condition


def _bracket(section: str, position: int) -> tuple[Token | None, FormatCondition | None, int]:
    for pattern, mark in ((_CONDITION, None), (_COLOUR, FormatMark.COLOUR), (_ELAPSED, FormatMark.ELAPSED)):
        match = pattern.match(section, position)
        if match is not None and mark is not None:
            return Token(mark, match[0]), None, match.end()
        if match is not None:
            try:
                return None, FormatCondition(match[1], Decimal(match[2])), match.end()
            except InvalidOperation:
                return None, None, match.end()
    end = section.find("]", position)
    if end < 0:
        return Token(FormatMark.LITERAL, section[position]), None, position + 1
    inner = section[position + 1 : end]
    # [$￥-804] shows a currency; [$-804], [DBNum1] and whatever else stands in brackets shows nothing of its own.
    shown = inner[1:].partition("-")[0] if inner.startswith("$") else ""
    return (Token(FormatMark.LITERAL, shown) if shown else None), None, end + 1


def _token(section: str, position: int) -> tuple[Token | None, int]:
    character = section[position]
    if character == '"':
        end = section.find('"', position + 1)
        end = len(section) if end < 0 else end
        text = section[position + 1 : end]
        return (Token(FormatMark.LITERAL, text) if text else None), end + 1
    if character in "\\!":
        shown = section[position + 1 : position + 2] or character
        return Token(FormatMark.LITERAL, shown), position + 2
    if character == "_":
        return Token(FormatMark.BLANK, " "), position + 2
    if character == "*":
        # The character fills the rest of the cell: it is no part of the figure.
        return Token(FormatMark.BLANK, ""), position + 2
    for pattern, mark in (
        (_GENERAL, FormatMark.GENERAL),
        (_EXPONENT, FormatMark.EXPONENT),
        (_DAYTIME, FormatMark.DATE),
        (_DATE, FormatMark.DATE),
    ):
        match = pattern.match(section, position)
        if match is not None:
            return Token(mark, match[0]), match.end()
    marks = {"0": FormatMark.DIGIT, "#": FormatMark.DIGIT, "?": FormatMark.DIGIT, ".": FormatMark.POINT, ",": FormatMark.COMMA, "%": FormatMark.PERCENT,
             "@": FormatMark.TEXT, " ": FormatMark.BLANK}  # fmt: skip
    return Token(marks.get(character, FormatMark.LITERAL), character), position + 1


def _fractions_found(tokens: list[Token]) -> list[Token]:
    """A stroke between places for digits makes a fraction of them (`# ?/?`, `# ?/100`); elsewhere it is shown."""
    marked = list(tokens)
    for at, token in enumerate(tokens):
        between = 0 < at < len(tokens) - 1 and tokens[at - 1].mark is FormatMark.DIGIT
        if token == (FormatMark.LITERAL, "/") and between:
            follows = tokens[at + 1]
            if follows.mark is FormatMark.DIGIT or (follows.mark is FormatMark.LITERAL and follows.text.isdigit()):
                marked[at] = Token(FormatMark.FRACTION, "/")
    return marked
