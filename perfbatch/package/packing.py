"""Packing parts: by ISA-L where it is installed, in a quarter of zlib's time and a sixth larger."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

from perfbatch.package.directory import DEFLATED, ZipMember, new_member

_library: Any
try:
    from isal import isal_zlib as _library
except ImportError:
    # No wheel for this machine: everything works, and takes longer.
    _library = zlib

__all__ = ["SYNC", "packed_member", "packer"]

# Not ISA-L's 1 or 2: there, what lay in memory before has a say in how a stretch is packed, and about one in 100,000 came out in
# other bytes the next time. The same content is to give the same bytes.
_LEVEL = 0 if _library is not zlib else 1
SYNC: int = zlib.Z_SYNC_FLUSH
"""How a packer is flushed so that what another one packs can follow."""


def packer() -> Any:
    """A new packer: `compress` and `flush`, as zlib's have them; what they give is deflated, without a header."""
    return _library.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)


def packed_member(name: str, pieces: Iterable[bytes]) -> tuple[ZipMember, bytes]:
    """A new part of these pieces, one after the other, packed: see `write_archive`."""
    packing, size, checksum = packer(), 0, 0
    packed: list[bytes] = []
    for piece in pieces:
        size += len(piece)
        checksum = _library.crc32(piece, checksum)
        packed.append(packing.compress(piece))
    packed.append(packing.flush())
    return new_member(name)._replace(method=DEFLATED, checksum=checksum, size=size), b"".join(packed)
