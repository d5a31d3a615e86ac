"""Colours for every eye and every printer, functions that every office program has, sheets that stay within their limits."""

from __future__ import annotations

import colorsys
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from perfbatch.district.result import BatchResult
from perfbatch.summary import finance
from perfbatch.summary.book import Book
from perfbatch.summary.cells import TableColumn
from perfbatch.summary.charts import chart, write_chart_sources
from perfbatch.summary.marks import stacked_bar
from perfbatch.summary.strips import Values
from perfbatch.summary.styles import STATUS_COLOURS, STYLES
from tests.districts import STARTED
from tests.summary.conftest import Written, written

# In Excel since 2007, in WPS and in LibreOffice.
FUNCTIONS = {
    *("ABS", "SUM", "SUMIF", "COUNT", "COUNTIF", "AVERAGE", "ROUND", "IF", "IFERROR", "AND", "OR"),
    *("INDEX", "MATCH", "CHOOSE", "SUBSTITUTE", "MID", "VALUE", "TEXT"),
}


def lightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_no_colour_is_red_or_green() -> None:
    colours = {
        str(value)
        for style in STYLES.values()
        for name, value in style.items()
        if name in ("font_color", "bg_color", "border_color", "top_color")
    } | set(STATUS_COLOURS.values())
    for colour in colours:
        hue, _, saturation = colorsys.rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
        assert saturation < 0.1 or 0.03 < hue < 0.17 or 0.54 < hue < 0.70, colour


def test_the_parts_of_a_bar_differ_on_a_grey_print() -> None:
    shades = sorted(lightness(colour) for colour in STATUS_COLOURS.values())
    assert min(after - before for before, after in pairwise(shades)) > 0.08


def test_severities_differ_by_more_than_colour() -> None:
    signs = [STYLES[name]["num_format"] for name in ("error", "warning", "info")]
    assert signs == ['"■ "@', '"▲ "@', '"○ "@']


def test_formulas_use_what_every_office_program_has(sample: Written) -> None:
    formulas = [
        cell.value for sheet in sample.formulas for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ]
    used = {
        name
        for text in formulas
        for name in re.findall(r"([A-Z][A-Z.0-9]*)\(", re.sub(r"'[^']*'!|\"[^\"]*\"", "", text))
    }
    assert used == FUNCTIONS


@pytest.mark.parametrize(
    ("shares", "blocks"),
    [
        ({"#111111": 100.0}, 20),
        ({"#111111": 50.0, "#222222": 45.0}, 19),
        ({"#111111": 2.0, "#222222": 2.0, "#333333": 2.0}, 1),
        ({"#111111": 0.0, "#222222": 30.0}, 6),
        ({"#111111": 80.0, "#222222": 60.0}, 20),
        ({"#111111": 0.0}, 0),
    ],
)
def test_a_bar_is_as_long_as_its_points(tmp_path: Path, shares: dict[str, float], blocks: int) -> None:
    import openpyxl

    text, look = stacked_bar(shares, 100.0)
    with Book(tmp_path / "s.xlsx", "t", STARTED) as book:
        book.add("s").columns(0, [TableColumn("s")], [Values([text], [look])], filters=False)
    assert len(openpyxl.load_workbook(tmp_path / "s.xlsx")["s"]["A2"].value or "") == blocks


def test_units_beyond_the_rows_of_a_sheet_are_left_out_and_the_sheet_says_so(
    with_units: BatchResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finance, "_ROWS", 6)
    book = written(with_units, tmp_path / "s.xlsx")
    rows = book.rows("收支汇总")
    assert rows[1][0].endswith("机构行超过工作表的行数上限，本表只列部门。")
    assert [row[0] for row in rows[6:]] == ["007002", "101001", "116001", "116002", "全区合计"]
    assert rows[10][3] == 375.205


def test_an_axis_that_does_not_start_at_nought_says_so(sample: Written, tmp_path: Path) -> None:
    with Book(tmp_path / "s.xlsx", "t", STARTED) as book:
        data, front = book.add("data"), book.add("front")
        sources = write_chart_sources(data, sample.result, {})
        pair: Any = next(source for source in sources if source.kind == "pair")
        assert (pair.floor, pair.title) == (80, "各部门自评与暂核得分（纵轴从 80 起）")
        assert chart(front, pair, data, (100, 100)).y_axis["min"] == 80
