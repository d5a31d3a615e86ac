"""Inflating a part: at once by ISA-L where it is installed, in half the time that zlib takes; or in pieces, for large ones.

What is inflated by the one is what is inflated by the other: the callers compare size and CRC-32 with what the package declares.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

_library: Any
try:
    from isal import isal_zlib as _library
except ImportError:
    # No wheel for this machine: everything works, and takes longer.
    _library = zlib
crc32: Callable[[bytes | memoryview], int] = _library.crc32

__all__ = ["crc32", "inflate", "inflated_pieces"]

_PIECE = 1024 * 1024


def inflate(packed: bytes | memoryview, most: int) -> bytes | None:
    """A raw deflate stream as a whole, up to `most` bytes of it; None where it is damaged, larger, or something follows it."""
    inflater = _library.decompressobj(-zlib.MAX_WBITS)
    try:
        # One byte more than may come: only so does a stream that ends exactly at the limit report its end.
        content: bytes = inflater.decompress(packed, most + 1)
    except (zlib.error, _library.error):
        return None
    return content if inflater.eof and len(content) <= most and not inflater.unused_data else None


def inflated_pieces(packed: memoryview) -> Iterator[bytes]:
    """A raw deflate stream in pieces of up to a megabyte. Raises `zlib.error` where it is damaged, does not end, or something
    follows it."""
    inflater, position, rest = zlib.decompressobj(-zlib.MAX_WBITS), 0, b""
    while not inflater.eof:
        if not rest:
            if position >= len(packed):
                raise zlib.error("the stream does not end")
            rest = bytes(packed[position : position + _PIECE])
            position += len(rest)
        yield inflater.decompress(rest, _PIECE)
        rest = inflater.unconsumed_tail
    if inflater.unused_data or position < len(packed):
        raise zlib.error("something follows the stream")
