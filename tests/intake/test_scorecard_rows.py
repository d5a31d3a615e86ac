"""Rows of the scorecard: sorted, exchanged, inserted, renamed. Nobody's points move."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from perfbatch.batch import examine
from perfbatch.intake.reader import read_submission
from perfbatch.model.submission import SCALE
from tests.conftest import department
from tests.workbooks import blank, fill, places, rulebook

SHEET = "评分表"
NAME, MAX, SELF, CODE = 3, 5, 6, 8
Change = Callable[[Worksheet, Callable[[str], int]], None]


def _changed(change: Change) -> bytes:
    content = fill(blank(), department())
    first = int(re.sub(r"\D", "", places(content)["item_max"][0][1]))
    ids = [indicator.id for indicator in rulebook().indicators]
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book[SHEET], lambda indicator: first + ids.index(indicator))
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _inserted(sheet: Worksheet, at: int, name: str | None, points: float, own: float) -> None:
    """A row put in place of what stands at `at`, everything below it moved down by one, as inserting does to the cells."""
    last = max(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, CODE).value == "satisfaction")
    # The form's total stands below the last indicator, merged.
    sheet.unmerge_cells(f"A{last + 1}:D{last + 1}")
    for row in range(last, at - 1, -1):
        for column in (NAME, 4, MAX, SELF, 7, CODE):
            source = sheet.cell(row, column)
            sheet.cell(row + 1, column).value = source.value
            source.value = None
    sheet.cell(at, NAME).value, sheet.cell(at, MAX).value, sheet.cell(at, SELF).value = name, points, own


def _night(content: bytes) -> tuple[dict[str, tuple[float, float]], list[tuple[str, str, str]], float]:
    """Indicator → (max, self), the findings of C14, R15, R16, R17, and the verified total."""
    _, scored, findings = examine([read_submission(content, "a.xlsx", rulebook())], rulebook())
    scores = {row.indicator: (row.max / SCALE, row.self / SCALE) for row in scored.scores.itertuples()}
    codes = ("C14", "R15", "R16", "R17")
    # Without a cell: the total, whose name some of these workbooks have lost.
    lines = [
        (finding.code, finding.severity.value, finding.cell)
        for finding in findings
        if finding.code in codes and finding.cell
    ]
    return scores, sorted(lines), int(scored.departments["verified_total"][0]) / SCALE


CLEAN = _night(fill(blank(), department()))


def test_the_form_as_it_is() -> None:
    assert CLEAN[1:] == ([], 99)


def test_rows_exchanged_without_their_codes() -> None:
    rows: list[int] = []

    def change(sheet: Worksheet, at: Callable[[str], int]) -> None:
        rows.extend((at("fund_balance"), at("three_public_control_rate")))
        for column in (NAME, 4, MAX, SELF, 7):
            cell, other = (sheet.cell(row, column) for row in rows)
            cell.value, other.value = other.value, cell.value

    scores, remarks, total = _night(_changed(change))
    assert (scores, total) == (CLEAN[0], CLEAN[2])
    assert remarks == sorted(("C14", "warning", f"C{row}") for row in rows)


def test_rows_exchanged_with_their_codes() -> None:
    def change(sheet: Worksheet, at: Callable[[str], int]) -> None:
        for column in (NAME, 4, MAX, SELF, 7, CODE):
            cell, other = sheet.cell(at("fund_balance"), column), sheet.cell(at("payment_progress"), column)
            cell.value, other.value = other.value, cell.value

    assert _night(_changed(change)) == CLEAN


def test_codes_cleared_leave_the_names_to_decide() -> None:
    def change(sheet: Worksheet, at: Callable[[str], int]) -> None:
        for indicator in rulebook().indicators:
            if indicator.group != "output":
                sheet.cell(at(indicator.id), CODE).value = None

    assert _night(_changed(change)) == CLEAN


def test_an_adaptable_row_may_be_renamed_and_a_fixed_one_not() -> None:
    row: list[int] = []

    def change(sheet: Worksheet, at: Callable[[str], int]) -> None:
        row.append(at("asset_safety"))
        sheet.cell(at("duty_growth"), NAME).value = "新增长极建设"
        sheet.cell(row[0], NAME).value = "资产安全"

    scores, remarks, total = _night(_changed(change))
    assert (scores, total) == (CLEAN[0], CLEAN[2])
    assert remarks == [("C14", "warning", f"C{row[0]}")]


def test_a_split_inside_a_set_changes_no_total() -> None:
    def change(sheet: Worksheet, at: Callable[[str], int]) -> None:
        sheet.cell(at("duty_growth"), MAX).value = sheet.cell(at("duty_growth"), SELF).value = 4
        _inserted(sheet, at("duty_work_report"), "新增长极（二）", 3, 3)

    scores, remarks, total = _night(_widened(_changed(change)))
    assert (scores, remarks, total) == (CLEAN[0], [], CLEAN[2])


def test_a_row_elsewhere_counts_in_no_sum_and_changes_no_other() -> None:
    row: list[int] = []

    def change(sheet: Worksheet, at: Callable[[str], int]) -> None:
        row.append(at("payment_progress"))
        _inserted(sheet, row[0], "另一指标", 2, 2)

    scores, remarks, total = _night(_widened(_changed(change)))
    assert (scores, total) == (CLEAN[0], CLEAN[2])
    assert remarks == [("C14", "warning", f"C{row[0]}")]


def _widened(content: bytes) -> bytes:
    """The names of the scorecard's columns one row longer, as they grow around an inserted row."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name in ("item_id", "item_max", "item_self_score", "item_deduction_reason"):
        area = book.defined_names[name]
        area.attr_text = re.sub(r"(\d+)$", lambda match: str(int(match[1]) + 1), area.attr_text)
    # The form's total stood where the last indicator stands now.
    del book.defined_names["scorecard_total"]
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()
