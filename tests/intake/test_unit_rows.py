"""Rows of the unit tables paired by the names shown: rows inserted in one table, names typed over formulas, units beside the rows."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from perfbatch.batch import examine
from perfbatch.intake.reader import read_submission
from tests.workbooks import blank, fill, places, rulebook

SHEET = "收支情况"
TABLES = {"revenue": "revenue_total", "expenditure": "expenditure_total", "three_public": "three_public_total"}
AMOUNTS = {
    "revenue_total": [60, 10, 20, 30],
    "general_budget_appropriation": [60, 10, 20, 30],
    "expenditure_total": [60, 10, 20, 30],
    "basic_expenditure": [60, 10, 20, 30],
    "personnel_expenditure": [60, 10, 20, 30],
    "three_public_total": [6, 1, 2, 3],
    "official_reception": [6, 1, 2, 3],
}
NAMES = [None, None, "甲站", "乙站"]
Change = Callable[[Worksheet, dict[str, int]], None]


@lru_cache(maxsize=4)
def _filled(typed: tuple[tuple[str, tuple[Any, ...]], ...]) -> bytes:
    return fill(blank(), {"unit_name": "测试局", "budget_code": "1", "entity_name": NAMES, **AMOUNTS, **dict(typed)})


def _changed(change: Change, **typed: Any) -> bytes:
    """The filled form with its finance sheet changed; `tops` is table → the row of its 汇总."""
    content = _filled(tuple((name, tuple(values)) for name, values in typed.items()))
    tops = {table: int(re.sub(r"\D", "", places(content)[field][0][1])) for table, field in TABLES.items()}
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book[SHEET], tops)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _inserted(content: bytes, row: int) -> bytes:
    """A row inserted above `row` of the finance sheet, as Excel does: cells, formulas, merges and names move down."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[SHEET]

    def down(match: re.Match[str]) -> str:
        return match[1] + str(int(match[2]) + (int(match[2]) >= row))

    moved = [area for area in sheet.merged_cells.ranges if area.min_row >= row]
    for area in moved:
        sheet.merged_cells.remove(area)
    sheet.insert_rows(row)
    for area in moved:
        area.shift(0, 1)
        sheet.merged_cells.add(area)
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.value = re.sub(r"(\$?[A-Z]{1,2}\$?)(\d+)", down, cell.value)
    for name in book.defined_names.values():
        if name.attr_text and SHEET in name.attr_text and "!" in name.attr_text:
            name.attr_text = re.sub(r"(\$[A-Z]{1,2}\$)(\d+)", down, name.attr_text)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _findings(content: bytes, *codes: str) -> list[tuple[str, str]]:
    _, _, findings = examine([read_submission(content, "a.xlsx", rulebook())], rulebook())
    return sorted(
        (finding.code, finding.cell) for finding in findings if finding.code in (codes or ("C14", "R01", "R05", "R06"))
    )


