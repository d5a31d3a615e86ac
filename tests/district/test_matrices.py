"""Tables of fixed rows and columns: every cell a field, totals down and along, read, checked and summed up over the district."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.batch import examine
from perfbatch.intake.reader import read_submission
from perfbatch.model.findings import Finding
from perfbatch.publishing import NightPlan, run_night
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.load import load_rulebook
from perfbatch.rulebook.roles import usual_sheets
from perfbatch.rulebook.tree import Member
from tests.cases.clean import changed
from tests.conftest import department, lay
from tests.matrices import OVERLAY, blank_with_funds, with_funds
from tests.overlays import blank_form, rulebook_of, written
from tests.projects import project_rulebook
from tests.workbooks import fill, places

FUNDS: dict[str, Any] = {
    "fund_total_first_half": 30, "fund_total_second_half": 70, "fund_total_year": 100,
    "fund_current_first_half": 20, "fund_current_second_half": 60, "fund_current_year": 80,
    "fund_other_first_half": 10, "fund_other_second_half": 10, "fund_other_year": 20,
}  # fmt: skip


def _findings(changes: dict[str, Any]) -> list[Finding]:
    book = with_funds()
    _, _, findings = examine([changed({**FUNDS, **changes}, rulebook=book)], book)
    return [finding for finding in findings if finding.check in ("R43", "R44")]


def test_totals_that_hold_are_not_findings() -> None:
    assert [finding.check for finding in _findings({"project_expenditure": 100})] == []


def test_a_total_is_held_against_its_column_and_its_row() -> None:
    down = _findings({"fund_other_first_half": 11, "fund_other_year": 21})
    assert [(finding.field, finding.message) for finding in down if finding.check == "R43"] == [
        ("fund_total_first_half", "上半年不等于各项之和"),
        ("fund_total_year", "全年不等于各项之和"),
    ]
    along = _findings({"fund_other_year": 19, "fund_current_year": 81})
    assert [(finding.field, finding.message) for finding in along if finding.check == "R43"] == [
        ("fund_current_year", "其中：当年拨款不等于各项之和"),
        ("fund_other_year", "其他资金不等于各项之和"),
    ]


def test_two_checks_of_one_cell_are_told_apart() -> None:
    both = [finding for finding in _findings({"fund_total_year": 101}) if finding.check == "R43"]
    assert [(finding.each, finding.message) for finding in both] == [
        ("fund_total_year", "全年不等于各项之和"),
        ("fund_total_year.along", "资金总额不等于各项之和"),
    ]


def test_a_cell_is_named_with_dots_in_an_expression() -> None:
    more = {name: 10 * value for name, value in FUNDS.items()}
    assert [(finding.check, finding.reported) for finding in _findings({**more, "project_expenditure": 999})] == [
        ("R44", "1000.00")
    ]


def test_a_workbook_is_read_by_the_names_of_its_cells() -> None:
    content = fill(blank_with_funds(), {**FUNDS, "fund_other_note": "上级补助", "fund_total_year": None})
    submission = read_submission(content, "a.xlsx", with_funds())
    assert submission.columns["fund_total_second_half"].fact("fund_total_second_half", 0).value == 70_000_000
    assert submission.columns["fund_other_note"].fact("fund_other_note", 0).value == "上级补助"
    blank = [finding for finding in submission.findings if finding.field == "fund_total_year"]
    assert [(finding.code, finding.cell) for finding in blank] == [("C07", places(content)["fund_total_year"][0][1])]
    assert "fund_total_note" not in places(content)


def test_what_is_worked_out_stands_beside_it() -> None:
    sheet = openpyxl.load_workbook(BytesIO(blank_with_funds()))[places(blank_with_funds())["fund_total_year"][0][0]]
    formulas = [
        str(cell.value) for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=IF(COUNT(")
    ]
    assert len(formulas) == 3
    assert all('"0.00%"' in formula for formula in formulas)


def test_the_summary_has_a_sheet_of_it(tmp_path: Path) -> None:
    rules = written(tmp_path, OVERLAY)
    content = fill(blank_with_funds(), {**department(), **FUNDS})
    run_night(NightPlan(lay(tmp_path / "inbox", {"a.xlsx": content}), tmp_path / "out", [load_rulebook(rules)]))
    summary = openpyxl.load_workbook(tmp_path / "out" / "district-summary-2020.xlsx")
    assert summary.sheetnames[4:6] == ["专项资金", "收支"]
    rows = [list(row) for row in summary["专项资金"].iter_rows(values_only=True)]
    heads = next(row for row in rows if "资金总额·上半年" in row)
    own = next(row for row in rows if "云溪区测试局" in row)
    assert dict(zip(heads, own, strict=True))["当年拨款·全年"] == 80
    assert "层级" not in heads


def test_more_totals_than_a_line_holds_stand_in_two(tmp_path: Path) -> None:
    rows = "".join(
        f'    {{ id = "t{at}", label = "第{at}类", parts = ["a{at}"] }},\n    {{ id = "a{at}", label = "其中{at}" }},\n'
        for at in range(20)
    )
    text = OVERLAY.replace("rows = [\n", f"rows = [\n{rows}", 1)
    rules = written(tmp_path, text)
    content = fill(blank_form(rulebook_of(text), units=2), {**department(), **FUNDS, "fund_t7_year": 8})
    run_night(NightPlan(lay(tmp_path / "inbox", {"a.xlsx": content}), tmp_path / "out", [load_rulebook(rules)]))
    overview = openpyxl.load_workbook(tmp_path / "out" / "district-summary-2020.xlsx").worksheets[0]
    heads = {str(cell.value): cell for row in overview.iter_rows() for cell in row if cell.value}
    lines = {heads[f"第{at}类·全年"].row for at in range(20)}
    assert len(lines) in (2, 3)
    assert {later - earlier for earlier, later in pairwise(sorted(lines))} == {3}


def _edited(content: bytes, field: str, *, above: str | None = None, left: str | None = None) -> bytes:
    """A workbook with another heading over a cell, or another label left of it."""
    book = openpyxl.load_workbook(BytesIO(content))
    ((sheet, cell),) = places(content)[field]
    at = book[sheet][cell]
    column = 1
    if above is not None:
        row = next(row for row in range(at.row, 0, -1) if book[sheet].cell(row, column).value == "项目")
        book[sheet].cell(row, at.column).value = above
    if left is not None:
        book[sheet].cell(at.row, column).value = left
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.fixture(scope="module")
def filled() -> bytes:
    return fill(blank_with_funds(), {**department(), **FUNDS, "fund_other_note": "上半年"})


def _marks(content: bytes) -> set[tuple[str, str]]:
    findings = read_submission(content, "a.xlsx", with_funds()).findings
    return {(finding.code, finding.field) for finding in findings if finding.field.startswith("fund_")}


def test_nothing_is_said_of_the_form_s_own_labels(filled: bytes) -> None:
    assert _marks(filled) == set()


def test_a_heading_with_another_unit_is_told_of_each_cell_below_it(filled: bytes) -> None:
    changed_unit = _edited(filled, "fund_total_first_half", above="上半年（元）")
    assert _marks(changed_unit) == {("C10", f"fund_{row}_first_half") for row in ("total", "current", "other")}


def test_a_row_called_like_another_field_is_that_field_nowhere(filled: bytes) -> None:
    label = with_funds().label_of("project_expenditure")
    assert _marks(_edited(filled, "fund_current_year", left=label)) == set()


def test_a_cell_beside_another_row_s_label_is_not_read_as_its_own(filled: bytes) -> None:
    swapped = _edited(filled, "fund_current_year", left="其他资金")
    assert _marks(swapped) == {("C14", f"fund_current_{column}") for column in ("first_half", "second_half", "year")}
    submission = read_submission(swapped, "a.xlsx", with_funds())
    (finding,) = (each for each in submission.findings if each.field == "fund_current_year")
    assert "其他资金·全年" in finding.message


def test_a_cell_under_another_heading_is_not_read_as_its_own(filled: bytes) -> None:
    assert _marks(_edited(filled, "fund_total_first_half", above="下半年")) == {
        ("C14", f"fund_{row}_first_half") for row in ("total", "current", "other")
    }


def test_last_year_s_cell_is_asked_for_with_dots() -> None:
    assert parse("prior.fund.total.year") == Member("prior", "fund_total_year", 1)


def test_tables_that_no_usual_sheet_names_have_one_of_their_own() -> None:
    book = project_rulebook()
    alone = book.model_copy(update={"summary": usual_sheets()})
    assert [(sheet.sheet, sheet.title, sheet.blocks) for sheet in alone.money_sheets] == [
        ("资金汇总", "项目资金汇总（万元）", ("fund",))
    ]
    bare = with_funds().model_copy(update={"summary": usual_sheets()})
    assert [sheet.blocks for sheet in bare.money_sheets] == [
        ("revenue", "expenditure"),
        ("three_public", "fixed_assets", "fund"),
    ]
