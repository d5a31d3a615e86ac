"""The score block of the hidden sheet: a row per indicator, the rule's arithmetic on whole numbers, step by step.

Every division that decides a cent is taken as a whole-number quotient and put right by multiplying back, because a double
can round a quotient up to the next whole number and Excel's INT takes it at its word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfbatch.model.submission import SCALE
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.formula import compile_formula
from perfbatch.rulebook.formula_terms import NO, YES, Condition, Figure, Term, all_of, gather, none_of, quoted, some
from perfbatch.rulebook.model import Cap, Indicator, Rulebook
from perfbatch.rulebook.tree import Node
from perfbatch.template.live.leaves import LIVE_SHEET, Leaf, Leaves, counts_nothing
from perfbatch.template.live.row_scores import RowBlock
from perfbatch.template.live.scope import DepartmentCells

__all__ = ["SCORE_COLUMNS", "TOTAL_ROW_LABEL", "ScoreBlock", "ScoreRow"]

_CENT = SCALE // 100

# The block's columns on the hidden sheet, right of the leaves.
SCORE_COLUMNS = {
    "indicator": "H",
    "numerator": "I",
    "numerator_known": "J",
    "denominator": "K",
    "denominator_known": "L",
    "unreadable": "M",
    "reduce": "N",
    "n": "O",
    "d": "P",
    "excess": "Q",
    "dividend": "R",
    "divisor": "S",
    "quotient": "T",
    "cents": "U",
    "state": "V",
    "maximum": "W",
    "verified": "X",
    "computed": "Y",
    "score_shown": "Z",
    "hint": "AB",
    "ratio_shown": "BJ",
}
TOTAL_ROW_LABEL = "verified_total"


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The formulas of one indicator, by column name; `row` counts from 0."""

    indicator: Indicator
    row: int
    formulas: dict[str, str]

    def ref(self, column: str) -> str:
        """A reference for formulas on the hidden sheet itself."""
        return f"{SCORE_COLUMNS[column]}{self.row + 1}"

    def seen(self, column: str) -> str:
        """The reference as another sheet writes it."""
        return f"{LIVE_SHEET}!{self.ref(column)}"


