"""S-findings: what is to be said of a score. The finding points at the self-score, or at the cell that is to be filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat

import numpy as np

from perfbatch.district.frames import Frames
from perfbatch.district.quantities import ItemRows
from perfbatch.model.figures import percent_text, score_text
from perfbatch.model.findings import CATALOGUE, CheckOutcome, Counts, Finding, Severity
from perfbatch.model.submission import SCALE, Fact
from perfbatch.rulebook.checks import bind_checks
from perfbatch.rulebook.expression import Call, Name, Node, children
from perfbatch.rulebook.model import DeductRule, Indicator, PerCaseRule, Rulebook
from perfbatch.scoring.rules import READINGS, Reading, input_ids, lacking
from perfbatch.scoring.verify import (
    ADJUSTED,
    COMPUTED,
    NOT_APPLICABLE,
    SELF_REPORTED,
    Adjustment,
    IndicatorScores,
    Scored,
)

__all__ = ["READING_NAMES", "label_of_input", "remark"]

READING_NAMES: Mapping[Reading, str] = {
    "pro_rata": "不足一个百分点按比例扣分",
    "whole": "不足一个百分点不扣分",
    "ceil": "不足一个百分点按一个百分点扣分",
}

_CENT = SCALE // 100
_NO_COUNTS: Counts = (None, None, None)
# What these say is that the score could not be computed; of the others, that it is not the department's own.
_NOT_MADE = frozenset({"S04", "S05", "S06"})


def remark(
    frames: Frames, scored: Scored, rulebook: Rulebook, adjustments: Mapping[tuple[str, str], Adjustment] | None = None
) -> list[Finding]:
    """All S-findings, indicator by indicator in the rulebook's order."""
    compared = _compared_by_checks(rulebook)
    item_rows = ItemRows(frames, rulebook)
    findings: list[Finding] = []
    for scores in scored.indicators.values():
        speaker = _Speaker(frames, scores, item_rows, rulebook)
        findings.extend(speaker.adjusted(adjustments or {}))
        if scores.computation is not None:
            findings.extend(speaker.differs(silent=scores.indicator.id in compared))
            findings.extend(speaker.over())
            findings.extend(speaker.not_applicable())
            findings.extend(speaker.uncovered())
            findings.extend(speaker.missing())
    return findings


def _compared_by_checks(rulebook: Rulebook) -> frozenset[str]:
    """Indicators whose self-score a check of the rulebook already holds against the computed one."""

    def named(node: Node) -> Iterator[str]:
        if isinstance(node, Call) and node.function == "points" and isinstance(node.arguments[0], Name):
            yield node.arguments[0].id
        for child in children(node):
            yield from named(child)

    return frozenset(name for bound in bind_checks(rulebook) for name in named(bound.holds))


def label_of_input(input_id: str, rulebook: Rulebook) -> str:
    """What people call an input: a field's label, or the question of an evidence row."""
    field = rulebook.field_by_id.get(input_id)
    if field is not None:
        return field.label
    indicator_id, _, row = input_id.partition(".")
    rule = rulebook.indicator_by_id[indicator_id].rule
    if isinstance(rule, PerCaseRule):
        return rule.question
    return f"核对清单第{row}项"


@dataclass(frozen=True, slots=True)
class _Words:
    code: str
    severity: Severity
    message: str
    remedy: str
    outcome: CheckOutcome


