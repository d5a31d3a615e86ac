"""S-findings: what is to be said of a score. The finding points at the self-score, or at the cell that is to be filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np

from perfbatch.district.frames import Frames
from perfbatch.district.quantities import ItemRows
from perfbatch.model.catalogue import CATALOGUE, WORDINGS
from perfbatch.model.figures import MIN_PLACES, count_text, counts, percent_text, score_text
from perfbatch.model.findings import CheckOutcome, Counts, Finding, Severity
from perfbatch.model.submission import SCALE, FactPlace, State
from perfbatch.rulebook.checks import bind_checks
from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.kinds.readings import READINGS, Reading
from perfbatch.rulebook.model import Indicator, Rulebook
from perfbatch.rulebook.quantity import Ints, quantise
from perfbatch.rulebook.tree import Binary, Call, Name, Node, children, leaves
from perfbatch.scoring.indicator_scores import ADJUSTED, COMPUTED, NOT_APPLICABLE, SELF_REPORTED, IndicatorScores
from perfbatch.scoring.row_remarks import remark_on_rows
from perfbatch.scoring.rules import HUNDREDTH, lacking
from perfbatch.scoring.verify import Adjustment, Scored

__all__ = ["label_of_input", "remark"]

_CENT = SCALE // 100
_NO_COUNTS: Counts = (None, None, None)
# With these codes the score could not be computed; with the others it was, and differs from the department's own.
_NOT_MADE = frozenset({"S04", "S05", "S06"})


def remark(
    frames: Frames, scored: Scored, rulebook: Rulebook, adjustments: Mapping[tuple[str, str], Adjustment] | None = None
) -> list[Finding]:
    """All S-findings, indicator by indicator in the rulebook's order, then those on rows that are indicators; of the totals last."""
    compared = _compared_by_checks(rulebook)
    item_rows = ItemRows(frames, rulebook)
    findings: list[Finding] = []
    for scores in scored.indicators.values():
        speaker = _Speaker(frames, scores, item_rows, rulebook)
        findings.extend(speaker.adjusted(adjustments or {}))
        if scores.computation is not None:
            findings.extend(speaker.differs(silent=scores.indicator.id in compared))
            findings.extend(speaker.over())
            findings.extend(speaker.over_zero())
            findings.extend(speaker.not_applicable())
            findings.extend(speaker.uncovered())
            findings.extend(speaker.missing())
    for rows in scored.rows:
        findings.extend(remark_on_rows(frames, rows, rulebook))
    findings.extend(scored.capped.findings(frames, rulebook, counts(scored.departments["self_total"])))
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
    indicator = rulebook.indicator_by_id[input_id.partition(".")[0]]
    return dict(indicator.questions)[input_id].label


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
            code = self._frames.submissions[row].entity_code
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
        rows = np.flatnonzero(here & (self._own_cents != computation.points)).tolist()
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
            reading=self._indicator.rule.reading_name(reading) if reading else "",
        )
        gap = own - computed
        return words, reported, expected, score_text(gap), (own, computed, gap)

    def _matches(self, reading: Reading, row: int) -> bool:
        computation = self._scores.computation
        if computation is None or reading not in computation.readings:
            return False
        return int(self._own_cents[row]) == int(computation.readings[reading][row])

    @cached_property
    def _own_cents(self) -> Ints:
        """The self-scores as they are held against computed ones: to 0.01, half up."""
        return quantise(self._scores.self_score, HUNDREDTH).astype(np.int64)

    def over(self) -> Iterator[Finding]:
        """S03: a part larger than its whole, scored as the whole; an info where rounding alone may have made it so."""
        computation, rule = self._scores.computation, self._indicator.rule
        if computation is None or computation.figure is None:
            return
        counted = rule.whole_of_count()
        if counted is not None:
            yield from self._over_count(*counted, np.flatnonzero(computation.over).tolist())
            return
        threshold = Fraction(100) if self._indicator.is_part else Fraction(rule.limit)
        expected = f"{percent_text(threshold)}%"
        for code, mask in (("S03", computation.over), ("S03.rounding", computation.over_rounding)):
            rows = np.flatnonzero(mask).tolist() if mask is not None else []
            for row, fact in zip(rows, self._input_cells(self._indicator.input_ids[0], rows), strict=True):
                figure = computation.figure.fraction(row)
                reported, difference = f"{percent_text(figure)}%", f"{percent_text(figure - threshold)}%"
                words = self._words(code, reported=reported, expected=expected)
                yield self._say(words, row, fact, reported, expected, difference)

    def _over_count(self, counting: str, total: str, rows: list[int]) -> Iterator[Finding]:
        """S03 for more cases than there can be."""
        labels = {
            "label": label_of_input(counting, self._rulebook),
            "field_label": label_of_input(total, self._rulebook),
        }
        first = self._indicator.input_ids[0]
        values = zip(self._input_values(first, rows), self._input_values(total, rows), strict=True)
        for row, fact, both in zip(rows, self._input_cells(first, rows), values, strict=True):
            cases, most = (count if isinstance(count, int) else 0 for count in both)
            counts = cases, most, cases - most
            reported, expected, difference = (count_text(count, 0) for count in counts)
            words = self._words("S03.count", reported=reported, expected=expected, **labels)
            yield self._say(words, row, fact, reported, expected, difference, counts)

    def over_zero(self) -> Iterator[Finding]:
        """S08: something over 0; S06 for less than nothing over 0."""
        computation = self._scores.computation
        if computation is None or self._indicator.ratio is None:
            return
        code = "S08.prior" if self._indicator.last_year_denominator else "S08"
        open_ = self._scores.status != ADJUSTED
        for name, mask in ((code, computation.over_zero), ("S06.zero", computation.below_zero)):
            rows = np.flatnonzero(mask & open_).tolist() if mask is not None else []
            numerator = self._numerator
            places = MIN_PLACES.get(self._rulebook.field_by_id[numerator].kind, 0)
            above = zip(self._input_cells(numerator, rows), self._input_values(numerator, rows), strict=True)
            for row, (fact, value), below in zip(rows, above, self._denominator_cells(rows), strict=True):
                reported = count_text(value, places) if isinstance(value, int) else ""
                words = self._words(
                    name,
                    reported=reported,
                    label=label_of_input(numerator, self._rulebook),
                    field_label=label_of_input(below.field, self._rulebook),
                    over_zero=self._indicator.over_zero,
                )
                yield self._say(words, row, fact, reported)

    @property
    def _numerator(self) -> str:
        """The first input that the ratio divides."""
        return self._indicator.input_ids[0]

    def _denominator_cells(self, rows: Sequence[int]) -> Iterator[FactPlace]:
        """The cell that is divided by: of several that may stand in for each other, the first that is filled."""
        tree = parse(self._indicator.ratio) if self._indicator.ratio else None
        names = [leaf.id for leaf in leaves(tree.right) if isinstance(leaf, Name)] if isinstance(tree, Binary) else []
        filled = [self._filled(name) for name in names]
        for row in rows:
            at = next((at for at, column in enumerate(filled) if column[row]), -1)
            yield self._frames.place(row, names[at])

    def _filled(self, name: str) -> Any:
        """In which workbooks a field's first cell is filled."""
        state = f"{name}.state"
        if state in self._frames.departments:
            return self._frames.departments[state].to_numpy() == State.FILLED
        everyone = range(len(self._frames.submissions))
        return [self._frames.fact(row, name).state == State.FILLED for row in everyone]

    def not_applicable(self) -> Iterator[Finding]:
        """S04: nothing over 0."""
        rows = np.flatnonzero(self._scores.status == NOT_APPLICABLE).tolist()
        for row, fact in zip(rows, self._denominator_cells(rows), strict=True):
            words = self._words("S04", reported="0", field_label=label_of_input(fact.field, self._rulebook))
            yield self._say(words, row, fact, "0", counts=(0, None, None))

    def uncovered(self) -> Iterator[Finding]:
        """S06: the form's rule says nothing about such a figure."""
        computation = self._scores.computation
        if computation is None or computation.figure is None:
            return
        unit = "%" if self._indicator.ratio or self._indicator.figure else ""
        rows = np.flatnonzero(~computation.covered & (self._scores.status == SELF_REPORTED)).tolist()
        for row, fact in zip(rows, self._input_cells(self._indicator.input_ids[0], rows), strict=True):
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

    def _self_cells(self, rows: Sequence[int]) -> Iterator[FactPlace]:
        if not rows:
            return iter(())
        at = self._item_rows.first(self._indicator.id)[rows].tolist()
        return map(
            self._frames.place, rows, repeat(self._rulebook.score_places.own_fields.get(self._indicator.id, "")), at
        )

    def _input_cells(self, input_id: str, rows: Sequence[int]) -> Iterator[FactPlace]:
        known = input_id in self._rulebook.field_by_id
        return map(self._frames.place if known else self._frames.evidence_place, rows, repeat(input_id))

    def _input_values(self, input_id: str, rows: Sequence[int]) -> Iterator[object]:
        known = input_id in self._rulebook.field_by_id
        facts = map(self._frames.fact if known else self._frames.evidence_fact, rows, repeat(input_id))
        return (fact.value for fact in facts)

    def _words(self, code: str, **words: str) -> _Words:
        """What is said under a code, put together once for all departments of which it is said alike."""
        text = CATALOGUE.get(code) or WORDINGS[code]
        named = {"item": self._indicator.name, "ratio_name": self._indicator.ratio_name, **words}
        outcome: CheckOutcome = "not_made" if code in _NOT_MADE else "failed"
        if code == "S03.rounding":
            outcome = "rounding"
        return _Words(
            code.partition(".")[0], text.severity, text.message.format(**named), text.remedy.format(**named), outcome
        )

    def _say(
        self,
        words: _Words,
        row: int,
        fact: FactPlace,
        reported: str = "",
        expected: str = "",
        difference: str = "",
        counts: Counts = _NO_COUNTS,
    ) -> Finding:
        submission = self._frames.submissions[row]
        return Finding(
            words.code,
            words.severity,
            submission.entity_code,
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
