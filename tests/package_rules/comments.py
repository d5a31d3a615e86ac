"""The rules of a sheet's comments: each has a shape that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from tests.package_rules.areas import letters, place
from tests.package_rules.markup import MAIN, REL, Package, characters, text_of

_VML = "{urn:schemas-microsoft-com:office:excel}"


def comment_faults(package: Package, part: str, root: ElementTree.Element) -> Iterator[str]:
    """Every rule that the comments of a sheet break."""
    relations = package.relations(part)
    targets = [relation.target for relation in relations if relation.type == "comments"]
    if len(targets) > 1:
        yield f"{len(targets)} parts of comments"
    drawing = root.find(f"{MAIN}legacyDrawing")
    drawn = [
        relation.target for relation in relations if drawing is not None and relation.id == drawing.get(f"{REL}id")
    ]
    shapes = {at for target in drawn for at in _shapes(package.root(target))}
    for target in targets:
        comments = package.root(target)
        authors = len(list(comments.iter(f"{MAIN}author")))
        seen: set[tuple[int, int]] = set()
        for comment in comments.iter(f"{MAIN}comment"):
            at = place(comment.get("ref", ""))
            if at is None:
                yield f"comment at {comment.get('ref')!r}"
                continue
            reference = f"{letters(at[0])}{at[1]}"
            if at in seen:
                yield f"comment twice at {reference}"
            seen.add(at)
            if at not in shapes:
                yield f"comment without a shape at {reference}"
            if int(comment.get("authorId", "0")) >= authors:
                yield f"comment without an author at {reference}"
            if characters(text_of(comment)) > 32_767:
                yield f"comment of {characters(text_of(comment))} at {reference}"


def _shapes(drawing: ElementTree.Element) -> Iterator[tuple[int, int]]:
    """Column and row of every cell whose comment a drawing shows."""
    for data in drawing.iter(f"{_VML}ClientData"):
        row, column = data.findtext(f"{_VML}Row"), data.findtext(f"{_VML}Column")
        if data.get("ObjectType") == "Note" and row is not None and column is not None:
            yield int(column) + 1, int(row) + 1
