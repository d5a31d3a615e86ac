"""A package read part by part, Strict names taken for the usual ones."""

from __future__ import annotations

import posixpath
import zipfile
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", REL[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", MAIN[1:-1].encode()),
)


class Relation(NamedTuple):
    """A relationship: `target` is a part's name, or where it is `outside`, an address."""

    id: str
    type: str
    target: str
    outside: bool


class Package:
    """The parts of a workbook."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as package:
            self.names = package.namelist()
            self._parts = {name: package.read(name) for name in self.names}

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def root(self, name: str) -> ElementTree.Element:
        """A part as a tree; an empty one where it is missing."""
        part = self._parts.get(name, b"<absent/>")
        for strict, usual in _STRICT:
            part = part.replace(strict, usual)
        return ElementTree.fromstring(part)

    def relations(self, name: str) -> list[Relation]:
        """The relationships of a part, in the order of the file."""
        folder, _, base = name.rpartition("/")
        return [
            Relation(
                element.get("Id", ""),
                element.get("Type", "").rpartition("/")[2],
                target
                if (outside := element.get("TargetMode") == "External")
                else posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/"),
                outside,
            )
            for element in self.root(f"{folder}/_rels/{base}.rels").iter(f"{PACKAGE}Relationship")
            for target in [element.get("Target", "")]
        ]

    @cached_property
    def sheets(self) -> dict[str, str]:
        """The part of every worksheet → its name."""
        targets = {
            relation.id: relation.target
            for relation in self.relations("xl/workbook.xml")
            if relation.type == "worksheet"
        }
        listed = self.root("xl/workbook.xml").iter(f"{MAIN}sheet")
        return {
            targets[sheet.get(f"{REL}id", "")]: sheet.get("name", "")
            for sheet in listed
            if sheet.get(f"{REL}id", "") in targets
        }

    @cached_property
    def strings(self) -> list[str]:
        """The shared strings."""
        return [text_of(item) for item in self.root("xl/sharedStrings.xml").iter(f"{MAIN}si")]

    @cached_property
    def named(self) -> set[str]:
        """Every defined name, case folded."""
        return {name.get("name", "").casefold() for name in self.root("xl/workbook.xml").iter(f"{MAIN}definedName")}


def text_of(item: ElementTree.Element) -> str:
    """The text of a string, its runs one after the other."""
    return "".join(text.text or "" for text in item.iter(f"{MAIN}t"))


def characters(text: str) -> int:
    """How long a text is for Excel, which counts UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
