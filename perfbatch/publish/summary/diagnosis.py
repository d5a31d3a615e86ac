"""What is known of a night's findings beside themselves: what follows from what, why, and what is at stake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from perfbatch.diagnosis.broken_sums import BrokenSums
from perfbatch.diagnosis.check_lookup import CheckLookup
from perfbatch.diagnosis.follow_on import follow_on
from perfbatch.diagnosis.likely_cause import likely_cause
from perfbatch.intake.submission import SCALE
from perfbatch.publish.figures import counts, texts
from perfbatch.result import BatchResult

__all__ = ["Diagnosis", "diagnose"]


@dataclass(frozen=True)
class Diagnosis:
    """Aligned with the night's findings: the position of the cause, the likely cause in words, the points at risk (counts of
    1/SCALE, None where nothing is), and these by indicator."""

    causes: Sequence[int | None]
    reasons: Sequence[str]
    risks: Sequence[int | None]
    stakes: Sequence[Mapping[str, int]]

    def together(self, positions: Iterable[int]) -> int:
        """What several findings of one department put at risk together: the points of an indicator count once."""
        union: dict[str, int] = {}
        for at in positions:
            union |= self.stakes[at]
        return sum(union.values())


def diagnose(result: BatchResult) -> Diagnosis:
    """Find causes and likely slips, and put the night's points at risk beside them."""
    lookup = CheckLookup(result.rulebook)
    sums = BrokenSums(result, lookup)
    broken = [sums.of(finding) for finding in result.findings]
    at_risk = [result.at_risk.get(finding) for finding in result.findings]
    verified = _verified(result) if result.at_risk else {}
    return Diagnosis(
        causes=follow_on(result.findings, lookup),
        reasons=["" if one is None else likely_cause(one) for one in broken],
        risks=[None if one is None else int(one.points * SCALE) for one in at_risk],
        stakes=[
            {} if one is None else {name: verified.get((finding.file, name), 0) for name in one.indicators}
            for finding, one in zip(result.findings, at_risk, strict=True)
        ],
    )


def _verified(result: BatchResult) -> dict[tuple[str, str], int]:
    """(file, indicator id) → the verified score."""
    files = texts(result.departments["file"])
    frame = result.scores
    rows = zip(frame["department"].tolist(), texts(frame["indicator"]), counts(frame["verified"]), strict=True)
    return {(files[department], indicator): verified or 0 for department, indicator, verified in rows}
