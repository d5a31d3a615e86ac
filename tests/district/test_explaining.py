"""Explanations (出错说明): a check of the second kind may stand with a reason; what becomes of it from night to night."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.cli import app
from perfbatch.model.findings import Finding
from perfbatch.model.notices import EXPLANATION_HEADING, NOTICE_SHEET
from perfbatch.publishing import NightPlan, run_night
from perfbatch.roster import Roster, RosterEntry
from perfbatch.roster.model import ExplanationReview
from perfbatch.rulebook.load import LoadedRulebook
from tests.conftest import Lay, workbook
from tests.workbooks import rulebook

# 31 of 30 posts: R24; the score follows (R25 and S01 do not speak of one point and a half).
_OVER = {"on_post_staff": 31, "narrative_on_post_staff": 31, "narrative_institution_staff": 13}
_REASON = "年内接收转业军官1名，编制批复在办"


def _explained(check: str = "R24", place: str | None = None, text: str | None = _REASON, **changes: Any) -> bytes:
    rows = {"explained_check": [check], "explained_place": [place], "explanation_text": [text]}
    return workbook(**_OVER, **rows, **changes)


def _night(inbox: Path, loaded: LoadedRulebook, **more: Any) -> tuple[Finding, ...]:
    return run_batch(BatchPlan(inbox, loaded, **more)).result.findings


def _of(findings: tuple[Finding, ...], code: str) -> list[tuple[str, str, bool]]:
    return [(finding.standing, finding.note, finding.asks) for finding in findings if finding.code == code]


@pytest.mark.parametrize("check", ["R24", "r24", "R24 实有人数 ≤ 人员编制", "实有人数 ≤ 人员编制"])
@pytest.mark.parametrize("place", [None, "基本概况!C6", "实有人数（人）", "实有人数", "on_post_staff"])
def test_an_explained_check_asks_nothing(check: str, place: str | None, inbox: Lay, loaded: LoadedRulebook) -> None:
    plain = _night(inbox({"a.xlsx": workbook(**_OVER)}), loaded)
    assert _of(plain, "R24") == [("open", "", True)]
    cell = next(finding.cell for finding in plain if finding.code == "R24")
    at = place.replace("C6", cell) if place else None
    findings = _night(inbox({"a.xlsx": _explained(check, at)}), loaded)
    assert _of(findings, "R24") == [("explained", _REASON, False)]
    assert [finding.explained for finding in findings if finding.code == "R24"] == [_REASON]
    assert [finding.code for finding in findings if finding.code in ("S15", "S16")] == []


def test_elsewhere_is_not_here(inbox: Lay, loaded: LoadedRulebook) -> None:
    findings = _night(inbox({"a.xlsx": _explained(place="收支情况!C7")}), loaded)
    assert _of(findings, "R24") == [("open", "", True)]
    assert [finding.message for finding in findings if finding.code == "S16"] == ["对“R24”的说明没有对应的问题"]


def test_a_negative_balance_may_stand(inbox: Lay, loaded: LoadedRulebook) -> None:
    """R05 holds of a deficit, R06 is explained: nothing of the two is asked any more."""
    deficit = {
        "expenditure_total": [510, 510], "project_expenditure": [120, 120], "balance_current_year": [-30, -30],
        "balance_cumulative": [-10, -10],
    }  # fmt: skip
    before = _night(inbox({"a.xlsx": workbook(**deficit)}), loaded)
    assert {finding.code for finding in before if finding.code in ("R05", "R06")} == {"R06"}
    rows = {"explained_check": ["R06"], "explanation_text": ["动用以前年度结余外的垫付资金，次年预算弥补"]}
    findings = _night(inbox({"a.xlsx": workbook(**deficit, **rows)}), loaded)
    assert {finding.standing for finding in findings if finding.code == "R06"} == {"explained"}


@pytest.mark.parametrize(
    ("check", "text", "what"),
    [
        ("R04", _REASON, "该项为基本平衡关系，须改正数据，不能以说明代替"),
        ("R99", _REASON, "没有这项检查"),
        ("R24", None, "没有写明原因"),
        (None, _REASON, "没有选择对应的检查"),
    ],
)
def test_what_is_no_explanation_is_told(
    check: Any, text: str | None, what: str, inbox: Lay, loaded: LoadedRulebook
) -> None:
    findings = _night(inbox({"a.xlsx": _explained(check, text=text)}), loaded)
    assert [finding.message for finding in findings if finding.code == "S15"] == [
        f"对“{check or '（未选）'}”的说明：{what}，未采用"
    ]
    assert _of(findings, "R24") == [("open", "", True)]


def test_where_nothing_fails_that_is_told(inbox: Lay, loaded: LoadedRulebook) -> None:
    rows = {"explained_check": ["R24"], "explanation_text": [_REASON]}
    findings = _night(inbox({"a.xlsx": workbook(**rows)}), loaded)
    assert [(finding.code, finding.sheet, finding.message) for finding in findings if finding.code[0] == "S"] == [
        ("S16", "出错说明", "对“R24”的说明没有对应的问题")
    ]


def _roster(*verdicts: ExplanationReview) -> Roster:
    return Roster((RosterEntry("900001", "云溪区测试局"),), verdicts=verdicts, file="roster.xlsx")


@pytest.mark.parametrize(("opinion", "asks"), [("accepted", False), ("rejected", True)])
def test_the_bureau_accepts_or_rejects(opinion: Any, asks: bool, inbox: Lay, loaded: LoadedRulebook) -> None:
    roster = _roster(ExplanationReview("900001", "R24", "", opinion, "见会议纪要", 2))
    findings = _night(inbox({"a.xlsx": _explained()}), loaded, rosters={loaded.rulebook.id: roster})
    assert _of(findings, "R24") == [(opinion, _REASON, asks)]
    assert [finding.verdict for finding in findings if finding.code == "R24"] == ["见会议纪要"]


def test_a_verdict_on_nothing_is_told(inbox: Lay, loaded: LoadedRulebook) -> None:
    roster = _roster(ExplanationReview("900001", "R24", "", "accepted", "", 2))
    findings = _night(inbox({"a.xlsx": workbook(**_OVER)}), loaded, rosters={loaded.rulebook.id: roster})
    assert [finding.message for finding in findings if finding.code == "S18"] == [
        "“说明审核”第2行：本次没有对 R24 的说明"
    ]


def _run(inbox: Path, outbox: Path, loaded: LoadedRulebook) -> dict[str, Any]:
    run_night(NightPlan(inbox, outbox, loaded))
    report: dict[str, Any] = json.loads((outbox / "run-report.json").read_text(encoding="utf-8"))
    return report


def test_it_lapses_where_the_figures_changed(inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
    outbox, changed = tmp_path / "outbox", {**_OVER, "on_post_staff": 32, "narrative_on_post_staff": 32}
    changed["narrative_institution_staff"] = 14
    rows = {"explained_check": ["R24"], "explanation_text": [_REASON]}

    def explained(content: bytes) -> list[str | None]:
        report = _run(inbox({"a.xlsx": content}), outbox, loaded)
        return [finding["explained"] for finding in report["findings"] if finding["code"] == "R24"]

    assert explained(_explained()) == [_REASON]
    assert explained(_explained()) == [_REASON]
    assert explained(workbook(**changed, **rows)) == [None]
    # It stays so until other words are found for the other figures, or the figures are what they were.
    assert explained(workbook(**changed, **rows)) == [None]
    assert explained(workbook(**changed, **{**rows, "explanation_text": ["又接收1名"]})) == ["又接收1名"]
    book = openpyxl.load_workbook(outbox / "district-summary-2020.xlsx")
    assert [row for row in book["问题清单"].values if row[15] == "已说明" and row[16] == "又接收1名"] != []


def test_strict_and_the_notice(inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
    """Nothing but an explained error: --strict is content, and no notice is written."""
    deficit = {
        "expenditure_total": [510, 510], "project_expenditure": [120, 120], "balance_current_year": [-30, -30],
        "balance_cumulative": [-10, -10], "key_project_expenditure": 114,
    }  # fmt: skip
    rows = {"explained_check": ["R06"], "explanation_text": ["垫付资金，次年弥补"]}
    for name, content, code in (("plain", workbook(**deficit), 3), ("explained", workbook(**deficit, **rows), 0)):
        outbox = tmp_path / name
        arguments = ["run", "--inbox", str(inbox({"a.xlsx": content})), "--outbox", str(outbox), "--strict"]
        assert CliRunner().invoke(app, [*arguments, "--workers", "1"]).exit_code == code


def test_a_notice_is_answered_beside_its_findings(inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
    outbox = tmp_path / "outbox"
    _run(inbox({"a.xlsx": workbook(**_OVER)}), outbox, loaded)
    notice = next((outbox / "notices").rglob("*.xlsx"))
    book = openpyxl.load_workbook(notice)
    sheet = book[NOTICE_SHEET]
    heading = next(row for row in sheet.iter_rows() if EXPLANATION_HEADING in [cell.value for cell in row])
    column = [cell.value for cell in heading].index(EXPLANATION_HEADING) + 1
    line = next(row[0].row for row in sheet.iter_rows() if "实有人数超过人员编制" in [cell.value for cell in row])
    assert not sheet.cell(line, column).protection.locked
    sheet.cell(line, column).value = _REASON
    answered = io.BytesIO()
    book.save(answered)
    report = _run(inbox({"a.xlsx": answered.getvalue()}), outbox, loaded)
    assert [finding["explained"] for finding in report["findings"] if finding["code"] == "R24"] == [_REASON]


def test_check_and_the_notice_of_another_fault(inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
    """`check` finds nothing; where something else is wrong, the notice lists the explained finding as such and keeps its words."""
    folder = inbox({"a.xlsx": _explained(**_scores())})
    assert CliRunner().invoke(app, ["check", str(folder / "a.xlsx")]).exit_code == 0
    outbox = tmp_path / "outbox"
    _run(inbox({"a.xlsx": _explained(**_scores(), office_expense="约40")}), outbox, loaded)
    sheet = openpyxl.load_workbook(next((outbox / "notices").rglob("*.xlsx")))[NOTICE_SHEET]
    lines = [row for row in sheet.values if row[3] and "实有人数超过人员编制" in str(row[3])]
    assert [(row[1], row[9]) for row in lines] == [("已说明", _REASON)]
    (asked,) = [str(row[0]) for row in sheet.values if "经核对" in str(row[0])]
    assert asked.endswith("存在错误1项，现予退回。请尽快整改到位并重新报送。")


def _scores() -> dict[str, Any]:
    """As computed: 31 of 30 posts cost 1.67 points, the balance 1."""
    points = [float(indicator.points) for indicator in rulebook().indicators]
    points[0] -= 1.67
    points[5] -= 1
    reasons = ["超编1人", *[None] * 4, "年末结余 10 万元"]
    return {"item_self_score": points, "item_deduction_reason": reasons, "self_score_total": 97.33}
