"""A workbook's package taken apart for comparison: what a reader finds in it, whatever numbers the writer gave to styles,
strings and relationships."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from tests.package_rules import MAIN, PACKAGE, REL

__all__ = ["contents"]

_RESOLVED = ("sheetData", "hyperlinks", "tableParts", "drawing")
_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
_APART = re.compile(r"xl/(worksheets/.*|sharedStrings\.xml|styles\.xml|workbook\.xml)")


def contents(path: Path) -> dict[str, object]:
    """Part or aspect of a part → what is in it. Rows keep all attributes but `spans`, which only helps readers to plan."""
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        read = {name: package.read(name) for name in names}
    styles = _looks(ElementTree.fromstring(read["xl/styles.xml"]))
    strings = [_written(item) for item in ElementTree.fromstring(read["xl/sharedStrings.xml"])]
    parts: dict[str, object] = {name: content for name, content in read.items() if not _APART.fullmatch(name)}
    parts["xl/workbook.xml"] = read["xl/workbook.xml"]
    parts["conditional looks"] = _conditional(ElementTree.fromstring(read["xl/styles.xml"]))
    parts["texts"] = set(strings)
    for name in names:
        if _SHEET.fullmatch(name):
            rels = name.replace("worksheets/", "worksheets/_rels/") + ".rels"
            relations = _relations(read.get(rels))
            root = ElementTree.fromstring(read[name])
            parts[f"{name} rows"] = [_row(row, styles, strings) for row in root.iter(f"{MAIN}row")]
            parts[f"{name} links"] = [
                (
                    {key: value for key, value in link.attrib.items() if "}" not in key},
                    relations.get(link.get(f"{REL}id")),
                )
                for link in root.iter(f"{MAIN}hyperlink")
            ]
            parts[f"{name} parts"] = [
                relations[element.get(f"{REL}id")]
                for kind in ("drawing", "tablePart")
                for element in root.iter(f"{MAIN}{kind}")
            ]
            parts[f"{name} rest"] = [
                _written(element) for element in root if element.tag.removeprefix(MAIN) not in _RESOLVED
            ]
    return parts


def _written(element: ElementTree.Element) -> str:
    return ElementTree.tostring(element, encoding="unicode")


def _looks(styles: ElementTree.Element) -> list[tuple[str, ...]]:
    """Number of a cell's format → its font, fill, border, number format, alignment."""
    tables = {
        name: [_written(element) for element in styles.find(f"{MAIN}{name}") or ()]
        for name in ("fonts", "fills", "borders")
    }
    formats = {element.get("numFmtId"): element.get("formatCode", "") for element in styles.iter(f"{MAIN}numFmt")}
    return [
        (
            tables["fonts"][int(element.get("fontId", "0"))],
            tables["fills"][int(element.get("fillId", "0"))],
            tables["borders"][int(element.get("borderId", "0"))],
            formats.get(element.get("numFmtId"), element.get("numFmtId", "")),
            "".join(_written(part) for part in element),
        )
        for element in styles.find(f"{MAIN}cellXfs") or ()
    ]


def _conditional(styles: ElementTree.Element) -> list[str]:
    return [_written(element) for element in styles.find(f"{MAIN}dxfs") or ()]


def _relations(content: bytes | None) -> dict[str | None, tuple[str, str]]:
    root = ElementTree.fromstring(content) if content else ()
    return {
        element.get("Id"): (element.get("Type", "").rpartition("/")[2], element.get("Target", ""))
        for element in root
        if element.tag.startswith(PACKAGE)
    }


def _row(
    row: ElementTree.Element, styles: list[tuple[str, ...]], strings: list[str]
) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    attributes = {name: value for name, value in row.attrib.items() if name != "spans"}
    return attributes, [_cell(cell, styles, strings) for cell in row]


def _cell(cell: ElementTree.Element, styles: list[tuple[str, ...]], strings: list[str]) -> tuple[object, ...]:
    value, kind = cell.findtext(f"{MAIN}v"), cell.get("t")
    shown = strings[int(value or "")] if kind == "s" else value
    return cell.get("r"), styles[int(cell.get("s", "0"))], kind, cell.findtext(f"{MAIN}f"), shown
