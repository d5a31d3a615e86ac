"""What each kind of cell takes, and what the person who types is told."""

from __future__ import annotations

import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from perfbatch.model.errors import OperatorFault
from perfbatch.model.excel import MESSAGE_LIMIT, TITLE_LIMIT
from perfbatch.rulebook.model import FormField, Rulebook
from perfbatch.template.plan import InputCell
from perfbatch.template.validation import validation_of
from tests.template.packages import form_names, named_cells


def _rules(book: Workbook, name: str) -> list[DataValidation]:
    """The validations over a field's cells, in order, each once."""
    rules: list[DataValidation] = []
    for cell in named_cells(book, name):
        for rule in cell.parent.data_validations.dataValidation:
            if cell.coordinate in rule.sqref and rule not in rules:
                rules.append(rule)
    return rules


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("unit_name", ("textLength", "lessThanOrEqual", "60", None, "warning")),
        ("budget_code", ("textLength", "lessThanOrEqual", "20", None, "warning")),
        ("fiscal_year", ("whole", None, "2000", "2100", "warning")),
        ("report_date", ("date", None, "36526", "73415", "warning")),
        ("on_post_staff", ("whole", None, "0", "10000000", "warning")),
        ("revenue_total", ("decimal", None, "0", "100000000", "warning")),
        ("balance_cumulative", ("decimal", None, "-100000000", "100000000", "warning")),
        ("building_actual_area", ("decimal", None, "0", "100000000", "warning")),
        ("satisfaction_rate", ("decimal", None, "0", "1", "warning")),
        ("self_score_total", ("decimal", None, "0", "100", "warning")),
        ("item_self_score", ("decimal", None, "0", "E4", "warning")),
        ("self_grade", ("list", None, '"优秀,良好,中,差"', None, None)),
        ("narrative_performance", ("textLength", "lessThanOrEqual", "8000", None, "warning")),
    ],
)
def test_bounds_of_each_kind(blank: Workbook, field: str, expected: tuple[str | None, ...]) -> None:
    (rule,) = _rules(blank, field)
    assert (rule.type, rule.operator, rule.formula1, rule.formula2, rule.errorStyle) == expected


def test_the_bound_of_a_self_score_is_the_points_of_its_own_row(blank: Workbook) -> None:
    (rule,) = _rules(blank, "item_self_score")
    points, scores = named_cells(blank, "item_max"), named_cells(blank, "item_self_score")
    assert rule.formula2 == points[0].coordinate
    assert str(rule.sqref) == f"{scores[0].coordinate}:{scores[-1].coordinate}"


def test_evidence_is_answered_from_a_list_or_by_a_count(blank: Workbook) -> None:
    for identifier, answer in zip(
        named_cells(blank, "evidence_id"), named_cells(blank, "evidence_answer"), strict=True
    ):
        (rule,) = [rule for rule in answer.parent.data_validations.dataValidation if answer.coordinate in rule.sqref]
        if str(identifier.value).endswith(".breaches"):
            assert (rule.type, rule.formula1) == ("whole", "0")
        else:
            assert (rule.type, rule.formula1) == ("list", '"是,否"')


def test_every_unlocked_field_is_validated_and_no_locked_cell_is(blank: Workbook) -> None:
    for name in form_names(blank):
        for cell in named_cells(blank, name):
            rules = [rule for rule in cell.parent.data_validations.dataValidation if cell.coordinate in rule.sqref]
            assert len(rules) == (0 if cell.protection.locked else 1), (name, cell.coordinate)


def test_messages_are_chinese_and_inside_the_limits_of_excel(blank: Workbook) -> None:
    for sheet in blank:
        for rule in sheet.data_validations.dataValidation:
            assert 0 < len(rule.promptTitle) <= TITLE_LIMIT
            assert 0 < len(rule.errorTitle) <= TITLE_LIMIT
            for text in (rule.prompt, rule.error):
                assert 0 < len(text) <= MESSAGE_LIMIT
                assert any("一" <= character <= "鿿" for character in text)
            assert rule.showInputMessage
            assert rule.showErrorMessage


@pytest.mark.parametrize(
    ("field", "prompt", "error"),
    [
        ("budget_code", "按文本填写，保留前导零。", "“预算编码”不超过20字。"),
        ("on_post_staff", "填整数。单位：人。", "“实有人数（人）”应填0至10000000之间的整数（单位：人）。"),
        (
            "satisfaction_rate",
            "按百分数填写，例：90%。单位：%。",
            "“社会公众或服务对象满意度（%）”应填0%至100%之间的数值。",
        ),
        (
            "self_grade",
            "请从下拉列表中选择：优秀、良好、中、差。",
            "“评价等次”请从下拉列表中选择：优秀、良好、中、差。",
        ),
    ],
)
def test_what_the_messages_say(blank: Workbook, field: str, prompt: str, error: str) -> None:
    (rule,) = _rules(blank, field)
    assert (rule.prompt, rule.error) == (prompt, error)


@pytest.mark.parametrize(
    ("field", "number_format"),
    [
        ("satisfaction_rate", "0.00%"),
        ("budget_code", "@"),
        ("contact_phone", "@"),
        ("revenue_total", "#,##0.00####"),
        ("on_post_staff", "#,##0"),
        ("fiscal_year", "0"),
    ],
)
def test_number_formats_come_from_the_kind(blank: Workbook, field: str, number_format: str) -> None:
    assert {cell.number_format for cell in named_cells(blank, field)} == {number_format}


@pytest.mark.parametrize("choices", [("很" * 256,), ("是,否",)], ids=["too long", "with a comma"])
def test_choices_that_excel_cannot_list_are_a_fault_of_the_rulebook(
    form_rulebook: Rulebook, choices: tuple[str, ...]
) -> None:
    field = FormField(id="mood", label="态度", kind="choice", choices=choices)
    with pytest.raises(OperatorFault) as fault:
        validation_of(form_rulebook, field, InputCell("choice", choices=choices), 0)
    assert str(fault.value) == (
        "yunxi-2020: mood: choices too long for a drop-down, or with a comma. Shorten the choices."
    )
