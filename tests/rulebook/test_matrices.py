"""What `rulebook lint` says of a table of fixed rows and columns, and what of it a rulebook knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfbatch.rulebook.exporting import export_rules
from perfbatch.rulebook.lint_matrices import MOST_BESIDE_SCORECARD
from perfbatch.rulebook.load import RulebookFault, load_rulebook, read_rulebook
from perfbatch.rulebook.model import ScorecardBlock
from perfbatch.rulebook.toml_text import rulebook_toml
from perfbatch.template.scorecard import SCORECARD_PRINTED
from tests.matrices import OVERLAY, with_funds
from tests.overlays import blank_form, rulebook_of, written
from tests.workbooks import places

_COLUMN = '    { id = "y", label = "更早", kind = "amount" },\n'
_NEXT = """extends = "rules.toml"

[meta]
id = "next-funds"
fiscal_year = 2021
deadline = 2022-06-30
title = "2021年度部门整体支出绩效评价自评报告"

[change.sections]
cover.title = "2021年度部门整体支出\\n绩效评价自评报告"

[rename]
rows.fund = { total = "all", current = "this_year" }
columns.fund = { year = "whole", second_half = "later" }
blocks.fund = "money"
"""

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
    "a part that is no figure": (
        'parts = ["first_half", "second_half"]',
        'parts = ["first_half", "note"]',
        "block fund, columns.year.parts: note is no column of figures to be filled in; name such a column",
    ),
    "a part that is worked out": (
        'parts = ["first_half", "second_half"]',
        'parts = ["first_half", "share"]',
        "block fund, columns.year.parts: share is no column of figures to be filled in; name such a column",
    ),
    "a formula over what is no figure": (
        '"second_half / year"',
        '"second_half / note"',
        "block fund, columns.share.formula: note is no column of figures to be filled in; name such a column",
    ),
    "a formula over a cell that its row has not": (
        'label = "下半年", kind = "amount"',
        'label = "下半年", kind = "amount", only = ["total", "current"]',
        "block fund, columns.share.formula: the row other has no cell of second_half; name the rows that have it in only",
    ),
    "a required row without the cell": (
        'only = ["other"]',
        'only = ["other"], required = ["total"]',
        "block fund, columns.note.required: total has no cell in this column; leave it out",
    ),
    "an own score that is a text": (
        'kind = "text", only = ["other"]',
        'kind = "text", only = ["other"], indicator = "disclosure", show = "self"',
        "block fund, columns.note.kind: note is no column of figures to be filled in; name such a column",
    ),
    "own scores in two places": (
        '{ id = "note", label = "备注", kind = "text", only = ["other"] }',
        '{ id = "note", label = "自评", only = ["other"], indicator = "disclosure", show = "self" },\n'
        '    { id = "again", label = "自评", only = ["current"], indicator = "disclosure", show = "self" }',
        "block fund, columns.again.indicator: its own score stands in block fund, columns.note already; keep one of them",
    ),
    "a table on the cover": (
        'after = "targets"',
        'into = "cover"',
        "section cover, blocks: a cover holds cards, and this is of the layout matrix; move it to another sheet",
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
    with pytest.raises(RulebookFault) as refused:
        load_rulebook(written(tmp_path, OVERLAY.replace(old, new)))
    assert any(line.partition(": ")[2].startswith(fault) for line in refused.value.faults), refused.value.faults


def test_ids_that_run_together_are_told(tmp_path: Path) -> None:
    text = OVERLAY.replace("columns = [\n", 'columns = [\n    { id = "half", label = "半年", kind = "amount" },\n', 1)
    text = text.replace('{ id = "other", ', '{ id = "other_second", label = "其二" },\n    { id = "other", ', 1)
    with pytest.raises(RulebookFault) as refused:
        load_rulebook(written(tmp_path, text))
    assert [line.partition(": ")[2] for line in refused.value.faults] == [
        "block fund, rows: two cells come to the id fund_other_second_half; choose other ids"
    ]


def test_a_sheet_with_a_scorecard_has_room_for_so_many_columns(tmp_path: Path) -> None:
    assert MOST_BESIDE_SCORECARD == SCORECARD_PRINTED - 1
    section = next(section.id for section, block in with_funds().blocks() if isinstance(block, ScorecardBlock))
    beside = OVERLAY.replace('after = "targets"', f'into = "{section}"')
    more = beside.replace("columns = [\n", 'columns = [\n    { id = "x", label = "前年", kind = "amount" },\n', 1)
    load_rulebook(written(tmp_path, more))
    with pytest.raises(RulebookFault) as refused:
        load_rulebook(written(tmp_path, more.replace("columns = [\n", f"columns = [\n{_COLUMN}", 1)))
    assert [line.partition(": ")[2] for line in refused.value.faults] == [
        "block fund, columns: 7 columns, and a sheet with a scorecard has room for 6; give the table a sheet of its own"
    ]


@pytest.mark.parametrize("section", ["finance", "profile", "base", "goals"])
def test_a_table_that_is_wider_than_its_sheet_has_room(section: str) -> None:
    """Beside tables of units, cards, tables of rows."""
    columns = "".join(f'    {{ id = "c{at}", label = "第{at}栏", kind = "amount" }},\n' for at in range(14))
    text = OVERLAY.replace("columns = [\n", f"columns = [\n{columns}", 1)
    book = rulebook_of(text.replace('after = "targets"', f'into = "{section}"'))
    placed = places(blank_form(book))
    assert len({placed[f"fund_total_c{at}"][0][1] for at in range(14)}) == 14


def test_a_renamed_table_takes_its_cells_along(tmp_path: Path) -> None:
    written(tmp_path, OVERLAY)
    (tmp_path / "next.toml").write_text(_NEXT, encoding="utf-8")
    book = load_rulebook(tmp_path / "next.toml").rulebook
    matrix = book.matrices["money"]
    assert [row.parts for row in matrix.rows] == [("this_year", "other"), (), ()]
    assert {column.id: column.formula for column in matrix.columns if column.formula} == {"share": "later / whole"}
    assert [column.required for column in matrix.columns if column.required] == [("all",)]
    assert [check.holds for check in book.checks if check.id == "R44"] == ["money.all.whole <= project_expenditure"]
    assert [check.each_matrix for check in book.checks if check.id == "R43"] == [("money",)]
    assert book.lineage.names_of("fields", "money_all_whole") == ("money_all_whole", "fund_total_year")
    assert book.lineage.names_of("fields", "money_other_first_half") == (
        "money_other_first_half", "fund_other_first_half",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('rows.fund.totl = "all"', "rename.rows.fund.totl: the base has no row fund.totl; the nearest is fund.total"),
        ('rows.fund.total = "other"', "rename.rows.fund.total: other is there already; choose another"),
        ('rows.fund.total = "total"', "rename.rows.fund.total: is called so already; leave it out"),
        ('columns.fund.year = 3', "rename.columns.fund.year: the new name is not a text; write old"),
        ('columns.fund = "year"', "rename.columns.fund: the base has no column fund; the nearest is fund.year"),
        (
            'columns.fund = { year = "all", note = "all" }',
            "rename.columns.fund.year: all is named twice; give each entry a name of its own",
        ),
    ],
)  # fmt: skip
def test_a_rename_that_cannot_be_is_named(tmp_path: Path, line: str, fault: str) -> None:
    written(tmp_path, OVERLAY)
    (tmp_path / "next.toml").write_text(_NEXT.split("[rename]")[0] + f"[rename]\n{line}\n", encoding="utf-8")
    with pytest.raises(RulebookFault) as refused:
        load_rulebook(tmp_path / "next.toml")
    assert any(fault in named for named in refused.value.faults), refused.value.faults


def test_rows_and_columns_that_came_later_are_no_part_of_earlier_forms() -> None:
    text = OVERLAY.replace('form_id = "with_funds"', 'form_id = "with_funds"\nrevision = 9')
    text = text.replace('label = "其他资金" }', 'label = "其他资金", since = 9 }')
    book = rulebook_of(text.replace('label = "备注", kind = "text"', 'label = "备注", kind = "text", since = 8'))
    assert (book.field_by_id["fund_other_year"].since, book.field_by_id["fund_other_note"].since) == (9, 9)
    earlier = book.as_of(8).matrices["fund"]
    assert [row.id for row in earlier.rows] == ["total", "current"]
    assert "fund_other_year" not in earlier.cells
    assert earlier.cells["fund_total_year"].parts_below == ("fund_current_year",)
    assert "note" not in [column.id for column in book.as_of(7).matrices["fund"].columns]


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
    whole = tmp_path / "whole.toml"
    whole.write_text(rulebook_toml(with_funds()), encoding="utf-8")
    assert read_rulebook(whole).rulebook == with_funds()


def test_the_rules_workbook_holds_it(tmp_path: Path) -> None:
    workbook = tmp_path / "rules.xlsx"
    export_rules(written(tmp_path, OVERLAY), workbook, workbook, resolved=True)
    assert read_rulebook(workbook).rulebook == with_funds()
