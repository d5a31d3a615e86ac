"""A form that is there for its figures and checks alone (专项资金绩效监控): nothing is scored, graded or ranked, and nothing says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

from perfbatch.publishing import NightPlan, run_night
from perfbatch.report.report import report_schema
from perfbatch.rulebook.load import LoadedRulebook, RulebookFault, load_rulebook
from perfbatch.template import write_template
from tests.conftest import lay
from tests.test_bare_forms import BARE, PROJECTS
from tests.workbooks import fill

_SCORES = ("self_score_total", "self_grade")


def figures_alone(text: str) -> str:
    """The rulebook of a bare form without its groups, grades, indicators, and without the fields of scores."""
    scores, checks = text.index("[[groups]]"), text.index("[[checks]]")
    last = text.index('[[checks]]\nid = "R02"')
    text = text[:scores] + text[checks:last]
    text = "\n".join(line for line in text.splitlines() if not any(name in line for name in _SCORES))
    return text.replace("total_points = 100\n", "").replace("[roles]\n", "")


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> LoadedRulebook:
    path = tmp_path_factory.mktemp("figures") / "figures.toml"
    path.write_text(figures_alone(BARE.read_text("utf-8")), encoding="utf-8")
    return load_rulebook(path)


@pytest.fixture(scope="module")
def night(figures: LoadedRulebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("night")
    write_template(figures.rulebook, folder / "blank.xlsx")
    typed = [{name: value for name, value in project.items() if name not in _SCORES} for project in PROJECTS]
    inbox = {
        f"{at}.xlsx": fill(folder / "blank.xlsx", {**cells, "fiscal_year": 2023}) for at, cells in enumerate(typed)
    }
    run_night(NightPlan(lay(folder / "inbox", inbox), folder / "out", [figures]))
    return folder / "out"


def test_the_report_states_no_score(night: Path) -> None:
    report: dict[str, Any] = json.loads((night / "run-report.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(report_schema()).validate(report)
    stated = ("self_total", "verified_total", "grade", "rank", "scores")
    assert [[line[name] for name in stated] for line in report["departments"]] == [[None, None, "", None, []]] * 4
    assert [(line["file"], line["check"], line["severity"]) for line in report["findings"] if line["check"]] == [
        ("1.xlsx", "R01", "error"),
        ("3.xlsx", "R01", "warning"),
    ]


def test_the_summary_has_no_sheets_of_scores(night: Path) -> None:
    summary = openpyxl.load_workbook(night / "bare-summary-2023.xlsx")
    assert {"得分排名", "指标得分"} & set(summary.sheetnames) == set()
    assert summary.sheetnames[:4] == ["总览", "项目一览", "按主管部门", "问题清单"]
    overview = [str(cell) for row in summary["总览"].iter_rows(values_only=True) for cell in row if cell]
    assert not [text for text in overview if "平均" in text or "等次" in text]


def test_what_is_scored_needs_grades(tmp_path: Path) -> None:
    text = BARE.read_text("utf-8")
    first, last = text.index("[[grades]]"), text.index("[[indicators]]")
    path = tmp_path / "ungraded.toml"
    path.write_text(text[:first] + text[last:], encoding="utf-8")
    with pytest.raises(RulebookFault) as refused:
        load_rulebook(path)
    assert any("grades: " in fault for fault in refused.value.faults), refused.value.faults
