"""What one rulebook says other than another: the changes that an overlay would have made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from perfbatch.rulebook.lineage import RuleChange
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.overlay_work import source_of
from perfbatch.rulebook.tables import KEYS, NESTED, READ_WHOLE, TABLES, Data, entries_of, label_of

__all__ = ["changes_between"]

_MISSING = object()


def changes_between(before: Rulebook, after: Rulebook) -> tuple[RuleChange, ...]:
    """Every entry and key that is other in `after`, table by table; the rulebook's own keys first."""
    old, new = _data(before), _data(after)
    changes = [
        RuleChange("meta", "", "", "", key, old.get(key), new.get(key))
        for key in Rulebook.model_fields
        if key not in TABLES and old.get(key) != new.get(key)
    ]
    for table in TABLES:
        changes += _table(table, old, new)
    return (*changes, *_unnamed_blocks(old, new))


def _data(rulebook: Rulebook) -> Data:
    data: Data = _listed(rulebook.model_dump(exclude_defaults=True))
    return data


def _listed(value: Any) -> Any:
    """Plain data with lists where the models have tuples."""
    if isinstance(value, Mapping):
        return {key: _listed(item) for key, item in value.items()}
    return [_listed(item) for item in value] if isinstance(value, list | tuple) else value


def _table(table: str, old: Data, new: Data) -> Iterator[RuleChange]:
    before = {name: place.entry for name, place in entries_of(old, table).items()}
    after = {name: place.entry for name, place in entries_of(new, table).items()}
    for name, entry in before.items():
        if name not in after:
            yield RuleChange("remove", table, name, label_of(entry), before=entry, source=source_of(entry))
    for name, entry in after.items():
        if name not in before:
            yield RuleChange("add", table, name, label_of(entry), after=entry, source=source_of(entry))
        else:
            yield from _entry(table, name, before[name], entry)


def _entry(table: str, name: str, before: Data, after: Data) -> Iterator[RuleChange]:
    keys = [key for key in {**before, **after} if key not in NESTED.get(table, ()) and key != KEYS.get(table, "id")]
    changed = [key for key in keys if before.get(key, _MISSING) != after.get(key, _MISSING)]
    for key in changed:
        if key in ("source", "sources") and len(changed) > 1:
            # A source is what the other changes rest on.
            continue
        values = {"before": before.get(key), "after": after.get(key)}
        if key in READ_WHOLE:
            values = {"before": before, "after": after}
        yield RuleChange("change", table, name, label_of(after), key, **values, source=source_of(after))


def _unnamed_blocks(old: Data, new: Data) -> Iterator[RuleChange]:
    """Blocks have no id where nothing speaks of them: they are told by their place on the sheet."""
    sections = {name: place.entry for name, place in entries_of(old, "sections").items()}
    for name, place in entries_of(new, "sections").items():
        if name not in sections:
            continue
        before, after = (
            [block for block in entry.get("blocks", []) if "id" not in block] for entry in (sections[name], place.entry)
        )
        for number in range(max(len(before), len(after))):
            was = before[number] if number < len(before) else None
            now = after[number] if number < len(after) else None
            if was is None or now is None:
                entry = was or now or {}
                yield RuleChange("add" if now else "remove", "blocks", name, label_of(entry), before=was, after=now)
            else:
                yield from _entry("blocks", name, was, now)
