"""All entities' cards for print: workbooks with a page for each, and PDFs of them where LibreOffice is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perfbatch.diagnosis.diagnose import diagnose
from perfbatch.district.result import BatchResult
from perfbatch.district.score_matrix import ScoreMatrix
from perfbatch.isolated.office import OfficeFailed, OfficeMissing, OfficeTimeout, converted, office_program
from perfbatch.model.errors import BatchFault, OperatorFault
from perfbatch.model.figures import counts, texts
from perfbatch.summary.book import Book
from perfbatch.summary.card import card_heading
from perfbatch.summary.card_figures import CardFigures, card_figures
from perfbatch.summary.card_page import CHOICE, RIGHT, WIDTHS, CardPage
from perfbatch.summary.sheet import Cell, Sheet, TableColumn
from perfbatch.summary.strips import Link
from perfbatch.summary.styles import SCORE

__all__ = ["as_pdf", "require_office", "write_card_pack"]

MOST = 200
"""Cards in a workbook: Excel takes long over more sheets."""

CONTENTS = "目录"
_KEPT = str.maketrans(dict.fromkeys("[]:*?/\\'"))
"""What Excel keeps for itself in the names of sheets."""
_NAME_LENGTH = 31
_SECONDS, _SECONDS_A_CARD = 60.0, 3.0


def write_card_pack(result: BatchResult, folder: Path, most: int = MOST) -> list[Path]:
    """Write a form's cards in the order of the entities' codes into a folder, at most so many a workbook; the workbooks. None where
    no workbook of the form was accepted. Raises `OSError`."""
    figures = card_figures(result, diagnose(result), ScoreMatrix(result))
    starts = range(0, figures.size, most)
    paths = []
    for number, start in enumerate(starts, 1):
        part = f"-{number}" if len(starts) > 1 else ""
        paths.append(folder / f"{result.rulebook.id}-cards{part}.xlsx")
        _write(result, figures, range(start, min(start + most, figures.size)), paths[-1])
    return paths


def require_office() -> None:
    """Raise `OperatorFault` where there is no LibreOffice to make a PDF with."""
    try:
        office_program()
    except OfficeMissing:
        raise OperatorFault("office.missing") from None


def as_pdf(path: Path) -> Path:
    """Make a PDF beside a workbook of cards. Raises `BatchFault` where LibreOffice makes none, `OSError`."""
    try:
        with converted(path.read_bytes(), path.name, "pdf", _SECONDS + MOST * _SECONDS_A_CARD) as made:
            target = path.with_suffix(".pdf")
            target.write_bytes(made.read_bytes())
            return target
    except OfficeTimeout:
        raise BatchFault("office.slow", path=path.name) from None
    except OfficeFailed:
        raise BatchFault("office.failed", path=path.name) from None


def _write(result: BatchResult, figures: CardFigures, members: range, path: Path) -> None:
    rulebook = result.rulebook
    title = f"{rulebook.district}{rulebook.fiscal_year}年度{rulebook.entity.noun}绩效评价一览"
    with Book(path, title, result.started_at, rulebook.issuer) as book:
        contents = book.add(CONTENTS)
        names = _sheet_names([str(figures.value("label", at)) for at in members])
        _write_contents(contents, title, result, figures, members, names)
        for at, name in zip(members, names, strict=True):
            sheet = book.add(name)
            card_heading(sheet, rulebook)
            row, column = CHOICE
            sheet.merged(row, 0, row, column - 1, rulebook.entity.noun, "head")
            sheet.merged(row, column, row, 5, str(figures.value("label", at)), "named")
            sheet.heights(row, 26)
            sheet.merged(row, RIGHT, row, len(WIDTHS) - 1, f"文件：{figures.value('file', at)}", "note")
            CardPage(sheet, rulebook, figures, at).write()


def _write_contents(
    sheet: Sheet, title: str, result: BatchResult, figures: CardFigures, members: range, names: Sequence[str]
) -> None:
    """Write who is in the workbook, and lead to each."""
    rulebook = result.rulebook
    top = sheet.title(f"{title}{CONTENTS}", f"每个{rulebook.entity.noun}一页，共 {len(members)} 页。")
    columns = [
        TableColumn("序号", "whole", "centred", narrowest=8),
        TableColumn(rulebook.key_label, style="centred", narrowest=14),
        TableColumn(rulebook.name_label, narrowest=44, widest=60),
    ]
    codes, units = texts(result.departments["entity_code"]), texts(result.departments["entity_title"])
    rows: list[list[Cell]] = [[number, codes[at], units[at]] for number, at in enumerate(members, 1)]
    if rulebook.is_scored:
        columns += [
            TableColumn(f"{result.verified_word}得分", "figure", "number", SCORE, narrowest=14),
            TableColumn("等次", style="centred", narrowest=12),
            TableColumn("名次", "whole", "centred", narrowest=12),
        ]
        verified, ranks = (counts(result.departments[name]) for name in ("verified_total", "rank"))
        for at, row in zip(members, rows, strict=True):
            row += [verified[at], str(figures.value("grade", at)), ranks[at]]
    links = {2: {row: Link("", f"'{name}'!A1") for row, name in enumerate(names)}}
    sheet.table(top, columns, rows, filters=False, links=links)
    sheet.freeze(top + 1, 0)
    sheet.repeat(top, top)


def _sheet_names(labels: Sequence[str]) -> list[str]:
    """What Excel takes for the names of sheets: without its own signs, short enough, no two alike whatever the case."""
    seen, names = {CONTENTS.casefold()}, []
    for label in labels:
        name = base = label.translate(_KEPT).strip()[:_NAME_LENGTH] or "—"
        number = 1
        while name.casefold() in seen:
            number += 1
            tail = f"（{number}）"
            name = base[: _NAME_LENGTH - len(tail)] + tail
        seen.add(name.casefold())
        names.append(name)
    return names
