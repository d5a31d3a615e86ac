"""Workbooks for tests, made from small tables: the blank form filled by field id, stored cells, foreign files."""

from __future__ import annotations

import io
import re
import struct
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.packaging.workbook import WorkbookPackage
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.xml.functions import fromstring

from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import Rulebook

__all__ = [
    "Stored",
    "blank",
    "compound_file",
    "earlier_form",
    "fill",
    "places",
    "repack",
    "rulebook",
    "sheet_parts",
    "store",
    "zip_of",
]


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    """The built-in rulebook (frozen, so it can be shared between tests)."""
    return read_rulebook().rulebook


@lru_cache(maxsize=8)
def blank(units: int = 2) -> bytes:
    """The blank form, as `perfbatch template` writes it."""
    from perfbatch.template import write_template

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blank.xlsx"
        write_template(rulebook(), path, units=units)
        return path.read_bytes()


@lru_cache(maxsize=4)
def earlier_form(revision: int) -> bytes:
    """The blank form as it was sent out at an earlier revision, with room for ten subordinate units."""
    return (Path(__file__).parent / "forms" / f"yunxi-2020-revision-{revision}.xlsx").read_bytes()


@lru_cache(maxsize=16)
def places(content: bytes) -> dict[str, list[tuple[str, str]]]:
    """Field id → (sheet, cell) of every row, from the workbook's defined names (first column of each)."""
    # The workbook's part alone: opening all sheets takes as long as reading the form does.
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        book = WorkbookPackage.from_tree(fromstring(package.read("xl/workbook.xml")))
    cells: dict[str, list[tuple[str, str]]] = {}
    for defined in book.definedNames.definedName:
        if defined.localSheetId is not None:
            continue
        for sheet, block in defined.destinations:
            first, _, last = block.replace("$", "").partition(":")
            (top, column), (bottom, _) = coordinate_to_tuple(first), coordinate_to_tuple(last or first)
            letter = get_column_letter(column)
            cells[defined.name] = [(sheet, f"{letter}{row}") for row in range(top, bottom + 1)]
    return cells


def fill(template: bytes | Path, values: Mapping[str, object | Sequence[object]]) -> bytes:
    """Fill a workbook by field id: one value, or a list for the rows of a column from the top (None leaves a row alone).

    Saved by openpyxl: formulas lose their stored values, and the workbook asks to be calculated when it is opened.
    """
    content = template.read_bytes() if isinstance(template, Path) else template
    where, workbook = places(content), _opened(content)
    blank_cells = []
    for field, value in values.items():
        rows = list(value) if isinstance(value, list | tuple) else [value]
        for (sheet, place), typed in zip(where[field], rows, strict=False):
            if typed is not None:
                cell = workbook[sheet][place]
                blank_cells.append((cell, cell._value, cell.data_type, copy(cell._style)))
                cell.value = typed
    saved = io.BytesIO()
    workbook.save(saved)
    for cell, value, kind, style in reversed(blank_cells):
        cell._value, cell.data_type, cell._style = value, kind, style
    return saved.getvalue()


# Opening takes three times as long as saving, and most tests fill the same form.
@lru_cache(maxsize=2)
def _opened(content: bytes) -> openpyxl.Workbook:
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    # Saving leaves a mark (the outline's depth): all that are saved after this have it, so that they are alike.
    workbook.save(io.BytesIO())
    return workbook


@dataclass(frozen=True)
class Stored:
    """A cell as the file stores it: `type` is the file's letter (n, str, b, e, inlineStr); `value` None for none."""

    value: str | None = None
    formula: str | None = None
    type: str = "n"


def repack(content: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The package with some parts replaced, added, or (None) left out."""
    rewritten = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = parts.get(name, source.read(name))
            if part is not None:
                target.writestr(name, part)
        for name in parts.keys() - set(source.namelist()):
            added = parts[name]
            if added is not None:
                target.writestr(name, added)
    return rewritten.getvalue()


def sheet_parts(content: bytes) -> dict[str, str]:
    """Sheet name → the part that holds it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        book = package.read("xl/workbook.xml").decode()
        rels = package.read("xl/_rels/workbook.xml.rels").decode()
    targets: dict[str, str] = {}
    for element in re.findall(r"<Relationship [^>]*>", rels):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', element))
        targets[attributes["Id"]] = "xl/" + attributes["Target"].removeprefix("/xl/")
    sheets = (dict(re.findall(r'([\w:]+)="([^"]*)"', element)) for element in re.findall(r"<sheet [^>]*>", book))
    return {sheet["name"]: targets[sheet["r:id"]] for sheet in sheets}


def store(content: bytes, cells: Mapping[str | tuple[str, int], Stored], *, calculated: bool = True) -> bytes:
    """Put stored cells into the form's inputs, by field id or (field id, row), as Excel would have saved them.

    `calculated` False leaves the request to calculate on opening in place: nobody has calculated yet.
    """
    where, parts = places(content), sheet_parts(content)
    changed: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for key, stored in cells.items():
            field, row = key if isinstance(key, tuple) else (key, 0)
            sheet, cell = where[field][row]
            part = parts[sheet]
            markup = changed.get(part) or package.read(part).decode()
            pattern = re.compile(rf'<c r="{cell}"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
            match = pattern.search(markup)
            if match is None:
                raise LookupError(f"{sheet}!{cell} is not in the form")
            formula = "" if stored.formula is None else f"<f>{escape(stored.formula)}</f>"
            value = "" if stored.value is None else f"<v>{escape(stored.value)}</v>"
            if stored.type == "inlineStr":
                value = f"<is><t>{escape(stored.value or '')}</t></is>"
            new = f'<c r="{cell}"{match[1]} t="{stored.type}">{formula}{value}</c>'
            changed[part] = markup[: match.start()] + new + markup[match.end() :]
        book = package.read("xl/workbook.xml").decode()
    if calculated:
        book = re.sub(r' fullCalcOnLoad="\w+"', "", book)
    encoded: dict[str, bytes | None] = {part: markup.encode() for part, markup in changed.items()}
    return repack(content, {**encoded, "xl/workbook.xml": book.encode()})


def zip_of(parts: Mapping[str, bytes]) -> bytes:
    """A zip package of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return made.getvalue()


def compound_file(*streams: str) -> bytes:
    """A minimal OLE2 file with empty streams of these names (at most seven)."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 2, end, *[free] * 125)

    def entry(name: str, kind: int, right: int, child: int) -> bytes:
        encoded = name.encode("utf-16-le")
        fixed = encoded.ljust(64, b"\0") + struct.pack("<HBB3I", len(encoded) + 2, kind, 1, free, right, child)
        return fixed + bytes(16 + 4 + 16) + struct.pack("<IQ", end, 0)

    entries = [entry("Root Entry", 5, free, 1)]
    for number, name in enumerate(streams, start=1):
        entries.append(entry(name, 2, number + 1 if number < len(streams) else free, free))
    return header + table + b"".join(entries).ljust(1024, b"\0")