class ScoreBlock:
    """All indicators' rows, and the totals below them."""

    def __init__(self, leaves: Leaves, rulebook: Rulebook) -> None:
        self._leaves = leaves
        self._rulebook = rulebook
        self.row_blocks = [RowBlock(leaves, rulebook, spec, at) for at, spec in enumerate(rulebook.indicator_rows)]
        """The rows of tables that are indicators of their own."""
        blocks = dict(zip((spec.id for spec in rulebook.indicator_rows), self.row_blocks, strict=True))
        self.rows_of = {indicator: blocks[spec.id] for indicator, spec in rulebook.score_places.rows_behind.items()}
        self._scope = DepartmentCells(leaves, rulebook, rows=self.rows_of)
        self.rows = [self._row(number, indicator) for number, indicator in enumerate(rulebook.indicators, start=1)]
        self.total_row = len(self.rows) + 1
        self._caps = [self._cap(cap) for cap in rulebook.caps]

    def derived(self) -> dict[str, Figure]:
        """What checks may name: self_total, verified_total, and `points.<indicator>`."""
        if not self._rulebook.is_scored:
            return {}
        stated = self._leaves.figure(self._rulebook.roles.self_total)
        summed = self._scope.total("items", self._rulebook.roles.item_self)
        here = some(stated.known)
        figures = {
            "self_total": Figure(
                f"IF({here},{stated.num},{summed.num})", SCALE, NO, gather(stated.known, summed.known), NO
            ),
            "verified_total": Figure(self.total_ref, SCALE, NO, YES, NO),
        }
        for row in self.rows:
            if row.indicator.objective:
                figures[f"points.{row.indicator.id}"] = Figure(row.ref("cents"), 100, NO, row.ref("computed"), NO)
        return figures

    @property
    def total_ref(self) -> str:
        """The verified total in counts of 1/SCALE point."""
        return self._total_cell("verified")

    def _total_cell(self, column: str) -> str:
        return f"{SCORE_COLUMNS[column]}{self.total_row + 1}"

    def total_formulas(self) -> dict[str, str]:
        """The total row by column name: the verified total, from which what is excluded as not applicable leaves, the rest
        rescaled to all points, to 0.01; beside it the points that leave.

        An indicator's own policy goes before the rulebook's. A total from which nothing leaves stays as it was typed. No total
        passes a cap whose condition holds.
        """
        formulas = self._uncapped()
        if self._caps:
            formulas["verified"] = f"=MIN({','.join((formulas['verified'].removeprefix('='), *self._caps))})"
        return formulas

    def _cap(self, cap: Cap) -> str:
        """The cap where its condition is known to hold, else all points."""
        condition = compile_formula(parse(cap.when), self._scope, tolerant=False)
        assert isinstance(condition, Condition)
        known = all_of(some(condition.known), none_of(some(condition.tainted)))
        most, whole = int(cap.maximum * SCALE), int(self._rulebook.total_points * SCALE)
        return self._leaves.once(f"IF({known},IF({condition.value},{min(most, whole)},{whole}),{whole})")

    def _uncapped(self) -> dict[str, str]:
        total = f"SUM({self._column('verified')})"
        may_leave = [row for row in self.rows if self._may_leave(row.indicator)]
        if not may_leave:
            return {"verified": f"={total}"}
        idle = quoted("not_applicable")

        def leaving(column: str) -> str:
            # Of rows those leave that do not apply, not all of them or none; what they were given is not in the total.
            whole = [row for row in may_leave if not row.indicator.rule.by_rows]
            parts = [f"({row.ref('state')}={idle})*{row.ref(column)}" for row in whole]
            if column == "maximum":
                parts += [row.ref("excess") for row in may_leave if row.indicator.rule.by_rows]
            return "+".join(parts) or NO

        whole = int(self._rulebook.total_points * 100)
        gone, lost = self._total_cell("maximum"), self._total_cell("cents")
        kept, left = f"({total}-{lost})", f"({whole * _CENT}-{gone})"
        rescaled = f"IF({left}<=0,0,INT((2*{kept}*{whole}+{left})/(2*{left})))*{_CENT}"
        return {
            "maximum": f"={leaving('maximum')}",
            "cents": f"={leaving('verified')}",
            "verified": f"=IF({gone}=0,{total},{rescaled})",
        }

    def _may_leave(self, indicator: Indicator) -> bool:
        """Whether it is taken out of the total where it does not apply."""
        return indicator.objective and (indicator.not_applicable or self._rulebook.not_applicable) == "exclude"

    def _column(self, name: str) -> str:
        letter = SCORE_COLUMNS[name]
        return f"{letter}{self.rows[0].row + 1}:{letter}{self.rows[-1].row + 1}"

    def _row(self, number: int, indicator: Indicator) -> ScoreRow:
        cell = {name: f"{letter}{number + 1}" for name, letter in SCORE_COLUMNS.items()}
        cells = _RuleCells(cell, self._leaves, self._rulebook, self._scope, self.rows_of)
        formulas = {
            "maximum": f"={self._maximum(indicator)}",
            "verified": f"={self._verified(indicator, cell)}",
            **indicator.rule.formulas(indicator, cells),
            "computed": f"=N({cell['state']}={quoted('computed')})",
        }
        if indicator.deviation is not None:
            formulas["cents"] = indicator.deviation.formula(formulas["cents"], cell)
        return ScoreRow(indicator, number, {**formulas, **self._shown(number - 1, indicator, cell)})

    def _shown(self, row: int, indicator: Indicator, cell: dict[str, str]) -> dict[str, str]:
        """What is shown beside an indicator whose rule is objective."""
        if not indicator.objective:
            return dict.fromkeys(("ratio_shown", "score_shown", "hint"), '=""')
        state = cell["state"]
        computed = f"{state}={quoted('computed')}"
        ratio = '""'
        if indicator.ratio is not None:
            ratio = f'IF(AND({computed},{cell["d"]}<>0),TEXT({cell["n"]}/{cell["d"]},"0.00%"),"")'
        idle = f'IF({state}={quoted("not_applicable")},"不适用","数据不全")'
        own = self._own(row)
        differs = f"AND({computed},{own.known}=1,INT(({own.num}+{_CENT // 2})/{_CENT})<>{cell['cents']})"
        return {
            "ratio_shown": f"={ratio}",
            "score_shown": f"=IF({computed},{cell['cents']}/100,{idle})",
            "hint": f'=IF({differs},"✗ 自评与核算不符","")',
        }

    def _own(self, row: int) -> Figure:
        """The department's own score of an indicator."""
        indicator = self._rulebook.indicators[row].id
        if indicator in self.rows_of:
            return self.rows_of[indicator].total(indicator, self._rulebook.score_places.own_fields[indicator])
        return self._leaves.own_score(row)

    def _maximum(self, indicator: Indicator) -> str:
        """The department's own points where it may re-cut them and the set that shares them still adds up."""
        row = self._rulebook.indicators.index(indicator)
        ruled = str(int(indicator.points * SCALE))
        if not indicator.editable:
            return ruled
        own = self._leaves.figure(self._rulebook.roles.item_max, row)
        return f"IF({self._scope.adds_up(indicator)},IF({some(own.known)},{own.num},0),{ruled})"

    def _verified(self, indicator: Indicator, cell: dict[str, str]) -> str:
        row = self._rulebook.indicators.index(indicator)
        own = self._own(row)
        stands = f"IF({all_of(some(own.known), none_of(some(own.tainted)))},MIN(MAX({own.num},0),{cell['maximum']}),0)"
        if not indicator.objective:
            return stands
        verified = f"IF({cell['state']}={quoted('computed')},{cell['cents']}*{_CENT},{stands})"
        if (indicator.not_applicable or self._rulebook.not_applicable) == "full":
            verified = f"IF({cell['state']}={quoted('not_applicable')},{cell['maximum']},{verified})"
        return verified


