"""A year as an overlay, on the sheet 变更: a row for every key that it renames, takes away, changes or adds.

动作, 对象, 代码, 项目, 新值, 依据. The 项目 of a value inside another is a path: 评分规则·分段·1·下限. 「默认」 takes a key away,
「无」 sets it to nothing. The rulebook's own keys (`meta`) stand on 规则, where a blank says what the year before says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from perfbatch.rulebook.marks import Mark
from perfbatch.rulebook.nearest import nearest
from perfbatch.rulebook.tables import KEYS
from perfbatch.rulebook.vocabulary import TABLE_NAMES, title_of
from perfbatch.rulebook.workbook.cells import EMPTY, CellContent, CellValue, NotExpected, decoded, encoded
from perfbatch.rulebook.workbook.plan import Slot, arms_of, bare, merged, plan

__all__ = [
    "ACTION_WORDS",
    "CHANGE_COLUMNS",
    "CHANGE_SHEET",
    "ChangeRow",
    "ChangeRows",
    "Misplaced",
    "change_rows",
    "table_models",
]

CHANGE_SHEET = "变更"
CHANGE_COLUMNS = ("动作", "对象", "代码", "项目", "新值", "依据")
ACTION_WORDS: Mapping[str, str] = {"rename": "改用代码", "remove": "取消", "change": "修改", "add": "新增"}
_PLACES: Mapping[str, str] = {"before": "位置：在…之前", "after": "位置：在…之后", "into": "位置：归入"}
DEFAULT = "「默认」"
_SEPARATOR = "·"
# What has no id of its own is told from others by a number.
_UNNAMED = "#"


class ChangeRow(NamedTuple):
    """One row, in the order of `CHANGE_COLUMNS`."""

    action: str
    table: str
    id: str
    key: str = ""
    value: CellValue = None
    source: str = ""


def table_models(table: str) -> tuple[type[BaseModel], ...]:
    """The models that an entry of a table may have."""
    keys = ("fields", "total") if table == "fields" else (table,)
    slots: list[Slot] = [slot for sheet in plan() for slot in sheet.slots if slot.key in keys]
    return tuple(dict.fromkeys(arm for slot in slots for arm in slot.arms))


def change_rows(overlay: Mapping[str, Any]) -> Iterator[ChangeRow]:
    """The rows of an overlay, but for its `meta`."""
    for table, names in overlay.get("rename", {}).items():
        for old, new in names.items():
            yield ChangeRow(ACTION_WORDS["rename"], TABLE_NAMES[table], old, title_of("id"), new)
    for table, names in overlay.get("remove", {}).items():
        for name in names:
            yield ChangeRow(ACTION_WORDS["remove"], TABLE_NAMES[table], name)
    for table, entries in overlay.get("change", {}).items():
        for name, changes in entries.items():
            yield from _entry_rows("change", table, name, changes)
    for table, entries in overlay.get("add", {}).items():
        key = KEYS.get(table, "id")
        listed = [{"id": name, **kind} for name, kind in entries.items()] if isinstance(entries, Mapping) else entries
        for number, entry in enumerate(listed, start=1):
            rest = {name: value for name, value in entry.items() if name != key}
            yield from _entry_rows("add", table, entry.get(key) or f"{_UNNAMED}{number}", rest)


def _entry_rows(action: str, table: str, name: str, entry: Mapping[str, Any]) -> Iterator[ChangeRow]:
    """The rows of one entry; what they rest on stands beside the first of them."""
    models = table_models(table)
    source = entry.get("source", "") if len(entry) > 1 else ""
    rest = {key: value for key, value in entry.items() if not (key == "source" and source)}
    rows = list(_values(models, rest, ()))
    for number, (path, value) in enumerate(rows):
        yield ChangeRow(
            ACTION_WORDS[action], TABLE_NAMES[table], name, _SEPARATOR.join(path), value, source if number == 0 else ""
        )


def _values(
    models: Sequence[type[BaseModel]], entry: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], CellValue]]:
    for key, value in entry.items():
        if not path and key in _PLACES:
            yield (_PLACES[key],), value
        elif not path and key == "unset":
            for name in value:
                yield (_title(name, models),), DEFAULT
        else:
            yield from _below(key, _annotations(models, key), value, (*path, _title(key, models)))


def _below(
    key: str, annotations: Sequence[Any], value: Any, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], CellValue]]:
    arms = _arms(annotations)
    if arms and isinstance(value, Mapping) and value:
        yield from _values(arms, value, path) if not _keyed(annotations) else _keyed_values(arms, value, path)
    elif arms and isinstance(value, list | tuple) and value:
        for number, item in enumerate(value, start=1):
            yield from _values(arms, item, (*path, str(number)))
    else:
        yield path, encoded(merged(annotations) if annotations else Any, key, value)


def _keyed_values(
    arms: Sequence[type[BaseModel]], value: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], CellValue]]:
    for name, entry in value.items():
        yield from _values(arms, entry, (*path, name))


def _annotations(models: Sequence[type[BaseModel]], key: str) -> list[Any]:
    annotations = []
    for model in models:
        info = model.model_fields.get(key)
        if info is not None:
            marked: Any = info.annotation
            for mark in info.metadata:
                marked = Annotated[marked, mark]
            annotations.append(marked)
    return annotations


def _arms(annotations: Sequence[Any]) -> tuple[type[BaseModel], ...]:
    """The models of what a key holds: one, a list or a table of them."""
    arms: dict[type[BaseModel], None] = {}
    for annotation in annotations:
        plain = bare(annotation)
        inner = get_args(plain)
        held = inner[0] if get_origin(plain) is tuple and inner else inner[1] if get_origin(plain) is dict else plain
        arms.update(dict.fromkeys(arms_of(held)))
    return tuple(arms)


def _keyed(annotations: Sequence[Any]) -> bool:
    return any(get_origin(bare(annotation)) is dict for annotation in annotations)


def _listed(annotations: Sequence[Any]) -> bool:
    return any(get_origin(bare(annotation)) is tuple for annotation in annotations)


def _title(key: str, models: Sequence[type[BaseModel]]) -> str:
    """The title of a key, unless another key of the same entry has it too."""
    title = title_of(key)
    keys = {name for model in models for name in model.model_fields}
    return title if [name for name in keys if title_of(name) == title] == [key] else key


class ChangeRows:
    """Rows of 变更 put together into an overlay's tables. `places`: place in the overlay → number of its row."""

    def __init__(self) -> None:
        self.overlay: dict[str, Any] = {}
        self.places: dict[str, int] = {}
        self._entries: dict[tuple[str, str, str], dict[str, Any]] = {}

    def take(self, number: int, cells: Mapping[str, CellContent]) -> None:
        """One row; `cells` by heading, without blank ones. Raises `NotExpected` with the heading in front: `动作: …`."""
        action = _chosen("动作", cells, {word: name for name, word in ACTION_WORDS.items()})
        tables = {word: name for name, word in TABLE_NAMES.items() if name}
        table = _chosen("对象", cells, tables)
        name = _words(cells, "代码")
        if not name:
            raise Misplaced("代码", f"没有填写；应为{TABLE_NAMES[table]}的代码")
        place = f"{action}.{table}.{name}"
        self.places.setdefault(place, number)
        if action == "remove":
            names = self.overlay.setdefault(action, {}).setdefault(table, [])
            names.append(name)
        elif action == "rename":
            new = _words(cells, "新值")
            if not new:
                raise Misplaced("新值", "没有填写；应为新代码")
            self.overlay.setdefault(action, {}).setdefault(table, {})[name] = new
        else:
            self._set(action, table, name, cells, number)

    def _set(self, action: str, table: str, name: str, cells: Mapping[str, CellContent], number: int) -> None:
        entry = self._entry(action, table, name)
        source = _words(cells, "依据")
        if source:
            entry["source"] = "；".join(dict.fromkeys((*filter(None, [entry.get("source")]), source)))
            self.places.setdefault(f"{action}.{table}.{name}.source", number)
        if "项目" not in cells:
            raise Misplaced("项目", "没有填写；应为要改的项目")
        if "新值" not in cells:
            raise Misplaced("新值", f"没有填写；应为新值，改为空的填{EMPTY}，恢复默认的填{DEFAULT}")
        titles = [part.strip() for part in _words(cells, "项目").split(_SEPARATOR)]
        by_title = {word: key for key, word in _PLACES.items()}
        if action == "add" and titles[0] in by_title:
            entry[by_title[titles[0]]] = _words(cells, "新值")
            return
        keys, annotations = _keys(table_models(table), titles)
        value = cells["新值"]
        place = ".".join((action, table, name, *map(str, keys)))
        self.places[place] = number
        if str(value.value).strip() == DEFAULT:
            entry.setdefault("unset", []).append(str(keys[0]))
            self.places.setdefault(f"{action}.{table}.{name}.unset", number)
            return
        try:
            _put(entry, keys, _read(annotations, str(keys[-1]), value))
        except NotExpected as fault:
            raise Misplaced("新值", str(fault)) from None

    def _entry(self, action: str, table: str, name: str) -> dict[str, Any]:
        if (action, table, name) not in self._entries:
            entry: dict[str, Any] = {}
            self._entries[action, table, name] = entry
            if action == "change":
                self.overlay.setdefault(action, {}).setdefault(table, {})[name] = entry
            else:
                self.overlay.setdefault(action, {}).setdefault(table, []).append(entry)
                if not name.startswith(_UNNAMED):
                    entry[KEYS.get(table, "id")] = name
        return self._entries[action, table, name]

    def finished(self) -> dict[str, Any]:
        """The overlay's tables, with lists where values were numbered."""
        result: dict[str, Any] = _lists(self.overlay)
        return result


