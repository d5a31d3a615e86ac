"""The first sheet of a notice, 整改通知: a letter that says what is asked until when, and lists what is wrong and where, each line
with a link to its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

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
from perfbatch.notice.letter import (
    BORDER,
    LIST_SIZE,
    LetterCell,
    LetterLooks,
    LetterSheet,
    font,
    head_rows,
    letter_looks,
    until,
)
from perfbatch.notice.styles import TINTS, StyleSheet
from perfbatch.package.addresses import quoted_sheet
from perfbatch.package.editing import escaped

__all__ = ["SHEET_NAME", "Listed", "header_row", "sheet_markup"]

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
_PLACE_COLUMN = 2
# What a reader needs to know a line by when the notice comes back; nobody has to see it.
_HIDDEN = (CHECK_HEADING, PLACE_HEADING)


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

    letter: LetterLooks
    right: int
    link: int
    entry: int
    hidden: int
    levels: dict[str, int]


def _looks(styles: StyleSheet | None) -> _NoticeLooks:
    letter = letter_looks(styles)
    if styles is None:
        return _NoticeLooks(letter, 0, 0, 0, 0, {"error": 0, "warning": 0})
    middle, wrapped = 'vertical="center"', 'vertical="center" wrapText="1"'
    body = font(LIST_SIZE)
    return _NoticeLooks(
        letter,
        right=styles.format(font=body, border=BORDER, alignment=f'horizontal="right" {wrapped} indent="1"'),
        link=styles.format(
            font=font(LIST_SIZE, "FF0563C1", underlined=True), border=BORDER, alignment=f'horizontal="center" {wrapped}'
        ),
        entry=styles.format(
            font=body,
            fill="FFFFFBE6",
            border=BORDER,
            alignment=f'horizontal="left" {wrapped} indent="1"',
            locked=False,
        ),
        hidden=styles.format(font=font(LIST_SIZE, "FF595959"), alignment=wrapped),
        levels={
            severity: styles.format(
                font=font(LIST_SIZE, bold=True), fill=tint, border=BORDER, alignment=f'horizontal="center" {middle}'
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
    sheet = LetterSheet(_COLUMNS, looks.letter, hidden=[(title, looks.hidden) for title in _HIDDEN])
    sheet.head(SHEET_NAME, heading, _request(listed, heading), "核对日期")
    for number, entry in enumerate(listed, start=1):
        finding = entry.finding
        # A check, or what else the line is about: the reader stops at a line that has none.
        place = f"{entry.sheet or finding.sheet}!{finding.cell}" if finding.cell else ""
        known_by = [(text, looks.hidden) for text in (finding.check or finding.code, place)]
        sheet.row(_cells(number, entry, looks), known_by)
        if entry.sheet:
            location = escaped(f"{quoted_sheet(entry.sheet)}!{finding.cell}").decode()
            sheet.link(_PLACE_COLUMN, location, escaped(_place(entry)).decode())
    sheet.foot(remarks, heading)
    return sheet.markup(namespace, prefix)


def header_row(heading: NoticeHeading) -> int:
    """The row, from 1, with the titles of the columns: it is repeated on every page."""
    return head_rows(heading) + 1


def _request(listed: Sequence[Listed], heading: NoticeHeading) -> str:
    """What was found in what was sent, and what is asked until when."""
    sent = f"经核对，你单位报送的{heading.form_title or '绩效自评表'}"
    open_ = [entry.finding.severity for entry in listed if not entry.finding.settled]
    counts = [f"{level.label}{open_.count(level)}项" for level in (Severity.ERROR, Severity.WARNING) if level in open_]
    if not counts:
        return f"{sent}所列事项均已说明，无需重新报送。"
    return f"{sent}存在{'、'.join(counts)}，现予退回。请{until(heading)}整改到位并重新报送。{_lacking(listed)}"


def _lacking(listed: Sequence[Listed]) -> str:
    """How many indicators lack figures, and what stands on the department's own word until then."""
    waiting = [entry for entry in listed if waits(entry.finding)]
    points = sum((entry.points for entry in waiting if entry.points is not None), Decimal())
    return f"另有{len(waiting)}项指标待补资料，{points.normalize():f}分暂按自评列示，请一并补填。" if waiting else ""


def _cells(number: int, entry: Listed, looks: _NoticeLooks) -> list[LetterCell]:
    """A line of the list."""
    finding, letter = entry.finding, looks.letter
    quiet = finding.settled or waits(finding)
    return [
        (str(number), letter.centred),
        (_level(finding), letter.centred if quiet else looks.levels[finding.severity.value]),
        (_place(entry), looks.link if entry.sheet else letter.centred),
        (f"{finding.message}{_answer(finding)}", letter.text),
        (finding.reported, looks.right),
        (finding.expected, looks.right),
        (finding.difference, looks.right),
        ("" if entry.points is None else f"{entry.points.normalize():f}", looks.right),
        (finding.remedy, letter.text),
        (finding.note if entry.explainable else "", looks.entry if entry.explainable else letter.text),
    ]


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
