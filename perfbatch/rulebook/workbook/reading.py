"""A workbook of rules as plain data, every value with its cell. What is wrong with cells is told all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from perfbatch.model.errors import OperatorFault
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.archive import Package, members_of, refuse_members
from perfbatch.package.workbook import Workbook, open_workbook
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.nearest import nearest
from perfbatch.rulebook.tables import KEYS, TABLES
from perfbatch.rulebook.workbook.cells import CellContent, NotExpected, decoded, mark_of
from perfbatch.rulebook.workbook.changes import CHANGE_COLUMNS, CHANGE_SHEET, ChangeRows, Misplaced
from perfbatch.rulebook.workbook.known_names import KnownNames
from perfbatch.rulebook.workbook.places import CellPlace, RulePlaces
from perfbatch.rulebook.workbook.plan import RulesSheet, Slot, ValueColumn, leaves_of, plan, slots_below
from perfbatch.rulebook.workbook.rows import arm_of, children_of
from perfbatch.rulebook.workbook.table import RulesRow, RulesTable, text_of
from perfbatch.rulebook.workbook.titles import (
    BASED_ON,
    EXTENDS,
    KEY_HEADING,
    NUMBER_HEADING,
    PART_HEADING,
    RULES_HEADINGS,
    RULES_SHEET,
)

__all__ = ["RulesRead", "read_rules"]


@dataclass
class RulesRead:
    """What a workbook of rules says. `data` is a rulebook's plain data, or an overlay's where it has `extends`; `based_on` is the
    rulebook that the workbook was written from. `faults` are lines that begin with sheet and cell."""

    data: dict[str, Any]
    places: RulePlaces
    based_on: str = ""
    faults: list[str] = field(default_factory=list)


def read_rules(content: bytes, name: str) -> RulesRead:
    """Read a workbook of rules. Raises `OperatorFault` for what is no workbook, or no workbook of rules."""
    limits = Limits()
    try:
        members = members_of(content)
        refuse_members(members, limits)
        known = (RULES_SHEET, CHANGE_SHEET, *(sheet.name for sheet in plan()))
        workbook = open_workbook(Package(content, members, limits), limits, (), known)
        if RULES_SHEET not in workbook.sheets:
            raise OperatorFault("rulebook.no_rules", file=name, sheet=RULES_SHEET)
        return _Reading(workbook).read()
    except SetAside as reason:
        raise OperatorFault("rulebook.no_workbook", file=name, reason=reason.message) from None


class _Reading:
    """One workbook on its way to plain data."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._result = RulesRead({}, RulePlaces())
        self._tables: dict[str, RulesTable] = {}
        self._names = KnownNames()
        self._seen: dict[tuple[str, str], CellPlace] = {}

    def read(self) -> RulesRead:
        result = self._result
        rules = self._table(RULES_SHEET, RULES_HEADINGS)
        extends = self._own(rules, EXTENDS)
        result.based_on = self._own(rules, BASED_ON)
        is_overlay = bool(extends) or (CHANGE_SHEET in self._workbook.sheets and self._sheets_missing() != [])
        for sheet in plan():
            if sheet.name in self._workbook.sheets:
                self._tables[sheet.name] = self._table(sheet.name, _headings(sheet))
            elif not is_overlay and any(slot.parent is None for slot in sheet.slots):
                result.faults.append(f"{sheet.name}: 没有工作表“{sheet.name}”；没有内容的也应保留工作表和标题行")
        self._collect_names()
        own = self._own_values(rules)
        if is_overlay:
            result.data.update({"extends": extends, **({"meta": own} if own else {})})
            for slot in slots_below(None, (Rulebook,)):
                if slot.key not in TABLES and slot.sheet in self._tables:
                    self._read_slot(slot, own, "", ("meta",))
            if own:
                result.data["meta"] = own
            self._read_changes()
        else:
            result.data.update(own)
            for slot in slots_below(None, (Rulebook,)):
                if slot.sheet in self._tables:
                    self._read_slot(slot, result.data, "", ())
        for table in self._tables.values():
            self._tell_untaken(table)
        return result

    def _sheets_missing(self) -> list[str]:
        return [sheet.name for sheet in plan() if sheet.name not in self._workbook.sheets]

    def _table(self, sheet: str, headings: Sequence[str]) -> RulesTable:
        return RulesTable(self._workbook, sheet, headings, self._result.faults)

    # ------------------------------------------------------------------------------------------------ the rulebook's own values

    def _own(self, rules: RulesTable, title: str) -> str:
        """A row of 规则 that is no value of the rulebook."""
        for row in rules.rows:
            if text_of(row.cells.get("项目", CellContent(None))) == title:
                row.taken = True
                return text_of(row.cells.get("内容", CellContent(None)))
        return ""

    def _own_values(self, rules: RulesTable) -> dict[str, Any]:
        own: dict[str, Any] = {}
        leaves = {leaf.title: leaf for leaf in leaves_of(Rulebook)}
        seen: set[str] = set()
        for row in rules.rows:
            title = text_of(row.cells.get("项目", CellContent(None)))
            if row.taken:
                continue
            place = rules.place(row, "项目")
            if title not in leaves or title in seen:
                meant = nearest(title, leaves, 0.5)
                message = f"“{title}”重复" if title in seen else f"没有项目“{title}”"
                self._result.faults.append(
                    f"{place}: {message}" + (f"，是否指“{meant}”" if meant and title not in seen else "")
                )
                continue
            seen.add(title)
            leaf = leaves[title]
            value = rules.place(row, "内容")._replace(title=title)
            self._result.places.add(leaf.path, value)
            self._result.places.add(("meta", *leaf.path), value)
            if "内容" in row.cells:
                self._set(own, leaf, row.cells["内容"], value)
        return own

    def _set(self, entry: dict[str, Any], leaf: ValueColumn, cell: CellContent, place: CellPlace) -> None:
        try:
            value = decoded(leaf.annotation, leaf.path[-1], cell, self._names.resolved)
        except NotExpected as fault:
            self._result.faults.append(f"{place}: {fault}")
            if mark_of(leaf.annotation) is None or not isinstance(cell.value, str):
                return
            # A name that nothing has is reported at this cell alone, without the faults that follow from it.
            value = cell.value
        here = entry
        for key in leaf.path[:-1]:
            here = here.setdefault(key, {})
        here[leaf.path[-1]] = value

    # ------------------------------------------------------------------------------------------------------------------ entries

    def _collect_names(self) -> None:
        for sheet in plan():
            table = self._tables.get(sheet.name)
            for slot in sheet.slots:
                if table is None or (slot.key not in TABLES and slot.key != "total"):
                    continue
                kind = "fields" if slot.key == "total" else slot.key
                for row in table.rows:
                    identity = next((text_of(row.cells[h]) for h in ("代码", NUMBER_HEADING) if h in row.cells), "")
                    names = [text_of(row.cells[heading]) for heading in ("名称", "标题") if heading in row.cells]
                    self._names.add(kind, identity, names)

    def _rows_of(self, slot: Slot, owner: str) -> Iterator[RulesRow]:
        table = self._tables[slot.sheet]
        sheet = next(sheet for sheet in plan() if sheet.name == slot.sheet)
        for row in table.rows:
            if row.taken:
                continue
            part = text_of(row.cells.get(PART_HEADING, CellContent(None)))
            if sheet.parted and part not in (slot.title, slot.key):
                continue
            if slot.parent is not None and text_of(
                row.cells.get(sheet.owner, CellContent(None))
            ) not in self._names.called(owner):
                continue
            row.taken = True
            yield row

    def _read_slot(self, slot: Slot, holder: dict[str, Any], owner: str, path: tuple[str, ...]) -> None:
        table = self._tables.get(slot.sheet)
        if table is None:
            return
        if slot.parent is None:
            self._result.places.add((*path, slot.key), CellPlace(slot.sheet, 1, 1))
        entries: list[dict[str, Any]] = []
        keys: list[str] = []
        for row in self._rows_of(slot, owner):
            entry: dict[str, Any] = {}
            key = self._key(slot, table, row)
            own_path = (*path, slot.key)
            name = self._entry_name(slot, row, len(entries), key)
            if slot.shape != "one":
                own_path = (*own_path, name)
            self._read_entry(slot, table, row, entry, own_path, name)
            number = (
                owner
                if slot.shape == "one"
                else text_of(row.cells.get(NUMBER_HEADING, CellContent(None))) or key or name
            )
            arm = arm_of(slot.arms, entry)
            if slot.shape == "one" and entries:
                self._result.faults.append(f"{table.place(row, PART_HEADING)}: “{slot.title}”重复；只保留一行")
                continue
            if self._stands_twice(slot, table, row, name):
                continue
            entries.append(entry)
            keys.append(key)
            for child in children_of(slot, arm):
                self._read_slot(child, entry, number, own_path)
        if slot.shape == "keyed":
            holder[slot.key] = dict(zip(keys, entries, strict=True))
        elif slot.shape == "one":
            if entries:
                holder[slot.key] = entries[0]
        elif entries or self._must_be_there(slot):
            holder[slot.key] = entries

    def _stands_twice(self, slot: Slot, table: RulesTable, row: RulesRow, name: str) -> bool:
        """Whether another entry of the table has the id already, which is a fault of this row."""
        kind = "fields" if slot.key == "total" else slot.key
        heading = KEY_HEADING if slot.shape == "keyed" else "名称" if KEYS.get(kind) == "name" else "代码"
        if kind not in TABLES or heading not in row.cells:
            return False
        place = table.place(row, heading)
        first = self._seen.setdefault((kind, name), place)
        if first is not place:
            self._result.faults.append(f"{place}: “{text_of(row.cells[heading])}”与 {first.sheet}!{first.cell} 重复")
        return first is not place

    @staticmethod
    def _must_be_there(slot: Slot) -> bool:
        """Whether no entries at all are to be message by whoever validates the data, and not taken for the default."""
        models: tuple[type[BaseModel], ...] = slot.parent.arms if slot.parent else (Rulebook,)
        return any(slot.key in model.model_fields and model.model_fields[slot.key].is_required() for model in models)

    def _key(self, slot: Slot, table: RulesTable, row: RulesRow) -> str:
        if slot.shape != "keyed":
            return ""
        if KEY_HEADING not in row.cells:
            self._result.faults.append(f"{table.place(row, KEY_HEADING)}: 没有填写；应为{KEY_HEADING}")
            return str(row.number)
        try:
            return str(decoded(slot.key_type, "kind", row.cells[KEY_HEADING], self._names.resolved))
        except NotExpected as fault:
            self._result.faults.append(f"{table.place(row, KEY_HEADING)}: {fault}")
            return str(row.number)

    @staticmethod
    def _entry_name(slot: Slot, row: RulesRow, position: int, key: str) -> str:
        """How the loader names an entry in a fault: by its id, else by its position."""
        heading = "名称" if KEYS.get(slot.key) == "name" else "代码"
        has_id = any("id" in arm.model_fields for arm in slot.arms) or slot.key in KEYS
        return key or (text_of(row.cells.get(heading, CellContent(None))) if has_id else "") or str(position)

    def _read_entry(
        self, slot: Slot, table: RulesTable, row: RulesRow, entry: dict[str, Any], path: tuple[str, ...], name: str
    ) -> None:
        sheet = next(sheet for sheet in plan() if sheet.name == slot.sheet)
        kind = "fields" if slot.key == "total" else slot.key
        first = table.place(row, sheet.columns[0].title)
        self._result.places.add_entry(kind, name, path, first)
        paths = {leaf.path for arm in slot.arms for leaf in leaves_of(arm)}
        for leaf in sheet.columns:
            place = table.place(row, leaf.title)
            self._result.places.add((*path, *leaf.path), place)
            if kind in TABLES:
                self._result.places.add((kind, name, *leaf.path), place)
            if leaf.title not in row.cells:
                continue
            if leaf.path not in paths:
                self._result.faults.append(f"{place}: “{slot.title}”一行没有这一项；应留空")
            else:
                self._set(entry, leaf, row.cells[leaf.title], place)

    def _tell_untaken(self, table: RulesTable) -> None:
        sheet = next(sheet for sheet in plan() if sheet.name == table.sheet)
        parts = {slot.title for slot in sheet.slots}
        for row in table.rows:
            if row.taken:
                continue
            part = text_of(row.cells.get(PART_HEADING, CellContent(None)))
            if sheet.parted and part not in parts | {slot.key for slot in sheet.slots}:
                meant = nearest(part, parts, 0.4)
                message = f"“{part}”不能识别" if part else "没有填写"
                message += f"；应为“{'”“'.join(dict.fromkeys(slot.title for slot in sheet.slots))}”之一"
                self._result.faults.append(
                    f"{table.place(row, PART_HEADING)}: {message}" + (f"，是否指“{meant}”" if meant else "")
                )
                continue
            owner = text_of(row.cells.get(sheet.owner, CellContent(None)))
            what = sheet.owner.removeprefix("所属")
            meant = self._names.nearest_owner(owner)
            message = (
                f"{what}“{owner}”不存在或不能有“{part or sheet.name}”" if owner else f"没有填写；应为{what}的代码或编号"
            )
            self._result.faults.append(
                f"{table.place(row, sheet.owner)}: {message}" + (f"，是否指“{meant}”" if meant else "")
            )

    # ------------------------------------------------------------------------------------------------------------------ changes

    def _read_changes(self) -> None:
        result = self._result
        if CHANGE_SHEET not in self._workbook.sheets:
            return
        table = self._table(CHANGE_SHEET, CHANGE_COLUMNS)
        changes = ChangeRows()
        for row in table.rows:
            try:
                changes.take(row.number, row.cells)
            except Misplaced as fault:
                result.faults.append(f"{table.place(row, fault.heading)}: {fault}")
        result.data.update(changes.finished())
        rows = {row.number: row for row in table.rows}
        for place, number in changes.places.items():
            heading = "代码" if place.count(".") < 3 else "新值"
            result.places.add(tuple(place.split(".")), table.place(rows[number], heading))


def _headings(sheet: RulesSheet) -> list[str]:
    """The headings of a sheet, in the order of its columns."""
    lead = [sheet.owner] if sheet.owner else []
    lead += [PART_HEADING] if sheet.parted else []
    lead += [KEY_HEADING] if sheet.key is not None else []
    lead += [NUMBER_HEADING] if sheet.numbered else []
    return [*lead, *(leaf.title for leaf in sheet.columns)]
