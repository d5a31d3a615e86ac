"""Cells read by the patterns and by the parsers, whatever stands in them and however it is written."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.intake.guard import inspect
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.plain_sheet import PlainSheet
from perfbatch.package.plain_strings import PlainStrings
from perfbatch.package.raw_cell import RawCell
from perfbatch.package.texts import Run
from perfbatch.package.workbook import open_workbook
from tests.workbooks import zip_of

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STRUCK = 14
"""The style whose font is struck out."""
_FORMATS = (
    "General", "0", "0.00", "#,##0.00", "0%", "0.00%", "@", "yyyy\\年m\\月d\\日", "yyyy-mm-dd", "yyyy/m/d", "m/d/yy h:mm", "[h]:mm",
    '0.00"元"',
)  # fmt: skip
ROWS = 6


def package(rows: str, strings: str = "", rest: str = "", *, date1904: bool = False) -> bytes:
    """A workbook of one sheet, 表, with a style for each format."""
    formats = "".join(
        f'<numFmt numFmtId="{200 + at}" formatCode="{_quoted(code)}"/>' for at, code in enumerate(_FORMATS)
    )
    styles = "".join(f'<xf numFmtId="{200 + at}" applyNumberFormat="1"/>' for at in range(len(_FORMATS)))
    styles += "<xf/>" * (_STRUCK - len(_FORMATS)) + '<xf fontId="1"/>'
    fonts = "<fonts><font/><font><strike/></font></fonts>"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><workbookPr date1904="{date1904:d}"/><sheets><sheet name="表" sheetId="1" r:id="r0"/></sheets>'
        f"<definedNames><definedName name='a'>表!$A$1:$A${ROWS}</definedName></definedNames></workbook>",
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts>{formats}</numFmts>{fonts}<cellXfs>{styles}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{rest}</worksheet>',
    }
    return zip_of({name: ('<?xml version="1.0" encoding="UTF-8"?>\n' + part).encode() for name, part in parts.items()})


def _relations(*targets: tuple[str, str]) -> str:
    stated = "".join(
        f'<Relationship Id="r{at}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{stated}</Relationships>'


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def read(content: bytes, *, plainly: bool) -> list[RawCell] | str:
    try:
        workbook = open_workbook(inspect(content), Limits(), plainly=plainly)
        return workbook.column(workbook.names["a"])
    except SetAside as reason:
        return f"{reason.code} {reason.what}"


def understood(content: bytes) -> bool:
    part = inspect(content).whole("xl/worksheets/sheet1.xml") or b""
    return PlainSheet.read(part, Limits()) is not None


_texts = st.text(st.sampled_from("a 中\u3000\t\n<&>\"'_x0041\u200b\ufffd\U0001f600]"), max_size=8) | st.sampled_from(
    ["_x000D_", "&#65;", "]]>", "10万元", " 7 ", "&#13;", "&#x41;", "&nbsp;", "&amp;amp;"]
)
_numbers = st.sampled_from(
    ["0", "-0", "38", "1867.50", "007", "1e5", "1E-7", "-2.50", "1e400", "44197", "44197.5", "60", "61", "0.1", "+5", " 5", "1_000",
     "inf", "NaN", "", "1e", ".5", "5.", "2958465", "2958466"]
) | st.floats(allow_nan=False, allow_infinity=False).map(repr)  # fmt: skip
_values = st.one_of(
    st.tuples(st.sampled_from(["", ' t="n"', ' t="b"', ' t="e"', ' t="s"', ' t="d"']), _numbers),
    st.tuples(st.sampled_from([' t="str"', ' t="inlineStr"']), _texts),
    st.tuples(st.just(' t="e"'), st.sampled_from(["#REF!", "#N/A", "#SPILL!", "#BUSY!", "oops"])),
    st.tuples(st.just(' t="s"'), st.integers(0, 4).map(str)),
)
_formulas = st.sampled_from(
    ["", "<f>A2+1</f>", "<f/>", '<f>_xlfn.DISPIMG("ID_1",1)</f>', '<f aca="false">A2&amp;"x"</f>', '<f t="shared" ref="A1:A2" si="0">A2</f>', '<f t="array" ref="A1">A2</f>']
)  # fmt: skip


@st.composite
def cells(draw: st.DrawFn) -> str:
    """The rows of a sheet, mostly as programs write them."""
    rows = []
    for row in range(1, ROWS + 1):
        kind, value = draw(_values)
        style = draw(st.sampled_from(["", *(f' s="{at}"' for at in range(_STRUCK + 2))]))
        if "inlineStr" in kind:
            space = draw(st.sampled_from(["", ' xml:space="preserve"']))
            content = f"<is><t{space}>{_escaped(draw, value)}</t></is>"
        else:
            content = draw(_formulas) + draw(st.sampled_from([f"<v>{_escaped(draw, value)}</v>", "<v/>", ""]))
        odd = draw(st.sampled_from(["", "", "", "", "", "", ' cm="1"', ' vm="1"']))
        rows.append(f'<row r="{row}" ht="12"><c r="A{row}"{style}{kind}{odd}>{content}</c><c r="B{row}"{style}/></row>')
    return "".join(rows)


def _escaped(draw: st.DrawFn, text: str) -> str:
    return text if draw(st.integers(0, 9)) == 0 else text.replace("&", "&amp;").replace("<", "&lt;")


_strings = st.lists(
    st.one_of(
        _texts.map(lambda text: f"<si><t>{_quoted(text)}</t></si>"),
        _texts.map(lambda text: f'<si><t xml:space="preserve">{_quoted(text)}</t></si>'),
        st.tuples(_texts, _texts).map(
            lambda two: (
                f'<si><r><t>{_quoted(two[0])}</t></r><r><rPr><b/><sz val="9"/></rPr><t xml:space="preserve">{_quoted(two[1])}</t></r></si>'
            )
        ),
        st.tuples(
            _texts, _texts, st.sampled_from(["<strike/>", '<strike val="0"/>', '<vertAlign val="superscript"/>'])
        ).map(
            lambda two: f"<si><r><rPr>{two[2]}</rPr><t>{_quoted(two[0])}</t></r><r><t>{_quoted(two[1])}</t></r></si>"
        ),
        _texts.map(lambda text: f"<si><t>{_quoted(text)}</t><rPh sb='0' eb='1'><t>x</t></rPh></si>"),
        st.just("<si><t/></si>"),
        st.just("<si/>"),
    ),
    max_size=5,
).map("".join)
_merges = st.sampled_from(["", '<mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>'])


@settings(max_examples=400)
@given(rows=cells(), strings=_strings, rest=_merges, date1904=st.booleans())
def test_every_cell_is_the_same_both_ways(rows: str, strings: str, rest: str, date1904: bool) -> None:
    content = package(rows, strings, rest, date1904=date1904)
    assert repr(read(content, plainly=True)) == repr(read(content, plainly=False))


@settings(max_examples=200)
@given(rows=cells())
def test_the_rows_of_a_sheet_are_those_of_its_cells(rows: str) -> None:
    part = f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
    sheet = PlainSheet.read(part, Limits())
    assert sheet is None or sheet.rows == sorted({row for row, _ in sheet.parsed})


def test_a_row_of_blanks_alone_is_none() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>\u3000</v></c></row><row r="2"><c r="A2"><v/></c><c r="B2"><v>-1.5</v></c></row>'
        '<row r="3"><c r="A3" t="str"><v/></c></row><row r="4"><c r="A4"><f>B1</f></c></row><row r="5"><c r="A5" s="1"/></row>'
    )
    sheet = PlainSheet.read(f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode(), Limits())
    assert sheet is not None
    assert sheet.rows == [2, 3, 4]


def test_a_label_of_several_looks_is_each_workbooks_own() -> None:
    def labels(last: str) -> list[object]:
        runs = "".join(f'<r><rPr><b/><sz val="{size}"/></rPr><t>字{size}</t></r>' for size in range(9, 19))
        si = f"<si>{runs}<r><rPr><strike/></rPr><t>{last}</t></r></si>"
        strings = PlainStrings.read(f"<sst>{si}<si><t>{last}</t></si>{si}</sst>".encode(), Limits())
        assert strings is not None
        return [strings[number] for number in range(len(strings))]

    whole = [Run(f"字{size}", struck=False) for size in range(9, 19)]
    for last in ("甲", "乙", "甲"):
        several = (*whole, Run(last, struck=True))
        assert labels(last) == [several, last, several]


def row(cell: str) -> str:
    return f'<row r="1" spans="1:2" ht="12.5" customHeight="1" x14ac:dyDescent="0.2">{cell}</row>'


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ('<c r="A1"><v>38</v></c>', "number", 38.0),
        ('<c r="A1" s="3" t="n"><v>1867.50</v></c>', "number", 1867.5),
        ('<c r="A1" t="s"><v>0</v></c>', "text", "二、 金额"),
        ('<c r="A1" t="str"><f>B1</f><v> &lt;x&#65;&gt; </v></c>', "text", " <xA> "),
        ('<c r="A1" t="inlineStr"><is><t>&#20013;</t></is></c>', "text", "中"),
        ('<c r="A1" t="b"><v>1</v></c>', "bool", True),
        ('<c r="A1" t="e"><v>#REF!</v></c>', "error", "#REF!"),
        ('<c r="A1" s="7"><v>44197</v></c>', "date", date(2021, 1, 1)),
        ('<c r="A1" s="7"/>', "blank", None),
    ],
)
def test_what_programs_write_is_understood(cell: str, kind: str, value: object) -> None:
    strings = '<si><r><t>二、</t></r><r><rPr><sz val="12"/></rPr><t xml:space="preserve"> 金额</t></r></si>'
    content = package(row(cell), strings)
    assert understood(content)
    cells_read = read(content, plainly=True)
    assert isinstance(cells_read, list)
    assert (cells_read[0].kind, cells_read[0].value) == (kind, value)
    assert cells_read == read(content, plainly=False)


ROWS_OF_ODD_CELLS = [
    ('<c r="A1" t="e"><f>B1#</f><v>#SPILL!</v></c>', "error", "#SPILL!"),
    ('<c r="A1" t="e"><v>#BUSY!</v></c>', "error", "#BUSY!"),
    ('<c r="A1" t="e" vm="1"><v>#VALUE!</v></c>', "picture", None),
    ('<c r="A1" t="e" vm="1"><f>IMAGE(B1)</f><v>#VALUE!</v></c>', "picture", None),
    ('<c r="A1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>', "picture", None),
    ('<c r="A1" t="e" vm="1"><f>SEQUENCE(9)</f><v>#VALUE!</v></c>', "error", "#VALUE!"),
    ('<c r="A1" t="str"><v>甲_x000D_乙_x005F_x000D_</v></c>', "text", "甲\r乙_x000D_"),
    ('<c r="A1" t="str"><v>_xD83D__xDE00_</v></c>', "text", "\U0001f600"),
    ('<c r="A1" t="s"><v></v></c>', "blank", None),
    ('<c r="A1" t="s"><v/></c>', "blank", None),
    ('<c r="A1"><v>&#49;9</v></c>', "number", 19.0),
    ('<c r="A1"><v><![CDATA[20]]></v></c>', "number", 20.0),
    ('<c r="A1" t="inlineStr"><is><t><![CDATA[a<b]]></t></is></c>', "text", "a<b"),
    ('<c r="A1"><v> 5 </v></c>', "number", 5.0),
    ('<c r="A1" t="d"><v>2021-07-15T00:00:00Z</v></c>', "date", date(2021, 7, 15)),
    ('<c r="A1" t="d"><v>2021-07-15T10:30:00.000+08:00</v></c>', "date", datetime(2021, 7, 15, 10, 30)),  # noqa: DTZ001
    ('<c r="A1" t="d"><v>2021-07-15</v></c>', "date", date(2021, 7, 15)),
    ('<c r="A1" t="d"><v>soon</v></c>', "text", "soon"),
    ('<c r="A1" s="8"><v>44392.4375</v></c>', "date", datetime(2021, 7, 15, 10, 30)),  # noqa: DTZ001
    ('<c r="A1" s="8"><v>0.5</v></c>', "date", time(12)),
    ('<c r="A1" s="8"><v>60</v></c>', "number", 60.0),
    ('<c r="A1" t="b"><v>true</v></c>', "bool", True),
]


@pytest.mark.parametrize(("cell", "kind", "value"), ROWS_OF_ODD_CELLS)
@pytest.mark.parametrize("plainly", [True, False])
def test_what_odd_cells_hold(cell: str, kind: str, value: object, plainly: bool) -> None:
    cells = read(package(row(cell)), plainly=plainly)
    assert isinstance(cells, list)
    assert (cells[0].kind, cells[0].value) == (kind, value)


@pytest.mark.parametrize(
    "cell",
    ['<c r="A1"><v>1,000</v></c>', '<c r="A1"><v>NaN</v></c>', '<c r="A1" t="b"><v>2</v></c>', '<c r="A1" t="x"><v>1</v></c>',
     '<c r="A1" t="s"><v>0</v></c>', '<c r="A1" t="s"><v>-1</v></c>'],
)  # fmt: skip
@pytest.mark.parametrize("plainly", [True, False])
def test_f03_what_no_program_takes_for_a_value(cell: str, plainly: bool) -> None:
    assert read(package(row(cell)), plainly=plainly) == "F03 "


def test_a_day_of_the_1904_calendar() -> None:
    for plainly in (True, False):
        cells = read(package(row('<c r="A1" s="8"><v>42930</v></c>'), date1904=True), plainly=plainly)
        assert cells[0].value == date(2021, 7, 15)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("string", "text", "struck", "raised"),
    [
        ("<r><rPr><strike/></rPr><t>18</t></r><r><t>19</t></r>", "19", "1819", False),
        ("<r><t>19</t></r><r><rPr><strike/></rPr><t> </t></r>", "19", "", False),
        ('<r><t>19</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r>', "191", "", True),
        ('<r><rPr><vertAlign val="superscript"/></rPr><t>注</t></r><r><t>19</t></r>', "注19", "", True),
        ('<r><t>120m</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r>', "120m2", "", False),
        ('<r><rPr><vertAlign val="baseline"/></rPr><t>19</t></r><r><t>人</t></r>', "19人", "", False),
        ('<r><rPr><vertAlign val="superscript"/></rPr><t>19</t></r>', "19", "", False),
    ],
)
@pytest.mark.parametrize("plainly", [True, False])
def test_struck_out_text_is_not_there_and_raised_text_is_told(
    string: str, text: str, struck: str, raised: bool, plainly: bool
) -> None:
    cells = read(package(row('<c r="A1" t="s"><v>0</v></c>'), f"<si>{string}</si>"), plainly=plainly)
    assert isinstance(cells, list)
    assert (cells[0].value, cells[0].struck, cells[0].raised) == (text, struck, raised)


@pytest.mark.parametrize(
    ("cell", "struck"),
    [
        (f'<c r="A1" s="{_STRUCK}"><v>20</v></c>', "20"),
        (f'<c r="A1" s="{_STRUCK}"><f>10+10</f><v>20</v></c>', "20"),
        (f'<c r="A1" s="{_STRUCK}" t="inlineStr"><is><t>二十</t></is></c>', "二十"),
        (f'<c r="A1" s="{_STRUCK}" t="s"><v>0</v></c>', "二十"),
    ],
)
@pytest.mark.parametrize("plainly", [True, False])
def test_a_cell_that_is_struck_out_is_blank(cell: str, struck: str, plainly: bool) -> None:
    cells = read(package(row(cell), "<si><t>二十</t></si>"), plainly=plainly)
    assert isinstance(cells, list)
    assert (cells[0].kind, cells[0].value, cells[0].formula, cells[0].struck) == ("blank", None, None, struck)


@pytest.mark.parametrize(
    "cell",
    [
        '<c s="1" r="A1"><v>1</v></c>',
        '<c r="A2"><v>1</v></c>',
        '<c r="A1"> <v>1</v></c>',
        '<c r="A1"><!-- --><v>1</v></c>',
        '<c r="A1"><v>&nbsp;</v></c>',
        '<c r="A1"><v>&#0;</v></c>',
        '<c r="A1" t="s"><v>one</v></c>',
        '<c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c>',
        '<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>',
        '<c r="XFD1"><v>1</v></c>',
        '<c r="A1"><v>1</v><f>B1</f></c>',
        '<x:c r="A1"><x:v>1</x:v></x:c>',
        '<c r="A1" t="str"><v>]]&gt;</v></c><c r="B1" t="str"><v>]]></v></c>',
    ],
)
def test_anything_else_is_left_to_the_parsers(cell: str) -> None:
    content = package(f'<row r="1">{cell}</row>')
    assert not understood(content)
    assert read(content, plainly=True) == read(content, plainly=False)


@pytest.mark.parametrize(
    "strings",
    [
        "<si/>",
        "<si><t>a</t><t>b</t></si>",
        "<si><t>&bad;</t></si>",
        "<si> <t>a</t></si>",
        "<!-- --><si><t>a</t></si>",
        "",
    ],
)
def test_strings_that_are_left_to_the_parsers(strings: str) -> None:
    part = f'<sst xmlns="{_MAIN}">{strings}</sst>'.encode()
    assert PlainStrings.read(part, Limits()) is None


def test_what_strings_claim_to_be_does_not_matter() -> None:
    for claim in ('uniqueCount="0"', 'uniqueCount="99999"', 'count="x" uniqueCount="4294967295"'):
        strings = PlainStrings.read(f'<sst xmlns="{_MAIN}" {claim}><si><t>a</t></si></sst>'.encode(), Limits())
        assert strings is not None
        assert (len(strings), strings[0]) == (1, "a")


def test_runs_that_are_struck_out_or_raised_keep_their_look() -> None:
    runs = '<r><rPr><sz val="9"/><strike/></rPr><t>18</t></r><r><rPr><strike val="0"/><vertAlign val="superscript"/></rPr><t>19</t></r>'
    strings = PlainStrings.read(f'<sst xmlns="{_MAIN}"><si>{runs}<r><t>人</t></r></si></sst>'.encode(), Limits())
    assert strings is not None
    assert strings[0] == (Run("18", True), Run("19", False, True), Run("人"))
