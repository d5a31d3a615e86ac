"""LibreOffice opens the blank form, keeps its names, and its formulas give what is filled in."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests.template.packages import named_cells


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_filled_form_is_recalculated(blank_path: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(blank_path)
    names = set(book.defined_names)
    for cell in named_cells(book, "item_self_score"):
        cell.value = 0.5
    named_cells(book, "entity_name")[2].value = "区图书馆"
    named_cells(book, "satisfaction_rate")[0].value = 0.9
    source = tmp_path / "filled.xlsx"
    book.save(source)
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(tmp_path / "saved"), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    saved = openpyxl.load_workbook(tmp_path / "saved" / "filled.xlsx", data_only=True)
    assert names <= set(saved.defined_names)
    assert saved["_perfbatch"].sheet_state in ("hidden", "veryHidden")
    assert named_cells(saved, "scorecard_total")[0].value == 12.5
    assert named_cells(saved, "satisfaction_rate")[0].value == 0.9
    assert "%" in named_cells(saved, "satisfaction_rate")[0].number_format
    repeated = named_cells(saved, "fixed_assets_total")[2]
    assert saved["收支情况"].cell(repeated.row, repeated.column - 1).value == "区图书馆"
    unused = named_cells(saved, "fixed_assets_total")[3]
    assert saved["收支情况"].cell(unused.row, unused.column - 1).value in (None, "")
