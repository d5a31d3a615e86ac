"""The filled form saved by LibreOffice as .xls and .ods: the same report as .xlsx but for C11."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.rulebook.load import LoadedRulebook

pytestmark = pytest.mark.libreoffice
INBOX = Path(__file__).parents[2] / "inbox"
FILES = ("住建局整体支出自评定稿.xlsx", "卫健局 绩效自评报告2021.7.xlsx", "档案馆.xlsx", "农口/农业农村局.xlsx")
FILTERS = {".xls": "xls:MS Excel 97", ".ods": "ods:calc8"}


@pytest.fixture(scope="module", params=sorted(FILTERS))
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two inboxes: the workbooks, and what LibreOffice saved of them."""
    folder = tmp_path_factory.mktemp("saved")
    (folder / "xlsx").mkdir()
    for name in FILES:
        shutil.copy(INBOX / name, folder / "xlsx" / Path(name).name)
    program = shutil.which("soffice") or pytest.skip("LibreOffice is not installed")
    subprocess.run(
        [
            *(program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to"),
            *(
                FILTERS[request.param],
                "--outdir",
                str(folder / "other"),
                *map(str, sorted((folder / "xlsx").iterdir())),
            ),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return folder / "xlsx", folder / "other"


def test_the_same_report_but_for_c11(saved: tuple[Path, Path], loaded: LoadedRulebook) -> None:
    workbooks, others = (run_batch(BatchPlan(folder, loaded)).result for folder in saved)
    reports = [
        {
            (finding.entity_code, finding.code, finding.severity, finding.sheet, finding.cell, finding.message)
            for finding in result.findings
            if finding.code != "C11"
        }
        for result in (workbooks, others)
    ]
    assert reports[0] == reports[1]
    assert len([finding for finding in others.findings if finding.code == "C11"]) == len(FILES)
    columns = ["budget_code", "self_total", "verified_total", "grade", "rank"]
    assert others.departments[columns].to_dict("list") == workbooks.departments[columns].to_dict("list")
    assert others.scores.drop(columns="file", errors="ignore").equals(
        workbooks.scores.drop(columns="file", errors="ignore")
    )
