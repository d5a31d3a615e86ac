"""Workbooks of several formats in one night: one department whatever the format, and a notice that is the form refilled."""

from __future__ import annotations

import io
import os
from pathlib import Path

import openpyxl
import pytest

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.intake.typing_in import read_typed
from perfbatch.publishing import NightPlan, run_night
from perfbatch.rulebook.load import LoadedRulebook
from perfbatch.template.scorecard import NAME_OFFSET
from tests.conftest import MONDAY, Lay
from tests.workbooks import rulebook

INBOX = Path(__file__).parents[2] / "inbox"
XLSX = (INBOX / "408001岳阳市云溪区审计局.xlsx").read_bytes()
ODS = (Path(__file__).parents[1] / "forms" / "408001.ods").read_bytes()
XLS = (INBOX / "农口" / "乡村振兴局自评表.xls").read_bytes()
_DAY = 86_400 * 10**9


@pytest.mark.parametrize("newest", ["审计局.ods", "审计局.xlsx"])
def test_two_formats_of_one_submission_are_one_department(inbox: Lay, loaded: LoadedRulebook, newest: str) -> None:
    """The newest counts, whatever its format, and the older is told."""
    folder = inbox({"审计局.ods": ODS, "审计局.xlsx": XLSX, "乡村振兴局.xls": XLS})
    os.utime(folder / newest, ns=(MONDAY + _DAY, MONDAY + _DAY))
    result = run_batch(BatchPlan(folder, loaded)).result
    (older,) = {"审计局.ods", "审计局.xlsx"} - {newest}
    assert {entry.path: (entry.status, entry.message) for entry in result.entries} == {
        "乡村振兴局.xls": ("accepted", ""),
        newest: ("accepted", ""),
        older: ("superseded", f"已由新报文件 {newest} 替代"),
    }
    assert sorted(result.departments["entity_code"]) == ["304001", "408001"]
    noted = [(finding.file, finding.code, finding.severity.value, finding.cell) for finding in result.findings]
    others = [file for file in ("乡村振兴局.xls", newest) if not file.endswith(".xlsx")]
    assert sorted(noted) == sorted((file, "C11", "info", "") for file in others)


def test_a_notice_on_one_is_the_form_refilled(inbox: Lay, loaded: LoadedRulebook, tmp_path: Path) -> None:
    markup = _with_a_fault(ODS)
    nights, outputs = run_night(NightPlan(inbox({"审计局.ods": markup}), tmp_path / "out", loaded))
    assert [finding.code for night in nights.nights for finding in night.result.findings if finding.asks]
    (notice,) = [name for name in outputs if name.startswith("notices/")]
    content = (tmp_path / "out" / notice).read_bytes()
    sheets = openpyxl.load_workbook(io.BytesIO(content))
    first = " ".join(str(cell or "") for row in sheets[sheets.sheetnames[0]].values for cell in row)
    assert "原文件不是 .xlsx" in first
    before, after = (read_typed(one_content, rulebook(), NAME_OFFSET).cells for one_content in (markup, content))
    values = {name: [cell.value for cell in cells if cell.value is not None] for name, cells in before.items()}
    assert {name: [cell.value for cell in after[name] if cell.value is not None] for name in values} == values


def _with_a_fault(content: bytes) -> bytes:
    """The department's 收入合计 with another figure, typed without the formula that gave it."""
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            part = source.read(member)
            if member.filename == "content.xml":
                assert b'office:value="462.08"' in part
                part = part.replace(b'office:value="462.08"', b'office:value="426.08"', 1)
            target.writestr(zipfile.ZipInfo(member.filename), part, member.compress_type)
    return made.getvalue()
