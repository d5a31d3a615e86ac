"""How findings are named and put in order for the people who work through them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from perfbatch.model.findings import CATALOGUE, SET_ASIDE, Finding, Severity
from perfbatch.rulebook.model import ChecklistRule, PerCaseRule, Rulebook

__all__ = ["FindingRegister", "finding_order", "in_order"]

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)")
_PLACEHOLDER = re.compile(r"\{\w+\}")


def finding_order(finding: Finding) -> tuple[object, ...]:
    """Sort key: gravest first, then by department, code and place; a total order over distinct findings."""
    return (
        finding.severity.order,
        finding.budget_code,
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
    return [one for same in grave.values() for one in sorted(same, key=finding_order)]


@dataclass(frozen=True)
class FindingRegister:
    """Titles of codes and labels of fields, from a rulebook and the program's own catalogue."""

    rulebook: Rulebook

    @cached_property
    def _checks(self) -> dict[str, list[tuple[re.Pattern[str], str]]]:
        """Code → (pattern of its message, title), in the rulebook's order."""
        checks: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for check in self.rulebook.checks:
            pattern = ".*".join(re.escape(part) for part in _PLACEHOLDER.split(check.message))
            # A unit's row is named before the message.
            entity = "(?:.*?：)?" if check.scope == "unit" else ""
            checks.setdefault(check.code, []).append((re.compile(entity + pattern, re.DOTALL), check.title))
        return checks

    @cached_property
    def _labels(self) -> dict[str, str]:
        labels = {indicator.id: indicator.name for indicator in self.rulebook.indicators}
        for indicator in self.rulebook.indicators:
            match indicator.rule:
                case ChecklistRule(items=items):
                    labels |= {f"{indicator.id}.{item.id}": item.text for item in items}
                case PerCaseRule(count="breaches", question=question):
                    labels[f"{indicator.id}.breaches"] = question or indicator.name
        return labels | {field.id: field.label for field in self.rulebook.fields()}

    def title(self, finding: Finding) -> str:
        """The title of the check or code behind a finding; "" for a code that nobody knows.

        Several checks may share a code: the one whose message the finding carries names it, and where none does (a
        message of its own, such as for data that are missing) their titles stand together.
        """
        checks = self._checks.get(finding.code, [])
        for pattern, title in checks:
            if pattern.fullmatch(finding.message):
                return title
        if checks:
            return "；".join(dict.fromkeys(title for _, title in checks))
        known = CATALOGUE.get(finding.code) or SET_ASIDE.get(finding.code)
        return known.title if known else ""

    def label(self, field: str) -> str:
        """The form's label of a field, an evidence row or an indicator; the id itself where the form has none."""
        return self._labels.get(field, field)
