"""The workbook part: which sheets there are, a first sheet put in or taken out, hidden names added or taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from perfbatch.package.editing import (
    Edits,
    Element,
    NotEditable,
    attributes,
    children,
    escaped,
    local,
    names_of,
    opening,
    plain,
    prefix_of,
    prefixed,
    root,
    unescaped,
    well_formed,
    with_attribute,
)
from perfbatch.package.patched import EditablePackage
from perfbatch.package.relation_edits import Relations
from perfbatch.package.relationships import Relation
from perfbatch.package.scanning import remembered

__all__ = ["DefinedName", "EditableWorkbook", "SheetEntry"]

_AHEAD_OF_NAMES = (b"sheets", b"functionGroups", b"externalReferences")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet of the workbook; `part` is "" where nothing stands behind it."""

    name: str
    id: int
    relation: str
    part: str
    kind: str
    element: Element


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A defined name; `sheet` is the position of the sheet it is local to, None for one of the workbook."""

    name: str
    text: str
    sheet: int | None
    element: Element


class _Outline:
    """A workbook part as it stands: its elements, its sheets' tags, its names. Kept by the part's bytes, so never changed."""

    def __init__(self, markup: bytes) -> None:
        """Raises `NotEditable` where there are no sheets."""
        self.markup = markup
        self.root = root(markup)
        self.prefix = prefix_of(self.root)
        self.parts = {local(part.name): part for part in children(markup, self.root.inside, self.root.close)}
        if b"sheets" not in self.parts:
            raise NotEditable("no sheets")
        self.sheets = [(element, attributes(self.tag(element))) for element in self.inside(b"sheets")]
        if not self.sheets:
            raise NotEditable("no sheets")

    def inside(self, name: bytes) -> Sequence[Element]:
        """The elements in one of the part's own."""
        part = self.parts.get(name)
        return () if part is None else children(self.markup, part.inside, part.close)

    def tag(self, element: Element) -> bytes:
        """The opening tag of an element."""
        return self.markup[element.start : element.inside]

    @cached_property
    def names(self) -> list[DefinedName]:
        """All defined names, in order."""
        return [self._name(element) for element in self.inside(b"definedNames")]

    def _name(self, element: Element) -> DefinedName:
        given = names_of(self.tag(element))
        sheet = given.get("localSheetId")
        if sheet is not None and not sheet.isdecimal():
            raise NotEditable("a name of no sheet")
        text = unescaped(self.markup[element.inside : element.close])
        return DefinedName(given.get("name", ""), text, None if sheet is None else int(sheet), element)

    @property
    def next_sheet_id(self) -> int:
        """The number that a new sheet gets."""
        return max(int(given["sheetId"]) for _, given in self.sheets) + 1

    def move(
        self,
        edits: Edits,
        moved: Callable[[int], int],
        gone: Sequence[Element],
        *,
        unstated: bool,
        active: int | None = None,
    ) -> None:
        """Move everything that states the position of a sheet, but in names that are gone; `active`: the sheet to be shown
        first, the one that it was unless given."""
        self._move_views(edits, moved, unstated, active)
        names = self.parts.get(b"definedNames")
        if names is not None:
            self._move_local(edits, names, moved, {element.start for element in gone})

    def _move_local(self, edits: Edits, names: Element, moved: Callable[[int], int], dropped: Container[int]) -> None:
        """Names local to a sheet say its position among the sheets."""
        for match in opening(self.prefix + "definedName").finditer(self.markup, names.inside, names.close):
            if match.start() in dropped or b"localSheetId" not in match[1]:
                continue
            old = _number(attributes(match[0]).get("localSheetId"))
            if moved(old) != old:
                edits.replace(match.start(), match.end(), with_attribute(match[0], "localSheetId", str(moved(old))))

    def _move_views(self, edits: Edits, moved: Callable[[int], int], unstated: bool, wanted: int | None) -> None:
        views = self.inside(b"bookViews")
        for view in views:
            tag = new = self.tag(view)
            given = attributes(tag)
            active = moved(_number(given.get("activeTab"))) if wanted is None else wanted
            if "activeTab" in given or active:
                new = with_attribute(new, "activeTab", str(active))
            if unstated and active == 0:
                new = re.sub(rb'\sactiveTab="0"', b"", new)
            first = _number(given.get("firstSheet"))
            # The tab bar begins with the first sheet unless it was scrolled.
            if first and moved(first) != first:
                new = with_attribute(new, "firstSheet", str(moved(first)))
            if new != tag:
                edits.replace(view.start, view.inside, new)
        if not views and moved(0) and wanted is None:
            # Without a view the first sheet is the active one, and the one that says it is selected is grouped with it.
            view_markup = f'<bookViews><workbookView activeTab="{moved(0)}"/></bookViews>'
            edits.insert(self.parts[b"sheets"].start, prefixed(view_markup, self.prefix))


