"""The styles of an OpenDocument spreadsheet: number formats as the codes that workbooks have, and what is struck out or raised.

Source: OASIS OpenDocument 1.3, part 3, 16.29 (number styles), 16.2 (styles), 20.188 and 20.366 (lines through, position).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside

__all__ = ["DocumentStyles"]

_FORMATS = frozenset(
    {"number-style", "percentage-style", "currency-style", "date-style", "time-style", "boolean-style", "text-style"}
)
_DATES = {
    "year": ("yy", "yyyy"), "month": ("m", "mm"), "day": ("d", "dd"), "day-of-week": ("ddd", "dddd"), "era": ("g", "ggg"),
    "quarter": ("q", "qq"), "week-of-year": ("w", "ww"), "hours": ("h", "hh"), "minutes": ("m", "mm"), "seconds": ("s", "ss"),
    "am-pm": ("AM/PM", "AM/PM"),
}  # fmt: skip
_CONDITION = re.compile(r"value\(\)\s*(>=|<=|!=|>|<|=)\s*(-?\d+(?:\.\d+)?)")
# How formats that tell signs apart are written: what the parts before the last stand for.
_BY_SIGN = ([">=0"], [">0", "<0"], [">0", "<0", "=0"])
_BARE = frozenset("-+() :/,.%")
_MOST_DIGITS, _DEEPEST, _LONGEST = 30, 20, 1_000


@dataclass
class _Format:
    """A number format in the making; `maps` are the conditions under which another one is shown."""

    kind: str
    tokens: list[str] = field(default_factory=list)
    maps: list[tuple[str, str]] = field(default_factory=list)
    colour: str = ""

    @property
    def code(self) -> str:
        return self.colour + "".join(self.tokens)


@dataclass
class _Look:
    """A style of cells or of stretches of text."""

    parent: str = ""
    format: str = ""
    struck: bool | None = None
    raised: bool | None = None


class DocumentStyles:
    """Collects the styles from the events of a part (`start`, `text`, `end`); several parts may be given in turn."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._formats: dict[str, _Format] = {}
        self._looks: dict[tuple[str, str], _Look] = {}
        self._format: _Format | None = None
        self._look: _Look | None = None
        self._listening, self._text = False, list[str]()
        self._number: Mapping[str, str] = {}
        self._embedded: list[tuple[int, str]] = []
        self._position = 0

    # ---- what is collected

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if element in _FORMATS:
            self._format = self._formats[attributes.get("name", "")] = _Format(element)
            self._refuse_many()
        elif element == "style":
            self._look = _Look(attributes.get("parent-style-name", ""), attributes.get("data-style-name", ""))
            self._looks[attributes.get("family", ""), attributes.get("name", "")] = self._look
            self._refuse_many()
        elif self._format is not None:
            self._part_of_format(self._format, element, attributes)
        elif element == "text-properties" and self._look is not None:
            line = attributes.get("text-line-through-style") or attributes.get("text-line-through-type")
            if line is not None:
                self._look.struck = line != "none"
            if "text-position" in attributes:
                shift = attributes["text-position"].split(" ")[0]
                self._look.raised = shift in ("super", "sub") or shift not in ("0%", "0")

    def _part_of_format(self, form: _Format, element: str, attributes: Mapping[str, str]) -> None:
        if element in ("text", "currency-symbol", "embedded-text"):
            self._listening, self._text = True, []
            self._position = _whole(attributes.get("position", "0"))
        elif element == "number":
            self._number, self._embedded = attributes, []
        elif element == "scientific-number":
            form.tokens.append(
                f"{_digits(attributes, [])}E+{'0' * max(1, _whole(attributes.get('min-exponent-digits')))}"
            )
        elif element == "fraction":
            denominator = attributes.get("denominator-value") or "?" * max(
                1, _whole(attributes.get("min-denominator-digits"))
            )
            form.tokens.append(f"# ?/{denominator}")
        elif element == "text-content":
            form.tokens.append("@")
        elif element == "fill-character":
            form.tokens.append("* ")
        elif element == "map":
            form.maps.append((attributes.get("condition", ""), attributes.get("apply-style-name", "")))
        elif element == "text-properties" and attributes.get("color", "").casefold() == "#ff0000":
            form.colour = "[Red]"
        elif element in _DATES:
            token = _DATES[element][attributes.get("style") == "long"]
            if element == "month" and attributes.get("textual") == "true":
                token += "mm"
            form.tokens.append(token)

    def text(self, piece: str) -> None:
        """Characters between tags."""
        if self._listening:
            self._text.append(piece)

    def end(self, element: str) -> None:
        """An element ends."""
        if element in _FORMATS:
            self._format = None
        elif element == "style":
            self._look = None
        elif self._format is not None and element == "number":
            self._format.tokens.append(_digits(self._number, self._embedded))
        elif self._listening and element in ("text", "currency-symbol", "embedded-text"):
            self._listening, words = False, "".join(self._text)
            if element == "embedded-text":
                self._embedded.append((self._position, words))
            elif self._format is not None:
                scales = self._format.kind == "percentage-style"
                self._format.tokens.append(_words(words, percent=scales))

    def _refuse_many(self) -> None:
        if len(self._looks) + len(self._formats) > self._limits.styles:
            raise SetAside("F07", f"单元格格式超过 {self._limits.styles} 种")

    # ---- what is asked

    def number_format(self, style: str) -> str:
        """The format code of a style of cells, "" where it says nothing of it."""
        for look in self._line("table-cell", style):
            if look.format:
                return self._code(look.format)
        return ""

    def struck(self, family: str, style: str) -> bool | None:
        """Whether what has the style is struck out; None where the style leaves it as it is around it."""
        return next((look.struck for look in self._line(family, style) if look.struck is not None), None)

    def raised(self, style: str) -> bool:
        """Whether a stretch of text stands above or below the line."""
        return next((look.raised for look in self._line("text", style) if look.raised is not None), False)

    def _line(self, family: str, style: str) -> list[_Look]:
        """A style and those that it follows."""
        line: list[_Look] = []
        while style and len(line) < _DEEPEST:
            look = self._looks.get((family, style))
            if look is None:
                break
            line.append(look)
            style = look.parent
        return line

    def _code(self, name: str) -> str:
        own = self._formats.get(name)
        if own is None:
            return ""
        conditions, codes = [], []
        for condition, other in own.maps:
            match, applied = _CONDITION.fullmatch(condition.strip()), self._formats.get(other)
            if match is None or applied is None:
                continue
            conditions.append(match[1].replace("!=", "<>") + match[2])
            codes.append(applied.code)
        if conditions not in _BY_SIGN:
            codes = [f"[{condition}]{code}" for condition, code in zip(conditions, codes, strict=True)]
        code = ";".join([*codes, own.code])
        return "" if code == "General" else code[:_LONGEST]


