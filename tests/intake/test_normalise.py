"""DOMAIN §5, row by row: what stands in a cell and what it becomes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.intake.normalise import normalise, normalise_answer
from perfbatch.intake.reading import HIDDEN, Reading, finding_of
from perfbatch.model.findings import CATALOGUE
from perfbatch.model.submission import SCALE, Fact, State
from perfbatch.package.raw_cell import CellKind, CellValue, RawCell
from tests.workbooks import rulebook

CENT = SCALE // 100


def raw(value: CellValue, *, number_format: str = "", formula: str | None = None, date1904: bool = False) -> RawCell:
    kind: CellKind
    if value is None:
        kind = "blank"
    elif isinstance(value, bool):
        kind = "bool"
    elif isinstance(value, str):
        kind = "text"
    else:
        kind = "number" if isinstance(value, int | float) else "date"
    return RawCell("表", "C7", 7, 3, kind, value, formula, value is not None, number_format, True, date1904)


def read(field: str, value: CellValue, **how: object) -> Reading:
    return normalise(raw(value, **how), rulebook().field_by_id[field], rulebook())  # type: ignore[arg-type]


def codes(reading: Reading) -> list[str]:
    return [remark.code for remark in reading.remarks]


@pytest.mark.parametrize(
    ("field", "value", "number_format", "expected", "step", "remarks"),
    [
        # amounts (万元): text, full width, separators, units
        ("revenue_total", 274.98, "", "274.98", CENT, []),
        ("revenue_total", 0.1 + 0.2, "", "0.3", CENT, []),
        ("revenue_total", 274, "", "274", CENT, []),
        ("revenue_total", 274.9812, "", "274.9812", 100, []),
        ("revenue_total", "274.98", "", "274.98", CENT, ["C01"]),
        ("revenue_total", "274.980", "", "274.98", 1_000, ["C01"]),
        ("revenue_total", "２７４．９８", "", "274.98", CENT, ["C01"]),
        ("revenue_total", "1，234.5", "", "1234.5", CENT, ["C01"]),
        ("revenue_total", "10.05万元", "", "10.05", CENT, ["C01"]),
        ("revenue_total", "2749800元", "", "274.98", 100, ["C02"]),
        ("revenue_total", "2,749,800.50元", "", "274.98005", 1, ["C02"]),
        ("revenue_total", 0, "", "0", CENT, []),
        ("revenue_total", -0.0, "", "0", CENT, []),
        ("revenue_total", 12345678.9, "", "12345678.9", CENT, []),
        # more than six decimals: typed (C16), or the noise of binary floats (silent)
        ("revenue_total", 1.23456789, "", "1.234568", 1, ["C16"]),
        ("revenue_total", "1.2345675", "", "1.234568", 1, ["C01", "C16"]),
        ("revenue_total", 5_000_000.300000001, "", "5000000.3", CENT, []),
        # a signed column
        ("balance_cumulative", -1.2, "", "-1.2", CENT, []),
        ("balance_cumulative", "(1.2)", "", "-1.2", CENT, ["C01"]),
        ("balance_cumulative", "−1.2", "", "-1.2", CENT, ["C01"]),
        ("balance_cumulative", "（1.2）", "", "-1.2", CENT, ["C01"]),
        # counts, scores, areas, years
        ("on_post_staff", 10.0, "", "10", 0, []),
        ("on_post_staff", "10人", "", "10", 0, ["C01"]),
        ("self_score_total", "90分", "", "90", 0, ["C01"]),
        ("self_score_total", 97.5, "", "97.5", 0, []),
        ("building_actual_area", "1200平方米", "", "1200", CENT, ["C01"]),
        ("fiscal_year", 2020.0, "", "2020", 0, []),
        ("fiscal_year", "2020年", "", "2020", 0, ["C01"]),
        ("fiscal_year", datetime(2020, 1, 1), "", "2020", 0, ["C01"]),  # noqa: DTZ001
        ("fiscal_year", 2019, "", "2019", 0, ["C15"]),
        # 满意度
        ("satisfaction_rate", 90, "", "90", 0, []),
        ("satisfaction_rate", "90%", "", "90", 0, ["C01"]),
        ("satisfaction_rate", "90％", "", "90", 0, ["C01"]),
        ("satisfaction_rate", "90", "0.##%", "90", 0, ["C01"]),
        ("satisfaction_rate", 0.9, "0.##%", "90", 0, []),
        ("satisfaction_rate", 90, "0.00%", "90", 0, ["C01"]),
        ("satisfaction_rate", 0.2899, "0.00%", "28.99", 0, []),
        ("satisfaction_rate", 1, "0%", "100", 0, []),
        ("satisfaction_rate", 0.9, "General", "0.9", 0, ["C08"]),
        ("satisfaction_rate", 1, "", "1", 0, ["C08"]),
        ("satisfaction_rate", "0.9", "0.##%", "0.9", 0, ["C08"]),
        ("satisfaction_rate", "0.9%", "", "0.9", 0, ["C01"]),
        ("satisfaction_rate", 0.9, '0.0"%"', "0.9", 0, ["C08"]),
        ("satisfaction_rate", 0, "", "0", 0, []),
    ],
)
def test_numbers(
    field: str, value: CellValue, number_format: str, expected: str, step: int, remarks: list[str]
) -> None:
    reading = read(field, value, number_format=number_format)
    assert (reading.state, reading.value) == (State.FILLED, int(Decimal(expected) * SCALE))
    assert (reading.step, codes(reading)) == (step, remarks)


@pytest.mark.parametrize(
    ("field", "value", "number_format", "code"),
    [
        ("revenue_total", -1.2, "", "C04"),
        ("revenue_total", "-1.2", "", "C04"),
        ("revenue_total", "(1.2)", "", "C04"),
        ("revenue_total", "约10", "", "C04"),
        ("revenue_total", "10-20", "", "C04"),
        ("revenue_total", "1,23", "", "C04"),
        ("revenue_total", True, "", "C04"),
        ("revenue_total", datetime(2021, 7, 15), "", "C04"),  # noqa: DTZ001
        ("on_post_staff", "5人左右", "", "C04"),
        ("on_post_staff", 7.5, "", "C04"),
        ("on_post_staff", "7.5人", "", "C04"),
        ("revenue_total", "10人", "", "C10"),
        ("revenue_total", "1.2亿元", "", "C10"),
        ("revenue_total", "90%", "", "C10"),
        ("revenue_total", 0.9, "0%", "C10"),
        ("satisfaction_rate", "90分", "", "C10"),
        ("self_score_total", "90%", "", "C10"),
        ("on_post_staff", "10元", "", "C10"),
        ("revenue_total", 100_000_000.01, "", "C12"),
        ("revenue_total", 1e300, "", "C12"),
        ("revenue_total", "1000000010000元", "", "C12"),
        ("balance_cumulative", -100_000_001, "", "C12"),
        ("satisfaction_rate", 101, "0.##%", "C12"),
        ("satisfaction_rate", 100.5, "", "C12"),
        ("self_score_total", 101, "", "C12"),
        ("fiscal_year", 20, "", "C12"),
    ],
)
def test_rejected_numbers(field: str, value: CellValue, number_format: str, code: str) -> None:
    reading = read(field, value, number_format=number_format)
    assert (reading.state, reading.value, codes(reading)) == (State.UNREADABLE, None, [code])


FIELDS = [
    "revenue_total",
    "on_post_staff",
    "satisfaction_rate",
    "self_grade",
    "report_date",
    "unit_name",
    "budget_code",
]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, "", "  ", "\u3000\u00a0", "\u200b"])
def test_blank(field: str, value: CellValue) -> None:
    assert read(field, value) == Reading(State.BLANK)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", ["/", "—", "-", "--", "无", "……"])
def test_stated_none_is_no_zero(field: str, value: str) -> None:
    assert read(field, value) == Reading(State.STATED_NONE)


@given(st.decimals(min_value=0, max_value=10**8, places=6), st.sampled_from(["text", "float", "yuan"]))
def test_an_amount_is_exact_however_it_is_written(value: Decimal, how: str) -> None:
    typed: CellValue = {"text": f"{value:,f}", "float": float(value), "yuan": f"{value * 10_000:f}元"}[how]
    reading = read("revenue_total", typed)
    assert (reading.state, reading.value) == (State.FILLED, int(value * SCALE))
    assert "C16" not in codes(reading)


def test_a_formula_without_a_value_is_not_readable_but_a_total_of_the_forms_own_is_blank() -> None:
    cell = RawCell("表", "C7", 7, 3, "blank", None, "SUM(A1:A3)", False)
    field = rulebook().field_by_id["scorecard_total"]
    reading = normalise(cell, field, rulebook())
    assert (reading.state, codes(reading)) == (State.UNREADABLE, ["C05"])
    assert normalise(cell, field, rulebook(), derived=True) == Reading(State.BLANK)


def test_a_total_of_the_forms_own_that_nobody_calculated_is_blank() -> None:
    cell = RawCell("表", "C7", 7, 3, "number", 0.0, "SUM(A1:A3)", True, calculated=False)
    assert normalise(cell, rulebook().field_by_id["scorecard_total"], rulebook(), derived=True) == Reading(State.BLANK)


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A"])
def test_an_error_value_is_not_readable(error: str) -> None:
    cell = RawCell("表", "C7", 7, 3, "error", error, "A1/0", True)
    reading = normalise(cell, rulebook().field_by_id["revenue_total"], rulebook())
    assert (reading.state, codes(reading)) == (State.UNREADABLE, ["C06"])


def test_a_formulas_long_fraction_is_rounded_without_a_word() -> None:
    reading = read("revenue_total", 100 / 3, formula="A1/3")
    assert (reading.value, reading.step, codes(reading)) == (33_333_333, 1, [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2021年7月15日", date(2021, 7, 15)),
        ("2021-7-15", date(2021, 7, 15)),
        ("2021.7.15", date(2021, 7, 15)),
        (datetime(2021, 7, 15), date(2021, 7, 15)),  # noqa: DTZ001
        (date(2021, 7, 15), date(2021, 7, 15)),
        (44392.0, date(2021, 7, 15)),
        (20210715, date(2021, 7, 15)),
        (date(2020, 12, 31), date(2020, 12, 31)),
    ],
)
def test_dates(value: CellValue, expected: date) -> None:
    assert read("report_date", value) == Reading(State.FILLED, expected)


def test_a_serial_of_the_1904_calendar() -> None:
    assert read("report_date", 42930, date1904=True).value == date(2021, 7, 15)


@pytest.mark.parametrize(
    ("value", "state", "code"),
    [
        ("2020-12-30", State.FILLED, "C09"),
        ("下周", State.UNREADABLE, "C04"),
        (1.5, State.UNREADABLE, "C04"),
        ("1999-1-1", State.UNREADABLE, "C12"),
        (12.0, State.UNREADABLE, "C12"),
    ],
)
def test_dates_with_a_finding(value: CellValue, state: State, code: str) -> None:
    reading = read("report_date", value)
    assert (reading.state, codes(reading)) == (state, [code])


@pytest.mark.parametrize(
    ("value", "expected", "remarks"),
    [
        ("优秀", "优秀", []),
        (" 优秀 ", "优秀", []),
        ("优　秀", "优秀", ["C01"]),
        ("优", None, ["C13"]),
        (1, None, ["C13"]),
    ],
)
def test_choices(value: CellValue, expected: str | None, remarks: list[str]) -> None:
    reading = read("self_grade", value)
    assert (reading.value, codes(reading)) == (expected, remarks)


@pytest.mark.parametrize(
    ("value", "counted", "expected", "remarks"),
    [
        ("是", False, "是", []),
        ("否", False, "否", []),
        ("√", False, "是", ["C01"]),
        ("✓", False, "是", ["C01"]),
        ("×", False, "否", ["C01"]),
        ("有", False, None, ["C13"]),
        (1, False, None, ["C13"]),
        (0, True, 0, []),
        ("２", True, 2 * SCALE, ["C01"]),
        ("1例", True, SCALE, ["C01"]),
        ("无", True, None, []),
        ("是", True, None, ["C04"]),
        (None, True, None, []),
    ],
)
def test_answers_hang_on_their_row(value: CellValue, counted: bool, expected: object, remarks: list[str]) -> None:
    field = rulebook().field_by_id["evidence_answer"]
    reading = normalise_answer(raw(value), field, rulebook(), counted=counted)
    assert (reading.value, codes(reading)) == (expected, remarks)


@pytest.mark.parametrize(
    ("field", "value", "number_format", "expected", "remarks"),
    [
        ("unit_name", "  区总工会\u200b ", "", "区总工会", []),
        ("unit_name", "甲\x07乙\r\n丙", "", "甲乙\n丙", []),
        ("unit_name", "=cmd|x", "", "=cmd|x", []),
        ("budget_code", "０１１６００１", "", "0116001", ["C01"]),
        ("budget_code", 116001.0, "", "116001", ["C01"]),
        ("budget_code", "016001", "", "016001", []),
        ("indicator_actual", 0.95, "0%", "95%", []),
        ("indicator_actual", 3.0, "", "3", []),
        ("indicator_actual", datetime(2020, 6, 30), "", "2020-06-30", []),  # noqa: DTZ001
        ("unit_name", "长" * 61, "", "长" * 60, ["C17"]),
    ],
)
def test_text(field: str, value: CellValue, number_format: str, expected: str, remarks: list[str]) -> None:
    reading = read(field, value, number_format=number_format)
    assert (reading.state, reading.value, codes(reading)) == (State.FILLED, expected, remarks)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("revenue_total", "10.05万元", "收入合计：“10.05万元”已规范化为 10.05"),
        ("revenue_total", "10.05", "收入合计：“10.05（文本格式）”已规范化为 10.05"),
        ("revenue_total", "2749800元", "收入合计：“2749800元”注明单位为元，已按“元”换算为 274.98 万元"),
        ("revenue_total", "约10", "收入合计：“约10”不是有效数值"),
        ("revenue_total", "10人", "收入合计：“10人”的单位与本栏（万元）不符"),
        ("satisfaction_rate", 0.9, "社会公众或服务对象满意度（%）0.9未注明百分号，请确认"),
        ("satisfaction_rate", 120, "社会公众或服务对象满意度（%）：120 超出允许范围（0–100%）"),
        ("report_date", "2020-1-5", "报告日期：2020-01-05 早于 2020 年度末"),
        ("self_grade", "{x}", "评价等次：“{x}”不是可选项（优秀、良好、中、差）"),
        ("fiscal_year", 2019, "年度：2019 与本表年度 2020 不符"),
        ("revenue_total", 1.23456789, "收入合计：1.23456789 超过六位小数，已按六位小数取值 1.234568"),
        ("unit_name", "长" * 61, "部门（单位）名称：文字长度 61 超过上限 60，已截取"),
    ],
)
def test_messages(field: str, value: CellValue, message: str) -> None:
    (remark,) = read(field, value).remarks
    fact = Fact(field, 0, State.FILLED, None, 0, "表", "C7")
    finding = finding_of(remark, rulebook().field_by_id[field], fact, "a.xlsx", "116001")
    assert finding.message == message
    assert (finding.sheet, finding.cell, finding.file, finding.budget_code) == ("表", "C7", "a.xlsx", "116001")
    assert (finding.severity, finding.remedy) == (CATALOGUE[remark.code].severity, CATALOGUE[remark.code].remedy)


@pytest.mark.parametrize("value", ["０７３０ ０００ ００００", "9" * 50, "甲" * 50])
def test_nothing_of_a_person_is_repeated(value: str) -> None:
    for field in (field for field in rulebook().fields() if field.personal):
        fact = Fact(field.id, 0, State.FILLED, None, 0, "表", "C7")
        for remark in read(field.id, value).remarks:
            finding = finding_of(remark, field, fact, "a.xlsx", "116001")
            shown = finding.message + finding.reported + finding.expected + finding.difference
            assert value[:4] not in shown
            assert remark.code == "C17" or HIDDEN in finding.message
