"""The live sheets of the blank workbook: what is on them, what is hidden, what stays within Excel's limits."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from perfbatch.roster import MAX_UNITS
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import lay_out, write_template
from perfbatch.template.live import CHECK_SHEET, LIVE_SHEET, plan_live

# Excel 2013 takes a formula of 8,192 characters; every function here is in Excel 2013, WPS and LibreOffice.
FORMULA_LIMIT = 8192
SHARED_FUNCTIONS = {
    "ABS", "AND", "CHAR", "COUNT", "COUNTIF", "EXACT", "FIND", "HYPERLINK", "IF", "IFERROR", "INDEX", "INT", "ISERROR", "ISNUMBER", "LEFT", "LEN",
    "LENB", "MATCH", "MAX", "MID", "MIN", "N", "NOT", "OR", "RIGHT", "ROUND", "ROWS", "SIGN", "SUBSTITUTE", "SUM", "SUMIF", "SUMPRODUCT",
    "TEXT", "TRIM",
}  # fmt: skip


@pytest.fixture(scope="module")
def formulas(blank: Workbook) -> list[str]:
    return [
        cell.value
        for sheet in blank
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=")
    ]


def test_formulas_use_only_shared_functions_and_fit_into_a_cell(formulas: list[str]) -> None:
    texts = [re.sub(r'"[^"]*"', '""', formula) for formula in formulas]
    used = {name for text in texts for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", text)}
    assert used <= SHARED_FUNCTIONS
    assert {"SUMPRODUCT", "EXACT", "SIGN"} <= used
    assert max(map(len, formulas)) < FORMULA_LIMIT


def test_formulas_of_the_largest_form_fit_into_a_cell(form_rulebook: Rulebook) -> None:
    formulas = [check.formula for check in plan_live(lay_out(form_rulebook, MAX_UNITS)).checks()]
    assert len(formulas) > 10 * MAX_UNITS
    assert max(map(len, formulas)) < FORMULA_LIMIT


def test_every_check_that_a_workbook_can_decide_is_live(form_rulebook: Rulebook) -> None:
    live = {check.bound.check.id for check in plan_live(lay_out(form_rulebook, 1)).checks()}
    elsewhere = {check.id for check in form_rulebook.checks} - live
    assert elsewhere == {
        "R22.carryover", "R22.budget", "R22.final", "R23.posts", "R23.initial", "R23.appropriation", "C03.prior",
        "C03.roster",
    }  # fmt: skip


def test_the_sheet_lists_a_verdict_for_every_unit(form_rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "three.xlsx"
    write_template(form_rulebook, path, units=3)
    sheet = openpyxl.load_workbook(path)[CHECK_SHEET]
    shown = openpyxl.load_workbook(path, data_only=True)[CHECK_SHEET]
    heads = [cell.value for cell in shown[6]][:8]
    assert heads == ["编号", "核对关系", "汇总", "局机关", "二级机构1", "二级机构2", "二级机构3", "增加的行"]
    assert [cell.value for cell in sheet[7]][:2] == ["R02", "收入合计 = 五项收入之和"]
    assert sheet["B7"].hyperlink.location == "'收支情况'!C5"
    assert all(str(cell.value).startswith(f"={LIVE_SHEET}!AA") for cell in sheet[7][2:7])


def test_the_whole_numbers_are_very_hidden(blank: Workbook) -> None:
    assert blank[LIVE_SHEET].sheet_state == "veryHidden"
    assert blank[CHECK_SHEET].sheet_state == "visible"
    assert blank[CHECK_SHEET].protection.sheet


def test_failing_cells_turn_red_through_names_that_old_versions_follow(blank: Workbook) -> None:
    rules = [
        formula
        for sheet in ("收支情况", "基本概况", "绩效目标")
        for formats in blank[sheet].conditional_formatting
        for rule in formats.rules
        for formula in rule.formula
    ]
    assert "INDEX(_live_revenue_total,ROWS(C$5:C5))>0" in rules
    assert all(LIVE_SHEET + "!" not in formula for formula in rules)
    assert blank.defined_names["_live_revenue_total"].attr_text.startswith(f"'{LIVE_SHEET}'!$F$")


def test_the_checks_begin_with_their_number_in_red_and_the_way_to_the_first(blank: Workbook) -> None:
    sheet = blank[CHECK_SHEET]
    rules = [
        rule
        for area, listed in sheet.conditional_formatting._cf_rules.items()
        for rule in listed
        if "A3" in str(area.sqref)
    ]
    assert [rule.formula for rule in rules] == [['LEFT($A$3,2)="不符"']]
    link = str(sheet["C3"].value)
    assert link.startswith("=IF(COUNTIF(_live!$AA$2:$AA$")
    assert ("转到第一处不符" in link, "转到第一处非数值" in link) == (True, True)
    assert sheet.oddFooter.center.text is None
    # Every verdict has beside it the name of the cells that it is about, which a link can lead to.
    verdicts, places = blank[LIVE_SHEET]["AA"], blank[LIVE_SHEET]["DZ"]
    named = [place.value for verdict, place in zip(verdicts, places, strict=False) if verdict.value is not None]
    assert len(named) > 1000
    assert set(named) <= set(blank.defined_names)
