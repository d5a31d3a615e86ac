"""Every cached value of a workbook held against what LibreOffice makes of its formulas when it calculates all of them anew."""

from __future__ import annotations

import math
import re
import subprocess
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

__all__ = ["Stored", "differences", "formula_cells", "recalculate"]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"><value>0</value></prop></item>
</oor:items>
"""
_BATCH = 100


class Stored(NamedTuple):
    """What a formula's cell holds: the file's letter of its type (n, str, b, e), and the value's text, None without one."""

    type: str
    value: str | None


def recalculate(workbooks: Iterable[Path], into: Path, profile: Path) -> None:
    """Open each workbook in LibreOffice, calculate every formula, save it under the same name."""
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS)
    waiting = [str(workbook) for workbook in workbooks]
    command = [
        "soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless",
        "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(into),
    ]  # fmt: skip
    for start in range(0, len(waiting), _BATCH):
        subprocess.run([*command, *waiting[start : start + _BATCH]], check=True, capture_output=True, timeout=900)


def formula_cells(path: Path) -> Mapping[tuple[str, str], Stored]:
    """(sheet, cell) → what is stored, for every cell with a formula."""
    return dict(_cells(path, formulas_only=True))


def differences(workbooks: Iterable[Path], folder: Path) -> list[str]:
    """Every cached value of the workbooks that is not what LibreOffice calculates, in words. Names must differ."""
    paths = list(workbooks)
    recalculate(paths, folder / "calculated", folder / "profile")
    return [line for path in paths for line in _parted(path, folder / "calculated" / path.name)]


def _parted(path: Path, calculated: Path) -> Iterator[str]:
    theirs = dict(_cells(calculated, formulas_only=False))
    for (sheet, cell), stored in formula_cells(path).items():
        calculated_cell = theirs.get((sheet, cell), Stored("n", None))
        if not _same(stored, calculated_cell):
            yield f"{path.name} {sheet}!{cell}: stored {stored}, calculated {calculated_cell}"


def _same(stored: Stored, calculated: Stored) -> bool:
    if stored.value is None:
        # No value at all: whoever does not calculate sees nothing, or a 0.
        return False
    if stored.type == calculated.type == "n":
        return math.isclose(float(stored.value), float(calculated.value or "nan"), rel_tol=1e-12, abs_tol=1e-9)
    if stored.type == "str" and not stored.value:
        return not calculated.value
    return (stored.type, stored.value) == (calculated.type, calculated.value)


def _cells(path: Path, *, formulas_only: bool) -> Iterator[tuple[tuple[str, str], Stored]]:
    with zipfile.ZipFile(path) as package:
        strings = _strings(package)
        for sheet, part in _parts(package):
            for cell in ElementTree.fromstring(package.read(part)).iter(f"{_MAIN}c"):
                if formulas_only and cell.find(f"{_MAIN}f") is None:
                    continue
                value = cell.findtext(f"{_MAIN}v")
                kind = cell.get("t", "n")
                if kind == "s":
                    kind, value = "str", strings[int(value or 0)]
                yield (sheet, cell.get("r", "")), Stored(kind, value)


def _strings(package: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in package.namelist():
        return []
    root = ElementTree.fromstring(package.read("xl/sharedStrings.xml"))
    return ["".join(text.text or "" for text in item.iter(f"{_MAIN}t")) for item in root.iter(f"{_MAIN}si")]


def _parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    relations = package.read("xl/_rels/workbook.xml.rels").decode()
    targets = {}
    for element in re.findall(r"<Relationship [^>]*>", relations):
        given = dict(re.findall(r'(\w+)="([^"]*)"', element))
        targets[given["Id"]] = "xl/" + given["Target"].removeprefix("/xl/")
    book = ElementTree.fromstring(package.read("xl/workbook.xml"))
    for sheet in book.iter(f"{_MAIN}sheet"):
        number = next(value for name, value in sheet.items() if name.endswith("}id"))
        yield sheet.get("name", ""), targets[number]
