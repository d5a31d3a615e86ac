"""Points that wait: scores that stand on the department's own word as long as figures for them are not filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from perfbatch.district.result import BatchResult

__all__ = ["WaitingPoints", "waiting_points"]


class WaitingPoints(NamedTuple):
    """`fields` and evidence rows that are not filled in, in the order in which indicators ask for them; `points` is what the
    indicators that need them are worth, in counts of 1/SCALE point."""

    fields: tuple[str, ...]
    points: int


def waiting_points(result: BatchResult) -> Mapping[str, WaitingPoints]:
    """File → what waits in it, for the departments where something does."""
    own = result.rulebook.roles.item_self
    scores = result.scores
    lacking = scores[scores["missing"].map(bool).to_numpy(dtype=bool)]
    waiting: dict[int, tuple[dict[str, None], int]] = {}
    for department, names, points in zip(lacking["department"], lacking["missing"], lacking["max"], strict=True):
        needed = [name for name in names if name != own]
        if needed:
            fields, worth = waiting.setdefault(int(department), ({}, 0))
            waiting[int(department)] = ({**fields, **dict.fromkeys(needed)}, worth + int(points))
    files = result.departments["file"].tolist()
    return {files[department]: WaitingPoints(tuple(fields), worth) for department, (fields, worth) in waiting.items()}
