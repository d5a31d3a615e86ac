"""The styles part: entries added at the ends of its lists, so that no cell's style number changes its meaning."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

from perfbatch.publish.notice.markup import (
    ATTRIBUTES,
    Element,
    NotEditable,
    children,
    local,
    names_of,
    plain,
    prefix_of,
    prefixed,
    root,
    with_attribute,
)

__all__ = ["EMPTY_STYLES", "TINTS", "StyleSheet", "checksum"]

# Told apart from every colour of the form and of Excel's own "bad" and "neutral" styles, for a tint is recognised by it.
TINTS = {"error": "FFFFC4CB", "warning": "FFFFE3A1"}
_LISTS = ("fonts", "fills", "borders", "cellXfs")
_ITEMS = {"fonts": "font", "fills": "fill", "borders": "border", "cellXfs": "xf"}
_FILL = '<fill><patternFill patternType="solid"><fgColor rgb="{}"/><bgColor indexed="64"/></patternFill></fill>'
_PREFIX = re.compile(rb"(</?)[^\s/>:\"']+:")

EMPTY_STYLES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<styleSheet xmlns="{}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
)


class StyleSheet:
    """Fonts, fills, borders and cell formats of a workbook, by their numbers."""

    def __init__(self, part: bytes) -> None:
        """Raises `NotEditable` where one of the four lists is missing: a number could then mean nothing."""
        self._markup = plain(part)
        outer = root(self._markup)
        self.prefix = prefix_of(outer)
        found = {local(one.name).decode(): one for one in children(self._markup, outer.inside, outer.close)}
        if any(name not in found or found[name].empty for name in _LISTS):
            raise NotEditable("the styles part lacks a list")
        self._lists: dict[str, Element] = {name: found[name] for name in _LISTS}
        self._items: dict[str, list[bytes]] = {}
        self._counts: dict[str, int] = {}
        for name, one in self._lists.items():
            self._items[name] = _item(self.prefix, name).findall(self._markup, one.inside, one.close)
            self._counts[name] = len(self._items[name])
        self._tinted: dict[tuple[int, str], int] = {}
        self._known = {
            name: {item: number for number, item in reversed([*enumerate(items)])}
            for name, items in self._items.items()
        }

    @property
    def counts(self) -> tuple[int, ...]:
        """How many fonts, fills, borders and cell formats the part had when it was read."""
        return tuple(self._counts[name] for name in _LISTS)

    def add(self, kind: str, markup: str | bytes) -> int:
        """The number of an entry of one of the lists: one that is there, or a new one at the end."""
        item = prefixed(markup, self.prefix) if isinstance(markup, str) else markup
        known = self._known[kind]
        if item not in known:
            known[item] = len(self._items[kind])
            self._items[kind].append(item)
        return known[item]

    def format(self, *, font: str, fill: str = "", border: str = "", alignment: str = "") -> int:
        """The number of a cell format made of these entries; `fill` is a colour, all else markup without prefixes."""
        fonts = self.add("fonts", font)
        fills = self.add("fills", _FILL.format(fill)) if fill else 0
        borders = self.add("borders", border) if border else 0
        applied = ' applyFill="1"' if fill else ""
        applied += ' applyBorder="1"' if border else ""
        inner = f"<alignment {alignment}/>"
        return self.add(
            "cellXfs",
            f'<xf numFmtId="0" fontId="{fonts}" fillId="{fills}" borderId="{borders}" xfId="0" applyFont="1"{applied}'
            f' applyAlignment="1">{inner}</xf>',
        )

    def tinted(self, style: int, severity: str) -> int:
        """The format that is `style` but for the tint of a severity."""
        key = (style, severity)
        if key not in self._tinted:
            self._tinted[key] = self._refilled(style, self.add("fills", _FILL.format(TINTS[severity])))
        return self._tinted[key]

    def untinted(self, style: int, fill: str) -> int:
        """The format that is `style` but for its fill, which is the markup `fill` without prefixes."""
        return self._refilled(style, self.add("fills", fill))

    def _refilled(self, style: int, fill: int) -> int:
        item = self._format(style)
        tag = children(item, 0, len(item))[0]
        new = with_attribute(item[: tag.inside], "fillId", str(fill))
        new = with_attribute(new, "applyFill", "1")
        return self.add("cellXfs", new + item[tag.inside :])

    def _format(self, style: int) -> bytes:
        items = self._items["cellXfs"]
        if not 0 <= style < len(items):
            raise NotEditable("a cell has a style that is not there")
        return items[style]

    def fill_of(self, style: int) -> str:
        """The fill of a format, as markup without prefixes."""
        number = names_of(self._format(style).partition(b">")[0] + b">").get("fillId", "0")
        fills = self._items["fills"]
        if not number.isdecimal() or int(number) >= len(fills):
            raise NotEditable("a style has a fill that is not there")
        return _PREFIX.sub(rb"\1", fills[int(number)]).decode("utf-8", "replace")

    def is_tint(self, style: int) -> bool:
        """Whether a format carries one of the tints, whichever program wrote it last."""
        if not 0 <= style < len(self._items["cellXfs"]):
            return False
        markup = self.fill_of(style)
        return 'patternType="solid"' in markup and any(f'<fgColor rgb="{tint}"' in markup for tint in TINTS.values())

    def cut(self, counts: tuple[int, ...]) -> None:
        """Drop everything past these numbers of fonts, fills, borders and cell formats."""
        for name, count in zip(_LISTS, counts, strict=True):
            del self._items[name][count:]
            self._known[name] = {item: number for item, number in self._known[name].items() if number < count}

    def content(self) -> bytes:
        """The styles part; lists that were not added to are as they were."""
        pieces: list[bytes] = []
        position = 0
        for name, one in sorted(self._lists.items(), key=lambda pair: pair[1].start):
            items, before = self._items[name], self._counts[name]
            if len(items) == before:
                continue
            tag = self._markup[one.start : one.inside]
            if b" count" in tag:
                tag = with_attribute(tag, "count", str(len(items)))
            pieces += (self._markup[position : one.start], tag)
            if len(items) > before:
                pieces += (self._markup[one.inside : one.close], *items[before:])
            else:
                pieces += items
            position = one.close
        return b"".join((*pieces, self._markup[position:]))


@lru_cache(maxsize=16)
def _item(prefix: str, name: str) -> re.Pattern[bytes]:
    """The pattern of a list's entries; none of them holds one of its own kind."""
    tag = re.escape((prefix + _ITEMS[name]).encode())
    begin = b"<" + tag + rb"(?=[\s/>])" + ATTRIBUTES
    return re.compile(begin + rb"(?:(?<=/)>|(?<!/)>.*?</" + tag + rb"\s*>)", re.DOTALL)


def checksum(part: bytes) -> str:
    """What tells whether another program has written a part anew."""
    return f"{zlib.crc32(part):08x}"
