"""Text of markup that the patterns cover: whether every reader takes it for the same, and what it says."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["is_sound", "text_of"]

# What a parser would stop at in text: control characters, the end of a section that did not begin, no characters at all.
_CONTROL = bytes({*range(0x20)} - {0x09, 0x0A})
_END_OF_SECTION, _NO_CHARACTER, _NEITHER = b"]]>", b"\xef\xbf\xbe", b"\xef\xbf\xbf"
_REFERENCE = re.compile(rb"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
_MEANING = {b"&amp;": "&", b"&lt;": "<", b"&gt;": ">", b"&quot;": '"', b"&apos;": "'"}


def text_of(markup: bytes) -> str:
    """Text between tags, its references resolved."""
    if b"&" not in markup:
        return markup.decode()
    return _REFERENCE.sub(lambda match: (_resolved(match[0]) or "").encode(), markup).decode()


@lru_cache(maxsize=8_192)
def _resolved(reference: bytes) -> str | None:
    """The character that a reference stands for; None where readers differ on it or refuse it."""
    if reference in _MEANING:
        return _MEANING[reference]
    code = int(reference[3:-1], 16) if reference[2:3] == b"x" else int(reference[2:-1])
    plain = code in (0x9, 0xA) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    return chr(code) if plain else None


def is_sound(markup: bytes) -> bool:
    """Whether a parser would take the text in it, and every reader the same."""
    if len(markup.translate(None, _CONTROL)) != len(markup):
        return False
    if _END_OF_SECTION in markup or _NO_CHARACTER in markup or _NEITHER in markup:
        return False
    if b"&" in markup:
        references = _REFERENCE.findall(markup)
        if markup.count(b"&") != len(references) or None in map(_resolved, set(references)):
            return False
    try:
        markup.decode()
    except UnicodeDecodeError:
        return False
    return True
