"""An indicator's inputs → exact points, for the whole district at once. The arithmetic is the kind of rule's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from perfbatch.district.frame_scope import FrameScope
from perfbatch.rulebook.kinds.arithmetic import HUNDREDTH, Computation
from perfbatch.rulebook.model import Indicator
from perfbatch.rulebook.quantity import Bools

__all__ = ["HUNDREDTH", "Computation", "compute", "lacking"]


def compute(indicator: Indicator, scope: FrameScope) -> Computation | None:
    """Apply an indicator's rule; None for judgement."""
    block = scope.rulebook.evidence_block
    computation = indicator.rule.compute(indicator, scope, block.yes if block else "")
    if computation is None or indicator.deviation is None:
        return computation
    return indicator.deviation.taken_off(computation)


def lacking(missing: Iterable[tuple[str, Bools]], waiting: Bools) -> list[tuple[tuple[str, ...], list[int]]]:
    """What is missing together among the rows that wait for it, and in which rows: departments mostly lack the same."""
    names, masks = zip(*missing, strict=True)
    rows = np.flatnonzero(waiting & np.logical_or.reduce(masks))
    together: dict[tuple[bool, ...], list[int]] = defaultdict(list)
    lacks = zip(*(mask[rows].tolist() for mask in masks), strict=True)
    for row, combination in zip(rows.tolist(), lacks, strict=True):
        together[combination].append(row)
    return [
        (tuple(name for name, lack in zip(names, combination, strict=True) if lack), lacking_rows)
        for combination, lacking_rows in together.items()
    ]
