"""The styles part: entries added at the ends of its lists, so that no cell's style number changes its meaning."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from perfbatch.package.editing import (
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
    well_formed,
    well_formed_once,
    with_attribute,
)
from perfbatch.package.patched import EditablePackage
from perfbatch.package.scanning import remembered

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
        self._given = _entries(plain(part))
        self.prefix = self._given.prefix
        self._items = {name: [*items] for name, items in self._given.items.items()}
        self._new: dict[str, dict[bytes, int]] = {name: {} for name in _LISTS}
        self._left = {name: len(items) for name, items in self._items.items()}
        self._tinted: dict[tuple[int, str], int] = {}

    @property
    def counts(self) -> tuple[int, ...]:
        """How many fonts, fills, borders and cell formats the part had when it was read."""
        return tuple(len(self._given.items[name]) for name in _LISTS)

    def add(self, kind: str, markup: str | bytes) -> int:
        """The number of an entry of one of the lists: one that is there, or a new one at the end."""
        item = prefixed(markup, self.prefix) if isinstance(markup, str) else markup
        known, new = self._given.numbers[kind].get(item), self._new[kind]
        if known is not None and known < self._left[kind]:
            return known
        if item not in new:
            new[item] = len(self._items[kind])
            self._items[kind].append(item)
        return new[item]

    def format(self, *, font: str, fill: str = "", border: str = "", alignment: str = "", locked: bool = True) -> int:
        """The number of a cell format made of these entries; `fill` is a colour, all else markup without prefixes. What is not `locked` may be typed into."""
        fonts = self.add("fonts", font)
        fills = self.add("fills", _FILL.format(fill)) if fill else 0
        borders = self.add("borders", border) if border else 0
        applied = ' applyFill="1"' if fill else ""
        applied += ' applyBorder="1"' if border else ""
        applied += "" if locked else ' applyProtection="1"'
        inner = f"<alignment {alignment}/>" + ("" if locked else '<protection locked="0"/>')
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
        return self.add("cellXfs", _refilled(self._format(style), fill))

    def _format(self, style: int) -> bytes:
        items = self._items["cellXfs"]
        if not 0 <= style < len(items):
            raise NotEditable("a cell has a style that is not there")
        return items[style]

    def fill_of(self, style: int) -> str:
        """The fill of a format, as markup without prefixes."""
        number = _fill_number(self._format(style))
        fills = self._items["fills"]
        if not number.isdecimal() or int(number) >= len(fills):
            raise NotEditable("a style has a fill that is not there")
        return _unprefixed(fills[int(number)])

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
            self._left[name] = min(self._left[name], count)
            self._new[name] = {item: number for item, number in self._new[name].items() if number < count}

    def content(self) -> bytes:
        """The styles part; lists that were not added to are as they were."""
        return b"".join(piece for piece, _ in self._pieces())

    def write(self, package: EditablePackage, name: str) -> bytes:
        """Write the styles part; returns it. Raises `NotEditable` where it is no XML."""
        pieces = self._pieces()
        made = b"".join(piece for piece, _ in pieces)
        if any(self._left[kind] < len(items) for kind, items in self._given.items.items()):
            well_formed(made)
        else:
            # Whole elements put between whole elements leave the part well-formed: it need not be parsed again.
            well_formed_once(self._given.markup)
            well_formed(b"<new>" + b"".join(item for new in self._new.values() for item in new) + b"</new>")
        steady: list[tuple[int, int]] = []
        position = 0
        for piece, given in pieces:
            if given:
                steady.append((position, position + len(piece)))
            position += len(piece)
        package.write(name, made, steady=steady)
        return made

    def _pieces(self) -> list[tuple[bytes, bool]]:
        """The part in pieces, and whether each is as it was."""
        markup = self._given.markup
        pieces: list[tuple[bytes, bool]] = []
        position = 0
        for kind, style_list in sorted(self._given.lists.items(), key=lambda pair: pair[1].start):
            items, before = self._items[kind], len(self._given.items[kind])
            if len(items) == before:
                continue
            tag = markup[style_list.start : style_list.inside]
            if b" count" in tag:
                tag = with_attribute(tag, "count", str(len(items)))
            pieces += ((markup[position : style_list.start], True), (tag, False))
            if len(items) > before:
                pieces += ((markup[style_list.inside : style_list.close], True), (b"".join(items[before:]), False))
            else:
                pieces.append((b"".join(items), False))
            position = style_list.close
        return [*pieces, (markup[position:], True)]


@dataclass(frozen=True)
class _Entries:
    """A styles part as it stands: where its lists are, their entries, and the first number of each."""

    markup: bytes
    prefix: str
    lists: Mapping[str, Element]
    items: Mapping[str, Sequence[bytes]]
    numbers: Mapping[str, Mapping[bytes, int]]


@remembered
def _entries(markup: bytes) -> _Entries:
    outer = root(markup)
    prefix = prefix_of(outer)
    elements = {local(element.name).decode(): element for element in children(markup, outer.inside, outer.close)}
    if any(name not in elements or elements[name].empty for name in _LISTS):
        raise NotEditable("the styles part lacks a list")
    lists = {name: elements[name] for name in _LISTS}
    items = {
        name: _item(prefix, name).findall(markup, style_list.inside, style_list.close)
        for name, style_list in lists.items()
    }
    numbers = {name: {item: at for at, item in reversed([*enumerate(each)])} for name, each in items.items()}
    return _Entries(markup, prefix, lists, items, numbers)


@lru_cache(maxsize=16)
def _item(prefix: str, name: str) -> re.Pattern[bytes]:
    """The pattern of a list's entries; none of them holds one of its own kind."""
    tag = re.escape((prefix + _ITEMS[name]).encode())
    begin = b"<" + tag + rb"(?=[\s/>])" + ATTRIBUTES
    return re.compile(begin + rb"(?:(?<=/)>|(?<!/)>.*?</" + tag + rb"\s*>)", re.DOTALL)


@remembered
def _refilled(item: bytes, fill: int) -> bytes:
    """A cell format with another fill."""
    tag = children(item, 0, len(item))[0]
    new = with_attribute(item[: tag.inside], "fillId", str(fill))
    return with_attribute(new, "applyFill", "1") + item[tag.inside :]


@remembered
def _fill_number(item: bytes) -> str:
    return names_of(item.partition(b">")[0] + b">").get("fillId", "0")


@remembered
def _unprefixed(item: bytes) -> str:
    return _PREFIX.sub(rb"\1", item).decode("utf-8", "replace")


def checksum(part: bytes) -> str:
    """What tells whether another program has written a part anew."""
    return f"{zlib.crc32(part):08x}"
