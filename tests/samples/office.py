"""LibreOffice, headless: workbooks calculated and saved as a department's own program would."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

__all__ = ["calculate", "print_to_pdf", "save_as_excel_97"]

_XLSX = "xlsx:Calc MS Excel 2007 XML"
_XLS = "xls:MS Excel 97"
_SECONDS = 300


def calculate(workbooks: Sequence[Path], into: Path) -> None:
    """Open every workbook, calculate it and save it as XLSX of the same name into a folder; one run for all.

    Raises `FileNotFoundError` without LibreOffice, `RuntimeError` where a workbook did not come out.
    """
    _convert(workbooks, into, _XLSX)


def save_as_excel_97(workbook: Path, into: Path) -> Path:
    """Save a workbook as .xls into a folder. Raises as `calculate` does."""
    _convert([workbook], into, _XLS)
    return into / workbook.with_suffix(".xls").name


def print_to_pdf(workbook: Path, into: Path) -> Path:
    """Print a workbook into a folder. Raises as `calculate` does."""
    _convert([workbook], into, "pdf")
    return into / workbook.with_suffix(".pdf").name


def _convert(workbooks: Sequence[Path], into: Path, to: str) -> None:
    program = shutil.which("soffice")
    if program is None:
        raise FileNotFoundError("soffice: LibreOffice is not installed")
    # A profile of its own: an open LibreOffice would otherwise swallow the call.
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                program,
                f"-env:UserInstallation={Path(profile).as_uri()}",
                "--headless",
                "--convert-to",
                to,
                "--outdir",
                str(into),
                *map(str, workbooks),
            ],
            check=True,
            capture_output=True,
            timeout=_SECONDS,
        )
    suffix = "." + to.partition(":")[0]
    lost = [workbook.name for workbook in workbooks if not (into / workbook.with_suffix(suffix).name).is_file()]
    if lost:
        raise RuntimeError(f"LibreOffice made nothing of {', '.join(lost)}")
