"""A form of cards alone: no scorecard, no table of units, of targets or of evidence. The whole chain works, and its words follow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

from perfbatch.batch import examine
from perfbatch.intake.reader import read_submission
from perfbatch.publishing import NightPlan, run_night
from perfbatch.report.report import report_schema
from perfbatch.rulebook.load import LoadedRulebook, load_rulebook
from perfbatch.scoring.trace import trace
from perfbatch.template import write_template
from tests.conftest import lay
from tests.workbooks import fill

BARE = Path(__file__).parent / "forms" / "bare-2023.toml"
PROJECTS: list[dict[str, Any]] = [
    {"project_name": "道路整治", "project_code": "P001", "department_name": "交通局", "department_code": "301001", "budget": 100, "executed": 95, "self_score_total": 96, "self_grade": "优"},
    {"project_name": "校舍维修", "project_code": "P002", "department_name": "教育局", "department_code": "302001", "budget": 100, "executed": 120, "self_score_total": 100, "self_grade": "优"},
    {"project_name": "桥梁维护", "project_code": "P003", "department_name": "交通局", "department_code": "301001", "budget": 50, "executed": 20, "self_score_total": 40, "self_grade": "差"},
    {"project_name": "绿化", "project_code": "P004", "department_name": "交通局", "department_code": "301001", "executed": 20, "self_score_total": 40, "self_grade": "差"},
]  # fmt: skip


@pytest.fixture(scope="module")
def bare() -> LoadedRulebook:
    return load_rulebook(BARE)


@pytest.fixture(scope="module")
def night(bare: LoadedRulebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bare")
    write_template(bare.rulebook, folder / "blank.xlsx")
    blank = folder / "blank.xlsx"
    inbox = {f"{at}.xlsx": fill(blank, {**project, "fiscal_year": 2023}) for at, project in enumerate(PROJECTS)}
    run_night(NightPlan(lay(folder / "inbox", inbox), folder / "out", [bare]))
    return folder / "out"


@pytest.fixture(scope="module")
def report(night: Path) -> dict[str, Any]:
    written: dict[str, Any] = json.loads((night / "run-report.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(report_schema()).validate(written)
    return written


def test_scores_are_computed_and_no_own_score_is_made_up(report: dict[str, Any]) -> None:
    scores = {
        line["name"]: (line["verified_total"], line["rank"], *line["scores"][0].values())
        for line in report["departments"]
    }
    computed = ("execution_rate", "预算执行率", "100.00", None)
    assert scores["道路整治"] == ("95.00", 2, *computed, "95.00", "95.00", "computed", [])
    assert scores["桥梁维护"] == ("40.00", 3, *computed, "40.00", "40.00", "computed", [])
    # Where it cannot be computed, there is no score of the department's to stand in.
    assert scores["绿化"] == ("0.00", 4, *computed, None, "0.00", "self_reported", ["budget"])


def test_a_project_is_nobodys_budget_code(report: dict[str, Any]) -> None:
    assert [(line["entity_key"], line["budget_code"], line["unit_name"]) for line in report["departments"]] == [
        (["301001", "P001"], None, None),
        (["301001", "P003"], None, None),
        (["301001", "P004"], None, None),
        (["302001", "P002"], None, None),
    ]
    assert {(line["budget_code"], line["unit_name"]) for line in report["files"]} == {(None, None)}


def test_checks_find_what_is_wrong(report: dict[str, Any]) -> None:
    wrong = {
        (line["file"], line["check"], line["cell"]) for line in report["findings"] if line["check"] in ("R01", "R02")
    }
    assert wrong == {
        (f"{at}.xlsx", *place)
        for at, place in ((1, ("R01", "D5")), (3, ("R01", "D5")), (0, ("R02", "B6")), (3, ("R02", "B6")))
    }


def test_the_summary_speaks_of_projects(night: Path) -> None:
    summary = openpyxl.load_workbook(night / "bare-summary-2023.xlsx")
    assert summary.sheetnames[:4] == ["总览", "项目一览", "得分排名", "指标得分"]
    shown = [
        str(cell)
        for sheet in summary
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell and str(cell)[0] != "="
    ]
    assert "示例区2023年度专项资金自评汇总" in shown
    assert "已报项目" in shown
    # Of a department there is a word where one is meant: 主管部门, 财政部门.
    assert [text for text in shown if "部门" in text.replace("主管部门", "").replace("财政部门", "")] == []


def test_a_notice_is_written_to_whoever_has_something_to_put_right(night: Path) -> None:
    notices = [path.name.partition("~")[0] for path in sorted((night / "notices" / "bare-2023").iterdir())]
    assert notices == ["301001 P001-道路整治", "301001 P004-绿化", "302001 P002-校舍维修"]


def test_a_score_explains_itself(bare: LoadedRulebook, night: Path) -> None:
    submission = read_submission((night.parent / "inbox" / "0.xlsx").read_bytes(), "0.xlsx", bare.rulebook)
    frames, scored, _ = examine([submission], bare.rulebook)
    traced = trace(frames, scored, bare.rulebook, 0, "execution_rate")
    assert (traced.indicator, traced.computed, traced.self_score) == ("预算执行率", "95.00", "")