@remembered
def _outline(markup: bytes) -> _Outline:
    return _Outline(markup)


@remembered
def _with_first_sheet(markup: bytes, name: str, relation: str, types: str) -> tuple[bytes, bytes]:
    """The part with a new first sheet, before and after the place of new names. Raises `NotEditable` for what is no XML."""
    outline, edits = _outline(markup), Edits()
    edits.insert(
        outline.parts[b"sheets"].inside,
        prefixed("<sheet", outline.prefix)
        + b' xmlns:r="%s" name="%s" sheetId="%d" r:id="%s"/>'
        % (types.encode(), escaped(name), outline.next_sheet_id, relation.encode()),
    )
    outline.move(edits, lambda position: position + 1, (), unstated=False, active=0)
    names = outline.parts.get(b"definedNames")
    start, end = (prefixed(tag, outline.prefix) for tag in ("<definedNames>", "</definedNames>"))
    if names is not None and not names.empty:
        at, start, end = names.close, b"", b""
    elif names is not None:
        at = names.end
        edits.replace(names.start, names.end, b"")
    else:
        at = max(outline.parts[name].end for name in _AHEAD_OF_NAMES if name in outline.parts)
    before, after = edits.split(markup, at)
    # Parsed with one element at the cut: proves that names can be put in there, and that the part is sound around it.
    well_formed(before + start + b"<name/>" + end + after)
    return before + start, end + after