class _RuleCells:
    """What a kind of rule may ask of the hidden sheet (`perfbatch.rulebook.kinds.surroundings.RuleCells`)."""

    def __init__(
        self,
        cell: Mapping[str, str],
        leaves: Leaves,
        rulebook: Rulebook,
        scope: DepartmentCells,
        rows: Mapping[str, RowBlock],
    ) -> None:
        self.cell = cell
        self._of_rows = rows
        self._leaves = leaves
        self._scope = scope
        self._answers = rulebook.roles.evidence_answer
        ids = [evidence_id for indicator in rulebook.indicators for evidence_id in indicator.evidence_ids]
        self._rows = {evidence_id: row for row, evidence_id in enumerate(ids)}
        block = rulebook.evidence_block
        self.yes, self.no = (block.yes, block.no) if block else ("", "")

    def compiled(self, node: Node) -> Term:
        """An expression over the department's cells, exact."""
        return compile_formula(node, self._scope, tolerant=False)

    def by_rows(self, indicator: str) -> dict[str, str]:
        """The formulas of an indicator that is made of rows of a table."""
        return self._of_rows[indicator].formulas(indicator)

    def answer(self, evidence_id: str) -> str:
        """The reference of an answer's text."""
        return self._leaf(evidence_id).column("B")

    def counted(self, name: str) -> Figure:
        """A field, or an answer, that counts: a whole number from 0, or a word for none."""
        if name not in self._rows:
            return self._leaves.figure(name)
        ref = self._leaf(name).column("G")
        nothing = f"IF(ISERROR({ref}),0,N({counts_nothing(ref)}))"
        whole = f"IF(ISNUMBER({ref}),IF({ref}>=0,IF({ref}=INT({ref}),1,0),0),{nothing})"
        return Figure(f"IF(ISNUMBER({ref}),IF({whole}=1,{ref},0),0)", 1, NO, whole, NO)

    def _leaf(self, evidence_id: str) -> Leaf:
        return self._leaves.column_of(self._answers)[self._rows[evidence_id]]
