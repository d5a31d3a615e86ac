"""得分排名: departments by verified score, with what the score rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from perfbatch.district.result import STATUS_LABELS, BatchResult
from perfbatch.model.figures import arrays, counts, nearest_float, texts
from perfbatch.model.findings import Severity
from perfbatch.model.submission import SCALE
from perfbatch.summary.links import SheetLinks
from perfbatch.summary.marks import excel_table, stacked_bar
from perfbatch.summary.sheet import Sheet, TableColumn
from perfbatch.summary.strips import Counts, Link, Look, Values
from perfbatch.summary.styles import PERCENT, SCORE, STATUS_COLOURS, WHOLE

__all__ = ["SHARE_HEADING", "VERIFIED_COLUMN", "Ranked", "ranking_order", "write_ranking"]

VERIFIED_COLUMN = 4
"""The column of the verified score, for formulas elsewhere."""

FINAL, PROVISIONAL_RANK = "已核定", "暂列"
"""Whether a rank rests on figures, rules and reviews alone, or on the department's own word as well."""

SHARE_HEADING = "可核算分值占比"
"""The share of all points that was computed or reviewed."""

TABLE_NAME = "Ranking"
_COUNTED = (Severity.ERROR, Severity.WARNING)
_POINTS = 12
_LEGEND_SIZE = 10


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where the ranking stands: its first and last row."""

    first: int
    last: int


def ranking_order(result: BatchResult) -> list[int]:
    """Positions of the departments by rank, then code. A department without a rank has no score: it comes last."""
    ranks, codes = counts(result.departments["rank"]), texts(result.departments["entity_code"])
    return sorted(range(len(codes)), key=lambda at: (ranks[at] is None, ranks[at] or 0, codes[at]))


def write_ranking(
    sheet: Sheet, result: BatchResult, problems: Sheet, heads: Mapping[str, int], notices: Mapping[str, str]
) -> Ranked | None:
    """Write the ranking; returns where it stands, None where there are no departments.

    `heads`: file → the row of its department in `problems`; `notices`: file of a submission → path of its notice beside the summary.
    """
    word = result.verified_word
    columns = [
        TableColumn("名次", "whole", "centred", narrowest=7),
        TableColumn(result.rulebook.key_label, style="centred", narrowest=11),
        TableColumn(result.rulebook.name_label, narrowest=24),
        TableColumn("自评得分", "figure", "number", SCORE, narrowest=10, widest=12),
        TableColumn(f"{word}得分", "figure", "number", SCORE, narrowest=10, widest=12),
        TableColumn(f"自评−{word}", "figure", "number", SCORE, narrowest=10, widest=12),
        TableColumn("等次", style="centred", narrowest=8),
        TableColumn("名次性质", style="centred", narrowest=9),
        TableColumn(SHARE_HEADING, "figure", "number", PERCENT, narrowest=10, widest=12),
        TableColumn("可核算得分率", "figure", "number", PERCENT, narrowest=10, widest=12),
        TableColumn("按得分率名次", "whole", "centred", narrowest=13),
        TableColumn("分值构成", style="bar", narrowest=27, widest=27),
        *(
            TableColumn(f"{label_of_status}（分）", "figure", "number", SCORE, narrowest=11, widest=12)
            for label_of_status in STATUS_LABELS.values()
        ),
        *(TableColumn(f"{severity.label}数", "whole", "number", WHOLE, narrowest=8) for severity in _COUNTED),
        TableColumn("问题", style="centred", narrowest=8),
        TableColumn("通知书", style="centred", narrowest=9),
    ]
    first, *_, last = STATUS_LABELS.values()
    top = sheet.title(
        f"{result.rulebook.district}{result.rulebook.fiscal_year}年度{result.rulebook.report_name}得分排名",
        f"按{word}得分排列，得分相同的名次并列。“{first}”至“{last}”各列把总分值按得分的来源分开；构成条由深到浅：",
    )
    _legend(sheet)
    sheet.text(
        top,
        0,
        f"“{PROVISIONAL_RANK}”：得分中还有凭自评列示、未经财政复核的部分。按得分率名次只比系统核算和财政复核的部分：不因自评而靠前。",
        "note",
    )
    sheet.heights(top, 18)
    top += 1
    order = ranking_order(result)
    links = _links(sheet, result, order, problems, heads, notices)
    sheet.columns(top, columns, [*_strips(result, columns, order), *links] if order else [], filters=False)
    sheet.freeze(top + 1, 3)
    sheet.repeat(top, top)
    if not order:
        return None
    ranked = Ranked(top + 1, top + len(order))
    excel_table(sheet, TABLE_NAME, top, ranked.last, [column.title for column in columns])
    return ranked


def _legend(sheet: Sheet) -> None:
    for offset, (status, colour) in enumerate(STATUS_COLOURS.items()):
        block, word = (sheet.book.run(colour_of_run, _LEGEND_SIZE) for colour_of_run in (colour, "#595959"))
        sheet.native.write_rich_string(1, _POINTS + offset, block, "██", word, STATUS_LABELS[status])


def _strips(result: BatchResult, columns: Sequence[TableColumn], order: Sequence[int]) -> list[Values | Counts]:
    """The columns but for the links, from top to bottom in this order."""
    frame = result.departments.iloc[list(order)]
    looks = [[Look(column.style, column.number_format)] for column in columns]
    ranks, own, verified = (arrays(frame[name]) for name in ("rank", "self_total", "verified_total"))
    codes, names, files, grades = (texts(frame[name]) for name in ("entity_code", "entity_title", "file", "grade"))
    known, everywhere = arrays(frame["known.points"])[0], np.ones(len(order), np.bool_)
    points = {status: arrays(frame[f"points.{status}"]) for status in STATUS_LABELS}
    by_severity = Counter((finding.file, finding.severity) for finding in result.findings if not finding.settled)
    counted = [np.array([by_severity[file, severity] for file in files], np.int64) for severity in _COUNTED]
    return [
        Counts(*ranks, looks[0], scale=1),
        Values(codes, looks[1]),
        Values(names, looks[2]),
        Counts(*own, looks[3]),
        Counts(*verified, looks[4]),
        Counts(own[0] - verified[0], own[1] & verified[1], looks[5]),
        Values(grades, looks[6]),
        Values([_standing(*pair) for pair in zip(verified[1].tolist(), frame["confirmed"], strict=True)], looks[7]),
        Counts(known, everywhere, looks[8], scale=int(result.rulebook.total_points * SCALE)),
        Counts(arrays(frame["known.rate"])[0], known > 0, looks[9]),
        Counts(arrays(frame["known.rank"])[0], known > 0, looks[10], scale=1),
        _bars(points, float(result.rulebook.total_points)),
        *(Counts(*column, look) for column, look in zip(points.values(), looks[_POINTS:], strict=False)),
        *(
            Counts(counts, everywhere, look, scale=1)
            for counts, look in zip(counted, looks[_POINTS + len(points) :], strict=False)
        ),
    ]


def _standing(has_score: bool, confirmed: bool) -> str | None:
    return None if not has_score else FINAL if confirmed else PROVISIONAL_RANK


def _bars(points: Mapping[str, tuple[Any, Any]], most: float) -> Values:
    """The bars of points by status; the same points are drawn once."""
    rows = list(zip(*(points[status][0].tolist() for status in STATUS_COLOURS), strict=True))
    drawn = {
        row: stacked_bar(
            {colour: nearest_float(count) for colour, count in zip(STATUS_COLOURS.values(), row, strict=True)}, most
        )
        for row in dict.fromkeys(rows)
    }
    places = {look: place for place, look in enumerate(dict.fromkeys(look for _, look in drawn.values()))}
    return Values([drawn[row][0] for row in rows], list(places), [places[drawn[row][1]] for row in rows])


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
