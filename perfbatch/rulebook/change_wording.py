"""What an overlay changed, in words: 变更, 对象, 名称, 项目, 原规则, 新规则, 依据."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from perfbatch.rulebook.indicators import Indicator
from perfbatch.rulebook.lineage import RuleChange
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.vocabulary import TABLE_NAMES, title_of, word_of
from perfbatch.rulebook.wording import describe_expression, describe_rule, plain_decimal

__all__ = ["ChangeWords", "change_words"]

_ACTIONS = {"meta": "修改", "rename": "改用代码", "remove": "取消", "change": "修改", "add": "新增"}
_EXPRESSIONS = ("ratio", "figure", "holds", "when", "expected", "at")
_NAMES = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class ChangeWords(NamedTuple):
    """One change as a row of a table."""

    action: str
    table: str
    name: str
    key: str
    before: str
    after: str
    source: str


def change_words(rulebook: Rulebook) -> list[ChangeWords]:
    """Every change against the rulebook before, in the order in which it was made."""
    changes = rulebook.lineage.changes
    # What is gone has no label any more, and the rules before still speak of it.
    gone = {change.id: change.name for change in changes if change.action == "remove" and change.name}
    return [_worded(change, rulebook, gone) for change in changes]


def _worded(change: RuleChange, rulebook: Rulebook, gone: Mapping[str, str]) -> ChangeWords:
    before = _value(change.table, change.key, change.before, rulebook)
    return ChangeWords(
        _ACTIONS[change.action],
        TABLE_NAMES.get(change.table, change.table),
        _name(change),
        title_of("source" if change.key == "sources" else change.key),
        _NAMES.sub(lambda name: gone.get(name[0], name[0]), before) if change.action != "rename" else before,
        _value(change.table, change.key, change.after, rulebook),
        change.source,
    )


def _name(change: RuleChange) -> str:
    """What people call the entry; a check with its code, since its title is a sentence."""
    if change.table == "checks" and change.name:
        return f"{change.id}　{change.name}"
    return change.name.removeprefix("其中：").replace("\n", "") or change.id


def _value(table: str, key: str, value: object, rulebook: Rulebook) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal():
            return plain_decimal(value)
        case date():
            return f"{value.year}年{value.month}月{value.day}日"
        case dict():
            return _entry(table, value, rulebook)
        case list():
            return "、".join(_item(key, item, rulebook) for item in value)
        case str() if key in _EXPRESSIONS:
            return describe_expression(value, rulebook)
        case str() if key == "group":
            return next((group.name for group in rulebook.groups if group.id == value), value)
    return word_of(key, value)


def _item(key: str, item: object, rulebook: Rulebook) -> str:
    if key == "parts" and isinstance(item, str):
        field = rulebook.field_by_id.get(item)
        return field.label if field else item
    return _entry("", item, rulebook) if isinstance(item, dict) else str(item)


def _entry(table: str, entry: Mapping[str, Any], rulebook: Rulebook) -> str:
    """What matters of an entry that came, went, or has another rule."""
    if table == "indicators":
        return _indicator(entry)
    if table == "checks" and "holds" in entry:
        return describe_expression(str(entry["holds"]), rulebook)
    return "；".join(
        f"{title_of(key, table)} {_value(table, key, value, rulebook)}"
        for key, value in entry.items()
        if key not in ("id", "label", "name", "title", "source", "under") and value != ""
    )


def _indicator(entry: Mapping[str, Any]) -> str:
    try:
        indicator: Indicator = TypeAdapter(Indicator).validate_python(entry)
    except ValidationError:
        return str(entry.get("standard", ""))
    return f"{plain_decimal(indicator.points)} 分。{describe_rule(indicator)}"
