"""Where a rulebook comes from: the rulebooks that it was resolved from, what it renamed, and what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

__all__ = ["ACTIONS", "Action", "Lineage", "RuleChange"]

Action = Literal["meta", "rename", "remove", "change", "add"]
ACTIONS: tuple[Action, ...] = ("meta", "rename", "remove", "change", "add")
"""What an overlay does, in the order in which it is done."""


class RuleChange(NamedTuple):
    """An entry, or a key of one, that is other than in the rulebook before. `name` is what people call the entry; `before` and
    `after` are the values as data, None where there is none."""

    action: Action
    table: str
    id: str
    name: str = ""
    key: str = ""
    before: object = None
    after: object = None
    source: str = ""


@dataclass(frozen=True)
class Lineage:
    """What an overlay knows of the rulebooks under it; empty for a rulebook that stands alone.

    `base` and `base_year` are those of the rulebook that `changes` start from. `forms` are the form ids under today's, the
    newest first. `renamed`: table → today's id → the ids that it had before, the newest first.
    """

    base: str = ""
    base_year: int | None = None
    forms: tuple[str, ...] = ()
    renamed: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    changes: tuple[RuleChange, ...] = ()

    def names_of(self, table: str, identity: str) -> tuple[str, ...]:
        """Today's id of an entry, then those that it had in earlier years, the newest first."""
        return (identity, *self.renamed.get(table, {}).get(identity, ()))
