"""The protocol of an import: field by field where in the report it was found, what stood there, what went into the form, how sure.

A person goes through it with the report beside it: what is 须确认 comes with the reason, what is 未找到 is to be filled in.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

import xlsxwriter

from perfbatch.importing.filling import FoundEntry
from perfbatch.rulebook.model import CardBlock, Rulebook, ScorecardBlock, SignatureBlock
from perfbatch.template.text_fit import text_height

__all__ = ["PROTOCOL_SHEET", "VERDICTS", "protocol_content"]

PROTOCOL_SHEET = "导入记录"
VERDICTS: Mapping[str, str] = {"sure": "确定", "check": "须确认", "missing": "未找到"}
"""The Chinese words that people see."""

_COLUMNS = (("工作表", 12), ("字段", 38), ("Word 位置", 20), ("原文", 50), ("值", 26), ("结论", 9), ("说明", 34))
_FILLS = {"sure": "#E2F0D9", "check": "#FFF2CC", "missing": "#F2F2F2"}
_HIDDEN = "（个人信息，不显示）"
_FONT, _SHOWN, _A4, _VERDICT_COLUMN, _TEXT_SIZE = "宋体", 200, 9, 5, 10


def protocol_content(entries: Sequence[FoundEntry], rulebook: Rulebook, report_name: str) -> bytes:
    """The protocol as a workbook; the same arguments give the same bytes."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(rulebook.fiscal_year, 12, 31)})  # noqa: DTZ001 - properties have no zone
    sheet = book.add_worksheet(PROTOCOL_SHEET)
    title = book.add_format({"font_name": _FONT, "font_size": 14, "bold": True})
    note = book.add_format({"font_name": _FONT, "font_size": 10, "font_color": "#595959"})
    head = book.add_format({"font_name": _FONT, "font_size": 11, "bold": True, "border": 1, "bg_color": "#D9E2F3",
                            "align": "center", "valign": "vcenter"})  # fmt: skip
    looks = {
        verdict: book.add_format({"font_name": _FONT, "font_size": _TEXT_SIZE, "border": 1, "text_wrap": True, "valign": "top",
                                  **({"bg_color": fill} if verdict else {})})
        for verdict, fill in (("", ""), *_FILLS.items())
    }  # fmt: skip
    counts = {verdict: sum(entry.verdict == verdict for entry in entries) for verdict in VERDICTS}
    sheet.write_string(0, 0, f"Word 报告导入记录：{report_name}", title)
    summary = "，".join(f"{VERDICTS[verdict]} {count} 项" for verdict, count in counts.items())
    sheet.write_string(
        1, 0, f"{rulebook.title}。{summary}。请对照原报告逐项核对“须确认”，补填“未找到”，确认后再放入收件文件夹。", note
    )
    top = 3
    for column, (heading, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(top, column, heading, head)
    places = _places(rulebook)
    for row, entry in enumerate(entries, start=top + 1):
        where, label = places[entry.field]
        personal = rulebook.field_by_id[entry.field].personal and entry.original.strip()
        texts = (
            where,
            f"{label}（第{entry.row + 1}行）" if entry.field in rulebook.column_ids and entry.place else label,
            entry.place,
            _HIDDEN if personal else _shown(entry.original),
            _HIDDEN if personal else _shown("" if entry.value is None else _text(entry)),
            VERDICTS[entry.verdict],
            entry.note or ("报告中没有这一项，请补填" if entry.verdict == "missing" else ""),
        )
        lines = zip(texts, _COLUMNS, strict=True)
        sheet.set_row(row, max(text_height(text, width, _TEXT_SIZE) for text, (_, width) in lines))
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, looks[entry.verdict if column == _VERDICT_COLUMN else ""])
    sheet.freeze_panes(top + 1, 2)
    sheet.autofilter(top, 0, top + max(1, len(entries)), len(_COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    book.close()
    return made.getvalue()


def _places(rulebook: Rulebook) -> dict[str, tuple[str, str]]:
    """Field id → its sheet, and its label with the table's title before it."""
    places = {}
    for section, block in rulebook.blocks():
        if isinstance(block, SignatureBlock):
            continue
        fields = [*block.fields, *([block.total] if isinstance(block, ScorecardBlock) else [])]
        for field in fields:
            label = " ".join(field.label.split())
            titled = not isinstance(block, CardBlock | ScorecardBlock)
            places[field.id] = section.sheet, f"{block.title}·{label}" if titled else label
    return places


def _text(entry: FoundEntry) -> str:
    if "%" in entry.number_format and isinstance(entry.value, float):
        return f"{entry.value * 100:.6f}".rstrip("0").rstrip(".") + "%"
    return str(entry.value)


def _shown(text: str) -> str:
    text = "".join(mark if mark.isprintable() or mark == "\n" else " " for mark in text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
