"""The first sheet of a notice, 整改通知, in the form of an official letter: its number, whom it is for, what is asked until when;
what is wrong and where, each line with a link to its cell; who signs it, of which day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from perfbatch.model.excel import MAX_ROW_HEIGHT
from perfbatch.model.findings import STANDING_LABELS, Finding, Severity
from perfbatch.model.notices import (
    CHECK_HEADING,
    EXPLANATION_HEADING,
    NOTICE_SHEET,
    PLACE_HEADING,
    WAITING_LABEL,
    waits,
)
from perfbatch.notice.heading import NoticeHeading
from perfbatch.notice.styles import TINTS, StyleSheet
from perfbatch.package.addresses import column_letters, quoted_sheet
from perfbatch.package.editing import escaped, prefixed, string

__all__ = ["SHEET_NAME", "Listed", "area_of", "header_row", "sheet_markup"]

SHEET_NAME = NOTICE_SHEET
_COLUMNS = (
    ("序号", 6.0),
    ("级别", 8.0),
    ("位置", 17.0),
    ("问题", 46.0),
    ("填报数", 14.0),
    ("应为", 14.0),
    ("差额", 12.0),
    ("涉及分值", 10.0),
    ("整改建议", 38.0),
    (EXPLANATION_HEADING, 30.0),
)
_LAST = column_letters(len(_COLUMNS))
# What a reader needs to know a line by when the notice comes back; nobody has to see it.
_HIDDEN = (CHECK_HEADING, PLACE_HEADING)
_TITLE_HEIGHT = 34.0
_SIZE = 10.0
_LETTER = 12.0
_LINE_HEIGHT, _PADDING = 15.0, 8.0
_THIN = '<{0} style="thin"><color rgb="FFA6A6A6"/></{0}>'
_BORDER = (
    "<border>" + "".join(_THIN.format(side) for side in ("left", "right", "top", "bottom")) + "<diagonal/></border>"
)


def _font(size: float, colour: str = "", *, name: str = "宋体", bold: bool = False, underlined: bool = False) -> str:
    shade = f'<color rgb="{colour}"/>' if colour else ""
    return f'<font>{"<b/>" if bold else ""}{"<u/>" if underlined else ""}<sz val="{size:g}"/>{shade}<name val="{name}"/></font>'


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding with the place that its line links to: `sheet` as the workbook has it, "" where there is no such cell.
    `explainable` where the department may explain it instead of putting it right."""

    finding: Finding
    sheet: str
    points: Decimal | None
    explainable: bool = False

    @property
    def marked(self) -> bool:
        """Whether its cell is marked: there is one, and something is wrong in it."""
        return self.sheet != "" and not self.finding.settled and not waits(self.finding)


@dataclass(frozen=True, slots=True)
class _NoticeLooks:
    """Numbers of the cell formats that the sheet uses."""

    title: int
    note: int
    addressee: int
    summary: int
    closing: int
    head: int
    text: int
    centred: int
    right: int
    link: int
    entry: int
    hidden: int
    levels: dict[str, int]


def _looks(styles: StyleSheet | None) -> _NoticeLooks:
    if styles is None:
        return _NoticeLooks(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {"error": 0, "warning": 0})
    middle, wrapped = 'vertical="center"', 'vertical="center" wrapText="1"'
    body = _font(_SIZE)
    return _NoticeLooks(
        title=styles.format(font=_font(18, name="黑体"), alignment=f'horizontal="center" {middle}'),
        note=styles.format(font=_font(_SIZE, "FF595959"), alignment=wrapped),
        addressee=styles.format(font=_font(_LETTER, bold=True), alignment=wrapped),
        summary=styles.format(font=_font(_LETTER), alignment=wrapped),
        closing=styles.format(font=_font(_LETTER), alignment=f'horizontal="right" {middle} indent="6"'),
        head=styles.format(
            font=_font(_SIZE, bold=True), fill="FFD9E4F1", border=_BORDER, alignment=f'horizontal="center" {wrapped}'
        ),
        text=styles.format(font=body, border=_BORDER, alignment=f'horizontal="left" {wrapped} indent="1"'),
        centred=styles.format(font=body, border=_BORDER, alignment=f'horizontal="center" {wrapped}'),
        right=styles.format(font=body, border=_BORDER, alignment=f'horizontal="right" {wrapped} indent="1"'),
        link=styles.format(
            font=_font(_SIZE, "FF0563C1", underlined=True), border=_BORDER, alignment=f'horizontal="center" {wrapped}'
        ),
        entry=styles.format(
            font=body,
            fill="FFFFFBE6",
            border=_BORDER,
            alignment=f'horizontal="left" {wrapped} indent="1"',
            locked=False,
        ),
        hidden=styles.format(font=_font(_SIZE, "FF595959"), alignment=wrapped),
        levels={
            severity: styles.format(
                font=_font(_SIZE, bold=True), fill=tint, border=_BORDER, alignment=f'horizontal="center" {middle}'
            )
            for severity, tint in TINTS.items()
        },
    )


