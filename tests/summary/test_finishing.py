"""What Excel and WPS are told that xlsxwriter does not say."""

from __future__ import annotations

import re
import zipfile

import pytest

from perfbatch.summary import styles
from perfbatch.summary.finishing import finished
from tests.summary.conftest import Written

_ROW = re.compile(r"<row ([^>]*)>")


def _parts(written: Written, begins: str) -> dict[str, str]:
    with zipfile.ZipFile(written.path) as package:
        return {name: package.read(name).decode() for name in package.namelist() if name.startswith(begins)}


def test_charts_draw_from_hidden_sheets_and_speak_chinese(sample: Written) -> None:
    charts = _parts(sample, "xl/charts/chart")
    assert len(charts) >= 4
    hidden = 0
    for part in charts.values():
        drawn_from_hidden = "图表数据" in part
        # Where the schema wants it: after the plot area and the legend.
        shown = re.findall(r'</c:plotArea>(?:<c:legend>.*</c:legend>)?<c:plotVisOnly val="(\d)"/>', part, re.DOTALL)
        assert shown == (["0"] if drawn_from_hidden else ["1"])
        assert "en-US" not in part
        hidden += drawn_from_hidden
    assert hidden >= 3


def test_excel_neither_recalculates_nor_asks_to_save(sample: Written) -> None:
    assert '<calcPr calcId="191029"/>' in _parts(sample, "xl/workbook.xml")["xl/workbook.xml"]


def test_the_properties_name_the_language(sample: Written) -> None:
    assert _parts(sample, "docProps/core.xml")["docProps/core.xml"].count("<dc:language>zh-CN</dc:language>") == 1


def test_other_parts_stay_as_they_are() -> None:
    assert finished("xl/styles.xml", b"\xff <c:lang/>") == b"\xff <c:lang/>"


def test_every_font_is_its_own_and_not_the_theme_s(sample: Written) -> None:
    fonts = re.search(r"<fonts .*?</fonts>", _parts(sample, "xl/styles.xml")["xl/styles.xml"], re.DOTALL)
    assert fonts is not None
    assert '"宋体"' in fonts[0]
    assert "<scheme " not in fonts[0]


def test_no_green_triangles(sample: Written) -> None:
    for part in _parts(sample, "xl/worksheets/sheet").values():
        assert 'sqref="A1:XFD1048576"' in part
        assert 'numberStoredAsText="1"' in part


@pytest.mark.parametrize("name", ["small", "sample"])
def test_a_row_whose_group_is_folded_has_a_button(name: str, request: pytest.FixtureRequest) -> None:
    """Excel draws the "+" on a row with `collapsed` alone."""
    folded = 0
    for part in _parts(request.getfixturevalue(name), "xl/worksheets/sheet").values():
        rows = [dict(re.findall(r'(\w+)="([^"]*)"', match[1])) for match in _ROW.finditer(part)]
        level = {int(row["r"]): int(row.get("outlineLevel", "0")) for row in rows}
        hidden = {int(row["r"]) for row in rows if row.get("hidden") == "1"}
        heads = {at for at in level if at + 1 in hidden and level.get(at + 1, 0) > level[at]}
        assert {int(row["r"]) for row in rows if row.get("collapsed") == "1"} == heads
        folded += len(heads)
    assert folded > 2


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(colour: str, other: str) -> float:
    dark, light = sorted((_luminance(colour), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_text_is_read_against_its_ground() -> None:
    """A contrast of 4.5 at least (WCAG AA)."""
    assert _contrast("#000000", "#FFFFFF") == pytest.approx(21)
    poor = {
        name: round(_contrast(str(style.get("font_color", "#000000")), str(style.get("bg_color", "#FFFFFF"))), 2)
        for name, style in styles.STYLES.items()
    }
    assert {name: ratio for name, ratio in poor.items() if ratio < 4.5} == {}
