"""Rows that are indicators of their own, on the hidden sheet: for each row whose it is, which case holds, what it is worth.

The mirror of `perfbatch.scoring.row_scores` in cells, a row of the block for every row of the table that is followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from perfbatch.model.submission import SCALE
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.formula import compile_formula
from perfbatch.rulebook.formula_terms import Condition, Figure, Term, Words, all_of, count, none_of, quoted, some
from perfbatch.rulebook.indicator_rows import IndicatorRows
from perfbatch.rulebook.model import Rulebook
from perfbatch.template.calculation.relative import column_number
from perfbatch.template.grid import column_name
from perfbatch.template.live.leaves import Leaves
from perfbatch.template.live.scope import CellScope

__all__ = ["RowBlock"]

_CENT = SCALE // 100
_FIRST_COLUMN = column_number("EA") - 1
_COLUMNS = (
    "group",
    "reduce",
    "case",
    "num",
    "den",
    "known",
    "quotient",
    "cents",
    "state",
    "maximum",
    "verified",
    "idle",
)
_UNDECIDED = 0


@dataclass
class _ReducedCells(CellScope):
    """The columns of a row, smaller by what divides all its figures: products of figures then stay exact in a double."""

    divisor: str = ""

    def name(self, name: str) -> Term:
        """A field's cell."""
        term = super().name(name)
        if isinstance(term, Figure):
            return Figure(f"{term.num}/{self.divisor}", f"{SCALE}/{self.divisor}", term.slack, term.known, term.tainted)
        return term


