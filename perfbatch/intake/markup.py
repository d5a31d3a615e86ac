"""XML of a package's parts, as a stream of events: local names only, no document type, nothing expanded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol
from xml.parsers import expat

from perfbatch.intake.set_aside import SetAside

__all__ = ["Source", "local", "refuse_document_type", "scan"]

_CHUNK = 256 * 1024
_PROLOG = 64 * 1024


class Source(Protocol):
    """Bytes to read in pieces."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes."""
        ...


class _Refused(Exception):
    """A document type was declared."""


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

    parser.StartDoctypeDeclHandler = refuse
    return parser


def scan(
    source: Source,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Feed a part to the handlers: element names and attribute names come without prefixes. Raises `SetAside` F03."""
    parser = _parser()

    def starts(name: str, attributes: Mapping[str, str]) -> None:
        start(local(name), {local(key): value for key, value in attributes.items()} if attributes else attributes)

    parser.StartElementHandler = starts
    if end is not None:
        ends = end
        parser.EndElementHandler = lambda name: ends(local(name))
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        while piece := source.read(_CHUNK):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, _Refused, ValueError, LookupError):
        raise SetAside("F03") from None


def refuse_document_type(beginning: bytes) -> None:
    """Raise `SetAside` F03 where a part that looks like XML declares a document type (entities, external references).

    Only the prolog can, so the parser stops at the root; what is not XML at all is none of this function's business. A prolog
    that does not end within 64 kB is refused too, for nothing good is that long.
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
        return
    if len(beginning) >= _PROLOG:
        raise SetAside("F03")
