"""The form of an official letter that every notice has, as a sheet: its title and number, whom it is for, what it says, whom to turn
to; a list; who signs it, with room for the seal, and the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from perfbatch.model.excel import MAX_ROW_HEIGHT
from perfbatch.notice.heading import NoticeHeading
from perfbatch.notice.styles import StyleSheet
from perfbatch.package.addresses import column_letters, quoted_sheet
from perfbatch.package.editing import prefixed, string

__all__ = [
    "BORDER",
    "LIST_SIZE",
    "LetterCell",
    "LetterLooks",
    "LetterSheet",
    "area_of",
    "day_text",
    "font",
    "head_rows",
    "letter_looks",
    "until",
]

LIST_SIZE = 10.0
"""The size of what stands in the list."""
_LETTER_SIZE = 12.0
_TITLE_HEIGHT, _HEADINGS_HEIGHT = 34.0, 24.0
_LINE_HEIGHT, _PADDING = 15.0, 8.0
_THIN = '<{0} style="thin"><color rgb="FFA6A6A6"/></{0}>'
BORDER = (
    "<border>" + "".join(_THIN.format(side) for side in ("left", "right", "top", "bottom")) + "<diagonal/></border>"
)

LetterCell = tuple[str, int]
"""A text and the number of its cell format."""


def font(size: float, colour: str = "", *, name: str = "宋体", bold: bool = False, underlined: bool = False) -> str:
    """A font as the styles part has it."""
    shade = f'<color rgb="{colour}"/>' if colour else ""
    return f'<font>{"<b/>" if bold else ""}{"<u/>" if underlined else ""}<sz val="{size:g}"/>{shade}<name val="{name}"/></font>'


@dataclass(frozen=True, slots=True)
class LetterLooks:
    """Numbers of the cell formats of a letter."""

    title: int = 0
    number: int = 0
    addressee: int = 0
    body: int = 0
    head: int = 0
    text: int = 0
    centred: int = 0
    note: int = 0
    closing: int = 0


def letter_looks(styles: StyleSheet | None) -> LetterLooks:
    """The formats of a letter, put into a workbook's; without `styles` it has none."""
    if styles is None:
        return LetterLooks()
    middle, wrapped = 'vertical="center"', 'vertical="center" wrapText="1"'
    small = font(LIST_SIZE, "FF595959")
    return LetterLooks(
        title=styles.format(font=font(18, name="黑体"), alignment=f'horizontal="center" {middle}'),
        # The number of the letter is filled in by whoever sends it.
        number=styles.format(font=small, alignment=wrapped, locked=False),
        addressee=styles.format(font=font(_LETTER_SIZE, bold=True), alignment=wrapped),
        body=styles.format(font=font(_LETTER_SIZE), alignment=wrapped),
        head=styles.format(
            font=font(LIST_SIZE, bold=True), fill="FFD9E4F1", border=BORDER, alignment=f'horizontal="center" {wrapped}'
        ),
        text=styles.format(font=font(LIST_SIZE), border=BORDER, alignment=f'horizontal="left" {wrapped} indent="1"'),
        centred=styles.format(font=font(LIST_SIZE), border=BORDER, alignment=f'horizontal="center" {wrapped}'),
        note=styles.format(font=small, alignment=wrapped),
        closing=styles.format(font=font(_LETTER_SIZE), alignment=f'horizontal="right" {middle} indent="6"'),
    )


def head_rows(heading: NoticeHeading) -> int:
    """How many rows stand above the headings of the list; it does not depend on what is listed."""
    return 5 if heading.contact else 4


def until(heading: NoticeHeading) -> str:
    """Until when something is asked for."""
    return f"于{day_text(heading.deadline)}前" if heading.deadline is not None else "尽快"


def day_text(day: date) -> str:
    """A day as letters say it."""
    return f"{day.year}年{day.month}月{day.day}日"


def area_of(sheet: str, rows: int) -> str:
    """The reference to whole rows of a sheet, the first up to `rows`."""
    return f"{quoted_sheet(sheet)}!$1:${rows}"


