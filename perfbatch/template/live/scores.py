"""The score block of the hidden sheet: a row per indicator, the rule's arithmetic on whole numbers, step by step.

Every division that decides a cent is taken as a whole-number quotient and put right by multiplying back, because a double
can round a quotient up to the next whole number and Excel's INT takes it at its word.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from perfbatch.model.submission import SCALE
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.formula import compile_formula
from perfbatch.rulebook.formula_terms import (
    NO,
    YES,
    Condition,
    Figure,
    all_of,
    any_of,
    common,
    gather,
    none_of,
    plus,
    quoted,
    some,
    times,
)
from perfbatch.rulebook.model import (
    BandsRule,
    CasesRule,
    ChecklistRule,
    DeductRule,
    Indicator,
    PerCaseRule,
    Rulebook,
)
from perfbatch.rulebook.tree import Binary, bind
from perfbatch.template.live.leaves import LIVE_SHEET, Leaves, counts_nothing
from perfbatch.template.live.scope import DepartmentCells
from perfbatch.template.live.score_rules import bands_formulas, deduct_formulas, state_formula

__all__ = ["SCORE_COLUMNS", "TOTAL_ROW_LABEL", "ScoreBlock", "ScoreRow"]

_CENT = SCALE // 100
_REDUCIBLE = SCALE // 100

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
        self._scope = DepartmentCells(leaves, rulebook)
        self.rows = [self._row(number, indicator) for number, indicator in enumerate(rulebook.indicators, start=1)]
        self.total_row = len(self.rows) + 1

    def derived(self) -> dict[str, Figure]:
        """What checks may name: self_total, verified_total, and `points.<indicator>`."""
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
        return f"{SCORE_COLUMNS['verified']}{self.total_row + 1}"

    def total_formula(self) -> str:
        """The verified total; what is excluded as not applicable leaves it, and the rest is rescaled."""
        verified, maximum, state = (self._column(name) for name in ("verified", "maximum", "state"))
        if self._rulebook.not_applicable != "exclude":
            return f"=SUM({verified})"
        whole = int(self._rulebook.total_points * 100)
        out = f"({state}={quoted('not_applicable')})"
        kept = f"SUMPRODUCT({verified}*(1-{out}))/{_CENT}"
        left = f"({whole}-SUMPRODUCT({maximum}*{out})/{_CENT})"
        return f"=IF({left}<=0,0,INT((2*{kept}*{whole}+{left})/(2*{left})))*{_CENT}"

    def _column(self, name: str) -> str:
        letter = SCORE_COLUMNS[name]
        return f"{letter}{self.rows[0].row + 1}:{letter}{self.rows[-1].row + 1}"

    def _row(self, number: int, indicator: Indicator) -> ScoreRow:
        cell = {name: f"{letter}{number + 1}" for name, letter in SCORE_COLUMNS.items()}
        formulas = self._rule(indicator, cell)
        formulas["computed"] = f"=N({cell['state']}={quoted('computed')})"
        formulas["maximum"] = f"={self._maximum(indicator)}"
        formulas["verified"] = f"={self._verified(indicator, cell)}"
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
        own = self._leaves.figure(self._rulebook.roles.item_self, row)
        differs = f"AND({computed},{own.known}=1,INT(({own.num}+{_CENT // 2})/{_CENT})<>{cell['cents']})"
        return {
            "ratio_shown": f"={ratio}",
            "score_shown": f"=IF({computed},{cell['cents']}/100,{idle})",
            "hint": f'=IF({differs},"✗ 自评与核算不符","")',
        }

    def _rule(self, indicator: Indicator, cell: dict[str, str]) -> dict[str, str]:
        match indicator.rule:
            case DeductRule():
                return {**self._figure(indicator, cell), **deduct_formulas(indicator, indicator.rule, cell)}
            case BandsRule():
                return {**self._figure(indicator, cell), **bands_formulas(indicator, indicator.rule, cell)}
            case PerCaseRule():
                return self._per_case(indicator.rule, indicator, cell)
            case ChecklistRule():
                return self._checklist(indicator.rule, indicator)
            case CasesRule():
                return self._cases(indicator.rule)
        return {"state": f"={quoted('self_reported')}"}

    def _figure(self, indicator: Indicator, cell: dict[str, str]) -> dict[str, str]:
        """n / d is the figure as a fraction of one: both whole, and as small as they can simply be made."""
        if indicator.ratio is not None:
            tree = parse(indicator.ratio)
            assert isinstance(tree, Binary)
            left, right = (compile_formula(operand, self._scope, tolerant=False) for operand in (tree.left, tree.right))
            assert isinstance(left, Figure)
            assert isinstance(right, Figure)
            numerator, denominator, _ = common(left, right)
        else:
            figure = compile_formula(parse(indicator.figure or ""), self._scope, tolerant=False)
            assert isinstance(figure, Figure)
            numerator = figure
            denominator = Figure(times(str(figure.den), 100), 1, NO, YES, NO)
        fits = " ".join(
            f"INT({cell[name]}/{_REDUCIBLE})*{_REDUCIBLE}={cell[name]}" for name in ("numerator", "denominator")
        )
        return {
            "numerator": f"={numerator.num}",
            "numerator_known": f"={numerator.known}",
            "denominator": f"={denominator.num}",
            "denominator_known": f"={denominator.known}",
            "unreadable": f"={gather(numerator.tainted, denominator.tainted)}",
            "reduce": f"=IF(AND({','.join(fits.split(' '))}),{_REDUCIBLE},1)",
            "n": f"={cell['numerator']}/{cell['reduce']}*SIGN({cell['denominator']})",
            "d": f"=ABS({cell['denominator']})/{cell['reduce']}",
        }

    def _per_case(self, rule: PerCaseRule, indicator: Indicator, cell: dict[str, str]) -> dict[str, str]:
        each, full = Fraction(rule.per_case), Fraction(indicator.points)
        if rule.count == "breaches":
            row = self._evidence_rows()[indicator.evidence_ids[0]]
            leaf = self._leaves.column_of(self._rulebook.roles.evidence_answer)[row]
            ref = leaf.column("G")
            nothing = f"IF(ISERROR({ref}),0,N({counts_nothing(ref)}))"
            whole = f"IF(ISNUMBER({ref}),IF({ref}>=0,IF({ref}=INT({ref}),1,0),0),{nothing})"
            figure = Figure(f"IF(ISNUMBER({ref}),IF({whole}=1,{ref},0),0)", 1, NO, whole, NO)
        else:
            figure = self._leaves.figure(rule.count)
        lost = 100 * each
        left = f"{full * 100}-{lost.numerator}*{cell['numerator']}/{times(str(figure.den), lost.denominator)}"
        return {
            "numerator": f"={figure.num}",
            "numerator_known": f"={figure.known}",
            "unreadable": f"={figure.tainted}",
            "cents": f"=MAX(0,INT({left}+1/2))",
            "state": state_formula(all_of(some(cell["numerator_known"]), none_of(some(cell["unreadable"])))),
        }

    def _evidence_rows(self) -> dict[str, int]:
        ids = [evidence_id for indicator in self._rulebook.indicators for evidence_id in indicator.evidence_ids]
        return {evidence_id: row for row, evidence_id in enumerate(ids)}

    def _checklist(self, rule: ChecklistRule, indicator: Indicator) -> dict[str, str]:
        block = self._rulebook.evidence_block
        assert block is not None
        rows = self._evidence_rows()
        answers = [
            self._leaves.column_of(self._rulebook.roles.evidence_answer)[rows[evidence_id]].column("B")
            for evidence_id in indicator.evidence_ids
        ]
        earned = [
            f"{int(item.points * 100)}*N({answer}={quoted(block.yes)})"
            for item, answer in zip(rule.items, answers, strict=True)
        ]
        given = [any_of(f"{answer}={quoted(block.yes)}", f"{answer}={quoted(block.no)}") for answer in answers]
        return {"cents": f"={plus(*earned)}", "state": state_formula(all_of(*given))}

    def _cases(self, rule: CasesRule) -> dict[str, str]:
        figures = {name: parse(source) for name, source in rule.let.items()}
        cents, decided = NO, "FALSE"
        for case in reversed(rule.cases):
            condition = compile_formula(bind(parse(case.when), figures), self._scope, tolerant=False)
            assert isinstance(condition, Condition)
            sound = all_of(some(condition.known), none_of(some(condition.tainted)))
            hit = all_of(sound, condition.value)
            cents = f"IF({hit},{int(case.points * 100)},{cents})"
            decided = any_of(hit, all_of(sound, decided))
        return {"cents": f"={cents}", "state": state_formula(decided)}

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
        own = self._leaves.figure(self._rulebook.roles.item_self, row)
        stands = f"IF({all_of(some(own.known), none_of(some(own.tainted)))},MIN(MAX({own.num},0),{cell['maximum']}),0)"
        if not indicator.objective:
            return stands
        verified = f"IF({cell['state']}={quoted('computed')},{cell['cents']}*{_CENT},{stands})"
        if (indicator.not_applicable or self._rulebook.not_applicable) == "full":
            verified = f"IF({cell['state']}={quoted('not_applicable')},{cell['maximum']},{verified})"
        return verified
