"""What is safe to open. The content decides, never the name: only a sound, reasonably sized XLSX package passes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from perfbatch.intake.foreign import name_foreign, refuse_compound_file
from perfbatch.intake.limits import Limits
from perfbatch.intake.markup import refuse_document_type
from perfbatch.intake.package_parts import find_workbook_part
from perfbatch.intake.set_aside import SetAside

__all__ = ["inspect"]

_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1024 * 1024
_BEGINNING = 64 * 1024
_ENCRYPTED_FLAG = 0x1
_XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00<")
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError)


def inspect(content: bytes, limits: Limits | None = None) -> None:
    """Pass an XLSX package, or raise `SetAside`.

    F01 not a spreadsheet, F02 password-protected, F03 damaged (or declaring a document type), F04 a spreadsheet of another
    format, F07 larger than the limits. Every part is inflated once and its checksum compared; nothing is kept.
    """
    limits = limits or Limits()
    if len(content) > limits.file_bytes:
        raise SetAside("F07", f"文件 {len(content)} 字节，上限 {limits.file_bytes} 字节")
    if content.startswith(_OLE_MAGIC):
        refuse_compound_file(content)
    if not content.startswith(_ZIP_MAGIC):
        raise name_foreign(content)
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGED:
        raise SetAside("F03") from None
    with package:
        members = package.infolist()
        _refuse_size(members, limits)
        _refuse_names(members)
        inflated = 0
        for member in members:
            inflated += _stream(content, member, limits.inflated_bytes - inflated)
        try:
            _refuse_other_packages(package)
            find_workbook_part(package, limits)
        except _DAMAGED:
            raise SetAside("F03") from None


def _refuse_size(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """What the directory declares; `_stream` then holds each part to its declaration."""
    if len(members) > limits.members:
        raise SetAside("F07", f"{len(members)} 个部件，上限 {limits.members}")
    declared = sum(member.file_size for member in members)
    if declared > limits.inflated_bytes:
        raise SetAside("F07", f"解压后 {declared} 字节，上限 {limits.inflated_bytes} 字节")
    for member in members:
        if member.file_size > limits.ratio_from and member.file_size > limits.ratio * max(member.compress_size, 1):
            raise SetAside("F07", f"压缩比超过 {limits.ratio}")


def _refuse_names(members: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for member in members:
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise SetAside("F02")
        # Two parts of one name: readers disagree on which one counts, so a figure could be shown and another read.
        key = member.filename.casefold()
        if key in seen:
            raise SetAside("F03")
        seen.add(key)


def _stream(content: bytes, member: zipfile.ZipInfo, room: int) -> int:
    """Inflate one part from its raw bytes; returns its true size in bytes.

    `zipfile` stops at the declared size, other readers go on to the end of the stream: a part must be exactly as large as
    it says, or it is damaged.
    """
    try:
        header = struct.unpack_from("<4s5H3L2H", content, member.header_offset)
    except struct.error:
        raise SetAside("F03") from None
    begin = member.header_offset + 30 + header[9] + header[10]
    end = begin + member.compress_size
    if header[0] != b"PK\x03\x04" or header[3] != member.compress_type or end > len(content):
        raise SetAside("F03")
    name = content[member.header_offset + 30 : member.header_offset + 30 + header[9]]
    if name != member.orig_filename.encode("utf-8" if member.flag_bits & 0x800 else "cp437", "surrogateescape"):
        raise SetAside("F03")
    packed = memoryview(content)[begin:end]
    if member.compress_type == zipfile.ZIP_STORED:
        size, checksum, beginning = len(packed), zlib.crc32(packed), bytes(packed[:_BEGINNING])
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        size, checksum, beginning = _inflate(packed, min(room, member.file_size))
    else:
        raise SetAside("F03")
    if size != member.file_size or checksum != member.CRC:
        raise SetAside("F03")
    if beginning.lstrip().startswith(_XML_STARTS):
        refuse_document_type(beginning)
    return size


def _inflate(packed: memoryview, room: int) -> tuple[int, int, bytes]:
    """Size, CRC-32 and first 64 kB of a deflated part; stops with F03 as soon as it is larger than `room` bytes."""
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
            if len(beginning) < _BEGINNING:
                beginning += piece[: _BEGINNING - len(beginning)]
            if size > room:
                raise SetAside("F03")
    except zlib.error:
        raise SetAside("F03") from None
    if inflater.unused_data or position < len(packed):
        raise SetAside("F03")
    return size, checksum, beginning


def _refuse_other_packages(package: zipfile.ZipFile) -> None:
    """Tell the packages that share the zip container apart by what is in them."""
    names = {member.filename for member in package.infolist()}
    if "mimetype" in names:
        kind = package.read("mimetype")[:200].decode("latin-1").strip()
        if kind.startswith("application/vnd.oasis.opendocument.spreadsheet"):
            raise SetAside("F04", "OpenDocument 表格 .ods")
        raise SetAside("F01", "OpenDocument 文档" if "opendocument" in kind else "压缩包")
    if "xl/workbook.bin" in names:
        raise SetAside("F04", "Excel 二进制工作簿 .xlsb")
    for part, what in (
        ("word/document.xml", "Word 文档"),
        ("ppt/presentation.xml", "PowerPoint 演示文稿"),
        ("AndroidManifest.xml", "安装包"),
        ("content.xml", "OpenDocument 文档"),
    ):
        if part in names:
            raise SetAside("F01", what)
    spreadsheet = any(name.startswith("xl/") for name in names)
    if not spreadsheet and "_rels/.rels" not in names and "[Content_Types].xml" not in names:
        raise SetAside("F01", "压缩包")