def _units(content: bytes) -> dict[str, list[int | None]]:
    """Unit → revenue, expenditure and three public expenses, in 万元."""
    frames, _, _ = examine([read_submission(content, "a.xlsx", rulebook())], rulebook())
    figures = frames.units[list(TABLES.values())]
    rows = zip(frames.units["entity_name"], figures.itertuples(index=False), strict=True)
    return {
        str(name): [None if value != value or value is None else int(value) // 10**6 for value in row.__iter__()]
        for name, row in (
            (name, [None if str(value) == "<NA>" else value for value in values]) for name, values in rows
        )
    }


PAIRED = {"局机关及二级机构汇总": [60, 60, 6], "1、局机关": [10, 10, 1], "甲站": [20, 20, 2], "乙站": [30, 30, 3]}


def test_the_form_s_own_formulas_pair_the_rows() -> None:
    content = _changed(lambda sheet, tops: None)
    assert _units(content) == PAIRED
    assert _findings(content) == []


def test_names_typed_over_the_formulas_in_another_order() -> None:
    def change(sheet: Worksheet, tops: dict[str, int]) -> None:
        top = tops["expenditure"]
        for row, (name, figure) in enumerate([("乙站", 30), ("1、局机关", 10), ("甲站", 20)], start=1):
            sheet.cell(top + row, 2).value = name
            for column in (3, 4, 5):
                sheet.cell(top + row, column).value = figure

    content = _changed(change)
    assert _units(content) == PAIRED
    assert _findings(content) == []


@settings(max_examples=3)
@given(st.permutations([("局机关", 10), ("甲 站", 20), ("2、乙站", 30)]))
def test_the_order_of_typed_names_changes_nothing(order: list[tuple[str, int]]) -> None:
    def change(sheet: Worksheet, tops: dict[str, int]) -> None:
        for row, (name, figure) in enumerate(order, start=tops["expenditure"] + 1):
            sheet.cell(row, 2).value = name
            for column in (3, 4, 5):
                sheet.cell(row, column).value = figure

    content = _changed(change)
    assert _units(content) == PAIRED
    assert _findings(content) == []


def test_a_name_that_no_other_table_has() -> None:
    def change(sheet: Worksheet, tops: dict[str, int]) -> None:
        sheet.cell(tops["expenditure"] + 3, 2).value = "丙站"

    content = _changed(change)
    top = int(re.sub(r"\D", "", places(content)["expenditure_total"][0][1]))
    assert _units(content) == {**PAIRED, "乙站": [30, None, 3], "丙站": [None, 30, None]}
    assert _findings(content) == [("C14", f"B{top + 3}")]
    (finding,) = (
        finding for finding in read_submission(content, "a.xlsx", rulebook()).findings if finding.code == "C14"
    )
    assert finding.message == (
        f"机构名称：“收支情况”第{top + 3}行机构“丙站”与“年度收入情况（万元）”同一位置的“乙站”不一致，两行没有合并核对"
    )


def test_two_units_of_one_name_and_rows_without_a_name_go_by_position() -> None:
    def change(sheet: Worksheet, tops: dict[str, int]) -> None:
        for row in (2, 3):
            sheet.cell(tops["expenditure"] + row, 2).value = "同名站"
            sheet.cell(tops["three_public"] + row, 2).value = None

    content = _changed(change, entity_name=[None, None, "同名站", "同名站"], expenditure_total=[60, 10, 20, 31])
    frames, _, _ = examine([read_submission(content, "a.xlsx", rulebook())], rulebook())
    assert frames.units["expenditure_total"].to_list() == [60_000_000, 10_000_000, 20_000_000, 31_000_000]
    assert [finding for finding in _findings(content) if finding[0] == "C14"] == []


@pytest.mark.parametrize("name", ["新设站", None])
def test_a_row_inserted_in_the_first_table_only(name: str | None) -> None:
    content = _changed(lambda sheet, tops: None)
    content = _inserted(content, int(re.sub(r"\D", "", places(content)["revenue_total"][2][1])))
    book = openpyxl.load_workbook(io.BytesIO(content))
    book[SHEET]["B7"].value = name
    saved = io.BytesIO()
    book.save(saved)
    assert {unit: figures for unit, figures in _units(saved.getvalue()).items() if unit in PAIRED} == PAIRED
    assert _findings(saved.getvalue()) == []


def test_a_row_inserted_in_another_table_with_a_unit_that_the_first_has_not() -> None:
    content = _changed(lambda sheet, tops: None)
    row = int(re.sub(r"\D", "", places(content)["expenditure_total"][2][1]))
    content = _inserted(content, row)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for column, value in ((2, "丁站"), (3, 5), (4, 5), (5, 5)):
        book[SHEET].cell(row, column).value = value
    saved = io.BytesIO()
    book.save(saved)
    units = _units(saved.getvalue())
    assert units["丁站"] == [None, 5, None]
    assert units["甲站"] == PAIRED["甲站"]
    assert units["乙站"] == PAIRED["乙站"]
    assert _findings(saved.getvalue(), "C14") == [("C14", f"B{row}")]


def test_two_units_of_one_name_that_the_first_table_has_not() -> None:
    def change(sheet: Worksheet, tops: dict[str, int]) -> None:
        for table, row in ((table, row) for table in ("expenditure", "three_public") for row in (2, 3)):
            sheet.cell(tops[table] + row, 2).value = "别的站"

    content = _changed(change)
    frames, _, _ = examine([read_submission(content, "a.xlsx", rulebook())], rulebook())
    assert frames.units["expenditure_total"].dropna().to_list() == [60_000_000, 10_000_000, 20_000_000, 30_000_000]
    assert frames.units["three_public_total"].dropna().to_list() == [6_000_000, 1_000_000, 2_000_000, 3_000_000]
    assert [code for code, _ in _findings(content)] == ["C14"] * 4


@pytest.mark.parametrize(
    ("name", "shown", "figure"),
    [
        ("新设站", "新设站", 50),
        ("新设站", "新设站", "50万元"),
        (None, "（未填名称）", 50),
        (None, "（未填名称）", "５０"),
    ],
)
def test_a_unit_below_the_rows_is_told(name: str | None, shown: str, figure: object) -> None:
    below: list[int] = []

    def change(sheet: Worksheet, tops: dict[str, int]) -> None:
        below.append(tops["expenditure"] + len(_cells("expenditure_total")))
        sheet.cell(below[0], 2).value = name
        sheet.cell(below[0], 3).value = figure

    content = _changed(change)
    assert _findings(content, "C14") == [("C14", f"B{below[0]}")]
    (finding,) = (
        finding for finding in read_submission(content, "a.xlsx", rulebook()).findings if finding.code == "C14"
    )
    assert f"第{below[0]}行机构“{shown}”未读取" in finding.message


def test_a_unit_above_the_rows_is_told() -> None:
    content = _changed(lambda sheet, tops: None)
    top = int(re.sub(r"\D", "", places(content)["three_public_total"][0][1]))
    content = _inserted(content, top)
    book = openpyxl.load_workbook(io.BytesIO(content))
    book[SHEET].cell(top, 2).value, book[SHEET].cell(top, 4).value = "上站", 7
    saved = io.BytesIO()
    book.save(saved)
    assert _findings(saved.getvalue()) == [("C14", f"B{top}")]


@pytest.mark.parametrize("text", ["备注：单位为万元", "合计", 2021])
def test_a_note_below_the_rows_is_no_unit(text: object) -> None:
    def change(sheet: Worksheet, tops: dict[str, int]) -> None:
        sheet.cell(tops["expenditure"] + len(_cells("expenditure_total")), 2).value = text

    assert _findings(_changed(change)) == []


def _cells(field: str) -> list[tuple[str, str]]:
    return places(blank())[field]
