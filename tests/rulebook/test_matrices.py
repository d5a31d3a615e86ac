"""What `rulebook lint` says of a table of fixed rows and columns, and what of it a rulebook knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfbatch.rulebook.exporting import export_rules
from perfbatch.rulebook.load import RulebookFault, load_rulebook, read_rulebook
from perfbatch.rulebook.toml_text import rulebook_toml
from tests.matrices import OVERLAY, with_funds

FAULTS = {
    "a part that is no row": (
        'parts = ["current", "other"]',
        'parts = ["current", "others"]',
        "block fund, rows.total.parts: the table has no others; the nearest is other",
    ),
    "a part of itself": (
        '{ id = "current", label = "其中：当年拨款" }',
        '{ id = "current", label = "其中：当年拨款", parts = ["total"] }',
        "block fund, rows.total.parts: is a part of itself; leave it out",
    ),
    "a row twice": (
        '{ id = "current", label = "其中：当年拨款" }',
        '{ id = "other", label = "其中：当年拨款" }',
        "block fund, rows: 2 have the id other; choose another for one of them",
    ),
    "a required row that is not there": (
        'required = ["total"]',
        'required = ["totals"]',
        "block fund, columns.year.required: the table has no totals; the nearest is total",
    ),
    "a cell of a row that is not there": (
        'only = ["other"]',
        'only = ["others"]',
        "block fund, columns.note.only: the table has no others; the nearest is other",
    ),
    "a formula over what is no column": (
        "second_half / year",
        "second_half / years",
        "block fund, columns.share.formula: the table has no years; the nearest is year",
    ),
    "a formula that is no arithmetic": (
        '"second_half / year"',
        '"filled(year)"',
        "block fund, columns.share.formula: is no arithmetic over the columns of the row; use + - * / on their ids",
    ),
    "a formula that does not parse": (
        '"second_half / year"',
        '"second_half /"',
        "block fund, columns.share.formula, column 1: not an expression: invalid syntax",
    ),
    "a column without a kind": (
        '{ id = "first_half", label = "上半年", kind = "amount" }',
        '{ id = "first_half", label = "上半年" }',
        "block fund, columns.first_half.kind: a column to be filled in without a kind; give one, or a formula",
    ),
    "an indicator that is not shown": (
        'kind = "text", only = ["other"]',
        'kind = "text", indicator = "disclosure"',
        "block fund, columns.note: indicator and show go together; give both",
    ),
    "an indicator that there is not": (
        'kind = "text", only = ["other"]',
        'indicator = "disclosur", show = "max", only = ["other"]',
        "block fund, columns.note.indicator: the table has no disclosur; the nearest is disclosure",
    ),
    "an own score in many rows": (
        'kind = "text", only = ["other"]',
        'indicator = "disclosure", show = "self"',
        "block fund, columns.note.only: an indicator has one score of the department's own; name its row",
    ),
    "a check over a table that there is not": (
        'each_matrix = ["fund"]',
        'each_matrix = ["funds"]',
        "check R43, each_matrix: nothing is called funds; the nearest is fund",
    ),
    "a check over a group that there is not": (
        'each_matrix = ["fund"]',
        'each_group = ["inputs"]',
        "check R43, each_group: nothing is called inputs; the nearest is input",
    ),
    "a cell that there is not": (
        "fund.total.year",
        "fund.total.years",
        "check R44, holds, column 1: no field 'fund_total_years' in the scope department",
    ),
}


@pytest.mark.parametrize(("old", "new", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in OVERLAY
    path = tmp_path / "with_funds.toml"
    path.write_text(OVERLAY.replace(old, new), encoding="utf-8")
    with pytest.raises(RulebookFault) as refused:
        load_rulebook(path)
    assert any(line.partition(": ")[2].startswith(fault) for line in refused.value.faults), refused.value.faults


def test_a_cell_is_a_field_with_the_labels_of_row_and_column() -> None:
    book = with_funds()
    assert {name: book.field_by_id[name].label for name in book.matrices["fund"].cells} == {
        "fund_total_first_half": "资金总额·上半年",
        "fund_total_second_half": "资金总额·下半年",
        "fund_total_year": "资金总额·全年",
        "fund_current_first_half": "当年拨款·上半年",
        "fund_current_second_half": "当年拨款·下半年",
        "fund_current_year": "当年拨款·全年",
        "fund_other_first_half": "其他资金·上半年",
        "fund_other_second_half": "其他资金·下半年",
        "fund_other_year": "其他资金·全年",
        "fund_other_note": "其他资金·备注",
    }
    assert [name for name, field in book.field_by_id.items() if name.startswith("fund_") and field.required] == [
        "fund_total_year"
    ]
    assert book.siblings["fund_other_year"] == ("fund_current_year", "fund_other_year")
    assert book.siblings["fund_total_first_half"] == ("fund_total_first_half", "fund_total_second_half")


def test_a_rulebook_with_a_table_of_cells_is_written_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "with_funds.toml"
    path.write_text(OVERLAY, encoding="utf-8")
    whole = tmp_path / "whole.toml"
    whole.write_text(rulebook_toml(with_funds()), encoding="utf-8")
    assert read_rulebook(whole).rulebook == with_funds()


def test_the_rules_workbook_holds_it(tmp_path: Path) -> None:
    path, workbook = tmp_path / "with_funds.toml", tmp_path / "rules.xlsx"
    path.write_text(OVERLAY, encoding="utf-8")
    export_rules(path, workbook, workbook, resolved=True)
    assert read_rulebook(workbook).rulebook == with_funds()
