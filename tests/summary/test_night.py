"""A whole night over the shipped inbox: what the summary points at is there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest

from perfbatch.publishing import NightPlan, run_night
from perfbatch.rulebook.load import load_rulebook
from tests.summary.conftest import INBOX

SUMMARY = "district-summary-2020.xlsx"


@pytest.fixture(scope="module")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights; before the second a workbook is taken away and one gets an awkward name."""
    root = tmp_path_factory.mktemp("district")
    shutil.copytree(INBOX, root / "inbox")
    loaded = load_rulebook(None)
    run_night(NightPlan(root / "inbox", root / "outbox", loaded))
    (root / "inbox" / "档案馆.xlsx").unlink()
    (root / "inbox" / "市场监管局部门整体支出绩效自评.xlsx").rename(root / "inbox" / "市监局 #2 100%[终].xlsx")
    run_night(NightPlan(root / "inbox", root / "outbox", loaded))
    return root / "outbox"


@pytest.fixture(scope="module")
def book(outbox: Path) -> Any:
    return openpyxl.load_workbook(outbox / SUMMARY)


def test_every_link_leads_to_a_cell_that_is_there(outbox: Path, book: Any) -> None:
    followed, opened = 0, {}
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if not cell.hyperlink:
                    continue
                followed += 1
                where = book
                if cell.hyperlink.target:
                    path = outbox / unquote(cell.hyperlink.target)
                    assert path.is_file(), cell.hyperlink.target
                    if not cell.hyperlink.location:
                        continue
                    where = opened.setdefault(path, None) or openpyxl.load_workbook(path)
                    opened[path] = where
                name, _, reference = cell.hyperlink.location.rpartition("!")
                assert name.strip("'").replace("''", "'") in where.sheetnames
                assert where[name.strip("'")][reference] is not None
    assert followed > 60
    assert any("#2" in str(path) for path in opened)


def test_notices_are_linked(outbox: Path, book: Any) -> None:
    linked = {cell.hyperlink.target for row in book["得分排名"].iter_rows() for cell in row if cell.hyperlink}
    notices = {f"notices/yunxi-2020/{path.name}" for path in (outbox / "notices" / "yunxi-2020").iterdir()}
    assert {unquote(target) for target in linked if target} == notices


def test_the_second_night_tells_what_changed(book: Any) -> None:
    lines = [[cell for cell in row if cell is not None] for row in book["本次变化"].iter_rows(values_only=True)]
    assert ["一、报送变化：新报 0　重报 0　撤回 1"] in lines
    assert ["410001", "岳阳市云溪区档案馆", "撤回", "档案馆.xlsx"] in lines
    assert any(row and str(row[0]).startswith("四、已消除的问题：5 条") for row in lines)
