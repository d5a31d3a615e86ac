"""Zip archives written field by field, so that any field can lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

__all__ = ["Member", "archive", "deflated", "members", "replaced"]


@dataclass(frozen=True)
class Member:
    """A member; `local` and `central` override what its two headers say: flags, method, crc, packed, size, name, offset.

    `stored` takes the place of the packed content, `before` stands in front of the member."""

    name: str
    content: bytes
    method: int = 8
    local: dict[str, Any] = field(default_factory=dict)
    central: dict[str, Any] = field(default_factory=dict)
    extra: bytes = b""
    stored: bytes | None = None
    before: bytes = b""

    def saying(self, **fields: Any) -> Member:
        """The same with both headers overridden."""
        return replace(self, local={**self.local, **fields}, central={**self.central, **fields})


def members(content: bytes) -> list[Member]:
    """The members of a sound archive."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [Member(name, package.read(name)) for name in package.namelist()]


def replaced(parts: Sequence[Member], name: str, change: Any) -> list[Member]:
    """The members with one exchanged: `change` is a new content, or a function from member to member."""
    if not any(part.name == name for part in parts):
        raise LookupError(name)
    return [
        part if part.name != name else (replace(part, content=change) if isinstance(change, bytes) else change(part))
        for part in parts
    ]


def _packed(member: Member) -> bytes:
    if member.stored is not None:
        return member.stored
    return deflated(member.content) if member.method == 8 else member.content


@lru_cache(maxsize=64)
def deflated(content: bytes) -> bytes:
    """A raw deflated stream."""
    deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
    return deflater.compress(content) + deflater.flush()


def archive(
    parts: Sequence[Member],
    *,
    prefix: bytes = b"",
    comment: bytes = b"",
    trailing: bytes = b"",
    before_end: bytes = b"",
    end: dict[str, int] | None = None,
) -> bytes:
    """The archive; `end` overrides disk, first_disk, here, entries, size, offset, comment of the end record."""
    body, directory = bytearray(prefix), bytearray()
    for member in parts:
        packed = _packed(member)
        common: dict[str, Any] = {
            "flags": 0x800, "method": member.method, "crc": zlib.crc32(member.content), "packed": len(packed),
            "size": len(member.content), "name": member.name.encode(), "offset": 0,
        }  # fmt: skip
        body += member.before
        offset = len(body)
        header = {**common, **member.local}
        body += struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", 20, header["flags"], header["method"], 0, 0x21, header["crc"], header["packed"], header["size"],
            len(header["name"]), len(member.extra),
        )  # fmt: skip
        body += header["name"] + member.extra + packed
        header = {**common, "offset": offset, **member.central}
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, header["flags"], header["method"], 0, 0x21, header["crc"], header["packed"],
            header["size"], len(header["name"]), 0, 0, 0, 0, 0, header["offset"],
        )  # fmt: skip
        directory += header["name"]
    ending = {
        "disk": 0, "first_disk": 0, "here": len(parts), "entries": len(parts), "size": len(directory),
        "offset": len(body), "comment": len(comment), **(end or {}),
    }  # fmt: skip
    record = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", ending["disk"], ending["first_disk"], ending["here"], ending["entries"], ending["size"],
        ending["offset"], ending["comment"],
    )  # fmt: skip
    return bytes(body + directory) + before_end + record + comment + trailing
