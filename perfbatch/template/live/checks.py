"""The sheet 校验 as data: which check stands where, what its formula is, and which input cell it is about.

Checks over the unit tables form a matrix (a row per check, a column per unit), those over the scorecard and over each table of
rows a matrix each (a row per indicator or row), the rest a list. Checks that need last year's or the bureau's figures are left to
the night.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from perfbatch.rulebook.checks import BoundCheck, bind_checks
from perfbatch.rulebook.formula import verdict_formula
from perfbatch.rulebook.formula_terms import quoted
from perfbatch.rulebook.model import RowsBlock, Rulebook
from perfbatch.rulebook.tree import Member, Name
from perfbatch.rulebook.tree import leaves as leaves_of
from perfbatch.template.grid import CellRange
from perfbatch.template.live.item_rows import EXTRA_ROWS
from perfbatch.template.live.leaves import SPARE_ROWS, Leaf, Leaves
from perfbatch.template.live.scope import BeyondCells, CellScope, DepartmentCells, ItemCells, Undecidable, UnitCells
from perfbatch.template.live.scores import ScoreBlock
from perfbatch.template.live.unit_names import UnitNames

__all__ = [
    "APART",
    "CHECK_SHEET",
    "FIRST_TABLE_ROW",
    "UNCHECKED",
    "CheckLine",
    "CheckTable",
    "LiveCheck",
    "plan_checks",
]

CHECK_SHEET = "校验"

APART, UNCHECKED = "行名不一致", "未核"
"""What is said where rows of several tables do not belong to one unit, and past the rows that are followed."""

FIRST_VERDICT_COLUMN = 2
_INSERTED = "增加的行"
FIRST_TABLE_ROW = 4
_NUMERALS = [*"一二三四五六七八九十", *(f"十{digit}" for digit in "一二三四五六七八九"), *map(str, range(20, 100))]


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """One verdict: the check, its row in its table, where it is shown, its formula and the row of the hidden sheet that
    works it out, and the input cell that it is about. A row that the blank form does not have is shown with the others of
    its kind."""

    bound: BoundCheck
    row: int
    shown: CellRange | None
    formula: str
    live_row: int
    place: Leaf


@dataclass(frozen=True, slots=True)
class InsertedRows:
    """The verdicts of one check on the rows that may be inserted, shown together in one cell. `over`: the cell of the hidden
    sheet that says whether there are more of them."""

    shown: CellRange
    verdicts: tuple[LiveCheck, ...]
    over: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line of the sheet: code, title, and its verdicts from left to right, each in a cell of its own; then those of rows
    to come."""

    row: int
    code: str
    title: str
    verdicts: tuple[LiveCheck, ...]
    inserted: tuple[InsertedRows, ...] = ()


@dataclass
class CheckTable:
    """A table of the sheet. `columns` head the verdicts; `named` those whose heading is a name that a department types: its
    field, once it is there."""

    title: str
    row: int
    columns: tuple[str, ...]
    lines: list[CheckLine] = field(default_factory=list)
    named: dict[int, str] = field(default_factory=dict)


def plan_checks(leaves: Leaves, scores: ScoreBlock, rulebook: Rulebook, names: UnitNames) -> list[CheckTable]:
    """Every check that a single workbook can decide, in tables, from the top of the sheet."""
    return [table for table in _Planner(leaves, scores, rulebook, names).tables() if table.lines]


