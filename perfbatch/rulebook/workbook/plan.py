"""Which sheets a rulebook takes as a workbook, and which columns they have: read off the models, so that a new key is there by itself.

A place of the models that holds entries is a `Slot`: the rulebook's sections, a section's blocks, an indicator's rule. A slot
stands on the sheet that `SHEETS` names for its key, or else on that of the slot it belongs to; every entry is a row. An entry's
plain values are columns; a model that is nowhere a list (an entity, a domain) is spread over columns of the entry that has it.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.vocabulary import SHEETS, title_of

__all__ = ["RulesSheet", "Slot", "ValueColumn", "arms_of", "bare", "leaves_of", "merged", "plan", "slots_below"]


class ValueColumn(NamedTuple):
    """A plain value of an entry: its keys from the entry down, its title, and its type with the model's marks."""

    path: tuple[str, ...]
    title: str
    annotation: Any


@dataclass(frozen=True)
class Slot:
    """Where entries stand: under `key` of the entries of `parent` (None: of the rulebook itself). `shape`: one entry, a list of
    them, or a table of them by a key of type `key_type`. `arms` are the models that an entry may have."""

    parent: Slot | None
    key: str
    shape: Literal["one", "many", "keyed"]
    arms: tuple[type[BaseModel], ...]
    key_type: Any = None

    @property
    def sheet(self) -> str:
        """The sheet on which its entries are rows."""
        if self.key in SHEETS:
            return SHEETS[self.key]
        return self.parent.sheet if self.parent else title_of(self.key)

    @property
    def title(self) -> str:
        """What the place is called beside others on the sheet."""
        return title_of(self.key)


@dataclass
class RulesSheet:
    """A sheet: the slots whose entries are its rows, and its columns. `owner` is the heading of the column that says whose a row
    is ("" without one), `parted` where rows say at which of several places they stand, `numbered` where others refer to them and
    some have no id, `key` the type of what they are known by in a table."""

    name: str
    slots: list[Slot] = field(default_factory=list)
    columns: list[ValueColumn] = field(default_factory=list)
    owner: str = ""
    parted: bool = False
    numbered: bool = False
    key: Any = None


