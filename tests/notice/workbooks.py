"""Workbooks to mark, and the findings to mark them with."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from datetime import date
from functools import lru_cache

import xlsxwriter

from perfbatch.model.findings import Finding, Severity
from perfbatch.notice import NoticeHeading
from tests.workbooks import blank, fill

HEADING = NoticeHeading("116001", "区工会", date(2021, 7, 20), date(2021, 8, 10), key_label="预算编码")
INJECTION = "=cmd|'/c calc'!A0"


def finding(sheet: str, cell: str, severity: Severity = Severity.ERROR, **texts: str) -> Finding:
    """A finding at a cell; texts by the finding's own names."""
    given = {"reported": "10", "expected": "16", "difference": "-6", "message": "不一致", "remedy": "核对"} | texts
    return Finding("R14", severity, "116001", "a.xlsx", sheet, cell, "on_post_staff", **given)


def parts(content: bytes) -> dict[str, bytes]:
    """Part name → content, in the order of the package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def changed(before: bytes, after: bytes) -> tuple[set[str], set[str], set[str]]:
    """Parts that are new, gone, different."""
    old, new = parts(before), parts(after)
    return (
        new.keys() - old.keys(),
        old.keys() - new.keys(),
        {name for name in old if name in new and old[name] != new[name]},
    )


def png() -> bytes:
    """A picture of one red dot."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
        + chunk(b"IEND", b"")
    )


@lru_cache(maxsize=1)
def rich() -> bytes:
    """A workbook with everything that loading and saving loses: picture, chart, comments, rich text, formats, names …"""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    bold, yellow = book.add_format({"bold": True}), book.add_format({"bg_color": "#FFFF00", "num_format": "0.00"})
    first, second, hidden = book.add_worksheet("数据"), book.add_worksheet("O'Neil & <子>"), book.add_worksheet("藏")
    for row in range(8):
        first.write_row(row, 0, [row, row * 1.5, f"第{row}行"], yellow if row == 3 else None)
    first.write_formula("D1", "=SUM(A1:A8)", None, 28)
    first.write_array_formula("D2:D3", "{=A1:A2*2}", None, 0)
    first.write_rich_string("C9", "甲", bold, "粗", "乙")
    first.write_comment("A2", "本单位的批注", {"author": "会计"})
    first.insert_image("F2", "dot.png", {"image_data": io.BytesIO(png())})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=数据!$A$1:$A$8"})
    first.insert_chart("F5", chart)
    first.conditional_format("A1:A8", {"type": "data_bar", "data_bar_2010": True})
    first.data_validation("B1:B8", {"validate": "decimal", "criteria": ">=", "value": 0, "input_title": "a>b"})
    first.merge_range("A12:C13", "合并", bold)
    first.set_header("&L&G", {"image_left": "dot.png", "image_data_left": io.BytesIO(png())})
    first.add_sparkline("E1", {"range": "数据!A1:C1"})
    first.add_table("H12:I14", {"columns": [{"header": "x"}, {"header": "y"}]})
    first.protect("secret")
    first.repeat_rows(0)
    second.write("A1", "内容")
    second.set_row(5, 30, bold)
    second.set_column("F:F", 20, yellow)
    second.print_area("A1:C9")
    second.activate()
    hidden.very_hidden()
    book.define_name("'O'Neil & <子>'!局部", "='O''Neil & <子>'!$A$1")
    book.define_name("全局", "=数据!$A$1:$B$2")
    book.close()
    return made.getvalue()


@lru_cache(maxsize=1)
def form() -> bytes:
    """The form with some cells filled in."""
    return fill(
        blank(), {"unit_name": "区工会", "budget_code": "116001", "on_post_staff": 10, "revenue_total": [1.5, "2.5"]}
    )


def comment_texts(content: bytes, part: str) -> dict[str, str]:
    """Cell → all the text of its comment."""
    markup = parts(content)[part].decode()
    cells = re.findall(r'<comment ref="(\w+)".*?</comment>', markup, re.DOTALL)
    bodies = re.findall(r"<comment .*?</comment>", markup, re.DOTALL)
    return {
        cell: "".join(re.findall(r"<t(?: [^>]*)?>([^<]*)</t>", body)) for cell, body in zip(cells, bodies, strict=True)
    }
