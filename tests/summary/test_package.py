"""The workbook as a package: what Excel demands on opening, what other readers make of it."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from perfbatch.district.result import BatchResult
from perfbatch.summary import write_summary
from perfbatch.summary.marks import unique_headings
from tests.package_rules import faults
from tests.summary.conftest import Written


def test_excel_has_nothing_to_repair(small: Written, sample: Written) -> None:
    assert faults(small.path) == []
    assert faults(sample.path) == []


def test_an_empty_night_is_a_sound_package(empty_night: BatchResult, tmp_path: Path) -> None:
    write_summary(empty_night, tmp_path / "s.xlsx")
    assert faults(tmp_path / "s.xlsx") == []


def test_texts_of_any_length_and_kind(with_units: BatchResult, tmp_path: Path) -> None:
    named = with_units.departments.copy()
    named["entity_title"] = ["长" * 40_000, "*?~[]'\"&<>", "a\x00b\ud800", "\n\t "]
    finding = replace(with_units.findings[0], message="长" * 40_000, sheet="'[坏]'", file="a#b%20 c[1].xlsx")
    write_summary(replace(with_units, departments=named, findings=(finding,)), tmp_path / "s.xlsx")
    assert faults(tmp_path / "s.xlsx") == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b'displayName="Money1"', b'displayName="Ranking"', "table name twice: ranking"),
        (
            b'name="\xe8\x87\xaa\xe8\xaf\x84\xe5\xbe\x97\xe5\x88\x86"',
            b'name="\xe8\x87\xaa"',
            "heading '自' over '自评得分'",
        ),
        (b'sheet name="\xe6\x80\xbb\xe8\xa7\x88"', b'sheet name="a/b"', "sheet name 'a/b'"),
    ],
)
def test_the_rules_see_a_broken_package(small: Written, tmp_path: Path, old: bytes, new: bytes, fault: str) -> None:
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(small.path) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old, new))
    assert any(fault in line for line in faults(broken))


def test_calamine_and_openpyxl_read_the_same(small: Written) -> None:
    book = CalamineWorkbook.from_path(str(small.path))
    assert book.sheet_names == small.values.sheetnames
    for name in book.sheet_names:
        theirs = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for row, cells in enumerate(theirs, 1):
            for column, cell in enumerate(cells, 1):
                ours = small.values[name].cell(row, column).value
                assert (ours if ours is not None else "") == cell, (name, row, column)


def test_headings_of_a_table_are_unique_and_filled() -> None:
    assert unique_headings(["a", "A", "", "a\nb", "", "a"]) == ["a", "A（2）", "栏", "a b", "栏（2）", "a（3）"]
