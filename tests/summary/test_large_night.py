"""A night of so many findings, or departments, that outlines would take LibreOffice minutes: errors apart, nothing folded."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from perfbatch.district.result import BatchResult
from perfbatch.summary import Surroundings, finance, problems, ranking
from tests.summary.conftest import Written, written


@pytest.fixture
def large(
    with_units: BatchResult, around_small: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Written:
    """The small district, taken for a large one."""
    monkeypatch.setattr(problems, "_LARGE_FROM", len(with_units.findings) - 1)
    monkeypatch.setattr(finance, "_MOST_FOLDED", len(with_units.departments) - 1)
    monkeypatch.setattr(ranking, "_MOST_PROFILED", len(with_units.departments) - 1)
    return written(with_units, tmp_path / "summary.xlsx", around_small)


def outlines(sheet: Any) -> set[tuple[int, bool]]:
    return {(row.outlineLevel, row.hidden) for row in sheet.row_dimensions.values()}


def test_the_errors_stand_apart_and_each_sheet_says_so(large: Written) -> None:
    listed = {}
    for name in ("问题清单", "其他问题"):
        rows = large.rows(name)
        assert outlines(large.formulas[name]) == {(0, False)}
        listed[name] = (rows[1][0], [(row[0], row[2], row[3], row[4], row[5]) for row in rows[3:]])
    assert listed["问题清单"] == (
        "本期问题共 5 条，超过 4 条：本表只列须改正的错误 2 条，按部门分组，改正后重新报送；提醒、说明和已说明、已豁免、试行的"
        "列在“其他问题”表。",
        [
            ("116001", None, None, None, None),
            ("116001", "综述", "C4", "错误", "R14"),
            ("007002", None, None, None, None),
            ("007002", "收支情况", "H22", "错误", "R05"),
        ],
    )
    assert listed["其他问题"] == (
        "本期问题共 5 条，本表列提醒、说明和已说明、已豁免、试行的 3 条，按部门分组；错误列在“问题清单”表。",
        [
            ("116001", None, None, None, None),
            ("116001", "绩效目标", "D9", "提醒", "R21"),
            ("116001", "绩效目标", "D12", "提醒", "R21"),
            ("116001", "评分表", "F9", "说明", "S05"),
        ],
    )


def test_every_finding_stands_on_one_of_the_two_sheets(large: Written) -> None:
    shown = Counter(
        row[5] for name in ("问题清单", "其他问题") for row in large.rows(name)[3:] if len(row) > 5 and row[5]
    )
    assert shown == Counter(finding.code for finding in large.result.findings)


def test_what_is_urgent_leads_to_its_row(large: Written) -> None:
    cells = [cell for row in large.formulas["总览"].iter_rows() for cell in row if cell.hyperlink]
    leading = [
        cell.hyperlink.location for cell in cells if cell.value == "查看" and "问题清单" in cell.hyperlink.location
    ]
    assert len(leading) == 2
    for location in leading:
        row = int("".join(filter(str.isdigit, location.rpartition("!")[2])))
        assert large.values["问题清单"].cell(row, 5).value == "错误"


def test_units_of_many_departments_are_not_folded(large: Written, small: Written) -> None:
    sheet = large.formulas["收支汇总"]
    assert outlines(sheet) == {(0, False)}
    assert large.rows("收支汇总")[1][0].startswith("部门超过 3 个，下属机构逐行列出，可按“层级”筛选。")
    assert large.rows("收支汇总")[3:] == small.rows("收支汇总")[3:]
    assert small.rows("收支汇总")[1][0].startswith("点左侧“+”展开下属机构。")


def test_a_night_that_is_not_large_has_no_further_sheet(small: Written) -> None:
    assert "其他问题" not in small.formulas.sheetnames


def test_no_line_is_drawn_for_each_of_so_many(large: Written) -> None:
    rows = large.rows("得分排名")
    assert "各类得分率" not in rows[3]
    assert not rows[2][0].endswith("柱越高失分越少。")
