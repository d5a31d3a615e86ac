"""The trace behind a score: inputs with their cells, the rule in the form's words, the arithmetic, the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from perfbatch.district.frames import Frames
from perfbatch.district.scopes import DepartmentScope
from perfbatch.model.figures import figure_text, percent_text, plain, score_text
from perfbatch.model.submission import SCALE, Fact, State
from perfbatch.rulebook.columns import Truth, evaluate
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.model import (
    Band,
    BandsRule,
    CasesRule,
    ChecklistRule,
    DeductRule,
    JudgementRule,
    PerCaseRule,
    Rulebook,
)
from perfbatch.rulebook.quantity import Quantity
from perfbatch.rulebook.tree import Binary, Call, Name, Negative, Node, Number, bind, children, leaves
from perfbatch.scoring.remarks import READING_NAMES, label_of_input
from perfbatch.scoring.rules import Computation, input_ids
from perfbatch.scoring.verify import STATUSES, IndicatorScores, Scored

__all__ = ["Input", "Trace", "trace"]

_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_STATES: Mapping[State, str] = {State.BLANK: "未填", State.STATED_NONE: "填“无”", State.UNREADABLE: "无法读取"}


@dataclass(frozen=True, slots=True)
class Input:
    """One figure that a score rests on. `value` is ready to show, 未填 and the like where there is none."""

    label: str
    value: str
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Why a score is what it is. Scores are texts with two decimals, "" where there is none."""

    indicator: str
    standard: str
    sources: tuple[str, ...]
    inputs: tuple[Input, ...]
    arithmetic: str
    maximum: str
    self_score: str
    computed: str
    verified: str
    status: str


