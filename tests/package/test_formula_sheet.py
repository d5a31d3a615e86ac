"""A sheet of formulas as markup: shared where they read alike, each with what it is worth."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
import xlsxwriter

from perfbatch.package.formula_sheet import FormulaCell, sheet_data, with_sheet_data


def _package(*, filled: bool = False) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    book.set_properties({"created": datetime(2020, 12, 31)})  # noqa: DTZ001
    first, second = book.add_worksheet("甲"), book.add_worksheet("乙")
    first.write_formula(0, 0, '=IF(乙!A1=1,"","x")', None, "")
    if filled:
        second.write(0, 0, 1)
    book.close()
    return made.getvalue()


CELLS = {
    (0, 0): FormulaCell(1),
    (1, 0): FormulaCell(2.5),
    (2, 0): FormulaCell("a<b&c"),
    (0, 1): FormulaCell(2, "A1*2", "R[0]C[-1]*2"),
    (1, 1): FormulaCell(5, "A2*2", "R[0]C[-1]*2"),
    (3, 1): FormulaCell(0, "A4*2", "R[0]C[-1]*2"),
    (0, 2): FormulaCell("", 'IF(A1<3,"",1)', "R1"),
    (1, 2): FormulaCell("", 'IF(A2<3,"",1)', "R1"),
    (2, 2): FormulaCell("#VALUE!", "A3*1", "R1"),
    (0, 3): FormulaCell(3, "甲!A1+3"),
    (1, 3): FormulaCell(4, "甲!A2+4"),
    (2, 3): FormulaCell(True, "A1=1", "x"),
}


def test_formulas_that_stand_together_are_shared_and_no_others() -> None:
    assert sheet_data(CELLS) == (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">A1*2</f><v>2</v></c>'
        '<c r="C1" t="str"><f t="shared" ref="C1:C3" si="1">IF(A1&lt;3,"",1)</f><v></v></c>'
        '<c r="D1"><f>甲!A1+3</f><v>3</v></c></row>'
        '<row r="2"><c r="A2"><v>2.5</v></c><c r="B2"><f t="shared" si="0"/><v>5</v></c>'
        '<c r="C2" t="str"><f t="shared" si="1"/><v></v></c><c r="D2"><f>甲!A2+4</f><v>4</v></c></row>'
        '<row r="3"><c r="A3" t="inlineStr"><is><t>a&lt;b&amp;c</t></is></c>'
        '<c r="C3" t="e"><f t="shared" si="1"/><v>#VALUE!</v></c><c r="D3" t="b"><f>A1=1</f><v>1</v></c></row>'
        '<row r="4"><c r="B4"><f>A4*2</f><v>0</v></c></row></sheetData>'
    )


def test_the_cells_stand_in_the_package() -> None:
    content = with_sheet_data(_package(), {2: CELLS})
    sheet = openpyxl.load_workbook(io.BytesIO(content))["乙"]
    assert [sheet[place].value for place in ("A2", "B2", "B4", "C2", "D2")] == [
        2.5, "=A2*2", "=A4*2", '=IF(A2<3,"",1)', "=甲!A2+4",
    ]  # fmt: skip
    assert sheet.dimensions == "A1:D4"
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    assert [values["乙"][place].value for place in ("B2", "C2", "C3")] == [5, None, "#VALUE!"]


def test_an_empty_text_of_xlsxwriters_own_gets_its_type() -> None:
    content = with_sheet_data(_package(), {2: CELLS})
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert b'<c r="A1" t="str"><f>IF(' in package.read("xl/worksheets/sheet1.xml")


def test_the_same_gives_the_same_bytes() -> None:
    package = _package()
    assert with_sheet_data(package, {2: CELLS}) == with_sheet_data(package, {2: CELLS})


def test_a_sheet_with_cells_of_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match="sheet 2 is not empty"):
        with_sheet_data(_package(filled=True), {2: CELLS})
