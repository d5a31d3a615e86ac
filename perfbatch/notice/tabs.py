"""Which tab a workbook opens on: the notice's alone, and what it was before put back when the notice is cleared."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence

from perfbatch.package.book_part import SheetEntry
from perfbatch.package.editing import NotEditable
from perfbatch.package.patched import EditablePackage

__all__ = ["deselect", "reselect"]

# The views stand at the head of a sheet, before its columns and cells.
_HEAD = 8 * 1024
_SELECTED = re.compile(rb"""(<(?:[\w.-]+:)?sheetView\s[^>]*?\btabSelected\s*=\s*["'])(1|true|on|0|false|off)(["'])""")
_OFF = {b"1": b"0", b"true": b"false", b"on": b"off"}


def deselect(package: EditablePackage, sheets: Iterable[SheetEntry]) -> tuple[tuple[str, str], ...]:
    """Take the selection off all sheets; returns those that had it, by name, and the word that they said it with.

    Sheets selected together are edited together: one that stays selected beside the notice would be written over."""
    taken: list[tuple[str, str]] = []
    for entry in sheets:
        with contextlib.suppress(NotEditable):
            match = _SELECTED.search(package.beginning(entry.part, _HEAD))
            if match is None or match[2] not in _OFF:
                continue
            _replace(package, entry.part, _OFF)
            taken.append((entry.name, match[2].decode()))
    return tuple(taken)


def reselect(package: EditablePackage, sheets: Iterable[SheetEntry], selected: Sequence[tuple[str, str]]) -> None:
    """Put back what `deselect` took off; a sheet that another program has written anew says of itself what it says."""
    words = dict(selected)
    for entry in sheets:
        if entry.name in words:
            with contextlib.suppress(NotEditable):
                _replace(package, entry.part, {_OFF[words[entry.name].encode()]: words[entry.name].encode()})


def _replace(package: EditablePackage, name: str, words: dict[bytes, bytes]) -> None:
    part = package.read(name)
    match = _SELECTED.search(part, 0, _HEAD)
    if match is not None and match[2] in words:
        package.write(name, part[: match.start(2)] + words[match[2]] + part[match.end(2) :])
