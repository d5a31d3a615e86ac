"""The benchmark's district is as large as it says, and its baseline has the same cells."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.rulebook.load import load_rulebook
from tests.benchmarks.summary import district, filled_cells, summary, to_excel

INBOX = Path(__file__).parents[2] / "inbox"


def test_a_district_of_any_size(tmp_path: Path) -> None:
    base = run_batch(BatchPlan(INBOX, load_rulebook(None))).result
    size = len(base.departments)
    result = district(2 * size + 1, 0, base)
    assert [len(result.departments), len(result.findings)] == [2 * size + 1, 0]
    assert result.departments["entity_code"].is_unique
    assert len(result.scores) == 25 * (2 * size + 1)
    assert set(result.units["department"]) == set(range(2 * size + 1))
    full = district(size, 3 * size, base)
    kept = {file: sum(finding.file == file for finding in full.findings) for file in full.departments["file"]}
    had = [sum(finding.file == file for finding in base.findings) for file in base.departments["file"]]
    assert list(kept.values()) == [min(3, number) for number in had]


def test_the_baseline_writes_the_same_contents(tmp_path: Path) -> None:
    result = run_batch(BatchPlan(INBOX, load_rulebook(None))).result
    summary(result, tmp_path / "ours.xlsx")
    to_excel(filled_cells(tmp_path / "ours.xlsx"), tmp_path / "theirs.xlsx")
    ours, theirs = (_shown(tmp_path / name) for name in ("ours.xlsx", "theirs.xlsx"))
    assert {place: value for place, value in ours.items() if value != ""} == theirs


def _shown(path: Path) -> dict[tuple[str, str], str]:
    """(sheet, cell) → what it shows. xlsxwriter writes 16 digits of a number, and all of a formula's value; the last of those digits are not compared."""
    return {
        (sheet.title, cell.coordinate): f"{cell.value:.14g}" if isinstance(cell.value, int | float) else cell.value
        for sheet in openpyxl.load_workbook(path, data_only=True)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
