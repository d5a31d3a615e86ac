"""The relationships of a part that is edited: added to, taken from, all else byte for byte."""

from __future__ import annotations

import posixpath

from perfbatch.model.set_aside import SetAside
from perfbatch.package.content_types import declare
from perfbatch.package.editing import NotEditable, attributes, escaped, opening, plain, prefix_of, prefixed, root
from perfbatch.package.patched import EditablePackage
from perfbatch.package.relationships import Relation, read_relationships, relationships_name

__all__ = ["Relations"]

_RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


class Relations:
    """The relationships of one part of a package, "" for the package itself."""

    all: list[Relation]

    def __init__(self, package: EditablePackage, part: str) -> None:
        """Raises `NotEditable` where the relationships cannot be read; a part may have none."""
        self._package = package
        self._folder = posixpath.dirname(part)
        self.name = relationships_name(part)
        self._load(plain(package.read(self.name, steady=True)) if self.name in package else _EMPTY)

    def _load(self, markup: bytes) -> None:
        self._markup, self._root = markup, root(markup)
        if self._root.empty:
            raise NotEditable("no relationships")
        try:
            self.all = [*read_relationships(markup, self._folder)]
        except SetAside:
            raise NotEditable("relationships that cannot be read") from None

    def first(self, kind: str) -> Relation | None:
        """The first relationship of a kind that leads to a part that is there."""
        return next(
            (relation for relation in self.all if relation.kind == kind and relation.part in self._package), None
        )

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
        taken = {relation.id.casefold() for relation in self.all}
        number = len(self.all) + 1
        while f"rid{number}" in taken:
            number += 1
        return f"rId{number}"

    def remove(self, relation: Relation) -> None:
        """Take a relationship away; relationships that are all gone take their part with them."""
        start, end = self._stretch(relation)
        self._load(self._markup[:start] + self._markup[end:])
        self._write()
        if not self.all:
            self._package.remove(self.name)

    def _stretch(self, relation: Relation) -> tuple[int, int]:
        """From where to where the element of a relationship stands."""
        inside, close = self._root.inside, self._root.close
        for tag in opening(prefix_of(self._root) + "Relationship").finditer(self._markup, inside, close):
            if attributes(tag[0]).get("Id", "") == relation.id:
                closed = tag[1].endswith(b"/")
                end = tag.end() if closed else self._markup.find(b">", self._markup.find(b"</", tag.end())) + 1
                return tag.start(), end
        raise NotEditable("a relationship that is not there")
