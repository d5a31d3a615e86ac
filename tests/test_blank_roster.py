"""The blank roster: what it holds, that the reader takes it back, and that the committed copy is what is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.model.errors import OperatorFault
from perfbatch.roster import (
    Roster,
    RosterEntry,
    read_roster,
    review_columns,
    roster_columns,
    verdict_columns,
    waiver_columns,
)
from perfbatch.roster.blank import blank_roster_name, write_blank_roster
from tests.submissions import RULEBOOK
from tests.template.packages import parts

COMMITTED = Path(__file__).parents[1] / "workbook_templates"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_blank_roster(RULEBOOK, tmp_path_factory.mktemp("roster") / "new")


@pytest.fixture
def book(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def validation(sheet: Any, cell: str) -> Any:
    (rule,) = (listed for listed in sheet.data_validations.dataValidation if cell in listed.sqref)
    return rule


def test_its_sheets_and_headings(book: Any) -> None:
    assert book.sheetnames == ["部门名录", "财政复核", "豁免事项", "说明审核", "填写说明"]
    for name, columns in (
        ("部门名录", roster_columns(RULEBOOK)),
        ("财政复核", review_columns(RULEBOOK)),
        ("豁免事项", waiver_columns(RULEBOOK)),
        ("说明审核", verdict_columns(RULEBOOK)),
    ):
        assert [cell.value for cell in book[name][1]] == list(columns.values())
        assert {cell.value for row in book[name].iter_rows(min_row=2) for cell in row} == {None}
        assert book[name].auto_filter.ref.startswith("A1:")
    assert book["部门名录"].freeze_panes == "C2"
    assert book["财政复核"].freeze_panes == "A2"


def test_the_reader_takes_it_for_a_roster_without_departments(path: Path) -> None:
    with pytest.raises(OperatorFault, match="lists no department"):
        read_roster(path, RULEBOOK)


def test_what_is_filled_in_is_read(book: Any, tmp_path: Path) -> None:
    for column, value in enumerate(("007", "区教育局", "教科文股", "0730-****", "一小、二小", 7, 274.98, 0), start=1):
        book["部门名录"].cell(2, column).value = value
    for column, value in enumerate(("007", RULEBOOK.indicators[0].name, 1.5, "人员借调"), start=1):
        book["财政复核"].cell(2, column).value = value
    book.save(tmp_path / "filled.xlsx")
    figures = {"authorized_posts": 7_000_000, "budget_initial": 274_980_000, "general_budget_appropriation": 0}
    assert read_roster(tmp_path / "filled.xlsx", RULEBOOK) == Roster(
        (RosterEntry("007", "区教育局", "教科文股", "0730-****", ("一小", "二小"), figures),),
        {("007", "staff_control_rate"): (1_500_000, "人员借调")},
    )


def test_codes_are_texts_and_told_apart_as_texts(book: Any) -> None:
    sheet = book["部门名录"]
    assert {sheet.cell(row, 1).number_format for row in (2, 501)} == {"@"}
    rule = validation(sheet, "A501")
    assert (rule.type, rule.errorStyle or "stop") == ("custom", "stop")
    assert rule.formula1 == "AND(ISTEXT(A2),SUMPRODUCT(--($A$2:$A$501=A2))=1)"
    (marked,) = sheet.conditional_formatting
    assert (str(marked.sqref), marked.rules[0].formula) == (
        "A2:A501",
        ['AND(A2<>"",OR(ISNUMBER(A2),SUMPRODUCT(--($A$2:$A$501=A2))>1))'],
    )


def test_figures_are_bounded_as_on_the_form(book: Any) -> None:
    for cell, kind, most in (
        ("F2", "whole", "10000000"),
        ("G2", "decimal", "100000000"),
        ("H2", "decimal", "100000000"),
    ):
        rule = validation(book["部门名录"], cell)
        assert (rule.type, float(rule.formula1), float(rule.formula2)) == (kind, 0.0, float(most))


def test_indicators_are_chosen_from_a_list_of_all(book: Any) -> None:
    rule = validation(book["财政复核"], "B2")
    assert rule.type == "list"
    sheet, _, area = rule.formula1.replace("$", "").partition("!")
    assert sheet == "'填写说明'"
    listed = [row[0].value for row in book["填写说明"][area]]
    assert listed == [indicator.name for indicator in RULEBOOK.indicators]
    first = area.partition(":")[0][1:]
    points = [book["填写说明"].cell(int(first) + offset, 2).value for offset in range(len(listed))]
    assert points == [indicator.points for indicator in RULEBOOK.indicators]
    assert validation(book["财政复核"], "A2").formula1 == "'部门名录'!$A$2:$A$501"
    assert validation(book["财政复核"], "C2").formula1.startswith("AND(ISNUMBER(C2),C2>=0,C2<=INDEX('填写说明'!$B$")


def test_every_message_fits_what_excel_takes(book: Any) -> None:
    rules = [rule for name in book.sheetnames[:3] for rule in book[name].data_validations.dataValidation]
    assert len(rules) == len(roster_columns(RULEBOOK)) + len(review_columns(RULEBOOK)) + len(waiver_columns(RULEBOOK))
    for rule in rules:
        assert 0 < len(rule.promptTitle) <= 32
        assert 0 < len(rule.prompt) <= 255
        assert 0 < len(rule.error) <= 255


def test_the_same_rulebook_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    assert write_blank_roster(RULEBOOK, tmp_path).read_bytes() == path.read_bytes()


def test_the_committed_copy_is_what_is_written(path: Path) -> None:
    assert blank_roster_name(RULEBOOK) == path.name == "yunxi-2020-roster.xlsx"
    assert parts(COMMITTED / path.name) == parts(path)


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(OperatorFault) as fault:
        write_blank_roster(RULEBOOK, tmp_path / "taken")
    path = tmp_path / "taken" / blank_roster_name(RULEBOOK)
    remedy = "Close it where it is open, or name another folder."
    assert str(fault.value) == f"{path}: cannot be written (File exists). {remedy}"
