"""The columns of 得分排名, by what they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from perfbatch.district.result import STATUS_LABELS, BatchResult
from perfbatch.model.figures import arrays, nearest_float, texts
from perfbatch.model.findings import Severity
from perfbatch.model.submission import SCALE
from perfbatch.roster.model import OFFICE_HEADING
from perfbatch.summary.marks import stacked_bar
from perfbatch.summary.sheet import TableColumn
from perfbatch.summary.strips import Counts, Look, Values
from perfbatch.summary.styles import PERCENT, SCORE, STATUS_COLOURS, WHOLE

__all__ = ["FINAL", "PROVISIONAL_RANK", "SHARE_HEADING", "RankingColumn", "ranking_columns"]

FINAL, PROVISIONAL_RANK = "已核定", "暂列"
"""Whether a rank rests on figures, rules and reviews alone, or on the department's own word as well."""

SHARE_HEADING = "可核算分值占比"
"""The share of all points that was computed or reviewed."""


_COUNTED = (Severity.ERROR, Severity.WARNING)

RankingColumn = tuple[TableColumn, Values | Counts]
"""A column and its cells from top to bottom."""


def ranking_columns(result: BatchResult, order: Sequence[int], *, profiled: bool) -> dict[str, RankingColumn]:
    """Key → column, from left to right, but for the links; the departments stand in this order. `profiled`: whether there is a
    column that the lines of the groups' scores are drawn in."""
    word = result.verified_word
    frame = result.departments.iloc[list(order)]
    ranks, own, verified = (arrays(frame[name]) for name in ("rank", "self_total", "verified_total"))
    codes, files = texts(frame["entity_code"]), texts(frame["file"])
    known, everywhere = arrays(frame["known.points"])[0], np.ones(len(order), np.bool_)
    total = int(result.rulebook.total_points * SCALE)
    offices = result.offices

    def score(title: str) -> TableColumn:
        return TableColumn(title, "figure", "number", SCORE, narrowest=11, widest=13)

    def share(title: str) -> TableColumn:
        return TableColumn(title, "figure", "number", PERCENT, narrowest=11, widest=13)

    def counted(column: TableColumn, counts: Any, filled: Any, scale: int = SCALE) -> RankingColumn:
        return column, Counts(counts, filled, [Look(column.style, column.number_format)], scale=scale)

    def worded(column: TableColumn, values: Sequence[str | None]) -> RankingColumn:
        return column, Values(values, [Look(column.style)])

    columns = {
        "rank": counted(TableColumn("名次", "whole", "centred", narrowest=8), *ranks, scale=1),
        "code": worded(TableColumn(result.rulebook.key_label, style="centred", narrowest=12), codes),
        "name": worded(TableColumn(result.rulebook.name_label, narrowest=24), texts(frame["entity_title"])),
    }
    if offices:
        office = TableColumn(OFFICE_HEADING, style="centred", narrowest=16, widest=20)
        columns["office"] = worded(office, [offices.get(code) for code in codes])
    columns |= {
        "own": counted(score("自评得分"), *own),
        "verified": counted(score(f"{word}得分"), *verified),
        "gap": counted(score(f"自评−{word}"), own[0] - verified[0], own[1] & verified[1]),
        "grade": worded(TableColumn("等次", style="centred", narrowest=9), texts(frame["grade"])),
        "standing": worded(
            TableColumn("名次性质", style="centred", narrowest=12),
            [_standing(*pair) for pair in zip(verified[1].tolist(), frame["confirmed"], strict=True)],
        ),
        "share": counted(share(SHARE_HEADING), known, everywhere, total),
        "rate": counted(share("可核算得分率"), arrays(frame["known.rate"])[0], known > 0),
        "rate_rank": counted(
            TableColumn("按得分率名次", "whole", "centred", narrowest=11),
            arrays(frame["known.rank"])[0],
            known > 0,
            1,
        ),
    }
    if profiled:
        columns["by_group"] = worded(TableColumn("各类得分率", style="centred", narrowest=13), [None] * len(order))
    points = {status: arrays(frame[f"points.{status}"]) for status in STATUS_LABELS}
    columns["bar"] = TableColumn("分值构成", style="bar", narrowest=27, widest=27), _bars(points, total / SCALE)
    columns |= {
        f"points.{status}": counted(score(f"{label}（分）"), *points[status]) for status, label in STATUS_LABELS.items()
    }
    by_severity = Counter((finding.file, finding.severity) for finding in result.findings if not finding.settled)
    columns |= {
        severity.value: counted(
            TableColumn(f"{severity.label}数", "whole", "number", WHOLE, narrowest=9),
            np.array([by_severity[file, severity] for file in files], np.int64),
            everywhere,
            1,
        )
        for severity in _COUNTED
    }
    return columns


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
