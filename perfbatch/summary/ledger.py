"""The hidden sheets behind 部门一览 and the charts: a row per department, a row per finding, and what charts are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfbatch.summary.card_figures import FINDING_COLUMNS, SHARE, CardFigures
from perfbatch.summary.sheet import Sheet
from perfbatch.summary.strips import Counts, Look, Values

__all__ = ["Ledger", "write_ledger"]


@dataclass(frozen=True)
class Ledger:
    """Where the figures of the cards stand: a column of the departments' sheet for each, a row of the other for each finding."""

    departments: Sheet
    findings: Sheet
    figures: CardFigures

    @property
    def last(self) -> int:
        """The last row of the departments' sheet."""
        return self.figures.size

    @property
    def profile(self) -> Sequence[str]:
        """The names of the groups whose shares stand side by side."""
        return self.figures.profile

    def profile_cells(self, at: int) -> str:
        """The cells of a department's shares of the groups' points."""
        first = self.figures.columns[f"{SHARE}.0"]
        start, end = (self.departments.address(at + 1, first + offset) for offset in (0, len(self.profile) - 1))
        return f"{start}:{end.rpartition('!')[2]}"


def write_ledger(departments: Sheet, findings: Sheet, figures: CardFigures) -> Ledger:
    """Fill both sheets and hide them."""
    looks = [Look("plain")]
    _write(departments, list(figures.columns), figures.strips)
    _write(findings, FINDING_COLUMNS, [Values(column, looks) for column in figures.findings])
    for sheet in (departments, findings):
        sheet.native.hide()
    return Ledger(departments, findings, figures)


def _write(sheet: Sheet, headings: Sequence[str], strips: Sequence[Values | Counts]) -> None:
    for column, heading in enumerate(headings):
        sheet.text(0, column, heading, "plain")
    sheet.block(1, [None] * len(strips), strips)