def _whole(text: str | None) -> int:
    """A number of digits; 0 for what is none."""
    return min(int(text), _MOST_DIGITS) if text and text.isascii() and text.isdecimal() and len(text) < 4 else 0


def _words(text: str, *, percent: bool) -> str:
    """Words around a figure as a format code has them."""
    pieces = []
    for character in text:
        bare = character in _BARE and (character != "%" or percent) and character not in ",."
        pieces.append(character if bare else f'"{character}"' if character != '"' else '\\"')
    return "".join(pieces).replace('""', "")


def _digits(number: Mapping[str, str], embedded: list[tuple[int, str]]) -> str:
    """The places of a number's digits, with the words that stand between them."""
    bare = "decimal-places" not in number and "min-decimal-places" not in number and not embedded
    if bare and number.get("grouping") != "true" and not number.get("display-factor"):
        return "General"
    least, decimals = _whole(number.get("min-integer-digits", "0")), _whole(number.get("decimal-places"))
    fixed = min(_whole(number["min-decimal-places"]), decimals) if "min-decimal-places" in number else decimals
    whole = "0" * least or "#"
    if number.get("grouping") == "true":
        whole = whole.rjust(4, "#")
        whole = f"{whole[:-3]},{whole[-3:]}"
    elif embedded:
        whole = whole.rjust(max(position for position, _ in embedded) + 1, "#")
    places = len(whole)
    # From the right on, so that the places further left stay where they are.
    for position, words in sorted(embedded):
        if position < places:
            at = places - position
            whole = whole[:at] + _words(words, percent=False) + whole[at:]
    factor = number.get("display-factor", "1")
    scaled = "," * ((len(factor) - 1) // 3) if re.fullmatch("1(000)*", factor) else ""
    behind = "." + "0" * fixed + "#" * (decimals - fixed) if decimals else ""
    return whole + scaled + behind
