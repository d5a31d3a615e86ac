"""The slips behind a total that is not the sum of its parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.diagnosis.likely_cause import BrokenSum, NamedFigure, Part, likely_cause
from perfbatch.model.submission import SCALE

STEP = SCALE // 100


def broken(
    total: float, parts: dict[str, float], others: dict[str, float] | None = None, *, rows: bool = False
) -> BrokenSum:
    def count(value: float) -> int:
        return round(value * SCALE)

    return BrokenSum(
        NamedFigure("合计", count(total)),
        tuple(Part(name, count(value)) for name, value in parts.items()),
        tuple(NamedFigure(name, count(value)) for name, value in (others or {}).items()),
        STEP,
        rows,
    )


@pytest.mark.parametrize(
    ("case", "cause"),
    [
        (broken(2_749_800, {"甲": 200, "乙": 74.98}), "“合计”疑似大了一万倍（单位填错）"),
        (broken(0.03, {"甲": 200, "乙": 74.98}), "“合计”疑似小了一万倍（单位填错）"),
        (broken(274.98, {"甲": 2_000_000, "乙": 74.98}), "“甲”疑似大了一万倍（单位填错）"),
        (broken(27_498, {"甲": 200, "乙": 74.98}), "“合计”疑似大了一百倍（单位填错）"),
        (broken(-5, {"甲": 3, "乙": 2}), "“合计”正负号疑似填反"),
        (broken(30, {"甲": 40, "乙": -10.5, "丙": 0.5}), ""),
        (broken(20, {"甲": 30, "乙": 10}), "“乙”正负号疑似填反"),
        (broken(200, {"甲": 200, "乙": 74.98}), "“合计”疑似漏算“乙”"),
        (broken(349.96, {"甲": 200, "乙": 74.98}), "“合计”疑似把“乙”算了两次"),
        (broken(25, {"一校": 30, "二校": 12, "三校": 12}, rows=True), ""),
        (broken(42, {"一校": 30, "二校": 12, "三校": 12}, rows=True), "“三校”和“二校”数字相同，疑似同一行填了两次"),
        (broken(2646.29, {"甲": 2000.26, "乙": 649}), "“合计”疑似数字颠倒（应为 2649.26）"),
        (
            broken(2649.26, {"甲": 2000, "乙": 646.29}),
            "“合计”疑似数字颠倒（应为 2646.29）；或“乙”疑似数字颠倒（应为 649.26）",
        ),
        (broken(88.8, {"甲": 50, "乙": 20}, {"上年": 88.8}), "“合计”与“上年”数字相同，疑似串栏"),
        (broken(77.3, {"甲": 50, "乙": 20}, {"上年": 7.3}), "差额恰为“上年”的数字"),
        (broken(71, {"甲": 50, "乙": 20}, {"上年": 5}), ""),
        (broken(70, {"甲": 50, "乙": 20}), ""),
    ],
)
def test_what_is_told(case: BrokenSum, cause: str) -> None:
    assert likely_cause(case) == cause


def test_one_figure_against_another() -> None:
    case = BrokenSum(NamedFigure("年初预算数", 5_000_000 * SCALE), (Part("应为数", 500 * SCALE),))
    assert likely_cause(case) == "“年初预算数”疑似大了一万倍（单位填错）"


def test_a_part_that_is_taken_away() -> None:
    parts = (Part("收入", 100 * SCALE), Part("支出", 60 * SCALE, -1))
    assert likely_cause(BrokenSum(NamedFigure("结余", 100 * SCALE), parts)) == "“结余”疑似漏算“支出”"
    assert likely_cause(BrokenSum(NamedFigure("结余", 40 * SCALE), parts)) == ""


amounts = st.integers(min_value=1, max_value=10**9).map(lambda cents: cents * STEP)


@given(st.lists(amounts, min_size=2, max_size=6))
def test_a_sum_that_adds_up_has_no_cause(values: list[int]) -> None:
    parts = tuple(Part(str(number), value) for number, value in enumerate(values))
    assert likely_cause(BrokenSum(NamedFigure("合计", sum(values)), parts, (), STEP)) == ""


@given(st.lists(amounts, min_size=2, max_size=6), st.data())
def test_a_total_in_another_unit_is_always_seen(values: list[int], data: st.DataObject) -> None:
    factor = data.draw(st.sampled_from([100, 10_000]))
    parts = tuple(Part(str(number), value) for number, value in enumerate(values))
    cause = likely_cause(BrokenSum(NamedFigure("合计", sum(values) * factor), parts, (), STEP))
    assert "“合计”疑似大了" in cause


@given(st.lists(amounts, min_size=2, max_size=6, unique=True), st.data())
def test_a_part_left_out_gives_a_cause(values: list[int], data: st.DataObject) -> None:
    out = data.draw(st.sampled_from(range(len(values))))
    parts = tuple(Part(str(number), value) for number, value in enumerate(values))
    assert likely_cause(BrokenSum(NamedFigure("合计", sum(values) - values[out]), parts, (), STEP)) != ""