class EditableWorkbook:
    """The workbook part of a package, read once and written once."""

    def __init__(self, package: EditablePackage) -> None:
        """Raises `NotEditable` where the package does not lead to a workbook with sheets."""
        relation = Relations(package, "").first("officeDocument")
        if relation is None:
            raise NotEditable("no workbook part")
        self._package = package
        self.name = relation.part
        self.relations = Relations(package, self.name)
        self._markup = plain(package.read(self.name, steady=True))
        self._outline = _outline(self._markup)
        self.prefix = self._outline.prefix
        related = {relation.id: relation for relation in reversed(self.relations.all)}
        self.sheets = [self._sheet(element, given, related) for element, given in self._outline.sheets]
        self._new_names: list[str] = []
        self._dropped: set[int] = set()

    @property
    def names(self) -> list[DefinedName]:
        """All defined names, in order."""
        return self._outline.names

    def mentions(self, text: str) -> bool:
        """Whether a text stands anywhere in the part: far quicker than asking every name."""
        return text.encode() in self._markup

    @staticmethod
    def _sheet(element: Element, given: Mapping[str, str], relations: Mapping[str, Relation]) -> SheetEntry:
        relation = next((value for name, value in given.items() if name.endswith(":id")), "")
        related = relations.get(relation)
        number = given.get("sheetId", "")
        if related is None or not number.isdecimal():
            raise NotEditable("a sheet without its part")
        return SheetEntry(given.get("name", ""), int(number), relation, related.part, related.kind, element)

    @property
    def namespace(self) -> str:
        """The main namespace: Transitional or Strict."""
        key = "xmlns" + (":" + self.prefix[:-1] if self.prefix else "")
        return attributes(self._outline.tag(self._outline.root)).get(key, "")

    @property
    def relation_types(self) -> str:
        """What the types of relationships begin with: they too differ between Transitional and Strict."""
        types = (relation.type for relation in self.relations.all if relation.kind == "worksheet")
        return next(types, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet").rpartition(
            "/"
        )[0]

    def unused_sheet_name(self, wanted: str) -> str:
        """The name wanted, or with the first free number behind it."""
        taken = {sheet.name.casefold() for sheet in self.sheets}
        if wanted.casefold() not in taken:
            return wanted
        number = 2
        while f"{wanted}{number}".casefold() in taken:
            number += 1
        return f"{wanted}{number}"

    def define(self, name: str, text: str, *, local_to: int | None = None, hidden: bool = True) -> None:
        """Add a name; `local_to` is a position among the sheets as they will be."""
        where = "" if local_to is None else f' localSheetId="{local_to}"'
        hide = ' hidden="1"' if hidden else ""
        definition = escaped(text).decode().replace("&quot;", '"')
        self._new_names.append(f'<definedName name="{name}"{where}{hide}>{definition}</definedName>')

    def drop(self, unwanted: Callable[[DefinedName], bool]) -> None:
        """Take names away."""
        self._dropped |= {number for number, name in enumerate(self.names) if unwanted(name)}

    def insert_first(self, name: str, relation: str) -> None:
        """Write the part with a new first sheet and the names defined, of which there is one at least.

        Raises `NotEditable` where the part is no XML then."""
        assert self._new_names
        assert not self._dropped
        before, after = _with_first_sheet(self._markup, name, relation, self.relation_types)
        names = prefixed("".join(self._new_names), self.prefix)
        well_formed(b"<names>" + names + b"</names>")
        begin, end = len(before), len(before) + len(names)
        part = before + names + after
        self._package.write(self.name, part, steady=[(0, begin), (end, len(part))])

    def remove_sheet(self, position: int, *, first_tab_unstated: bool, active: int | None = None) -> None:
        """Write the part without one of its sheets; names local to it go with it. `active`: the sheet to be shown where the
        one that goes is shown now."""
        edits = Edits()
        element = self.sheets[position].element
        edits.replace(element.start, element.end, b"")
        self.drop(lambda name: name.sheet == position)
        self._write(
            edits,
            lambda old: max(0, old - (old >= position and old > 0)),
            unstated=first_tab_unstated,
            active=None if active is None or self.active_tab != position else min(active, len(self.sheets) - 2),
        )

    def write(self) -> None:
        """Write the part with the names dropped, its sheets as they are."""
        self._write(Edits(), lambda position: position)

    @property
    def active_tab(self) -> int:
        """The position of the sheet that is shown on opening."""
        views = self._outline.inside(b"bookViews")
        return _number(attributes(self._outline.tag(views[0])).get("activeTab")) if views else 0

    @property
    def first_tab_stated(self) -> bool:
        """Whether the part says which tab is active, even if that is the first."""
        views = self._outline.inside(b"bookViews")
        return bool(views) and "activeTab" in attributes(self._outline.tag(views[0]))

    def _write(
        self, edits: Edits, moved: Callable[[int], int], *, unstated: bool = False, active: int | None = None
    ) -> None:
        gone = [self.names[number].element for number in self._dropped]
        names = self._outline.parts.get(b"definedNames")
        # An empty list of names is none that Excel would write.
        whole = [names] if names is not None and gone and len(gone) == len(self.names) else gone
        for element in whole:
            edits.replace(element.start, element.end, b"")
        self._outline.move(edits, moved, gone, unstated=unstated, active=active)
        self._package.write(self.name, edits.applied(self._markup))


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0
