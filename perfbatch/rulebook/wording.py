"""Rules, ratios, checks and grades in words, as people read them: the printed standard, `rulebook show`, `explain`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from perfbatch.rulebook.expression import ExpressionError, parse, unparse
from perfbatch.rulebook.model import (
    Band,
    BandsRule,
    CasesRule,
    ChecklistRule,
    DeductRule,
    Grade,
    Indicator,
    JudgementRule,
    PerCaseRule,
    Rulebook,
    SignatureBlock,
)
from perfbatch.rulebook.tree import Binary, Boolean, Call, Compare, Member, Name, Negative, Node, Not, Text

__all__ = [
    "READINGS",
    "describe_expression",
    "describe_figure",
    "describe_grade",
    "describe_rule",
    "plain_decimal",
]

READINGS: Mapping[str, str] = {
    "pro_rata": "按比例折算",
    "whole": "不足 1 个百分点的不扣",
    "ceil": "不足 1 个百分点的按 1 个百分点扣",
}
"""The three readings of “每超过一个百分点扣” for a fraction of a point."""

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


def plain_decimal(value: Decimal) -> str:
    """A decimal without exponent and trailing zeros: 5, 0.5, 100."""
    return format(value.normalize(), "f")


def describe_rule(indicator: Indicator) -> str:
    """How an indicator is scored, in one line of Chinese."""
    points = plain_decimal(indicator.points)
    match indicator.rule:
        case DeductRule() as rule:
            text = _deduct(indicator, rule)
        case BandsRule() as rule:
            bands = [f"{_range(band, '%')}：{plain_decimal(band.points)} 分" for band in rule.bands]
            text = "；".join(bands) + _outside(rule)
        case PerCaseRule(per_case=per_case, question=question):
            of = f"（{question.removesuffix('（例）')}）" if question else ""
            text = f"满分 {points} 分；每出现 1 例{of}扣 {plain_decimal(per_case)} 分，扣完为止"
        case ChecklistRule(items=items):
            answers = [
                f"{_circled(number)}{item.text}，{plain_decimal(item.points)} 分"
                for number, item in enumerate(items, 1)
            ]
            text = f"按核对清单逐项计分：{'；'.join(answers)}"
        case CasesRule(cases=cases):
            text = "；".join(f"{case.text or case.when}：{plain_decimal(case.points)} 分" for case in cases)
            text += "；其他情形由人工核定"
        case JudgementRule(basis=basis):
            text = f"人工评定，0 至 {points} 分：{basis}"
    return " ".join(text.split())


def _deduct(indicator: Indicator, rule: DeductRule) -> str:
    threshold, figure = f"{plain_decimal(rule.threshold)}%", indicator.ratio_name or "比率"
    relation, past, beyond = ("≤", "超过", "低于") if rule.side == "above" else ("≥", "低于", "超过")
    if rule.other_side == "finding":
        relation = "="
    text = (
        f"{figure} {relation} {threshold}：{plain_decimal(indicator.points)} 分；"
        f"每{past} 1 个百分点扣 {plain_decimal(rule.per_point)} 分（{READINGS[rule.reading]}），扣完为止"
    )
    if rule.other_side == "finding":
        text += f"；{beyond} {threshold} 的列为问题，按 {threshold} 计分"
    return text


def _range(band: Band, unit: str) -> str:
    """A band in words: 80%（含）至 90%（不含）."""
    low = band.minimum if band.minimum is not None else band.above
    high = band.maximum if band.maximum is not None else band.below
    if low is not None and low == high:
        return f"等于 {plain_decimal(low)}{unit}"
    if low is None or high is None:
        bound, limit = (low, "以上") if low is not None else (high, "以下")
        if bound is None:
            return "任意数值"
        if band.minimum is None and band.maximum is None:
            return f"{'大于' if low is not None else '低于'} {plain_decimal(bound)}{unit}"
        return f"{plain_decimal(bound)}{unit}（含）{limit}"
    first = f"{plain_decimal(low)}{unit}（{'含' if band.above is None else '不含'}）"
    return f"{first}至 {plain_decimal(high)}{unit}（{'含' if band.below is None else '不含'}）"


def _outside(rule: BandsRule) -> str:
    low, high = rule.domain.minimum, rule.domain.maximum
    outside = [f"低于 {plain_decimal(low)}%"] if low is not None else []
    outside += [f"大于 {plain_decimal(high)}%"] if high is not None else []
    return f"；{' 或'.join(outside)} 的由人工核定" if outside else ""


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if number <= 20 else f"（{number}）"


def describe_grade(grade: Grade) -> str:
    """The scores of a grade: 80 分（含）至 90 分（不含）."""
    return _range(Band(minimum=grade.minimum, below=grade.below, points=Decimal(0)), " 分")


def describe_figure(indicator: Indicator, rulebook: Rulebook) -> str:
    """The figure that the rule looks at, with the form's labels: `在职人员控制率 = 实有人数（人） ÷ 人员编制（人） × 100%`.

    Rules without a figure of their own name the answers that they count; "" for judgement.
    """
    if indicator.ratio is not None:
        return f"{indicator.ratio_name or '比率'} = {describe_expression(indicator.ratio, rulebook)} × 100%"
    if indicator.figure is not None:
        return describe_expression(indicator.figure, rulebook)
    match indicator.rule:
        case PerCaseRule(count="breaches", question=question):
            return question
        case PerCaseRule(count=count):
            return describe_expression(count, rulebook)
        case ChecklistRule(items=items):
            return f"核对清单 {len(items)} 项"
        case CasesRule(let=let):
            return "；".join(describe_expression(source, rulebook) for source in let.values())
    return ""


def describe_expression(source: str, rulebook: Rulebook) -> str:
    """An expression of the rulebook with labels in place of ids and signs as people write them.

    Raises nothing: a text that is not an expression comes back as it is, since `rulebook lint` is who refuses it.
    """
    try:
        return _Wording(rulebook).node(parse(source))
    except ExpressionError:
        return source


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
            case "has_number", [operand]:
                return f"{operand}写有数值"
        return f"{function}({', '.join(words)})"
