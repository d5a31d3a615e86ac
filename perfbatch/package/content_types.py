"""The list of content types of a package: added to, taken from, all else byte for byte."""

from __future__ import annotations

import re

from perfbatch.package.editing import children, escaped, names_of, plain, prefix_of, prefixed, root
from perfbatch.package.patched import EditablePackage
from perfbatch.package.scanning import remembered

__all__ = ["CONTENT_TYPES", "declare", "withdraw"]

CONTENT_TYPES = "[Content_Types].xml"


def declare(package: EditablePackage, name: str, type_: str, *, extension: bool = False) -> None:
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


def withdraw(package: EditablePackage, name: str) -> None:
    """Take a part out of the package, with its content type and the default of its extension if no part needs that now."""
    package.remove(name)
    markup = plain(package.read(CONTENT_TYPES))
    outer = root(markup)
    extension = name.rpartition(".")[2]
    # `xml` and `rels` are every package's own; a picture's or drawing's extension came with its parts.
    last = extension == "vml" and not any(part.endswith("." + extension) for part in package.names)
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