class Misplaced(NotExpected):
    """What is wrong with one cell of a row."""

    def __init__(self, heading: str, fault: str) -> None:
        super().__init__(fault)
        self.heading = heading


def _words(cells: Mapping[str, CellContent], heading: str) -> str:
    value = cells[heading].value if heading in cells else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _chosen(heading: str, cells: Mapping[str, CellContent], words: Mapping[str, str]) -> str:
    text = _words(cells, heading)
    if text in words:
        return words[text]
    meant = nearest(text, words, 0.4)
    message = f"“{text}”不能识别" if text else "没有填写"
    raise Misplaced(heading, f"{message}；应为“{'”“'.join(words)}”之一" + (f"，是否指“{meant}”" if meant else ""))


def _keys(models: Sequence[type[BaseModel]], titles: Sequence[str]) -> tuple[list[str | int], list[Any]]:
    """The keys of a path of titles, and the types of what stands there. Raises `NotExpected` at 项目."""
    keys: list[str | int] = []
    annotations: list[Any] = []
    rest = list(titles)
    while rest:
        title = rest.pop(0)
        names = {_title(name, models): name for model in models for name in model.model_fields}
        names |= {name: name for model in models for name in model.model_fields}
        if title not in names:
            meant = nearest(title, names, 0.4)
            shown = [word for word in names if not word.isascii()]
            raise Misplaced(
                "项目", f"没有项目“{title}”；应为“{'”“'.join(shown)}”之一" + (f"，是否指“{meant}”" if meant else "")
            )
        key = names[title]
        keys.append(key)
        annotations = _annotations(models, key)
        models = _arms(annotations)
        if rest and models and (_listed(annotations) or _keyed(annotations)):
            inner = rest.pop(0)
            if _listed(annotations) and not inner.isdigit():
                raise Misplaced("项目", f"“{title}”有多条，“{inner}”不是序号；应写成“{title}·1·…”")
            keys.append(int(inner) if _listed(annotations) else inner)
        if rest and not models:
            raise Misplaced("项目", f"“{title}”之下没有“{rest[0]}”；应只写到“{title}”")
    return keys, annotations


def _read(annotations: Sequence[Any], key: str, cell: CellContent) -> Any:
    def as_it_is(_: Mark, text: str) -> str:
        return text

    if _arms(annotations) and str(cell.value).strip() == EMPTY:
        return {} if _keyed(annotations) else []
    return decoded(merged(annotations), key, cell, as_it_is)


def _put(entry: dict[str, Any], keys: Sequence[str | int], value: Any) -> None:
    here: Any = entry
    for key in keys[:-1]:
        here = here.setdefault(key, {})
    here[keys[-1]] = value


def _lists(value: Any) -> Any:
    """Tables whose keys are numbers as lists, in the order of the numbers."""
    if isinstance(value, dict):
        if value and all(isinstance(key, int) for key in value):
            return [_lists(value[key]) for key in sorted(value)]
        return {key: _lists(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_lists(item) for item in value]
    return value
