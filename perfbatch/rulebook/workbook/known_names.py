"""The ids of a workbook of rules and what people call them, so that a cell may name a field by its label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import normalize

from perfbatch.rulebook.marks import Mark
from perfbatch.rulebook.nearest import nearest
from perfbatch.rulebook.vocabulary import TABLE_NAMES
from perfbatch.rulebook.workbook.cells import NotExpected

__all__ = ["KnownNames"]

# Names outside of the texts in quotes.
_NAMES = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\W\d]\w*")
_UNIT = re.compile(r"[（(][^（()）]*[)）]$")
_EVERYWHERE = ("fields", "indicators", "groups", "blocks")


class KnownNames:
    """Ids by table and by label."""

    def __init__(self) -> None:
        self._ids: dict[str, set[str]] = {}
        self._labels: dict[str, dict[str, set[str]]] = {}

    def add(self, table: str, identity: str, labels: Sequence[str]) -> None:
        """Note an entry; without an id it cannot be named."""
        if not identity:
            return
        self._ids.setdefault(table, set()).add(identity)
        for label in labels:
            for name in {label, _short(label)} - {""}:
                self._labels.setdefault(table, {}).setdefault(name, set()).add(identity)

    @property
    def _with_units(self) -> list[str]:
        labels = {label for table in _EVERYWHERE for label in self._labels.get(table, {}) if _short(label) != label}
        return sorted(labels, key=len, reverse=True)

    def called(self, identity: str) -> set[str]:
        """What an owner may be called where a row names it: its id, and a name that nothing else has."""
        names = {identity}
        for labels in self._labels.values():
            names |= {label for label, ids in labels.items() if ids == {identity}}
        return names

    def nearest_owner(self, name: str) -> str:
        """The id or label that was probably meant; "" where none is like it."""
        known = {identity for ids in self._ids.values() for identity in ids}
        known |= {label for labels in self._labels.values() for label in labels}
        return nearest(name, known, 0.5) if name else ""

    def resolved(self, mark: Mark, text: str) -> str:
        """A text with the labels in it put as ids. Raises `NotExpected` for a label that nothing has."""
        if mark.role == "id":
            return self._identity(text.strip(), mark.tables)
        if mark.role == "expression":
            # A label may have its unit in brackets, which are no part of a name.
            for label in self._with_units:
                text = text.replace(label, _short(label))
            return _NAMES.sub(lambda name: self._in_expression(name[0]), text)
        return text

    def _in_expression(self, name: str) -> str:
        # An ASCII name may be a function or a word of the language: lint knows them all.
        return name if name.isascii() or name[0] in "'\"" else self._identity(name, _EVERYWHERE)

    def _identity(self, name: str, tables: Sequence[str]) -> str:
        if any(name in self._ids.get(table, ()) for table in tables) or name.isascii():
            return name
        ids = {identity for table in tables for identity in self._labels.get(table, {}).get(_short(name), ())}
        if len(ids) == 1:
            return ids.pop()
        what = "字段" if "fields" in tables else TABLE_NAMES.get(tables[0], tables[0])
        if ids:
            raise NotExpected(f"{what} “{name}” 有多个；应写代码：{'、'.join(sorted(ids))}")
        known = [label for table in tables for label in self._labels.get(table, {})]
        meant = nearest(_short(name), known, 0.5)
        raise NotExpected(f"{what} “{name}” 不存在" + (f"，是否指 “{meant}”" if meant else "；应写代码或名称"))


def _short(label: str) -> str:
    """A label without its unit: 实有人数（人） is called 实有人数."""
    return _UNIT.sub("", normalize("NFKC", label).strip().removeprefix("其中:")).strip()
