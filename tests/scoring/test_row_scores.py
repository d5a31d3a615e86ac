"""Rows that are indicators of their own: each case at its boundaries, what is missing, what people score, what does not apply."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.batch import examine
from perfbatch.model.findings import Finding
from perfbatch.model.submission import SCALE, Submission
from perfbatch.rulebook.model import Rulebook
from perfbatch.scoring.row_scores import row_frame
from perfbatch.scoring.trace import trace
from perfbatch.scoring.verify import Adjustment, Scored, score
from tests.projects import project_rulebook, with_idle_rows
from tests.submissions import UNREADABLE, columns, fact

_COLUMNS = ("level1", "level2", "name", "sense", "target", "unit", "actual", "level", "max", "self", "deviation")
_GOOD, _PART, _BAD = "达成预期指标", "部分达成预期指标并具有一定效果", "未达成预期指标且效果较差"


def project(rows: list[dict[str, Any]], book: Rulebook | None = None, **single: Any) -> Submission:
    """A project with these rows of indicators; what a row does not say is blank."""
    book = book or project_rulebook()
    typed: dict[str, list[Any]] = {field.id: [single.get(field.id)] for field in book.fields()}
    typed |= {name: [row.get(name) for row in rows] for name in _COLUMNS}
    facts = {
        name: tuple(fact(name, at, value, book) for at, value in enumerate(cells)) for name, cells in typed.items()
    }
    return Submission("a.xlsx", "301001 P001", "道路整治", columns(facts), ())


def _scored(rows: list[dict[str, Any]], book: Rulebook | None = None, **single: Any) -> tuple[Scored, list[Finding]]:
    book = book or project_rulebook()
    _, scored, findings = examine([project(rows, book, **single)], book)
    return scored, [finding for finding in findings if (finding.check or "").startswith("row_")]


def _row(**changes: Any) -> dict[str, Any]:
    return {"level1": "产出指标", "name": "里程", "sense": "≥", "max": 20, "self": 20, **changes}


@pytest.mark.parametrize(
    ("changes", "computed", "status"),
    [
        ({"target": 10, "actual": 10}, "20", "computed"),
        ({"target": 10, "actual": 12}, "20", "computed"),
        ({"target": 10, "actual": 9}, "18", "computed"),
        ({"target": 3, "actual": 1}, "6.67", "computed"),
        ({"target": 800, "actual": "0.2"}, "0.01", "computed"),
        ({"target": 10, "actual": 0}, "0", "computed"),
        ({"sense": "≤", "target": 10, "actual": 10}, "20", "computed"),
        ({"sense": "≤", "target": 10, "actual": 8}, "20", "computed"),
        ({"sense": "≤", "target": 10, "actual": 16}, "12.5", "computed"),
        ({"sense": "≤", "target": 0, "actual": 1}, "0", "computed"),
        ({"sense": "＝", "target": 10, "actual": 10}, "20", "computed"),
        ({"sense": "＝", "target": 10, "actual": 9}, "18", "computed"),
        ({"sense": "＝", "target": 10, "actual": 20}, "10", "computed"),
        ({"target": 10, "actual": None}, None, "self_reported"),
        ({"target": 10, "actual": UNREADABLE}, None, "self_reported"),
        ({"sense": None, "target": 10, "actual": 9}, None, "self_reported"),
        ({"sense": "定性", "level": _GOOD}, None, "self_reported"),
    ],
)
def test_a_row_is_scored_by_the_first_case_that_holds(
    changes: dict[str, Any], computed: str | None, status: str
) -> None:
    scored, _ = _scored([_row(**changes)])
    frame = row_frame(scored.rows)
    points = frame["computed"].iloc[0]
    assert frame["status"].to_list() == [status]
    assert (None if computed is None else Decimal(computed)) == (
        None if frame["computed"].isna().iloc[0] else Decimal(int(points)) / SCALE
    )


def test_a_score_that_is_not_the_computed_one_is_told_with_its_row() -> None:
    _, findings = _scored([_row(target=10, actual=10), _row(target=10, actual=9, name=None), _row(target=10, actual=9)])
    messages = [(finding.code, finding.message, finding.field, finding.row, finding.check) for finding in findings]
    # A row that is not filled in is no indicator.
    assert messages == [("S01", "第3行“里程”：自评 20.00 分，系统核算 18.00 分", "self", 2, "row_output")]


@pytest.mark.parametrize(
    ("level", "own", "outside"),
    [
        (_GOOD, 16, False),
        (_GOOD, "15.99", True),
        (_GOOD, 20, False),
        (_PART, 16, False),
        (_PART, "16.01", True),
        (_PART, 12, False),
        (_PART, "11.99", True),
        (_BAD, 12, False),
        (_BAD, "12.01", True),
        (_BAD, 0, False),
    ],
)
def test_people_score_within_the_range_of_the_conclusion(level: str, own: Any, outside: bool) -> None:
    scored, findings = _scored([_row(sense="定性", level=level, self=own)])
    assert [finding.code for finding in findings if finding.code == "S11"] == ["S11"] * outside
    # Told, and not changed.
    assert row_frame(scored.rows)["verified"].to_list() == [int(Decimal(str(own)) * SCALE)]


def test_what_is_missing_is_told_where_it_is_to_be_filled() -> None:
    scored, findings = _scored([_row(target=10), _row(sense="定性")])
    assert [(finding.code, finding.field, finding.row, finding.message) for finding in findings] == [
        ("S05", "actual", 0, "第1行“里程”：缺少实际完成值，不能核算，自评仍计分，待核"),
        ("S05", "level", 1, "第2行“里程”：缺少定性结论，不能核算，自评仍计分，待核"),
    ]
    assert row_frame(scored.rows)["missing"].to_list() == [("actual",), ("level",)]


def test_the_rows_of_a_group_are_one_indicator_of_the_rulebook() -> None:
    scored, _ = _scored(
        [
            _row(target=10, actual=9, max=30),
            _row(sense="定性", level=_GOOD, max=20, self=17),
            _row(level1="效益指标", target=10, actual=10, max=30),
        ]
    )
    by_indicator = scored.scores.set_index("indicator")
    output = by_indicator.loc["row_output"]
    assert (output["max"], output["self"], output["verified"]) == (50 * SCALE, 37 * SCALE, 44 * SCALE)
    assert output["status"] == "self_reported"
    benefit = by_indicator.loc["row_benefit"]
    assert (benefit["computed"], benefit["verified"], benefit["status"]) == (30 * SCALE, 30 * SCALE, "computed")
    department = scored.departments.iloc[0]
    # Of 产出 30 points were computed, 20 rest on the project's word; 满意度 and the execution say nothing.
    assert (department["points.computed"], department["points.self_reported"]) == (60 * SCALE, 40 * SCALE)
    assert (department["known.points"], department["known.rate"]) == (60 * SCALE, 95 * SCALE // 100)
    assert not department["confirmed"]


def test_what_a_groups_rows_come_to_beyond_its_points_does_not_count() -> None:
    scored, _ = _scored([_row(target=10, actual=10, max=40), _row(target=10, actual=10, max=40)])
    assert scored.scores.set_index("indicator").loc["row_output", "verified"] == 50 * SCALE


def test_a_reviewers_score_stands_over_the_rows() -> None:
    book = project_rulebook()
    frames, _, _ = examine([project([_row(target=10, actual=10)])], book)
    reviewed = score(frames, book, {("301001 P001", "row_output"): Adjustment(33 * SCALE, "现场核查")})
    row = reviewed.scores.set_index("indicator").loc["row_output"]
    assert (row["verified"], row["status"]) == (33 * SCALE, "adjusted")


def test_a_trace_names_each_row() -> None:
    book = project_rulebook()
    frames, scored, _ = examine([project([_row(target=10, actual=9), _row(sense="定性", level=_GOOD)])], book)
    traced = trace(frames, scored, book, 0, "row_output")
    assert traced.arithmetic == "第1行“里程” 18.00/20.00（系统核算）；第2行“里程” 20.00/20.00（自评待核）"


@pytest.mark.parametrize(
    ("policy", "verified", "total"),
    [
        # 10 points of 产出 leave; what is left, 40 of 40, is rescaled: 40 × 100 ÷ 90.
        ("exclude", "40", "44.44"),
        ("full", "50", "50"),
        ("manual", "43", "43"),
    ],
)
def test_a_row_that_does_not_apply_goes_by_the_rulebooks_policy(policy: str, verified: str, total: str) -> None:
    rows = [_row(target=10, actual=10, max=40), _row(unit="不适用", max=10, self=3)]
    scored, _ = _scored(rows, with_idle_rows(policy))
    assert scored.scores.set_index("indicator").loc["row_output", "verified"] == int(Decimal(verified) * SCALE)
    assert scored.departments["verified_total"].iloc[0] == int(Decimal(total) * SCALE)
    assert scored.departments["points.not_applicable"].iloc[0] == 10 * SCALE


_figures = st.decimals(0, 1000, places=2)


@given(target=_figures, actual=_figures, points=st.decimals(0, 50, places=2))
def test_no_row_is_given_more_than_its_points_nor_less_than_nothing(
    target: Decimal, actual: Decimal, points: Decimal
) -> None:
    scored, _ = _scored([_row(target=target, actual=actual, max=points)])
    verified = int(row_frame(scored.rows)["verified"].iloc[0])
    assert 0 <= verified <= points * SCALE
    if actual >= target:
        assert verified == points * SCALE


def test_a_check_of_a_group_without_rows_points_at_the_groups_own() -> None:
    blank = [{"level1": preset["level1"]} for preset in project_rulebook().row_tables["indicators"].presets]
    rows = [{**blank[0], **_row(target=10, actual=10, max=50, self=50)}, *blank[1:]]
    _, _, findings = examine([project(rows)], project_rulebook())
    places = [(finding.cell, finding.message) for finding in findings if finding.check == "R15"]
    assert places == [
        ("max!10", "各一级指标分值：该项未填，无法核对"),
        ("max!18", "各一级指标分值：该项未填，无法核对"),
    ]
