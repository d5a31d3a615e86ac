"""All cases as one district: examined once, told apart by the budget code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from perfbatch.model.findings import Finding
from perfbatch.model.submission import SCALE
from perfbatch.roster import Roster, RosterEntry

Told = tuple[str, str, str, str, str, str]


def in_short(findings: Iterable[Finding], code: str = "") -> list[Told]:
    """(code, severity, cell, reported, expected, difference) of a department's findings, sorted."""
    return sorted(
        (finding.code, finding.severity.value, finding.cell, finding.reported, finding.expected, finding.difference)
        for finding in findings
        if code in ("", finding.entity_code)
    )


def counts(figures: Mapping[str, str]) -> dict[str, int]:
    """Figures in their unit → counts of 1/SCALE."""
    return {field: int(Decimal(value) * SCALE) for field, value in figures.items()}


def roster_of(control: Mapping[str, Mapping[str, str]]) -> Roster:
    """A roster with control figures: budget code → field id → figure."""
    return Roster(tuple(RosterEntry(code, "区某局", figures=counts(figures)) for code, figures in control.items()))
