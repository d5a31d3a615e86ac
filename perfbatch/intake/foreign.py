"""Naming what is not an XLSX package, so that the message says what the department sent."""

from __future__ import annotations

import io
from collections.abc import Collection

from perfbatch.model.catalogue import BY_SOFTWARE
from perfbatch.model.set_aside import SetAside

__all__ = ["compound_workbook", "name_foreign"]

_SNIFFED = 64 * 1024
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF 文档"),
    (b"{\\rtf", "RTF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"II*\x00", "图片"),
    (b"MM\x00*", "图片"),
)
_ARCHIVES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"Rar!", "RAR"),
    (0, b"RE\x7e\x5e", "RAR"),
    (0, b"7z\xbc\xaf", "7z"),
    (0, b"\x1f\x8b", "gz"),
    (0, b"\x1f\x9d", "Z"),
    (0, b"BZh", "bz2"),
    (0, b"\xfd7zXZ", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zst"),
    (0, b"MSCF", "cab"),
    (0, b"\x60\xea", "arj"),
    (2, b"-lh", "lzh"),
    (257, b"ustar", "tar"),
)
# What encryption software of offices puts in front of a file that left the office still encrypted.
_ENCRYPTED_BY_SOFTWARE = (
    b"%TSD-Header-###%",
    b"E-SafeNet",
    b"DRMONE",
    b"SCDSA00",
    b"NASCA DRM",
    b"<DOCUMENT SAFER",
    b"MarkAny",
    b"CDG_HEADER",
    b"ESAFENET",
    b".pfile",
)
_SOFTWARE_WITHIN = 512
# BOF records of workbooks before OLE (BIFF2 to BIFF5), and other spreadsheets of the time.
_OLD_SPREADSHEETS: tuple[tuple[bytes, str], ...] = (
    (b"\x09\x00\x04\x00", "Excel 2.x .xls"),
    (b"\x09\x02\x06\x00", "Excel 3.0 .xls"),
    (b"\x09\x04\x06\x00", "Excel 4.0 .xls"),
    (b"\x09\x08\x06\x00\x00\x05", "Excel 5.0 .xls"),
    (b"\x09\x08\x08\x00\x00\x05", "Excel 5.0 .xls"),
    (b"\x09\x08\x10\x00\x00\x06", "Excel 97-2003 .xls"),
    (b"\x00\x00\x02\x00\x06\x04", "Lotus 1-2-3"),
    (b"\x00\x00\x1a\x00", "Lotus 1-2-3"),
    (b"ID;P", "SYLK 表格 .slk"),
)
_FLAT_OPENDOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"
_SPREADSHEET_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_ENCODINGS = ("utf-8", "gb18030")


def compound_workbook(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The records of a workbook of Excel 97 to 2003 in an OLE2 file, and the paths of its streams in small letters.

    Raises `SetAside`: F01 another document, F02 an encrypted workbook, F03 damaged, F04 an older workbook."""
    # Loaded where there is one: few inboxes hold any, and every reading process would wait for it.
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as compound:
            streams = {"/".join(path).casefold(): path for path in compound.listdir()}
            _refuse_other_documents(streams)
            with compound.openstream(streams["workbook"]) as stream:
                return stream.read(), tuple(streams)
    except SetAside:
        raise
    except Exception:  # olefile raises whatever its arithmetic over a damaged file happens to raise
        raise SetAside("F03") from None


def _refuse_other_documents(streams: Collection[str]) -> None:
    if any("drmcontent" in name or "drmencrypted" in name for name in streams):
        raise SetAside("F02", BY_SOFTWARE)
    for stream, code, what in (
        ("encryptedpackage", "F02", ""),
        ("encryptioninfo", "F02", ""),
        ("workbook", "", ""),
        ("book", "F04", "Excel 5.0 .xls"),
        ("worddocument", "F01", "Word 文档"),
        ("powerpoint document", "F01", "PowerPoint 演示文稿"),
    ):
        if stream in streams:
            if code:
                raise SetAside(code, what)
            return
    raise SetAside("F01", "其他 Office 文件")


def name_foreign(content: bytes) -> SetAside:
    """The `SetAside` for content that is neither a zip package nor an OLE2 file: F01, F02 encrypted by an office's software, F04
    another spreadsheet, F13 an archive."""
    if not content:
        return SetAside("F01", "空文件")
    beginning = content[:_SOFTWARE_WITHIN]
    if any(mark in beginning for mark in _ENCRYPTED_BY_SOFTWARE):
        return SetAside("F02", BY_SOFTWARE)
    for offset, magic, what in _ARCHIVES:
        if content.startswith(magic, offset):
            return SetAside("F13", what)
    for magic, what in _OLD_SPREADSHEETS:
        if content.startswith(magic):
            return SetAside("F04", what)
    for magic, what in _MAGIC:
        if content.startswith(magic):
            return SetAside("F01", what)
    head = content[:_SNIFFED]
    text = _text(head, whole=len(content) <= _SNIFFED)
    if text is None:
        return SetAside("F01", "无法识别的文件，如由加密软件加密，请先解密")
    lowered = text.lstrip("\ufeff \t\r\n").casefold()
    if lowered.startswith("<?xml") and _SPREADSHEET_2003.decode() in lowered:
        return SetAside("F04", "XML 表格 2003")
    if lowered.startswith("<?xml") and _FLAT_OPENDOCUMENT in lowered:
        return SetAside("F04", "OpenDocument 表格 .fods")
    if lowered.startswith(("<!doctype html", "<html", "<table", "<meta", "<head")) or "<html" in lowered[:2_000]:
        return SetAside("F01", "网页 HTML")
    if lowered.startswith("mime-version:"):
        return SetAside("F01", "网页 HTML")
    if lowered.startswith("<?xml"):
        return SetAside("F01", "XML 文件")
    return SetAside("F01", "CSV 文本" if _delimited(text) else "文本文件")


def _text(head: bytes, *, whole: bool) -> str | None:
    """The text that `head` is, or None for binary content; a character cut at the end of the sample does not count."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    if any(byte < 9 or 13 < byte < 27 for byte in head):
        return None
    for encoding in _ENCODINGS:
        try:
            return head.decode(encoding)
        except UnicodeDecodeError as error:
            if not whole and error.start > len(head) - 8:
                return head[: error.start].decode(encoding)
    return None


def _delimited(text: str) -> bool:
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    return any(
        len(lines) > 1 and all(line.count(mark) == lines[0].count(mark) > 0 for line in lines[1:])
        for mark in (",", "\t", ";")
    )
