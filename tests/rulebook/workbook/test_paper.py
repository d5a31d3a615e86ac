"""What is printed of the workbook form: the rows that are filled, each text whole, in letters that can be read."""

from __future__ import annotations

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from perfbatch.rulebook.exporting import export_rules
from perfbatch.rulebook.workbook.looks import row_height, text_width


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worksheet]:
    path = tmp_path_factory.mktemp("rules") / "rules.xlsx"
    export_rules(None, path, path)
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(path)}


def _widths(sheet: Worksheet) -> list[float]:
    """The columns' widths; neighbours of one width stand together in the file."""
    spans = [(of.min, of.max, of.width) for of in sheet.column_dimensions.values()]
    return [
        next(width for first, last, width in spans if first <= column <= last)
        for column in range(1, sheet.max_column + 1)
    ]


@pytest.mark.parametrize("name", ["指标", "计分", "字段", "勾稽", "等次"])
def test_the_filled_rows_are_printed_and_no_others(sheets: dict[str, Worksheet], name: str) -> None:
    sheet = sheets[name]
    filled = max(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value)
    last = openpyxl.utils.get_column_letter(sheet.max_column)
    assert sheet.print_area == f"'{name}'!$A$1:${last}${filled}"


def test_a_wide_sheet_goes_onto_several_large_pages_with_its_names_on_each(sheets: dict[str, Worksheet]) -> None:
    pages = {name: (sheets[name].page_setup.paperSize, sheets[name].page_setup.fitToWidth) for name in ("等次", "计分")}
    # One page across is what a sheet has unless it says otherwise.
    assert (pages["等次"], sheets["等次"].print_title_cols) == ((9, None), None)
    assert (pages["计分"][0], sheets["计分"].print_title_cols) == (8, "$A:$D")
    widths = _widths(sheets["计分"])
    lead = sum(widths[:4])
    assert (sum(widths) - lead) / pages["计分"][1] + lead < 310


def test_a_row_is_as_high_as_its_longest_text(sheets: dict[str, Worksheet]) -> None:
    sheet = sheets["指标"]
    widths = _widths(sheet)
    for row in sheet.iter_rows(min_row=2, max_row=26):
        lines = max(
            -(-text_width(cell.value) // int(widths[cell.column - 1]))
            for cell in row
            if isinstance(cell.value, str) and not cell.value.startswith("=")
        )
        assert sheet.row_dimensions[row[0].row].height >= 13.5 * lines


@pytest.mark.parametrize(
    ("texts", "height"),
    [([], 16.5), (["", ""], 16.5), (["六个汉字的文"], 16.5), (["七个汉字的文字"], 30.0), (["a\nb\nc", "短"], 43.5)],
)
def test_heights(texts: list[str], height: float) -> None:
    assert row_height(texts, [16] * len(texts)) == height