class _Planner:
    def __init__(self, leaves: Leaves, scores: ScoreBlock, rulebook: Rulebook, names: UnitNames) -> None:
        self._leaves = leaves
        self._scores = scores
        self._rulebook = rulebook
        self._bound = bind_checks(rulebook)
        self._names = names
        self._table_of = {field.id: table for table, block in rulebook.unit_tables.items() for field in block.fields}
        self._department = DepartmentCells(leaves, rulebook, derived=scores.derived(), rows=scores.rows_of)
        self._next = FIRST_TABLE_ROW
        self._live_row = 0

    def tables(self) -> Iterator[CheckTable]:
        identities = [bound for bound in self._bound if bound.check.code.startswith("R")]
        slips = [bound for bound in self._bound if not bound.check.code.startswith("R")]
        book, numbers = self._rulebook, iter(_NUMERALS)
        if book.unit_tables:
            yield self._unit_table(f"{next(numbers)}、各机构收支核对", identities)
        yield self._list(f"{next(numbers)}、汇总、综述与评分核对", identities)
        if book.scorecard is not None:
            names = [indicator.name for indicator in book.indicators]
            yield self._row_table(f"{next(numbers)}、评分表逐项核对", identities, "item", names)
        for name in book.tables_in_rules:
            block = book.row_tables[name]
            title = "绩效指标逐项核对" if name == book.roles.targets else f"“{block.title}”逐行核对"
            yield self._row_table(f"{next(numbers)}、{title}", [*identities, *slips], name, self._row_names(block))
        if book.unit_tables:
            yield self._unit_table(f"{next(numbers)}、金额单位核对（万元与元）", slips)
        yield self._list(f"{next(numbers)}、基础数据金额单位核对（万元与元）", slips)

    def _row_names(self, block: RowsBlock) -> list[str]:
        """What the rows of the blank form are called: their numbers, and what is printed in them."""
        rows = self._leaves.layout.places[block.fields[0].id].where.rows
        printed = [" ".join(preset.values()) for preset in block.presets]
        printed += [""] * (rows - len(printed))
        return [f"第{number}行 {words}".rstrip() for number, words in enumerate(printed, start=1)]

    def _unit_table(self, title: str, checks: list[BoundCheck]) -> CheckTable:
        """A line per check, a verdict per unit."""
        names = self._leaves.layout.places[self._rulebook.roles.sub_unit].cells
        heads = ("汇总", "局机关", *(f"二级机构{number}" for number in range(1, len(names) - 1)))
        table = self._table(title, (*heads[: len(names)], _INSERTED))
        leaves = self._leaves.column_of(self._rulebook.roles.sub_unit)
        table.named = {row: leaves[row].column("B") for row in range(2, len(names))}
        for bound in (bound for bound in checks if bound.check.scope == "unit"):
            scopes: list[tuple[int, CellScope]] = [
                (row, UnitCells(self._leaves, self._rulebook, row)) for row in range(len(leaves))
            ]
            self._line(table, bound, self._title(bound), scopes, len(names))
        return table

    def _list(self, title: str, checks: list[BoundCheck]) -> CheckTable:
        """A line per check, one verdict."""
        table = self._table(title, ("结果",))
        for bound in (bound for bound in checks if bound.check.scope == "department"):
            self._line(table, bound, self._title(bound), [(0, self._department)])
        return table

    def _row_table(self, title: str, checks: list[BoundCheck], scope: str, names: list[str]) -> CheckTable:
        """A line per row, a verdict per check. `scope` is `item`, or the table of rows."""
        columns = [bound for bound in checks if scope == (self._rulebook.table_of(bound.check) or bound.check.scope)]
        table = self._table(title, tuple(bound.check.title for bound in columns))
        codes = "、".join(dict.fromkeys(bound.check.code for bound in columns))
        rows = len(names) + (EXTRA_ROWS if scope == "item" else SPARE_ROWS)
        # A check after the other, so that its rows stand together on the hidden sheet.
        verdicts = [
            [
                self._check(bound, row, self._row_scope(scope, row), self._next + row if row < len(names) else None, at)
                for row in range(rows)
            ]
            for at, bound in enumerate(columns)
        ]
        for row, name in enumerate(names):
            table.lines.append(CheckLine(self._next + row, codes, name, tuple(column[row] for column in verdicts)))
        self._next += len(names)
        if rows > len(names):
            inserted = tuple(self._inserted(column[len(names) :], self._next, at) for at, column in enumerate(verdicts))
            table.lines.append(CheckLine(self._next, codes, _INSERTED, (), inserted))
            self._next += 1
        return table

    def _inserted(self, verdicts: list[LiveCheck], line: int, column: int) -> InsertedRows:
        place = verdicts[0].place.field.id
        tables = self._leaves.growing_tables
        table = next((table for table, columns in tables.items() if place in columns), None)
        over = self._leaves.items.over if table is None else self._leaves.over(table)
        at = FIRST_VERDICT_COLUMN + column
        return InsertedRows(CellRange(CHECK_SHEET, line, at, line, at), tuple(verdicts), over)

    def _row_scope(self, scope: str, row: int) -> CellScope:
        if scope == "item":
            beyond = row >= len(self._rulebook.indicators)
            return (BeyondCells if beyond else ItemCells)(self._leaves, self._rulebook, row)
        return CellScope(self._leaves, self._rulebook, row)

    def _table(self, title: str, columns: tuple[str, ...]) -> CheckTable:
        table = CheckTable(title, self._next, columns)
        self._next += 2
        return table

    def _line(
        self,
        table: CheckTable,
        bound: BoundCheck,
        title: str,
        scopes: list[tuple[int, CellScope]],
        printed: int | None = None,
    ) -> None:
        """`printed`: how many of the rows the blank form has, where others may be inserted."""
        shown = len(scopes) if printed is None else printed
        try:
            verdicts = [
                self._check(bound, row, scope, self._next if column < shown else None, column)
                for column, (row, scope) in enumerate(scopes)
            ]
        except Undecidable:
            return
        inserted = () if printed is None else (self._inserted(verdicts[shown:], self._next, shown),)
        table.lines.append(CheckLine(self._next, bound.check.code, title, tuple(verdicts[:shown]), inserted))
        self._next += 1

    def _guarded(self, bound: BoundCheck, row: int, formula: str) -> str:
        """The verdict, unless a table has more rows than are followed, or the rows paired are not of one unit."""
        used = [leaf for tree in (bound.holds, bound.when) if tree is not None for leaf in leaves_of(tree)]
        summed = {
            self._table_of.get(member.field)
            for member in used
            if isinstance(member, Member) and member.owner == "units"
        }
        if any(isinstance(leaf, Name) and leaf.id == "targets_answered" for leaf in used):
            summed |= {table for table in self._leaves.growing_tables if table not in self._rulebook.unit_tables}
        over = "+".join(
            [*sorted(self._leaves.over(table) for table in summed if table is not None), *self._unsure(bound, row)]
        )
        apart = ""
        if bound.check.scope == "unit":
            named = {leaf.id for leaf in used if isinstance(leaf, Name)}
            apart = self._names.apart({self._table_of[name] for name in named if name in self._table_of}, row)
        text = formula.removeprefix("=")
        for count, word in ((apart, APART), (over, UNCHECKED)):
            if count:
                text = f"IF({count}>0,{quoted(word)},{text})"
        return f"={text}"

    def _unsure(self, bound: BoundCheck, row: int) -> Iterator[str]:
        """Counts that are more than 0 where rows of the scorecard are not followed, or not known to be whose."""
        items, indicators = self._leaves.items, self._rulebook.indicators
        asked = [leaf for tree in (bound.holds, bound.when) if tree is not None for leaf in leaves_of(tree)]
        for rows in self._scores.row_blocks:
            named = {leaf.owner for leaf in asked if isinstance(leaf, Member)}
            named |= {leaf.id for leaf in asked if isinstance(leaf, Name)}
            if named & {"verified_total", "self_total", "items", *rows.names}:
                yield rows.over
        used = [leaf for tree in (bound.holds, bound.when) if tree is not None for leaf in leaves_of(tree)]
        owners = {leaf.owner for leaf in used if isinstance(leaf, Member)}
        names = {leaf.id for leaf in used if isinstance(leaf, Name)}
        alone = "verified_total" in names or any(indicator.id in owners for indicator in indicators)
        groups = {"items", *(group.id for group in self._rulebook.groups)}
        if not items.fields:
            return
        if bound.check.scope == "item" or owners & groups or alone or "self_total" in names:
            yield items.over
        if owners & groups:
            yield items.doubled
        if alone:
            yield items.beyond
        if bound.check.scope == "item" and row >= len(indicators):
            yield items.is_second(row)
            if names & {"has_target_types", "targets_answered"}:
                yield items.at(row)

    def _check(self, bound: BoundCheck, row: int, scope: CellScope, line: int | None, column: int) -> LiveCheck:
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
        shown = None if line is None else CellRange(CHECK_SHEET, line, at, line, at)
        return LiveCheck(bound, row, shown, self._guarded(bound, row, formula), self._live_row, place)

    def _place(self, bound: BoundCheck, row: int) -> Leaf:
        place = bound.place
        if isinstance(place, Member):
            indicators = self._rulebook.indicators
            first = next(
                (n for n, indicator in enumerate(indicators) if place.owner in (indicator.id, indicator.group)), 0
            )
            field = self._rulebook.score_places.field(place.owner, place.field)
            rows = self._leaves.column_of(field)
            return (
                rows[first]
                if self._rulebook.scorecard is not None
                else rows[self._rulebook.score_places.first_row(place.owner)]
            )
        return self._leaves.column_of(place.id)[row]

    def _title(self, bound: BoundCheck) -> str:
        """The check's title, with the field where one check stands for many."""
        return f"{bound.check.title}：{bound.label}" if bound.check.is_repeated else bound.check.title
