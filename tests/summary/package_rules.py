"""What Excel demands of a package on opening: whatever breaks one of these is "repaired", that is, thrown away."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_FORBIDDEN = set(r"[]:*?/\\")
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}\d+|[RrCc]|[Rr]\d*[Cc]\d*")


def faults(path: Path) -> list[str]:
    """Every rule that a workbook breaks, in words; none for one that Excel opens without a word."""
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        found = [f"part twice: {name}" for name in names if names.count(name) > 1]
        strings = _strings(package)
        found += [f"string of {len(one)}" for one in strings if len(one.encode("utf-16-le")) // 2 > 32_767]
        workbook = ElementTree.fromstring(package.read("xl/workbook.xml"))
        found += _workbook(workbook)
        tables: list[str] = []
        for name in names:
            if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name):
                found += [f"{name}: {fault}" for fault in _sheet(package, name, strings, tables)]
        found += [f"table name twice: {one}" for one in tables if tables.count(one) > 1]
        defined = [one.get("name", "").casefold() for one in workbook.iter(f"{MAIN}definedName")]
        found += [f"table named as a defined name: {one}" for one in tables if one in defined]
        return found


def _strings(package: zipfile.ZipFile) -> list[str]:
    root = ElementTree.fromstring(package.read("xl/sharedStrings.xml"))
    return ["".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in root.iter(f"{MAIN}si")]


def _workbook(workbook: ElementTree.Element) -> Iterator[str]:
    sheets = [one.get("name", "") for one in workbook.iter(f"{MAIN}sheet")]
    for name in sheets:
        if not 0 < len(name) <= 31 or set(name) & _FORBIDDEN or name.startswith("'") or name.endswith("'"):
            yield f"sheet name {name!r}"
    if len({name.casefold() for name in sheets}) < len(sheets):
        yield "sheet name twice"
    if not any(one.get("state", "visible") == "visible" for one in workbook.iter(f"{MAIN}sheet")):
        yield "no visible sheet"
    seen = set()
    for one in workbook.iter(f"{MAIN}definedName"):
        name = one.get("name", "")
        key = (name.casefold(), one.get("localSheetId"))
        if key in seen:
            yield f"defined name twice: {name}"
        seen.add(key)
        if not name.startswith("_xlnm.") and (
            not re.fullmatch(r"[^\W\d][\w.\\?]*|\\\w*", name) or _CELL_LIKE.fullmatch(name)
        ):
            yield f"defined name {name!r}"
        if len(name) > 255 or len(one.text or "") > 8_192:
            yield f"defined name too long: {name}"


def _sheet(package: zipfile.ZipFile, name: str, strings: list[str], tables: list[str]) -> Iterator[str]:
    root = ElementTree.fromstring(package.read(name))
    cells: dict[str, str] = {}
    places: set[str] = set()
    for cell in root.iter(f"{MAIN}c"):
        reference = cell.get("r", "")
        if reference in places:
            yield f"cell twice: {reference}"
        places.add(reference)
        value, formula = cell.find(f"{MAIN}v"), cell.find(f"{MAIN}f")
        if cell.get("t") == "s" and value is not None:
            cells[reference] = strings[int(value.text or 0)]
        if cell.get("t") == "e":
            yield f"error value in {reference}"
        if formula is not None and len(formula.text or "") > 8_192:
            yield f"formula of {len(formula.text or '')} in {reference}"
    links = list(root.iter(f"{MAIN}hyperlink"))
    if len(links) > 65_530:
        yield f"{len(links)} links"
    merged = [one.get("ref", "") for one in root.iter(f"{MAIN}mergeCell")]
    yield from _overlaps(merged)
    for one in root.iter(f"{MAIN}dataValidation"):
        source = one.findtext(f"{MAIN}formula1") or ""
        if source.startswith('"') and len(source) > 257:
            yield "list of a validation too long"
        for text, most in (("promptTitle", 32), ("prompt", 255), ("errorTitle", 32), ("error", 225)):
            if len(one.get(text, "")) > most:
                yield f"{text} too long"
    for side in ("oddHeader", "oddFooter"):
        text = root.findtext(f"{MAIN}headerFooter/{MAIN}{side}") or ""
        if len(text) > 255:
            yield f"{side} of {len(text)}"
    if root.find(f"{MAIN}autoFilter") is not None and root.find(f"{MAIN}tableParts") is not None:
        yield "a filter of the sheet beside a table"
    rels = name.replace("worksheets/", "worksheets/_rels/") + ".rels"
    if rels in package.namelist():
        yield from _related(package, rels, cells, merged, tables, {one.get(f"{REL}id") for one in links} - {None})


def _related(
    package: zipfile.ZipFile,
    rels: str,
    cells: dict[str, str],
    merged: list[str],
    tables: list[str],
    used: set[str | None],
) -> Iterator[str]:
    relations = list(ElementTree.fromstring(package.read(rels)).iter(f"{PACKAGE}Relationship"))
    ids = [one.get("Id") for one in relations]
    if len(set(ids)) < len(ids):
        yield "relationship id twice"
    if not used <= set(ids):
        yield "a link without its relationship"
    for one in relations:
        target = one.get("Target", "")
        if one.get("Type", "").endswith("/hyperlink") and (re.search(r'[ #"<>\\]', target) or len(target) > 2_080):
            yield f"link target {target!r}"
        if one.get("Type", "").endswith("/table"):
            table = ElementTree.fromstring(package.read("xl/" + target.replace("../", "")))
            tables.append(table.get("displayName", "").casefold())
            yield from _table(table, cells, merged)


def _table(table: ElementTree.Element, cells: dict[str, str], merged: list[str]) -> Iterator[str]:
    name, area = table.get("displayName", ""), table.get("ref", "")
    if not re.fullmatch(r"[^\W\d][\w.]*", name) or _CELL_LIKE.fullmatch(name):
        yield f"table name {name!r}"
    (first, top), (last, bottom) = (_split(one) for one in area.split(":"))
    if bottom <= top:
        yield f"table {name} without a row"
    headings = [one.get("name", "") for one in table.iter(f"{MAIN}tableColumn")]
    if len(headings) != last - first + 1:
        yield f"table {name}: {len(headings)} columns over {area}"
    if len({one.casefold() for one in headings}) < len(headings):
        yield f"table {name}: heading twice"
    for number, heading in enumerate(headings):
        shown = cells.get(f"{_letters(first + number)}{top}")
        if shown != heading or not heading or len(heading) > 255:
            yield f"table {name}: heading {heading!r} over {shown!r}"
    for one in merged:
        (left, upper), (right, lower) = (_split(end) for end in one.split(":"))
        if not (right < first or left > last or lower < top or upper > bottom):
            yield f"table {name}: merged cells {one}"


def _overlaps(areas: list[str]) -> Iterator[str]:
    taken: set[tuple[int, int]] = set()
    for area in areas:
        (left, top), (right, bottom) = (_split(one) for one in area.split(":"))
        block = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if block & taken:
            yield f"merged cells overlap at {area}"
        taken |= block


def _split(reference: str) -> tuple[int, int]:
    match = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", reference)
    assert match, reference
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - 64
    return column, int(match.group(2))


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
