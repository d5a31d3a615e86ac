"""A workbook's package as a zip: parts that are not changed are copied packed, byte for byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from perfbatch.publish.notice.markup import NotEditable
from perfbatch.publish.notice.memo import LONGEST, remembered

__all__ = ["CENTRAL", "END", "LOCAL", "Package", "inflated", "packed"]

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
END = struct.Struct("<4s4H2LH")
_UTF8 = 0x800
_DESCRIPTOR = 0x8
# Bytes: packing a shorter stretch by itself costs more room than it saves time.
_WORTH_KEEPING = 512
_DOS_EPOCH = (1980, 1, 1, 0, 0, 0)
# Packing is the largest cost of a notice; this level packs markup nearly as well as the default in a quarter of its time.
_LEVEL = 1


class Package:
    """The members of a zip, to be read, replaced, added and removed; everything else keeps its place and its bytes."""

    def __init__(self, content: bytes) -> None:
        """Raises `NotEditable` for what is no zip."""
        self._content = content
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                self._members = {member.filename: member for member in archive.infolist()}
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
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

    def _packed(self, member: zipfile.ZipInfo) -> bytes:
        offset = member.header_offset
        try:
            header = LOCAL.unpack_from(self._content, offset)
        except struct.error:
            raise NotEditable("damaged package") from None
        begin = offset + LOCAL.size + header[9] + header[10]
        packed = self._content[begin : begin + member.compress_size]
        if header[0] != b"PK\x03\x04" or len(packed) != member.compress_size:
            raise NotEditable("damaged package")
        return packed

    def _unpacked(self, member: zipfile.ZipInfo, steady: bool) -> bytes:
        packed = self._packed(member)
        if member.flag_bits & 0x1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotEditable("a part that is encrypted or packed in an unknown way")
        # What is kept is kept under the packed bytes: they must not stand for a part longer than is kept.
        inflate = _inflated_once if steady and member.file_size <= LONGEST else inflated
        return inflate(packed, member.compress_type, member.file_size, member.CRC)

    def content(self) -> bytes:
        """The package. The same parts give the same bytes."""
        if not self._changed:
            return self._content
        pieces: list[bytes] = []
        directory: list[bytes] = []
        offset = 0
        for name in self.names:
            member, changed = self._members.get(name), self._changed.get(name)
            if member is None:
                encoded, flags = name.encode("utf-8"), 0 if name.isascii() else _UTF8
                made_by, when, attributes, comment, internal = (20, 0), _DOS_EPOCH, 0, b"", 0
            else:
                flags = member.flag_bits & ~_DESCRIPTOR
                encoded = member.orig_filename.encode("utf-8" if flags & _UTF8 else "cp437")
                made_by, when = (member.create_version, member.create_system), member.date_time
                attributes, comment, internal = member.external_attr, member.comment, member.internal_attr
            if changed is None:
                assert member is not None
                packed, method = self._packed(member), member.compress_type
                checksum, size = member.CRC, member.file_size
            else:
                packed, method = _deflated(changed, self._steady[name]), zipfile.ZIP_DEFLATED
                checksum, size = zlib.crc32(changed), len(changed)
            date = (when[0] - 1980) << 9 | when[1] << 5 | when[2]
            time = when[3] << 11 | when[4] << 5 | when[5] // 2
            sizes = (checksum, len(packed), size)
            pieces += (
                LOCAL.pack(b"PK\x03\x04", 20, flags, method, time, date, *sizes, len(encoded), 0),
                encoded,
                packed,
            )
            numbers = (len(encoded), 0, len(comment), 0, internal, attributes, offset)
            directory += (
                CENTRAL.pack(b"PK\x01\x02", *made_by, 20, 0, flags, method, time, date, *sizes, *numbers),
                encoded,
                comment,
            )
            offset += LOCAL.size + len(encoded) + len(packed)
        count = len(self.names)
        tail = b"".join(directory)
        return b"".join((*pieces, tail, END.pack(b"PK\x05\x06", 0, 0, count, count, len(tail), offset, 0)))


def inflated(packed: bytes, method: int, size: int, checksum: int) -> bytes:
    """A part from its packed bytes. Raises `NotEditable` where they are damaged."""
    part = packed
    if method == zipfile.ZIP_DEFLATED:
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
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w"):
        pass
    package = Package(made.getvalue())
    for name, part in parts.items():
        package.write(name, part)
    return package.content()
