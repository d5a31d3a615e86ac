"""A workbook of rules exported and changed, as a clerk would."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl

from perfbatch.rulebook.exporting import export_rules
from perfbatch.rulebook.load import RulebookFault, load_rulebook

__all__ = ["Edit", "edited", "exported", "faults_of"]

Edit = tuple[str, Mapping[str, Any], str, Any]
"""Sheet, the row by what stands in its columns, the column, what is typed there (with its number format, where that changes)."""


def exported(folder: Path, source: str | None = None) -> Path:
    """A rulebook as a workbook."""
    path = folder / "rules.xlsx"
    path.write_bytes(_content(source))
    return path


@cache
def _content(source: str | None) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rules.xlsx"
        export_rules(source, path, path)
        return path.read_bytes()


def edited(path: Path, *edits: Edit, name: str = "edited.xlsx") -> Path:
    """The workbook with other values in some cells, beside the one that it is made of."""
    book = openpyxl.load_workbook(path)
    for sheet_name, row, heading, typed in edits:
        sheet = book[sheet_name]
        columns = {cell.value: cell.column for cell in sheet[1]}
        number = next(
            number
            for number in range(2, sheet.max_row + 1)
            if all(sheet.cell(number, columns[key]).value == value for key, value in row.items())
        )
        cell = sheet.cell(number, columns[heading])
        if isinstance(typed, tuple):
            cell.value, cell.number_format = typed
        else:
            cell.value = typed
    changed = path.with_name(name)
    book.save(changed)
    return changed


def faults_of(path: Path) -> list[str]:
    """What is wrong with a workbook of rules, without its name."""
    try:
        load_rulebook(path)
    except RulebookFault as fault:
        return [line.removeprefix(f"{path}: ") for line in fault.faults]
    return []
