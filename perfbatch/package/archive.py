"""The zip container under a package: that every reader of it would see the same parts, and how large they are."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.directory import DEFLATED, LOCAL_MAGIC, STORED, ZipMember, read_directory, span_of
from perfbatch.package.inflating import crc32, inflate, inflated_pieces
from perfbatch.package.scanning import Source, in_utf8, refuse_document_type, starts_plainly

__all__ = ["Package", "members_of", "part_of", "refuse_members"]

_BEGINNING = 64 * 1024
_PIECE = 1024 * 1024
# A part that is only checked is inflated at once up to here: the live sheets are some megabytes, and pieces take three times as long.
_AT_ONCE = 16 * _PIECE
_XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00<")
_XML_NAMES = (".xml", ".rels", ".vml")


def members_of(content: bytes) -> list[ZipMember]:
    """The members of a package by the directory's word, a stroke of either kind between the steps of their names: some writers
    put a backslash. Raises `SetAside` F03 as `read_directory` does."""
    members = read_directory(content)
    if not any("\\" in member.name for member in members):
        return members
    return [member._replace(name=member.name.replace("\\", "/")) for member in members]


class _Span(NamedTuple):
    begin: int
    packed: int
    end: int


class Package:
    """A package whose directory has passed the guard: a part is inflated, and held against what the directory declares, when
    it is first asked for. What nobody asks for stays packed (`check_all` is for whoever hands it on).

    Parts are kept once inflated, up to `limits.kept_bytes` of them.
    """

    def __init__(self, content: bytes, members: Sequence[ZipMember], limits: Limits) -> None:
        """Raises `SetAside`: F03 where header and directory disagree, members overlap or hide others; F02 encrypted."""
        self.content = content
        self.sizes: Mapping[str, int] = {member.name: member.size for member in members}
        """Inflated bytes of each part, by the directory's word."""
        self._members = {member.name: member for member in members}
        self._spans = {member.name: _Span(*span_of(content, member)) for member in members}
        _refuse_overlaps(content, self._spans.values())
        self._room = limits.kept_bytes
        self._parts: dict[str, bytes] = {}
        self._sound: set[str] = set()

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        return {name.casefold(): name for name in self.sizes}

    def named(self, name: str) -> str:
        """A part's name as the package has it: the case of its letters says nothing (ECMA-376 part 2, 6.2.2)."""
        return name if name in self.sizes else self._folded.get(name.casefold(), name)

    def whole(self, name: str) -> bytes | None:
        """A part in UTF-8, None where there is no room to keep it whole. Raises `KeyError` and `SetAside` as `open` does."""
        if name not in self._parts:
            member = self._members[name]
            if member.size > self._room:
                return None
            part = part_of(self._packed(name), member.method, member.size, member.checksum)
            self._room -= len(part)
            self._parts[name] = _in_utf8_or_refused(name, part)
        return self._parts[name]

    def open(self, name: str) -> Source:
        """A part in UTF-8, to be read in pieces. Raises `KeyError` where there is none, and `SetAside` F03 where it is not of
        the size and checksum that it declares, is packed in a way that is not read, or declares a document type."""
        part = self.whole(name)
        if part is not None:
            return io.BytesIO(part)
        self._check(name)
        packed = self._packed(name)
        pieces = iter([bytes(packed)] if self._members[name].method == STORED else inflated_pieces(packed))
        first = next(pieces, b"")
        if in_utf8(first, cut=True) is not first:
            return io.BytesIO(in_utf8(b"".join(chain([first], pieces))))
        return _Pieces(chain([first], pieces))

    def check_all(self) -> None:
        """Hold every part against what the directory declares, those that nobody has read too. Raises `SetAside` F03."""
        for name, member in self._members.items():
            if name not in self._parts and name not in self._sound and member.size <= _AT_ONCE:
                part = part_of(self._packed(name), member.method, member.size, member.checksum)
                large = member.size > _PIECE
                _in_utf8_or_refused(name, part[:_BEGINNING] if large else part, cut=large)
            elif name not in self._parts:
                self._check(name)

    def _packed(self, name: str) -> memoryview:
        span = self._spans[name]
        return memoryview(self.content)[span.packed : span.end]

    def _check(self, name: str) -> None:
        """Inflate a large part once, keeping nothing of it."""
        if name in self._sound:
            return
        member = self._members[name]
        size, checksum, beginning = _measured(self._packed(name), member, member.size)
        if size != member.size or checksum != member.checksum:
            raise SetAside("F03")
        _in_utf8_or_refused(name, beginning, cut=True)
        self._sound.add(name)


def _in_utf8_or_refused(name: str, part: bytes, *, cut: bool = False) -> bytes:
    """The part in UTF-8; `cut`: only its beginning is there. Raises `SetAside` F03 where it declares a document type."""
    if starts_plainly(part):
        return part
    part = in_utf8(part, cut=cut)
    named = name.casefold().endswith(_XML_NAMES) and len(part) > 0
    if named or part[:_BEGINNING].lstrip().startswith(_XML_STARTS):
        refuse_document_type(part[:_BEGINNING], named_markup=named)
    return part


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


def _refuse_overlaps(content: bytes, spans: Iterable[_Span]) -> None:
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
            if len(beginning) < _BEGINNING:
                beginning += piece[: _BEGINNING - len(beginning)]
            if size > room:
                raise SetAside("F03")
    except zlib.error:
        raise SetAside("F03") from None
    return size, checksum, beginning
