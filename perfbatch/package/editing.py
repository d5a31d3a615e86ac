"""Byte-preserving edits of XML parts: where elements stand, whatever their prefix; what is not edited is not touched.

A part is searched with expressions, not parsed, so it is first made plain: UTF-8, without comments, CDATA sections and
processing instructions. Office programs write none of these, and then a part is its own plain form. In plain markup `<`
begins a tag and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.parsers import expat

from perfbatch.model.legible import cell_text
from perfbatch.package.scanning import remembered

__all__ = [
    "ATTRIBUTES",
    "Edits",
    "Element",
    "NotEditable",
    "attributes",
    "children",
    "escaped",
    "local",
    "names_of",
    "opening",
    "plain",
    "prefix_of",
    "prefixed",
    "root",
    "string",
    "unescaped",
    "well_formed",
    "well_formed_once",
    "with_attribute",
]


class NotEditable(Exception):
    """A part is not as the format says, so it cannot be marked; what it holds stays as it is."""


ATTRIBUTES = rb"""[^<>"']*(?:"[^"<]*"[^<>"']*|'[^'<]*'[^<>"']*)*"""
_TAG = re.compile(rb"<(/?)([^\s/>!?]+)(" + ATTRIBUTES + rb")>")
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ASIDE = re.compile(rb"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_REFERENCE = re.compile(r"&(#x[0-9A-Fa-f]{1,6}|#[0-9]{1,7}|amp|lt|gt|quot|apos);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_OPENING = re.compile(r"<(/?)(?=[A-Za-z])")
# Office reads `_x0041_` in a string as the character it names: a text that merely looks like that must not turn into one.
_HEXADECIMAL = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# A short text of these has nothing to escape and is not cut: digits, letters, what stands between words, the ideographs.
_INERT = re.compile(
    r"[ !#%()*+,./0-9:;=?@A-Za-z\-\u2014\u2018-\u201d\u2212\u3000-\u3003\u3007-\u3011\u4e00-\u9fff\uff01-\uff5e]*"
)
_SHORT = 4_000


@dataclass(frozen=True, slots=True)
class Element:
    """Where an element stands: `start` … `inside` is its opening tag, `inside` … `close` its content, `end` the end.

    A self-closing element has `inside` = `close` = `end`.
    """

    name: bytes
    start: int
    inside: int
    close: int
    end: int

    @property
    def empty(self) -> bool:
        """Whether the element is self-closing."""
        return self.inside == self.end

    def moved(self, by: int) -> Element:
        """The element where as many bytes stand before it in addition."""
        return Element(self.name, self.start + by, self.inside + by, self.close + by, self.end + by)


class Edits:
    """Replacements to make in one part, all against the bytes as they were."""

    def __init__(self) -> None:
        self._edits: list[tuple[int, int, bytes]] = []

    def __bool__(self) -> bool:
        return bool(self._edits)

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Put `new` in place of the bytes from `start` to `end`."""
        self._edits.append((start, end, new))

    def insert(self, at: int, new: bytes) -> None:
        """Put `new` before the byte at `at`; several at one place stay in the order of their calls."""
        self._edits.append((at, at, new))

    def extend(self, edits: Edits) -> None:
        """Take over all edits of another."""
        self._edits += edits._edits

    def applied(self, markup: bytes) -> bytes:
        """The part with everything replaced. Raises `NotEditable` for edits that overlap."""
        return b"".join(self.split(markup))

    def split(self, markup: bytes, *cuts: int) -> list[bytes]:
        """As `applied`, in pieces that end at the cuts (ascending); what is inserted at a cut stands before it.

        Raises `NotEditable` for edits that overlap, or reach over a cut."""
        made: list[bytes] = []
        pieces: list[bytes] = []
        position = 0
        edits = sorted(self._edits, key=lambda edit: (edit[0], edit[1]))
        number = 0
        for cut in (*cuts, len(markup)):
            while number < len(edits) and (edits[number][0] < cut or edits[number][1] == cut):
                start, end, new = edits[number]
                if start < position or end > cut:
                    raise NotEditable("overlapping edits")
                pieces += (markup[position:start], new)
                position = end
                number += 1
            pieces.append(markup[position:cut])
            position = cut
            made.append(b"".join(pieces))
            pieces = []
        return made


def plain(part: bytes) -> bytes:
    """A part in plain form. Raises `NotEditable` for a document type or an encoding that nobody knows."""
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        part = _recoded(part, "utf-16")
    declaration = _DECLARATION.match(part)
    begin = declaration.end() if declaration else 0
    encoding = _ENCODING.search(part, 0, begin)
    if encoding is not None and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        part = _recoded(part, encoding[1].decode("ascii"))
        declaration = _DECLARATION.match(part)
        begin = declaration.end() if declaration else 0
    # bytes.find is much faster for one character than for two, and most parts have neither sign.
    if (b"!" not in part or part.find(b"<!", begin) < 0) and (
        part.find(b"?", begin) < 0 or part.find(b"<?", begin) < 0
    ):
        return part
    if part.find(b"<!DOCTYPE", begin) >= 0:
        raise NotEditable("a document type is declared")
    return part[:begin] + _ASIDE.sub(_without, part[begin:])


def _recoded(part: bytes, encoding: str) -> bytes:
    try:
        text = part.decode(encoding)
    except (LookupError, UnicodeError):
        raise NotEditable(f"encoding {encoding}") from None
    recoded = text.lstrip("\ufeff").encode("utf-8")
    declaration = _DECLARATION.match(recoded)
    if declaration is None:
        return recoded
    return _ENCODING.sub(b'encoding="UTF-8"', declaration[0], count=1) + recoded[declaration.end() :]


def _without(match: re.Match[bytes]) -> bytes:
    kept = match[1]
    return b"" if kept is None else kept.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def well_formed(markup: bytes) -> None:
    """Raise `NotEditable` unless the part is XML: the last look at a part before it is handed on."""
    try:
        expat.ParserCreate().Parse(markup, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise NotEditable("not well-formed") from None


well_formed_once = remembered(well_formed)
"""`well_formed` for markup that is likely to come again with the next workbook."""


def local(name: bytes) -> bytes:
    """A name without its prefix."""
    return name.rpartition(b":")[2]


def root(markup: bytes) -> Element:
    """The root element of plain markup. Raises `NotEditable` where there is none."""
    match = _TAG.search(markup)
    if match is None or match[1]:
        raise NotEditable("no root element")
    if match[3].endswith(b"/"):
        return Element(match[2], match.start(), match.end(), match.end(), match.end())
    close = markup.rfind(b"</")
    end = markup.find(b">", close) + 1
    if close < 0 or markup[close + 2 : end - 1].strip() != match[2]:
        raise NotEditable("the root element does not end")
    return Element(match[2], match.start(), match.end(), close, end)


def prefix_of(element: Element) -> str:
    """The prefix of an element with its colon, "" without one. Parts keep to one prefix per namespace."""
    prefix, colon, _ = element.name.rpartition(b":")
    return (prefix + colon).decode("utf-8", "replace")


def children(markup: bytes, start: int, end: int) -> list[Element]:
    """The elements that stand side by side between two places. Raises `NotEditable` where tags do not pair."""
    elements: list[Element] = []
    position = start
    while match := _TAG.search(markup, position, end):
        closing, name, rest = match.groups()
        if closing:
            raise NotEditable("tags do not pair")
        inside = match.end()
        if rest.endswith(b"/"):
            elements.append(Element(name, match.start(), inside, inside, inside))
            position = inside
            continue
        close = _closing(markup, name, inside, end)
        position = markup.find(b">", close) + 1
        elements.append(Element(name, match.start(), inside, close, position))
    return elements


def _closing(markup: bytes, name: bytes, inside: int, end: int) -> int:
    """Where the closing tag of an element begins; only tags of the same name need to be looked at."""
    close = markup.find(b"</" + name, inside, end)
    if close >= 0 and markup.find(b"<" + name, inside, close) < 0 and markup[close + 2 + len(name)] in b"> \t\r\n":
        return close
    depth = 1
    for match in _pair(name).finditer(markup, inside, end):
        if match[1]:
            depth -= 1
            if depth == 0:
                return match.start()
        elif not match[2].endswith(b"/"):
            depth += 1
    raise NotEditable("tags do not pair")


@lru_cache(maxsize=64)
def _pair(name: bytes) -> re.Pattern[bytes]:
    return re.compile(b"<(/?)" + re.escape(name) + rb"(?=[\s/>])(" + ATTRIBUTES + b")>")


@lru_cache(maxsize=64)
def opening(name: str) -> re.Pattern[bytes]:
    """The pattern of an opening tag, the name with its prefix; group 1 is its attributes (with `/` where self-closing)."""
    return re.compile(b"<" + re.escape(name.encode()) + rb"(?=[\s/>])(" + ATTRIBUTES + rb")>")


def attributes(tag: bytes) -> dict[str, str]:
    """The attributes of an opening tag by their names as written, values unescaped."""
    text = tag.decode("utf-8", "replace")
    values = {name: double or single for name, double, single in _ATTRIBUTE.findall(text, text.find(" "))}
    if "&" in text:
        return {name: _REFERENCE.sub(_character, value) for name, value in values.items()}
    return values


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """An opening tag with an attribute set: in its place where it is there, else as the last one."""
    match = re.search(rb"""\s""" + re.escape(name.encode()) + rb"""\s*=\s*("[^"]*"|'[^']*')""", tag)
    quoted = b'"' + escaped(value) + b'"'
    if match is not None:
        return tag[: match.start(1)] + quoted + tag[match.end(1) :]
    close = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:close] + b" " + name.encode() + b"=" + quoted + tag[close:]


def unescaped(text: bytes) -> str:
    """What an attribute or text says."""
    decoded = text.decode("utf-8", "replace")
    return _REFERENCE.sub(_character, decoded) if "&" in decoded else decoded


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if name in _NAMED:
        return _NAMED[name]
    number = int(name[2:], 16) if name.startswith("#x") else int(name[1:])
    return chr(number) if number < 0x110000 else "\ufffd"


def escaped(text: str) -> bytes:
    """Text for an attribute or an element, as UTF-8."""
    for sign, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\n", "&#10;")):
        text = text.replace(sign, reference)
    return text.encode("utf-8")


def string(text: str) -> str:
    """Text of any origin as the content of a `t` element: shown as it is, never a formula, never a control character."""
    if len(text) < _SHORT and _INERT.fullmatch(text):
        return text
    text = _HEXADECIMAL.sub("_x005F_", cell_text(text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def prefixed(markup: str, prefix: str) -> bytes:
    """Markup written without prefixes, in the prefix of the part that it goes into; its texts hold no bare `<`."""
    return (_OPENING.sub(rf"<\1{prefix}", markup) if prefix else markup).encode("utf-8")


def names_of(tag: bytes) -> Mapping[str, str]:
    """The attributes of an opening tag by their local names."""
    return {name.rpartition(":")[2]: value for name, value in attributes(tag).items()}
