"""The form as another program leaves it: filled, opened and saved by LibreOffice, then read."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from perfbatch.intake.reader import read_submission
from perfbatch.model.submission import SCALE, State, Submission
from tests.workbooks import blank, fill, rulebook

VALUES: dict[str, object] = {
    "unit_name": "区工会",
    "budget_code": "016001",
    "report_date": "2021年7月15日",
    "authorized_posts": 16,
    "on_post_staff": "１６人",
    "function_summary": "第一行\n第二行",
    "revenue_total": [274.98, "274.98", 0, "/"],
    "balance_cumulative": [-1.25],
    "satisfaction_rate": 0.9,
    "self_score_total": 98,
    "self_grade": "优秀",
    "indicator_actual": ["已完成", 3],
    "item_self_score": [1] * len(rulebook().indicators),
}


@pytest.fixture(scope="module")
def saved_by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """The filled form before and after LibreOffice: (as filled, as saved)."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("libreoffice")
    filled = fill(blank(), VALUES)
    # 局机关 + 二级机构: a formula in an input cell, whose value the program stores.
    first = read_submission(filled, "a.xlsx", rulebook()).facts["revenue_other"]
    filled = fill(filled, {"revenue_other": [f"=SUM({first[1].cell}:{first[3].cell})", 1.5, 2.25, 0.01]})
    (folder / "filled.xlsx").write_bytes(filled)
    subprocess.run(
        [
            *(program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"),
            *("xlsx:Calc MS Excel 2007 XML", "--outdir", f"{folder}/out", f"{folder}/filled.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return filled, Path(folder, "out", "filled.xlsx").read_bytes()


def meaning(submission: Submission) -> dict[str, list[tuple[object, ...]]]:
    calculated = {("scorecard_total", 0), ("revenue_other", 0)}
    return {
        field: [(fact.state, fact.value, fact.step, fact.sheet, fact.cell) for fact in facts]
        for field, facts in submission.facts.items()
        if (field, 0) not in calculated
    }


@pytest.mark.libreoffice
def test_the_facts_are_the_same_before_and_after(saved_by_libreoffice: tuple[bytes, bytes]) -> None:
    before, after = (read_submission(content, "a.xlsx", rulebook()) for content in saved_by_libreoffice)
    assert meaning(after) == meaning(before)
    assert before.facts["on_post_staff"][0].value == 16 * SCALE
    assert before.facts["satisfaction_rate"][0].value == 90 * SCALE
    assert [fact.state for fact in before.facts["revenue_total"]] == [*[State.FILLED] * 3, State.STATED_NONE]


@pytest.mark.libreoffice
def test_formulas_have_their_values_after(saved_by_libreoffice: tuple[bytes, bytes]) -> None:
    before, after = (read_submission(content, "a.xlsx", rulebook()) for content in saved_by_libreoffice)
    assert [fact.state for fact in before.facts["revenue_other"]] == [State.UNREADABLE, *[State.FILLED] * 3]
    assert after.facts["revenue_other"][0].value == SCALE * 376 // 100
    assert before.facts["scorecard_total"][0].state is State.BLANK
    assert after.facts["scorecard_total"][0].value == len(rulebook().indicators) * SCALE
    assert [finding.code for finding in before.findings if finding.field == "revenue_other"] == ["C05"]
    assert [finding.code for finding in after.findings if finding.field in ("revenue_other", "scorecard_total")] == []
