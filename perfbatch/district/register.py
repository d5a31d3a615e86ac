"""How findings are named and put in order for the people who work through them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from perfbatch.model.catalogue import CATALOGUE, SET_ASIDE
from perfbatch.model.findings import Finding, Severity
from perfbatch.rulebook.model import Rulebook

__all__ = ["FindingRegister", "finding_order", "in_order"]

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)")


def finding_order(finding: Finding) -> tuple[object, ...]:
    """Sort key: gravest first, then by department, code and place; a total order over distinct findings."""
    return (
        finding.severity.order,
        finding.entity_code,
        finding.code,
        finding.file,
        finding.sheet,
        _place(finding.cell),
        finding.field,
        finding.message,
        finding.reported,
        finding.expected,
        finding.difference,
        finding.remedy,
    )


# The cells of a form are few, and every department's findings name the same ones.
@lru_cache(maxsize=10_000)
def _place(cell: str) -> tuple[int, int, str, str]:
    """Row, then column, of a cell; first what is no cell."""
    match = _CELL.match(cell)
    row, letters = (int(match.group(2)), match.group(1)) if match else (0, "")
    return row, len(letters), letters, cell


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The findings sorted by `finding_order`."""
    grave: dict[Severity, list[Finding]] = {severity: [] for severity in Severity}
    for finding in findings:
        grave[finding.severity].append(finding)
    # A night's findings come by department: within one severity they are nearly in order, which sorts in linear time.
    return [finding for same in grave.values() for finding in sorted(same, key=finding_order)]


@dataclass(frozen=True)
class FindingRegister:
    """Titles of codes and labels of fields, from a rulebook and the program's own catalogue."""

    rulebook: Rulebook

    @cached_property
    def _checks(self) -> dict[str, str]:
        return {check.id: check.title for check in self.rulebook.checks}

    @cached_property
    def _labels(self) -> dict[str, str]:
        labels = {indicator.id: indicator.name for indicator in self.rulebook.indicators}
        for indicator in self.rulebook.indicators:
            labels |= {evidence_id: question.text for evidence_id, question in indicator.questions}
        return labels | {field.id: field.label for field in self.rulebook.fields()}

    def title(self, finding: Finding) -> str:
        """The title of the check that spoke, else of the finding's code; "" for a code that nobody knows."""
        if finding.check in self._checks:
            return self._checks[finding.check]
        known = CATALOGUE.get(finding.code) or SET_ASIDE.get(finding.code)
        return known.title if known else ""

    def label(self, field: str) -> str:
        """The form's label of a field, an evidence row or an indicator; the id itself where the form has none."""
        return self._labels.get(field, field)
