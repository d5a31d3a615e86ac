"""What a Word report holds: the rows of its tables, cell by cell as they are merged, and its paragraphs, with their places.

Source: ECMA-376 part 1, 17.4 (tables: `gridSpan`, `vMerge`, `gridBefore`), 17.13.5 (revisions), 17.3.2 (looks of runs).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from perfbatch.intake.guard import sound_package
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.directory import ZipMember

__all__ = ["ReportRefused", "WordCell", "WordParagraph", "WordReport", "WordRow", "read_word_report"]

_SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DRAWINGS = ("drawing", "pict", "object")
_OFF = ("0", "false", "off", "none")
# What was deleted, or is only said about the text.
_NO_TEXT = frozenset(
    {"del", "moveFrom", "pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "footnoteReference", "instrText"}
)
_MOST_ROWS, _MOST_CELLS, _MOST_CHARACTERS, _DEEPEST = 10_000, 100_000, 4_000_000, 8


class ReportRefused(Exception):
    """A report that nothing can be taken from; `reason` is one of `damaged`, `encrypted`, `large`, `not_word`, `pictures`,
    `no_form`, `old`, `no_office`, `time`, `fault`, `unreadable`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WordCell(NamedTuple):
    """A cell of a row as it is seen: `first` and `last` are the columns of the grid that it covers, from 0; `continued`: it is the
    lower part of a merged one, whose `text` it shows. `marked`: some of it was struck out, deleted or added under revision."""

    text: str
    place: str
    first: int
    last: int
    continued: bool = False
    marked: bool = False


class WordRow(NamedTuple):
    """A row of a table; `number` is its place among all rows of the document, `table` the table's."""

    number: int
    table: int
    cells: tuple[WordCell, ...]


class WordParagraph(NamedTuple):
    """A paragraph outside of tables, or in a row of one cell; `before` is the number of the first row behind it."""

    text: str
    place: str
    before: int
    marked: bool = False


@dataclass
class WordReport:
    """A report; `pictures` is how many it holds."""

    rows: list[WordRow] = field(default_factory=list)
    paragraphs: list[WordParagraph] = field(default_factory=list)
    pictures: int = 0


def read_word_report(content: bytes, limits: Limits) -> WordReport:
    """Read a .docx. Raises `ReportRefused`."""
    try:
        # python-docx opens every part, so every part is looked at.
        sound_package(content, limits, _refuse_other_documents).check_all()
    except SetAside as reason:
        codes = {"F02": "encrypted", "F03": "damaged", "F07": "large"}
        raise ReportRefused(codes.get(reason.code, "not_word")) from None
    body = _body(content)
    reading = _BodyReader()
    try:
        reading.blocks(body)
    except ReportRefused:
        raise
    except (ValueError, TypeError, AttributeError, LookupError):
        # Markup that no writer makes.
        raise ReportRefused("damaged") from None
    report = reading.report
    if (
        not report.rows
        and report.pictures
        and sum(len(paragraph.text) for paragraph in report.paragraphs) < _FEW_CHARACTERS
    ):
        raise ReportRefused("pictures")
    return report


_FEW_CHARACTERS = 200


def _refuse_other_documents(_: bytes, members: Sequence[ZipMember]) -> None:
    if "word/document.xml" not in {member.name for member in members}:
        raise SetAside("F01")


def _body(content: bytes) -> Any:
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        return docx.Document(io.BytesIO(content)).element.body
    except (OpcError, LxmlError, zipfile.BadZipFile, ValueError, LookupError, AttributeError, TypeError, OSError):
        raise ReportRefused("damaged") from None


