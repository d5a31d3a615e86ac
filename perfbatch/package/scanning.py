"""XML of a package's parts, as a stream of events: local names only, no document type, nothing expanded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast
from xml.parsers import expat

from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside

__all__ = [
    "LONGEST",
    "Source",
    "forget",
    "in_utf8",
    "local",
    "refuse_document_type",
    "remembered",
    "scan",
    "starts_plainly",
]

_P = ParamSpec("_P")
_T = TypeVar("_T")

_CHUNK = 256 * 1024
_PROLOG = 64 * 1024
_ENCODINGS = frozenset({"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii"})

# What nearly every writer begins a part with: a declaration or none, and the root, so that no document type stands between.
_PLAIN_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'][Uu][Tt][Ff]-8[\"'])?"
    rb"(?: standalone=[\"'](?:yes|no)[\"'])? ?\?>)?[ \t\r\n]*<[A-Za-z]"
)

# Under these names a part may be written all the same, and Excel reads it; what they stand for in Python.
_CODECS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "latin-1": "latin-1",
    "windows-1252": "cp1252",
}
_DECLARED = re.compile(rb"(<\?xml[^>]{1,60}? encoding=[\"'])([A-Za-z0-9_.-]{1,20})(?=[\"'])")

LONGEST = 128 * 1024
"""Bytes of the longest part for which a result is kept."""

_KEPT = 64
_forgetting: list[Callable[[], None]] = []


class Source(Protocol):
    """Bytes to read in pieces."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes."""
        ...


class _Refused(Exception):
    """A document type was declared."""


class _TooDeep(Exception):
    """More levels or attributes than any writer makes."""


class _RootReached(Exception):
    """The prolog is over."""


def local(name: str) -> str:
    """A name without its prefix: Transitional, Strict and oddly prefixed packages then read alike."""
    return name.rpartition(":")[2]


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise _Refused

    def declared(_: str, encoding: str | None, __: int) -> None:
        # Parts are UTF-8 or UTF-16 (ECMA-376 part 2, 9.1.3); under another name one reader would see what another does not.
        if encoding is not None and encoding.casefold() not in _ENCODINGS:
            raise _Refused

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.XmlDeclHandler = declared
    return parser


def in_utf8(part: bytes, *, cut: bool = False) -> bytes:
    """A part of markup in UTF-8 where it declares another of the encodings that Excel reads, and is in it; else the part itself.
    `cut`: only its beginning is there, so that a character may be cut at the end."""
    declared = _DECLARED.match(part)
    codec = _CODECS.get(declared[2].decode().casefold()) if declared else None
    if declared is None or codec is None:
        return part
    try:
        text = part[declared.end() :].decode(codec, "ignore" if cut else "strict")
    except UnicodeDecodeError:
        return part
    return declared[1] + b"UTF-8" + text.encode()


def starts_plainly(part: bytes) -> bool:
    """Whether a part begins as nearly all do: in UTF-8, with its root at once, without a document type."""
    return _PLAIN_START.match(part) is not None


def remembered(read: Callable[Concatenate[bytes, _P], _T]) -> Callable[Concatenate[bytes, _P], _T]:
    """Keep the last results of a pure function of a part, known by its bytes: workbooks of one form, saved by one program,
    share most of their markup.

    For functions whose result hangs on the part (and hashable arguments) alone; the result must not be changed by whoever
    gets it. What is kept is bounded in number and in length: of a part longer than `LONGEST` nothing is. An exception is not
    kept.
    """
    cached = lru_cache(maxsize=_KEPT)(read)
    _forgetting.append(cached.cache_clear)
    kept = cast("Callable[Concatenate[bytes, _P], _T]", cached)

    @wraps(read)
    def recall(part: bytes, /, *rest: _P.args, **named: _P.kwargs) -> _T:
        return (kept if len(part) <= LONGEST else read)(part, *rest, **named)

    return recall


def forget() -> None:
    """Drop everything kept: what the first workbook of a process costs."""
    for clear in _forgetting:
        clear()


def scan(
    source: Source,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    limits: Limits | None = None,
) -> None:
    """Feed a part to the handlers: element names and attribute names come without prefixes. Raises `SetAside` F03."""
    parser, limits, depth = _parser(), limits or Limits(), 0
    deepest, most = limits.depth, limits.attributes

    def starts(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > deepest or len(attributes) > most:
            raise _TooDeep
        if ":" in name:
            name = local(name)
        for key in attributes:
            if ":" in key:
                attributes = {local(key): value for key, value in attributes.items()}
                break
        start(name, attributes)

    def ends(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(local(name) if ":" in name else name)

    parser.StartElementHandler = starts
    parser.EndElementHandler = ends
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        while piece := source.read(_CHUNK):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, _Refused, _TooDeep, ValueError, LookupError):
        raise SetAside("F03") from None


def refuse_document_type(beginning: bytes, *, named_markup: bool) -> None:
    """Raise `SetAside` F03 where a part that looks like XML declares a document type or an encoding that is not UTF.

    Only the prolog can, so the parser stops at the root. A prolog that does not end within 64 kB is refused, for nothing
    good is that long; so is one that no parser understands, in a part whose name says that it is markup (`named_markup`).
    """
    parser = _parser()

    def reached(*_: object) -> None:
        raise _RootReached

    parser.StartElementHandler = reached
    try:
        parser.Parse(beginning[:_PROLOG], False)
    except _RootReached:
        return
    except _Refused:
        raise SetAside("F03") from None
    except (expat.ExpatError, ValueError, LookupError):
        if named_markup:
            raise SetAside("F03") from None
        return
    if named_markup or len(beginning) >= _PROLOG:
        raise SetAside("F03")
