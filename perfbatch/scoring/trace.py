"""The trace behind a score: inputs with their cells, the rule in the form's words, the arithmetic, the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from perfbatch.district.frames import Frames
from perfbatch.district.result import STATUS_LABELS
from perfbatch.district.scopes import DepartmentScope
from perfbatch.model.figures import figure_text, percent_text, plain, score_text
from perfbatch.model.row_titles import row_title
from perfbatch.model.submission import SCALE, Fact, State
from perfbatch.rulebook.columns import Truth, evaluate
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.quantity import Quantity
from perfbatch.rulebook.tree import Binary, Call, Name, Negative, Node, Number, children, leaves
from perfbatch.scoring.indicator_scores import COMPUTED, STATUSES, IndicatorScores
from perfbatch.scoring.remarks import label_of_input
from perfbatch.scoring.verify import Scored

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
    if scores.parts is not None and scores.status[department] == COMPUTED:
        computed = score_text(int(scores.parts.reached[department]))
    if computation is not None and computation.computed[department]:
        computed = score_text(int(computation.points[department]) * (SCALE // 100))
    self_known = bool(scores.self_score.usable[department])
    return Trace(
        indicator=scores.indicator.name,
        standard=scores.indicator.standard,
        sources=scores.indicator.sources,
        inputs=tuple(_input(input_id, frames, rulebook, department) for input_id in scores.indicator.input_ids),
        arithmetic=_rows_text(scored, department, indicator_id)
        or _Arithmetic(frames, scores, rulebook, department).text(),
        maximum=score_text(int(scores.maximum[department])),
        self_score=score_text(int(scores.self_score.num[department])) if self_known else "",
        computed=computed,
        verified=score_text(int(scores.verified[department])),
        status=STATUSES[scores.status[department]],
    )


def _rows_text(scored: Scored, department: int, indicator_id: str) -> str:
    """Of an indicator that is made of rows, what each of them was given, and by whom; "" for any other."""
    parts = []
    for rows in scored.rows:
        for at in np.flatnonzero(rows.of(indicator_id) & (rows.departments == department)).tolist():
            title = row_title(int(rows.frame["row"].iloc[at]) + 1, rows.frame[rows.spec.name].iloc[at])
            points = score_text(int(rows.maximum.num[at])) if rows.maximum.usable[at] else "？"
            given = score_text(int(rows.verified[at]))
            parts.append(f"{title} {given}/{points}（{STATUS_LABELS[STATUSES[rows.status[at]]]}）")
    return "；".join(parts)


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
        if computation is None:
            return rule.explained(self._indicator, self)
        lacking = [label_of_input(name, self._rulebook) for name, mask in computation.missing if mask[row]]
        if not computation.applicable[row]:
            return f"{self._ratio_words()}：分母为 0，不适用"
        if computation.over_zero is not None and computation.over_zero[row]:
            left = "得 0 分" if computation.computed[row] else "自评仍计分，须人工核定"
            last_year = self._indicator.last_year_denominator
            return f"{self._ratio_words()}：{'上年为 0，无法计算' if last_year else '分母为 0 而分子大于 0'}，{left}"
        if computation.below_zero is not None and computation.below_zero[row]:
            return f"{self._ratio_words()}：分母为 0 而分子为负数，须人工核定"
        if lacking:
            return f"缺少{'、'.join(lacking)}，不能核算"
        if not computation.covered[row]:
            return f"{rule.uncovered(self._indicator, self)}，评分标准没有规定，须人工核定"
        result = f"得 {plain(Fraction(int(computation.points[row]), 100))} 分"
        deviation = self._indicator.deviation
        beyond = deviation.explained(self) if deviation is not None else ""
        return "，".join(filter(None, (rule.explained(self._indicator, self), beyond, result)))

    # What a kind of rule may ask (`perfbatch.rulebook.kinds.surroundings.Account`).

    @property
    def yes(self) -> str:
        """How the form writes 是."""
        block = self._rulebook.evidence_block
        return block.yes if block else ""

    @property
    def figure(self) -> Fraction:
        """The exact figure that the rule looks at."""
        computation = self._scores.computation
        assert computation is not None
        assert computation.figure is not None
        return computation.figure.fraction(self._department)

    @property
    def scored(self) -> Fraction:
        """The figure that is scored: a part larger than its whole counts as all of it."""
        return min(self.figure, Fraction(100)) if self._indicator.is_part else self.figure

    def answer(self, evidence_id: str) -> str:
        """What the department answered in a row of the evidence."""
        return str(self._frames.evidence_fact(self._department, evidence_id).value)

    def _ratio_words(self) -> str:
        tree = parse(self._indicator.ratio or "")
        return f"{self._indicator.ratio_name} = {self.with_values(tree)}{self._stand_in()}"

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

    def figure_words(self) -> str:
        """The figure and how it comes about."""
        percent, computation = f"{percent_text(self.figure)} %", self._scores.computation
        if self._indicator.ratio and computation is not None:
            capped = ""
            for over in (computation.over, computation.over_rounding):
                if self._indicator.is_part and over is not None and over[self._department]:
                    capped = "，超过 100%，按 100% 计分"
            return f"{self.with_values(parse(self._indicator.ratio))} = {percent}{capped}{self._stand_in()}"
        tree = parse(self._indicator.figure or "")
        return (
            f"{self._label(tree.id)} {percent}" if isinstance(tree, Name) else f"{self.with_values(tree)} = {percent}"
        )

    def holds(self, node: Node) -> bool:
        """Whether a condition is known to hold."""
        scope = DepartmentScope(self._frames.departments, self._rulebook, frames=self._frames)
        truth = evaluate(node, scope, tolerant=False)
        return isinstance(truth, Truth) and bool(truth.value[self._department] and truth.known[self._department])

    def value(self, node: Node) -> str:
        """What an expression comes to, 未知 where that is not known."""
        scope = DepartmentScope(self._frames.departments, self._rulebook, frames=self._frames)
        column = evaluate(node, scope, tolerant=False)
        known = isinstance(column, Quantity) and bool(column.known[self._department])
        return plain(column.fraction(self._department), 2) if known and isinstance(column, Quantity) else "未知"

    def with_values(self, node: Node, outer: int = 0) -> str:
        """The expression with the department's figures in place of the names."""
        match node:
            case Name(name) if name in self._rulebook.field_by_id:
                fact = self._frames.fact(self._department, name)
                return _shown(fact, self._rulebook.field_by_id[name].kind, "")
            case Number(value):
                return plain(value)
            case Negative(operand):
                return f"−{self.with_values(operand, 3)}"
            case Binary("+", left, Negative(operand)):
                level, text = 1, f"{self.with_values(left, 1)} − {self.with_values(operand, 2)}"
            case Binary(op, left, right):
                level = 1 if op in "+-" else 2
                text = f"{self.with_values(left, level)} {_SIGNS[op]} {self.with_values(right, level + 1)}"
            case Call("part", (Name(name),)):
                fact = self._frames.fact(self._department, name)
                return "0" if fact.state == State.BLANK else self.with_values(Name(name))
            case Call("either", (first, second)):
                known = isinstance(first, Name) and self._frames.fact(self._department, first.id).state == State.FILLED
                return self.with_values(first if known else second, outer)
            case _:
                return self.value(node)
        return f"({text})" if level < outer else text


def _calls(tree: Node, function: str) -> Iterator[Call]:
    if isinstance(tree, Call) and tree.function == function:
        yield tree
    for child in children(tree):
        yield from _calls(child, function)


def _first_name(tree: Node) -> str:
    return next((leaf.id for leaf in leaves(tree) if isinstance(leaf, Name)), "")
