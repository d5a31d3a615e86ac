"""Project forms of other bureaus, each the shipped one with its own words changed and nothing else: linted, filled in, scored.

江西: levels as ranges of their own. 青神: 10 + 60 + 30, four funds over budget columns, no satisfaction. 重庆: each row has its points and a
factor, and a target that was adjusted in the year counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import perfbatch.rulebook.load
from perfbatch.batch import examine
from perfbatch.intake.reader import read_submission
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.lint import lint
from perfbatch.rulebook.model import Rulebook
from perfbatch.scoring.row_scores import row_frame
from tests.overlays import blank_form, rulebook_of
from tests.workbooks import fill

_SHIPPED = (Path(perfbatch.rulebook.load.__file__).parent / "xiangmu_2023.toml").read_text("utf-8")

JIANGXI = {
    "range = [60, 80]": "range = [50, 80]",
    "range = [0, 60]": "range = [0, 50]",
}
QINGSHEN = {
    '{ id = "total", label = "年度资金总额", parts = ["current", "carried", "other"] },': (
        '{ id = "total", label = "年度资金总额", parts = ["current", "carried", "other", "debt"] },\n'
        '    { id = "debt", label = "债券资金" },'
    ),
    '    { id = "budget", label = "全年预算数", kind = "amount", required = ["total"] },': (
        '    { id = "adjusted", label = "预算调整数", kind = "amount", signed = true },\n'
        '    { id = "budget", label = "调整后预算数", kind = "amount", required = ["total"], parts = ["initial", "adjusted"] },'
    ),
    'name = "产出指标"\npoints = 50': 'name = "产出指标"\npoints = 60',
    '[[groups]]\nid = "approval"\nname = "满意度指标"\npoints = 10\n': "",
    ', "满意度指标" = "approval"': "",
    ', "满意度指标"]': "]",
    ', "服务对象满意度指标"]': "]",
    '    { level1 = "满意度指标", level2 = "服务对象满意度指标", count = 2 },\n': "",
    'each_group = ["output", "benefit", "approval"]': 'each_group = ["output", "benefit"]',
    "产出 50、效益 30、满意度 10": "产出 60、效益 30",
}
CHONGQING = {
    '    { id = "target", label = "年度指标值", kind = "number" },': (
        '    { id = "target", label = "年初指标值", kind = "number" },\n'
        '    { id = "adjusted", label = "调整后指标值", kind = "number" },\n'
        '    { id = "factor", label = "得分系数", kind = "number", minimum = 0, maximum = 1 },\n'
        '    { id = "core", label = "是否核心指标", kind = "choice", choices = ["是", "否"] },'
    ),
    '    { when = "sense == \'≤\' and actual > target", points = "max * target / actual" },': (
        '    { when = "filled(factor)", points = "max * factor" },\n'
        "    { when = \"sense == '≤' and actual > either(adjusted, target)\", "
        'points = "max * either(adjusted, target) / actual" },'
    ),
    "sense != '≤' and actual < target": "sense != '≤' and actual < either(adjusted, target)",
    'points = "max * actual / target"': 'points = "max * actual / either(adjusted, target)"',
}


def _book(changes: Mapping[str, str], name: str) -> Rulebook:
    text = _SHIPPED
    for old, new in {'id = "xiangmu-2023"': f'id = "{name}"', **changes}.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return rulebook_of(text)


def _scores(book: Rulebook, rows: list[dict[str, Any]], **single: Any) -> tuple[list[tuple[str, str | None]], set[str]]:
    """What became of each row, in points; and the codes that were said of the form."""
    names = {name for row in rows for name in row}
    presets = book.row_tables["indicators"].presets
    at = {row["level1"]: [at for at, preset in enumerate(presets) if preset["level1"] == row["level1"]] for row in rows}
    typed: dict[str, list[Any]] = {name: [None] * len(presets) for name in names - {"level1"}}
    for row in rows:
        place = at[row["level1"]].pop(0)
        for name, value in row.items():
            if name != "level1":
                typed[name][place] = value
    card = {"project_name": "道路养护", "project_code": "P1", "department_name": "区交通局", "department_code": "101"}
    submission = read_submission(fill(blank_form(book), {**card, **typed, **single}), "a.xlsx", book)
    _, scored, findings = examine([submission], book)
    frame = row_frame(scored.rows)
    worth = [
        (status, str(Decimal(int(points)) / SCALE) if status == "computed" else None)
        for status, points in zip(frame["status"], frame["verified"], strict=True)
    ]
    return worth, {finding.code for finding in findings if finding.severity != "info"}


@pytest.mark.parametrize(("name", "changes"), [("jiangxi", JIANGXI), ("qingshen", QINGSHEN), ("chongqing", CHONGQING)])
def test_the_form_is_sound(name: str, changes: Mapping[str, str]) -> None:
    assert lint(_book(changes, name)) == []


def test_levels_have_the_ranges_of_the_form() -> None:
    row = {"level1": "产出指标", "name": "质量", "sense": "定性", "level": "部分达成预期指标并具有一定效果", "max": 50}
    inside, _ = _scores(_book(JIANGXI, "jiangxi"), [{**row, "self": 25}])
    assert inside == [("self_reported", None)]
    _, codes = _scores(_book(JIANGXI, "jiangxi"), [{**row, "self": "24.99"}])
    assert "S11" in codes
    _, codes = _scores(_book(JIANGXI, "jiangxi"), [{**row, "self": 25}])
    assert "S11" not in codes


def test_a_form_without_satisfaction_has_the_points_of_its_groups() -> None:
    book = _book(QINGSHEN, "qingshen")
    assert [(group.id, str(group.points)) for group in book.groups] == [
        ("execution", "10"), ("output", "60"), ("benefit", "30"),
    ]  # fmt: skip
    rows = [
        {"level1": "产出指标", "name": "里程", "sense": "≥", "target": 10, "actual": 9, "max": 60, "self": 54},
        {"level1": "效益指标", "name": "事故", "sense": "≤", "target": 2, "actual": 3, "max": 30, "self": 20},
    ]
    funds = {
        "fund_total_initial": 100, "fund_total_adjusted": -20, "fund_total_budget": 80, "fund_total_executed": 60,
        "fund_current_initial": 70, "fund_current_adjusted": -20, "fund_current_budget": 50, "fund_current_executed": 40,
        "fund_debt_initial": 30, "fund_debt_adjusted": 0, "fund_debt_budget": 30, "fund_debt_executed": 20,
        "fund_total_score": "7.5", "self_score_total": "81.5",
    }  # fmt: skip
    worth, codes = _scores(book, rows, **funds)
    assert worth == [("computed", "54"), ("computed", "20")]
    assert codes & {"R01", "R15", "R16", "S01"} == set()


def test_an_adjusted_target_counts_and_a_factor_before_it() -> None:
    book = _book(CHONGQING, "chongqing")
    plain = {"level1": "产出指标", "sense": "≥", "target": 10, "actual": 6, "max": 20, "self": 0}
    worth, _ = _scores(
        book,
        [
            {**plain, "name": "未调整"},
            {**plain, "name": "已调整", "adjusted": 8},
            {**plain, "name": "系数", "adjusted": 8, "factor": "0.85", "core": "是"},
        ],
    )
    assert worth == [("computed", "12"), ("computed", "15"), ("computed", "17")]
