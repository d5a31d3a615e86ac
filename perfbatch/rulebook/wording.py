"""Rules, ratios, checks and grades in words, as people read them: the printed standard, `rulebook show`, `explain`."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.expression import ExpressionError, parse, unparse
from perfbatch.rulebook.kinds.band import range_words
from perfbatch.rulebook.model import Band, Cap, Grade, Indicator, Rulebook, SignatureBlock
from perfbatch.rulebook.tree import Binary, Boolean, Call, Compare, Member, Name, Negative, Node, Not, Text

__all__ = [
    "describe_cap",
    "describe_expression",
    "describe_figure",
    "describe_grade",
    "describe_rule",
    "plain_decimal",
]

_RELATIONS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_OPERATORS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_STRENGTH = {"or": 1, "and": 2, "compare": 4, "+": 5, "-": 5, "*": 6, "/": 6, "neg": 7}
# Names that the rules know beside the form's fields.
_PLACES = {
    "each": "该栏",
    "total": "合计",
    "parts": "各分项之和",
    "part": "分项",
    "against": "所对照的数",
    "total_points": "总分",
    "self_total": "自评总分",
    "verified_total": "核定总分",
    "has_target_types": "指标须有对应的绩效目标",
    "targets_answered": "已填完成情况的对应目标数",
    "fixed_points": "评分标准规定的分值",
    "item_points": "计分分值",
}
_OWNERS = {"units": "各机构", "items": "各指标", "prior": "上年报送的", "roster": "名录", "summary": "汇总行"}
_COLLECTIONS = ("units", "items")


def describe_rule(indicator: Indicator) -> str:
    """How an indicator is scored, in one line of Chinese."""
    parts = [indicator.rule.words(indicator)]
    if indicator.deviation is not None:
        parts.append(indicator.deviation.words(indicator))
    return " ".join("；".join(parts).split())


def describe_grade(grade: Grade) -> str:
    """The scores of a grade: 80 分（含）至 90 分（不含）."""
    return range_words(Band(minimum=grade.minimum, below=grade.below, points=Decimal(0)), " 分")


def describe_cap(cap: Cap, rulebook: Rulebook) -> str:
    """A cap: 85 ≤ x 且 x < 90 的，总分最高 89 分."""
    return f"{describe_expression(cap.when, rulebook)} 的，总分最高 {plain_decimal(cap.maximum)} 分"


def describe_figure(indicator: Indicator, rulebook: Rulebook) -> str:
    """The figure that the rule looks at, with the form's labels: `在职人员控制率 = 实有人数（人） ÷ 人员编制（人） × 100%`.

    Rules without a figure of their own name the answers that they count; "" for judgement.
    """
    if indicator.ratio is not None:
        return f"{indicator.ratio_name or '比率'} = {describe_expression(indicator.ratio, rulebook)} × 100%"
    if indicator.figure is not None:
        return describe_expression(indicator.figure, rulebook)
    return indicator.rule.figure_words(_Wording(rulebook))


def describe_expression(source: str, rulebook: Rulebook) -> str:
    """An expression of the rulebook with labels in place of ids and signs as people write them.

    Raises nothing: a text that is not an expression comes back as it is, since `rulebook lint` is who refuses it.
    """
    return _Wording(rulebook).expression(source)


class _Wording:
    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._groups = {group.id: group for group in rulebook.groups}
        self._sheets = {
            field.id: section.sheet
            for section, block in rulebook.blocks()
            if not isinstance(block, SignatureBlock)
            for field in block.fields
        }
        self._shared = {label for label, count in Counter(f.label for f in rulebook.fields()).items() if count > 1}

    def expression(self, source: str) -> str:
        """The words of an expression; a text that is none as it is."""
        try:
            return self.node(parse(source))
        except ExpressionError:
            return source

    def node(self, node: Node, outer: int = 0) -> str:
        """The words of a node, bracketed where the operator around it binds tighter."""
        match node:
            case Name(name):
                return self._name(name)
            case Member(owner, field):
                return self._member(owner, field)
            case Text(value):
                return f"“{value}”"
            case Call(function, arguments):
                return self._call(function, arguments)
            case Not(operand):
                return f"不满足（{self.node(operand)}）"
            case Negative(operand):
                strength, text = _STRENGTH["neg"], f"−{self.node(operand, _STRENGTH['neg'])}"
            case Binary("+", left, Negative(operand)):
                strength = _STRENGTH["-"]
                text = f"{self.node(left, strength)} {_OPERATORS['-']} {self.node(operand, strength + 1)}"
            case Binary(op, left, right):
                strength = _STRENGTH[op]
                text = f"{self.node(left, strength)} {_OPERATORS[op]} {self.node(right, strength + 1)}"
            case Compare(op, left, right):
                strength = _STRENGTH["compare"]
                text = f"{self.node(left, strength + 1)} {_RELATIONS[op]} {self.node(right, strength + 1)}"
            case Boolean(op, operands):
                strength = _STRENGTH[op]
                word = " 且 " if op == "and" else " 或 "
                text = word.join(self.node(operand, strength + 1) for operand in operands)
            case _:
                return unparse(node)
        return f"（{text}）" if strength < outer else text

    def _name(self, name: str) -> str:
        if field := self._rulebook.field_by_id.get(name):
            label = field.label.removeprefix("其中：")
            # 基本支出 stands on two sheets, and a check compares the two.
            return f"{self._sheets[name]}·{label}" if field.label in self._shared and name in self._sheets else label
        if indicator := self._rulebook.indicator_by_id.get(name):
            return indicator.name
        return _PLACES.get(name, name)

    def _member(self, owner: str, field: str) -> str:
        label = "分值" if field == "points" else self._name(field)
        if owner == "each":
            return f"该组{label}"
        if group := self._groups.get(owner):
            return f"“{group.name}”组{label}"
        if indicator := self._rulebook.indicator_by_id.get(owner):
            return f"“{indicator.name}”{label}"
        return f"{_OWNERS.get(owner, owner)}{label}"

    def _call(self, function: str, arguments: tuple[Node, ...]) -> str:
        words = [self.node(argument) for argument in arguments]
        match function, words:
            case "sum", [operand]:
                return f"{operand}之和"
            case "abs", [operand]:
                return f"{operand}的绝对值"
            case "filled", [operand]:
                return f"{operand}已填"
            case "either", [operand, other]:
                return f"{operand}（未填时取 {other}）"
            case "part", [operand]:
                return operand
            case "grade", [operand]:
                return f"{operand}对应的等次"
            case "points", [operand]:
                return f"{operand}的核算得分"
            case "days_late", [operand]:
                return f"{operand}迟于报送截止日期的天数"
            case "has_number", [operand]:
                return f"{operand}写有数值"
        return f"{function}({', '.join(words)})"
