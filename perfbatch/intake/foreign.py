"""Naming what is not an XLSX package, so that the message says what the department sent."""

from __future__ import annotations

import io

from perfbatch.model.set_aside import SetAside

__all__ = ["name_foreign", "refuse_compound_file"]

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
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
)
_FLAT_OPENDOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"
_SPREADSHEET_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_ENCODINGS = ("utf-8", "gb18030")


def refuse_compound_file(content: bytes) -> None:
    """Raise `SetAside` for an OLE2 file: F02 an encrypted workbook, F04 an old one, F01 another document, F03 damaged."""
    # Loaded where there is one: few inboxes hold any, and every reading process would wait for it.
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as compound:
            streams = {"/".join(path).casefold() for path in compound.listdir()}
    except Exception:  # olefile raises whatever its arithmetic over a damaged file happens to raise
        raise SetAside("F03") from None
    if {"encryptedpackage", "encryptioninfo"} & streams:
        raise SetAside("F02")
    if {"workbook", "book"} & streams:
        raise SetAside("F04", "Excel 97-2003 .xls 或 WPS .et")
    if "worddocument" in streams:
        raise SetAside("F01", "Word 文档")
    if "powerpoint document" in streams:
        raise SetAside("F01", "PowerPoint 演示文稿")
    raise SetAside("F01", "其他 Office 文件")


def name_foreign(content: bytes) -> SetAside:
    """The `SetAside` for content that is neither a zip package nor an OLE2 file: F01, or F04 for another spreadsheet."""
    if not content:
        return SetAside("F01", "空文件")
    for magic, what in _MAGIC:
        if content.startswith(magic):
            return SetAside("F01", what)
    head = content[:_SNIFFED]
    text = _text(head, whole=len(content) <= _SNIFFED)
    if text is None:
        return SetAside("F01", "无法识别的文件")
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
