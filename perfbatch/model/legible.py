"""Text of any origin made fit to store: file names are bytes, cells are pasted from anywhere, XML and UTF-8 are narrower."""

from __future__ import annotations

import re
from collections.abc import Sequence

from perfbatch.model.excel import CELL_LIMIT

__all__ = ["cell_text", "storable_text", "storable_texts"]

# What UTF-8 cannot hold; what JSON leaves as it is and yet acts on whoever prints it: C1 controls (terminals take some for
# commands) and the marks that reverse the reading direction (a file name can use them to look like another one).
_LIVE = "\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff"
_UNSTORABLE = re.compile(f"[\ud800-\udfff{_LIVE}]")
# What XML 1.0 cannot hold either.
_UNSHOWABLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_LIVE}]")
_LINE_END = re.compile("\r\n?")


def _escape(match: re.Match[str]) -> str:
    number = ord(match.group())
    if 0xDC80 <= number <= 0xDCFF:
        # Python keeps a byte of a file name that is not UTF-8 as U+DC80 … U+DCFF: show the byte.
        return f"\\x{number - 0xDC00:02x}"
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def storable_text(text: str) -> str:
    """Text that UTF-8 can hold and that is inert once JSON has escaped it: lone surrogates become a visible `\\xNN` (a byte of
    a file name) or `\\uNNNN`, and so do C1 controls and marks of reading direction."""
    # Every such character is unprintable, and `isprintable` is much faster than a search for the pattern.
    return text if text.isprintable() else _UNSTORABLE.sub(_escape, text)


def storable_texts(texts: Sequence[str]) -> Sequence[str]:
    """`storable_text` of each."""
    return texts if "".join(texts).isprintable() else [storable_text(text) for text in texts]


def cell_text(text: str) -> str:
    """Text that a cell can hold and show: as `storable_text`, control characters escaped likewise, line ends as \\n, and
    cut with “…” past `CELL_LIMIT`."""
    shown = _UNSHOWABLE.sub(_escape, storable_text(_LINE_END.sub("\n", text)))
    if len(shown) * 2 <= CELL_LIMIT:
        return shown
    units = shown.encode("utf-16-le")
    if len(units) // 2 <= CELL_LIMIT:
        return shown
    return units[: (CELL_LIMIT - 1) * 2].decode("utf-16-le", errors="ignore") + "…"
