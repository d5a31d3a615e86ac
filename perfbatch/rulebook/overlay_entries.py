"""Changing and adding entries, the longer half of what an overlay does."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from perfbatch.model.words.catalogue import worded
from perfbatch.rulebook.nearest import nearest_or
from perfbatch.rulebook.overlay_work import Work, source_of
from perfbatch.rulebook.tables import KEYS, NESTED, READ_WHOLE, TABLES, Data, entries_of, fields_of_block, list_of

__all__ = ["Entries"]

_PLACES = ("before", "after", "into")


class Entries(Work):
    """What `[change.…]` and `[[add.…]]` do."""

    def change(self, given: Data) -> None:
        for table, entries in given.items():
            if not self.known_table("change", table, TABLES):
                continue
            if not isinstance(entries, dict):
                self.fault(f"change.{table}", "overlay.change_table", table=table)
                continue
            # Found before any is changed: a grade is known by its name, and may get another.
            by_name = {name: self.entry(f"change.{table}.{name}", table, name) for name in entries}
            for name, changes in entries.items():
                place, entry = f"change.{table}.{name}", by_name[name]
                if entry is None:
                    continue
                if not isinstance(changes, dict) or not changes:
                    self.fault(place, "overlay.nothing")
                    continue
                self._change_entry(table, name, entry.entry, changes)

    def _change_entry(self, table: str, name: str, entry: Data, changes: Data) -> None:
        place = f"change.{table}.{name}"
        source = source_of(changes)
        was = deepcopy(entry)
        unset = changes.get("unset", [])
        for key in unset if isinstance(unset, list) else ():
            if key in changes:
                self.fault(f"{place}.{key}", "overlay.set_unset")
            elif key not in entry:
                remedy = nearest_or(str(key), entry, worded("lint.do.drop"))
                self.fault(f"{place}.unset", "overlay.no_entry", what="key", name=key, remedy=remedy)
            else:
                before = entry.pop(key)
                values = {"before": was, "after": entry} if key in READ_WHOLE else {"before": before}
                self.note("change", table, name, was, key, **values, source=source)
        # Last what is told with the points and the source that the entry then has.
        for key, value in sorted(changes.items(), key=lambda change: change[0] in READ_WHOLE):
            where = f"{place}.{key}"
            if key == "unset":
                continue
            if key == "id" and table != "kinds":
                self.fault(where, "overlay.id", table=table)
            elif key in NESTED.get(table, ()):
                self.fault(where, "overlay.nested", key=key)
            else:
                before = deepcopy(entry.get(key))
                self._set(where, entry, key, value)
                if before != entry.get(key):
                    self.applied.origins[table, name, key] = where
                    # A source is what the other changes rest on.
                    values = {"before": before, "after": entry.get(key)}
                    if key in READ_WHOLE:
                        values = {"before": was, "after": entry}
                    if key not in ("source", "sources") or len(changes) == 1:
                        self.note("change", table, name, was, key, **values, source=source)
        # A grade is known by its name, also when it has a new one.
        if entry.get(KEYS.get(table, "id"), name) != name:
            self.applied.origins[table, entry[KEYS[table]], KEYS[table]] = f"{place}.{KEYS[table]}"

    def _set(self, place: str, entry: Data, key: str, value: Any) -> None:
        before = entry.get(key)
        if (
            isinstance(value, dict)
            and isinstance(before, dict)
            and value.get("kind", before.get("kind")) == before.get("kind")
        ):
            for below, item in value.items():
                self._set(f"{place}.{below}", before, below, item)
        elif key in entry and before == value:
            self.fault(place, "overlay.same")
        else:
            entry[key] = deepcopy(value)

    def add(self, given: Data) -> None:
        for table, entries in given.items():
            if not self.known_table("add", table, TABLES):
                continue
            if table == "kinds" and isinstance(entries, dict):
                entries = [{"id": name, **kind} for name, kind in entries.items() if isinstance(kind, dict)]
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                self.fault(f"add.{table}", "overlay.add_list", table=table)
                continue
            for number, entry in enumerate(entries, start=1):
                self._add_entry(table, number, deepcopy(entry))

    def _add_entry(self, table: str, number: int, entry: Data) -> None:
        key = KEYS.get(table, "id")
        name = entry.get(key)
        place = f"add.{table}.{name if isinstance(name, str) else number}"
        where = {word: entry.pop(word) for word in _PLACES if word in entry}
        if not isinstance(name, str) or not name:
            if table != "blocks":
                self.fault(place, "overlay.no_key", key=key)
                return
            name = f"{number}"
        elif name in entries_of(self.data, table):
            self.fault(place, "overlay.there", name=name, table=table, key=key)
            return
        if len(where) > 1:
            self.fault(place, "overlay.places", places=" and ".join(where))
            return
        if table == "kinds":
            self.data.setdefault("kinds", {})[entry.pop("id")] = entry
        elif not self._insert(place, table, entry, where):
            return
        self.applied.origins[table, name] = place
        self.note("add", table, name, entry, after=entry, source=source_of(entry))

    def _insert(self, place: str, table: str, entry: Data, where: Data) -> bool:
        for word, name in where.items():
            if word == "into":
                return self._append(f"{place}.into", table, entry, str(name))
            beside = self.entry(f"{place}.{word}", table, str(name))
            if beside is None:
                return False
            if not isinstance(beside.container, list):
                self.fault(f"{place}.{word}", "overlay.beside", name=name)
                return False
            at = next(number for number, other in enumerate(beside.container) if other is beside.entry)
            beside.container.insert(at + (word == "after"), entry)
            return True
        if table in ("fields", "blocks"):
            self.fault(place, "overlay.no_place")
            return False
        list_of(self.data, table).append(entry)
        return True

    def _append(self, place: str, table: str, entry: Data, name: str) -> bool:
        """At the end of a block or section, or behind the last indicator of a group."""
        if table == "fields":
            fields = fields_of_block(self.data, name)
            if fields is None:
                known = [*entries_of(self.data, "blocks"), *entries_of(self.data, "sections")]
                remedy = nearest_or(name, known, worded("overlay.do.name"))
                self.fault(place, "overlay.no_block", name=name, remedy=remedy)
                return False
            fields.append(entry)
            return True
        owners = {"blocks": "sections", "indicators": "groups"}
        if table not in owners:
            self.fault(place, "overlay.nowhere", table=table)
            return False
        owner = self.entry(place, owners[table], name)
        if owner is None:
            return False
        if table == "blocks":
            owner.entry.setdefault("blocks", []).append(entry)
            return True
        indicators = list_of(self.data, "indicators")
        last = max(
            (at for at, indicator in enumerate(indicators) if indicator.get("group") == name),
            default=len(indicators) - 1,
        )
        indicators.insert(last + 1, entry)
        return True
