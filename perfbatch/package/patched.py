"""A workbook's package as a zip: parts that are not changed are copied packed, byte for byte."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from perfbatch.model.set_aside import SetAside
from perfbatch.package.archive import part_of
from perfbatch.package.directory import (
    DEFLATED,
    EMPTY_ARCHIVE,
    ZipMember,
    new_member,
    read_directory,
    span_of,
    write_archive,
)
from perfbatch.package.editing import NotEditable
from perfbatch.package.inflating import crc32
from perfbatch.package.packing import SYNC, packer
from perfbatch.package.scanning import LONGEST, remembered

__all__ = ["EditablePackage", "packed"]

# Bytes: packing a shorter stretch by itself costs more room than it saves time.
_WORTH_KEEPING = 512


class EditablePackage:
    """The members of a zip, to be read, replaced, added and removed; everything else keeps its place and its bytes."""

    def __init__(self, content: bytes) -> None:
        """Raises `NotEditable` for what is no zip."""
        self._content = content
        try:
            self._members = {member.name: member for member in read_directory(content)}
        except SetAside:
            raise NotEditable("not a zip package") from None
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

    def beginning(self, name: str, most: int) -> bytes:
        """The first bytes of a part, for whoever need not see the rest; nothing says that the rest is sound.

        Raises `NotEditable` where it is missing or damaged."""
        known = self._changed.get(name) or self._parts.get(name)
        if known is not None:
            return known[:most]
        if name not in self:
            raise NotEditable(f"no part {name}")
        packed = self._packed(self._members[name])
        if self._members[name].method != DEFLATED:
            return packed[:most]
        try:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
        except zlib.error:
            raise NotEditable("damaged package") from None

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

    def _packed(self, member: ZipMember) -> bytes:
        try:
            _, begin, end = span_of(self._content, member)
        except SetAside:
            raise NotEditable("damaged package") from None
        return self._content[begin:end]

    def _unpacked(self, member: ZipMember, steady: bool) -> bytes:
        packed = self._packed(member)
        # The cache is keyed by the packed bytes, so it would keep them as well for a part that is too long to be kept.
        inflate = _inflated_once if steady and member.size <= LONGEST else _inflated
        return inflate(packed, member.method, member.size, member.checksum)

    def content(self) -> bytes:
        """The package. The same parts give the same bytes."""
        if not self._changed:
            return self._content
        return write_archive([self._written(name) for name in self.names])

    def _written(self, name: str) -> tuple[ZipMember, bytes]:
        member, part = self._members.get(name) or new_member(name), self._changed.get(name)
        if part is None:
            return member, self._packed(member)
        packed = _deflated(part, self._steady[name])
        return member._replace(method=DEFLATED, checksum=crc32(part), size=len(part)), packed


def _inflated(packed: bytes, method: int, size: int, checksum: int) -> bytes:
    """A part from its packed bytes. Raises `NotEditable` where they are damaged."""
    try:
        return part_of(packed, method, size, checksum)
    except SetAside:
        raise NotEditable("damaged package") from None


_inflated_once = remembered(_inflated)


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
    packing = packer()
    return b"".join((*blocks, packing.compress(part[position:]), packing.flush()))


def _block(stretch: bytes) -> bytes:
    """A stretch of a part packed so that more can follow."""
    packing = packer()
    block: bytes = packing.compress(stretch) + packing.flush(SYNC)
    return block


_block_once = remembered(_block)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts."""
    package = EditablePackage(EMPTY_ARCHIVE)
    for name, part in parts.items():
        package.write(name, part)
    return package.content()
