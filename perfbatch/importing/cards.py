"""Labels with an answer beside them: in the cells of a table, and in lines such as `报告日期：…`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from perfbatch.importing.filling import Filling, label_key, multiline, typed_value
from perfbatch.importing.headers import similar
from perfbatch.importing.word_report import WordCell, WordParagraph, WordReport, WordRow
from perfbatch.intake.numerals import fold
from perfbatch.rulebook.model import CardBlock, FormField, ScorecardBlock, SignatureBlock
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = ["form_labels", "read_cards"]

_ALIKE, _LONGEST_LABEL = 0.8, 30
_NUMERIC = NUMERIC_KINDS
_EITHER_WIDTH = {"(": "[(（]", ")": "[)）]", "/": "[/／]", "%": "[%％]", ",": "[,，]", ":": "[:：]"}
_YEAR = re.compile(r"(20\d\d)年度")
_SKIPPED = "紧邻的单元格不是数字，取后面的一格"
_BY_PLACE = "标签下方的单元格与标签没有对齐，请核对"
_ALIKE_NOTE = "标签与表样略有不同"


class _Answer(NamedTuple):
    cell: WordCell
    note: str = ""


def form_labels(filling: Filling) -> frozenset[str]:
    """The keys of all that the form prints: labels, headings above columns, titles of its parts. None of it is an answer."""
    rulebook = filling.rulebook
    words = [section.title for section in rulebook.sections]
    for _, block in rulebook.blocks():
        if isinstance(block, SignatureBlock):
            words += block.lines
            continue
        words.append(block.title)
        words += [word for field in block.fields for word in (field.label, *getattr(field, "under", ()))]
        if isinstance(block, ScorecardBlock):
            words.append(block.total.label)
    return frozenset(key for word in words if (key := label_key(word)))


def read_cards(report: WordReport, filling: Filling, taken: set[int]) -> None:
    """Read what the cards of the form ask for, from the rows that are not `taken` and from the paragraphs."""
    labels = form_labels(filling)
    specs = [field for _, block in filling.rulebook.blocks() if isinstance(block, CardBlock) for field in block.fields]
    open_rows = [row for row in report.rows if row.number not in taken]
    for likeness in (1.0, _ALIKE):
        for spec in specs:
            if not filling.has(spec.id):
                _from_rows(spec, open_rows, labels, filling, likeness)
    lines = dict(_labelled_lines(report.paragraphs, specs))
    for spec in specs:
        if not filling.has(spec.id) and spec.id in lines:
            source, text = lines[spec.id]
            filling.put(spec, 0, source, sure=True, text=text)
    _year_of_title(report, filling)


def _from_rows(
    spec: FormField, rows: Sequence[WordRow], labels: frozenset[str], filling: Filling, likeness: float
) -> None:
    wanted = label_key(spec.label)
    for row in rows:
        for position, cell in enumerate(row.cells):
            if cell.continued or len(cell.text) > _LONGEST_LABEL + 20:
                continue
            key = label_key(cell.text)
            alike = key == wanted or (
                likeness < 1 and key not in labels and len(key) > 2 and similar(key, wanted) >= likeness
            )
            if not alike:
                continue
            answer = _beside(spec, row.cells[position + 1 :], labels, filling) or _below(cell, row, rows, labels)
            if answer is not None:
                note = answer.note or ("" if likeness == 1 else _ALIKE_NOTE)
                filling.put(spec, 0, answer.cell, sure=not note, note=note)
                return


def _beside(spec: FormField, cells: Sequence[WordCell], labels: frozenset[str], filling: Filling) -> _Answer | None:
    """The next cell, unless it is a label; of a figure the first that holds one."""
    open_cells: list[WordCell] = []
    for cell in cells:
        if label_key(cell.text) in labels:
            break
        open_cells.append(cell)
    if not open_cells:
        return None
    if spec.kind in _NUMERIC:
        for number, cell in enumerate(open_cells):
            value, _, clear = typed_value(cell.text, spec, filling.rulebook)
            if clear and isinstance(value, int | float):
                return _Answer(cell, _SKIPPED if number and multiline(open_cells[0].text) else "")
    return _Answer(open_cells[0])


def _below(label: WordCell, row: WordRow, rows: Sequence[WordRow], labels: frozenset[str]) -> _Answer | None:
    """The cell under a label that stands over its answer."""
    following = next((lower for lower in rows if lower.number == row.number + 1 and lower.table == row.table), None)
    if following is None:
        return None
    position = row.cells.index(label)
    alike = len(following.cells) == len(row.cells)
    for number, cell in enumerate(following.cells):
        under = cell.first <= label.first <= cell.last
        if (number == position if alike else under) and not cell.continued and label_key(cell.text) not in labels:
            return _Answer(cell, "" if alike and under else _BY_PLACE)
    return None


def _labelled_lines(
    paragraphs: Sequence[WordParagraph], specs: Sequence[FormField]
) -> Iterator[tuple[str, tuple[WordParagraph, str]]]:
    """Field id → paragraph and what stands behind the label in it, the first of each; several may share a line."""
    patterns = [(spec, _pattern(spec.label)) for spec in specs]
    seen: set[str] = set()
    for paragraph in paragraphs:
        if ":" not in paragraph.text and "：" not in paragraph.text:
            continue
        spots = [
            (match.start(), match.end(), spec)
            for spec, pattern in patterns
            for match in pattern.finditer(paragraph.text)
        ]
        # Of labels that end in one another the longer one is meant.
        spots = (
            sorted(
                spot
                for spot in spots
                if not any(
                    other is not spot and other[0] <= spot[0] and spot[1] <= other[1] and other[:2] != spot[:2]
                    for other in spots
                )
            )
            if len(spots) > 1
            else spots
        )
        for number, (_, end, spec) in enumerate(spots):
            until = spots[number + 1][0] if number + 1 < len(spots) else len(paragraph.text)
            if spec.id not in seen and spec.kind != "longtext":
                seen.add(spec.id)
                yield spec.id, (paragraph, paragraph.text[end:until])


def _pattern(label: str) -> re.Pattern[str]:
    """A label with a colon behind it, whatever the widths and blanks."""
    marks = [_EITHER_WIDTH.get(mark, re.escape(mark)) for mark in fold(label).replace(" ", "")]
    return re.compile(r"\s*".join(marks) + r"\s*[:：]")


def _year_of_title(report: WordReport, filling: Filling) -> None:
    """The year that the report's title names, where nothing else states it."""
    spec = filling.rulebook.field_by_id.get(filling.rulebook.roles.fiscal_year)
    if spec is None or filling.has(spec.id):
        return
    for paragraph in report.paragraphs:
        year = _YEAR.search(fold(paragraph.text).replace(" ", ""))
        if year is not None:
            filling.put(spec, 0, paragraph, sure=False, text=year[1], note="取自报告标题")
            return
