"""得分排名: departments by verified score, with what the score rests on."""

from __future__ import annotations

from collections import Counter

from perfbatch.findings import Severity
from perfbatch.publish.figures import counts, texts
from perfbatch.publish.summary.sheet import Cell, Column, Sheet
from perfbatch.publish.summary.styles import SCORE, WHOLE
from perfbatch.result import STATUS_LABELS, BatchResult

__all__ = ["VERIFIED_COLUMN", "write_ranking"]

VERIFIED_COLUMN = 4
"""The column of the verified score, for formulas elsewhere."""


def write_ranking(sheet: Sheet, result: BatchResult) -> tuple[int, int] | None:
    """Write the ranking; returns the first and last row of its departments, None where there are none."""
    label = {field.id: field.label for field in result.rulebook.fields()}
    points = [
        Column(f"{word}（分）", "figure", "number", SCORE, narrowest=10, widest=12) for word in STATUS_LABELS.values()
    ]
    columns = [
        Column("名次", "whole", "centred", narrowest=7),
        Column(label["budget_code"], style="centred", narrowest=11),
        Column(label["unit_name"], narrowest=24),
        Column("自评得分", "figure", "number", SCORE, narrowest=10, widest=12),
        Column("核定得分", "figure", "number", SCORE, narrowest=10, widest=12),
        Column("自评−核定", "figure", "number", SCORE, narrowest=10, widest=12),
        Column("等次", style="centred", narrowest=8),
        *points,
        *(Column(f"{severity.label}数", "whole", "number", WHOLE, narrowest=8) for severity in _COUNTED),
    ]
    rows = _rows(result)
    first, *_, last = STATUS_LABELS.values()
    top = sheet.title(
        f"{result.rulebook.district}{result.rulebook.fiscal_year}年度部门整体支出绩效评价得分排名",
        f"按核定得分排列，得分相同的名次并列。“{first}”至“{last}”各列是核定得分的构成。",
    )
    sheet.table(top, columns, rows)
    sheet.freeze(top + 1, 3)
    sheet.repeat(top, top)
    return (top + 1, top + len(rows)) if rows else None


_COUNTED = (Severity.ERROR, Severity.WARNING)


def _rows(result: BatchResult) -> list[list[Cell]]:
    frame = result.departments
    found = Counter((finding.budget_code, finding.severity) for finding in result.findings)
    own, verified = counts(frame["self_total"]), counts(frame["verified_total"])
    ranks, codes, names, grades = (
        counts(frame["rank"]),
        texts(frame["budget_code"]),
        texts(frame["unit_name"]),
        texts(frame["grade"]),
    )
    points = [counts(frame[f"points.{status}"]) for status in STATUS_LABELS]
    # A department without a rank has no score: it comes last, not first.
    order = sorted(range(len(frame)), key=lambda at: (ranks[at] is None, ranks[at] or 0, codes[at]))
    rows: list[list[Cell]] = []
    for at in order:
        mine, theirs = own[at], verified[at]
        difference = None if mine is None or theirs is None else mine - theirs
        rows.append(
            [
                ranks[at],
                codes[at],
                names[at],
                mine,
                theirs,
                difference,
                grades[at],
                *(column[at] for column in points),
                *(found[codes[at], severity] for severity in _COUNTED),
            ]
        )
    return rows
