"""Loading: the built-in rulebook is sound, and every planted fault is refused in one line with file, rule and place."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from perfbatch.model.errors import OperatorFault
from perfbatch.rulebook.lint import lint
from perfbatch.rulebook.load import BUILT_IN, load_rulebook, read_rulebook

BUILT_IN_TEXT = resources.files("perfbatch.rulebook").joinpath(BUILT_IN).read_text(encoding="utf-8")


def _changed(*changes: tuple[str, str]) -> str:
    """The built-in file with the first place of each text put in place of another."""
    text = BUILT_IN_TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def _refused(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OperatorFault) as caught:
        load_rulebook(path)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"{path}: ")
    return line.removeprefix(f"{path}: ")


# ---------------------------------------------------------------------- the built-in rulebook


def test_the_built_in_rulebook_has_no_fault() -> None:
    assert lint(read_rulebook().rulebook) == []
    loaded = load_rulebook()
    assert (loaded.rulebook.id, loaded.name, len(loaded.sha256)) == ("yunxi-2020", BUILT_IN, 64)


def test_a_copy_of_it_is_the_same_rulebook(tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_bytes(resources.files("perfbatch.rulebook").joinpath(BUILT_IN).read_bytes())
    loaded, built_in = load_rulebook(copy), load_rulebook()
    assert (loaded.rulebook, loaded.sha256, loaded.name) == (built_in.rulebook, built_in.sha256, str(copy))


def test_a_field_of_a_revision_to_come_is_refused(tmp_path: Path) -> None:
    text = _changed(("since = 2", "since = 4"))
    assert _refused(tmp_path / "a.toml", text).startswith(
        "field project_budget, since: the form has no revision 4 yet; raise the rulebook's revision"
    )


def test_every_identity_of_the_domain_is_stated() -> None:
    book = load_rulebook().rulebook
    assert {check.code for check in book.checks} == {*(f"R{number:02}" for number in range(1, 26)), "C03"}
    assert [group.points for group in book.groups] == [15, 40, 25, 20]
    assert len(book.indicators) == 25
    assert all(indicator.standard and indicator.sources for indicator in book.indicators)
    assert all(check.message and check.remedy and check.source for check in book.checks)


# ---------------------------------------------------------------------- planted faults
# (what is changed, the line that comes of it, without the file)

_R02_HOLDS = 'holds = "revenue_total == carryover_prior_year'
_RULE = '{ kind = "deduct", side = "above", threshold = 100, per_point = 0.5, reading = "pro_rata" }'

SHAPE_FAULTS: dict[str, tuple[list[tuple[str, str]], str]] = {
    "unknown key of the rulebook": (
        [('title = "岳阳市', 'titel = "x"\ntitle = "岳阳市')],
        "titel: Extra inputs are not permitted",
    ),
    "unknown key of a check": (
        [('id = "R02"\n', 'id = "R02"\nscale = 2\n')],
        "checks.R02.scale: Extra inputs are not permitted",
    ),
    "unknown key of an indicator": (
        [('id = "payment_progress"\n', 'id = "payment_progress"\nweight = 2\n')],
        "indicators.payment_progress.weight: Extra inputs are not permitted",
    ),
    "unknown key of a rule": (
        [('reading = "pro_rata" }', 'reading = "pro_rata", per_cent = 1 }')],
        "indicators.staff_control_rate.rule.deduct.per_cent: Extra inputs are not permitted",
    ),
    "unknown key of a field": (
        [('{ id = "report_date",', '{ id = "report_date", size = 3,')],
        "sections.cover.blocks.0.card.fields.report_date.size: Extra inputs are not permitted",
    ),
    "missing key": (
        [('message = "支出合计不等于基本支出与项目支出之和"\n', "")],
        "checks.R03.message: Field required",
    ),
    "unknown reading": (
        [('reading = "pro_rata"', 'reading = "floor"')],
        "indicators.staff_control_rate.rule.deduct.reading: Input should be 'pro_rata', 'whole' or 'ceil'",
    ),
    "unknown rule": (
        [('kind = "deduct"', 'kind = "subtract"')],
        "indicators.staff_control_rate.rule: Input tag 'subtract' found using 'kind'",
    ),
    "unknown scope": (
        [
            (
                'id = "R02"\ncode = "R02"\ntitle = "收入合计 = 五项收入之和"\nscope = "unit"',
                'id = "R02"\ncode = "R02"\ntitle = "t"\nscope = "rows"',
            )
        ],
        "checks.R02.scope: Input should be 'department', 'unit', 'item', 'target' or 'row'",
    ),
    "code of another kind": (
        [('id = "R02"\ncode = "R02"', 'id = "R02"\ncode = "X1"')],
        "checks.R02.code: String should match pattern",
    ),
    "points that are no number": (
        [('subgroup = "预算配置"\npoints = 5', 'subgroup = "预算配置"\npoints = "five"')],
        "indicators.staff_control_rate.points: Input should be a valid decimal",
    ),
    "points that are not a number": (
        [('subgroup = "预算配置"\npoints = 5', 'subgroup = "预算配置"\npoints = nan')],
        "indicators.staff_control_rate.points: Input should be a finite number",
    ),
    "no points": (
        [('subgroup = "预算配置"\npoints = 5', 'subgroup = "预算配置"\npoints = 0')],
        "indicators.staff_control_rate.points: Input should be greater than 0",
    ),
    "no bands": (
        [
            (
                "bands = [\n    { minimum = 95, maximum = 100, points = 5 },\n    { minimum = 85, below = 95, points = 3 },\n    { minimum = 75, below = 85, points = 1 },\n    { minimum = 0, below = 75, points = 0 },\n]",
                "bands = []",
            )
        ],
        "indicators.satisfaction.rule.bands.bands: Tuple should have at least 1 item",
    ),
    "both bounds of a side": (
        [("{ above = 0, maximum = 10, points = 2 }", "{ above = 0, maximum = 10, below = 10, points = 2 }")],
        "indicators.budget_adjustment_rate.rule.bands.bands.1: Value error, a band has either maximum or below, not both",
    ),
    "duplicate field": (
        [('{ id = "filler_phone"', '{ id = "filler_name"')],
        "rulebook: Value error, duplicate field: filler_name",
    ),
    "duplicate check": ([('id = "R03"', 'id = "R02"')], "rulebook: Value error, duplicate check: R02"),
    "duplicate indicator": (
        [('id = "asset_safety"', 'id = "disclosure"')],
        "rulebook: Value error, duplicate indicator: disclosure",
    ),
    "duplicate group": ([('id = "effect"', 'id = "output"')], "rulebook: Value error, duplicate group: output"),
    "duplicate grade": ([('name = "良好"', 'name = "优秀"')], "rulebook: Value error, duplicate grade: 优秀"),
    "duplicate sheet": ([('sheet = "综述"', 'sheet = "封面"')], "rulebook: Value error, duplicate sheet: 封面"),
    "duplicate section": (
        [('id = "narrative"', 'id = "cover"')],
        "rulebook: Value error, duplicate section: cover",
    ),
    "not TOML": ([('district = "岳阳市云溪区"', "district = 岳阳市云溪区")], "not TOML: Invalid value (at line"),
    "a key twice": ([('issuer = "', 'district = "x"\nissuer = "')], "not TOML: Cannot overwrite a value (at line"),
}

LINT_FAULTS: dict[str, tuple[list[tuple[str, str]], str]] = {
    "no grades": (
        [
            (
                BUILT_IN_TEXT[
                    BUILT_IN_TEXT.index("[[grades]]") : BUILT_IN_TEXT.index(
                        "# ------", BUILT_IN_TEXT.index("[[grades]]")
                    )
                ],
                "",
            ),
            ('form_id = "yunxi"', 'form_id = "yunxi"\ngrades = []'),
        ],
        "grades: none are given, and there are scores; give the bands",
    ),
    "a field id that no field has": (
        [("+ gov_fund_appropriation + nontax", "+ gov_funds + nontax")],
        "check R02, holds, column 72: no field 'gov_funds' in the scope unit; in `revenue_total == ",
    ),
    "a field of another scope": (
        [
            (
                'zero_is_filled = true\nholds = "operating_expenditure == goods_services"',
                'when = "filled(item_max)"\nholds = "operating_expenditure == goods_services"',
            )
        ],
        "check R11, when, column 8: no field 'item_max' in the scope department; in `filled(item_max)`",
    ),
    "a field of a part that the table lacks": (
        [('parts = ["basic_expenditure", "project_expenditure"]', 'parts = ["basic_expenditure", "projects"]')],
        "field expenditure_total, parts: the table expenditure has no column projects; correct the id",
    ),
    "a table that the form lacks": (
        [('each_table = ["revenue", "expenditure",', 'each_table = ["income", "expenditure",')],
        "check R01: there is no unit table income; correct the id",
    ),
    "a table of rows that the form lacks": (
        [
            (
                'id = "R21"\ncode = "R21"\ntitle = "数量指标须填写数值"\nscope = "target"',
                'id = "R21"\ncode = "R21"\ntitle = "t"\nscope = "row:target"',
            )
        ],
        "check R21, table: the form has no table of rows called target; the nearest is targets",
    ),
    "rows of no table": (
        [
            (
                'id = "R21"\ncode = "R21"\ntitle = "数量指标须填写数值"\nscope = "target"',
                'id = "R21"\ncode = "R21"\ntitle = "t"\nscope = "row"',
            )
        ],
        'check R21, table: the scope "row" and a table go together; write scope = "row:<table>"',
    ),
    "a row named where there is none": (
        [('message = "收入合计小于支出合计', 'message = "{row}收入合计小于支出合计')],
        "check R06, message: nothing is called {row}; there are {label}, {item}, {title}",
    ),
    "a record that nobody keeps": (
        [
            (
                'holds = "three_public_budget_prior == prior.three_public_budget"',
                'holds = "three_public_budget_prior == next.three_public_budget"',
            )
        ],
        "check R22.budget, holds, column 30: nothing is called next.three_public_budget in the scope department",
    ),
    "a figure that a field cannot be held against": (
        [('budget_supplement = "budget_initial"', 'budget_supplement = "budget_begun"')],
        "check C03.whole, each_against.budget_supplement, column 1: no field 'budget_begun' in the scope department",
    ),
    "a field that is held against nothing known": (
        [('budget_supplement = "budget_initial"', 'budget_added = "budget_initial"')],
        "check C03.whole, holds, column 1: no field 'budget_added' in the scope department",
    ),
    "a sum of what is not in rows": (
        [('holds = "each == sum(units.each)"', 'holds = "each == sum(items.each)"')],
        "check R01, holds, column 13: nothing to sum in items.revenue_total in the scope department",
    ),
    "a part of no total": (
        [("part(project_expenditure)", "part(expenditure_total)")],
        "indicator key_spending_share, ratio, column 55: 'expenditure_total' is not a part of any total",
    ),
    "points of no indicator": (
        [("points(satisfaction)", "points(contentment)")],
        "check R19, holds, column 40: no indicator 'contentment' in the scope department",
    ),
    "a place that is no field": (
        [('at = "item_deduction_reason"', 'at = "item_reason"')],
        "check R17.reason, at: no field item_reason; name the cell that the finding points at",
    ),
    "a place that is no name": (
        [('at = "item_deduction_reason"', 'at = "1 + 1"')],
        "check R17.reason, at, column 1: `at` must be a field",
    ),
    "an expression that does not parse": (
        [(_R02_HOLDS, 'holds = "revenue_total === carryover_prior_year')],
        "check R02, holds, column 17: not an expression: invalid syntax; in `revenue_total === ",
    ),
    "an expression outside the language": (
        [('holds = "on_post_staff <= authorized_posts"', 'holds = "on_post_staff <= authorized_posts ** 2"')],
        "check R24, holds, column 18: BinOp is not part of the language; in `on_post_staff <= authorized_posts ** 2`",
    ),
    "an expression that tries to leave": (
        [
            (
                'ratio = "procurement_actual / procurement_budget"',
                "ratio = \"__import__('os').system('true') / procurement_budget\"",
            )
        ],
        "indicator procurement_execution_rate, ratio, column 1: no such function; there are sum, abs, filled",
    ),
    "text + number": (
        [
            (
                'ratio = "official_card_spending / official_card_eligible"',
                'ratio = "(official_card_spending + unit_name) / official_card_eligible"',
            )
        ],
        "indicator official_card_rate, ratio, column 27: a number is wanted, this is a text",
    ),
    "text compared with a number": (
        [('holds = "self_grade == grade(self_score_total)"', 'holds = "self_grade == self_score_total"')],
        "check R18, holds, column 1: cannot compare text == number; in `self_grade == self_score_total`",
    ),
    "texts compared by size": (
        [('holds = "self_grade == grade(self_score_total)"', 'holds = "self_grade < grade(self_score_total)"')],
        "check R18, holds, column 1: cannot compare text < text",
    ),
    "conditions compared": (
        [
            (
                'holds = "self_grade == grade(self_score_total)"',
                'holds = "filled(self_grade) == filled(self_score_total)"',
            )
        ],
        "check R18, holds, column 8: cannot compare condition == condition",
    ),
    "a number where a condition is wanted": (
        [('holds = "operating_expenditure == goods_services"', 'holds = "operating_expenditure - goods_services"')],
        "check R11, holds, column 1: a condition is wanted, this is a number; in `operating_expenditure - goods_services`",
    ),
    "and between numbers": (
        [
            (
                'when = "filled(on_post_staff) and filled(authorized_posts)"',
                'when = "on_post_staff and authorized_posts"',
            )
        ],
        "check R24, when, column 1: a condition is wanted, this is a number",
    ),
    "an expected figure that does not parse": (
        [('expected = "verified_total"', 'expected = "verified_total +"')],
        "check R25, expected, column ",
    ),
    "a score made of scores": (
        [('ratio = "procurement_actual / procurement_budget"', 'ratio = "verified_total / procurement_budget"')],
        "indicator procurement_execution_rate, ratio, column 1: no field 'verified_total' in the scope department",
    ),
    "points made of points": (
        [('when = "balance == 0"', 'when = "points(satisfaction) == 0"')],
        "indicator fund_balance, rule: cases[1].when, column 8: no indicator 'satisfaction' in the scope department",
    ),
    "a score made of another year": (
        [('ratio = "procurement_actual / procurement_budget"', 'ratio = "procurement_actual / prior.revenue_total"')],
        "indicator procurement_execution_rate, ratio, column 22: nothing is called prior.revenue_total in the scope",
    ),
    "a check without a source": (
        [('source = "附件2-1 二、三公经费"\n', 'source = " "\n')],
        "check R07, source: names no source; name the clause of the form or the regulation",
    ),
    "an indicator without a source": (
        [('sources = ["附件3-1 过程·预算管理"]', "sources = []")],
        "indicator official_card_rate, sources: names no source; name the clause of the form or the regulation",
    ),
    "groups that do not add up to 100": (
        [('name = "投入"\npoints = 15', 'name = "投入"\npoints = 16')],
        "groups: points add up to 101, not 100; correct the groups' points (and 1 more)",
    ),
    "indicators that do not add up to their group": (
        [
            (
                'name = "支付进度"\ngroup = "process"\nsubgroup = "预算执行"\npoints = 3',
                'name = "支付进度"\ngroup = "process"\nsubgroup = "预算执行"\npoints = 4',
            )
        ],
        "group process: its indicators' points add up to 41, not 40; correct them",
    ),
    "an indicator of no group": (
        [('group = "input"\nsubgroup', 'group = "inputs"\nsubgroup')],
        "group input: its indicators' points add up to 10, not 15; correct them (and 1 more)",
    ),
    "bands that overlap": (
        [("{ minimum = 80, below = 90, points = 4 }", "{ minimum = 80, below = 91, points = 4 }")],
        "indicator key_spending_share, rule: the bands overlap at 90; each value belongs to one band",
    ),
    "bands that both have a bound": (
        [("{ above = 10, maximum = 20, points = 1 }", "{ minimum = 10, maximum = 20, points = 1 }")],
        "indicator budget_adjustment_rate, rule: the bands overlap at 10; each value belongs to one band",
    ),
    "bands of which neither has a bound": (
        [("{ above = 0, maximum = 10, points = 2 }", "{ above = 0, below = 10, points = 2 }")],
        "indicator budget_adjustment_rate, rule: no band covers 10; let one of the two bands have it",
    ),
    "bands with a hole": (
        [("{ minimum = 70, below = 80, points = 3 }", "{ minimum = 71, below = 80, points = 3 }")],
        "indicator key_spending_share, rule: no band covers the values from 70 to 71; add a band",
    ),
    "an empty band": (
        [("{ minimum = 70, below = 80, points = 3 }", "{ minimum = 70, below = 70, points = 3 }")],
        "indicator key_spending_share, rule: the band from 70 to 70 is empty; correct its bounds (and 1 more)",
    ),
    "bands that end too early": (
        [("{ minimum = 90, points = 5 },", "{ minimum = 90, maximum = 200, points = 5 },")],
        "indicator key_spending_share, rule: no band covers values up to any; extend the highest",
    ),
    "bands that start too late": (
        [("{ minimum = 0, below = 75, points = 0 }", "{ above = 0, below = 75, points = 0 }")],
        "indicator satisfaction, rule: no band covers values down to 0; extend the lowest",
    ),
    "bands beyond the points": (
        [("{ minimum = 90, points = 5 },", "{ minimum = 90, points = 6 },")],
        "indicator key_spending_share, rule: points must lie in 0 … 5 and reach 5; correct them",
    ),
    "bands that never reach the points": (
        [("{ minimum = 90, points = 5 },", "{ minimum = 90, points = 4.5 },")],
        "indicator key_spending_share, rule: points must lie in 0 … 5 and reach 5; correct them",
    ),
    "grades with a hole": (
        [("minimum = 80\nbelow = 90", "minimum = 80\nbelow = 89")],
        "grades: no band covers the values from 89 to 90; add a band",
    ),
    "grades that overlap": (
        [("minimum = 60\nbelow = 80", "minimum = 60\nbelow = 81")],
        "grades: the bands overlap at 80; each value belongs to one band",
    ),
    "grades without a lowest": (
        [('name = "差"\nbelow = 60', 'name = "差"\nminimum = 1\nbelow = 60')],
        "grades: no band covers values down to any; extend the lowest",
    ),
    "a checklist that does not add up": (
        [('text = "按规定内容公开预决算信息", points = 1 }', 'text = "按规定内容公开预决算信息", points = 2 }')],
        "indicator disclosure, rule: the items' points add up to 4.0, not 3; correct them",
    ),
    "an item of a checklist twice": (
        [('{ id = "2", text = "相关资产管理制度得到有效执行"', '{ id = "1", text = "相关资产管理制度得到有效执行"')],
        "indicator asset_management_system, rule: duplicate item 1; number them anew",
    ),
    "a count that no field has": (
        [('count = "special_fund_late_count"', 'count = "late_funds"')],
        "indicator payment_progress, rule: count: no field late_funds; name a count field or breaches",
    ),
    "a count of texts": (
        [('count = "special_fund_late_count"', 'count = "thrift_measures"')],
        "indicator payment_progress, rule: count: no field thrift_measures; name a count field or breaches",
    ),
    "a count that departments do not state": (
        [('count = "special_fund_late_count"', 'count = "item_max"')],
        "indicator payment_progress, rule: count: no field item_max; name a count field or breaches",
    ),
    "a rate that is no ratio": (
        [('ratio = "three_public_total / three_public_budget"', 'ratio = "three_public_total - three_public_budget"')],
        "indicator three_public_control_rate, ratio: must be numerator / denominator; set brackets",
    ),
    "a rule without a figure": (
        [('ratio = "on_post_staff / authorized_posts"\n', "")],
        "indicator staff_control_rate: a deduct rule needs a ratio or figure",
    ),
    "a figure without a rule for it": (
        [
            (
                'rule = { kind = "per_case", count = "special_fund_late_count"',
                'figure = "special_fund_count"\nrule = { kind = "per_case", count = "special_fund_late_count"',
            )
        ],
        "indicator payment_progress: a per_case rule takes none",
    ),
    "a case that does not parse": (
        [('when = "balance == 0"', 'when = "balance = 0"')],
        "indicator fund_balance, rule: cases[1].when, column ",
    ),
    "a case of an unknown figure": (
        [("balance > 0 and balance <= carryover", "balance > 0 and balance <= carried")],
        "indicator fund_balance, rule: cases[2].when, column 28: no field 'carried' in the scope department",
    ),
    "a figure of a case that does not parse": (
        [('carryover = "part(carryover_prior_year)"', 'carryover = "part(carryover_prior_years)"')],
        "indicator fund_balance, rule: let.carryover, column 6: 'carryover_prior_years' is not a part of any total",
    ),
    "a target type that the form lacks": (
        [('target_types = ["经济效益"]', 'target_types = ["经济效果"]')],
        "indicator economic_benefit, target_types: the form has no indicator_type 经济效果; correct it",
    ),
    "a choice without choices": (
        [('choices = ["优秀", "良好", "中", "差"]', "choices = []")],
        "field self_grade, choices: none given; list what may be chosen",
    ),
    "a kind that is not described": (
        [
            (
                '[kinds.area]\nunit = "㎡"\nminimum = 0\nmaximum = 100000000\ndecimals = 6\nstep = 0.01\nnumber_format = "#,##0.00"\nhelp = "单位：平方米。"\n',
                "",
            )
        ],
        "field building_approved_area, kind: there is no [kinds.area]; add it (and 1 more)",
    ),
    "a message with an unknown word": (
        [('message = "汇总行的{label}不等于', 'message = "汇总行的{lable}不等于')],
        "check R01, message: nothing is called {lable}; there are {label}, {item}, {title}",
    ),
    "a remedy with an open bracket": (
        [('remedy = "逐行核对局机关与各二级机构的{label}，', 'remedy = "逐行核对局机关与各二级机构的{label，')],
        "check R01, remedy: ",
    ),
}


@pytest.mark.parametrize("case", SHAPE_FAULTS)
def test_a_fault_of_the_shape_is_refused(case: str, tmp_path: Path) -> None:
    changes, line = SHAPE_FAULTS[case]
    refusal = _refused(tmp_path / "changed.toml", _changed(*changes))
    assert refusal.startswith(line)
    assert refusal.endswith(" Correct the file and run `perfbatch rulebook lint`.")


@pytest.mark.parametrize("case", LINT_FAULTS)
def test_a_fault_of_the_content_is_refused(case: str, tmp_path: Path) -> None:
    changes, line = LINT_FAULTS[case]
    refusal = _refused(tmp_path / "changed.toml", _changed(*changes))
    assert refusal.startswith(line)
    assert refusal.endswith(" Correct the file and run `perfbatch rulebook lint` for the whole list.")


def test_a_rulebook_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OperatorFault) as caught:
        load_rulebook(tmp_path / "none.toml")
    assert str(caught.value) == (
        f"{tmp_path / 'none.toml'}: cannot be read (No such file or directory). Name a rulebook file (.toml or .xlsx)."
    )
    with pytest.raises(OperatorFault, match=r"the folder holds 0 rulebooks"):
        load_rulebook(tmp_path)


def test_a_rulebook_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "bytes.toml"
    path.write_bytes(b'id = "\xff\xfe"')
    with pytest.raises(OperatorFault, match=r"is not UTF-8: line 1\. Save it as UTF-8\."):
        load_rulebook(path)


def test_an_empty_rulebook_names_what_it_lacks(tmp_path: Path) -> None:
    assert re.match(r"id: Field required \(and \d+ more\)", _refused(tmp_path / "empty.toml", ""))


def test_lint_lists_every_fault_and_load_the_first(tmp_path: Path) -> None:
    path = tmp_path / "changed.toml"
    path.write_text(
        _changed(('name = "投入"\npoints = 15', 'name = "投入"\npoints = 16'), ("points(satisfaction)", "points(x)")),
        encoding="utf-8",
    )
    faults = lint(read_rulebook(path).rulebook)
    assert faults == [
        "groups: points add up to 101, not 100; correct the groups' points",
        "group input: its indicators' points add up to 15, not 16; correct them",
        "check R19, holds, column 40: no indicator 'x' in the scope department; "
        "in `satisfaction.item_self_score == points(x)`",
    ]
    with pytest.raises(OperatorFault, match=r"groups: points add up to 101, not 100.* \(and 2 more\)"):
        load_rulebook(path)


def test_every_repetition_of_a_check_is_linted_once() -> None:
    """A fault that stands in all 22 repetitions of a check is one fault."""
    book = read_rulebook().rulebook
    checks = tuple(
        check.model_copy(update={"holds": "each == nothing"}) if check.id == "R01" else check for check in book.checks
    )
    assert lint(book.model_copy(update={"checks": checks})) == [
        "check R01, holds, column 9: no field 'nothing' in the scope department; in `each == nothing`"
    ]
