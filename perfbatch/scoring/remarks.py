"""S-findings: what is to be said of a score. The finding points at the self-score, or at the cell that is to be filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np

from perfbatch.figures import percent_text, score_text
from perfbatch.findings import CATALOGUE, Finding
from perfbatch.frames import Frames
from perfbatch.intake.submission import SCALE, Fact
from perfbatch.rulebook.checks import bind_checks
from perfbatch.rulebook.expression import Call, Name, Node, children
from perfbatch.rulebook.model import DeductRule, Indicator, PerCaseRule, Rulebook
from perfbatch.scoring.rules import READINGS, Reading, input_ids
from perfbatch.scoring.verify import Adjustment, IndicatorScores, Scored

__all__ = ["READING_NAMES", "label_of_input", "remark"]

READING_NAMES: Mapping[Reading, str] = {
    "pro_rata": "不足一个百分点按比例扣分",
    "whole": "不足一个百分点不扣分",
    "ceil": "不足一个百分点按一个百分点扣分",
}

_CENT = SCALE // 100


def remark(
    frames: Frames, scored: Scored, rulebook: Rulebook, adjustments: Mapping[tuple[str, str], Adjustment] | None = None
) -> list[Finding]:
    """All S-findings, indicator by indicator in the rulebook's order."""
    compared = _compared_by_checks(rulebook)
    found: list[Finding] = []
    for one in scored.indicators.values():
        speaker = _Speaker(frames, one, rulebook)
        found.extend(speaker.adjusted(adjustments or {}))
        if one.computation is not None:
            found.extend(speaker.differs(silent=one.indicator.id in compared))
            found.extend(speaker.over())
            found.extend(speaker.not_applicable())
            found.extend(speaker.uncovered())
            found.extend(speaker.missing())
    return found


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


class _Speaker:
    """The remarks on one indicator."""

    def __init__(self, frames: Frames, scores: IndicatorScores, rulebook: Rulebook) -> None:
        self._frames = frames
        self._scores = scores
        self._indicator: Indicator = scores.indicator
        self._rulebook = rulebook
        items = frames.items
        own = items[items["indicator"] == self._indicator.id]
        self._item_row = own.groupby("department")["row"].first().to_dict()

    def adjusted(self, adjustments: Mapping[tuple[str, str], Adjustment]) -> Iterator[Finding]:
        """S07: the bureau's reviewer entered a score."""
        for row in np.flatnonzero(self._scores.status == "adjusted"):
            code = self._frames.submissions[row].budget_code
            reason = adjustments[(code, self._indicator.id)].reason
            verified = score_text(int(self._scores.verified[row]))
            yield self._say("S07", int(row), self._self_cell(int(row)), expected=verified, reason=reason)

    def differs(self, *, silent: bool) -> Iterator[Finding]:
        """S01: the self-score is not the computed one; S02: it is, under another reading of the form's words."""
        computation = self._scores.computation
        if computation is None or silent:
            return
        self_score = self._scores.self_score
        here = computation.computed & self_score.usable & (self._scores.status == "computed")
        differs = here & (self_score.num != computation.points * _CENT)
        for row in map(int, np.flatnonzero(differs)):
            reading = next((one for one in READINGS if self._matches(one, row)), None)
            yield self._say(
                "S01" if reading is None else "S02",
                row,
                self._self_cell(row),
                reported=score_text(int(self_score.num[row])),
                expected=score_text(int(computation.points[row]) * _CENT),
                difference=score_text(int(self_score.num[row]) - int(computation.points[row]) * _CENT),
                reading=READING_NAMES[reading] if reading else "",
            )

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
        for row in map(int, np.flatnonzero(computation.over)):
            figure = computation.figure.fraction(row)
            yield self._say(
                "S03",
                row,
                self._input_cell(self._first_input(), row),
                reported=f"{percent_text(figure)}%",
                expected=f"{percent_text(Fraction(rule.threshold))}%",
                difference=f"{percent_text(figure - Fraction(rule.threshold))}%",
            )

    def not_applicable(self) -> Iterator[Finding]:
        """S04: the denominator is 0."""
        for row in map(int, np.flatnonzero(self._scores.status == "not_applicable")):
            denominator = self._denominator()
            label = label_of_input(denominator, self._rulebook)
            yield self._say("S04", row, self._input_cell(denominator, row), reported="0", field_label=label)

    def uncovered(self) -> Iterator[Finding]:
        """S06: the form's rule says nothing about such a figure."""
        computation = self._scores.computation
        if computation is None or computation.figure is None:
            return
        outside = ~computation.covered & (self._scores.status == "self_reported")
        for row in map(int, np.flatnonzero(outside)):
            unit = "%" if self._indicator.ratio or self._indicator.figure else ""
            figure = f"{percent_text(computation.figure.fraction(row))}{unit}"
            yield self._say("S06", row, self._input_cell(self._first_input(), row), reported=figure)

    def missing(self) -> Iterator[Finding]:
        """S05: inputs are not there; the cell is the first of them."""
        computation = self._scores.computation
        if computation is None:
            return
        waiting = self._scores.status == "self_reported"
        lacking: dict[int, list[str]] = {}
        for name, mask in computation.missing:
            for row in map(int, np.flatnonzero(mask & waiting)):
                lacking.setdefault(row, []).append(name)
        for row, names in lacking.items():
            labels = "、".join(label_of_input(name, self._rulebook) for name in names)
            yield self._say("S05", row, self._input_cell(names[0], row), missing=labels)

    def _first_input(self) -> str:
        return input_ids(self._indicator)[0]

    def _denominator(self) -> str:
        return input_ids(self._indicator)[-1]

    def _self_cell(self, row: int) -> Fact:
        return self._frames.fact(row, "item_self_score", self._item_row.get(row, 0))

    def _input_cell(self, input_id: str, row: int) -> Fact:
        if input_id in self._rulebook.field_by_id:
            return self._frames.fact(row, input_id)
        return self._frames.evidence_fact(row, input_id)

    def _say(
        self,
        code: str,
        row: int,
        fact: Fact,
        *,
        reported: str = "",
        expected: str = "",
        difference: str = "",
        **words: str,
    ) -> Finding:
        text = CATALOGUE[code]
        submission = self._frames.submissions[row]
        named = {
            "item": self._indicator.name,
            "ratio_name": self._indicator.ratio_name,
            "reported": reported,
            "expected": expected,
            **words,
        }
        return Finding(
            code=code,
            severity=text.severity,
            budget_code=submission.budget_code,
            file=submission.file,
            sheet=fact.sheet,
            cell=fact.cell,
            field=fact.field,
            reported=reported,
            expected=expected,
            difference=difference,
            message=text.message.format(**named),
            remedy=text.remedy.format(**named),
        )
