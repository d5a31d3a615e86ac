"""An overlay at work: the data that it changes, what came of it, and how its faults are told."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, NamedTuple

from perfbatch.model.words.catalogue import placed, worded
from perfbatch.rulebook.lineage import Action, RuleChange
from perfbatch.rulebook.nearest import nearest_or
from perfbatch.rulebook.tables import Data, Place, entries_of, label_of

__all__ = ["Applied", "Work", "source_of"]


class Applied(NamedTuple):
    """What came of an overlay. `faults` are `place: fault; remedy`. `origins`: (table, id, key) or (table, id) → the place in
    the overlay that it comes from. `renamed`: table → old id → new id."""

    data: Data
    faults: list[str]
    changes: list[RuleChange]
    origins: dict[tuple[str, ...], str]
    renamed: dict[str, dict[str, str]]


class Work:
    """The base's data while an overlay is laid over it."""

    def __init__(self, data: Data) -> None:
        self.applied = Applied(data, [], [], {}, {})
        self.data = data
        self.removed: set[tuple[str, str]] = set()

    def fault(self, at: str, key: str, /, **stated: object) -> None:
        """Note a fault at a place, a wording of the catalogue; the work goes on, so that all are told at once."""
        self.applied.faults.append(placed(at, key, **stated))

    def known_table(self, action: str, table: str, tables: tuple[str, ...]) -> bool:
        """Whether there is such a table; else that is a fault."""
        if table in tables:
            return True
        remedy = nearest_or(table, tables, worded("rulebook.known", names=", ".join(tables)))
        self.fault(f"{action}.{table}", "overlay.no_table", remedy=remedy)
        return False

    def entry(self, place: str, table: str, name: str) -> Place | None:
        """The entry of that name; without one the fault says what became of it, or what it may be called."""
        entries = entries_of(self.data, table)
        if name in entries:
            return entries[name]
        renamed = self.applied.renamed.get(table, {})
        if name in renamed:
            self.fault(place, "overlay.renamed", name=name, new=renamed[name])
        elif (table, name) in self.removed:
            self.fault(place, "overlay.removed", name=name)
        else:
            remedy = nearest_or(name, entries, worded("overlay.do.name"))
            self.fault(place, "overlay.no_entry", what=table.removesuffix("s"), name=name, remedy=remedy)
        return None

    def note(self, action: Action, table: str, name: str, entry: Data, key: str = "", **values: Any) -> None:
        """Note a change; `name` is the entry's id, the rest as `RuleChange` has it."""
        # As it is now: the entries go on changing.
        self.applied.changes.append(RuleChange(action, table, name, label_of(entry), key, **deepcopy(values)))


def source_of(entry: Data) -> str:
    """What an entry says of where it comes from."""
    if entry.get("source"):
        return str(entry["source"])
    sources = entry.get("sources", ())
    return "；".join(map(str, sources)) if isinstance(sources, list) else ""
