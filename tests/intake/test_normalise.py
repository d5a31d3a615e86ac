"""DOMAIN §5, row by row: what stands in a cell and what it becomes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.intake.normalise import normalise, normalise_answer
from perfbatch.intake.reading import HIDDEN, Reading, finding_of
from perfbatch.model.catalogue import CATALOGUE
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
        ("satisfaction_rate", 90, "0.00%", "90", 0, ["C08"]),
        ("satisfaction_rate", 95.5, "0%", "95.5", 0, ["C08"]),
        ("satisfaction_rate", 90, '0.00"%"', "90", 0, []),
        ("satisfaction_rate", 90, "0.00\\%", "90", 0, []),
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
        ("satisfaction_rate", 1.01, "0.00%", "C12"),
        ("satisfaction_rate", 9, "0%", "C12"),
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


@pytest.mark.parametrize("field", ["indicator_target", "indicator_actual", "goal_actual", "function_summary"])
def test_a_placeholder_is_blank(field: str) -> None:
    """R20 asks for what was answered, not what was printed."""
    assert read(field, "指标1：") == Reading(State.BLANK)
    assert read(field, "指标1：已完成").state == State.FILLED


@pytest.mark.parametrize("word", ["无", "没有", "零"])
def test_a_word_for_nothing_is_a_0_only_where_cases_are_counted(word: str) -> None:
    assert read("revenue_total", word) == Reading(State.STATED_NONE)
    assert read("authorized_posts", word) == Reading(State.STATED_NONE)
    late = rulebook().field_by_id["special_fund_late_count"]
    reading = normalise(raw(word), late, rulebook(), none_is_zero=True)
    assert (reading.state, reading.value, codes(reading)) == (State.FILLED, 0, ["C01"])


# What a person sees is what is read: the value in the column's unit, or the code.
SEEN = [
    ("revenue_total", 2_749_800, "0!.0000", "274.98", ["C02"]),
    ("revenue_total", 2_749_800, "0\\.0000", "274.98", ["C02"]),
    ("revenue_total", 2_749_800, '0"."0000', "274.98", ["C02"]),
    ("revenue_total", 2_749_800, "0!.0,", "274.98", ["C02"]),
    ("revenue_total", 2_749_800, '0!.0,"万元"', "274.98", ["C02"]),
    ("revenue_total", 2_749_800, "#!.0000万", "274.98", ["C02"]),
    ("revenue_total", 30_000, "#,##0.00,", "30", ["C02"]),
    ("revenue_total", 30_000, "0,.00", "30", ["C02"]),
    ("revenue_total", 30_000_000, "0.00,,", "30", ["C02"]),
    ("revenue_total", 300_000, '#,##0.00"元"', "30", ["C02"]),
    ("revenue_total", 300_000, "0.00元", "30", ["C02"]),
    ("revenue_total", 300_000, "0.00\\元", "30", ["C02"]),
    ("revenue_total", 300_000, "0.00!元", "30", ["C02"]),
    ("revenue_total", 300_000, '0.00"（元）"', "30", ["C02"]),
    ("revenue_total", 300_000, '"元"0.00', "30", ["C02"]),
    ("revenue_total", 300_000, '￥#,##0.00"元"', "30", ["C02"]),
    ("revenue_total", 300_000, '[DBNum2][$-804]G/通用格式"元整"', "30", ["C02"]),
    ("revenue_total", 300, '0.00"千元"', "30", ["C02"]),
    ("revenue_total", 300_000, '0.00,"千元"', "30", ["C02"]),
    ("revenue_total", 0.3, '0.00"百万"', "30", ["C02"]),
    ("revenue_total", 300_000, '0.00,,"百万元"', "30", ["C02"]),
    ("revenue_total", 0.003, '0.000"亿"', "30", ["C02"]),
    ("revenue_total", 3, '0.0"亿元"', "30000", ["C02"]),
    ("revenue_total", 2_749_800, '0"万"0000"元"', "274.98", ["C02"]),
    ("revenue_total", 300_000, '[>=10000]0!.0000"万";0"元"', "30", ["C02"]),
    ("revenue_total", 5_000, '[>=10000]0!.0000"万";0"元"', "0.5", ["C02"]),
    ("revenue_total", 300_000, '[>=100000000]0!.00,,"亿";[>=10000]0!.0,"万";0', "30", ["C02"]),
    ("balance_cumulative", -12_000, '0"元";[Red]-0"元"', "-1.2", ["C02"]),
    ("balance_cumulative", -12_000, "0!.0000", "-1.2", ["C02"]),
    # the column's own unit, a sign without a unit, decimals hidden, words that say nothing of the amount
    ("revenue_total", 274.98, '0.00"万元"', "274.98", []),
    ("revenue_total", 274.98, "0.00万", "274.98", []),
    ("revenue_total", 274.98, "￥#,##0.00", "274.98", []),
    ("revenue_total", 274.98, "[$￥-804]#,##0.00", "274.98", []),
    ("revenue_total", 274.98, '"人民币"0.00', "274.98", []),
    ("revenue_total", 274.984, "0.00", "274.984", []),
    ("revenue_total", 274.984, "0", "274.984", []),
    ("revenue_total", 274.98, "0.00_元", "274.98", []),
    ("revenue_total", 274.98, "* 0.00", "274.98", []),
    ("revenue_total", 274.98, '0.00"（含税）"', "274.98", []),
    ("revenue_total", 274.98, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "274.98", []),
    ("revenue_total", 274.98, "0.00E+00", "274.98", []),
    ("revenue_total", 0.5, "# ?/?", "0.5", []),
    ("balance_cumulative", -1.2, "0.00;[Red]0.00", "-1.2", []),
    ("balance_cumulative", -1.2, "0.00_);(0.00)", "-1.2", []),
    # a 0 is a 0
    ("revenue_total", 0, '0.00"元"', "0", []),
    ("revenue_total", 0, '0!.0000;;"无"', "0", []),
    ("revenue_total", 0, '[>=10000]0!.0000"万";0', "0", []),
    # counts
    ("on_post_staff", 19, '0"人"', "19", []),
    ("on_post_staff", 19, "0名", "19", []),
    ("on_post_staff", 19_000, "0,", "19", ["C02"]),
    # nobody can tell
    ("revenue_total", 5_000, '[>=10000]0!.0000"万";0', None, ["C10"]),
    ("revenue_total", 5_000, "[>=10000]0!.0000;0", None, ["C10"]),
    ("balance_cumulative", -12_000, '0"元";-0', None, ["C10"]),
    ("balance_cumulative", -1.2, "0.00;0.00", None, ["C10"]),
    ("revenue_total", 300, "$#,##0.00", None, ["C10"]),
    ("revenue_total", 300, "[$€-407] 0.00", None, ["C10"]),
    ("revenue_total", 300, '0.00"人"', None, ["C10"]),
    ("revenue_total", 300, '0"百千元"', None, ["C10"]),
    ("revenue_total", 2_749_800, "000-0000", None, ["C10"]),
    ("revenue_total", 2_749_800, '0"万"0000', None, ["C10"]),
    ("revenue_total", 300, ";;;", None, ["C10"]),
    ("revenue_total", 300, '"已填"', None, ["C10"]),
    ("on_post_staff", 19, '0"元"', None, ["C10"]),
    ("on_post_staff", 19, "￥0", None, ["C10"]),
    ("revenue_total", 30, '"约"0', None, ["C04"]),
    ("on_post_staff", 15_400, "0,", None, ["C04"]),
]


@pytest.mark.parametrize(("field", "value", "number_format", "expected", "remarks"), SEEN)
def test_the_number_format_is_part_of_what_is_seen(
    field: str, value: CellValue, number_format: str, expected: str | None, remarks: list[str]
) -> None:
    reading = read(field, value, number_format=number_format)
    assert codes(reading) == remarks
    if expected is None:
        assert (reading.state, reading.value) == (State.UNREADABLE, None)
    else:
        assert (reading.state, reading.value) == (State.FILLED, int(Decimal(expected) * SCALE))


@pytest.mark.parametrize(
    ("value", "number_format", "code"),
    [(2_749_800, "General", "C10"), ("2749800", "", "C10"), (2_749_800, "0!.0000", "C10"), ("274.98万元", "", "C01"),
     (2_749_800, '0"元"', "C02"), ("2749800元", "", "C02"), (274.98, '0.00"万元"', None), (0, "", None), ("0", "", "C01")],
)  # fmt: skip
def test_under_a_heading_changed_to_yuan(value: CellValue, number_format: str, code: str | None) -> None:
    field = rulebook().field_by_id["revenue_total"]
    reading = normalise(raw(value, number_format=number_format), field, rulebook(), heading="元")
    assert codes(reading) == ([] if code is None else [code])
    assert (reading.state is State.UNREADABLE) == (code == "C10")


@pytest.mark.parametrize(
    ("typed", "field", "expected", "code"),
    [
        *((typed, "revenue_total", "30", "C01") for typed in (
            "￥30", "¥ 30", "人民币30万元", "人民币 30", "￥30万元", "30万", "30（万元）", "RMB30", "３０万元", "30万元整", "￥30.00"
        )),
        *((typed, "revenue_total", "0.003", "C02") for typed in ("30元整", "￥30元", "人民币30元整", "30 元")),
        *((typed, "balance_cumulative", "-5", "C01") for typed in (
            "(5)万元", "（5）万元", "(5万元)", "-5万元", "￥-5", "-￥5", "(￥5)", "￥(5)", "−5"
        )),
        ("(50000)元", "balance_cumulative", "-5", "C02"),
    ],
)  # fmt: skip
def test_money_as_people_type_it(typed: str, field: str, expected: str, code: str) -> None:
    reading = read(field, typed)
    assert (reading.state, reading.value) == (State.FILLED, int(Decimal(expected) * SCALE))
    assert codes(reading) == [code]


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [("(5)万元", "revenue_total", "C04"), ("￥30", "on_post_staff", "C10"), ("$30", "revenue_total", "C04"), ("30整", "revenue_total", "C04"),
     ("人民币", "revenue_total", "C04"), ("￥￥30", "revenue_total", "C04"), ("￥30人", "revenue_total", "C04"), ("约￥30", "revenue_total", "C04"),
     ("((5))", "balance_cumulative", "C04"), ("--5", "balance_cumulative", "C04")],
)  # fmt: skip
def test_money_that_nobody_can_read(typed: str, field: str, code: str) -> None:
    assert codes(read(field, typed)) == [code]


def test_a_text_is_shown_with_what_its_format_puts_around_it() -> None:
    reading = read("revenue_total", "2749800", number_format='@"元"')
    assert (reading.value, codes(reading)) == (274_980_000, ["C02"])


@pytest.mark.parametrize(
    ("field", "cell", "state", "value", "code", "message"),
    [
        ("on_post_staff", {"value": "19", "struck": "1819"}, State.FILLED, 19 * SCALE, "C01", "“1819”中划去的文字不计，取 19"),
        ("on_post_staff", {"value": None, "struck": "19"}, State.BLANK, None, "C01", "“19”中划去的文字不计，取 空白"),
        ("on_post_staff", {"value": "191", "raised": True}, State.UNREADABLE, None, "C04", "上标或下标与数字无法区分"),
        ("budget_code", {"value": "1160011", "raised": True}, State.UNREADABLE, None, "C04", "与编码无法区分"),
        ("report_date", {"value": "下周"}, State.UNREADABLE, None, "C04", "报告日期：“下周”不是有效日期"),
        ("evaluator_unit", {"value": None, "kind": "picture"}, State.UNREADABLE, None, "C06", "单元格里是一张图片"),
        ("indicator_actual", {"value": "10m2", "raised": True}, State.FILLED, "10m2", None, ""),
    ],
)  # fmt: skip
def test_what_is_struck_out_raised_or_a_picture(
    field: str, cell: dict[str, object], state: State, value: object, code: str | None, message: str
) -> None:
    form_field = rulebook().field_by_id[field]
    odd = raw(cell["value"])._replace(**{name: value for name, value in cell.items() if name != "value"})  # type: ignore[arg-type]
    reading = normalise(odd, form_field, rulebook())
    assert (reading.state, reading.value, codes(reading)) == (state, value, [] if code is None else [code])
    for remark in reading.remarks:
        fact = Fact(field, 0, State.FILLED, None, 0, "表", "C7")
        assert message in finding_of(remark, form_field, fact, "a.xlsx", "116001").message


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
        *((word, True, 0, ["C01"]) for word in ("无", "没有", "零", " 无 ")),
        *((word, True, None, []) for word in ("/", "—", "……")),
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
        ("budget_code", 16001, "000000", "016001", ["C01"]),
        ("indicator_actual", 30.0, '0"个"', "30个", []),
        ("indicator_actual", 300000.0, "0!.0000", "30.0000", []),
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
    assert (finding.sheet, finding.cell, finding.file, finding.entity_code) == ("表", "C7", "a.xlsx", "116001")
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


@given(st.text(alphabet="甲a \n\t\r\u3000\u200b\u202e\x00\x1c\x85\ud800\ue000", max_size=8))
def test_a_text_keeps_what_can_be_seen_and_its_line_breaks(text: str) -> None:
    reading = read("unit_name", f"甲{text}乙")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(mark for mark in lines if mark not in "\u200b\u202e\x00\x1c\x85\ud800")
    assert (reading.state, reading.value) == (State.FILLED, f"甲{kept}乙")
