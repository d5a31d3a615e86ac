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
from perfbatch.rulebook.wording import describe_expression, describe_rule, plain_decimal

__all__ = ["ChangeWords", "change_words"]

_ACTIONS = {"meta": "修改", "rename": "改用代码", "remove": "取消", "change": "修改", "add": "新增"}
_TABLES = {
    "": "规则",
    "sections": "工作表",
    "blocks": "表块",
    "fields": "栏目",
    "kinds": "栏目类型",
    "groups": "一级指标",
    "grades": "等次",
    "indicators": "指标",
    "checks": "勾稽关系",
}
_KEYS = {
    "id": "代码",
    "title": "标题",
    "label": "名称",
    "name": "名称",
    "district": "地区",
    "issuer": "发文单位",
    "form_id": "表格代码",
    "form_version": "表格版本",
    "fiscal_year": "年度",
    "deadline": "报送截止日期",
    "source": "依据",
    "sources": "依据",
    "total_points": "总分",
    "not_applicable": "不适用的处理",
    "unit_rows": "机构行",
    "sheet": "工作表名称",
    "parts": "分项",
    "choices": "可选项",
    "required": "必填",
    "points": "分值",
    "standard": "评分标准",
    "ratio": "计算方法",
    "figure": "计算方法",
    "ratio_name": "比率名称",
    "rule": "评分规则",
    "group": "一级指标",
    "subgroup": "二级指标",
    "minimum": "下限",
    "maximum": "上限",
    "below": "上限（不含）",
    "holds": "勾稽关系",
    "when": "适用条件",
    "severity": "级别",
    "tolerance": "比较",
    "nature": "类别",
    "trial": "试行",
    "message": "问题说明",
    "remedy": "处理办法",
    "help": "填写提示",
    "kind": "类型",
    "unit": "单位",
}
_EXPRESSIONS = ("ratio", "figure", "holds", "when", "expected", "at")
_WORDS = {
    "text": "文本",
    "longtext": "长文本",
    "code": "编码",
    "year": "年度",
    "date": "日期",
    "choice": "选择",
    "amount": "金额",
    "count": "整数",
    "area": "面积",
    "score": "分数",
    "percent": "百分数",
    "error": "错误",
    "warning": "提醒",
    "info": "说明",
    "interval": "允许尾差",
    "exact": "完全相等",
    "balance": "基本平衡",
    "verification": "核实性",
    "manual": "自评分暂列",
    "full": "计满分",
    "exclude": "剔除后折算",
}


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
        _TABLES.get(change.table, change.table),
        _name(change),
        _KEYS.get(change.key, change.key),
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
    return _WORDS.get(str(value), str(value))


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
        f"{_KEYS.get(key, key)} {_value(table, key, value, rulebook)}"
        for key, value in entry.items()
        if key not in ("id", "label", "name", "title", "source", "under") and value != ""
    )


def _indicator(entry: Mapping[str, Any]) -> str:
    try:
        indicator: Indicator = TypeAdapter(Indicator).validate_python(entry)
    except ValidationError:
        return str(entry.get("standard", ""))
    return f"{plain_decimal(indicator.points)} 分。{describe_rule(indicator)}"
