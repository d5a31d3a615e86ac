"""A rulebook's plain data as rows of the workbook's sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import BaseModel

from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.workbook.cells import CellValue, encoded
from perfbatch.rulebook.workbook.plan import Slot, ValueColumn, leaves_of, plan, slots_below

__all__ = ["SheetRow", "arm_of", "children_of", "own_rows", "sheet_rows", "value_at"]


@dataclass
class SheetRow:
    """An entry as a row: whose it is, at which slot, the number or key by which others refer to it, and its cells by the path
    of their column."""

    owner: str
    slot: Slot
    number: str
    cells: dict[tuple[str, ...], CellValue] = field(default_factory=dict)


def arm_of(arms: Sequence[type[BaseModel]], entry: Mapping[str, Any]) -> type[BaseModel]:
    """The model that an entry chooses by its kind or layout; the first where it does not."""
    for arm in arms:
        for key, info in arm.model_fields.items():
            choices = get_args(info.annotation)
            if len(choices) == 1 and isinstance(choices[0], str) and entry.get(key) == choices[0]:
                return arm
    return arms[0]


def children_of(slot: Slot | None, arm: type[BaseModel]) -> list[Slot]:
    """The slots right below an entry of one model, with that model's own arms."""
    return slots_below(slot, (arm,))


def value_at(entry: Mapping[str, Any], path: tuple[str, ...]) -> tuple[bool, Any]:
    """Whether the value at a path is set, and the value."""
    value: Any = entry
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return False, None
        value = value[key]
    return True, value


def own_rows(data: Mapping[str, Any]) -> list[tuple[ValueColumn, CellValue]]:
    """The rulebook's own values: each with its title and what its cell holds, None where it is not set."""
    rows: list[tuple[ValueColumn, CellValue]] = []
    for leaf in leaves_of(Rulebook):
        is_set, value = value_at(data, leaf.path)
        rows.append((leaf, encoded(leaf.annotation, leaf.path[-1], value) if is_set else None))
    return rows


def sheet_rows(data: Mapping[str, Any]) -> dict[str, list[SheetRow]]:
    """Sheet → its rows, in the order of the rulebook."""
    rows: dict[str, list[SheetRow]] = {sheet.name: [] for sheet in plan()}
    for slot in slots_below(None, (Rulebook,)):
        _add(slot, data, "", rows)
    return rows


def _entries(slot: Slot, holder: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    held = holder.get(slot.key)
    if slot.shape == "one" and isinstance(held, Mapping):
        yield "", held
    elif slot.shape == "many" and isinstance(held, list | tuple):
        yield from (("", entry) for entry in held if isinstance(entry, Mapping))
    elif slot.shape == "keyed" and isinstance(held, Mapping):
        yield from held.items()


def _add(slot: Slot, holder: Mapping[str, Any], owner: str, rows: dict[str, list[SheetRow]]) -> None:
    for position, (key, entry) in enumerate(_entries(slot, holder), start=1):
        arm = arm_of(slot.arms, entry)
        known = entry.get("id") or entry.get("name") if {"id", "name"} & set(arm.model_fields) else None
        number = key or (str(known) if known else f"{owner}-{position}" if owner else str(position))
        row = SheetRow(owner, slot, number)
        for leaf in leaves_of(arm):
            is_set, value = value_at(entry, leaf.path)
            if is_set:
                row.cells[leaf.path] = encoded(leaf.annotation, leaf.path[-1], value)
        rows[slot.sheet].append(row)
        for child in children_of(slot, arm):
            # An entry that is one of its kind has no name of its own: what is below it is its owner's.
            _add(child, entry, owner if slot.shape == "one" else number, rows)
