"""Reading a workbook in tests: its parts, and the cells behind a defined name."""

from __future__ import annotations

import zipfile
from pathlib import Path

from openpyxl.cell import Cell
from openpyxl.workbook import Workbook


def parts(path: Path) -> dict[str, bytes]:
    """Part name → content; what a zip says beside (times, compression) is left out."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def form_names(book: Workbook) -> list[str]:
    """The names of the form's fields; those of the live checks begin with an underscore."""
    return [name for name in book.defined_names if not name.startswith("_")]


def named_cells(book: Workbook, name: str) -> list[Cell]:
    """The cells that a defined name refers to, from top to bottom."""
    ((sheet, reference),) = book.defined_names[name].destinations
    cells = book[sheet][reference]
    return [row[0] for row in cells] if isinstance(cells, tuple) else [cells]
