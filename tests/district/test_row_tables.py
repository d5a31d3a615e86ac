"""Checks over the rows of any table of rows, and headings that stand for the rows below them."""

from __future__ import annotations

from typing import Any

from perfbatch.batch import examine
from perfbatch.intake.reader import read_submission
from perfbatch.model.findings import Finding
from tests.cases.clean import changed
from tests.row_tables import blank_with_tasks, with_tasks
from tests.workbooks import fill

GOALS: dict[str, Any] = {
    "task_area": ["民生", None, None, "产业", None, None],
    "task_type": ["数量", None, "质量", "数量", None, None],
    "task_name": ["危房改造", None, "满意率", "技改项目", "招商", None],
    "task_goal": [30, None, 90, 5, 4, None],
    "task_actual": [20, None, 91, 6, 3, None],
    "task_cause": [None, None, None, None, "谈判延后", None],
}


def _told(changes: dict[str, Any]) -> list[Finding]:
    book = with_tasks()
    _, _, findings = examine([changed(changes, rulebook=book)], book)
    return [finding for finding in findings if finding.check in ("R41", "R42")]


def test_a_check_is_made_in_every_row_that_the_department_wrote_in() -> None:
    messages = [(finding.check, finding.message, finding.cell, finding.row) for finding in _told(GOALS)]
    assert messages == [
        ("R42", "第4行“技改项目”：完成数大于计划数", "task_actual!3", 3),
        ("R41", "第1行“危房改造”：未完成计划，没有写明原因", "task_cause!0", 0),
    ]


def test_a_heading_left_blank_is_that_of_the_row_above() -> None:
    more = {**GOALS, "task_actual": [30, None, 91, 5, 9, None], "task_cause": [None] * 6}
    assert [(finding.check, finding.message) for finding in _told(more)] == [
        ("R42", "第5行“招商”：完成数大于计划数"),
    ]
    other = {**more, "task_area": ["民生", None, None, "产业", "其他", None]}
    assert _told(other) == []


def test_a_row_without_a_name_is_told_by_its_number() -> None:
    nameless = {**GOALS, "task_name": [None] * 6, "task_actual": [30, None, 91, 6, 4, None]}
    assert [finding.message for finding in _told(nameless)] == ["第4行：完成数大于计划数"]


def test_rows_that_hold_what_the_form_came_with_are_not_looked_at() -> None:
    blank = {name: [None] * 6 for name in GOALS}
    assert _told({**blank, "task_area": ["民生"] * 6, "task_type": ["数量"] * 6}) == []


def test_a_workbook_is_read_with_its_headings_as_printed() -> None:
    book = with_tasks()
    typed = {name: column for name, column in GOALS.items() if name not in ("task_area", "task_type")}
    submission = read_submission(fill(blank_with_tasks(), typed), "a.xlsx", book)
    frames, _, findings = examine([submission], book)
    tasks = frames.tables["tasks"]
    assert tasks["row"].to_list() == [0, 2, 3, 4]
    assert tasks["task_area"].to_list() == ["民生", "民生", "产业", "产业"]
    assert [finding.cell[0] for finding in findings if finding.check == "R42"] == ["E"]
