"""Printing for real: LibreOffice makes the pages of a filled form, and each sheet has as many A4 pages as it should."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from perfbatch.roster import RosterEntry
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import prefill_for, write_template
from tests.samples.seed import SEED
from tests.workbooks import fill

TOOLS = ("soffice", "pdfinfo", "pdftotext")

# The form's own sheets, as 附件2-1 and 附件3-1 print: a table of 收支情况 a page, the targets with room for three lines
# a row, the scoring table on two pages and its evidence on a third.
PAGES = {
    "填报说明": 1,
    "封面": 1,
    "基本概况": 1,
    "收支情况": 4,
    "基础数据表": 1,
    "绩效目标": 3,
    "评分表": 3,
    "评价人员": 1,
    "综述": 2,
}
LANDSCAPE = {"收支情况"}
A4 = (595, 842)


def _said(*command: object) -> str:
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=180).stdout.decode()


@pytest.mark.libreoffice
@pytest.mark.skipif(any(shutil.which(tool) is None for tool in TOOLS), reason="LibreOffice or poppler is not installed")
def test_every_sheet_of_a_filled_form_prints_on_its_pages(form_rulebook: Rulebook, tmp_path: Path) -> None:
    entry = RosterEntry("116001", "岳阳市云溪区总工会", "行政政法股", subordinate_units=())
    prior = {"balance_cumulative": 0, "three_public_total": 11_000_000}
    for name, given in (("filled", None), ("prefilled", prefill_for(entry, prior, form_rulebook))):
        write_template(form_rulebook, tmp_path / f"{name}-blank.xlsx", given=given)
        (tmp_path / f"{name}.xlsx").write_bytes(fill(tmp_path / f"{name}-blank.xlsx", SEED))
    profile = (tmp_path / "profile").as_uri()
    books = [tmp_path / "filled.xlsx", tmp_path / "prefilled.xlsx"]
    _said(
        "soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", tmp_path, *books
    )
    for book in books:
        pages = _pages(book.with_suffix(".pdf"))
        assert Counter(sheet for sheet, _ in pages if sheet in PAGES) == PAGES, book.name
        for sheet, size in pages:
            if sheet in PAGES:
                assert size == (A4[::-1] if sheet in LANDSCAPE else A4), sheet


def _pages(pdf: Path) -> list[tuple[str, tuple[int, int]]]:
    """Of every page the sheet that its header names (the cover has none) and its size in points."""
    info = _said("pdfinfo", "-l", 999, pdf)
    sizes = [(round(float(w)), round(float(h))) for w, h in re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", info)]
    pages = []
    for number, size in enumerate(sizes, start=1):
        lines = _said("pdftotext", "-layout", "-f", number, "-l", number, pdf, "-").split("\n")
        head = next((line.strip() for line in lines if line.strip()), "")
        pages.append(("封面" if head.startswith("附件2-1") else head, size))
    return pages
