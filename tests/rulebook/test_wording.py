"""Rules in words: each kind of rule, each reading, each shape of band; expressions with the form's labels."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import Grade, Indicator, Rule, Rulebook
from perfbatch.rulebook.wording import (
    describe_expression,
    describe_figure,
    describe_grade,
    describe_rule,
    plain_decimal,
)


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return read_rulebook().rulebook


def ruled(rule: dict[str, Any], **more: Any) -> Indicator:
    """An indicator of 5 points with this rule."""
    TypeAdapter(Rule).validate_python(rule)
    return Indicator.model_validate(
        {"id": "x", "name": "指标", "group": "g", "subgroup": "s", "points": 5, "standard": "", "sources": (), "rule": rule}
        | more
    )  # fmt: skip


def deduct(**more: Any) -> dict[str, Any]:
    return {"kind": "deduct", "side": "above", "threshold": 100, "per_point": Decimal("0.50"), **more}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (deduct(), "比率 ≤ 100%：5 分；每超过 1 个百分点扣 0.5 分（按比例折算），扣完为止"),
        (deduct(reading="whole"), "比率 ≤ 100%：5 分；每超过 1 个百分点扣 0.5 分（不足 1 个百分点的不扣），扣完为止"),
        (
            deduct(reading="ceil"),
            "比率 ≤ 100%：5 分；每超过 1 个百分点扣 0.5 分（不足 1 个百分点的按 1 个百分点扣），扣完为止",
        ),
        (deduct(side="below", threshold=50), "比率 ≥ 50%：5 分；每低于 1 个百分点扣 0.5 分（按比例折算），扣完为止"),
        (
            deduct(side="below", other_side="finding"),
            "比率 = 100%：5 分；每低于 1 个百分点扣 0.5 分（按比例折算），扣完为止；超过 100% 的列为问题，按 100% 计分",
        ),
        (
            deduct(other_side="finding"),
            "比率 = 100%：5 分；每超过 1 个百分点扣 0.5 分（按比例折算），扣完为止；低于 100% 的列为问题，按 100% 计分",
        ),
        (
            {"kind": "steps", "side": "below", "threshold": 100, "step": 5, "per_step": 2},
            "比率 ≥ 100%：5 分；每低于 5 个百分点扣 2 分（不足 5 个百分点的不扣），扣完为止",
        ),
        (
            {"kind": "steps", "side": "above", "threshold": 30, "step": "2.50", "per_step": 1, "part_step": "ceil"},
            "比率 ≤ 30%：5 分；每超过 2.5 个百分点扣 1 分（不足 2.5 个百分点的按 2.5 个百分点扣），扣完为止",
        ),
        (
            {"kind": "late", "date": "reported", "per_day": "0.50"},
            "按期报送：5 分；每逾期 1 天扣 0.5 分，扣完为止",
        ),
        ({"kind": "proportional"}, "得分 = 比率 × 5 分，最高 5 分，最低 0 分"),
        (
            {
                "kind": "bands",
                "domain": {"minimum": 0, "maximum": 200},
                "bands": [
                    {"minimum": 0, "maximum": 0, "points": 5},
                    {"above": 0, "maximum": "12.50", "points": 4},
                    {"above": "12.5", "below": 20, "points": 3},
                    {"minimum": 20, "below": 30, "points": 2},
                    {"minimum": 30, "maximum": 40, "points": "0.50"},
                    {"above": 40, "points": 0},
                ],
            },
            "等于 0%：5 分；0%（不含）至 12.5%（含）：4 分；12.5%（不含）至 20%（不含）：3 分；"
            "20%（含）至 30%（不含）：2 分；30%（含）至 40%（含）：0.5 分；大于 40%：0 分；"
            "低于 0% 或大于 200% 的由人工核定",
        ),
        (
            {
                "kind": "bands",
                "bands": [
                    {"minimum": 90, "points": 5},
                    {"maximum": 10, "points": 1},
                    {"below": 10, "points": 0},
                    {"points": 0},
                ],
            },
            "90%（含）以上：5 分；10%（含）以下：1 分；低于 10%：0 分；任意数值：0 分",
        ),
        ({"kind": "per_case", "count": "n", "per_case": "0.5"}, "满分 5 分；每出现 1 例扣 0.5 分，扣完为止"),
        (
            {"kind": "per_case", "count": "breaches", "per_case": 1, "question": "不符合要求的情况（例）"},
            "满分 5 分；每出现 1 例（不符合要求的情况）扣 1 分，扣完为止",
        ),
        (
            {"kind": "checklist", "items": [{"id": "1", "text": "甲", "points": 2}, {"id": "2", "text": "乙", "points": 3}]},
            "按核对清单逐项计分：①甲，2 分；②乙，3 分",
        ),
        (
            {
                "kind": "cases",
                "cases": [{"when": "a == 0", "points": 5, "text": "无结余"}, {"when": "a > 0", "points": 0}],
            },
            "无结余：5 分；a > 0：0 分；其他情形由人工核定",
        ),
        ({"kind": "judgement", "basis": "按考核\n内容评定"}, "人工评定，0 至 5 分：按考核 内容评定"),
    ],
)  # fmt: skip
def test_each_kind_of_rule(rule: dict[str, Any], words: str) -> None:
    assert describe_rule(ruled(rule)) == words


def test_the_name_of_the_ratio_stands_in_the_rule() -> None:
    assert describe_rule(ruled(deduct(), ratio_name="控制率")).startswith("控制率 ≤ 100%：5 分；")


def test_a_list_of_more_than_twenty_items_is_still_numbered() -> None:
    items = [{"id": str(number), "text": "项", "points": 1} for number in range(1, 22)]
    words = describe_rule(ruled({"kind": "checklist", "items": items}))
    assert "⑳项，1 分；（21）项，1 分" in words


def test_every_rule_of_the_form_has_words_of_one_line(rulebook: Rulebook) -> None:
    for indicator in rulebook.indicators:
        words = describe_rule(indicator)
        assert words
        assert "\n" not in words
        assert "E" not in words


@pytest.mark.parametrize(
    ("indicator", "words"),
    [
        ("staff_control_rate", "在职人员控制率 = 实有人数（人） ÷ 人员编制（人） × 100%"),
        (
            "three_public_change_rate",
            "“三公经费”变动率 = （本年“三公”经费预算数 − 上年“三公”经费预算数） ÷ 上年“三公”经费预算数 × 100%",
        ),
        ("key_spending_share", "重点支出安排率 = 重点项目支出 ÷ 年初预算安排的项目支出（未填时取 项目支出） × 100%"),
        ("satisfaction", "社会公众或服务对象满意度（%）"),
        ("payment_progress", "未按进度下达的专项数（个）"),
        ("asset_safety", "资产管理不符合要求的情况（例）"),
        ("disclosure", "核对清单 5 项"),
        ("fund_balance", "累计结余（未填时取 收入合计 − 支出合计）；上年结转"),
        ("duty_other", ""),
    ],
)
def test_figures(rulebook: Rulebook, indicator: str, words: str) -> None:
    assert describe_figure(rulebook.indicator_by_id[indicator], rulebook) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("revenue_total - (expenditure_total - project_expenditure)", "收入合计 − （支出合计 − 项目支出）"),
        ("(revenue_total + 1) * -2", "（收入合计 + 1） × −2"),
        ("revenue_total + -expenditure_total", "收入合计 − 支出合计"),
        ("revenue_total + -(expenditure_total + 1)", "收入合计 − （支出合计 + 1）"),
        ("abs(revenue_total) / 0.5 != 0", "收入合计的绝对值 ÷ 0.5 ≠ 0"),
        ("sum(units.revenue_total) == summary.revenue_total", "各机构收入合计之和 = 汇总行收入合计"),
        ("sum(input.item_max) == input.points", "“投入”组分值之和 = “投入”组分值"),
        ("sum(each.item_max) == each.points", "该组分值之和 = 该组分值"),
        ("prior.revenue_total > roster.budget_initial", "上年报送的收入合计 > 名录年初预算数"),
        ("narrative_basic_expenditure == basic_expenditure", "综述·基本支出 = 收支情况·基本支出"),
        ("satisfaction.item_self_score <= points(satisfaction)", "“社会公众或服务对象满意度”自评得分 ≤ 社会公众或服务对象满意度的核算得分"),
        ("not (filled(self_grade) or unknown >= 1)", "不满足（评价等次已填 或 unknown ≥ 1）"),
        ("filled(self_grade) and (has_number(self_grade) or self_grade == '中')", "评价等次已填 且 （评价等次写有数值 或 评价等次 = “中”）"),
        ("self_grade == grade(self_score_total)", "评价等次 = 绩效自评综合得分对应的等次"),
        ("either(part(revenue_other), 1 < 2)", "其他收入（未填时取 1 < 2）"),
        ("not an expression", "not an expression"),
    ],
)  # fmt: skip
def test_expressions(rulebook: Rulebook, source: str, words: str) -> None:
    assert describe_expression(source, rulebook) == words


def test_every_check_of_the_form_has_words_without_ids(rulebook: Rulebook) -> None:
    for check in rulebook.checks:
        parse(check.holds)
        words = describe_expression(check.holds, rulebook)
        assert not [word for word in words if word.isascii() and word.isalpha()], (check.id, words)


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        (Grade(name="优秀", minimum=Decimal(90)), "90 分（含）以上"),
        (Grade(name="良好", minimum=Decimal("80.0"), below=Decimal("89.5")), "80 分（含）至 89.5 分（不含）"),
        (Grade(name="差", below=Decimal(60)), "低于 60 分"),
    ],
)
def test_grades(grade: Grade, words: str) -> None:
    assert describe_grade(grade) == words


@pytest.mark.parametrize(
    ("text", "plain"), [("1E+2", "100"), ("0.50", "0.5"), ("5", "5"), ("0", "0"), ("-0.10", "-0.1")]
)
def test_plain_decimals(text: str, plain: str) -> None:
    assert plain_decimal(Decimal(text)) == plain
