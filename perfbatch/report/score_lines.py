"""The scores of the run report: those of each department, and of each row that is an indicator of its own, as members of lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from perfbatch.district.result import BatchResult
from perfbatch.model.figures import counts, texts
from perfbatch.report.json_text import encoded, figure_text

__all__ = ["row_scores", "scores_of"]

# So many departments at a time have their scores turned into Python objects, which take far more memory than columns.
_BLOCK = 1000


def row_scores(result: BatchResult) -> dict[int, list[str]]:
    """Position in `departments` → its rows that are indicators of their own, as members of a list."""
    frame, members = result.row_scores, dict[int, list[str]]()
    if frame is None or frame.empty:
        return members
    figures = (counts(frame[name]) for name in ("max", "self", "computed", "verified"))
    columns = (frame["department"].tolist(), texts(frame["row"]), texts(frame["name"]), *figures)
    for department, row, name, points, own, computed, verified, status, missing in zip(
        *columns, texts(frame["status"]), frame["missing"].tolist(), strict=True
    ):
        members.setdefault(department, []).append(_score(row, name, (points, own, computed, verified), status, missing))
    return members


def _score(indicator: str, name: str, figures: Sequence[int | None], status: str, missing: Sequence[str]) -> str:
    points, own, computed, verified = map(figure_text, figures)
    return encoded(
        {
            "indicator": indicator,
            "name": name,
            "max": points,
            "self": own,
            "computed": computed,
            "verified": verified,
            "status": status,
            "missing": missing,
        }
    )


def scores_of(result: BatchResult, order: Sequence[int]) -> Iterator[str]:
    """The scores of each department in `order` (positions in `departments`), as members of a list; where rows are indicators of
    their own, those stand in place of their groups."""
    behind = result.rulebook.score_places.rows_behind
    frame = result.scores
    if behind:
        frame = frame[~frame["indicator"].isin(list(behind))]
    department = frame["department"].to_numpy()
    by_department = np.argsort(department, kind="stable")
    bounds = np.searchsorted(department[by_department], np.arange(len(result.departments) + 1))
    # Over a district the same few scores come again and again: each is put into words once.
    score_texts: dict[tuple[Any, ...], str] = {}

    def worded(score: tuple[Any, ...]) -> str:
        indicator, *figures, status, missing = score
        name = result.rulebook.indicator_by_id[indicator].name
        score_texts[score] = _score(indicator, name, figures, status, missing)
        return score_texts[score]

    for start in range(0, len(order), _BLOCK):
        block = order[start : start + _BLOCK]
        rows = frame.iloc[np.concatenate([by_department[bounds[at] : bounds[at + 1]] for at in block])]
        figures = (counts(rows[name]) for name in ("max", "self", "computed", "verified"))
        columns = (texts(rows["indicator"]), *figures, texts(rows["status"]), rows["missing"].tolist())
        members = iter([score_texts.get(score) or worded(score) for score in zip(*columns, strict=True)])
        for at in block:
            yield ",\n".join(islice(members, int(bounds[at + 1] - bounds[at])))
