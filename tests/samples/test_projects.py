"""The shipped projects: one night reads them beside the departments, and finds what was put there, no more."""

from __future__ import annotations

import shutil
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import openpyxl
import pytest

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.district.result import BatchResult
from perfbatch.model.findings import Severity
from perfbatch.model.submission import SCALE
from perfbatch.publishing import NightPlan, run_night
from perfbatch.rulebook.load import load_forms, load_rulebook
from tests.samples.projects import PROJECTS, RULEBOOK_ID, Project

INBOX = Path(__file__).parents[2] / "inbox"
GRAVE = (Severity.ERROR, Severity.WARNING)


@lru_cache(maxsize=1)
def night() -> BatchResult:
    return run_batch(BatchPlan(INBOX, load_rulebook(RULEBOOK_ID))).result


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.cells["project_code"])
def test_what_is_wrong_with_a_project(project: Project) -> None:
    grave = [finding for finding in night().findings if finding.file == project.path and finding.severity in GRAVE]
    assert tuple(finding.code for finding in grave) == project.wrong


def test_totals_and_ranks() -> None:
    frame = night().departments
    standings = {
        code: (Decimal(int(own)) / SCALE, Decimal(int(ours)) / SCALE, grade, int(rank))
        for code, own, ours, grade, rank in frame[
            ["entity_code", "self_total", "verified_total", "grade", "rank"]
        ].itertuples(index=False, name=None)
    }
    assert standings == {
        "301001 XM2023001": (Decimal(99), Decimal(99), "优", 1),
        "301001 XM2023002": (Decimal("91.5"), Decimal("91.5"), "优", 8),
        "302001 XM2023003": (Decimal(99), Decimal(99), "优", 1),
        "302001 XM2023004": (Decimal(99), Decimal(99), "优", 1),
        "303001 XM2023005": (Decimal(92), Decimal(92), "优", 7),
        "303001 XM2023006": (Decimal(97), Decimal("96.5"), "优", 6),
        "304001 XM2023007": (Decimal(95), Decimal(99), "优", 1),
        "304001 XM2023008": (Decimal(99), Decimal(99), "优", 1),
    }


def test_one_night_reads_both_forms(tmp_path: Path) -> None:
    shutil.copytree(INBOX, tmp_path / "inbox")
    run_night(NightPlan(tmp_path / "inbox", tmp_path / "outbox", load_forms()))
    summary = openpyxl.load_workbook(tmp_path / "outbox" / "project-summary-2023.xlsx")
    assert summary.sheetnames[:5] == ["总览", "项目一览", "得分排名", "指标得分", "项目资金"]
    funds = [row for row in summary["项目资金"].iter_rows(values_only=True) if "农村公路养护" in row]
    assert [row[2:5] for row in funds] == [(500, 500, 500)]
    notices = {path.name.partition(" ")[0] for path in (tmp_path / "outbox" / "notices" / RULEBOOK_ID).iterdir()}
    assert notices == {"302001", "303001", "304001"}
    assert (tmp_path / "outbox" / "district-summary-2020.xlsx").is_file()
    # What belongs to one form is not set aside for the other.
    result = run_batch(BatchPlan(tmp_path / "inbox", load_rulebook(None))).result
    assert {entry.code for entry in result.entries if entry.path.startswith("项目/")} == {"F06"}
