"""What runs or reaches out of a workbook is named: in its parts, its relationships, its names, its formulas."""

from __future__ import annotations

import pytest

from perfbatch.intake.guard import inspect
from perfbatch.model.limits import Limits
from perfbatch.package.active import active_formula, active_parts
from tests.workbooks import blank, repack

RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        ('WEBSERVICE("http://a.example/x")', "WEBSERVICE 公式"),
        ('_xlfn.WEBSERVICE(A1)&""', "WEBSERVICE 公式"),
        ('IF(A1=1,HYPERLINK("http://a.example","x"),"")', "HYPERLINK 公式"),
        ('hyperlink( "file:///c:/a.exe")', "HYPERLINK 公式"),
        ("HYPERLINK(A1)", "HYPERLINK 公式"),
        ('RTD("a",,"b")', "RTD 公式"),
        ('CALL("kernel32","WinExec","JCJ","calc",5)', "调用外部程序的公式"),
        ('REGISTER.ID("user32","x")', "调用外部程序的公式"),
        ('DDE("soffice";"a";"b")', "调用外部程序的公式"),
        ("cmd|'/c calc'!A0", "DDE 链接"),
        ("'Excel'|'a'!b", "DDE 链接"),
        ("[1]Sheet1!A1", "外部工作簿链接"),
        ("SUM('[1]收支情况'!C7:C9)", "外部工作簿链接"),
        (r"'\\server\x\[a.xlsx]S'!A1", "外部工作簿链接"),
        ("[2]!总数", "外部工作簿链接"),
        ('_xlfn.IMAGE("https://a.example/x.png")', "IMAGE 公式"),
    ],
)
def test_active_formulas(formula: str, word: str) -> None:
    assert active_formula(formula) == word


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(A1:B2)",
        'HYPERLINK("#\'收支情况\'!A1","转到")',
        'IF(A1="cmd|x!y",1,2)',
        'IF(A1="CALL(",1,2)',
        "SUM(表1[[#All],[金额]])",
        "表1[金额]",
        'TEXT(A1,"[红色]0")',
        '_xlfn.DISPIMG("ID_1",1)',
        "RECALL(A1)",
    ],
)
def test_formulas_that_stay_in_their_workbook(formula: str) -> None:
    assert active_formula(formula) == ""


def words(**changes: bytes) -> list[str]:
    return active_parts(inspect(repack(blank(), dict(changes.items()))), Limits())


def related(kind: str, target: str, *, outside: bool = False, base: str = OFFICE) -> bytes:
    mode = ' TargetMode="External"' if outside else ""
    return RELS.format(f'<Relationship Id="rId1" Type="{base}{kind}" Target="{target}"{mode}/>').encode()


def test_a_blank_form_holds_nothing_active() -> None:
    assert words() == []


@pytest.mark.parametrize(
    ("part", "content", "word"),
    [
        ("xl/vbaProject.bin", b"x", "宏"),
        ("xl/macrosheets/sheet1.xml", b"<a/>", "Excel 4.0 宏表"),
        ("xl/externalLinks/externalLink1.xml", b"<externalLink/>", "外部工作簿链接"),
        ("xl/connections.xml", b"<connections/>", "数据连接"),
        ("xl/queryTables/queryTable1.xml", b"<queryTable/>", "网页查询"),
        ("xl/embeddings/oleObject1.bin", b"x", "嵌入对象（OLE）"),
        ("xl/activeX/activeX1.xml", b"<a/>", "ActiveX 控件"),
        ("xl/webextensions/taskpanes.xml", b"<a/>", "加载项"),
        ("customUI/customUI14.xml", b"<a/>", "自定义界面"),
        ("xl/x/_rels/y.xml.rels", related("vbaProject", "z.bin"), "宏"),
        ("xl/x/_rels/y.xml.rels", related("oleObject", "z.bin"), "嵌入对象（OLE）"),
        ("xl/x/_rels/y.xml.rels", related("connections", "z.xml"), "数据连接"),
        ("xl/x/_rels/y.xml.rels", related("image", "http://a.example/x.png", outside=True), "引用外部文件的部件"),
        ("xl/x/_rels/y.xml.rels", related("hyperlink", "file:///c:/x.exe", outside=True), "指向文件的超链接"),
        ("xl/x/_rels/y.xml.rels", related("hyperlink", r"\\server\x", outside=True), "指向文件的超链接"),
        ("xl/x/_rels/y.xml.rels", related("ui/extensibility", "z.xml", base="http://schemas.microsoft.com/office/2006/relationships/"), "自定义界面"),
    ],
)  # fmt: skip
def test_active_parts(part: str, content: bytes, word: str) -> None:
    assert words(**{part: content}) == [word]


@pytest.mark.parametrize("target", ["http://a.example", "mailto:a@example.cn", "../a.docx"])
def test_a_link_to_be_clicked_is_none(target: str) -> None:
    assert words(**{"xl/x/_rels/y.xml.rels": related("hyperlink", target, outside=True)}) == []


def test_a_dde_link_is_named_beside_the_link() -> None:
    link = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    assert words(**{"xl/externalLinks/externalLink1.xml": link}) == ["外部工作簿链接", "DDE 链接"]
