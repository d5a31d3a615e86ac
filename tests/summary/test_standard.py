"""The rulebook as a workbook."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from perfbatch.rulebook.model import Rulebook
from perfbatch.summary.standard import write_standard
from tests.districts import Values


def test_sheets(rulebook: Rulebook, tmp_path: Path, values: Values) -> None:
    write_standard(rulebook, tmp_path / "standard.xlsx")
    book = openpyxl.load_workbook(tmp_path / "standard.xlsx")
    assert book.sheetnames == ["评分标准", "勾稽关系", "等次"]
    indicators, checks, grades = (values(sheet) for sheet in book)
    assert indicators[0] == ["岳阳市云溪区2020年度评分标准"]
    assert [(row[2], row[3]) for row in indicators[3:]] == [
        (one.name, float(one.points)) for one in rulebook.indicators
    ]
    assert [row[0] for row in checks[3:]] == [check.code for check in rulebook.checks]
    assert not [cell for row in checks for cell in row if isinstance(cell, str) and "{" in cell]
    assert [row[1] for row in grades[3:]] == ["优秀", "良好", "中", "差"]


def test_the_same_rulebook_gives_the_same_bytes(rulebook: Rulebook, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_standard(rulebook, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
