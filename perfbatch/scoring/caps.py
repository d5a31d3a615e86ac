"""Caps on the total: which hold for whom, what they leave of a total, what is said of one that is higher."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from perfbatch.district.frames import Frames
from perfbatch.district.scopes import DepartmentScope
from perfbatch.model.catalogue import CATALOGUE
from perfbatch.model.figures import score_text
from perfbatch.model.findings import Finding
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.caps import Cap
from perfbatch.rulebook.columns import Truth, evaluate
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.quantity import Bools, Ints

__all__ = ["CappedTotals", "capped_totals"]


@dataclass(frozen=True)
class CappedTotals:
    """Totals of the whole district in counts of 1/SCALE point, before and under the caps; each cap with whom it holds for."""

    before: Ints
    totals: Ints
    caps: tuple[tuple[Cap, Bools], ...]

    def holding(self, department: int) -> Cap | None:
        """The cap that counts for a department: the lowest that holds."""
        holding = [cap for cap, holds in self.caps if holds[department]]
        return min(holding, key=lambda cap: cap.maximum, default=None)

    def findings(self, frames: Frames, rulebook: Rulebook, self_totals: list[int | None]) -> Iterator[Finding]:
        """S19: the department's own total, or else the computed one, is more than the cap that holds for it."""
        anyone = np.logical_or.reduce([holds for _, holds in self.caps]) if self.caps else np.zeros(0, bool)
        text, field = CATALOGUE["S19"], rulebook.roles.self_total
        for department in np.flatnonzero(anyone).tolist():
            cap, own = self.holding(department), self_totals[department]
            assert cap is not None
            most, before = int(cap.maximum * SCALE), int(self.before[department])
            claimed = own is not None and own > most
            if not claimed and before <= most:
                continue
            total = own if claimed and own is not None else before
            words = {"name": cap.name, "which": "自评" if claimed else "核算"}
            words |= {"reported": score_text(total), "expected": score_text(most)}
            submission, fact = frames.submissions[department], frames.fact(department, field)
            yield Finding(
                "S19",
                text.severity,
                submission.entity_code,
                submission.file,
                fact.sheet,
                fact.cell,
                field,
                words["reported"],
                words["expected"],
                score_text(total - most),
                text.message.format(**words),
                text.remedy,
                check=cap.id,
                outcome="failed",
                counts=(total, most, total - most),
            )


def capped_totals(totals: Ints, scope: DepartmentScope, rulebook: Rulebook) -> CappedTotals:
    """The totals under the rulebook's caps."""
    left, caps = totals, []
    for cap in rulebook.caps:
        truth = evaluate(parse(cap.when), scope, tolerant=False)
        assert isinstance(truth, Truth)
        holds: Bools = truth.value & truth.known & ~truth.tainted
        caps.append((cap, holds))
        left = np.where(holds, np.minimum(left, int(cap.maximum * SCALE)), left)
    return CappedTotals(totals, left, tuple(caps))