class _BodyReader:
    """Walks the body once."""

    def __init__(self) -> None:
        self.report = WordReport()
        self._tables = self._paragraphs = self._boxes = self._cells = self._characters = 0
        self._depth = 0
        self._marked = False

    # ---- blocks

    def blocks(self, parent: Any) -> None:
        """The paragraphs and tables below an element."""
        for element in _children(parent):
            name = _local(element)
            if name == "p":
                self._paragraphs += 1
                self._paragraph(element, f"第{self._paragraphs}段")
            elif name == "tbl":
                self._table(element)
            elif name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
                self.blocks(element)

    def _paragraph(self, element: Any, place: str) -> None:
        boxes: list[Any] = []
        text, marked = self._text(element, boxes)
        if text.strip():
            self.report.paragraphs.append(WordParagraph(text, place, len(self.report.rows), marked))
        self._text_boxes(boxes)

    def _text_boxes(self, boxes: Sequence[Any]) -> None:
        for box in boxes:
            self._boxes += 1
            self._deeper()
            number = self._boxes
            for element in _children(box):
                if _local(element) == "p":
                    self._paragraph(element, f"文本框{number}")
                elif _local(element) == "tbl":
                    self._table(element)
            self._depth -= 1

    def _table(self, element: Any) -> None:
        self._tables += 1
        self._deeper()
        number, above = self._tables, dict[int, WordCell]()
        for place, row in enumerate(_rows(element), start=1):
            if len(self.report.rows) >= _MOST_ROWS:
                raise ReportRefused("large")
            self._row(row, number, place, above)
        self._depth -= 1

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ReportRefused("damaged")

    def _row(self, row: Any, table: int, number: int, above: dict[int, WordCell]) -> None:
        """One row; `above`: column of the grid → the merged cell that a cell there may continue."""
        column = _whole(row.find(f"{_SPACE}trPr/{_SPACE}gridBefore"))
        cells: list[WordCell] = []
        nested: list[Any] = []
        boxes: list[Any] = []
        for position, element in enumerate(_cells(row), start=1):
            self._cells += 1
            if self._cells > _MOST_CELLS:
                raise ReportRefused("large")
            properties = element.find(f"{_SPACE}tcPr")
            span = max(1, _whole(None if properties is None else properties.find(f"{_SPACE}gridSpan"), 1))
            merge = None if properties is None else properties.find(f"{_SPACE}vMerge")
            continued = merge is not None and merge.get(f"{_SPACE}val", "continue") != "restart"
            place = f"表{table}第{number}行第{position}格"
            text, marked = self._cell_text(element, nested, boxes)
            cell = WordCell(text, place, column, column + span - 1, marked=marked)
            if continued and column in above:
                origin = above[column]
                cell = cell._replace(text=origin.text, place=origin.place, continued=True, marked=origin.marked)
            elif merge is None:
                above.pop(column, None)
            if merge is not None and not cell.continued:
                above[column] = cell
            cells.append(cell)
            column += span
        here = len(self.report.rows)
        self.report.rows.append(WordRow(here, table, tuple(cells)))
        if len(cells) == 1:
            for element in _cells(row):
                for below in _descend(element, "p"):
                    self._only_paragraph(below, cells[0].place, here)
        self._text_boxes(boxes)
        for below in nested:
            self._table(below)

    def _only_paragraph(self, element: Any, place: str, row: int) -> None:
        text, marked = self._text(element, [])
        if text.strip():
            self.report.paragraphs.append(WordParagraph(text, place, row, marked))

    # ---- text

    def _cell_text(self, cell: Any, nested: list[Any], boxes: list[Any]) -> tuple[str, bool]:
        lines, marked = [], False
        for element in _children(cell):
            name = _local(element)
            if name == "tbl":
                nested.append(element)
            elif name == "p":
                line, odd = self._text(element, boxes)
                lines.append(line)
                marked |= odd
            elif name in ("sdt", "sdtContent", "ins", "customXml", "smartTag"):
                line, odd = self._cell_text(element, nested, boxes)
                lines.append(line)
                marked |= odd
        return "\n".join(lines).strip(), marked

    def _text(self, paragraph: Any, boxes: list[Any]) -> tuple[str, bool]:
        """The text of a paragraph with revisions accepted, and whether there are any, or anything is struck out."""
        pieces: list[str] = []
        self._marked = False
        self._run_through(paragraph, pieces, boxes, 0)
        text = "".join(pieces)
        self._characters += len(text)
        if self._characters > _MOST_CHARACTERS:
            raise ReportRefused("large")
        return text, self._marked

    def _run_through(self, parent: Any, pieces: list[str], boxes: list[Any], depth: int) -> None:
        if depth > 40:
            raise ReportRefused("damaged")
        for element in _children(parent):
            name = _local(element)
            if name in ("del", "moveFrom", "ins", "moveTo"):
                self._marked = True
            if name in _NO_TEXT or element.tag == _FALLBACK:
                continue
            if name == "t":
                pieces.append(element.text or "")
            elif name == "tab":
                pieces.append("\t")
            elif name in ("br", "cr"):
                pieces.append("\n")
            elif name == "noBreakHyphen":
                pieces.append("-")
            elif name == "txbxContent":
                boxes.append(element)
            elif name == "r" and _is_hidden(element):
                self._marked = True
            else:
                if name in _DRAWINGS:
                    self.report.pictures += 1
                self._run_through(element, pieces, boxes, depth + 1)


def _is_hidden(run: Any) -> bool:
    """Whether a run is struck out, or not shown."""
    properties = run.find(f"{_SPACE}rPr")
    if properties is None:
        return False
    looks = (properties.find(f"{_SPACE}{name}") for name in ("strike", "dstrike", "vanish"))
    return any(look is not None and look.get(f"{_SPACE}val", "1") not in _OFF for look in looks)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(parent: Any) -> Iterator[Any]:
    """The elements below one, without comments and processing instructions."""
    return (element for element in parent if isinstance(element.tag, str))


def _descend(parent: Any, wanted: str) -> Iterator[Any]:
    for element in _children(parent):
        name = _local(element)
        if name == wanted:
            yield element
        elif name in ("sdt", "sdtContent", "ins", "customXml", "smartTag"):
            yield from _descend(element, wanted)


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table, but for those that were deleted under revision."""
    return (row for row in _descend(table, "tr") if row.find(f"{_SPACE}trPr/{_SPACE}del") is None)


def _cells(row: Any) -> Iterator[Any]:
    return _descend(row, "tc")


def _whole(element: Any, usual: int = 0) -> int:
    text = None if element is None else element.get(f"{_SPACE}val")
    if text is None:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        raise ReportRefused("damaged")
    return int(text)
