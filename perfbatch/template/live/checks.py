"""The sheet 校验 as data: which check stands where, what its formula is, and which input cell it is about.

Checks over the unit tables form a matrix (a row per check, a column per unit), those over the scorecard and the targets a
matrix each (a row per indicator or target), the rest a list. Checks that need last year's or the bureau's figures are left to
the night.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from perfbatch.rulebook.checks import BoundCheck, bind_checks
from perfbatch.rulebook.expression import Member
from perfbatch.rulebook.formula import verdict_formula
from perfbatch.rulebook.model import Rulebook
from perfbatch.template.grid import CellRange
from perfbatch.template.live.leaves import Leaf, Leaves
from perfbatch.template.live.scope import CellScope, DepartmentCells, ItemCells, Undecidable, UnitCells
from perfbatch.template.live.scores import ScoreBlock

__all__ = ["CHECK_SHEET", "CheckLine", "CheckTable", "LiveCheck", "plan_checks"]

CHECK_SHEET = "校验"

FIRST_VERDICT_COLUMN = 2
_FIRST_TABLE_ROW = 4


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """One verdict: the check, its row in its table, where it is shown, its formula and the row of the hidden sheet that
    works it out, and the input cell that it is about."""

    bound: BoundCheck
    row: int
    shown: CellRange
    formula: str
    live_row: int
    place: Leaf


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line of the sheet: code, title, and its verdicts from left to right."""

    row: int
    code: str
    title: str
    verdicts: tuple[LiveCheck, ...]


@dataclass
class CheckTable:
    """A table of the sheet. `columns` head the verdicts."""

    title: str
    row: int
    columns: tuple[str, ...]
    lines: list[CheckLine] = field(default_factory=list)


def plan_checks(leaves: Leaves, scores: ScoreBlock, rulebook: Rulebook) -> list[CheckTable]:
    """Every check that a single workbook can decide, in tables, from the top of the sheet."""
    return [table for table in _Planner(leaves, scores, rulebook).tables() if table.lines]


class _Planner:
    def __init__(self, leaves: Leaves, scores: ScoreBlock, rulebook: Rulebook) -> None:
        self._leaves = leaves
        self._rulebook = rulebook
        self._bound = bind_checks(rulebook)
        self._department = DepartmentCells(leaves, rulebook, derived=scores.derived())
        self._next = _FIRST_TABLE_ROW
        self._live_row = 0

    def tables(self) -> Iterator[CheckTable]:
        identities = [one for one in self._bound if one.check.code.startswith("R")]
        slips = [one for one in self._bound if not one.check.code.startswith("R")]
        yield self._unit_table("一、各机构收支核对", identities)
        yield self._list("二、汇总、综述与评分核对", identities)
        yield self._row_table("三、评分表逐项核对", identities, "item", [one.name for one in self._rulebook.indicators])
        yield self._row_table("四、绩效指标逐项核对", identities, "target", self._target_names())
        yield self._unit_table("五、金额单位核对（万元与元）", slips)
        yield self._list("六、基础数据金额单位核对（万元与元）", slips)

    def _target_names(self) -> list[str]:
        place = self._leaves.layout.places[self._rulebook.roles.target_type]
        return [f"第{number}行 {cell.value or ''}".rstrip() for number, cell in enumerate(place.cells, start=1)]

    def _unit_table(self, title: str, checks: list[BoundCheck]) -> CheckTable:
        """A line per check, a verdict per unit."""
        names = self._leaves.layout.places[self._rulebook.roles.sub_unit].cells
        heads = ("汇总", "局机关", *(f"二级机构{number}" for number in range(1, len(names) - 1)))
        table = self._table(title, heads[: len(names)])
        for bound in (one for one in checks if one.check.scope == "unit"):
            scopes: list[tuple[int, CellScope]] = [
                (row, UnitCells(self._leaves, self._rulebook, row)) for row in range(len(names))
            ]
            self._line(table, bound, self._title(bound), scopes)
        return table

    def _list(self, title: str, checks: list[BoundCheck]) -> CheckTable:
        """A line per check, one verdict."""
        table = self._table(title, ("结果",))
        for bound in (one for one in checks if one.check.scope == "department"):
            self._line(table, bound, self._title(bound), [(0, self._department)])
        return table

    def _row_table(self, title: str, checks: list[BoundCheck], scope: str, names: list[str]) -> CheckTable:
        """A line per row, a verdict per check."""
        columns = [one for one in checks if one.check.scope == scope]
        table = self._table(title, tuple(one.check.title for one in columns))
        for row, name in enumerate(names):
            cells: CellScope
            if scope == "item":
                cells = ItemCells(self._leaves, self._rulebook, row)
            else:
                cells = CellScope(self._leaves, self._rulebook, row)
            verdicts = [self._check(bound, row, cells, self._next, column) for column, bound in enumerate(columns)]
            codes = "、".join(dict.fromkeys(one.check.code for one in columns))
            table.lines.append(CheckLine(self._next, codes, name, tuple(verdicts)))
            self._next += 1
        return table

    def _table(self, title: str, columns: tuple[str, ...]) -> CheckTable:
        table = CheckTable(title, self._next, columns)
        self._next += 2
        return table

    def _line(self, table: CheckTable, bound: BoundCheck, title: str, scopes: list[tuple[int, CellScope]]) -> None:
        try:
            verdicts = tuple(
                self._check(bound, row, scope, self._next, column) for column, (row, scope) in enumerate(scopes)
            )
        except Undecidable:
            return
        table.lines.append(CheckLine(self._next, bound.check.code, title, verdicts))
        self._next += 1

    def _check(self, bound: BoundCheck, row: int, scope: CellScope, line: int, column: int) -> LiveCheck:
        place = self._place(bound, row)
        money = place.field.kind in ("amount", "area")
        formula = verdict_formula(
            bound.holds,
            bound.when,
            scope,
            tolerant=bound.check.tolerance == "interval",
            places="0.00####" if money else "0.######",
            zero_is_filled=bound.check.zero_is_filled,
        )
        at = FIRST_VERDICT_COLUMN + column
        self._live_row += 1
        return LiveCheck(bound, row, CellRange(CHECK_SHEET, line, at, line, at), formula, self._live_row, place)

    def _place(self, bound: BoundCheck, row: int) -> Leaf:
        place = bound.place
        if isinstance(place, Member):
            indicators = self._rulebook.indicators
            first = next((n for n, one in enumerate(indicators) if place.owner in (one.id, one.group)), 0)
            return self._leaves.column_of(place.field)[first]
        return self._leaves.column_of(place.id)[row]

    def _title(self, bound: BoundCheck) -> str:
        """The check's title, with the field where one check stands for many."""
        check = bound.check
        repeated = check.each or check.each_table or check.each_total or check.each_part or check.each_against
        return f"{check.title}：{bound.label}" if repeated else check.title