def sheet_markup(
    listed: Sequence[Listed],
    heading: NoticeHeading,
    remarks: Sequence[str],
    styles: StyleSheet | None,
    *,
    namespace: str,
    prefix: str,
) -> bytes:
    """The sheet's part; `remarks` are lines under the table. With `styles` None it has no formats."""
    looks = _looks(styles)
    head = _head(listed, heading)
    rows, merged = [], []
    for number, (part, line) in enumerate(head, start=1):
        height = _TITLE_HEIGHT if part == "title" else _height(line, sum(width for _, width in _COLUMNS), _LETTER)
        rows.append(_row(number, height, [(_LETTERS[0], getattr(looks, part), line)]))
        merged.append(f"A{number}:{_LAST}{number}")
    top = len(head) + 1
    rows.append(
        _row(
            top,
            24,
            [
                *((letter, looks.head, title) for letter, (title, _) in zip(_LETTERS, _COLUMNS, strict=True)),
                *((letter, looks.hidden, title) for letter, title in zip(_HIDDEN_LETTERS, _HIDDEN, strict=True)),
            ],
        )
    )
    links: list[str] = []
    for number, entry in enumerate(listed, start=1):
        row = top + number
        rows.append(_finding_row(row, number, entry, looks))
        if entry.sheet:
            location = escaped(_location(entry.sheet, entry.finding.cell)).decode()
            links.append(f'<hyperlink ref="C{row}" location="{location}" display="{_shown_place(entry)}"/>')
    below = [
        *((line, looks.note, _SIZE) for line in remarks),
        *((line, looks.closing, _LETTER) for line in _closing(heading)),
    ]
    for number, (line, look, size) in enumerate(below, start=top + len(listed) + 1):
        height = _height(line, sum(width for _, width in _COLUMNS), size)
        rows.append(_row(number, height, [(_LETTERS[0], look, line)]))
        merged.append(f"A{number}:{_LAST}{number}")
    return _worksheet(rows, merged, links, top, namespace, prefix)


_LETTERS = [column_letters(number + 1) for number in range(len(_COLUMNS))]
_HIDDEN_LETTERS = [column_letters(len(_COLUMNS) + number) for number in range(1, len(_HIDDEN) + 1)]


def header_row(heading: NoticeHeading) -> int:
    """The row, from 1, with the titles of the columns: it is repeated on every page."""
    return len(_head((), heading)) + 1


def area_of(sheet: str, rows: int) -> str:
    """The reference to whole rows of a sheet, the first up to `rows`."""
    return f"{quoted_sheet(sheet)}!$1:${rows}"


def _head(listed: Sequence[Listed], heading: NoticeHeading) -> list[tuple[str, str]]:
    """The lines above the list, each with the name of its look; how many there are does not depend on what is listed."""
    number = f"文号：　　　　〔{heading.run_date.year}〕　　号"
    day = _day(heading.run_date)
    lines = [
        ("title", SHEET_NAME),
        ("note", f"{number}　　　　预算编码：{heading.entity_code}　　　　核对日期：{day}"),
        ("addressee", f"{heading.entity_title}："),
        ("summary", f"　　{_request(listed, heading)}"),
    ]
    if heading.contact:
        lines.append(("summary", f"　　联系人：{heading.contact}"))
    return lines


def _request(listed: Sequence[Listed], heading: NoticeHeading) -> str:
    """What was found in what was sent, and what is asked until when."""
    sent = f"经核对，你单位报送的{heading.form_title or '绩效自评表'}"
    open_ = [entry.finding.severity for entry in listed if not entry.finding.settled]
    counts = [f"{level.label}{open_.count(level)}项" for level in (Severity.ERROR, Severity.WARNING) if level in open_]
    if not counts:
        return f"{sent}所列事项均已说明，无需重新报送。"
    until = f"于{_day(heading.deadline)}前" if heading.deadline is not None else "尽快"
    return f"{sent}存在{'、'.join(counts)}，现予退回。请{until}整改到位并重新报送。{_lacking(listed)}"


def _lacking(listed: Sequence[Listed]) -> str:
    """How many indicators lack figures, and what stands on the department's own word until then."""
    waiting = [entry for entry in listed if waits(entry.finding)]
    points = sum((entry.points for entry in waiting if entry.points is not None), Decimal())
    return f"另有{len(waiting)}项指标待补资料，{points.normalize():f}分暂按自评列示，请一并补填。" if waiting else ""


