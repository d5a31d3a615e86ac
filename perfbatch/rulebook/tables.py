"""The entries of a rulebook in its plain data (as TOML gives it): where each stands, by table and id.

The tables are sections, blocks, fields, kinds, groups, grades, caps, indicators and checks; `single_tables` are those that are one
entry. A field may stand in any block of any section; its id is all that is needed to find it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["KEYS", "READ_WHOLE", "TABLES", "Place", "entries_of", "fields_of_block", "label_of", "list_of"]

TABLES = ("sections", "blocks", "fields", "kinds", "groups", "grades", "caps", "indicators", "checks")
KEYS = {"grades": "name"}
"""What an entry is known by, where it is not its `id`."""

NESTED = {"sections": ("blocks",), "blocks": ("fields", "total")}
"""Keys of an entry that hold entries of other tables."""

READ_WHOLE = frozenset({"rule", "deviation"})
"""Keys of an entry that are told with the rest of it: a rule is read with its points."""

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """An entry and what it stands in: a list at a position, or a table under a key."""

    entry: Data
    container: list[Any] | Data
    position: int | str

    def remove(self) -> None:
        """Take the entry out."""
        if isinstance(self.container, list):
            # By identity: another entry may say the same.
            self.container[:] = [other for other in self.container if other is not self.entry]
        else:
            self.container.pop(str(self.position))


def entries_of(data: Data, table: str) -> dict[str, Place]:
    """id → place, for every entry of a table; the first where an id stands twice."""
    if table == "kinds":
        kinds = data.get("kinds", {})
        return {name: Place(kind, kinds, name) for name, kind in kinds.items() if isinstance(kind, dict)}
    places: dict[str, Place] = {}
    for container in _containers(data, table):
        listed = enumerate(container) if isinstance(container, list) else [("total", container.get("total"))]
        for position, entry in listed:
            identity = entry.get(KEYS.get(table, "id")) if isinstance(entry, dict) else None
            if isinstance(entry, dict) and isinstance(identity, str):
                places.setdefault(identity, Place(entry, container, position))
    return places


def _containers(data: Data, table: str) -> Iterator[list[Any] | Data]:
    if table not in ("blocks", "fields"):
        yield data.get(table, [])
        return
    for section in data.get("sections", []):
        blocks = section.get("blocks", [])
        if table == "blocks":
            yield blocks
            continue
        for block in blocks:
            yield block.get("fields", [])
            if "total" in block:
                yield block


def list_of(data: Data, table: str) -> list[Any]:
    """The list of a table whose entries stand in one, made where there is none yet."""
    return data.setdefault(table, [])  # type: ignore[no-any-return]


def fields_of_block(data: Data, name: str) -> list[Any] | None:
    """The fields of the block of that id, else of the last block with fields in the section of that id; None where there is
    neither."""
    block = entries_of(data, "blocks").get(name)
    if block is not None:
        return block.entry.get("fields")
    section = entries_of(data, "sections").get(name)
    blocks = section.entry.get("blocks", []) if section else []
    return next((block["fields"] for block in reversed(blocks) if "fields" in block), None)


def label_of(entry: Data) -> str:
    """What people call an entry."""
    return next((str(entry[key]) for key in ("label", "name", "title") if entry.get(key)), "")
