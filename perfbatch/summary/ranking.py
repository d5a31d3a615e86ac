"""得分排名: departments by verified score, with what the score rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfbatch.district.result import STATUS_LABELS, BatchResult
from perfbatch.model.figures import counts, texts
from perfbatch.summary.ledger import Ledger
from perfbatch.summary.links import SheetLinks
from perfbatch.summary.marks import excel_table
from perfbatch.summary.ranking_columns import PROVISIONAL_RANK, SHARE_HEADING, ranking_columns
from perfbatch.summary.row_marks import grade_bars, known_quarters, profiles, signed_arrows
from perfbatch.summary.sheet import Sheet, TableColumn
from perfbatch.summary.strips import Link, Look, Values
from perfbatch.summary.styles import STATUS_COLOURS

__all__ = ["SHARE_HEADING", "Ranked", "ranking_order", "write_ranking"]

TABLE_NAME = "Ranking"
_LEGEND_SIZE = 10
# A line drawn for each department: of so many LibreOffice draws them slowly, and nobody looks from one to the next.
_MOST_PROFILED = 3_000


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where the ranking stands: its first and last row, and the column of the verified scores."""

    first: int
    last: int
    verified: int


def ranking_order(result: BatchResult) -> list[int]:
    """Positions of the departments by rank, then code. A department without a rank has no score: it comes last."""
    ranks, codes = counts(result.departments["rank"]), texts(result.departments["entity_code"])
    return sorted(range(len(codes)), key=lambda at: (ranks[at] is None, ranks[at] or 0, codes[at]))


def write_ranking(
    sheet: Sheet,
    result: BatchResult,
    ledger: Ledger,
    problems: Sheet,
    heads: Mapping[str, int],
    notices: Mapping[str, str],
) -> Ranked | None:
    """Write the ranking; returns where it stands, None where there are no departments.

    `heads`: file → the row of its department in `problems`; `notices`: file of a submission → path of its notice beside the summary.
    """
    word = result.verified_word
    order = ranking_order(result)
    profiled = bool(ledger.profile) and len(order) <= _MOST_PROFILED
    columns = ranking_columns(result, order, profiled=profiled)
    places = {key: place for place, key in enumerate(columns)}
    first, *_, last = STATUS_LABELS.values()
    top = sheet.title(
        f"{result.rulebook.district}{result.rulebook.fiscal_year}年度{result.rulebook.report_name}得分排名",
        f"按{word}得分排列，得分相同的名次并列。“{first}”至“{last}”各列把总分值按得分的来源分开；构成条由深到浅：",
    )
    _legend(sheet, places[f"points.{next(iter(STATUS_LABELS))}"])
    note = f"“{PROVISIONAL_RANK}”：得分中还有凭自评列示、未经财政复核的部分。按得分率名次只比系统核算和财政复核的部分：不因自评而靠前。"
    if profiled:
        note += f"各类得分率：{'、'.join(ledger.profile)}得分占其分值的比例，柱越高失分越少。"
    sheet.text(top, 0, note, "note")
    sheet.heights(top, 18)
    top += 1
    links = _links(sheet, result, order, problems, heads, notices)
    headings = [column for column, _ in columns.values()]
    headings += [TableColumn("问题", style="centred", narrowest=8), TableColumn("通知书", style="centred", narrowest=9)]
    strips = [*(strip for _, strip in columns.values()), *links] if order else []
    sheet.columns(top, headings, strips, filters=False)
    sheet.wide_paper()
    sheet.freeze(top + 1, 3)
    sheet.repeat(top, top)
    if not order:
        return None
    ranked = Ranked(top + 1, top + len(order), places["verified"])
    excel_table(sheet, TABLE_NAME, top, ranked.last, [column.title for column in headings])
    rows = (ranked.first, ranked.last)
    grade_bars(sheet, rows, places["verified"], result.rulebook.grades)
    signed_arrows(sheet, rows, places["gap"])
    known_quarters(sheet, rows, places["share"])
    if profiled:
        profiles(sheet, ranked.first, places["by_group"], [ledger.profile_cells(at) for at in order])
    return ranked


def _legend(sheet: Sheet, column: int) -> None:
    for offset, (status, colour) in enumerate(STATUS_COLOURS.items()):
        block, word = (sheet.book.run(colour_of_run, _LEGEND_SIZE) for colour_of_run in (colour, "#595959"))
        sheet.native.write_rich_string(1, column + offset, block, "██", word, STATUS_LABELS[status])


def _links(
    sheet: Sheet,
    result: BatchResult,
    order: Sequence[int],
    problems: Sheet,
    heads: Mapping[str, int],
    notices: Mapping[str, str],
) -> list[Values]:
    """The columns that lead to a department's findings and to its notice."""
    files, links = texts(result.departments["file"]), SheetLinks(sheet)
    links_by_row: tuple[dict[int, Link], dict[int, Link]] = ({}, {})
    for row, at in enumerate(order):
        within = links.place(problems, heads[files[at]]) if files[at] in heads else None
        opened = links.file(notices[files[at]]) if files[at] in notices else None
        for own, link in zip(links_by_row, (within, opened), strict=True):
            if link is not None:
                own[row] = link
    named = (("查看", heads), ("打开", notices))
    rows = [files[at] for at in order]
    looks = [Look("centred"), Look("link")]
    return [
        Values(
            [word if file in given else None for file in rows],
            looks,
            [row in own for row in range(len(rows))],
            links=own,
        )
        for (word, given), own in zip(named, links_by_row, strict=True)
    ]
