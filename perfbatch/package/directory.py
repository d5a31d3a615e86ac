"""The directory of a zip, read and written in one place: what its members are called, where they lie, how they are packed.

Zip says everything twice, in the directory at the end and in front of each member, and readers differ in whom they believe.
What is said must agree, lest one program shows a figure and another reads it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from perfbatch.model.set_aside import SetAside

__all__ = [
    "DEFLATED",
    "EMPTY_ARCHIVE",
    "LOCAL_MAGIC",
    "STORED",
    "ZipMember",
    "archive_pieces",
    "directory_markup",
    "new_member",
    "read_directory",
    "span_of",
    "write_archive",
]

STORED, DEFLATED = 0, 8
"""How a member is packed; nothing else is read."""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
LOCAL_MAGIC, _CENTRAL_MAGIC, _END_MAGIC = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END64_MAGIC, _LOCATOR64_MAGIC = b"PK\x06\x06", b"PK\x06\x07"
_LONGEST_COMMENT, _LONGEST_PADDING = 65_535, 1024 * 1024
# Bit 0: encrypted; bit 6: strongly; bit 13: the directory itself.
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_DESCRIPTOR, _UTF8 = 0x8, 0x800
_ZIP64_EXTRA, _ALL_ONES = 0x1, 0xFFFFFFFF
_PADDING = b"\0\r\n"
# The version of the format (6.3) up to which members are understood, and the one that is written.
_NEWEST, _WRITTEN = 63, 20
# The first day that the format can tell.
_EPOCH = 1 << 5 | 1


class ZipMember(NamedTuple):
    """One member, in the words of the format. `written` is its name as the directory has it, `packed` and `size` are bytes,
    `offset` is from the start of the file."""

    name: str
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

    @property
    def encrypted(self) -> bool:
        """Whether the directory says that a password is needed."""
        return self.flags & _ENCRYPTED != 0


def read_directory(content: bytes) -> list[ZipMember]:
    """The members by the directory's word, in order. Raises `SetAside` F03 unless the directory is one, whole, at the end,
    and of one disk; padding after it is let pass."""
    entries, at, last = _end_record(content)
    members: list[ZipMember] = []
    for _ in range(entries):
        begin = at + _CENTRAL.size
        if begin > last:
            raise SetAside("F03")
        entry = _CENTRAL.unpack_from(content, at)
        extra, comment = begin + entry[12], begin + entry[12] + entry[13]
        at = comment + entry[14]
        if entry[0] != _CENTRAL_MAGIC or entry[3] > _NEWEST or at > last:
            raise SetAside("F03")
        packed, size, offset = entry[10], entry[11], entry[18]
        if _ALL_ONES in (packed, size, offset):
            size, packed, offset = _zip64(content[extra:comment], size, packed, offset)
        written = content[begin:extra]
        stated = (*entry[1:3], *entry[5:10], packed, size, *entry[16:18], offset, content[comment:at])
        members.append(ZipMember(_name(written, entry[5]), written, *stated))
    if at != last:
        raise SetAside("F03")
    return members


def directory_markup(content: bytes) -> bytes:
    """The directory as it is written, names and all. Raises `SetAside` F03 as `read_directory` does where there is none."""
    _, begin, end = _end_record(content)
    return content[begin:end]


def _name(written: bytes, flags: int) -> str:
    try:
        return written.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError:
        raise SetAside("F03") from None


def _end_record(content: bytes) -> tuple[int, int, int]:
    """How many members there are by the end record's word, and where the directory begins and ends."""
    at = content.rfind(_END_MAGIC, max(0, len(content) - _END.size - _LONGEST_COMMENT - _LONGEST_PADDING))
    if at < 0 or at + _END.size > len(content):
        raise SetAside("F03")
    _, disk, first_disk, here, entries, size, offset, comment = _END.unpack_from(content, at)
    if content[at + _END.size + comment :].strip(_PADDING) or at + _END.size + comment > len(content):
        raise SetAside("F03")
    # A second end record whose comment hides the first: some readers search forwards.
    earlier = content.rfind(_END_MAGIC, max(0, at - _END.size - _LONGEST_COMMENT), at)
    if earlier >= 0:
        hidden = _END.unpack_from(content, earlier)[-1] if earlier + _END.size <= len(content) else 0
        if earlier + _END.size + hidden >= at:
            raise SetAside("F03")
    begin = at
    if content[max(0, at - _LOCATOR64.size) :].startswith(_LOCATOR64_MAGIC) and at >= _LOCATOR64.size:
        begin, plain = _end64(content, at), (here, entries, size, offset)
        *_, here, entries, size, offset = _END64.unpack_from(content, begin)
        for short, long, ones in zip(
            plain, (here, entries, size, offset), (0xFFFF, 0xFFFF, *[_ALL_ONES] * 2), strict=True
        ):
            if short not in (long, ones):
                raise SetAside("F03")
    if (disk, first_disk) != (0, 0) or here != entries or offset + size != begin:
        raise SetAside("F03")
    return int(entries), int(offset), int(begin)