def _closing(heading: NoticeHeading) -> list[str]:
    """Who signs, with room for the seal, and the day."""
    signed = [f"{heading.issuer}（印章）"] if heading.issuer else []
    return [*signed, _day(heading.run_date)]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _finding_row(row: int, number: int, entry: Listed, looks: _NoticeLooks) -> str:
    finding = entry.finding
    texts = (
        (str(number), looks.centred),
        (
            _level(finding),
            looks.centred if finding.settled or waits(finding) else looks.levels[finding.severity.value],
        ),
        (_place(entry), looks.link if entry.sheet else looks.centred),
        (f"{finding.message}{_answer(finding)}", looks.text),
        (finding.reported, looks.right),
        (finding.expected, looks.right),
        (finding.difference, looks.right),
        ("" if entry.points is None else f"{entry.points.normalize():f}", looks.right),
        (finding.remedy, looks.text),
        (finding.note if entry.explainable else "", looks.entry if entry.explainable else looks.text),
    )
    height = max(_height(text, width, _SIZE) for (text, _), (_, width) in zip(texts, _COLUMNS, strict=True) if text)
    cells = [(letter, look, text) for letter, (text, look) in zip(_LETTERS, texts, strict=True)]
    # A check, or what else the line is about: the reader stops at a line that has none.
    known_by = (finding.check or finding.code, f"{entry.sheet or finding.sheet}!{finding.cell}" if finding.cell else "")
    cells += [(letter, looks.hidden, text) for letter, text in zip(_HIDDEN_LETTERS, known_by, strict=True)]
    return _row(row, height, cells)


def _level(finding: Finding) -> str:
    if waits(finding):
        return WAITING_LABEL
    return STANDING_LABELS[finding.standing] if finding.settled else finding.severity.label


def _answer(finding: Finding) -> str:
    """What became of the department's explanation, where it does not stand."""
    if finding.standing == "rejected":
        return f"（{STANDING_LABELS['rejected']}：{finding.verdict or finding.note}）"
    return f"（{STANDING_LABELS['lapsed']}：数据已改动）" if finding.standing == "lapsed" else ""


def _place(entry: Listed) -> str:
    if not entry.sheet:
        return entry.finding.sheet or "整套表格"
    return f"{entry.sheet}!{entry.finding.cell}"


def _shown_place(entry: Listed) -> str:
    return escaped(_place(entry)).decode()


def _location(sheet: str, cell: str) -> str:
    return f"{quoted_sheet(sheet)}!{cell}"


def _row(number: int, height: float, cells: Sequence[tuple[str, int, str]]) -> str:
    inner = "".join(
        [
            f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{string(text)}</t></is></c>'
            if text
            else f'<c r="{letter}{number}" s="{style}"/>'
            for letter, style, text in cells
        ]
    )
    return f'<row r="{number}" ht="{height:g}" customHeight="1">{inner}</row>'


@lru_cache(maxsize=4_096)
def _height(text: str, width: float, size: float) -> float:
    """Points that a wrapped text needs."""
    room = max(1.0, (width - 2.5) * 11 / size)
    lines = 0
    for line in text[:4_000].split("\n") if len(text) * 2 > room or "\n" in text else ("",):
        # In the national character set a wide character takes two bytes, as it takes the width of two digits.
        lines += max(1, -int(-len(line.encode("gbk", "replace")) // room))
    return min(MAX_ROW_HEIGHT, lines * _LINE_HEIGHT * size / _SIZE + _PADDING)


def _worksheet(
    rows: Sequence[str], merged: Sequence[str], links: Sequence[str], top: int, namespace: str, prefix: str
) -> bytes:
    widths = (
        "".join(
            f'<col min="{number}" max="{number}" width="{width:g}" customWidth="1"/>'
            for number, (_, width) in enumerate(_COLUMNS, start=1)
        )
        + f'<col min="{len(_COLUMNS) + 1}" max="{len(_COLUMNS) + len(_HIDDEN)}" width="12" hidden="1" customWidth="1"/>'
    )
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    linked = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    body = (
        '<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
        f'<pane ySplit="{top}" topLeftCell="A{top + 1}" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"<cols>{widths}</cols><sheetData>{''.join(rows)}</sheetData>"
        '<sheetProtection sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0"/>'
        f'<mergeCells count="{len(merged)}">{merges}</mergeCells>{linked}<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C第 &amp;P 页　共 &amp;N 页</oddFooter></headerFooter>"
    )
    declared = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    start, end = f'<{prefix}worksheet {declared}="{namespace}">', f"</{prefix}worksheet>"
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return (declaration + start).encode() + prefixed(body, prefix) + end.encode()
