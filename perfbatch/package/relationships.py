"""Relationships between parts, and the list of content types: read, added to, taken from, all else byte for byte."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from perfbatch.package.editing import (
    Element,
    NotEditable,
    attributes,
    children,
    escaped,
    names_of,
    opening,
    plain,
    prefix_of,
    prefixed,
    root,
)
from perfbatch.package.patched import Package
from perfbatch.package.scanning import remembered

__all__ = ["CONTENT_TYPES", "Relation", "Relations", "declare", "part_type", "withdraw"]

CONTENT_TYPES = "[Content_Types].xml"
_RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship; `kind` is the last word of its type, which Transitional and Strict packages share.

    `part` is the part that it leads to, "" for a target outside the package."""

    id: str
    type: str
    kind: str
    part: str
    start: int
    end: int


class Relations:
    """The relationships of one part of a package, "" for the package itself."""

    all: list[Relation]

    def __init__(self, package: Package, part: str) -> None:
        """Raises `NotEditable` where the relationships cannot be read; a part may have none."""
        self._package = package
        self._folder, name = posixpath.split(part)
        self.name = posixpath.join(self._folder, "_rels", name + ".rels")
        self._load(plain(package.read(self.name, steady=True)) if self.name in package else _EMPTY)

    def _load(self, markup: bytes) -> None:
        self._markup = markup
        self._root, related = _related(markup, self._folder)
        self.all = [*related]

    def first(self, kind: str) -> Relation | None:
        """The first relationship of a kind that leads to a part that is there."""
        return next((one for one in self.all if one.kind == kind and one.part in self._package), None)

    def add(self, type_: str, part: str) -> str:
        """Add a relationship under `next_id` and write the part of relationships; returns that id."""
        added = self.next_id
        new = prefixed(
            f'<Relationship Id="{added}" Type="{escaped(type_).decode()}" Target="/{escaped(part).decode()}"/>',
            prefix_of(self._root),
        )
        at = self._root.close
        if self.name not in self._package:
            declare(self._package, "rels", _RELS_TYPE, extension=True)
        self._load(self._markup[:at] + new + self._markup[at:])
        self._write()
        return added

    def _write(self) -> None:
        self._package.write(self.name, self._markup, steady=[(0, len(self._markup))])

    @property
    def next_id(self) -> str:
        """The id that the next relationship gets."""
        taken = {one.id.casefold() for one in self.all}
        number = len(self.all) + 1
        while f"rid{number}" in taken:
            number += 1
        return f"rId{number}"

    def remove(self, relation: Relation) -> None:
        """Take a relationship away; relationships that are all gone take their part with them."""
        relation = next(one for one in self.all if one.id == relation.id)
        self._load(self._markup[: relation.start] + self._markup[relation.end :])
        self._write()
        if not self.all:
            self._package.remove(self.name)


@remembered
def _related(markup: bytes, folder: str) -> tuple[Element, tuple[Relation, ...]]:
    """The root of a part of relationships, and what stands in it; targets are relative to a folder of the package."""
    outer = root(markup)
    if outer.empty:
        raise NotEditable("no relationships")
    found: list[Relation] = []
    for child in opening(prefix_of(outer) + "Relationship").finditer(markup, outer.inside, outer.close):
        end = child.end() if child[1].endswith(b"/") else markup.find(b">", markup.find(b"</", child.end())) + 1
        given = attributes(child[0])
        outside = given.get("TargetMode") == "External"
        target = posixpath.normpath(posixpath.join("/", folder, given.get("Target", ""))).lstrip("/")
        type_ = given.get("Type", "")
        kind = type_.rpartition("/")[2]
        found.append(Relation(given.get("Id", ""), type_, kind, "" if outside else target, child.start(), end))
    return outer, tuple(found)


def part_type(package: Package, part: str) -> str:
    """The content type of a part, "" where the package does not say."""
    markup = plain(package.read(CONTENT_TYPES, steady=True))
    outer = root(markup)
    default = ""
    for child in children(markup, outer.inside, outer.close):
        given = names_of(markup[child.start : child.inside])
        if given.get("PartName", "").casefold() == f"/{part}".casefold():
            return given.get("ContentType", "")
        if given.get("Extension", "").casefold() == part.rpartition(".")[2].casefold():
            default = given.get("ContentType", "")
    return default


def declare(package: Package, name: str, type_: str, *, extension: bool = False) -> None:
    """State the content type of a part, or of an extension unless the package states that already."""
    declared = _declared(package.read(CONTENT_TYPES, steady=True), name, type_, extension)
    package.write(CONTENT_TYPES, declared, steady=[(0, len(declared))])


@remembered
def _declared(part: bytes, name: str, type_: str, extension: bool) -> bytes:
    markup = plain(part)
    outer = root(markup)
    if extension:
        if re.search(rb"""\sExtension\s*=\s*["']""" + name.encode() + rb"""["']""", markup, re.IGNORECASE):
            return part
        new = f'<Default Extension="{name}" ContentType="{type_}"/>'
    else:
        new = f'<Override PartName="/{escaped(name).decode()}" ContentType="{type_}"/>'
    inserted = prefixed(new, prefix_of(outer))
    return markup[: outer.close] + inserted + markup[outer.close :]


def withdraw(package: Package, name: str) -> None:
    """Take a part out of the package, with its content type and the default of its extension if no part needs that now."""
    package.remove(name)
    markup = plain(package.read(CONTENT_TYPES))
    outer = root(markup)
    extension = name.rpartition(".")[2]
    # `xml` and `rels` are every package's own; a picture's or drawing's extension came with its parts.
    last = extension == "vml" and not any(one.endswith("." + extension) for one in package.names)
    kept: list[bytes] = []
    position = 0
    for child in children(markup, outer.inside, outer.close):
        given = names_of(markup[child.start : child.inside])
        gone = given.get("PartName", "").casefold() == f"/{name}".casefold()
        if gone or (last and given.get("Extension", "").casefold() == extension):
            kept.append(markup[position : child.start])
            position = child.end
    kept.append(markup[position:])
    package.write(CONTENT_TYPES, b"".join(kept))
