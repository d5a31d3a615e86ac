"""Who gets a notice, and from which bytes."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest

from perfbatch.batch import BatchPlan, Night, run_batch
from perfbatch.notice.plan import plan_notices
from perfbatch.publishing import NightPlan, run_night
from perfbatch.rulebook.load import load_rulebook
from tests.samples.seed import SEED
from tests.workbooks import blank, fill


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "116001.xlsx").write_bytes(fill(blank(), SEED))
    return folder


def _night(inbox: Path) -> Night:
    return run_batch(BatchPlan(inbox, load_rulebook()))


def test_a_department_with_an_error_gets_its_own_workbook_back_marked(inbox: Path, tmp_path: Path) -> None:
    _, outputs = run_night(NightPlan(inbox, tmp_path / "outbox", load_rulebook()))
    assert [name for name in outputs if name.startswith("notices/")] == [
        "notices/yunxi-2020/116001-岳阳市云溪区总工会.xlsx"
    ]
    notice = openpyxl.load_workbook(tmp_path / "outbox" / "notices" / "yunxi-2020" / "116001-岳阳市云溪区总工会.xlsx")
    assert notice.sheetnames[:2] == ["整改通知", "填报说明"]
    marked = notice["基本概况"]["D3"]
    assert marked.value == 10
    assert "16" in marked.comment.text


def test_infos_alone_make_no_notice(inbox: Path) -> None:
    night = _night(inbox)
    infos = tuple(finding for finding in night.result.findings if finding.severity == "info")
    assert infos
    calm = night.result.__class__(**{**vars(night.result), "findings": infos})
    assert plan_notices(calm, night.sources, {}) == {}


def test_a_workbook_that_changed_since_it_was_read_is_not_marked(inbox: Path, tmp_path: Path) -> None:
    night = _night(inbox)
    planned = plan_notices(night.result, night.sources, {})
    file = inbox / "116001.xlsx"
    file.write_bytes(fill(blank(), {**SEED, "on_post_staff": 16}))
    os.utime(file, (1, 1))
    ((_, write),) = planned.values()
    write(tmp_path / "notice.xlsx")
    notice = openpyxl.load_workbook(tmp_path / "notice.xlsx")
    assert notice.sheetnames == ["整改通知"]
    listed = [cell.value for row in notice["整改通知"].iter_rows() for cell in row if cell.value]
    assert any("基本概况" in str(value) for value in listed)