def arms_of(annotation: Any) -> tuple[type[BaseModel], ...]:
    """The models of a type that is one model or a choice of them; nothing for any other type."""
    annotation = bare(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    if get_origin(annotation) in (Union, types.UnionType):
        arms = [arm for arm in get_args(annotation) if arm is not type(None)]
        if arms and all(len(arms_of(arm)) == 1 for arm in arms):
            return tuple(arms_of(arm)[0] for arm in arms)
    return ()


def bare(annotation: Any) -> Any:
    """A type without its marks."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _slot(parent: Slot | None, key: str, annotation: Any) -> Slot | None:
    """The slot that a key of a model is, if it holds entries that are rows."""
    plain = bare(annotation)
    origin, arguments = get_origin(plain), get_args(plain)
    if origin is tuple and arguments and (arms := arms_of(arguments[0])):
        return Slot(parent, key, "many", arms)
    if origin is dict and (arms := arms_of(arguments[1])):
        return Slot(parent, key, "keyed", arms, arguments[0])
    arms = arms_of(plain)
    if len(arms) > 1 or (arms and arms[0] in _listed()):
        return Slot(parent, key, "one", arms)
    return None


@cache
def _listed() -> frozenset[type[BaseModel]]:
    """The models that are an entry of a list or table anywhere."""
    listed: set[type[BaseModel]] = set()
    seen: set[type[BaseModel]] = set()

    def visit(model: type[BaseModel]) -> None:
        if model in seen:
            return
        seen.add(model)
        for info in model.model_fields.values():
            plain = bare(info.annotation)
            inner = get_args(plain) if get_origin(plain) in (tuple, dict) else ()
            for argument in inner:
                listed.update(arms_of(argument))
            for argument in (plain, *inner):
                for arm in arms_of(argument):
                    visit(arm)

    visit(Rulebook)
    return frozenset(listed)


def slots_below(slot: Slot | None, models: tuple[type[BaseModel], ...]) -> list[Slot]:
    """The slots right below an entry, in the order of its models; each key once."""
    below: dict[str, Slot] = {}
    for model in models:
        for key, info in model.model_fields.items():
            child = _slot(slot, key, info.annotation)
            if child is not None:
                known = below.get(key)
                arms = child.arms if known is None else tuple(dict.fromkeys((*known.arms, *child.arms)))
                below[key] = Slot(slot, key, child.shape, arms, child.key_type)
    return list(below.values())


def merged(annotations: Sequence[Any]) -> Any:
    """One type for a key that several models have: of choices all of them, else that of the first."""
    if all(get_origin(annotation) is Literal for annotation in annotations):
        return Literal[tuple(dict.fromkeys(choice for annotation in annotations for choice in get_args(annotation)))]
    return annotations[0]


def leaves_of(
    model: type[BaseModel], path: tuple[str, ...] = (), titles: tuple[str, ...] = ()
) -> Iterator[ValueColumn]:
    """The plain values of an entry of a model; what it rests on (`source`) comes last."""
    for key, info in sorted(model.model_fields.items(), key=lambda item: item[0] == "source"):
        if _slot(None, key, info.annotation) is not None:
            continue
        title = title_of(key, path[-1] if path else "")
        arms = arms_of(info.annotation)
        if arms:
            yield from leaves_of(arms[0], (*path, key), (*titles, title))
        else:
            marked: Any = info.annotation
            for mark in info.metadata:
                marked = Annotated[marked, mark]
            yield ValueColumn((*path, key), "·".join((*titles, title)), marked)


@cache
def plan() -> tuple[RulesSheet, ...]:
    """The sheets below the rulebook's own, in the order of the models."""
    sheets: dict[str, RulesSheet] = {}

    def add(slot: Slot) -> None:
        sheet = sheets.setdefault(slot.sheet, RulesSheet(slot.sheet))
        sheet.slots.append(slot)
        children = slots_below(slot, slot.arms)
        for child in children:
            add(child)

    for slot in slots_below(None, (Rulebook,)):
        add(slot)
    for sheet in sheets.values():
        _complete(sheet)
    for sheet in sheets.values():
        sheet.numbered = any(
            slot.parent is not None
            and slot.parent.sheet == sheet.name
            and slot.parent.shape != "one"
            and any(_key_name(arm) is None for arm in slot.parent.arms)
            for other in sheets.values()
            for slot in other.slots
        )
    return tuple(sheets.values())


def _complete(sheet: RulesSheet) -> None:
    owners = [slot.parent.sheet for slot in sheet.slots if slot.parent is not None]
    sheet.owner = f"所属{owners[0]}" if owners else ""
    sheet.key = next((slot.key_type for slot in sheet.slots if slot.shape == "keyed"), None)
    sheet.parted = len({slot.key for slot in sheet.slots}) > 1
    columns: dict[tuple[str, ...], ValueColumn] = {}
    for slot in sheet.slots:
        for arm in slot.arms:
            for leaf in leaves_of(arm):
                known = columns.get(leaf.path)
                own = title_of(leaf.path[-1], slot.key) if len(leaf.path) == 1 else leaf.title
                columns[leaf.path] = (
                    known._replace(annotation=merged([known.annotation, leaf.annotation]))
                    if known
                    else leaf._replace(title=own)
                )
    last = [leaf for path, leaf in columns.items() if path == ("source",)]
    ordered = [leaf for path, leaf in columns.items() if path != ("source",)] + last
    titles = [leaf.title for leaf in ordered]
    # Two keys of one title would be one column: the second says whose it is.
    sheet.columns = [
        leaf if titles.index(leaf.title) == at else leaf._replace(title=f"{leaf.title}（{'.'.join(leaf.path)}）")
        for at, leaf in enumerate(ordered)
    ]


def _key_name(model: type[BaseModel]) -> str | None:
    return "id" if "id" in model.model_fields else "name" if "name" in model.model_fields else None
