"""What formulas are worth before anybody opens the form: by hand, and as LibreOffice has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from perfbatch.template.calculation import Calculation, FormulaFault, names_elsewhere, relative
from perfbatch.template.calculation.functions import FUNCTIONS
from perfbatch.template.calculation.values import CellBlock
from tests.recalculation import recalculate

# Column A of the sheet 数据; A4 is blank.
DATA = (3, "abc", -2.5, None, 0, "无", 10, "ABC*", "待定", " 两 字 ")
NAMES = {"amounts": CellBlock("数据", 0, 0, 6, 0)}

EXPECTED: dict[str, Any] = {
    "1+2*3-4/8": 6.5,
    "-(2-5)+ -1": 2.0,
    "50%": 0.5,
    '"a"&1.5&"""b"""': 'a1.5"b"',
    '1&""&100000000&0.000001': "11000000000.000001",
    "1<2": True,
    "2<>2": False,
    '"B">"a"': True,
    '"a"="A"': True,
    '5<"4"': True,
    "数据!A4=0": True,
    '数据!A4=""': True,
    "数据!A4&1": "1",
    "数据!A1+数据!A4": 3.0,
    "IF(数据!A1>2,数据!A2,1/0)": "abc",
    "IF(FALSE,1)": False,
    "IF(数据!A4,1,2)": 2.0,
    "AND(TRUE,1,数据!A1)": True,
    "AND(TRUE,数据!A5)": False,
    "OR(FALSE,数据!A1>9)": False,
    "NOT(数据!A5)": True,
    "SUM(amounts)": 10.5,
    "SUM(amounts)-INDEX(amounts,1)": 7.5,
    "SUM(1,2,数据!A1:A3)": 3.5,
    'LENB("中2，")': 5.0,
    'SUBSTITUTE("a"&CHAR(10)&"b",CHAR(10),"")': "ab",
    'RIGHT("(5分)",2)': "分)",
    'RIGHT("a",0)': "",
    'RIGHT("a",3)': "a",
    "COUNT(amounts)": 4.0,
    "COUNT(数据!A1:A10)": 4.0,
    'COUNTIF(数据!A1:A10,"abc*")': 2.0,
    'COUNTIF(数据!A1:A10,"ABC~*")': 1.0,
    'COUNTIF(数据!A1:A10,">=0")': 3.0,
    'COUNTIF(数据!A1:A10,"ab?")': 1.0,
    "COUNTIF(数据!A1:A10,0)": 1.0,
    'COUNTIF(数据!A1:A10,"<>0")': 9.0,
    'SUMIF(数据!A1:A7,">0",数据!A1:A7)': 13.0,
    "SUMIF(数据!A1:A7,10,数据!A1:A7)": 10.0,
    'SUMIFS(数据!A1:A7,数据!A1:A7,">=0",数据!A1:A7,"<5")': 3.0,
    "SUMPRODUCT((数据!A1:A5>=0)*1)": 4.0,
    "SUMPRODUCT(N(数据!A1:A3=3))": 1.0,
    'SUMPRODUCT(N(ISNUMBER(FIND({"b","z"},数据!A2))))': 1.0,
    "SUMPRODUCT(数据!A1:A3,数据!A1:A3)": 15.25,
    "ROWS(amounts)": 7.0,
    "ROWS(A$1:A3)": 3.0,
    "ROW(数据!A7)": 7.0,
    "INDEX(amounts,2)": "abc",
    "INDEX(amounts,4)": 0.0,
    'INDEX(amounts,4)=""': True,
    'IF(ROWS(amounts)<8,"",INDEX(amounts,8))': "",
    'MATCH("ABC",数据!A1:A10,0)': 2.0,
    "MATCH(10,amounts,0)": 7.0,
    'ISNUMBER(MATCH("z",amounts,0))': False,
    "ISERROR(1/0)": True,
    "ISERROR(INDEX(amounts,8))": True,
    "ISNUMBER(数据!A4)": False,
    "ISNUMBER(数据!A9)": False,
    "IFERROR(1/0,5)": 5.0,
    "ABS(-2.5)": 2.5,
    "INT(-2.5)": -3.0,
    "SIGN(-0.1)": -1.0,
    "MAX(数据!A1:A7)": 10.0,
    "MIN(0,数据!A1:A7)": -2.5,
    "MAX(数据!A2,数据!A4)": 0.0,
    "ROUND(2.5,0)": 3.0,
    "ROUND(-2.5,0)": -3.0,
    "ROUND(1.005,2)": 1.01,
    "ROUND(274.98*1000000,0)": 274980000.0,
    "N(数据!A2)": 0.0,
    "N(TRUE)": 1.0,
    'TRIM("  a   b ")': "a b",
    "TRIM(数据!A10)": "两 字",
    "LEFT(数据!A2,2)": "ab",
    "LEFT(数据!A2)": "a",
    'MID("abcdef",2,3)': "bcd",
    "LEN(数据!A6)": 1.0,
    'EXACT("a","A")': False,
    "EXACT(数据!A2,数据!A2)": True,
    'FIND("c",数据!A2)': 3.0,
    'DATEVALUE("2021-8-03")': 44411.0,
    'IFERROR(DATEVALUE("2021-2-30"),0)': 0.0,
    'IFERROR(DATEVALUE(""),0)': 0.0,
    'SUBSTITUTE("a-b-c","-","")': "abc",
    'TEXT(1.5,"0.00####")': "1.50",
    'TEXT(-0.125678,"0.00####")': "-0.125678",
    'TEXT(1234.5,"0.00%")': "123450.00%",
    'HYPERLINK("#amounts","到此")': "到此",
}
FAULTS = {
    "1/0": "#DIV/0!",
    '1+"x"': "#VALUE!",
    "INDEX(amounts,8)": "#REF!",
    "MATCH(99,amounts,0)": "#N/A",
    "SUM(1/0)": "#DIV/0!",
    "unknown_name": "#NAME?",
}


def worth(formula: str) -> Any:
    cells = Calculation(NAMES)
    for row, value in enumerate(DATA):
        cells.put("数据", row, 0, value)
    cells.put_formula("算", 2, 1, formula)
    return cells.value("算", 2, 1)


@pytest.mark.parametrize("formula", EXPECTED, ids=str)
def test_a_formula_is_worth(formula: str) -> None:
    expected = EXPECTED[formula]
    value = worth(formula)
    assert value == pytest.approx(expected) if isinstance(expected, float) else value == expected
    assert isinstance(value, bool) == isinstance(expected, bool)


@pytest.mark.parametrize("formula", FAULTS, ids=str)
def test_an_error_is_an_error(formula: str) -> None:
    with pytest.raises(FormulaFault) as caught:
        worth(formula)
    assert str(caught.value) == FAULTS[formula]


def test_every_function_has_a_case() -> None:
    assert {name for name in FUNCTIONS if not any(f"{name}(" in formula for formula in EXPECTED)} == set()


@pytest.mark.libreoffice
def test_libreoffice_says_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    data = book.active
    data.title = "数据"
    for row, value in enumerate(DATA, start=1):
        data.cell(row, 1).value = value
    book.defined_names["amounts"] = DefinedName("amounts", attr_text="数据!$A$1:$A$7")
    sheet = book.create_sheet("算")
    for column, formula in enumerate(EXPECTED, start=1):
        sheet.cell(3, column).value = "=" + formula
    path = tmp_path / "formulas.xlsx"
    book.save(path)
    recalculate([path], tmp_path / "out", tmp_path / "profile")
    calculated = openpyxl.load_workbook(tmp_path / "out" / "formulas.xlsx", data_only=True)["算"]
    parted = {}
    for column, (formula, expected) in enumerate(EXPECTED.items(), start=1):
        value = calculated[f"{get_column_letter(column)}3"].value
        same = (value or "") == expected if isinstance(expected, str) else value == pytest.approx(expected)
        if not same:
            parted[formula] = value
    assert parted == {}


def test_a_formula_that_leads_to_itself_is_the_programs_fault() -> None:
    cells = Calculation({})
    cells.put_formula("a", 0, 0, "B1+1")
    cells.put_formula("a", 0, 1, "A1+1")
    with pytest.raises(ValueError, match="leads to itself"):
        cells.value("a", 0, 0)


@pytest.mark.parametrize("formula", ["1+", "SUM(1", "(1", "1 2", "NOSUCH(1)", "A1:", '"a'])
def test_what_is_not_understood_is_the_programs_fault(formula: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        worth(formula)


def test_formulas_filled_down_read_alike_from_their_cells() -> None:
    assert relative('IF(B2>$C$1,SUM(B$2:B2),"B2")', 1, 3) == 'IF(R[0]C[-2]>R1C3,SUM(R2C[-2]:R[0]C[-2]),"B2")'
    assert relative("SUM(B2:B9)*AA1", 4, 2) == relative("SUM(B3:B10)*AA2", 5, 2)
    assert relative("'a B2'!C7+LOG10(1)+_live_A1", 6, 2) == "'a B2'!R[0]C[0]+LOG10(1)+_live_A1"


@pytest.mark.parametrize(
    ("formula", "elsewhere"),
    [
        ("SUM(B2:B9)", False),
        ('IF(B2="a!b",TRUE,"entity_name")', False),
        ("ROWS(entity_name)", True),
        ("_live!B2", True),
        ("'收支情况'!B2", True),
        ("SUM(名称)", True),
    ],
)
def test_which_formulas_name_something_elsewhere(formula: str, elsewhere: bool) -> None:
    assert names_elsewhere(formula) is elsewhere
