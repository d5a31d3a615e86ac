"""What is known of a night's findings beside themselves: what follows from what, why, and what is at stake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from perfbatch.diagnosis.broken_sums import BrokenSums
from perfbatch.diagnosis.follow_on import follow_on
from perfbatch.diagnosis.likely_cause import likely_cause
from perfbatch.diagnosis.origins import Origins
from perfbatch.district.register import finding_order
from perfbatch.district.result import BatchResult
from perfbatch.district.score_matrix import ScoreMatrix
from perfbatch.model.figures import texts
from perfbatch.model.submission import SCALE

__all__ = ["Diagnosis", "diagnose"]


@dataclass(frozen=True)
class Diagnosis:
    """Aligned with the night's findings: the position of the cause, the likely cause in words, the points at risk (counts of
    1/SCALE, None where nothing is), and these by indicator; and what findings are put in order by."""

    causes: Sequence[int | None]
    reasons: Sequence[str]
    risks: Sequence[int | None]
    stakes: Sequence[Mapping[str, int]]
    orders: Sequence[tuple[object, ...]]

    def together(self, positions: Iterable[int]) -> int:
        """What several findings of one department put at risk together: the points of an indicator count once."""
        union: dict[str, int] = {}
        for at in positions:
            union |= self.stakes[at]
        return sum(union.values())


def diagnose(result: BatchResult) -> Diagnosis:
    """Find causes and likely slips, and put the night's points at risk beside them."""
    origins = Origins(result.rulebook)
    sums = BrokenSums(result, origins)
    broken = [sums.of(finding) for finding in result.findings]
    at_risk = [result.at_risk.get(finding) for finding in result.findings]
    verified = _verified(result) if result.at_risk else {}
    nothing: Mapping[str, int] = {}
    return Diagnosis(
        causes=follow_on(result.findings, origins),
        reasons=["" if identity is None else likely_cause(identity) for identity in broken],
        risks=[None if risk is None else int(risk.points * SCALE) for risk in at_risk],
        stakes=[
            nothing if risk is None else {name: verified[name].get(finding.file, 0) for name in risk.indicators}
            for finding, risk in zip(result.findings, at_risk, strict=True)
        ],
        orders=[finding_order(finding) for finding in result.findings],
    )


def _verified(result: BatchResult) -> Mapping[str, Mapping[str, int]]:
    """Indicator id → file → the verified score."""
    files, matrix = texts(result.departments["file"]), ScoreMatrix(result)
    return {
        indicator: dict(zip(files, scores.tolist(), strict=True))
        for indicator, scores in zip(matrix.indicators, matrix.verified[0], strict=True)
    }
