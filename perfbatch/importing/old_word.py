"""Reports of Word 97 to 2003 (.doc), made into .docx by LibreOffice where it is installed."""

from __future__ import annotations

import io

from perfbatch.importing.word_report import ReportRefused
from perfbatch.isolated.office import OfficeFailed, OfficeMissing, OfficeTimeout, converted

__all__ = ["in_new_format", "is_old_word"]

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECONDS = 120.0
_LARGEST = 64 * 1024 * 1024


def is_old_word(content: bytes) -> bool:
    """Whether content may be a .doc: it is an OLE2 file."""
    return content.startswith(_OLE_MAGIC)


def in_new_format(content: bytes) -> bytes:
    """The report as a .docx. Raises `ReportRefused`: `not_word`, `encrypted`, `damaged`, `no_office`, `old` where LibreOffice makes
    nothing of it, `time`."""
    _refuse_others(content)
    try:
        with converted(content, "report.doc", "docx:MS Word 2007 XML", _SECONDS) as made:
            if made.stat().st_size > _LARGEST:
                raise ReportRefused("large")
            return made.read_bytes()
    except OfficeMissing:
        raise ReportRefused("no_office") from None
    except OfficeTimeout:
        raise ReportRefused("time") from None
    except (OSError, OfficeFailed):
        raise ReportRefused("old") from None


def _refuse_others(content: bytes) -> None:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as compound:
            streams = {"/".join(path).casefold() for path in compound.listdir()}
    except Exception:  # olefile raises whatever its arithmetic over a damaged file happens to raise
        raise ReportRefused("damaged") from None
    if {"encryptedpackage", "encryptioninfo"} & streams:
        raise ReportRefused("encrypted")
    if "worddocument" not in streams:
        raise ReportRefused("not_word")
