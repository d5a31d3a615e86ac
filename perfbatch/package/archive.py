"""The zip container under a package: that every reader of it would see the same parts, and how large they are.

Zip says everything twice, in the directory at the end and in front of each member, and readers differ in whom they believe.
What is said must agree, lest one program shows a figure and another reads it.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.inflating import crc32, inflate

__all__ = ["BEGINNING", "Package", "members_of", "refuse_end_record", "stream"]

BEGINNING = 64 * 1024
"""Bytes from the start of each part that `stream` hands on."""

_CHUNK = 1024 * 1024
_LOCAL, _END, _END64, _LOCATOR64 = b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_END_RECORD = struct.Struct("<4s4H2LH")
_END64_RECORD = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64_RECORD = struct.Struct("<4sLQL")
_LONGEST_COMMENT = 65_535
# Bit 0: encrypted; bit 6: strongly; bit 13: the directory itself.
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_DESCRIPTOR_FLAG, _UTF8_FLAG = 0x8, 0x800
_ZIP64_EXTRA, _ALL_ONES = 0x1, 0xFFFFFFFF
_PADDING = b"\0\r\n"


@dataclass(frozen=True)
class Package:
    """A package that the guard has passed: `content` as it came, `sizes` of its parts inflated, and the `parts` themselves
    where the guard kept them (all or none)."""

    content: bytes
    sizes: Mapping[str, int]
    parts: Mapping[str, bytes] = field(default_factory=dict)

    def open(self, name: str) -> IO[bytes]:
        """A part, to be read in pieces. Raises `KeyError` where there is none, and what `zipfile` raises."""
        if self.parts:
            return io.BytesIO(self.parts[name])
        return zipfile.ZipFile(io.BytesIO(self.content)).open(name)


def refuse_end_record(content: bytes) -> int:
    """The number of members by the end record's word. Raises `SetAside` F03 unless the directory is one, whole, at the end,
    and of one disk; padding after it is let pass."""
    at = content.rfind(_END, max(0, len(content) - _END_RECORD.size - _LONGEST_COMMENT - _CHUNK))
    if at < 0 or at + _END_RECORD.size > len(content):
        raise SetAside("F03")
    _, disk, first_disk, here, entries, size, offset, comment = _END_RECORD.unpack_from(content, at)
    if content[at + _END_RECORD.size + comment :].strip(_PADDING) or at + _END_RECORD.size + comment > len(content):
        raise SetAside("F03")
    # A second end record whose comment hides the first: some readers search forwards.
    earlier = content.rfind(_END, max(0, at - _END_RECORD.size - _LONGEST_COMMENT), at)
    if earlier >= 0:
        said = _END_RECORD.unpack_from(content, earlier)[-1] if earlier + _END_RECORD.size <= len(content) else 0
        if earlier + _END_RECORD.size + said >= at:
            raise SetAside("F03")
    begin = at
    if content[at - _LOCATOR64_RECORD.size : at - _LOCATOR64_RECORD.size + 4] == _LOCATOR64:
        begin, plain = _end64(content, at), (here, entries, size, offset)
        *_, here, entries, size, offset = _END64_RECORD.unpack_from(content, begin)
        for short, long, ones in zip(
            plain, (here, entries, size, offset), (0xFFFF, 0xFFFF, *[_ALL_ONES] * 2), strict=True
        ):
            if short not in (long, ones):
                raise SetAside("F03")
    if (disk, first_disk) != (0, 0) or here != entries or offset + size != begin:
        raise SetAside("F03")
    return int(entries)


def _end64(content: bytes, at: int) -> int:
    """Where the zip64 end record before the end record at `at` stands."""
    locator = at - _LOCATOR64_RECORD.size
    _, disk, begin, disks = _LOCATOR64_RECORD.unpack_from(content, locator)
    if disk != 0 or disks > 1 or begin + _END64_RECORD.size > locator or content[begin : begin + 4] != _END64:
        raise SetAside("F03")
    if begin + 12 + _END64_RECORD.unpack_from(content, begin)[1] != locator:
        raise SetAside("F03")
    return int(begin)


def members_of(package: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    """The members by the directory's word. Raises `SetAside`: F07 too many or too large, F02 encrypted, F03 names that
    are twice there or lead out of the package."""
    members = package.infolist()
    if len(members) > limits.members:
        raise SetAside("F07", f"{len(members)} 个部件，上限 {limits.members}")
    declared = sum(member.file_size for member in members)
    if declared > limits.inflated_bytes:
        raise SetAside("F07", f"解压后 {declared} 字节，上限 {limits.inflated_bytes} 字节")
    for member in members:
        if member.flag_bits & _ENCRYPTED_FLAGS:
            raise SetAside("F02")
        if member.file_size > limits.ratio_from and member.file_size > limits.ratio * max(member.compress_size, 1):
            raise SetAside("F07", f"压缩比超过 {limits.ratio}")
    seen: set[str] = set()
    for member in members:
        name = member.orig_filename
        steps = name.removesuffix("/").split("/")
        if any(step in ("", ".", "..") for step in steps) or any(mark in name for mark in "\\:\0"):
            raise SetAside("F03")
        # Two parts of one name: readers disagree on which one counts.
        key = name.casefold()
        if key in seen or (name.endswith("/") and member.file_size):
            raise SetAside("F03")
        seen.add(key)
    return members


@dataclass(frozen=True, slots=True)
class _Span:
    begin: int
    packed: int
    end: int


def stream(
    content: bytes, members: list[zipfile.ZipInfo], limits: Limits, *, whole: bool = False
) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Every member with the first 64 kB of its content, or `whole`; each is inflated once, and nothing is kept.

    Raises `SetAside`: F03 where header and directory disagree, members overlap, hide others or are not the size and
    checksum they declare, or a method is neither stored nor deflated; F02 encrypted; F07 more than the limits in all.
    """
    spans = [_span(content, member) for member in members]
    _refuse_overlaps(content, spans)
    room = limits.inflated_bytes
    for member, span in zip(members, spans, strict=True):
        packed = memoryview(content)[span.packed : span.end]
        if member.compress_type == zipfile.ZIP_STORED:
            size, checksum, beginning = len(packed), crc32(packed), bytes(packed if whole else packed[:BEGINNING])
        elif member.compress_type == zipfile.ZIP_DEFLATED:
            # `zipfile` stops at the declared size, other readers go on to the end of the stream.
            if whole:
                part = inflate(packed, min(room, member.file_size))
                if part is None:
                    raise SetAside("F03")
                size, checksum, beginning = len(part), crc32(part), part
            else:
                size, checksum, beginning = _inflate(packed, min(room, member.file_size))
        else:
            raise SetAside("F03")
        if size != member.file_size or checksum != member.CRC:
            raise SetAside("F03")
        room -= size
        yield member, beginning