def trace(frames: Frames, scored: Scored, rulebook: Rulebook, department: int, indicator_id: str) -> Trace:
    """The trace of one indicator of one department (its position in the departments frame)."""
    scores = scored.indicators[indicator_id]
    computation = scores.computation
    computed = ""
    if computation is not None and computation.computed[department]:
        computed = score_text(int(computation.points[department]) * (SCALE // 100))
    self_known = bool(scores.self_score.usable[department])
    return Trace(
        indicator=scores.indicator.name,
        standard=scores.indicator.standard,
        sources=scores.indicator.sources,
        inputs=tuple(_input(input_id, frames, rulebook, department) for input_id in input_ids(scores.indicator)),
        arithmetic=_Arithmetic(frames, scores, rulebook, department).text(),
        maximum=score_text(int(scores.maximum[department])),
        self_score=score_text(int(scores.self_score.num[department])) if self_known else "",
        computed=computed,
        verified=score_text(int(scores.verified[department])),
        status=STATUSES[scores.status[department]],
    )


def _input(input_id: str, frames: Frames, rulebook: Rulebook, department: int) -> Input:
    field = rulebook.field_by_id.get(input_id)
    fact = frames.fact(department, input_id) if field else frames.evidence_fact(department, input_id)
    kind = field.kind if field else "count"
    unit = rulebook.kind_of(field).unit if field else ""
    return Input(label_of_input(input_id, rulebook), _shown(fact, kind, unit), fact.sheet, fact.cell)


def _shown(fact: Fact, kind: str, unit: str) -> str:
    if fact.state != State.FILLED:
        return _STATES[fact.state]
    return f"{figure_text(fact.value, kind)}{unit}" if isinstance(fact.value, int) else str(fact.value)


class _Arithmetic:
    """The sentence that does the sum again, for one indicator of one department."""

    def __init__(self, frames: Frames, scores: IndicatorScores, rulebook: Rulebook, department: int) -> None:
        self._frames = frames
        self._scores = scores
        self._indicator = scores.indicator
        self._rulebook = rulebook
        self._department = department

    def text(self) -> str:
        """The arithmetic, or why there is none."""
        row, computation, rule = self._department, self._scores.computation, self._indicator.rule
        if computation is None or isinstance(rule, JudgementRule):
            return "由人工评定，系统不核算"
        lacking = [label_of_input(name, self._rulebook) for name, mask in computation.missing if mask[row]]
        if not computation.applicable[row]:
            return f"{self._ratio_words()}：分母为 0，不适用"
        if computation.over_zero is not None and computation.over_zero[row]:
            left = "得 0 分" if computation.computed[row] else "自评分暂列，须人工核定"
            last_year = self._indicator.last_year_denominator
            return f"{self._ratio_words()}：{'上年为 0，无法计算' if last_year else '分母为 0 而分子大于 0'}，{left}"
        if computation.below_zero is not None and computation.below_zero[row]:
            return f"{self._ratio_words()}：分母为 0 而分子为负数，须人工核定"
        if lacking:
            return f"缺少{'、'.join(lacking)}，不能核算"
        if not computation.covered[row]:
            words = self._cases(rule) if isinstance(rule, CasesRule) else self._figure_words(computation)
            return f"{words}，评分标准没有规定，须人工核定"
        result = f"得 {plain(Fraction(int(computation.points[row]), 100))} 分"
        match rule:
            case DeductRule():
                return f"{self._figure_words(computation)}，{self._deduction(rule, computation)}，{result}"
            case BandsRule():
                return f"{self._figure_words(computation)}，属于 {self._band(rule, computation)}，{result}"
            case PerCaseRule():
                count = plain(self._figure(computation))
                full, each = plain(Fraction(self._indicator.points)), plain(Fraction(rule.per_case))
                return f"{full} − {each} × {count}（扣完为止），{result}"
            case ChecklistRule():
                return f"{self._checklist(rule)}，{result}"
            case CasesRule():
                return f"{self._cases(rule)}，{result}"
        raise TypeError(f"no such rule: {rule!r}")

    def _figure(self, computation: Computation) -> Fraction:
        assert computation.figure is not None
        return computation.figure.fraction(self._department)

    def _scored(self, computation: Computation) -> Fraction:
        """The figure that is scored: a part larger than its whole counts as all of it."""
        figure = self._figure(computation)
        return min(figure, Fraction(100)) if self._indicator.is_part else figure

    def _ratio_words(self) -> str:
        tree = parse(self._indicator.ratio or "")
        return f"{self._indicator.ratio_name} = {self._with_values(tree)}{self._stand_in()}"

    def _stand_in(self) -> str:
        """Which figure of the ratio stands in for one that is blank."""
        words = [
            f"{self._label(first)}未填，以{self._label(other)}代替"
            for call in _calls(parse(self._indicator.ratio or ""), "either")
            for first, other in [(_first_name(call.arguments[0]), _first_name(call.arguments[1]))]
            if first and other and self._frames.fact(self._department, first).state != State.FILLED
        ]
        return f"（{'；'.join(words)}）" if words else ""

    def _label(self, name: str) -> str:
        return label_of_input(name, self._rulebook)

    def _figure_words(self, computation: Computation) -> str:
        percent = f"{percent_text(self._figure(computation))} %"
        if self._indicator.ratio:
            capped = ""
            for over in (computation.over, computation.over_rounding):
                if self._indicator.is_part and over is not None and over[self._department]:
                    capped = "，超过 100%，按 100% 计分"
            return f"{self._with_values(parse(self._indicator.ratio))} = {percent}{capped}{self._stand_in()}"
        return f"{label_of_input(self._indicator.figure or '', self._rulebook)} {percent}"

    def _deduction(self, rule: DeductRule, computation: Computation) -> str:
        threshold = Fraction(rule.threshold)
        figure = self._scored(computation)
        past = figure - threshold if rule.side == "above" else threshold - figure
        bound = f"{plain(threshold)}%"
        if past <= 0:
            return f"未{'超过' if rule.side == 'above' else '低于'} {bound}，不扣分"
        word = "超" if rule.side == "above" else "低"
        counted = (
            past
            if rule.reading == "pro_rata"
            else Fraction(past.__floor__() if rule.reading == "whole" else past.__ceil__())
        )
        lost = counted * Fraction(rule.per_point)
        return (
            f"{word} {percent_text(past)} 个百分点（{READING_NAMES[rule.reading]}），"
            f"{plain(Fraction(self._indicator.points))} − {percent_text(counted)} × {plain(Fraction(rule.per_point))}"
            f" = {percent_text(Fraction(self._indicator.points) - lost).replace('-', '−')}，扣完为止"
        )

    def _band(self, rule: BandsRule, computation: Computation) -> str:
        figure = self._scored(computation)
        band = next(band for band in rule.bands if _holds(band, figure))
        low = f"{plain(Fraction(band.minimum))}% ≤ " if band.minimum is not None else ""
        low = f"{plain(Fraction(band.above))}% < " if band.above is not None else low
        high = f" ≤ {plain(Fraction(band.maximum))}%" if band.maximum is not None else ""
        high = f" < {plain(Fraction(band.below))}%" if band.below is not None else high
        return f"{low}比率{high} 一档"

    def _checklist(self, rule: ChecklistRule) -> str:
        block = self._rulebook.evidence_block
        assert block is not None
        parts = []
        for item, evidence_id in zip(rule.items, self._indicator.evidence_ids, strict=True):
            answer = self._frames.evidence_fact(self._department, evidence_id).value
            points = plain(Fraction(item.points)) if answer == block.yes else "0"
            parts.append(f"第{item.id}项{answer} {points}")
        return " + ".join(parts)

    def _cases(self, rule: CasesRule) -> str:
        steps = []
        trees = {name: parse(source) for name, source in rule.let.items()}
        for name, tree in trees.items():
            worked, value = self._with_values(tree), self._value(tree)
            equals = f"{worked} = {value}" if isinstance(tree, Binary | Call) and worked != value else value
            steps.append(f"{rule.labels.get(name, name)} = {equals}")
        hit = next((case.text for case in rule.cases if self._is_true(bind(parse(case.when), trees))), "")
        return "，".join([*steps, hit] if hit else steps)

    def _is_true(self, tree: Node) -> bool:
        scope = DepartmentScope(self._frames.departments, self._rulebook, frames=self._frames)
        truth = evaluate(tree, scope, tolerant=False)
        return isinstance(truth, Truth) and bool(truth.value[self._department] and truth.known[self._department])

    def _value(self, tree: Node) -> str:
        scope = DepartmentScope(self._frames.departments, self._rulebook, frames=self._frames)
        column = evaluate(tree, scope, tolerant=False)
        known = isinstance(column, Quantity) and bool(column.known[self._department])
        return plain(column.fraction(self._department), 2) if known and isinstance(column, Quantity) else "未知"

    def _with_values(self, node: Node, outer: int = 0) -> str:
        """The expression with the department's figures in place of the names."""
        match node:
            case Name(name):
                fact = self._frames.fact(self._department, name)
                return _shown(fact, self._rulebook.field_by_id[name].kind, "")
            case Number(value):
                return plain(value)
            case Negative(operand):
                return f"−{self._with_values(operand, 3)}"
            case Binary("+", left, Negative(operand)):
                level, text = 1, f"{self._with_values(left, 1)} − {self._with_values(operand, 2)}"
            case Binary(op, left, right):
                level = 1 if op in "+-" else 2
                text = f"{self._with_values(left, level)} {_SIGNS[op]} {self._with_values(right, level + 1)}"
            case Call("part", (Name(name),)):
                fact = self._frames.fact(self._department, name)
                return "0" if fact.state == State.BLANK else self._with_values(Name(name))
            case Call("either", (first, second)):
                known = isinstance(first, Name) and self._frames.fact(self._department, first.id).state == State.FILLED
                return self._with_values(first if known else second, outer)
            case _:
                raise TypeError(f"no arithmetic in {node!r}")
        return f"({text})" if level < outer else text


def _calls(tree: Node, function: str) -> Iterator[Call]:
    if isinstance(tree, Call) and tree.function == function:
        yield tree
    for child in children(tree):
        yield from _calls(child, function)


def _first_name(tree: Node) -> str:
    return next((leaf.id for leaf in leaves(tree) if isinstance(leaf, Name)), "")


def _holds(band: Band, figure: Fraction) -> bool:
    return (
        (band.minimum is None or figure >= Fraction(band.minimum))
        and (band.above is None or figure > Fraction(band.above))
        and (band.maximum is None or figure <= Fraction(band.maximum))
        and (band.below is None or figure < Fraction(band.below))
    )