class LetterSheet:
    """A letter put together row by row, from its title on. `columns` are the titles and widths of the list; behind them stand the
    columns `hidden`, which nobody has to see."""

    def __init__(
        self, columns: Sequence[tuple[str, float]], looks: LetterLooks, *, hidden: Sequence[LetterCell] = ()
    ) -> None:
        self._columns, self._looks, self._hidden = columns, looks, hidden
        self._letters = [column_letters(number) for number in range(1, len(columns) + len(hidden) + 1)]
        self._width = sum(width for _, width in columns)
        self._rows: list[str] = []
        self._merged: list[str] = []
        self._links: list[str] = []
        self._top = 0

    @property
    def last(self) -> int:
        """The row, from 1, that was written last."""
        return len(self._rows)

    def head(self, title: str, heading: NoticeHeading, body: str, day: str) -> None:
        """What stands above the list, and the headings of its columns; `day` is what the day is called."""
        looks = self._looks
        number = f"文号：　　　　〔{heading.run_date.year}〕　　号"
        of_day = f"{day}：{day_text(heading.run_date)}"
        self._line(title, looks.title, _TITLE_HEIGHT)
        self._line(f"{number}　　　　{heading.key_label}：{heading.entity_code}　　　　{of_day}", looks.number)
        self._line(f"{heading.entity_title}：", looks.addressee)
        self._line(f"　　{body}", looks.body)
        if heading.contact:
            self._line(f"　　联系人：{heading.contact}", looks.body)
        titles = [(title_of_column, looks.head) for title_of_column, _ in self._columns]
        self._row(_HEADINGS_HEIGHT, [*titles, *self._hidden])
        self._top = self.last

    def row(self, cells: Sequence[LetterCell], hidden: Sequence[LetterCell] = ()) -> None:
        """A row of the list, as high as its texts need."""
        height = max(
            _height(text, width, LIST_SIZE) for (text, _), (_, width) in zip(cells, self._columns, strict=True)
        )
        self._row(height, [*cells, *hidden])

    def link(self, column: int, location: str, display: str) -> None:
        """Have a cell of the row that was written last lead somewhere; both texts are markup."""
        cell = f"{self._letters[column]}{self.last}"
        self._links.append(f'<hyperlink ref="{cell}" location="{location}" display="{display}"/>')

    def foot(self, remarks: Sequence[str], heading: NoticeHeading) -> None:
        """What stands below the list: remarks; who signs, with room for the seal; the day."""
        for remark in remarks:
            self._line(remark, self._looks.note, _height(remark, self._width, LIST_SIZE))
        signed = [f"{heading.issuer}（印章）"] if heading.issuer else []
        for line in (*signed, day_text(heading.run_date)):
            self._line(line, self._looks.closing)

    def markup(self, namespace: str, prefix: str, *, portrait: bool = False) -> bytes:
        """The sheet's part, in the words of the workbook that it goes into."""
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{width:g}" customWidth="1"/>'
            for number, (_, width) in enumerate(self._columns, start=1)
        )
        if self._hidden:
            first, last = len(self._columns) + 1, len(self._letters)
            columns += f'<col min="{first}" max="{last}" width="12" hidden="1" customWidth="1"/>'
        merges = "".join(f'<mergeCell ref="{area}"/>' for area in self._merged)
        linked = f"<hyperlinks>{''.join(self._links)}</hyperlinks>" if self._links else ""
        body = (
            '<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
            '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
            f'<pane ySplit="{self._top}" topLeftCell="A{self._top + 1}" activePane="bottomLeft" state="frozen"/>'
            '<selection pane="bottomLeft"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
            f"<cols>{columns}</cols><sheetData>{''.join(self._rows)}</sheetData>"
            '<sheetProtection sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0"/>'
            f'<mergeCells count="{len(self._merged)}">{merges}</mergeCells>{linked}<printOptions horizontalCentered="1"/>'
            '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
            f'<pageSetup paperSize="9" orientation="{"portrait" if portrait else "landscape"}" fitToHeight="0"/>'
            "<headerFooter><oddFooter>&amp;C第 &amp;P 页　共 &amp;N 页</oddFooter></headerFooter>"
        )
        declared = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
        start, end = f'<{prefix}worksheet {declared}="{namespace}">', f"</{prefix}worksheet>"
        declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        return (declaration + start).encode() + prefixed(body, prefix) + end.encode()

    def _line(self, text: str, look: int, height: float = 0.0) -> None:
        """A row over the whole width, as high as a text of the letter needs unless given."""
        self._row(height or _height(text, self._width, _LETTER_SIZE), [(text, look)])
        self._merged.append(f"A{self.last}:{self._letters[len(self._columns) - 1]}{self.last}")

    def _row(self, height: float, cells: Sequence[LetterCell]) -> None:
        number = self.last + 1
        inner = "".join(
            [
                f'<c r="{letter}{number}" s="{look}" t="inlineStr"><is><t xml:space="preserve">{string(text)}</t></is></c>'
                if text
                else f'<c r="{letter}{number}" s="{look}"/>'
                for letter, (text, look) in zip(self._letters, cells, strict=False)
            ]
        )
        self._rows.append(f'<row r="{number}" ht="{height:g}" customHeight="1">{inner}</row>')


@lru_cache(maxsize=4_096)
def _height(text: str, width: float, size: float) -> float:
    """Points that a wrapped text needs."""
    room = max(1.0, (width - 2.5) * 11 / size)
    lines = 0
    for line in text[:4_000].split("\n") if len(text) * 2 > room or "\n" in text else ("",):
        # In the national character set a wide character takes two bytes, as it takes the width of two digits.
        lines += max(1, -int(-len(line.encode("gbk", "replace")) // room))
    return min(MAX_ROW_HEIGHT, lines * _LINE_HEIGHT * size / LIST_SIZE + _PADDING)
