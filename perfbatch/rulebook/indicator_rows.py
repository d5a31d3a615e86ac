"""Indicators that a department writes itself, row by row: each row that is filled in is one, its points are the row's own 分值.

So forms of 项目支出 have it (财预〔2020〕10号): 产出, 效益 and 满意度 are given, with their points; what is measured there is the
department's to say. Each group's rows together are one of the rulebook's indicators, so that projects can be compared.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from perfbatch.rulebook.form import Entry, Model
from perfbatch.rulebook.marks import BlockId, Expression, FieldId, GroupId, Identifier

__all__ = ["IndicatorRows", "RowCase", "RowGroups", "with_row_indicators"]

Percent = Annotated[Decimal, Field(ge=0, le=100)]


class RowCase(Model):
    """The first case whose condition holds says what becomes of a row: its `points` are worked out; or people score it, within a
    `range` of its points in percent (both ends in it); or it does not apply."""

    when: Expression
    points: Expression | None = None
    range: tuple[Percent, Percent] | None = None
    not_applicable: bool = False


class RowGroups(Model):
    """Which group a row belongs to: by what stands in a column."""

    by: FieldId
    map: Annotated[dict[str, GroupId], Field(min_length=1)]


class IndicatorRows(Entry):
    """A table whose filled rows are indicators. `name`, `max` and `self` are the columns of what each is called, of its points and of
    the department's own score. Expressions are over the columns of a row. Where no case holds, people score the row."""

    id: Identifier
    rows: BlockId
    filled: Expression
    name: FieldId
    max: FieldId
    self: FieldId
    group: RowGroups
    subgroup: FieldId | None = None
    standard: str
    sources: tuple[str, ...]
    cases: tuple[RowCase, ...] = ()

    def indicator_of(self, group: str) -> str:
        """The id of the indicator that a group's rows make together."""
        return f"{self.id}_{group}"

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that its rows may belong to, each once."""
        return tuple(dict.fromkeys(self.group.map.values()))


def with_row_indicators(data: Any) -> Any:
    """The plain data of a rulebook with an indicator for each group of its indicator rows: worth what the group's other indicators
    leave of its points. What has not the shape of a rulebook stays as it is."""
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("indicator_rows"), list | tuple)
        or not data["indicator_rows"]
    ):
        return data
    tables = [_plain(table) for table in data["indicator_rows"]]
    names = {table.get("id") for table in tables}
    own = [indicator for indicator in data.get("indicators", ()) if _rule(indicator).get("rows") not in names]
    groups = {group.get("id"): group for group in map(_plain, data.get("groups", ()))}
    derived = []
    for table in tables:
        mapped = _plain(table.get("group")).get("map")
        for name in dict.fromkeys(mapped.values()) if isinstance(mapped, dict) else ():
            group = groups.get(name)
            left = _left(group, own) if group is not None else None
            if group is None or left is None:
                continue
            derived.append(
                {
                    "id": f"{table.get('id')}_{name}",
                    "name": group.get("name"),
                    "group": name,
                    "subgroup": group.get("name"),
                    "points": left,
                    "standard": table.get("standard"),
                    "sources": table.get("sources"),
                    "rule": {"kind": "rows", "rows": table.get("id")},
                }
            )
    return {**data, "indicators": [*own, *derived]}


def _plain(entry: Any) -> dict[str, Any]:
    if isinstance(entry, Model):
        return entry.model_dump()
    return entry if isinstance(entry, dict) else {}


def _rule(indicator: Any) -> dict[str, Any]:
    return _plain(_plain(indicator).get("rule"))


def _left(group: dict[str, Any], indicators: list[Any]) -> Decimal | None:
    """The points of a group that its own indicators leave; None where they leave none, or that is not to be told."""
    try:
        points = Decimal(str(group["points"]))
        taken = [
            Decimal(str(each["points"])) for each in map(_plain, indicators) if each.get("group") == group.get("id")
        ]
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return None
    left = points - sum(taken, Decimal())
    return left if left > 0 else None
