"""Numbers, dates and words for nothing, as people type them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.intake.dates import parse_date
from perfbatch.intake.numerals import Numeral, is_placeholder, is_stated_none, parse_numeral, plain
from perfbatch.package.moments import date_from_serial

FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
amounts = st.decimals(min_value=0, max_value=10**8, places=6, allow_nan=False, allow_infinity=False)


@given(amounts, st.integers(0, 6), st.booleans(), st.booleans(), st.sampled_from(["", "万元", " 万元", "（万元）"]))
def test_any_decimal_comes_back_equal(
    value: Decimal, places: int, full_width: bool, thousands: bool, unit: str
) -> None:
    value = value.quantize(Decimal(1).scaleb(-places))
    typed = f"{value:,f}" if thousands else f"{value:f}"
    typed = "\u00a0" + (typed.translate(FULL_WIDTH) if full_width else typed) + unit + "\u3000"
    assert parse_numeral(typed) == Numeral(value, places, "万元" if unit else "")


@given(amounts)
def test_plain_is_exact_and_has_no_exponent(value: Decimal) -> None:
    text = plain(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert text == "0" or "." not in text or not text.endswith("0")


@pytest.mark.parametrize(
    ("typed", "value", "unit"),
    [
        ("274.98", "274.98", ""),
        ("１２", "12", ""),
        ("1,234.5", "1234.5", ""),
        ("1，234，567", "1234567", ""),
        ("1 234.5", "1234.5", ""),
        ("10.05 万元", "10.05", "万元"),
        ("2749800元", "2749800", "元"),
        ("90分", "90", "分"),
        ("90％", "90", "%"),
        ("120 ㎡", "120", "㎡"),
        ("120平方米", "120", "㎡"),
        ("120m²", "120", "㎡"),
        ("120 m2", "120", "㎡"),
        ("16人", "16", "人"),
        ("-1.2", "-1.2", ""),
        ("−1.2", "-1.2", ""),
        ("－1.2", "-1.2", ""),
        ("(1.2)", "-1.2", ""),
        ("（1.2）", "-1.2", ""),
        (".5", "0.5", ""),
        ("\u200b12", "12", ""),
    ],
)
def test_read(typed: str, value: str, unit: str) -> None:
    numeral = parse_numeral(typed)
    assert numeral is not None
    assert (numeral.value, numeral.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    "typed",
    [
        *("约10", "5人左右", "10-20", "1,23", "1,2345", "12,34.5", "1 23", "10 20", "十", "1e5", "1.2.3", "已完成"),
        *("", "元", "--5", "(-)", "1.2)", "10.05万元左右", "9" * 61),
        *("5²", "①", "٣", "½", "10㎡²"),
    ],
)
def test_rejected(typed: str) -> None:
    assert parse_numeral(typed) is None


@pytest.mark.parametrize("typed", ["指标1：", "指标 2:", "指标１", "绩效指标三：", "指标：", "指标1：……", " 指标1、 "])
def test_what_the_form_prints_is_no_answer(typed: str) -> None:
    assert is_placeholder(typed)


@pytest.mark.parametrize("typed", ["指标1：新建公路3条", "完成指标1", "指标完成率90%", "", "1：", "目标1"])
def test_an_answer_is_no_placeholder(typed: str) -> None:
    assert not is_placeholder(typed)


@pytest.mark.parametrize("typed", ["/", "／", "—", "——", "-", "－", "--", "–", "无", " 无 ", "……", "…", "..."])
def test_stated_none(typed: str) -> None:
    assert is_stated_none(typed)


@pytest.mark.parametrize("typed", ["0", "", " ", "无法统计", "-1", "1/2", ".", "没有"])
def test_not_stated_none(typed: str) -> None:
    assert not is_stated_none(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "2021年7月15日",
            "2021-7-15",
            "2021.7.15",
            "2021/7/15",
            "2021-07-15",
            "２０２１年７月１５日",
            "2021 年 7 月 15 日",
        ),
        *("20210715", "2021-07-15 00:00:00", "2021年7月15号", "2021-07-15T08:30:00Z", "2021/7/15 8:30"),
        *(
            "二〇二一年七月十五日",
            "二零二一年七月十五日",
            "二○二一年七月十五日",
            "二O二一年七月十五",
            "二〇二一 年 七 月 十五 日",
        ),
    ],
)
def test_dates(typed: str) -> None:
    assert parse_date(typed) == date(2021, 7, 15)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("二〇二〇年十二月三十一日", date(2020, 12, 31)),
        ("二〇二一年十月十日", date(2021, 10, 10)),
        ("二〇二一年一月一日", date(2021, 1, 1)),
        ("二〇二一年三月廿一日", date(2021, 3, 21)),
        ("二〇二一年八月卅日", date(2021, 8, 30)),
        ("二〇二一年十一月二十号", date(2021, 11, 20)),
    ],
)
def test_dates_in_chinese_numerals(typed: str, expected: date) -> None:
    assert parse_date(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "二〇二一年十三月一日",
        "二〇二一年二月三十日",
        "二〇二一年七月",
        "二一年七月十五日",
        "二〇二一年七月十十日",
        "二〇二一年七月一五日",
    ],
)
def test_no_dates_in_chinese_numerals(typed: str) -> None:
    assert parse_date(typed) is None


@pytest.mark.parametrize("typed", ["2021年7月", "2021-13-1", "2021-2-30", "7/15/2021", "昨天", "2021715", ""])
def test_no_dates(typed: str) -> None:
    assert parse_date(typed) is None


def test_serials_of_both_calendars() -> None:
    assert date_from_serial(Decimal(44392), date1904=False) == date(2021, 7, 15)
    assert date_from_serial(Decimal(42930), date1904=True) == date(2021, 7, 15)
    assert date_from_serial(Decimal(1), date1904=False) == date(1900, 1, 1)
    assert date_from_serial(Decimal(59), date1904=False) == date(1900, 2, 28)
    assert date_from_serial(Decimal(60), date1904=False) is None
    assert date_from_serial(Decimal(61), date1904=False) == date(1900, 3, 1)
    assert date_from_serial(Decimal(2_958_465), date1904=False) == date(9999, 12, 31)
    assert date_from_serial(Decimal(2_958_466), date1904=False) is None
    assert date_from_serial(Decimal("44392.5"), date1904=False) is None