class RowBlock:
    """The rows of one `[[indicator_rows]]`; `number` counts the blocks from 0."""

    def __init__(self, leaves: Leaves, rulebook: Rulebook, spec: IndicatorRows, number: int) -> None:
        self._leaves = leaves
        self._rulebook = rulebook
        self._spec = spec
        self._left = _FIRST_COLUMN + number * len(_COLUMNS)
        self._groups = [spec.indicator_of(group) for group in spec.groups]

    @cached_property
    def length(self) -> int:
        """How many rows are followed."""
        return len(self._leaves.column_of(self._spec.max))

    @property
    def names(self) -> tuple[str, ...]:
        """What a check that looks at the rows names: the table, the groups, the indicators."""
        return (self._spec.rows, *self._spec.groups, *self._groups)

    @property
    def over(self) -> str:
        """A cell: more than 0 where the table has more rows than are followed."""
        return self._leaves.over(self._spec.rows)

    def formulas(self, indicator: str) -> dict[str, str]:
        """The formulas of the indicator that a group's rows make together, by column of the score block."""
        whole = int(self._rulebook.indicator_by_id[indicator].points * SCALE)
        rows, states = self._range("group"), self._range("state")
        number = self._groups.index(indicator) + 1

        def counted(state: str) -> str:
            return f"SUMPRODUCT(({rows}={number})*({states}={quoted(state)}))"

        all_rows, idle = f"COUNTIF({rows},{number})", counted("not_applicable")
        done = f"AND({all_rows}>0,{all_rows}={counted('computed')}+{idle})"
        state = f"IF({done},{quoted('computed')},{quoted('self_reported')})"
        state = f"IF(AND({all_rows}>0,{all_rows}={idle}),{quoted('not_applicable')},{state})"
        # What does not apply and leaves the total takes its points along.
        leaving = f"MIN({self._summed(indicator, 'idle')},{whole})"
        left = f"{whole}-{leaving}" if self._rulebook.not_applicable == "exclude" else str(whole)
        verified = f"MIN({self._summed(indicator, 'verified')},{left})"
        return {
            "state": f"={state}",
            "verified": f"={verified}",
            "cents": f"=INT({verified}/{_CENT})",
            "excess": f"={leaving}",
        }

    def total(self, indicator: str, field: str) -> Figure:
        """The sum of a column over the rows of an indicator, as they were typed."""
        number = self._groups.index(indicator) + 1
        leaves = self._leaves.column_of(field)

        def summed(letter: str) -> str:
            area = f"{leaves[0].column(letter)}:{leaves[-1].column(letter)}"
            return f"SUMIF({self._range('group')},{number},{area})"

        once = self._leaves.once
        return Figure(once(summed("B")), SCALE, "0", once(summed("D")), once(summed("E")))

    def cells(self) -> Iterator[tuple[int, int, str]]:
        """Row, column and content of every cell of the block."""
        for at, name in enumerate(_COLUMNS):
            yield 0, self._left + at, name
        for row in range(self.length):
            for name, formula in self._row(row).items():
                yield row + 1, self._left + _COLUMNS.index(name), f"={formula}"

    def _summed(self, indicator: str, column: str) -> str:
        return f"SUMIF({self._range('group')},{self._groups.index(indicator) + 1},{self._range(column)})"

    def _letter(self, name: str) -> str:
        return column_name(self._left + _COLUMNS.index(name))

    def _range(self, name: str) -> str:
        return f"${self._letter(name)}$2:${self._letter(name)}${self.length + 1}"

    def _row(self, row: int) -> dict[str, str]:
        here = {name: f"{self._letter(name)}{row + 2}" for name in _COLUMNS}
        spec = self._spec
        scope = _ReducedCells(self._leaves, self._rulebook, row, here["reduce"])
        plain = CellScope(self._leaves, self._rulebook, row)
        most, own = self._leaves.figure(spec.max, row), self._leaves.figure(spec.self, row)
        points = f"IF({all_of(some(most.known), none_of(some(most.tainted)))},{most.num},0)"
        stands = f"IF({all_of(some(own.known), none_of(some(own.tainted)))},MIN(MAX({own.num},0),{here['maximum']}),0)"
        policy = {"full": here["maximum"], "exclude": "0"}.get(self._rulebook.not_applicable, stands)
        worked = self._worked(scope, here["case"])
        dividend, divisor = f"(200*{here['num']}+{here['den']})", f"(2*{here['den']})"
        right = f"N(({here['quotient']}+1)*{divisor}<={dividend})"
        wrong = f"N({here['quotient']}*{divisor}>{dividend})"
        done = f"{here['state']}={quoted('computed')}"
        return {
            "group": self._group(plain),
            "reduce": self._reduce(row),
            "case": self._case(scope),
            **worked,
            "quotient": f"IF({here['den']}=0,0,INT({dividend}/{divisor}))",
            "cents": f"IF({here['den']}=0,0,{here['quotient']}-{wrong}+{right})",
            "state": self._state(here),
            "maximum": points,
            "verified": (
                f"IF({done},MIN(MAX({here['cents']}*{_CENT},0),{here['maximum']}),"
                f"IF({here['state']}={quoted('not_applicable')},{policy},{stands}))"
            ),
            "idle": f"IF({here['state']}={quoted('not_applicable')},{here['maximum']},0)",
        }

    def _group(self, scope: CellScope) -> str:
        """The number of the group of a row in use, 0 for any other."""
        used = compile_formula(parse(self._spec.filled), scope, tolerant=False)
        heading = scope.name(self._spec.group.by)
        assert isinstance(used, Condition)
        assert isinstance(heading, Words)
        number = "0"
        for text, group in self._spec.group.map.items():
            number = (
                f"IF({heading.value}={quoted(text)},{self._groups.index(self._spec.indicator_of(group)) + 1},{number})"
            )
        sure = all_of(used.value, some(used.known), none_of(some(used.tainted)), some(heading.known))
        return f"IF({sure},{number},0)"

    def _reduce(self, row: int) -> str:
        """What divides every figure of the row: of figures to 0.01 the places behind that."""
        fields = [field.id for field in self._rulebook.row_tables[self._spec.rows].fields]
        figures = [
            self._leaves.term(name, row) for name in fields if self._leaves.is_number(self._rulebook.field_by_id[name])
        ]
        whole = [f"INT({figure.num}/{_CENT})*{_CENT}={figure.num}" for figure in figures if isinstance(figure, Figure)]
        return f"IF(AND({','.join(whole)}),{_CENT},1)"

    def _case(self, scope: CellScope) -> str:
        """The number of the case that holds; one past the last where none does, 0 where that is not known."""
        number = str(len(self._spec.cases) + 1)
        for at, case in reversed(list(enumerate(self._spec.cases, start=1))):
            condition = compile_formula(parse(case.when), scope, tolerant=False)
            assert isinstance(condition, Condition)
            sure = all_of(some(condition.known), none_of(some(condition.tainted)))
            number = f"IF({sure},IF({condition.value},{at},{number}),{_UNDECIDED})"
        return number

    def _worked(self, scope: CellScope, chosen: str) -> dict[str, str]:
        """What the points of the chosen case come to, as a fraction, and whether they do; `chosen` is the cell of its number."""
        num, den, known = "0", "1", "0"
        for at, case in enumerate(self._spec.cases, start=1):
            if case.points is None:
                continue
            points = compile_formula(parse(case.points), scope, tolerant=False)
            assert isinstance(points, Figure)
            num = f"IF({chosen}={at},{points.num},{num})"
            den = f"IF({chosen}={at},{points.den},{den})"
            sure = count(all_of(some(points.known), none_of(some(points.tainted))))
            known = f"IF({chosen}={at},{sure},{known})"
        return {"num": f"IFERROR({num},0)", "den": f"IFERROR({den},0)", "known": f"IFERROR({known},0)"}

    def _state(self, here: dict[str, str]) -> str:
        state = quoted("self_reported")
        for at, case in enumerate(self._spec.cases, start=1):
            if case.not_applicable:
                state = f"IF({here['case']}={at},{quoted('not_applicable')},{state})"
            elif case.points is not None:
                state = f"IF(AND({here['case']}={at},{here['known']}=1,{here['den']}<>0),{quoted('computed')},{state})"
        return state
