"""LibreOffice, where it is installed: a file of one format made into one of another, in a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["OfficeFailed", "OfficeMissing", "OfficeTimeout", "converted", "office_program"]

# Where the system's own path does not lead to it.
_PROGRAMS = ("soffice", "libreoffice", "/usr/bin/soffice", "C:/Program Files/LibreOffice/program/soffice.exe")


class OfficeFailed(Exception):
    """LibreOffice made nothing of the file."""


class OfficeMissing(OfficeFailed):
    """It is not installed."""


class OfficeTimeout(OfficeFailed):
    """It took too long."""


def office_program() -> str:
    """The program. Raises `OfficeMissing`."""
    program = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        raise OfficeMissing
    return program


@contextmanager
def converted(content: bytes, name: str, wanted: str, seconds: float) -> Iterator[Path]:
    """The file made of one with this content and name; it is there within the block. `wanted` is the format as LibreOffice names
    it, beginning with the ending of the name. Raises `OfficeMissing`, `OfficeTimeout`, `OfficeFailed`."""
    program = office_program()
    with tempfile.TemporaryDirectory(prefix="perfbatch-") as temporary:
        folder = Path(temporary)
        source = folder / name
        source.write_bytes(content)
        # A profile of its own, which allows no macros: one that is open would otherwise swallow the call.
        command = [
            *(program, f"-env:UserInstallation={(folder / 'user').as_uri()}", "--headless", "--norestore"),
            *("--convert-to", wanted, "--outdir", str(folder / "made"), str(source)),
        ]
        try:
            subprocess.run(
                command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, cwd=folder
            )
        except subprocess.TimeoutExpired:
            raise OfficeTimeout from None
        except (OSError, subprocess.CalledProcessError):
            raise OfficeFailed from None
        made = folder / "made" / f"{source.stem}.{wanted.partition(':')[0]}"
        # It ends well also where it wrote nothing.
        if not made.is_file():
            raise OfficeFailed
        yield made
