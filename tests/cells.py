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

_STRINGS = "xl/sharedStrings.xml"
_COUNTS = re.compile(r' (?:count|uniqueCount)="\d+"')

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
            self._shared = package.read(_STRINGS).decode() if _STRINGS in package.namelist() else ""
            self._strings = self._shared.count("<si>")
            for sheet, name in sheet_parts(content).items():
                markup = package.read(name).decode()
                cells = {match[1]: (match.start(), match.end(), match[2]) for match in _CELL.finditer(markup)}
                self._parts[sheet] = _Part(name, markup, cells)

    def write(self, values: Mapping[Place, Any], path: Path, *, shared: bool = False) -> None:
        """Write a copy; a number or a text replaces what a cell holds, None leaves it. `KeyError` for a cell that is not.

        `shared`: texts go to the shared strings, behind those that are there, as office programs store them."""
        changes: dict[str, list[tuple[int, int, str]]] = {}
        added: list[str] = []
        for (sheet, cell), value in values.items():
            if value is not None:
                start, end, style = self._parts[sheet].cells[cell]
                if shared and isinstance(value, str):
                    element = f'<c r="{cell}"{style} t="s"><v>{self._strings + len(added)}</v></c>'
                    added.append(f'<si><t xml:space="preserve">{escape(value)}</t></si>')
                else:
                    element = _element(cell, style, value)
                changes.setdefault(sheet, []).append((start, end, element))
        changed = {self._parts[sheet].name: _put(self._parts[sheet].markup, here) for sheet, here in changes.items()}
        if added:
            head, rest = self._shared.split("<si>", 1)
            changed[_STRINGS] = _COUNTS.sub("", head) + "<si>" + rest.replace("</sst>", "".join(added) + "</sst>")
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
