"""The formulas of the column 检查: what is wrong with a row, seen while it is typed. Only functions of Excel 2013."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from perfbatch.rulebook.vocabulary import title_of

__all__ = ["Columns", "Range", "row_check", "total_check"]


class Range(NamedTuple):
    """A column of a sheet from its first to its last row that may be filled."""

    sheet: str
    letter: str
    first: int
    last: int

    @property
    def all(self) -> str:
        """The whole column."""
        return f"'{self.sheet}'!${self.letter}${self.first}:${self.letter}${self.last}"

    def at(self, row: int) -> str:
        """The cell of one row."""
        return f"${self.letter}{row}"


_RULE, _BANDS, _ITEMS = title_of("rule"), title_of("bands"), title_of("items")

Columns = Mapping[str, Mapping[str, Range]]
"""Key of the rulebook (`indicators`) → heading's key (`id`, `points`, `owner`, `part`) → its column."""


def row_check(key: str, columns: Columns, row: int, owners: str = "") -> str:
    """The formula of one row of the sheet of `key`; `owners` is the range of what rows may belong to."""
    own = columns[key]
    tests: list[tuple[str, str]] = []
    if owners:
        tests.append((f"COUNTIF({owners},{own['owner'].at(row)})=0", "所属不存在；"))
    if "id" in own and key != "rule":
        identity = own["id"]
        used = f'{identity.at(row)}<>""'
        tests.append((f"AND({used},COUNTIF({identity.all},{identity.at(row)})>1)", "代码重复；"))
    tests += _BY_KEY[key](columns, row) if key in _BY_KEY else []
    blank = f"SUMPRODUCT(LEN($A{row}:${own['last'].letter}{row}))=0"
    messages = "&".join(f'IF({test},"{message}","")' for test, message in tests)
    return f'=IF({blank},"",{messages})' if messages else ""


def total_check(columns: Columns, total: str) -> str:
    """Whether the groups' points add up to the rulebook's; `total` is the cell that holds them."""
    points = columns["groups"]["points"].all
    return f'=IF(ABS(SUM({points})-{total})>0.000001,"一级指标分值合计不等于总分","")'


def _groups(columns: Columns, row: int) -> list[tuple[str, str]]:
    own, indicators = columns["groups"], columns["indicators"]
    of_group = f"SUMIF({indicators['group'].all},{own['id'].at(row)},{indicators['points'].all})"
    return [(f"ABS({of_group}-{own['points'].at(row)})>0.000001", "指标分值合计不等于本组分值；")]


def _indicators(columns: Columns, row: int) -> list[tuple[str, str]]:
    own, rule = columns["indicators"], columns["rule"]
    groups = columns["groups"]["id"].all
    rules = f'SUMPRODUCT(({rule["owner"].all}={own["id"].at(row)})*({rule["part"].all}="{_RULE}"))'
    return [
        (f"COUNTIF({groups},{own['group'].at(row)})=0", "一级指标不存在；"),
        (f"{rules}<>1", "应有且只有一条评分规则；"),
    ]


def _rule(columns: Columns, row: int) -> list[tuple[str, str]]:
    own, indicators = columns["rule"], columns["indicators"]
    owner, part = own["owner"], own["part"]
    points = f"SUMIF({indicators['id'].all},{owner.at(row)},{indicators['points'].all})"
    of_owner = f"({owner.all}={owner.at(row)})"
    items = f'SUMPRODUCT({of_owner}*({part.all}="{_ITEMS}"),{own["points"].all})'
    bands = f'{part.at(row)}="{_BANDS}"'
    among = f'{of_owner}*({part.all}="{_BANDS}")'
    return [
        (f'AND({part.at(row)}="{_ITEMS}",ABS({items}-{points})>0.000001)', "核对项分值合计不等于指标分值；"),
        (f"AND({bands},N({own['points'].at(row)})>{points})", "分值大于指标分值；"),
        (f"AND({bands},{_gap(own, row, among)})", "与下一段不衔接；"),
    ]


def _grades(columns: Columns, row: int) -> list[tuple[str, str]]:
    return [(_gap(columns["grades"], row, "1"), "与下一等不衔接；")]


def _gap(own: Mapping[str, Range], row: int, among: str) -> str:
    """Whether no band below ends where this one begins, though there is one below it."""
    least, above = own["minimum"], own.get("above")
    most, below = own.get("maximum"), own["below"]

    def ends(upper: Range | None, lower: Range | None) -> str:
        if upper is None or lower is None:
            return "0"
        return f'IF({lower.at(row)}="",0,SUMPRODUCT({among}*({upper.all}<>"")*({upper.all}={lower.at(row)})))'

    start = f'IF({least.at(row)}<>"",{least.at(row)},{above.at(row)})' if above else least.at(row)
    bounded = f'OR({least.at(row)}<>"",{above.at(row)}<>"")' if above else f'{least.at(row)}<>""'
    lower_ones = f'SUMPRODUCT({among}*({least.all}<>"")*({least.all}<{start}))'
    if above:
        lower_ones += f'+SUMPRODUCT({among}*({above.all}<>"")*({above.all}<{start}))'
    else:
        # The lowest grade has no lower bound at all.
        lower_ones += f'+SUMPRODUCT({among}*({least.all}="")*({below.all}<>""))'
    return f"IF({bounded},AND(({lower_ones})>0,{ends(below, least)}+{ends(most, above)}<>1),FALSE)"


_BY_KEY = {"groups": _groups, "indicators": _indicators, "rule": _rule, "grades": _grades}
