"""The parts of a package: defined names, raw cells, shared formulas, number formats."""

from __future__ import annotations

import pytest

from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.addresses import Area, parse_area
from perfbatch.package.archive import Package, members_of
from perfbatch.package.parts import read_styles
from perfbatch.package.sheet_cells import SheetCells, StoredCell, read_sheet_cells
from perfbatch.package.texts import Run
from tests.workbooks import zip_of


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("'收支情况'!$C$7:$C$18", Area("收支情况", 7, 3, 18, 3)),
        ("收支情况!$C$7:$C$18", Area("收支情况", 7, 3, 18, 3)),
        ("封面!$B$4", Area("封面", 4, 2, 4, 2)),
        ("'it''s (1)'!$AA$10", Area("it's (1)", 10, 27, 10, 27)),
        ("封面!$D$9:$B$4", Area("封面", 4, 2, 9, 4)),
    ],
)
def test_names_that_refer_to_cells(text: str, area: Area) -> None:
    assert parse_area(text) == area


@pytest.mark.parametrize(
    "text",
    [
        *("#REF!", "封面!#REF!", "", "封面!$B:$B", "封面!$4:$4", "[1]封面!$B$4", "'[1]封面'!$B$4", "42", '"封面"'),
        *(
            "封面!$B$4,封面!$B$6",
            "OFFSET(封面!$B$4,1,1)",
            "封面:附表!$B$4",
            "封面!$XFE$1",
            "封面!$A$1048577",
            "封面!$A$0",
        ),
    ],
)
def test_names_that_do_not(text: str) -> None:
    assert parse_area(text) is None


def package(parts: dict[str, bytes]) -> Package:
    content = zip_of(parts)
    return Package(content, members_of(content), Limits())


def cells(rows: str, *, rest: str = "", limits: Limits | None = None) -> SheetCells:
    markup = f"<worksheet><sheetData>{rows}</sheetData>{rest}</worksheet>".encode()
    return read_sheet_cells(package({"s.xml": markup}), "s.xml", limits or Limits())


@pytest.mark.parametrize(
    ("markup", "stored"),
    [
        ('<c r="A1"><v>1.5</v></c>', StoredCell("n", 0, "1.5", None, True)),
        ('<c r="A1" s="7" t="s"><v>3</v></c>', StoredCell("s", 7, "3", None, True)),
        ('<c r="A1" t="s"><v> 3 </v></c>', StoredCell("s", 0, "3", None, True)),
        ('<c r="A1" t="s"><v></v></c>', None),
        ('<c r="A1"><v>&#49;9</v></c>', StoredCell("n", 0, "19", None, True)),
        ('<c r="A1"><v><![CDATA[20]]></v></c>', StoredCell("n", 0, "20", None, True)),
        ('<c r="A1" t="e" vm="1"><v>#VALUE!</v></c>', StoredCell("e", 0, "#VALUE!", None, True, "", True)),
        ('<c r="A1" t="inlineStr"><is><t>x</t></is></c>', StoredCell("inlineStr", 0, "", None, True, "x")),
        (
            '<c r="A1" t="inlineStr"><is><r><rPr><strike/></rPr><t>1</t></r><r><t>2</t></r><rPh><t>3</t></rPh></is></c>',
            StoredCell("inlineStr", 0, "", None, True, (Run("1", True), Run("2"))),
        ),
        ('<c r="A1" t="e"><v>#REF!</v></c>', StoredCell("e", 0, "#REF!", None, True)),
        ('<c r="A1"><f>B1+1</f><v></v></c>', StoredCell("n", 0, "", "B1+1", False)),
        ('<c r="A1"><f>B1+1</f><v/></c>', StoredCell("n", 0, "", "B1+1", False)),
        ('<c r="A1"><f>B1+1</f></c>', StoredCell("n", 0, "", "B1+1", False)),
        ('<c r="A1" t="str"><f>B1</f><v></v></c>', StoredCell("str", 0, "", "B1", True)),
        ('<c r="A1"><f t="array" ref="A1:A2">B1:B2</f><v>1</v></c>', StoredCell("n", 0, "1", "{B1:B2}", True)),
        ("<c><v>1</v></c>", StoredCell("n", 0, "1", None, True)),
        ('<x:c r="A1"><x:v>1</x:v></x:c>', StoredCell("n", 0, "1", None, True)),
        ('<c r="A1" s="3"/>', None),
    ],
)
def test_what_a_cell_holds(markup: str, stored: StoredCell | None) -> None:
    assert cells(f'<row r="1">{markup}</row>').cells == ({} if stored is None else {(1, 1): stored})


def test_shared_formulas_read_as_they_stand() -> None:
    rows = (
        '<row r="2"><c r="C2"><f t="shared" ref="C2:C4" si="0">SUM(A2:B2)+$D$1</f><v>1</v></c></row>'
        '<row r="3"><c r="C3"><f t="shared" si="0"/><v>1</v></c><c r="D3"><f t="shared" si="9"/><v>1</v></c></row>'
    )
    formulas = {place: cell.formula for place, cell in cells(rows).cells.items()}
    assert formulas == {(2, 3): "SUM(A2:B2)+$D$1", (3, 3): "SUM(A3:B3)+$D$1", (3, 4): ""}


def test_merged_areas_lead_to_their_top_left_cell() -> None:
    merged = cells("", rest='<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="D4"/></mergeCells>').merged
    assert merged == {(1, 2): (1, 1), (2, 1): (1, 1), (2, 2): (1, 1)}


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="1A"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1048577"/>',
        '<row r="x"/>',
        "<row>",
    ],
)
def test_f03_cells_that_cannot_be(rows: str) -> None:
    with pytest.raises(SetAside) as caught:
        cells(rows)
    assert caught.value.code == "F03"


@pytest.mark.parametrize(
    ("limits", "what"),
    [(Limits(held_cells=1), "到 B2 为止单元格超过 1 个"), (Limits(stored_cells=1), "到 B2 为止单元格超过 1 个")],
)
def test_f07_more_cells_than_the_limits(limits: Limits, what: str) -> None:
    with pytest.raises(SetAside) as caught:
        cells('<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>1</v></c></row>', limits=limits)
    assert (caught.value.code, caught.value.what) == ("F07", what)


def test_number_formats_and_struck_fonts_come_from_the_cell_styles_alone() -> None:
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0.##%"/></numFmts>'
        '<fonts><font><sz val="9"/></font><font><strike/></font><font><strike val="0"/></font></fonts>'
        '<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10" fontId="1"/><xf numFmtId="31" fontId="2"/></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="164" formatCode="0"/></dxf></dxfs></styleSheet>'
    )
    read = read_styles(package({"styles.xml": styles.encode()}), "styles.xml", Limits())
    assert [read.format_of(style) for style in (0, 1, 2, 3, 4)] == ["", "0.##%", "0.00%", 'yyyy"年"m"月"d"日"', ""]
    assert read.struck == {2}
