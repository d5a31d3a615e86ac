"""Reports of Word 97 to 2003 (.doc), made into .docx by LibreOffice where it is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from pathlib import Path

from perfbatch.importing.word_report import ReportRefused

__all__ = ["in_new_format", "is_old_word"]

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECONDS = 120.0
_LARGEST = 64 * 1024 * 1024
# Where the system's own path does not lead to it.
_PROGRAMS = ("soffice", "libreoffice", "/usr/bin/soffice", "C:/Program Files/LibreOffice/program/soffice.exe")


def is_old_word(content: bytes) -> bool:
    """Whether content may be a .doc: it is an OLE2 file."""
    return content.startswith(_OLE_MAGIC)


def in_new_format(content: bytes) -> bytes:
    """The report as a .docx. Raises `ReportRefused`: `not_word`, `encrypted`, `damaged`, `no_office`, `old` where LibreOffice makes
    nothing of it, `time`."""
    _refuse_others(content)
    program = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        raise ReportRefused("no_office")
    with tempfile.TemporaryDirectory(prefix="perfbatch-") as name:
        folder = Path(name)
        source = folder / "report.doc"
        source.write_bytes(content)
        # A profile of its own, which allows no macros: one that is open would otherwise swallow the call.
        command = [
            *(program, f"-env:UserInstallation={(folder / 'user').as_uri()}", "--headless", "--norestore"),
            *("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "made"), str(source)),
        ]
        try:
            subprocess.run(
                command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, cwd=folder
            )
            made = folder / "made" / "report.docx"
            if made.stat().st_size > _LARGEST:
                raise ReportRefused("large")
            return made.read_bytes()
        except subprocess.TimeoutExpired:
            raise ReportRefused("time") from None
        except (OSError, subprocess.CalledProcessError):
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
