"""Submissions as frames: what becomes a column, which rows are used, whose row is whose."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perfbatch.district.frames import build_frames, evidence_fields, record_frame
from perfbatch.model.submission import SCALE, Column, Fact, State, Submission
from tests.cases.clean import changed, clean
from tests.samples.seed import SEED
from tests.submissions import RULEBOOK, UNREADABLE, columns, submission


def test_a_department_is_a_row_with_its_cells_and_its_summary_row() -> None:
    frames = build_frames([changed({}), submission(SEED)], RULEBOOK)
    departments = frames.departments
    assert departments[["entity_code", "entity_title", "file"]].values.tolist() == [
        ["100001", "区无误局", "100001.xlsx"],
        ["116001", "岳阳市云溪区总工会", "116001.xlsx"],
    ]
    assert departments["revenue_total"].to_list() == [550 * SCALE, 274_980_000]
    assert departments["revenue_total.step"].to_list() == [10_000, 10_000]
    assert departments["satisfaction_rate"].to_list() == [90 * SCALE] * 2
    assert departments["satisfaction_rate.step"].to_list() == [0, 0]
    assert departments["on_post_staff"].to_list() == [20 * SCALE, 10 * SCALE]
    assert departments["scorecard_total.state"].to_list() == [State.FILLED, State.BLANK]


def test_four_states_of_a_cell_stay_apart() -> None:
    typed = changed({"authorized_posts": 0, "on_post_staff": None, "budget_initial": UNREADABLE})
    none = Fact("budget_supplement", 0, State.STATED_NONE, None, 0, "基础数据表", "C3")
    stated = Submission("a", "1", "b", {**typed.columns, **columns({"budget_supplement": (none,)})}, ())
    row = build_frames([stated], RULEBOOK).departments.iloc[0]
    states = {
        field: row[f"{field}.state"]
        for field in ("authorized_posts", "on_post_staff", "budget_initial", "budget_supplement")
    }
    assert states == {
        "authorized_posts": State.FILLED,
        "on_post_staff": State.BLANK,
        "budget_initial": State.UNREADABLE,
        "budget_supplement": State.STATED_NONE,
    }
    assert (row["authorized_posts"], bool(row["on_post_staff"] is None)) == (0, False)
    assert row[["on_post_staff", "budget_initial", "budget_supplement"]].isna().all()


def test_numbers_are_integers_however_many_are_blank() -> None:
    for typed in ([changed({})], [changed({"budget_initial": None})], []):
        departments = build_frames(typed, RULEBOOK).departments
        assert str(departments["budget_initial"].dtype) == "Int64"


def test_unit_rows_are_kept_where_something_stands() -> None:
    typed = clean()
    # 汇总, 局机关, a blank row, a unit with a name only, one with a figure only, blank to the end
    typed["entity_name"] = ["汇总", None, None, "服务中心", None, None]
    typed["revenue_total"] = [1, 1, None, None, 0, None]
    for field in list(typed):
        if field in RULEBOOK.field_by_id and isinstance(typed[field], list) and field.startswith(("gov", "nontax")):
            typed[field] = []
    keep = {"entity_name", "revenue_total"}
    for table in RULEBOOK.unit_tables.values():
        for column in table.fields:
            if column.id not in keep:
                typed[column.id] = []
    units = build_frames([submission(typed), submission(typed)], RULEBOOK).units
    assert units[["department", "row"]].values.tolist() == [
        [0, 0],
        [0, 1],
        [0, 3],
        [0, 4],
        [1, 0],
        [1, 1],
        [1, 3],
        [1, 4],
    ]
    assert units["revenue_total.state"].to_list()[:4] == [State.FILLED, State.FILLED, State.BLANK, State.FILLED]


def test_the_summary_and_the_head_office_have_a_row_even_when_blank() -> None:
    nothing = submission({"budget_code": "1", "unit_name": "x"})
    assert build_frames([nothing], RULEBOOK).units["row"].to_list() == [0]
    two = submission({"budget_code": "1", "unit_name": "x", "revenue_total": [None, None, None]})
    assert build_frames([two], RULEBOOK).units["row"].to_list() == [0, 1]


def test_targets_are_kept_where_the_department_wrote_something() -> None:
    typed = changed({"indicator_target!1": None, "indicator_actual!5": "完成"})
    targets = build_frames([typed], RULEBOOK).tables["targets"]
    assert targets["row"].to_list() == [0, 5, 6, 12, 15, 18, 21, 24]
    assert targets["indicator_type"].to_list()[:3] == ["质量指标", "质量指标", "数量指标"]


def test_scorecard_rows_belong_to_the_indicator_of_their_code() -> None:
    items = build_frames([changed({})], RULEBOOK).items
    assert items["indicator"].to_list() == [indicator.id for indicator in RULEBOOK.indicators]


def test_a_split_row_belongs_to_whoever_gave_up_its_points_and_a_foreign_one_to_nobody() -> None:
    typed = clean()
    ids = [indicator.id for indicator in RULEBOOK.indicators]
    typed["item_id"] = [*ids[:16], "duty_growth", None, "duty_other.2", "unknown", *ids[17:]]
    columns = ("item_max", "item_self_score", "item_deduction_reason")
    for field in columns:
        typed[field] = [*typed[field][:16], 4, 2, 3, 1, *typed[field][17:]]
    typed["item_deduction_reason"] = [None] * len(typed["item_id"])
    headless = {**clean(), "item_id": [None, *ids[1:]]}
    items = build_frames([submission(typed), submission(headless)], RULEBOOK).items
    first = items[items["department"] == 0]
    assert first["indicator"].to_list() == [*ids[:16], "duty_growth", "", "duty_growth", "", *ids[17:]]
    assert first["row"][first["split"]].to_list() == [18]
    assert items[items["department"] == 1]["indicator"].to_list() == ["", *ids[1:]]


def test_evidence_answers_stand_under_their_own_ids() -> None:
    departments = build_frames([changed({"evidence!disclosure.2": None})], RULEBOOK).departments
    assert departments["disclosure.1"].to_list() == ["是"]
    assert departments["disclosure.5"].to_list() == ["否"]
    assert departments["disclosure.2.state"].to_list() == [State.BLANK]
    assert departments["fund_use_compliance.breaches"].to_list() == [SCALE]
    assert [field.kind for field in evidence_fields(RULEBOOK)].count("count") == 2


def test_a_fact_is_found_with_its_cell() -> None:
    frames = build_frames([changed({})], RULEBOOK)
    assert frames.fact(0, "revenue_total", 2).cell == "revenue_total!2"
    assert frames.evidence_fact(0, "disclosure.3").cell == "evidence_answer!6"
    lost = frames.fact(0, "revenue_total", 99)
    assert (lost.state, lost.sheet, lost.cell) == (State.BLANK, "", "")
    assert frames.evidence_fact(0, "nothing.1").state == State.BLANK


def test_other_records_are_aligned_to_the_departments() -> None:
    records = {"2": {"revenue_total": 5, "expenditure_total": 0}, "9": {"revenue_total": 7}}
    frame = record_frame(["1", "2"], records, ["revenue_total", "expenditure_total"], RULEBOOK)
    assert frame["revenue_total.state"].to_list() == [State.BLANK, State.FILLED]
    assert frame["expenditure_total.state"].to_list() == [State.BLANK, State.FILLED]
    assert frame.loc[1, ["revenue_total", "expenditure_total"]].to_list() == [5, 0]
    assert len(record_frame(["1", "2"], {}, [], RULEBOOK)) == 2


@pytest.mark.parametrize(
    ("figure", "step"),
    [("274.98", "0.01"), ("274.9", "0.01"), ("274", "0.01"), ("0", "0.01"), ("-3.2", "0.01"), ("274.981", "0.001"),
     ("274.9801", "0.0001"), ("0.000001", "0.000001"), ("-1.00001", "0.00001")],
)  # fmt: skip
def test_a_figure_on_record_has_the_rounding_step_of_its_decimals(figure: str, step: str) -> None:
    records = {"1": {"revenue_total": int(Decimal(figure) * SCALE), "authorized_posts": 20 * SCALE}}
    frame = record_frame(["1"], records, ["revenue_total", "authorized_posts"], RULEBOOK)
    assert frame["revenue_total.step"].to_list() == [int(Decimal(step) * SCALE)]
    assert frame["authorized_posts.step"].to_list() == [0]


def test_no_submission_is_a_district_too() -> None:
    frames = build_frames([], RULEBOOK)
    assert [len(frame) for frame in (frames.departments, frames.units, frames.items, frames.tables["targets"])] == [
        0,
        0,
        0,
        0,
    ]
    assert "revenue_total" in frames.departments


def test_columns_of_different_length_are_read_row_by_row() -> None:
    """Somebody deleted cells of one column's name: what is left stays in its rows, the rest of the row is blank."""
    typed = changed({})
    whole = build_frames([typed], RULEBOOK).items
    points = typed.columns["item_max"]
    cut = Column(points.sheet, points.cells, points.states[:3], points.values[:3])
    left = type(typed)(typed.file, typed.entity_code, typed.entity_title, {**typed.columns, "item_max": cut}, ())
    items = build_frames([left], RULEBOOK).items
    assert items["item_max"].to_list()[:3] == whole["item_max"].to_list()[:3]
    assert items["item_max.state"].to_list()[3:] == [State.BLANK] * (len(whole) - 3)
    assert items["item_id"].to_list() == whole["item_id"].to_list()
