"""What a number format makes of a number: the scale at which it is shown, the words around it, whether it is a date.

A person reads the cell, not the file: 2749800 in the format `0!.0000` is seen as 274.9800, 300000 in `#,##0.00"元"` as
300,000.00元. Nothing here knows what a unit is; that is the reader's matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum
from functools import cached_property, lru_cache

from perfbatch.package.format_tokens import FormatCondition, FormatMark, Token, cut, sections_of

__all__ = ["FormatSection", "NumberFormat", "Shows", "number_format"]

_NEGATIVE_MARKS = "-−–－(（△▲▽▼负"
_POINTS, _GROUPING = frozenset(".．"), frozenset({",", "，", "'", "’", " "})
# Numerals that stand between digits, and how many digits follow them: 274万9800.
_NUMERALS = {"万": 4, "亿": 8}
_FIGURE = (FormatMark.DIGIT, FormatMark.GENERAL, FormatMark.TEXT)
_LONGEST = 1_000


class Shows(IntEnum):
    """What a section shows of a number."""

    NUMBER = 0
    DATE = 1
    WORDS = 2
    """Words alone, or nothing: the number is not seen."""


@dataclass(frozen=True)
class FormatSection:
    """A section of a format. The number shown is the stored one times 10 ** `exponent`, with `decimals` decimals (None: as
    many as it has); `before` and `after` are the words around it. `percent`: with a percent sign of its own that scales.

    `clear` is False where something stands between the digits that is neither a decimal point nor groups them; `worded`
    where a numeral does (274万9800), which has the number as it is stored. `marks_negative`: a number below 0 is told by a
    sign, brackets or a colour."""

    tokens: tuple[Token, ...]
    condition: FormatCondition | None
    shows: Shows
    exponent: int = 0
    decimals: int | None = None
    percent: bool = False
    before: str = ""
    after: str = ""
    clear: bool = True
    worded: bool = False
    marks_negative: bool = False

    @property
    def plain(self) -> bool:
        """Whether it shows the stored number and nothing else."""
        bare = not (self.before or self.after or self.percent or self.exponent or self.worded)
        return self.shows is Shows.NUMBER and self.clear and bare


@dataclass(frozen=True)
class NumberFormat:
    """A number format, parsed. `sections` are those for numbers, `text_before` and `text_after` what stands around a text."""

    sections: tuple[FormatSection, ...]
    text_before: str = ""
    text_after: str = ""

    @cached_property
    def plain(self) -> bool:
        """Whether every number is shown as it is stored, but for decimals that are hidden and marks that group digits."""
        return all(section.plain for section in self.sections) and not self._negatives_hidden

    @property
    def _negatives_hidden(self) -> bool:
        return self._by_sign and len(self.sections) > 1 and not self.sections[1].marks_negative

    @property
    def _by_sign(self) -> bool:
        return all(section.condition is None for section in self.sections)

    @cached_property
    def has_dates(self) -> bool:
        """Whether any number is shown as a date or a time."""
        return any(section.shows is Shows.DATE for section in self.sections)

    def section_of(self, value: Decimal) -> FormatSection:
        """The section by which a number is shown."""
        sections = self.sections
        if self._by_sign:
            if value < 0 and len(sections) > 1:
                return sections[1]
            return sections[2] if value == 0 and len(sections) > 2 else sections[0]
        for section in sections[:-1] if len(sections) > 1 else ():
            if section.condition is not None and section.condition.holds(value):
                return section
        if len(sections) > 2 and sections[1].condition is None and value < 0:
            return sections[1]
        return sections[-1]

    def hides_sign(self, value: Decimal) -> bool:
        """Whether a number below 0 is shown as one above."""
        return value < 0 and self._negatives_hidden

    def shows_date(self, value: Decimal) -> bool:
        """Whether a number is shown as a date or a time."""
        return self.has_dates and self.section_of(value).shows is Shows.DATE

    def shown(self, value: Decimal) -> str:
        """A number as the cell shows it, the width of the column apart; a date is not worked out."""
        section = self.section_of(value)
        own_sign = self._by_sign and len(self.sections) > 1 and value < 0
        return ("-" if value < 0 and not own_sign else "") + _rendered(section, abs(value))


_GENERAL = FormatSection((Token(FormatMark.GENERAL, "General"),), None, Shows.NUMBER)


@lru_cache(maxsize=2_048)
def number_format(code: str) -> NumberFormat:
    """Parse a number format; "" is General. What nobody can make sense of is shown as it stands: nothing is refused."""
    if not code.strip() or len(code) > _LONGEST:
        return NumberFormat((_GENERAL,))
    parsed = [cut(section) for section in sections_of(code)]
    text: Sequence[Token] = ()
    if len(parsed) == 4 or (len(parsed) > 1 and any(token.mark is FormatMark.TEXT for token in parsed[-1][0])):
        text, parsed = parsed[-1][0], parsed[:-1]
    elif len(parsed) == 1 and any(token.mark is FormatMark.TEXT for token in parsed[0][0]):
        # A format for texts alone shows a number as it is.
        text, parsed = parsed[0][0], [([Token(FormatMark.GENERAL, "General")], None)]
    sections = tuple(_section(tuple(tokens), condition) for tokens, condition in parsed)
    before, _, after = _around(text)
    return NumberFormat(sections, before, after)


def _around(tokens: Sequence[Token]) -> tuple[str, Sequence[Token], str]:
    """The words before the figure, its tokens, the words behind it."""
    places = [at for at, token in enumerate(tokens) if token.mark in _FIGURE]
    if not places:
        return _words(tokens), (), ""
    first, last = places[0], places[-1]
    if first and tokens[first - 1].mark is FormatMark.POINT:
        first -= 1
    return _words(tokens[:first]), tokens[first : last + 1], _words(tokens[last + 1 :])


def _words(tokens: Sequence[Token]) -> str:
    shown = (token.text for token in tokens if token.mark in (FormatMark.LITERAL, FormatMark.BLANK))
    return " ".join("".join(shown).split())


def _section(tokens: tuple[Token, ...], condition: FormatCondition | None) -> FormatSection:
    if any(token.mark in (FormatMark.DATE, FormatMark.ELAPSED) for token in tokens):
        return FormatSection(tokens, condition, Shows.DATE)
    before, figure, after = _around(tokens)
    if not figure:
        return FormatSection(tokens, condition, Shows.WORDS, before=before, marks_negative=True)
    percents = sum(token.mark is FormatMark.PERCENT for token in tokens)
    point = next((at for at, token in enumerate(tokens) if token.mark is FormatMark.POINT), len(tokens))
    last_whole = max((at for at, token in enumerate(tokens[:point]) if token.mark is FormatMark.DIGIT), default=-1)
    last = max(at for at, token in enumerate(tokens) if token.mark in _FIGURE)
    thousands = sum(
        token.mark is FormatMark.COMMA and (last_whole < at < point or at > last) and last_whole >= 0
        for at, token in enumerate(tokens)
    )
    shift, clear, worded = _between(figure)
    marks_negative = any(
        token.mark is FormatMark.COLOUR or any(mark in token.text for mark in _NEGATIVE_MARKS) for token in tokens
    )
    return FormatSection(
        tokens,
        condition,
        Shows.NUMBER,
        2 * percents - 3 * thousands - shift,
        _decimals(figure, shift),
        percents > 0,
        before,
        after,
        clear,
        worded,
        marks_negative,
    )


def _decimals(figure: Sequence[Token], shift: int) -> int | None:
    if any(
        token.mark in (FormatMark.GENERAL, FormatMark.TEXT, FormatMark.EXPONENT, FormatMark.FRACTION)
        for token in figure
    ):
        return None
    point = next((at for at, token in enumerate(figure) if token.mark is FormatMark.POINT), len(figure))
    return sum(token.mark is FormatMark.DIGIT for token in figure[point:]) + shift


def _between(figure: Sequence[Token]) -> tuple[int, bool, bool]:
    """What stands between the digits: by how many places a literal point moves the number, whether all of it can be read,
    and whether a numeral is among it."""
    shift, clear, worded = 0, True, False
    point = next((at for at, token in enumerate(figure) if token.mark is FormatMark.POINT), None)
    for at, token in enumerate(figure):
        if token.mark is FormatMark.POINT:
            clear = clear and at == point
        if token.mark is not FormatMark.LITERAL or not token.text:
            continue
        follow = sum(later.mark is FormatMark.DIGIT for later in figure[at:])
        if token.text in _POINTS and point is None and not shift:
            shift = follow
        elif _NUMERALS.get(token.text) == follow and point is None and not shift:
            worded = True
        elif token.text not in _GROUPING or shift or (point is not None and at > point):
            clear = False
    return shift, clear, worded


def _rendered(section: FormatSection, value: Decimal) -> str:
    tokens = section.tokens
    if section.shows is not Shows.NUMBER:
        return _words(tokens)
    if section.decimals is None:
        shown = format(value.normalize() if value else Decimal(0), "f")
        return f"{section.before}{shown}{'%' if section.percent else ''}{section.after}"
    whole_places = [at for at, token in enumerate(tokens) if token.mark is FormatMark.DIGIT]
    point = next((at for at, token in enumerate(tokens) if token.mark is FormatMark.POINT), len(tokens))
    after_point = [at for at in whole_places if at > point]
    whole_places = [at for at in whole_places if at < point]
    # A point written as a literal only separates digits on the screen: the figure is laid out as if it were not there.
    laid = value.scaleb(section.exponent + section.decimals - len(after_point))
    step = Decimal(1).scaleb(-len(after_point))
    digits = format(laid.quantize(step, rounding=ROUND_HALF_UP), "f")
    whole, _, rest = digits.partition(".")
    return _laid_out(tokens, whole_places, after_point, whole.lstrip("0"), rest)


def _laid_out(tokens: Sequence[Token], places: Sequence[int], after_point: Sequence[int], whole: str, rest: str) -> str:
    pieces = {at: token.text for at, token in enumerate(tokens) if token.mark in (FormatMark.LITERAL, FormatMark.BLANK)}
    grouped = any(
        token.mark is FormatMark.COMMA and places and places[0] < at < places[-1] for at, token in enumerate(tokens)
    )
    left = whole
    for order, at in enumerate(reversed(places)):
        first = order == len(places) - 1
        digit, left = (left, "") if first else (left[-1:], left[:-1])
        if not digit and tokens[at].text == "0":
            digit = "0"
        if grouped:
            digit = _grouped(digit, order)
        pieces[at] = digit
    rest_left = rest.rstrip("0")
    for order, at in enumerate(after_point):
        needed = order < len(rest_left) or any(tokens[later].text == "0" for later in after_point[order:])
        pieces[at] = rest[order] if needed else ""
    for at, token in enumerate(tokens):
        if token.mark in (FormatMark.POINT, FormatMark.PERCENT):
            pieces[at] = token.text
    return " ".join("".join(pieces.get(at, "") for at in range(len(tokens))).split())


def _grouped(digits: str, order: int) -> str:
    """Digits of which the last stands at the place `order` from the right, a comma behind every third."""
    marked = [
        digit + ("," if (order + len(digits) - 1 - at) % 3 == 0 and order + len(digits) - 1 - at else "")
        for at, digit in enumerate(digits)
    ]
    return "".join(marked)
