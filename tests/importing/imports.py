"""What a Word report comes to: the fields found, and what the night says of the filled form."""

from __future__ import annotations

from typing import Any

from perfbatch.batch import examine
from perfbatch.importing.filling import Filling, FoundEntry
from perfbatch.importing.reading import filled_from
from perfbatch.importing.word_report import read_word_report
from perfbatch.intake.reader import read_submission
from perfbatch.model.limits import Limits
from perfbatch.model.submission import SCALE
from perfbatch.template import DEFAULT_UNITS
from perfbatch.template.refill import refill
from tests.workbooks import rulebook

__all__ = ["filling", "night", "verdicts"]


def filling(content: bytes) -> Filling:
    """A report, read."""
    return filled_from(read_word_report(content, Limits()), rulebook())


def verdicts(content: bytes) -> dict[tuple[str, int], FoundEntry]:
    """(Field id, row) → what was found."""
    return {(entry.field, entry.row): entry for entry in filling(content).entries()}


def night(content: bytes) -> tuple[list[tuple[str, str]], tuple[float, float, str]]:
    """Findings as (code, place), and self total, verified total and grade, of the form filled from a report."""
    made = refill(rulebook(), filling(content).typed_form(), units=DEFAULT_UNITS)
    frames, scored, findings = examine([read_submission(made.content, "a.xlsx", rulebook())], rulebook())
    assert len(frames.submissions) == 1
    row: Any = scored.departments.iloc[0]
    places = sorted((finding.code, f"{finding.sheet}!{finding.cell}") for finding in findings)
    return places, (row["self_total"] / SCALE, row["verified_total"] / SCALE, str(row["grade"]))
