"""Points at risk (涉及分值): the points that a department stands to lose over a finding.

A finding points at a cell. An indicator depends on that cell

- as an input: the cell's field is one that the indicator's rule reads (`input_ids`), in whichever row of a unit table it
  stands, since 汇总 is the sum of the rows; or the cell is the answer to one of the indicator's evidence questions;
- as its self-score: the cell is the indicator's `item_self_score`, and the self-score is what stands, for want of data or
  of a rule (自评待核, 不适用). Where the score is computed, the self-score moves nothing.

At risk are the verified scores, as they stand tonight, of the indicators that depend on the cell: what was lost already
(a verified score of 0) is not at risk, nor is what a reviewer has settled (财政复核), nor what the policy `exclude` took out
of the total. An info asks for no correction, so an input counts there only where the score waits for it: the cell is among
those that are missing, or the indicator does not apply. Two findings on one indicator each state its points in full: what
several findings put at risk together is the sum over their indicators, each once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from perfbatch.findings import AtRisk, Finding, Severity
from perfbatch.frames import Frames
from perfbatch.intake.submission import SCALE
from perfbatch.rulebook.model import Rulebook
from perfbatch.scoring.rules import input_ids
from perfbatch.scoring.verify import Scored

__all__ = ["points_at_risk"]

_SELF_SCORE, _ANSWER = "item_self_score", "evidence_answer"
_STANDS_BY_ITSELF = ("self_reported", "not_applicable")


def points_at_risk(
    findings: Sequence[Finding], frames: Frames, scored: Scored, rulebook: Rulebook
) -> dict[Finding, AtRisk]:
    """What is at risk over each finding; findings over which nothing is are left out. Writes and changes nothing."""
    departments = {submission.file: number for number, submission in enumerate(frames.submissions)}
    readers: dict[str, list[str]] = defaultdict(list)
    for indicator in rulebook.indicators:
        for name in input_ids(indicator):
            readers[name].append(indicator.id)
    rows = _Rows(frames, rulebook)
    stakes = _Stakes(scored, rulebook)
    found: dict[Finding, AtRisk] = {}
    for finding in findings:
        department = departments.get(finding.file)
        if department is None or finding in found:
            continue
        if finding.field == _SELF_SCORE:
            indicator_id = rows.indicator_at(department, finding)
            depending = [indicator_id] if stakes.status(department, indicator_id) in _STANDS_BY_ITSELF else []
        else:
            name = rows.evidence_at(department, finding) if finding.field == _ANSWER else finding.field
            depending = readers.get(name, [])
            if finding.severity is Severity.INFO:
                depending = [one for one in depending if stakes.waits_for(department, one, name)]
        points = {one: stakes.points(department, one) for one in depending}
        held = {one: number for one, number in points.items() if number > 0}
        if held:
            found[finding] = AtRisk(Decimal(sum(held.values())) / SCALE, tuple(held))
    return found


class _Stakes:
    """What stands for each indicator of a department tonight."""

    def __init__(self, scored: Scored, rulebook: Rulebook) -> None:
        self._scored = scored.indicators
        self._rulebook = rulebook

    def status(self, department: int, indicator_id: str) -> str:
        return str(self._scored[indicator_id].status[department]) if indicator_id in self._scored else ""

    def points(self, department: int, indicator_id: str) -> int:
        """Counts of 1/SCALE points that could still be lost."""
        one, status = self._scored[indicator_id], self.status(department, indicator_id)
        policy = one.indicator.not_applicable or self._rulebook.not_applicable
        if status == "adjusted" or (status == "not_applicable" and policy == "exclude"):
            return 0
        return int(one.verified[department])

    def waits_for(self, department: int, indicator_id: str, name: str) -> bool:
        """Whether the score is open for the lack, or the emptiness, of this input."""
        one, status = self._scored[indicator_id], self.status(department, indicator_id)
        if status == "not_applicable":
            return True
        missing = one.computation.missing if one.computation is not None else ()
        return status == "self_reported" and any(id_ == name and bool(mask[department]) for id_, mask in missing)


class _Rows:
    """Which indicator, or which evidence question, a cell of the scorecard belongs to."""

    def __init__(self, frames: Frames, rulebook: Rulebook) -> None:
        self._frames = frames
        self._evidence = [name for indicator in rulebook.indicators for name in indicator.evidence_ids]
        self._items: dict[int, dict[tuple[str, str], str]] = {}
        self._answers: dict[int, dict[tuple[str, str], str]] = {}

    def indicator_at(self, department: int, finding: Finding) -> str:
        """The indicator whose self-score stands in the finding's cell; "" for a cell of another kind."""
        if department not in self._items:
            items = self._frames.items
            own = items[items["department"] == department]
            self._items[department] = {
                (fact.sheet, fact.cell): str(indicator)
                for row, indicator in zip(own["row"].tolist(), own["indicator"].tolist(), strict=True)
                if (fact := self._frames.fact(department, _SELF_SCORE, row)).cell
            }
        return self._items[department].get((finding.sheet, finding.cell), "")

    def evidence_at(self, department: int, finding: Finding) -> str:
        """The evidence id whose answer stands in the finding's cell; "" for a cell of another kind."""
        if department not in self._answers:
            facts = ((name, self._frames.evidence_fact(department, name)) for name in self._evidence)
            self._answers[department] = {(fact.sheet, fact.cell): name for name, fact in facts if fact.cell}
        return self._answers[department].get((finding.sheet, finding.cell), "")
