"""Cells read by the patterns and by the parsers, whatever stands in them and however it is written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.intake.guard import inspect
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.plain_sheet import PlainSheet, PlainStrings, count_plainly
from perfbatch.package.workbook import RawCell, open_workbook
from tests.workbooks import zip_of

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_FORMATS = (
    "General", "0", "0.00", "#,##0.00", "0%", "0.00%", "@", "yyyy\\年m\\月d\\日", "yyyy-mm-dd", "yyyy/m/d", "m/d/yy h:mm", "[h]:mm",
    '0.00"元"',
)  # fmt: skip
ROWS = 6


def package(rows: str, strings: str = "", rest: str = "") -> bytes:
    """A workbook of one sheet, 表, with a style for each format."""
    formats = "".join(f'<numFmt numFmtId="{200 + at}" formatCode="{_quoted(one)}"/>' for at, one in enumerate(_FORMATS))
    styles = "".join(f'<xf numFmtId="{200 + at}" applyNumberFormat="1"/>' for at in range(len(_FORMATS)))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="表" sheetId="1" r:id="r0"/></sheets>'
        f"<definedNames><definedName name='a'>表!$A$1:$A${ROWS}</definedName></definedNames></workbook>",
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts>{formats}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>',
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
    part = inspect(content).parts["xl/worksheets/sheet1.xml"]
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
    st.tuples(st.just(' t="e"'), st.sampled_from(["#REF!", "#N/A", "#DIV/0!", "#NAME?", "oops"])),
    st.tuples(st.just(' t="s"'), st.integers(0, 4).map(str)),
)
_formulas = st.sampled_from(
    ["", "<f>A2+1</f>", "<f/>", '<f aca="false">A2&amp;"x"</f>', '<f t="shared" ref="A1:A2" si="0">A2</f>', '<f t="array" ref="A1">A2</f>']
)  # fmt: skip


@st.composite
def cells(draw: st.DrawFn) -> str:
    """The rows of a sheet, mostly as programs write them."""
    rows = []
    for row in range(1, ROWS + 1):
        kind, value = draw(_values)
        style = draw(st.sampled_from(["", *(f' s="{at}"' for at in range(len(_FORMATS) + 1))]))
        if "inlineStr" in kind:
            space = draw(st.sampled_from(["", ' xml:space="preserve"']))
            content = f"<is><t{space}>{_escaped(draw, value)}</t></is>"
        else:
            content = draw(_formulas) + draw(st.sampled_from([f"<v>{_escaped(draw, value)}</v>", "<v/>", ""]))
        odd = draw(st.sampled_from(["", "", "", "", "", "", ' cm="1"']))
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
        _texts.map(lambda text: f"<si><t>{_quoted(text)}</t><rPh sb='0' eb='1'><t>x</t></rPh></si>"),
        st.just("<si><t/></si>"),
        st.just("<si/>"),
    ),
    max_size=5,
).map("".join)
_merges = st.sampled_from(["", '<mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>'])


@settings(max_examples=400, deadline=None)
@given(rows=cells(), strings=_strings, rest=_merges)
def test_every_cell_is_the_same_both_ways(rows: str, strings: str, rest: str) -> None:
    content = package(rows, strings, rest)
    assert repr(read(content, plainly=True)) == repr(read(content, plainly=False))


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
    found = read(content, plainly=True)
    assert isinstance(found, list)
    assert (found[0].kind, found[0].value) == (kind, value)
    assert found == read(content, plainly=False)


def test_an_error_that_the_value_reader_does_not_know_is_an_error() -> None:
    content = package(row('<c r="A1" t="e"><f>B1#</f><v>#SPILL!</v></c>'))
    assert read(content, plainly=True)[0] == RawCell("表", "A1", 1, 1, "error", "#SPILL!", "B1#", True, "General")  # type: ignore[index]


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


def test_strings_that_claim_to_be_more_are_left_to_the_parsers() -> None:
    part = f'<sst xmlns="{_MAIN}" uniqueCount="2"><si><t>a</t></si></sst>'
    assert PlainStrings.read(part.encode(), Limits()) is None
    right = PlainStrings.read(part.replace('"2"', '"1"').encode(), Limits())
    assert right is not None
    assert (len(right), right[0]) == (1, "a")


@pytest.mark.parametrize(
    ("cell", "references"),
    [('<c r="A1" t="s"><v>0</v></c>', 1), ('<c r="A1"><f>B1</f><v>0</v></c>', 0), ('<c r="ZZ1"><v>0</v></c>', None)],
)
def test_a_sheet_that_nobody_reads_is_counted(cell: str, references: int | None) -> None:
    part = inspect(package(f'<row r="1">{cell}</row>')).parts["xl/worksheets/sheet1.xml"]
    extent = count_plainly(part, Limits())
    assert (None if extent is None else extent.references) == references