class _Speaker:
    """The remarks on one indicator."""

    def __init__(self, frames: Frames, scores: IndicatorScores, item_rows: ItemRows, rulebook: Rulebook) -> None:
        self._frames = frames
        self._scores = scores
        self._indicator: Indicator = scores.indicator
        self._rulebook = rulebook
        self._item_rows = item_rows

    def adjusted(self, adjustments: Mapping[tuple[str, str], Adjustment]) -> Iterator[Finding]:
        """S07: the bureau's reviewer entered a score."""
        rows = np.flatnonzero(self._scores.status == ADJUSTED).tolist()
        for row, fact in zip(rows, self._self_cells(rows), strict=True):
            code = self._frames.submissions[row].budget_code
            reason = adjustments[(code, self._indicator.id)].reason
            count = int(self._scores.verified[row])
            verified = score_text(count)
            words = self._words("S07", expected=verified, reason=reason)
            yield self._say(words, row, fact, expected=verified, counts=(None, count, None))

    def differs(self, *, silent: bool) -> Iterator[Finding]:
        """S01: the self-score is not the computed one; S02: it is, under another reading of the form's words."""
        computation = self._scores.computation
        if computation is None or silent:
            return
        self_score = self._scores.self_score
        here = computation.computed & self_score.usable & (self._scores.status == COMPUTED)
        rows = np.flatnonzero(here & (self_score.num != computation.points * _CENT)).tolist()
        # Scores are few: the same two meet in many departments, and are put into words once.
        worded: dict[tuple[int, int, Reading | None], tuple[_Words, str, str, str, Counts]] = {}
        for row, fact in zip(rows, self._self_cells(rows), strict=True):
            own, computed = int(self_score.num[row]), int(computation.points[row]) * _CENT
            reading = next((candidate for candidate in READINGS if self._matches(candidate, row)), None)
            if (own, computed, reading) not in worded:
                worded[own, computed, reading] = self._deviation(own, computed, reading)
            yield self._say(worded[own, computed, reading][0], row, fact, *worded[own, computed, reading][1:])

    def _deviation(self, own: int, computed: int, reading: Reading | None) -> tuple[_Words, str, str, str, Counts]:
        """What is said of a self-score beside the computed one: words, both scores, their difference, as texts and numbers."""
        reported, expected = score_text(own), score_text(computed)
        words = self._words(
            "S01" if reading is None else "S02",
            reported=reported,
            expected=expected,
            reading=READING_NAMES[reading] if reading else "",
        )
        gap = own - computed
        return words, reported, expected, score_text(gap), (own, computed, gap)

    def _matches(self, reading: Reading, row: int) -> bool:
        computation = self._scores.computation
        if computation is None or reading not in computation.readings:
            return False
        return int(self._scores.self_score.num[row]) == int(computation.readings[reading][row]) * _CENT

    def over(self) -> Iterator[Finding]:
        """S03: a rate past what the form provides for, scored as the threshold."""
        computation, rule = self._scores.computation, self._indicator.rule
        if computation is None or computation.figure is None or not isinstance(rule, DeductRule):
            return
        threshold = Fraction(rule.threshold)
        expected = f"{percent_text(threshold)}%"
        rows = np.flatnonzero(computation.over).tolist()
        for row, fact in zip(rows, self._input_cells(input_ids(self._indicator)[0], rows), strict=True):
            figure = computation.figure.fraction(row)
            reported, difference = f"{percent_text(figure)}%", f"{percent_text(figure - threshold)}%"
            words = self._words("S03", reported=reported, expected=expected)
            yield self._say(words, row, fact, reported, expected, difference)

    def not_applicable(self) -> Iterator[Finding]:
        """S04: the denominator is 0."""
        rows = np.flatnonzero(self._scores.status == NOT_APPLICABLE).tolist()
        if not rows:
            return
        denominator = input_ids(self._indicator)[-1]
        words = self._words("S04", reported="0", field_label=label_of_input(denominator, self._rulebook))
        for row, fact in zip(rows, self._input_cells(denominator, rows), strict=True):
            yield self._say(words, row, fact, "0", counts=(0, None, None))

    def uncovered(self) -> Iterator[Finding]:
        """S06: the form's rule says nothing about such a figure."""
        computation = self._scores.computation
        if computation is None or computation.figure is None:
            return
        unit = "%" if self._indicator.ratio or self._indicator.figure else ""
        rows = np.flatnonzero(~computation.covered & (self._scores.status == SELF_REPORTED)).tolist()
        for row, fact in zip(rows, self._input_cells(input_ids(self._indicator)[0], rows), strict=True):
            figure = f"{percent_text(computation.figure.fraction(row))}{unit}"
            yield self._say(self._words("S06", reported=figure), row, fact, figure)

    def missing(self) -> Iterator[Finding]:
        """S05: inputs are not there; the cell is the first of them."""
        computation = self._scores.computation
        if computation is None:
            return
        for names, rows in lacking(computation.missing, self._scores.status == SELF_REPORTED):
            words = self._words("S05", missing="、".join(label_of_input(name, self._rulebook) for name in names))
            for row, fact in zip(rows, self._input_cells(names[0], rows), strict=True):
                yield self._say(words, row, fact)

    def _self_cells(self, rows: Sequence[int]) -> Iterator[Fact]:
        if not rows:
            return iter(())
        at = self._item_rows.first(self._indicator.id)[rows].tolist()
        return map(self._frames.fact, rows, repeat(self._rulebook.roles.item_self), at)

    def _input_cells(self, input_id: str, rows: Sequence[int]) -> Iterator[Fact]:
        known = input_id in self._rulebook.field_by_id
        return map(self._frames.fact if known else self._frames.evidence_fact, rows, repeat(input_id))

    def _words(self, code: str, **words: str) -> _Words:
        """What is said under a code, put together once for all departments of which it is said alike."""
        text = CATALOGUE[code]
        named = {"item": self._indicator.name, "ratio_name": self._indicator.ratio_name, **words}
        outcome: CheckOutcome = "not_made" if code in _NOT_MADE else "failed"
        return _Words(code, text.severity, text.message.format(**named), text.remedy.format(**named), outcome)

    def _say(
        self,
        words: _Words,
        row: int,
        fact: Fact,
        reported: str = "",
        expected: str = "",
        difference: str = "",
        counts: Counts = _NO_COUNTS,
    ) -> Finding:
        submission = self._frames.submissions[row]
        return Finding(
            words.code,
            words.severity,
            submission.budget_code,
            submission.file,
            fact.sheet,
            fact.cell,
            fact.field,
            reported,
            expected,
            difference,
            words.message,
            words.remedy,
            check=self._indicator.id,
            row=fact.row if fact.cell and fact.field in self._rulebook.column_ids else None,
            outcome=words.outcome,
            counts=counts,
        )
