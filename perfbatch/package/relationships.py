"""Relationships between the parts of a package: which part leads where, as what."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from perfbatch.package.scanning import remembered, scan

__all__ = ["Relation", "read_relationships", "relationships_name"]


class Relation(NamedTuple):
    """One relationship. `kind` is the last word of its type, which Transitional and Strict packages share; `part` is the part
    that it leads to, "" where it leads out of the package; `target` is what is written."""

    id: str
    type: str
    kind: str
    part: str
    target: str

    @property
    def external(self) -> bool:
        """Whether it leads out of the package."""
        return not self.part


def relationships_name(part: str) -> str:
    """The name of the part that holds a part's relationships; "" stands for the package itself."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


@remembered
def read_relationships(markup: bytes, folder: str) -> tuple[Relation, ...]:
    """What a part of relationships says; `folder` of the package is where its targets begin. Raises `SetAside` F03."""
    related: list[Relation] = []

    def start(element: str, attributes: Mapping[str, str]) -> None:
        if element == "Relationship":
            target, type_ = attributes.get("Target", ""), attributes.get("Type", "")
            # Some writers put backslashes between the steps of a name.
            steps = target.replace("\\", "/")
            resolved = posixpath.normpath(posixpath.join("/", folder, steps)).lstrip("/")
            part = "" if attributes.get("TargetMode") == "External" else resolved
            related.append(Relation(attributes.get("Id", ""), type_, type_.rpartition("/")[2], part, target))

    scan(io.BytesIO(markup), start)
    return tuple(related)
