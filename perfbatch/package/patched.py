"""A workbook's package as a zip: parts that are not changed are copied packed, byte for byte."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence

from perfbatch.package.directory import CENTRAL, END, LOCAL, Member, members_of
from perfbatch.package.editing import NotEditable
from perfbatch.package.scanning import LONGEST, remembered

__all__ = ["Package", "inflated", "packed"]

_STORED, _DEFLATED = 0, 8
_UTF8 = 0x800
_DESCRIPTOR = 0x8
# Bytes: packing a shorter stretch by itself costs more room than it saves time.
_WORTH_KEEPING = 512
# The first day that the format can tell.
_EPOCH = 1 << 5 | 1
# Packing is the largest cost of a notice; this level packs markup nearly as well as the default in a quarter of its time.
_LEVEL = 1


class Package:
    """The members of a zip, to be read, replaced, added and removed; everything else keeps its place and its bytes."""

    def __init__(self, content: bytes) -> None:
        """Raises `NotEditable` for what is no zip."""
        self._content = content
        self._members = members_of(content)
        self._parts: dict[str, bytes] = {}
        self._changed: dict[str, bytes | None] = {}
        self._steady: dict[str, Sequence[tuple[int, int]]] = {}
        self._taken: set[str] | None = None

    @property
    def names(self) -> list[str]:
        """Part names in the order of the package, added ones last."""
        kept = [name for name in self._members if self._changed.get(name, b"") is not None]
        added = [name for name, part in self._changed.items() if part is not None and name not in self._members]
        return kept + added

    def __contains__(self, name: str) -> bool:
        return self._changed[name] is not None if name in self._changed else name in self._members

    def read(self, name: str, *, steady: bool = False) -> bytes:
        """A part's content; `steady` where it is likely to be the same in other workbooks.

        Raises `NotEditable` where it is missing or damaged."""
        changed = self._changed.get(name)
        if changed is not None:
            return changed
        if name not in self:
            raise NotEditable(f"no part {name}")
        if name not in self._parts:
            self._parts[name] = self._unpacked(self._members[name], steady)
        return self._parts[name]

    def write(self, name: str, part: bytes, *, steady: Sequence[tuple[int, int]] = ()) -> None:
        """Replace a part or add one; a part that is as it was stays packed as it was.

        `steady`: from where to where the part is likely to be the same in other workbooks, ascending: it is packed once."""
        self._steady[name] = steady
        if self._taken is not None:
            self._taken.add(name.casefold())
        if name in self._members and name in self._parts and self._parts[name] == part:
            self._changed.pop(name, None)
        else:
            self._changed[name] = part

    def remove(self, name: str) -> None:
        """Take a part out."""
        self._taken = None
        if name in self._members:
            self._changed[name] = None
        else:
            self._changed.pop(name, None)

    def unused(self, stem: str, extension: str) -> str:
        """A part name that the package does not have, whatever the case of its letters: `stem`, a number, `extension`."""
        if self._taken is None:
            self._taken = {name.casefold() for name in self.names}
        number = 1
        while f"{stem}{number}{extension}".casefold() in self._taken:
            number += 1
        return f"{stem}{number}{extension}"

    def _packed(self, member: Member) -> bytes:
        try:
            header = LOCAL.unpack_from(self._content, member.offset)
        except struct.error:
            raise NotEditable("damaged package") from None
        begin = member.offset + LOCAL.size + header[9] + header[10]
        packed = self._content[begin : begin + member.packed]
        if header[0] != b"PK\x03\x04" or len(packed) != member.packed:
            raise NotEditable("damaged package")
        return packed

    def _unpacked(self, member: Member, steady: bool) -> bytes:
        packed = self._packed(member)
        if member.flags & 0x1 or member.method not in (_STORED, _DEFLATED):
            raise NotEditable("a part that is encrypted or packed in an unknown way")
        # What is kept is kept under the packed bytes: they must not stand for a part longer than is kept.
        inflate = _inflated_once if steady and member.size <= LONGEST else inflated
        return inflate(packed, member.method, member.size, member.checksum)

    def content(self) -> bytes:
        """The package. The same parts give the same bytes."""
        if not self._changed:
            return self._content
        pieces: list[bytes] = []
        directory: list[bytes] = []
        offset = 0
        names = self.names
        for name in names:
            member, part = self._members.get(name), self._changed.get(name)
            if member is None:
                flags = 0 if name.isascii() else _UTF8
                member = Member(name.encode("utf-8"), 20, 0, flags, 0, 0, _EPOCH, 0, 0, 0, 0, 0, 0, b"")
            written, version, system, flags, method, time, date, checksum, _, size, internal, attributes, _, comment = (
                member
            )
            flags &= ~_DESCRIPTOR
            if part is None:
                packed = self._packed(member)
            else:
                packed, method = _deflated(part, self._steady[name]), _DEFLATED
                checksum, size = zlib.crc32(part), len(part)
            length = len(written)
            facts = (flags, method, time, date, checksum, len(packed), size, length, 0)
            pieces += (LOCAL.pack(b"PK\x03\x04", 20, *facts), written, packed)
            place = (len(comment), 0, internal, attributes, offset)
            directory += (CENTRAL.pack(b"PK\x01\x02", version, system, 20, 0, *facts, *place), written, comment)
            offset += LOCAL.size + length + len(packed)
        tail = b"".join(directory)
        count = len(names)
        return b"".join((*pieces, tail, END.pack(b"PK\x05\x06", 0, 0, count, count, len(tail), offset, 0)))


def inflated(packed: bytes, method: int, size: int, checksum: int) -> bytes:
    """A part from its packed bytes. Raises `NotEditable` where they are damaged."""
    part = packed
    if method == _DEFLATED:
        try:
            part = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size or 1)
        except zlib.error:
            raise NotEditable("damaged package") from None
        if len(part) != size or zlib.crc32(part) != checksum:
            raise NotEditable("damaged package")
    return part


_inflated_once = remembered(inflated)


def _deflated(part: bytes, steady: Sequence[tuple[int, int]]) -> bytes:
    """A part packed; the steady stretches are packed by themselves, so that what stands around them does not matter."""
    blocks: list[bytes] = []
    position = 0
    for start, end in steady:
        if end - start < _WORTH_KEEPING:
            continue
        if position < start:
            blocks.append(_block(part[position:start]))
        blocks.append(_block_once(part[start:end]))
        position = end
    packer = _packer()
    return b"".join((*blocks, packer.compress(part[position:]), packer.flush()))


def _packer() -> zlib._Compress:
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)


def _block(stretch: bytes) -> bytes:
    """A stretch of a part packed so that more can follow."""
    packer = _packer()
    return packer.compress(stretch) + packer.flush(zlib.Z_SYNC_FLUSH)


_block_once = remembered(_block)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts."""
    package = Package(END.pack(b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0))
    for name, part in parts.items():
        package.write(name, part)
    return package.content()
