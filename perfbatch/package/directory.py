"""The directory of a zip: what its members are called, where they lie and how they are packed.

Read from the end of the file as nearly every office program writes it; whatever is not plainly laid out (comments, extra
fields, names that are not ASCII, large archives) is left to `zipfile`, which gives the same of what both understand.
"""

from __future__ import annotations

import io
import struct
import zipfile
from typing import NamedTuple

from perfbatch.package.editing import NotEditable

__all__ = ["CENTRAL", "END", "LOCAL", "Member", "members_of"]

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
END = struct.Struct("<4s4H2LH")
_NEWEST = 63
_LARGE = 0xFFFFFFFF
_UTF8 = 0x800


class Member(NamedTuple):
    """One member, in the words of the format; `written` is its name as the directory has it, `offset` is from the start."""

    written: bytes
    version: int
    system: int
    flags: int
    method: int
    time: int
    date: int
    checksum: int
    packed: int
    size: int
    internal: int
    attributes: int
    offset: int
    comment: bytes


def members_of(content: bytes) -> dict[str, Member]:
    """Name → member, in order; of several under one name the last. Raises `NotEditable` for what is no zip."""
    plain = _plain_members(content)
    if plain is not None:
        return plain
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {one.filename: _member(one) for one in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise NotEditable("not a zip package") from None


def _plain_members(content: bytes) -> dict[str, Member] | None:
    """As `members_of`, None where the directory is not plainly laid out."""
    if len(content) < END.size:
        return None
    ended, disk, first_disk, here, count, length, at, comment = END.unpack_from(content, len(content) - END.size)
    if (ended, disk, first_disk, comment) != (b"PK\x05\x06", 0, 0, 0) or here != count:
        return None
    if at + length + END.size != len(content) or content[-42:-38] == b"PK\x06\x07":
        return None
    found: dict[str, Member] = {}
    last = at + length
    for _ in range(count):
        if at + CENTRAL.size > last:
            return None
        entry = CENTRAL.unpack_from(content, at)
        begin, end = at + CENTRAL.size, at + CENTRAL.size + entry[12]
        name = content[begin:end]
        if entry[0] != b"PK\x01\x02" or entry[3] > _NEWEST or entry[13] or entry[14] or not name.isascii():
            return None
        if b"\0" in name or b"\\" in name or _LARGE in (entry[10], entry[11], entry[18]):
            return None
        found[name.decode("ascii")] = Member._make((name, *entry[1:3], *entry[5:12], *entry[16:19], b""))
        at = end
    return found if at == last else None


def _member(one: zipfile.ZipInfo) -> Member:
    year, month, day, hour, minute, second = one.date_time
    return Member(
        one.orig_filename.encode("utf-8" if one.flag_bits & _UTF8 else "cp437"),
        one.create_version,
        one.create_system,
        one.flag_bits,
        one.compress_type,
        hour << 11 | minute << 5 | second // 2,
        (year - 1980) << 9 | month << 5 | day,
        one.CRC,
        one.compress_size,
        one.file_size,
        one.internal_attr,
        one.external_attr,
        one.header_offset,
        one.comment,
    )
