"""OpenDocument spreadsheets: what stands in their cells, and what is refused before it is believed."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from perfbatch.intake import open_document
from perfbatch.intake.formats import FormWorkbook, open_form
from perfbatch.intake.reader import STAMP_SHEET, read_submission
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.addresses import Area
from tests.open_documents import cell, spreadsheet
from tests.workbooks import rulebook

SAMPLE = Path(__file__).parents[1] / "forms" / "408001.ods"
SHIPPED = Path(__file__).parents[2] / "inbox" / "408001岳阳市云溪区审计局.xlsx"
ROW = "<table:table-row>{}</table:table-row>"


def opened(content: bytes, limits: Limits | None = None) -> FormWorkbook:
    return open_form(content, limits or Limits(), {"x"}, (STAMP_SHEET,))


def first(cells: str, styles: str = "", **more: str) -> object:
    """The first cell of a sheet."""
    return opened(spreadsheet(ROW.format(cells), {"x": "$表.$A$1"}, styles=styles, **more)).cell("表", 1, 1)


def refusal(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(SetAside) as refused:
        opened(content, limits)
    return refused.value.code


def test_the_sample_says_what_the_workbook_says_that_it_was_saved_from() -> None:
    shipped = read_submission(SHIPPED.read_bytes(), "a", rulebook())
    sample = read_submission(SAMPLE.read_bytes(), "a", rulebook())
    assert sample.columns == shipped.columns
    assert [finding.code for finding in sample.findings if finding not in shipped.findings] == ["C11"]
    assert set(shipped.findings) <= set(sample.findings)


@pytest.mark.parametrize(
    ("markup", "kind", "value"),
    [
        (cell("float", "274.98"), "number", 274.98),
        (cell("percentage", "0.9"), "number", 0.9),
        (cell("string", text="优秀"), "text", "优秀"),
        (cell("string", text="a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d"), "text", "a   b\tc\nd"),
        (cell("string", text="一</text:p><text:p>二"), "text", "一\n二"),
        (cell("string", text="<text:span>一</text:span>二"), "text", "一二"),
        (cell("string", text="上<office:annotation><text:p>批注</text:p></office:annotation>下"), "text", "上下"),
        (cell("boolean", "true"), "bool", True),
        (cell("date", "2021-07-15"), "date", date(2021, 7, 15)),
        (cell("string", text="#REF!", more='table:formula="of:=#REF!" calcext:value-type="error"'), "error", "#REF!"),
        (cell("string", text="Err:502", more='table:formula="of:=X" calcext:value-type="error"'), "error", "#VALUE!"),
        ('<table:table-cell table:style-name="none"/>', "blank", None),
    ],
)
def test_what_a_cell_holds(markup: str, kind: str, value: object) -> None:
    read = first(markup)
    assert (read.kind, read.value) == (kind, value)  # type: ignore[attr-defined]


def test_a_percentage_without_a_style_is_one() -> None:
    assert first(cell("percentage", "0.9")).percent  # type: ignore[attr-defined]


def test_a_time_under_the_style_of_times() -> None:
    style = '<number:time-style style:name="N1"><number:hours/><number:text>:</number:text><number:minutes/></number:time-style>'
    style += '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    read = first(cell("time", "PT10H30M00S", more='table:style-name="ce1"'), style)
    assert (read.kind, read.value) == ("date", time(10, 30))  # type: ignore[attr-defined]


def test_a_formula_that_nobody_calculated() -> None:
    read = first('<table:table-cell table:formula="of:=[.B1]"/>')
    assert (read.kind, read.has_value) == ("blank", False)  # type: ignore[attr-defined]
    assert read.formula is not None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("style", "code"),
    [
        (
            '<number:number-style style:name="N"><number:number number:min-integer-digits="1"/></number:number-style>',
            "",
        ),
        (
            '<number:number-style style:name="N"><number:number number:decimal-places="2" number:min-integer-digits="1" '
            'number:grouping="true"/></number:number-style>',
            "#,##0.00",
        ),
        (
            '<number:percentage-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1"/>'
            "<number:text>%</number:text></number:percentage-style>",
            "0%",
        ),
        (
            '<number:number-style style:name="N"><number:number number:decimal-places="2" number:min-integer-digits="1"/>'
            "<number:text>元</number:text></number:number-style>",
            '0.00"元"',
        ),
        (
            '<number:number-style style:name="N"><number:number number:decimal-places="2" number:min-integer-digits="1" '
            'number:display-factor="1000"/></number:number-style>',
            "0,.00",
        ),
        (
            '<number:number-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="5">'
            '<number:embedded-text number:position="4">.</number:embedded-text></number:number></number:number-style>',
            '0"."0000',
        ),
        (
            '<number:number-style style:name="P"><number:number number:decimal-places="1" number:min-integer-digits="1"/>'
            '</number:number-style><number:number-style style:name="N"><style:text-properties fo:color="#ff0000"/>'
            '<number:text>-</number:text><number:number number:decimal-places="1" number:min-integer-digits="1"/>'
            '<style:map style:condition="value()&gt;=0" style:apply-style-name="P"/></number:number-style>',
            "0.0;[Red]-0.0",
        ),
    ],
)
def test_number_formats(style: str, code: str) -> None:
    style += '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N"/>'
    assert first(cell("float", "3", more='table:style-name="ce1"'), style).number_format == code  # type: ignore[attr-defined]


def test_a_style_comes_from_the_row_or_the_column_where_the_cell_has_none() -> None:
    style = (
        '<number:percentage-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1"/>'
        "<number:text>%</number:text></number:percentage-style>"
        '<style:style style:name="up" style:family="table-cell" style:data-style-name="N"/>'
        '<style:style style:name="ce1" style:family="table-cell" style:parent-style-name="up"/>'
    )
    column = '<table:table-column table:number-columns-repeated="3" table:default-cell-style-name="ce1"/>'
    assert first(cell("float", "3"), style, columns=column).number_format == "0%"  # type: ignore[attr-defined]
    row = f'<table:table-row table:default-cell-style-name="ce1">{cell("float", "3")}</table:table-row>'
    assert opened(spreadsheet(row, {"x": "$表.$A$1"}, styles=style)).cell("表", 1, 1).number_format == "0%"


def test_what_is_struck_out_does_not_count() -> None:
    style = (
        '<style:style style:name="T1" style:family="text">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="T2" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>'
        '<style:style style:name="ce1" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    )
    part = first(cell("string", text="<text:span text:style-name='T1'>12</text:span>34"), style)
    assert (part.value, part.struck) == ("34", "1234")  # type: ignore[attr-defined]
    whole = first(cell("float", "3", more='table:style-name="ce1"'), style)
    assert (whole.kind, whole.struck) == ("blank", "3")  # type: ignore[attr-defined]
    assert first(cell("string", text="5<text:span text:style-name='T2'>2</text:span>"), style).raised  # type: ignore[attr-defined]


def test_rows_and_columns_that_stand_for_many() -> None:
    repeated = cell("float", "7", more='table:number-columns-repeated="2"')
    rows = f'<table:table-row table:number-rows-repeated="3">{repeated}{cell("float", "8")}</table:table-row>'
    rows += '<table:table-row table:number-rows-repeated="1048573"><table:table-cell/></table:table-row>'
    book = opened(spreadsheet(rows, {"x": "$表.$A$1:.$A$3"}))
    assert [[book.cell("表", row, column).value for column in (1, 2, 3, 4)] for row in (1, 3, 4)] == [
        [7, 7, 8, None],
        [7, 7, 8, None],
        [None] * 4,
    ]
    assert [raw.value for raw in book.column(book.names["x"])] == [7, 7, 7]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (f'<table:table-row table:number-rows-repeated="1000000">{cell("float", "7")}</table:table-row>', "F07"),
        (ROW.format(cell("float", "7", more='table:number-columns-repeated="1000000"')), "F07"),
        (f'<table:table-row table:number-rows-repeated="99999999">{cell("float", "7")}</table:table-row>', "F03"),
        (ROW.format(cell("float", "7", more='table:number-columns-repeated="0"')), "F03"),
        (ROW.format(cell("float", "seven")), "F03"),
        (ROW.format(cell("time", "ten")), "F03"),
    ],
)
def test_what_is_too_much_or_no_value_is_refused(rows: str, code: str) -> None:
    assert refusal(spreadsheet(rows, {"x": "$表.$A$1"})) == code


def test_a_merged_area_is_read_once() -> None:
    merged = cell("string", text="标题", more='table:number-columns-spanned="2" table:number-rows-spanned="2"')
    rows = ROW.format(merged + "<table:covered-table-cell/>") + ROW.format("<table:covered-table-cell/>" * 2)
    book = opened(spreadsheet(rows, {"x": "$表.$B$2"}))
    assert book.cell("表", 2, 2).cell == "A1"
    book.claim({"x": Area("表", 2, 2, 2, 2), "y": Area("表", 1, 1, 1, 1)})
    assert book.cell("表", 2, 2).kind == "blank"


def test_names() -> None:
    behind = '<table:named-expressions><table:named-range table:name="far" table:cell-range-address="\'file:///a.ods\'#$表.$A$1"/></table:named-expressions>'
    own = '<table:named-expressions><table:named-range table:name="x" table:cell-range-address="$表.$C$3"/></table:named-expressions>'
    names = {"x": "$表.$A$1:.$A$4", "Y": "$表.B2", "two": "$表.$A$1:$_perfbatch.$A$4", "gone": "$表.#REF!"}
    book = opened(spreadsheet(own + ROW.format(cell("float", "1")), names, behind=behind))
    assert dict(book.names) == {"x": Area("表", 1, 1, 4, 1), "y": Area("表", 2, 2, 2, 2)}
    assert dict(book.twins) == {"x": (Area("表", 3, 3, 3, 3),)}
    assert book.elsewhere == frozenset({"far"})


def test_what_reaches_out_is_told() -> None:
    formula = cell("float", "1", more="table:formula=\"of:=['file:///c/b.ods'#$A.A1]\"")
    book = opened(spreadsheet(ROW.format(formula), {"x": "$表.$A$1"}, parts={"Basic/Standard/Module1.xml": b"<a/>"}))
    assert book.active_content() == ["宏", "外部工作簿链接"]
    libraries = {"Basic/Standard/script-lb.xml": b"<a/>"}
    assert (
        opened(spreadsheet(ROW.format(cell("float", "1")), {"x": "$表.$A$1"}, parts=libraries)).active_content() == []
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (spreadsheet(stamp=""), "F05"),
        (spreadsheet(parts={"META-INF/manifest.xml": b"<a><manifest:encryption-data/></a>"}), "F02"),
        (spreadsheet(before="<!DOCTYPE a [<!ENTITY b 'c'>]>"), "F03"),
        (spreadsheet(parts={"[Content_Types].xml": b"<Types/>"}), "F03"),
        (
            spreadsheet(
                '<table:table-row><table:table-cell><table:table table:name="a"/></table:table-cell></table:table-row>'
            ),
            "F03",
        ),
    ],
)
def test_refusals(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_without_the_stamp_nothing_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(open_document, "scan_part", parse)
    assert refusal(spreadsheet(stamp="")) == "F05"
    with pytest.raises(AssertionError, match="parsed"):
        opened(spreadsheet())


def test_a_stamp_that_stands_elsewhere_is_none() -> None:
    assert refusal(spreadsheet(ROW.format('<table:table-cell table:name="_perfbatch"/>'), stamp="")) == "F05"
