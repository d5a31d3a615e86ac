"""Deflating what is kept and sent, and inflating it within bounds: by ISA-L where it is installed, in a third of zlib's time."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from perfbatch.model.message import Garbled

_library: Any
try:
    from isal import isal_zlib as _library
except ImportError:
    # No wheel for this machine: everything works, and takes longer.
    _library = zlib

__all__ = ["deflated", "inflated", "inflated_size"]

_LEVEL = 1
_SIZE = struct.Struct("<Q")


def deflated(content: bytes) -> bytes:
    """The content, deflated, with its size in front."""
    packed: bytes = _library.compress(content, _LEVEL)
    return _SIZE.pack(len(content)) + packed


def inflated_size(content: bytes | memoryview) -> int:
    """How many bytes it says that it inflates to, and never does it give more. Raises `Garbled`."""
    if len(content) < _SIZE.size:
        raise Garbled("nothing deflated")
    size: int = _SIZE.unpack_from(content)[0]
    return size


def inflated(content: bytes | memoryview, most: int) -> bytes:
    """What `deflated` was given. Raises `Garbled` where that is none, or larger than `most` bytes; nothing larger is made."""
    size = inflated_size(content)
    if size > most:
        raise Garbled("larger than it may be")
    inflater = _library.decompressobj()
    try:
        # One byte more than may come: only so does a stream that ends exactly at the limit report its end.
        whole: bytes = inflater.decompress(content[_SIZE.size :], size + 1)
    except (zlib.error, _library.error):
        raise Garbled("damaged") from None
    if not inflater.eof or len(whole) != size or inflater.unused_data:
        raise Garbled("damaged")
    return whole
