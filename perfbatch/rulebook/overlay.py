"""A year as an overlay: what a rulebook changes in the one that it extends, done in plain data before the models see it.

    extends = "yunxi-2020"              the id of a built-in rulebook, or a file beside this one
    [meta]                              the rulebook's own keys: id, title, fiscal_year, deadline …
    [rename.fields]  old = "new"        followed through expressions, messages and maps; of a table of fixed rows and columns
                                        also [rename.rows] and [rename.columns]: table.old = "new"
    [remove]         fields = ["id"]
    [change.fields]  id.label = "…"     `unset = ["key"]` takes keys away
    [[add.fields]]   before = "id"      or after = "id", or into = "block or section"

in that order. The tables are those of `tables.TABLES`. Whatever is not there, is there already, says what was said before, or
is named twice is a fault with table and key; all of them are told at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from perfbatch.model.words.catalogue import worded
from perfbatch.rulebook.lineage import ACTIONS
from perfbatch.rulebook.marks import Mark, renamed_expression, renamed_message, rewritten
from perfbatch.rulebook.matrix_renames import SIDES, cell_names, renamed_cells, side_entries, side_renamed
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.nearest import nearest_or
from perfbatch.rulebook.overlay_entries import Entries
from perfbatch.rulebook.overlay_work import Applied
from perfbatch.rulebook.roles import Roles
from perfbatch.rulebook.tables import KEYS, TABLES, Data, Place, entries_of

__all__ = ["META", "apply_overlay"]

META = tuple(name for name in Rulebook.model_fields if name not in TABLES)
"""The rulebook's own keys, which `[meta]` may set."""

_IN_EXPRESSIONS = ("fields", "indicators", "groups", "blocks")
_RENAMED = (*(table for table in TABLES if table != "kinds"), *SIDES)


def apply_overlay(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> Applied:
    """The base with an overlay laid over it; neither is changed. `overlay` has `extends`, which is the caller's matter."""
    work = _Overlay(deepcopy(dict(base)))
    for key in overlay:
        if key not in ("extends", *ACTIONS):
            known = ", ".join(f"[{action}]" for action in ACTIONS)
            if key in META:
                work.fault(key, "overlay.of_meta")
            else:
                work.fault(key, "overlay.foreign", known=known)
    for action in ACTIONS:
        given = overlay.get(action, {})
        if not isinstance(given, dict):
            work.fault(action, "overlay.action", action=action)
        else:
            getattr(work, action)(given)
    return work.applied


class _Overlay(Entries):
    """The five parts of an overlay, a method each."""

    def meta(self, given: Data) -> None:
        for key, value in given.items():
            place = f"meta.{key}"
            if key not in META:
                self.fault(
                    place,
                    "overlay.no_meta",
                    remedy=nearest_or(key, META, worded("rulebook.known", names=", ".join(META))),
                )
            elif key in self.data and self.data[key] == value:
                self.fault(place, "overlay.same")
            else:
                self.note("meta", "", "", {}, key, before=self.data.get(key), after=value)
                self.data[key] = value
                self.applied.origins["", key] = place

    def rename(self, given: Data) -> None:
        cells = cell_names(self.data)
        # Rows and columns first: they are named with their table, by the name that it had.
        for table, names in sorted(given.items(), key=lambda entry: entry[0] not in SIDES):
            if not self.known_table("rename", table, _RENAMED):
                continue
            if not isinstance(names, dict):
                self.fault(f"rename.{table}", "overlay.rename_table", table=table)
                continue
            if table in SIDES:
                self._rename_sides(table, names)
                continue
            entries = entries_of(self.data, table)
            news = [str(new) for new in names.values()]
            places: list[tuple[Place, str, str]] = []
            for old, new in names.items():
                place = f"rename.{table}.{old}"
                target = self.entry(place, table, old)
                if target is None:
                    continue
                if not isinstance(new, str):
                    self.fault(place, "overlay.rename_text")
                elif new == old:
                    self.fault(place, "overlay.rename_same")
                elif new in entries and new not in names:
                    self.fault(place, "overlay.rename_there", new=new)
                elif news.count(new) > 1:
                    self.fault(place, "overlay.rename_twice", new=new)
                else:
                    places.append((target, old, new))
            for target, old, new in places:
                target.entry[KEYS.get(table, "id")] = new
                self.applied.renamed.setdefault(table, {})[old] = new
                self.note("rename", table, new, target.entry, before=old, after=new)
                self.applied.origins[table, new, KEYS.get(table, "id")] = f"rename.{table}.{old}"
        fields, dotted = renamed_cells(cells, cell_names(self.data))
        if fields:
            self.applied.renamed.setdefault("fields", {}).update(fields)
        if self.applied.renamed:
            self._follow_renames(dotted)

    def _rename_sides(self, side: str, names: Data) -> None:
        """Rows or columns of tables of fixed rows and columns: `fund.total = "whole"`."""
        entries = side_entries(self.data, side)
        for block, given in names.items():
            renamed = given if isinstance(given, dict) else {"": given}
            sound: dict[str, str] = {}
            for old, new in renamed.items():
                name = f"{block}.{old}".rstrip(".")
                place = f"rename.{side}.{name}"
                if name not in entries:
                    remedy = nearest_or(name, entries, worded("overlay.do.name"))
                    self.fault(place, "overlay.no_entry", what=side.removesuffix("s"), name=name, remedy=remedy)
                elif not isinstance(new, str):
                    self.fault(place, "overlay.rename_text")
                elif new == old:
                    self.fault(place, "overlay.rename_same")
                elif f"{block}.{new}" in entries and new not in renamed:
                    self.fault(place, "overlay.rename_there", new=new)
                elif [*renamed.values()].count(new) > 1:
                    self.fault(place, "overlay.rename_twice", new=new)
                else:
                    sound[old] = new
            if sound:
                side_renamed(self.data, side, block, sound)
            for old, new in sound.items():
                self.note("rename", side, new, entries[f"{block}.{old}"].entry, before=old, after=new)

    def _follow_renames(self, dotted: Data) -> None:
        """Carry the renames through all that speaks of the entries; `dotted`: cells by table, row and column."""
        renamed = self.applied.renamed
        spoken = {old: new for table in _IN_EXPRESSIONS for old, new in renamed.get(table, {}).items()} | dotted

        def visit(mark: Mark | None, text: str) -> str:
            if mark is None:
                return text
            if mark.role == "expression":
                return renamed_expression(text, spoken)
            if mark.role == "message":
                return renamed_message(text, spoken)
            return next((renamed[table][text] for table in mark.tables if text in renamed.get(table, {})), text)

        self.data.update(rewritten(Rulebook, self.data, visit))
        grades = renamed.get("grades", {})
        field = entries_of(self.data, "fields").get(self.data.get("roles", {}).get("self_grade", Roles().self_grade))
        if field is not None and isinstance(field.entry.get("choices"), list):
            field.entry["choices"] = [grades.get(choice, choice) for choice in field.entry["choices"]]

    def remove(self, given: Data) -> None:
        renamed = {(table, new) for table, names in self.applied.renamed.items() for new in names.values()}
        for table, names in given.items():
            if not self.known_table("remove", table, TABLES):
                continue
            if not isinstance(names, list):
                self.fault(f"remove.{table}", "overlay.remove_list", table=table)
                continue
            for name in names:
                place = f"remove.{table}.{name}"
                if (table, name) in renamed:
                    self.fault(place, "overlay.remove_renamed", name=name)
                elif (target := self.entry(place, table, str(name))) is not None:
                    target.remove()
                    self.removed.add((table, name))
                    self.note("remove", table, name, target.entry, before=target.entry)
