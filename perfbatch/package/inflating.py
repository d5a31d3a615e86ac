"""Inflating a part at once, and its checksum: by ISA-L where it is installed, in half the time that zlib takes.

What is inflated by the one is what is inflated by the other: the callers compare size and CRC-32 with what the package declares.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

_library: Any
try:
    from isal import isal_zlib as _library
except ImportError:
    # No wheel for this machine: everything works, and takes longer.
    _library = zlib
crc32: Callable[[bytes | memoryview], int] = _library.crc32

__all__ = ["crc32", "inflate"]


def inflate(packed: bytes | memoryview, most: int) -> bytes | None:
    """A raw deflate stream as a whole, up to `most` bytes of it; None where it is damaged, larger, or something follows it."""
    inflater = _library.decompressobj(-zlib.MAX_WBITS)
    try:
        # A byte more than there is room for: what ends exactly there shows its end.
        content: bytes = inflater.decompress(packed, most + 1)
    except (zlib.error, _library.error):
        return None
    return content if inflater.eof and len(content) <= most and not inflater.unused_data else None
