"""Points at risk (涉及分值): the points that a department stands to lose over a finding.

A finding points at a cell. An indicator depends on that cell

- as an input: the cell's field is one that the indicator's rule reads (`input_ids`), in whichever row of a unit table it
  stands, since 汇总 is the sum of the rows; or the cell is the answer to one of the indicator's evidence questions;
- as its self-score: the cell is the indicator's own score, and the self-score is what stands, for want of data or
  of a rule (自评待核, 不适用). Where the score is computed, the self-score moves nothing.

At risk are the verified scores, as they stand tonight, of the indicators that depend on the cell: what was lost already
(a verified score of 0) is not at risk, nor is what a reviewer has settled (财政复核), nor what the policy `exclude` took out
of the total. An info asks for no correction, so an input counts there only where the score waits for it: the cell is among
those that are missing, or the indicator does not apply. Two findings on one indicator each state its points in full: what
several findings put at risk together is the sum over their indicators, each once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import repeat

import numpy as np

from perfbatch.district.frames import Frames
from perfbatch.model.findings import AtRisk, Finding, Severity
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.quantity import Bools, Ints
from perfbatch.scoring.indicator_scores import ADJUSTED, NOT_APPLICABLE, SELF_REPORTED
from perfbatch.scoring.verify import Scored

__all__ = ["points_at_risk"]


def points_at_risk(
    findings: Sequence[Finding], frames: Frames, scored: Scored, rulebook: Rulebook
) -> dict[Finding, AtRisk]:
    """What is at risk over each finding; findings over which nothing is are left out. Writes and changes nothing."""
    departments = {submission.file: number for number, submission in enumerate(frames.submissions)}
    rows_of, roles = _ScorecardRows(frames), rulebook.roles
    own_fields = frozenset(rulebook.score_places.own_fields.values())
    # All findings on one input stand or fall with the same indicators: they are looked up as columns.
    alike: dict[tuple[str, str, bool], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for position, finding in enumerate(findings):
        department = departments.get(finding.file)
        if department is None:
            continue
        field, name = finding.field, finding.field
        if field in own_fields:
            name = rows_of.indicator(department, field, finding.row or 0)
        elif field == roles.evidence_answer:
            name = rows_of.evidence(department, finding.row)
        positions, rows = alike[field, name, finding.severity is Severity.INFO]
        positions.append(position)
        rows.append(department)
    stakes = _Stakes(scored, rulebook)
    risks: list[AtRisk | None] = [None] * len(findings)
    for (field, name, info), (positions, rows) in alike.items():
        depending = stakes.of_self_score(name) if field in own_fields else stakes.of_input(name, info=info)
        for position, risk in zip(positions, stakes.at_risk(depending, rows), strict=True):
            risks[position] = risk
    return {finding: risk for finding, risk in zip(findings, risks, strict=True) if risk is not None}


class _Stakes:
    """What stands for each indicator tonight, a row per department: counts of 1/SCALE points that could still be lost."""

    def __init__(self, scored: Scored, rulebook: Rulebook) -> None:
        self._scored = scored.indicators
        self._rulebook = rulebook
        self._readers: dict[str, list[str]] = defaultdict(list)
        for indicator in rulebook.indicators:
            for name in indicator.input_ids:
                self._readers[name].append(indicator.id)
        self._held: dict[str, Ints] = {}
        self._worded_risks: dict[tuple[tuple[str, int], ...], AtRisk] = {}

    def of_self_score(self, indicator_id: str) -> dict[str, Ints]:
        """The indicator, where its self-score is what stands."""
        scores = self._scored.get(indicator_id)
        if scores is None:
            return {}
        stands = (scores.status == SELF_REPORTED) | (scores.status == NOT_APPLICABLE)
        return {indicator_id: np.where(stands, self._points(indicator_id), 0)}

    def of_input(self, name: str, *, info: bool) -> dict[str, Ints]:
        """The indicators that read an input; with `info` only where the score waits for it."""
        held = {reader: self._points(reader) for reader in self._readers.get(name, ())}
        return {id_: np.where(self._waits(id_, name), points, 0) for id_, points in held.items()} if info else held

    def at_risk(self, depending: Mapping[str, Ints], departments: Sequence[int]) -> Iterator[AtRisk | None]:
        """What each of the departments stands to lose together; None where it is nothing."""
        if not depending:
            return repeat(None, len(departments))
        columns = [points[departments].tolist() for points in depending.values()]
        return (self._worded(tuple(depending), points) for points in zip(*columns, strict=True))

    def _worded(self, names: tuple[str, ...], points: tuple[int, ...]) -> AtRisk | None:
        held = tuple((name, number) for name, number in zip(names, points, strict=True) if number > 0)
        if held and held not in self._worded_risks:
            total = sum(number for _, number in held)
            self._worded_risks[held] = AtRisk(Decimal(total) / SCALE, tuple(name for name, _ in held))
        return self._worded_risks.get(held)

    def _points(self, indicator_id: str) -> Ints:
        if indicator_id not in self._held:
            scores = self._scored[indicator_id]
            settled = scores.status == ADJUSTED
            if (scores.indicator.not_applicable or self._rulebook.not_applicable) == "exclude":
                settled = settled | (scores.status == NOT_APPLICABLE)
            self._held[indicator_id] = np.where(settled, 0, scores.verified)
        return self._held[indicator_id]

    def _waits(self, indicator_id: str, name: str) -> Bools:
        """Whether the score is open for the lack, or the emptiness, of this input."""
        scores = self._scored[indicator_id]
        lacking: Bools = np.zeros(len(scores.status), bool)
        for id_, mask in scores.computation.missing if scores.computation is not None else ():
            if id_ == name:
                lacking |= mask
        open_: Bools = (scores.status == NOT_APPLICABLE) | ((scores.status == SELF_REPORTED) & lacking)
        return open_


class _ScorecardRows:
    """Which indicator, or which evidence question, a row of the scorecard's columns belongs to."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        items = frames.items
        places = zip(items["department"].tolist(), items["field"].tolist(), items["row"].tolist(), strict=True)
        self._indicators: dict[tuple[int, str, int], str] = dict(zip(places, items["indicator"].tolist(), strict=True))

    def indicator(self, department: int, field: str, row: int) -> str:
        """The indicator whose self-score stands in a field's row; "" where it is none's."""
        return self._indicators.get((department, field, row), "")

    def evidence(self, department: int, row: int | None) -> str:
        """The evidence id whose answer stands in a row; "" where there is none."""
        if row is None:
            return ""
        # Of an id that stands twice the first row counts.
        answered = self._frames.answered.items()
        return next((name for name, rows in answered if rows[department] == row), "")
