"""Units that a sheet states in another cell than a figure's heading: above a table, at the head, in the label of a row."""

from __future__ import annotations

import io
from functools import lru_cache

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.intake.reader import read_submission
from perfbatch.intake.stated_units import _MARKUP, _alone
from tests.workbooks import blank, fill, places, rulebook

FINANCE, BASE = "收支情况", "基础数据表"
AMOUNTS = {
    "revenue_total": [60, 10, 20],
    "expenditure_total": [60, 10, 20],
    "procurement_budget": 30,
    "building_approved_area": 100,
    "special_fund_count": 3,
}


@lru_cache(maxsize=1)
def _form() -> bytes:
    return fill(blank(), {"unit_name": "测试局", "budget_code": "1", "entity_name": [None, None, "甲站"], **AMOUNTS})


@lru_cache(maxsize=1)
def _cells() -> dict[str, list[tuple[str, str]]]:
    return places(_form())


def _content(typed: dict[tuple[str, str], object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(_form()))
    for (sheet, cell), value in typed.items():
        book[sheet][cell].value = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _asked(typed: dict[tuple[str, str], object]) -> set[str]:
    """Field and row of what is asked about for its unit."""
    submission = read_submission(_content(typed), "a.xlsx", rulebook())
    place = {finding.cell for finding in submission.findings if finding.code == "C10"}
    cells = _cells()
    return {f"{name}!{row}" for name in AMOUNTS for row, (_, cell) in enumerate(cells[name]) if cell in place}


def _above(field: str, up: int, column: str) -> str:
    row = int("".join(filter(str.isdigit, _cells()[field][0][1])))
    return f"{column}{row - up}"


REVENUE = {"revenue_total!0", "revenue_total!1", "revenue_total!2"}
EXPENDITURE = {"expenditure_total!0", "expenditure_total!1", "expenditure_total!2"}


def test_nothing_is_asked_of_the_form_as_it_is() -> None:
    assert _asked({}) == set()


@pytest.mark.parametrize(
    "text",
    [
        "单位：元",
        "（单位：元）",
        "金额单位:元",
        "计量单位：人民币元",
        "单位: 千元",
        "(元)",
        "【单位：百万元】",
        "单位；元",
    ],
)
def test_a_cell_at_the_head_speaks_for_all_tables_of_its_sheet(text: str) -> None:
    assert _asked({(FINANCE, "J1"): text}) == REVENUE | EXPENDITURE


@pytest.mark.parametrize(
    "text", ["单位：万元", "单位：人", "单位：测试局", "填报单位：元丰站", "单位", "元", "单位：元以上"]
)
def test_the_form_s_own_unit_and_what_is_none_say_nothing(text: str) -> None:
    asked = _asked({(FINANCE, "J1"): text})
    assert asked == (REVENUE | EXPENDITURE if text == "元" else set())


def test_a_cell_between_two_tables_speaks_for_the_one_below() -> None:
    assert _asked({(FINANCE, _above("expenditure_total", 4, "J")): "单位：元"}) == EXPENDITURE


def test_a_cell_below_a_sheet_s_head_takes_its_table_out() -> None:
    typed = {(FINANCE, "J1"): "单位：元", (FINANCE, _above("expenditure_total", 4, "J")): "单位：万元"}
    assert _asked(typed) == REVENUE


def test_only_money_is_meant() -> None:
    assert _asked({(BASE, "E1"): "单位：元"}) == {"procurement_budget!0"}


def test_a_row_whose_label_states_a_unit() -> None:
    cell = _cells()["entity_name"][2][1]
    assert _asked({(FINANCE, cell): "甲站（元）"}) >= {"revenue_total!2"}
    assert _asked({(FINANCE, cell): "甲站（万元）"}) == set()
    assert _asked({(FINANCE, cell): "甲站（人）"}) == set()


@given(
    st.sampled_from(
        ["单位：{}", "(单位:{})", "计量单位：人民币{}", "（{}）", "{}", "单 位：{}", "【单位；{}】", "甲站（{}）"]
    ),
    st.sampled_from(["元", "千元", "百元", "亿元", "百万元", "角"]),
)
def test_no_text_that_states_one_is_passed_over(shape: str, unit: str) -> None:
    text = shape.format(unit)
    assert _alone(text) == unit or text.startswith("甲站")
    assert any(pattern.search(f"<si><t>{text}</t></si>".encode()) for pattern in _MARKUP.values())


@given(st.text(max_size=12))
def test_only_units_of_money_are_stated(text: str) -> None:
    assert _alone(text) in ("", "元", "角", "百元", "千元", "万元", "十万元", "百万元", "千万元", "亿元")
