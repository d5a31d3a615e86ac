"""Values that pass for sound one by one and that nobody could fill in, score, match or show: lint names each."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from perfbatch.rulebook.lint import lint
from perfbatch.rulebook.load import built_in_ids, read_resolved
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.tables import entries_of
from perfbatch.rulebook.texts import filled_texts

Data = dict[str, Any]
Change = tuple[str, str, str, Any]
"""Table ("" is the rulebook's own keys), entry, keys down to the value, the value."""

METHOD = "evaluation_method"
NO_INPUT = "names no field where a finding could point; begin each side of the ratio, or the figure, with a field"


def _changed(*changes: Change) -> Data:
    data = filled_texts(copy.deepcopy(read_resolved("yunxi-2020")))
    for table, name, path, value in changes:
        place: Any = entries_of(data, table)[name].entry if table else data
        *above, last = path.split(".")
        for key in above:
            place = place[int(key) if key.isdigit() else key]
        place[int(last) if last.isdigit() else last] = value
    return data


def _choices(*choices: str) -> tuple[Change, Change]:
    return (("fields", METHOD, "kind", "choice"), ("fields", METHOD, "choices", list(choices)))


def _evidence(key: str, answer: str) -> Change:
    data = read_resolved("yunxi-2020")
    at = next(
        f"sections.{number}.blocks.{place}.{key}"
        for number, section in enumerate(data["sections"])
        for place, block in enumerate(section.get("blocks", []))
        if block["layout"] == "evidence"
    )
    return ("", "", at, answer)


def _bands(*bands: Data) -> Change:
    return ("indicators", "key_spending_share", "rule.bands", list(bands))


CASES: dict[str, tuple[tuple[Change, ...], list[str]]] = {
    "a number format without a place for digits": (
        (("kinds", "amount", "number_format", '"万元"'),),
        ['kinds.amount, number_format: "万元" shows no figure; give a number format, such as 0.00'],
    ),
    "a number format with letters": (
        (("kinds", "amount", "number_format", "0.00 yuan"),),
        ["kinds.amount, number_format: Excel takes no y there; put text in quotes"],
    ),
    "a number format with a quote left open": (
        (("kinds", "count", "number_format", '0"人'),),
        ['kinds.count, number_format: Excel takes no " there; put text in quotes'],
    ),
    "number formats of all sorts": (
        (
            ("kinds", "amount", "number_format", '[红色]#,##0.00"yuan";-#,##0.00_);0.0E+00;@'),
            ("kinds", "count", "number_format", "General\\x"),
            ("kinds", "area", "number_format", "0.00亩"),
        ),
        [],
    ),
    "a date format with letters": (
        (("kinds", "date", "number_format", "yyyy-mm-dd uhr"),),
        ["kinds.date, number_format: Excel takes no u there; put text in quotes"],
    ),
    "a check of nothing": (
        (("checks", "R14", "holds", "1 == 1"), ("checks", "R14", "at", "on_post_staff")),
        ["check R14, holds: asks for no field of the form; name the fields that it holds against each other"],
    ),
    "a check of a thing against itself": (
        (("checks", "R14", "holds", "on_post_staff + 1 == on_post_staff + 1"),),
        ["check R14, holds: holds a thing against itself; correct one of the sides"],
    ),
    "a condition that nothing decides": (
        (("checks", "R14", "when", "2 > 1"),),
        ["check R14, when: asks for no field of the form; name the fields that it holds against each other"],
    ),
    "bounds the wrong way round": (
        (("kinds", "count", "minimum", 10), ("kinds", "count", "maximum", 1)),
        ["kinds.count, minimum: 10 is above the maximum 1; correct one of the two"],
    ),
    "a field's bounds the wrong way round": (
        (("fields", "on_post_staff", "minimum", 10), ("fields", "on_post_staff", "maximum", 1)),
        ["field on_post_staff, minimum: 10 is above the maximum 1; correct one of the two"],
    ),
    "more than can be counted": (
        (("kinds", "amount", "maximum", Decimal("1e30")),),
        ["kinds.amount, maximum: figures are counted up to 1000000000000; come closer to 0"],
    ),
    "no step": ((("kinds", "amount", "step", 0),), ["kinds.amount, step: 0 is no step; give a number above 0"]),
    "a step below nothing": (
        (("kinds", "amount", "step", Decimal("-0.01")),),
        ["kinds.amount, step: -0.01 is no step; give a number above 0"],
    ),
    "no room for a text": (
        (("kinds", "text", "max_length", 0),),
        ["kinds.text, max_length: a cell holds 1 to 32767 characters; correct the number"],
    ),
    "more room than a cell": (
        (("kinds", "text", "max_length", 32768),),
        ["kinds.text, max_length: a cell holds 1 to 32767 characters; correct the number"],
    ),
    "no number format": (
        (("kinds", "amount", "number_format", ""),),
        ["kinds.amount, number_format: is empty; give a number format, such as 0.00"],
    ),
    "a comma in a choice": (
        _choices("甲,乙", "丙"),
        [f"field {METHOD}, choices: 甲,乙 has a ,, which a drop-down takes for its own; word it otherwise"],
    ),
    "a quote in a choice": (
        _choices('甲"', "丙"),
        [f'field {METHOD}, choices: 甲" has a ", which a drop-down takes for its own; word it otherwise'],
    ),
    "a choice like a formula": (
        _choices("=1+1", "丙"),
        [f"field {METHOD}, choices: =1+1 has a =, which a drop-down takes for its own; word it otherwise"],
    ),
    "a choice twice": (_choices("甲", "甲"), [f"field {METHOD}, choices: 甲 stands there twice; leave one out"]),
    "a blank choice": (
        _choices("", "甲"),
        [f"field {METHOD}, choices: the choice '' is blank, or begins or ends with a blank; write it without"],
    ),
    "a choice with a blank at its end": (
        _choices("乙 ", "甲"),
        [f"field {METHOD}, choices: the choice '乙 ' is blank, or begins or ends with a blank; write it without"],
    ),
    "a choice that means nothing": (
        _choices("无", "甲"),
        [f"field {METHOD}, choices: 无 is read as nothing stated, never as a choice; word it otherwise"],
    ),
    "a character that no cell shows": (
        (("fields", METHOD, "label", "a\x01b"),),
        [f"sections.cover.blocks.0.fields.{METHOD}.label: holds U+0001, which no cell shows; take it out"],
    ),
    "a text longer than a cell": (
        (("", "", "title", "长" * 32768),),
        ["title: 32768 characters; a cell holds 32767, shorten the text"],
    ),
    "as long as a cell": ((("", "", "title", "长" * 32767),), []),
    "signs of two units each, longer than a cell": (
        (("", "", "title", "𠀀" * 16400),),
        ["title: 16400 characters; a cell holds 32767, shorten the text"],
    ),
    "totals that are parts of each other": (
        (("fields", "basic_expenditure", "parts", ["expenditure_total", "personnel_expenditure", "operating_expenditure"]),),
        [
            "field expenditure_total, parts: the total is a part of itself; correct the parts",
            "field basic_expenditure, parts: the total is a part of itself; correct the parts",
        ],
    ),
    "a part twice": (
        (("fields", "basic_expenditure", "parts", ["personnel_expenditure", "operating_expenditure", "operating_expenditure"]),),
        ["field basic_expenditure, parts: operating_expenditure stands there twice; leave one out"],
    ),
    "a part of two totals": (
        (("fields", "revenue_other", "parts", ["gov_fund_appropriation"]),),
        [
            "field revenue_other, parts: gov_fund_appropriation is a part of revenue_total already; a part belongs to one total"
        ],
    ),
    "rows called alike": (
        (("", "", "unit_rows", ["汇总", "汇总", "二级机构{k}"]),),
        ["unit_rows: rows would be called alike; tell the first two apart and put {k} into the third"],
    ),
    "units called alike": (
        (("", "", "unit_rows", ["汇总", "局机关", "二级机构"]),),
        ["unit_rows: rows would be called alike; tell the first two apart and put {k} into the third"],
    ),
    "an unknown word in the rows' names": (
        (("", "", "unit_rows", ["汇总", "局机关", "二级机构{x}"]),),
        ["unit_rows: only the third may say {n} (its number) or {k} (one less), and nothing else in brackets; correct the texts"],
    ),
    "yes and no alike": ((_evidence("no", "是"),), ["no: yes and no are both 是; tell them apart"]),
    "no word for yes": (
        (_evidence("yes", ""),),
        ["yes: '' does not do as an answer of a drop-down; give a word without commas or quotes"],
    ),
    "a domain the wrong way round": (
        (("indicators", "key_spending_share", "rule.domain", {"minimum": 100, "maximum": 0}),),
        ["indicator key_spending_share, rule: domain: from 100 to 0 there is nothing; correct one of the two"],
    ),
    "a band that nothing reaches": (
        (("indicators", "key_spending_share", "rule.domain", {"minimum": 0, "maximum": 80}),),
        [
            "indicator key_spending_share, rule: the band from 90 to any lies outside of the domain; leave it out or widen the domain"
        ],
    ),
    "points of a band below 0.01": (
        (_bands({"minimum": 90, "points": 5}, {"below": 90, "points": Decimal("3.333")}),),
        ["indicator key_spending_share, rule: 3.333 has more than two decimals, and scores are kept to 0.01; round it"],
    ),
    "points below 0.01": (
        (
            ("indicators", "duty_livelihood", "points", Decimal("2.005")),
            ("indicators", "duty_major_projects", "points", Decimal("1.995")),
        ),
        [
            f"indicator {name}, points: {points} has more than two decimals, and scores are kept to 0.01; round it"
            for name, points in (("duty_livelihood", "2.005"), ("duty_major_projects", "1.995"))
        ],
    ),
    "points of a question below 0.01": (
        (
            ("indicators", "asset_management_system", "rule.items.0.points", Decimal("2.005")),
            ("indicators", "asset_management_system", "rule.items.1.points", Decimal("0.995")),
        ),
        [
            f"indicator asset_management_system, rule: {points} has more than two decimals, and scores are kept to 0.01; round it"
            for points in ("2.005", "0.995")
        ],
    ),
    "a ratio of numbers": (
        (("indicators", "staff_control_rate", "ratio", "1 / 2"),),
        [f"indicator staff_control_rate, ratio: {NO_INPUT}"],
    ),
    "a ratio over nothing": (
        (("indicators", "staff_control_rate", "ratio", "on_post_staff / 0"),),
        [f"indicator staff_control_rate, ratio: {NO_INPUT}"],
    ),
    "a ratio over a number": ((("indicators", "staff_control_rate", "ratio", "on_post_staff / 30"),), []),
    "a ratio of the rulebook's points": (
        (("indicators", "staff_control_rate", "ratio", "total_points / authorized_posts"),),
        [f"indicator staff_control_rate, ratio: {NO_INPUT}"],
    ),
    "a figure that is a number": (
        (("indicators", "satisfaction", "figure", "90"),),
        [f"indicator satisfaction, figure: {NO_INPUT}"],
    ),
    "a ratio and a figure": (
        (("indicators", "satisfaction", "ratio", "on_post_staff / authorized_posts"),),
        ["indicator satisfaction, figure: there is a ratio already; keep one of the two"],
    ),
    "cases against a name": (
        (("indicators", "payment_progress", "rule.whole", "unit_name"),),
        ["indicator payment_progress, rule: whole: no field unit_name; name the field that counts all of them"],
    ),
    "an indicator without a name": (
        (("indicators", "asset_safety", "name", " "),),
        ["indicator asset_safety, name: is empty; give the words that stand there"],
    ),
    "indicators of a subgroup under one name": (
        (("indicators", "asset_safety", "name", "固定资产利用率"),),
        ["indicators: 固定资产利用率 stands twice under 资产管理, and rows are matched by name; give them different names"],
    ),
    "a subgroup in two places": (
        (("indicators", "fund_use_compliance", "subgroup", "资产管理"),),
        [
            "indicators: those of the subgroup 预算管理 do not stand together; put them one after the other",
            "indicators: those of the subgroup 资产管理 do not stand together; put them one after the other",
        ],
    ),
    "a grade that no total reaches": (
        (("grades", "优秀", "minimum", 190), ("grades", "良好", "below", 190)),
        ["grade 优秀: no total reaches it, totals go from 0 to 100; correct its bounds"],
    ),
    "a check without a title": (
        (("checks", "R24", "title", ""),),
        ["check R24, title: is empty; give the words that stand there"],
    ),
    "a comma in what departments choose": (
        (("checks", "R24", "title", "实有人数,人员编制"),),
        ["check R24, title: has a comma, and departments choose the check from a drop-down; write it without"],
    ),
    "a check's id with a blank": (
        (("checks", "R24", "id", "R 24"),),
        ["check R 24, id: takes letters, digits, points and underscores, a letter first; correct it"],
    ),
    "a check for what is not there": (
        (("checks", "R24", "each", ["on_post_staf"]),),
        ["check R24, each: nothing is called on_post_staf; the nearest is on_post_staff"],
    ),
    "a format in a message": (
        (("checks", "R24", "message", "{label:d}"),),
        ["check R24, message: label takes no format; write it alone in its brackets"],
    ),
    "a turn in a remedy": (
        (("checks", "R24", "remedy", "{label!r}"),),
        ["check R24, remedy: label takes no format; write it alone in its brackets"],
    ),
    "a key twice": (
        (("", "", "entity", {"key": ["budget_code", "budget_code"]}),),
        ["entity.key: budget_code stands there twice; leave one out"],
    ),
    "a field of two parts": (
        (("", "", "roles.item_reason", "item_self_score"),),
        [
            "roles.item_self: item_self_score plays another part too; a field plays one",
            "roles.item_reason: item_self_score plays another part too; a field plays one",
        ],
    ),
    "a word of the language as an id": (
        (("fields", METHOD, "id", "and"),),
        ["field and, id: the program has this name for something else; choose another id"],
    ),
    "a function as an id": (
        (("fields", METHOD, "id", "days_late"),),
        ["field days_late, id: the program has this name for something else; choose another id"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_lint_names_the_fault(case: str) -> None:
    changes, expected = CASES[case]
    assert lint(Rulebook.model_validate(_changed(*changes))) == expected


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("", "", "fiscal_year", 20200), "Input should be less than or equal to 9998"),
        (("", "", "fiscal_year", 1800), "Input should be greater than or equal to 1901"),
        (("fields", METHOD, "id", "a" * 101), "String should have at most 100 characters"),
    ],
)
def test_the_model_refuses(change: Change, fault: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Rulebook.model_validate(_changed(change))
    assert [error["msg"] for error in caught.value.errors()] == [fault]


@pytest.mark.parametrize("rulebook", built_in_ids())
def test_a_shipped_rulebook_has_none(rulebook: str) -> None:
    assert lint(Rulebook.model_validate(filled_texts(read_resolved(rulebook)))) == []