def _end64(content: bytes, at: int) -> int:
    """Where the zip64 end record before the end record at `at` stands."""
    locator = at - _LOCATOR64.size
    _, disk, begin, disks = _LOCATOR64.unpack_from(content, locator)
    if disk != 0 or disks > 1 or begin + _END64.size > locator or content[begin : begin + 4] != _END64_MAGIC:
        raise SetAside("F03")
    if begin + 12 + _END64.unpack_from(content, begin)[1] != locator:
        raise SetAside("F03")
    return int(begin)


def _zip64(extra: bytes, *numbers: int) -> list[int]:
    """Size, packed size and, in the directory, offset, each from the extra field where it does not fit into its own."""
    at, stated = 0, list(numbers)
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _ZIP64_EXTRA:
            field = extra[at + 4 : at + 4 + length]
            longs = list(struct.unpack_from(f"<{len(field) // 8}Q", field))
            stated = [longs.pop(0) if number == _ALL_ONES and longs else number for number in stated]
        at += 4 + length
    return stated


def span_of(content: bytes, member: ZipMember) -> tuple[int, int, int]:
    """Where a member begins, where what is packed begins, and where it ends, once its own header is found to say what the
    directory says. Raises `SetAside`: F03 where they disagree, F02 where it is encrypted."""
    begin = member.offset
    if begin + _LOCAL.size > len(content):
        raise SetAside("F03")
    magic, _, flags, method, _, _, checksum, packed, size, name_length, extra_length = _LOCAL.unpack_from(
        content, begin
    )
    name_at = begin + _LOCAL.size
    data_at = name_at + name_length + extra_length
    end = data_at + member.packed
    if magic != LOCAL_MAGIC:
        raise SetAside("F03")
    if (flags | member.flags) & _ENCRYPTED:
        raise SetAside("F02")
    if method != member.method or end > len(content) or content[name_at : name_at + name_length] != member.written:
        raise SetAside("F03")
    if _ALL_ONES in (packed, size):
        size, packed = _zip64(content[name_at + name_length : data_at], size, packed)
    here = (checksum, packed, size)
    known = (member.checksum, member.packed, member.size)
    # With a descriptor behind the content, the header may leave them 0.
    if here != known and not (
        flags & _DESCRIPTOR and all(number in (0, right) for number, right in zip(here, known, strict=True))
    ):
        raise SetAside("F03")
    return begin, data_at, end


def new_member(name: str) -> ZipMember:
    """A member that is not in any archive yet."""
    flags = 0 if name.isascii() else _UTF8
    return ZipMember(name, name.encode("utf-8"), _WRITTEN, 0, flags, STORED, 0, _EPOCH, 0, 0, 0, 0, 0, 0, b"")


def archive_pieces(members: Iterable[tuple[ZipMember, bytes]]) -> Iterator[bytes]:
    """An archive of members, each with its packed bytes, piece by piece; `packed` and `offset` are set here. The same gives the same
    bytes."""
    directory: list[bytes] = []
    offset = 0
    for member, packed in members:
        _, written, version, system, flags, method, time, date, checksum, _, size, internal, attributes, _, comment = (
            member
        )
        length = len(written)
        facts = (flags & ~_DESCRIPTOR, method, time, date, checksum, len(packed), size, length, 0)
        yield from (_LOCAL.pack(LOCAL_MAGIC, _WRITTEN, *facts), written, packed)
        place = (len(comment), 0, internal, attributes, offset)
        directory += (_CENTRAL.pack(_CENTRAL_MAGIC, version, system, _WRITTEN, 0, *facts, *place), written, comment)
        offset += _LOCAL.size + length + len(packed)
    tail = b"".join(directory)
    count = len(directory) // 3
    yield from (tail, _END.pack(_END_MAGIC, 0, 0, count, count, len(tail), offset, 0))


def write_archive(members: Iterable[tuple[ZipMember, bytes]]) -> bytes:
    """The same as a whole."""
    return b"".join(archive_pieces(members))


EMPTY_ARCHIVE = write_archive(())
