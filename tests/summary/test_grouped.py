"""Subtotals by what projects belong to, and by the bureau's offices where a roster names them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.roster import read_roster
from perfbatch.rulebook.load import load_rulebook
from perfbatch.summary import write_summary
from perfbatch.summary.grouped import groupings
from tests.samples.roster import SAMPLE_ROSTER
from tests.summary.conftest import INBOX


def _rows(path: Path, sheet: str) -> list[list[Any]]:
    workbook = openpyxl.load_workbook(path)
    return [list(row) for row in workbook[sheet].iter_rows(values_only=True)]


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("projects") / "summary.xlsx"
    write_summary(run_batch(BatchPlan(INBOX, load_rulebook("xiangmu-2023"))).result, path)
    return path


def test_projects_are_summed_up_by_their_department(projects: Path) -> None:
    rows = _rows(projects, "按主管部门")
    assert rows[0][0] == "示例区2023年度项目支出绩效自评按主管部门汇总"
    head = next(at for at, row in enumerate(rows) if row[0] == "主管部门")
    assert rows[head][:9] == [
        "主管部门", "已报项目数", "平均自评得分", "平均暂核得分", "最高", "最低", "可核算分值占比", "错误数", "提醒数",
    ]  # fmt: skip
    amounts = {row[0]: row[9:] for row in rows[head + 1 :]}
    figures = {row[0]: row[1:9] for row in rows[head + 1 :]}
    assert figures == {
        "示例区交通运输局": [2, 95.25, 95.25, 99, 91.5, 0.775, 0, 0],
        "示例区卫生健康局": [2, 94.5, 94.25, 96.5, 92, 0.725, 0, 2],
        "示例区教育局": [2, 99, 99, 99, 99, 0.85, 4, 1],
        "示例区水利局": [2, 97, 99, 99, 99, 0.85, 1, 0],
        "合计": [8, 96.4375, 96.875, 99, 91.5, 0.8, 5, 3],
    }
    assert rows[head][9:12] == ["年度资金总额·年初预算数", "年度资金总额·全年预算数", "年度资金总额·全年执行数"]
    assert amounts["示例区交通运输局"][:3] == [800, 820, 740]
    assert amounts["合计"][:3] == [2090, 2100, 2005]


def test_departments_are_summed_up_by_the_office_in_charge(tmp_path: Path) -> None:
    loaded = load_rulebook(None)
    roster = read_roster(SAMPLE_ROSTER, loaded.rulebook)
    result = run_batch(BatchPlan(INBOX, loaded, rosters={loaded.rulebook.id: roster})).result
    assert result.roster is not None
    offices = ("行财股", "农业股", "")
    named = tuple(replace(each, office=offices[at % 3]) for at, each in enumerate(result.roster))
    result = replace(result, roster=named)
    write_summary(result, tmp_path / "summary.xlsx")
    rows = _rows(tmp_path / "summary.xlsx", "按股室")
    head = next(at for at, row in enumerate(rows) if row[0] == "归口业务股室")
    assert rows[head][1:5] == ["应报部门数", "已报部门数", "退回部门数", "未报部门数"]
    listed = {row[0]: row[1:5] for row in rows[head + 1 :]}
    assert listed.keys() == {"行财股", "农业股", "（未填）", "合计"}
    assert listed["合计"] == [17, 14, 2, 1]
    assert [sum(column) for column in zip(*(row for name, row in listed.items() if name != "合计"), strict=True)] == [
        17,
        14,
        2,
        1,
    ]
    assert {name: row[0] - sum(row[1:]) for name, row in listed.items()} == dict.fromkeys(listed, 0)


def test_without_a_roster_and_a_group_there_is_no_such_sheet(tmp_path: Path) -> None:
    result = run_batch(BatchPlan(INBOX, load_rulebook(None))).result
    assert groupings(result) == []