def _span(content: bytes, member: zipfile.ZipInfo) -> _Span:
    """Where a member lies, once its own header is found to say what the directory says."""
    begin = member.header_offset
    if begin < 0 or begin + _LOCAL_HEADER.size > len(content):
        raise SetAside("F03")
    magic, _, flags, method, _, _, checksum, packed, size, name_length, extra_length = _LOCAL_HEADER.unpack_from(
        content, begin
    )
    name_at = begin + _LOCAL_HEADER.size
    data_at = name_at + name_length + extra_length
    end = data_at + member.compress_size
    name = content[name_at : name_at + name_length]
    if magic != _LOCAL:
        raise SetAside("F03")
    if flags & _ENCRYPTED_FLAGS:
        raise SetAside("F02")
    if method != member.compress_type or end > len(content) or name != _raw_name(member):
        raise SetAside("F03")
    if _ALL_ONES in (packed, size):
        extra = content[name_at + name_length : data_at]
        packed, size = _zip64_sizes(extra, packed, size)
    told = (checksum, packed, size)
    known = (member.CRC, member.compress_size, member.file_size)
    # With a descriptor behind the content, the header may leave them 0.
    if told != known and not (
        flags & _DESCRIPTOR_FLAG and all(one in (0, right) for one, right in zip(told, known, strict=True))
    ):
        raise SetAside("F03")
    return _Span(begin, data_at, end)


def _raw_name(member: zipfile.ZipInfo) -> bytes:
    return member.orig_filename.encode("utf-8" if member.flag_bits & _UTF8_FLAG else "cp437", "surrogateescape")


def _zip64_sizes(extra: bytes, packed: int, size: int) -> tuple[int, int]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + length]
        if kind == _ZIP64_EXTRA:
            longs = list(struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8]))
            if size == _ALL_ONES and longs:
                size = longs.pop(0)
            if packed == _ALL_ONES and longs:
                packed = longs.pop(0)
        at += 4 + length
    return packed, size


def _refuse_overlaps(content: bytes, spans: list[_Span]) -> None:
    """Members stand one after the other from the first byte on, and nothing between them is a member of its own."""
    reached = 0
    for span in sorted(spans, key=lambda one: one.begin):
        if span.begin < reached or _LOCAL in content[reached : span.begin]:
            raise SetAside("F03")
        if reached == 0 and span.begin > 0:
            raise SetAside("F03")
        reached = span.end


def _inflate(packed: memoryview, room: int) -> tuple[int, int, bytes]:
    """Size, CRC-32 and beginning of a deflated part; stops with F03 as soon as it is larger than `room` bytes."""
    inflater, size, checksum, beginning = zlib.decompressobj(-zlib.MAX_WBITS), 0, 0, b""
    position, rest = 0, b""
    try:
        while not inflater.eof:
            if not rest:
                if position >= len(packed):
                    raise SetAside("F03")
                rest = bytes(packed[position : position + _CHUNK])
                position += len(rest)
            piece = inflater.decompress(rest, _CHUNK)
            rest = inflater.unconsumed_tail
            size += len(piece)
            checksum = zlib.crc32(piece, checksum)
            if len(beginning) < BEGINNING:
                beginning += piece[: BEGINNING - len(beginning)]
            if size > room:
                raise SetAside("F03")
    except zlib.error:
        raise SetAside("F03") from None
    if inflater.unused_data or position < len(packed):
        raise SetAside("F03")
    return size, checksum, beginning
