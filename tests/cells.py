"""Putting values into the cells of one workbook many times over, in the sheets' XML: a few milliseconds a copy."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.workbooks import sheet_parts

__all__ = ["Place", "Stencil"]

Place = tuple[str, str]
"""Sheet and cell."""

_CELL = re.compile(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)', re.DOTALL)


@dataclass(frozen=True)
class _Part:
    name: str
    markup: str
    cells: Mapping[str, tuple[int, int, str]]


class Stencil:
    """A workbook to be written out with other values in some of its cells."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._parts: dict[str, _Part] = {}
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for sheet, name in sheet_parts(content).items():
                markup = package.read(name).decode()
                cells = {match[1]: (match.start(), match.end(), match[2]) for match in _CELL.finditer(markup)}
                self._parts[sheet] = _Part(name, markup, cells)

    def write(self, values: Mapping[Place, Any], path: Path) -> None:
        """Write a copy; a number or a text replaces what a cell holds, None leaves it. `KeyError` for a cell that is not."""
        changes: dict[str, list[tuple[int, int, str]]] = {}
        for (sheet, cell), value in values.items():
            if value is not None:
                start, end, style = self._parts[sheet].cells[cell]
                changes.setdefault(sheet, []).append((start, end, _element(cell, style, value)))
        changed = {self._parts[sheet].name: _put(self._parts[sheet].markup, here) for sheet, here in changes.items()}
        with (
            zipfile.ZipFile(io.BytesIO(self._content)) as source,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
        ):
            for name in source.namelist():
                target.writestr(name, changed.get(name) or source.read(name))


def _element(cell: str, style: str, value: Decimal | float | str) -> str:
    if isinstance(value, str):
        return f'<c r="{cell}"{style} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{cell}"{style}><v>{value}</v></c>'


def _put(markup: str, changes: Sequence[tuple[int, int, str]]) -> str:
    pieces, at = [], 0
    for start, end, element in sorted(changes):
        pieces += [markup[at:start], element]
        at = end
    return "".join([*pieces, markup[at:]])
