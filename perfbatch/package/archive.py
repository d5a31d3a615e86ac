"""The zip container under a package: that every reader of it would see the same parts, and how large they are."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.directory import DEFLATED, LOCAL_MAGIC, STORED, ZipMember, read_directory, span_of
from perfbatch.package.inflating import crc32, inflate, inflated_pieces
from perfbatch.package.scanning import Source, in_utf8

__all__ = ["BEGINNING", "Package", "members_of", "part_of", "refuse_members", "stream"]

BEGINNING = 64 * 1024
"""Bytes from the start of each part that `stream` hands on."""


def members_of(content: bytes) -> list[ZipMember]:
    """The members of a package by the directory's word, a stroke of either kind between the steps of their names: some writers
    put a backslash. Raises `SetAside` F03 as `read_directory` does."""
    members = read_directory(content)
    if not any("\\" in member.name for member in members):
        return members
    return [member._replace(name=member.name.replace("\\", "/")) for member in members]


@dataclass(frozen=True)
class Package:
    """A package that the guard has passed: `content` as it came, `sizes` of its parts inflated, and the `parts` themselves
    where the guard kept them (all or none)."""

    content: bytes
    sizes: Mapping[str, int]
    parts: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        return {name.casefold(): name for name in self.sizes}

    def named(self, name: str) -> str:
        """A part's name as the package has it: the case of its letters says nothing (ECMA-376 part 2, 6.2.2)."""
        return name if name in self.sizes else self._folded.get(name.casefold(), name)

    def open(self, name: str) -> Source:
        """A part, to be read in pieces. Raises `KeyError` where there is none, and `zlib.error` where it is damaged."""
        if self.parts:
            return io.BytesIO(self.parts[name])
        members = {member.name: member for member in members_of(self.content)}
        _, begin, end = span_of(self.content, members[name])
        packed = memoryview(self.content)[begin:end]
        pieces = iter([bytes(packed)] if members[name].method == STORED else inflated_pieces(packed))
        first = next(pieces, b"")
        if in_utf8(first, cut=True) is not first:
            return io.BytesIO(in_utf8(b"".join(chain([first], pieces))))
        return _Pieces(chain([first], pieces))


class _Pieces:
    """A part that is inflated while it is read; `size` is how much is wanted at least, all of it where it is negative."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            return b"".join(self._pieces)
        return next((piece for piece in self._pieces if piece), b"")


def refuse_members(members: Sequence[ZipMember], limits: Limits) -> None:
    """Raise `SetAside`: F07 too many or too large by the directory's word, F02 encrypted, F03 names that are twice there or
    lead out of the package."""
    if len(members) > limits.members:
        raise SetAside("F07", f"{len(members)} 个部件，上限 {limits.members}")
    declared = sum(member.size for member in members)
    if declared > limits.inflated_bytes:
        raise SetAside("F07", f"解压后 {declared} 字节，上限 {limits.inflated_bytes} 字节")
    for member in members:
        if member.encrypted:
            raise SetAside("F02")
        if member.size > limits.ratio_from and member.size > limits.ratio * max(member.packed, 1):
            raise SetAside("F07", f"压缩比超过 {limits.ratio}")
    seen: set[str] = set()
    for member in members:
        name = member.name
        steps = name.removesuffix("/").split("/")
        if any(step in ("", ".", "..") for step in steps) or any(mark in name for mark in ":\0"):
            raise SetAside("F03")
        # Two parts of one name: readers disagree on which one counts.
        key = name.casefold()
        if key in seen or (name.endswith("/") and member.size):
            raise SetAside("F03")
        seen.add(key)


class _Span(NamedTuple):
    begin: int
    packed: int
    end: int


def stream(
    content: bytes, members: Sequence[ZipMember], limits: Limits, *, whole: bool = False
) -> Iterator[tuple[ZipMember, bytes]]:
    """Every member with the first 64 kB of its content, or `whole`; each is inflated once, and nothing is kept.

    Raises `SetAside`: F03 where header and directory disagree, members overlap, hide others or are not the size and
    checksum they declare, or a method is neither stored nor deflated; F02 encrypted; F07 more than the limits in all.
    """
    spans = [_Span(*span_of(content, member)) for member in members]
    _refuse_overlaps(content, spans)
    room = limits.inflated_bytes
    for member, span in zip(members, spans, strict=True):
        packed = memoryview(content)[span.packed : span.end]
        if whole:
            if member.size > room:
                raise SetAside("F03")
            part = part_of(packed, member.method, member.size, member.checksum)
            room -= len(part)
            yield member, part
            continue
        size, checksum, beginning = _measured(packed, member, min(room, member.size))
        if size != member.size or checksum != member.checksum:
            raise SetAside("F03")
        room -= size
        yield member, beginning


def part_of(packed: bytes | memoryview, method: int, size: int, checksum: int) -> bytes:
    """A part from its packed bytes. Raises `SetAside` F03 where it is not of the size and checksum that the directory has, or
    is packed in a way that is not read."""
    if method == STORED:
        part: bytes | None = bytes(packed)
    elif method == DEFLATED:
        # Some readers stop at the declared size, others go on to the end of the stream.
        part = inflate(packed, size)
    else:
        part = None
    if part is None or len(part) != size or crc32(part) != checksum:
        raise SetAside("F03")
    return part


def _refuse_overlaps(content: bytes, spans: Sequence[_Span]) -> None:
    """Members stand one after the other from the first byte on, and nothing between them is a member of its own."""
    reached = 0
    for span in sorted(spans):
        if span.begin < reached or LOCAL_MAGIC in content[reached : span.begin]:
            raise SetAside("F03")
        if reached == 0 and span.begin > 0:
            raise SetAside("F03")
        reached = span.end


def _measured(packed: memoryview, member: ZipMember, room: int) -> tuple[int, int, bytes]:
    """Size, CRC-32 and beginning of a part; stops with F03 as soon as it is larger than `room` bytes."""
    if member.method not in (STORED, DEFLATED):
        raise SetAside("F03")
    size, checksum, beginning = 0, 0, b""
    try:
        for piece in [bytes(packed)] if member.method == STORED else inflated_pieces(packed):
            size += len(piece)
            checksum = zlib.crc32(piece, checksum)
            if len(beginning) < BEGINNING:
                beginning += piece[: BEGINNING - len(beginning)]
            if size > room:
                raise SetAside("F03")
    except zlib.error:
        raise SetAside("F03") from None
    return size, checksum, beginning
