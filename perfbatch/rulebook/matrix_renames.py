"""Renames of a table of fixed rows and columns, of its rows and of its columns: each of its cells is a field of another name then.

In plain data, as an overlay sees it. A row or column is named with its table: `fund.total`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from perfbatch.rulebook.marks import renamed_expression
from perfbatch.rulebook.tables import Data, Place, entries_of

__all__ = ["SIDES", "CellNames", "cell_names", "renamed_cells", "side_entries", "side_renamed"]

SIDES = ("rows", "columns")


class CellNames(NamedTuple):
    """What a cell is called: as a field, and with dots in an expression."""

    field: str
    dotted: str


def _matrices(data: Data) -> Iterator[Data]:
    for place in entries_of(data, "blocks").values():
        if place.entry.get("layout") == "matrix" and all(isinstance(place.entry.get(side), list) for side in SIDES):
            yield place.entry


def _ids(block: Data, side: str) -> list[str]:
    return [str(entry.get("id", "")) if isinstance(entry, dict) else "" for entry in block[side]]


def cell_names(data: Data) -> list[CellNames]:
    """The cells of every such table, in the order of the form: renames do not change it."""
    return [
        CellNames(f"{block.get('id')}_{row}_{column}", f"{block.get('id')}.{row}.{column}")
        for block in _matrices(data)
        for row in _ids(block, "rows")
        for column in _ids(block, "columns")
    ]


def renamed_cells(before: list[CellNames], after: list[CellNames]) -> tuple[dict[str, str], dict[str, str]]:
    """Old → new name of every cell that got another, as a field and with dots."""
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    return {old.field: new.field for old, new in pairs}, {old.dotted: new.dotted for old, new in pairs}


def side_entries(data: Data, side: str) -> dict[str, Place]:
    """`block.id` → place, for every row or every column of such tables."""
    return {
        f"{block.get('id')}.{name}": Place(entry, block[side], position)
        for block in _matrices(data)
        for position, (name, entry) in enumerate(zip(_ids(block, side), block[side], strict=True))
        if isinstance(entry, dict)
    }


def side_renamed(data: Data, side: str, block: str, names: dict[str, str]) -> None:
    """Give rows or columns of a table other ids, wherever the table speaks of them."""
    table = next(entry for entry in _matrices(data) if entry.get("id") == block)
    listed = {"rows": ("only", "required"), "columns": ()}[side]
    for entry in table[side]:
        entry["id"] = names.get(entry["id"], entry["id"])
        _follow(entry, "parts", names)
    for column in table["columns"]:
        for key in listed:
            _follow(column, key, names)
        if side == "columns" and isinstance(column.get("formula"), str):
            column["formula"] = renamed_expression(column["formula"], names)


def _follow(entry: dict[str, Any], key: str, names: dict[str, str]) -> None:
    if isinstance(entry.get(key), list):
        entry[key] = [names.get(name, name) for name in entry[key]]
