"""What may be typed into a cell, told before (input message) and after (error message), as xlsxwriter takes it.

A drop-down stops what is not on it. Everything else warns: whoever must type "/" or "约10" can, and the reader says
what it made of it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from perfbatch.model.errors import OperatorFault
from perfbatch.model.excel import LIST_LIMIT, MESSAGE_LIMIT, TITLE_LIMIT
from perfbatch.rulebook.model import FormField, Kind, Rulebook
from perfbatch.template.grid import cell_name
from perfbatch.template.plan import InputCell

__all__ = ["cell_kind", "validation_of"]

_NUMBERS = {"amount": "decimal", "area": "decimal", "score": "decimal", "percent": "decimal", "number": "decimal"}
_COUNTS = {"count": "integer", "year": "integer"}
_TEXTS = ("text", "longtext", "code")


def cell_kind(rulebook: Rulebook, field: FormField, cell: InputCell) -> Kind:
    """The kind that holds for a cell: the field's, or another one's where the cell differs (evidence counts)."""
    return rulebook.kind_of(field) if cell.kind == field.kind else rulebook.kinds[cell.kind]


def validation_of(rulebook: Rulebook, field: FormField, cell: InputCell, row: int) -> dict[str, Any] | None:
    """The validation of a cell in a row counted from 0, None where nothing bounds it; references in it are relative.

    Raises `OperatorFault` for choices too long for a list."""
    kind = cell_kind(rulebook, field, cell)
    criteria = _criteria(rulebook, field, cell, kind, row)
    if criteria is None:
        return None
    requirement = _requirement(cell, kind, limited=cell.limit is not None)
    advice = field.help or kind.help
    unit = f"单位：{kind.unit}。" if kind.unit and "单位" not in advice else ""
    return {
        **criteria,
        "input_title": _cut(field.label.replace("\n", ""), TITLE_LIMIT),
        "input_message": _cut(f"{advice}{unit}" or requirement, MESSAGE_LIMIT),
        "error_title": "请核对填写内容",
        "error_message": _cut(f"“{field.label}”{requirement}", MESSAGE_LIMIT),
        "error_type": "stop" if criteria["validate"] == "list" else "warning",
    }


def _criteria(rulebook: Rulebook, field: FormField, cell: InputCell, kind: Kind, row: int) -> dict[str, Any] | None:
    if cell.kind == "choice":
        if not cell.choices:
            return None
        if len(",".join(cell.choices)) > LIST_LIMIT or any("," in choice for choice in cell.choices):
            raise OperatorFault("form.choices", rulebook=rulebook.id, field=field.id)
        return {"validate": "list", "source": list(cell.choices)}
    if cell.kind in _TEXTS:
        if kind.max_length is None:
            return None
        return {"validate": "length", "criteria": "<=", "value": kind.max_length}
    if cell.kind == "date":
        if kind.minimum is None or kind.maximum is None:
            return None
        first, last = date(int(kind.minimum), 1, 1), date(int(kind.maximum), 12, 31)
        return {"validate": "date", "criteria": "between", "minimum": _midnight(first), "maximum": _midnight(last)}
    what = _NUMBERS.get(cell.kind) or _COUNTS.get(cell.kind)
    if what is None:
        return None
    lower, upper = _bound(kind.minimum, cell.kind), _bound(kind.maximum, cell.kind)
    highest: int | float | str | None = upper if cell.limit is None else f"={cell_name(row, cell.limit)}"
    if lower is not None and highest is not None:
        return {"validate": what, "criteria": "between", "minimum": lower, "maximum": highest}
    if lower is not None:
        return {"validate": what, "criteria": ">=", "value": lower}
    if highest is not None:
        return {"validate": what, "criteria": "<=", "value": highest}
    return None


def _requirement(cell: InputCell, kind: Kind, *, limited: bool) -> str:
    """What the cell takes, as the second half of a sentence."""
    if cell.kind == "choice":
        return f"请从下拉列表中选择：{'、'.join(cell.choices)}。"
    if cell.kind in _TEXTS:
        return f"不超过{kind.max_length}字。"
    noun = {"date": "日期", "count": "整数", "year": "年份"}.get(cell.kind, "数值")
    sign = "%" if cell.kind == "percent" else ""
    lower = None if kind.minimum is None else f"{kind.minimum}{sign}"
    upper = "本行分值" if limited else (None if kind.maximum is None else f"{kind.maximum}{sign}")
    if lower is not None and upper is not None:
        bounds = f"{lower}至{upper}之间的"
    elif lower is not None:
        bounds = f"不小于{lower}的"
    elif upper is not None:
        bounds = f"不大于{upper}的"
    else:
        bounds = ""
    unit = f"（单位：{kind.unit}）" if kind.unit and not sign else ""
    return f"应填{bounds}{noun}{unit}。"


def _bound(bound: Decimal | None, kind: str) -> int | float | None:
    """A bound as the cell's own value has it: a percentage is a fraction there."""
    if bound is None:
        return None
    exact = bound / 100 if kind == "percent" else bound
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a day in a cell has no time zone


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
