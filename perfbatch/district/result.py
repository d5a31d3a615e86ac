"""What one night found out: the value that `batch` returns and `publish` writes from.

All numbers in the frames are nullable Int64 counts of 1/SCALE of their unit (万元, 分, 人, %), NA where blank or unreadable;
`SCALE` is 1,000,000.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from perfbatch.district.arrivals import Arrivals
from perfbatch.district.reporting import ExpectedDepartment, Reporting, Tally, reporting_of
from perfbatch.district.senders import Senders
from perfbatch.model.findings import AtRisk, Finding
from perfbatch.model.phases import Phases
from perfbatch.model.submission import InboxEntry

if TYPE_CHECKING:
    import pandas as pd

    from perfbatch.rulebook.model import Rulebook

__all__ = [
    "CONFIRMED",
    "PROVISIONAL",
    "STATUS_LABELS",
    "BatchResult",
    "RunResult",
    "run_of",
]

STATUS_LABELS: Mapping[str, str] = {
    "computed": "系统核算",
    "self_reported": "自评待核",
    "not_applicable": "不适用",
    "adjusted": "财政复核",
}

CONFIRMED, PROVISIONAL = "核定", "暂核"
"""What a verified score is called: once nothing in it rests on the department's own word any more, and until then."""


@dataclass(frozen=True)
class BatchResult:
    """One night of one form. `entries` are the inbox's workbooks of that form, and whatever is of no form of the night.

    `departments`: a row each, in the order of entity_code: entity_code, entity_title, file (text), every single-cell field
    and the 汇总 row's amounts under their field ids, self_total, verified_total, points.computed, points.self_reported,
    points.not_applicable, points.adjusted (Int64), grade (text), rank (Int64, ties share it); known.points,
    known.rate, known.rank (Int64) and confirmed (bool), which `scoring.known` explains.
    `units`: department (position in departments), row (0 汇总, 1 局机关, 2… subordinate units), the unit's name, the amounts;
    unused rows are left out.
    `scores`: department, indicator, max, self, computed, verified (Int64), status (text), missing (tuple of field ids);
    25 rows a department in the rulebook's order.
    `row_scores`: of a form whose indicators are rows that departments write, those rows (`scoring.row_scores.row_frame`);
    their groups are in `scores`.
    `roster`: who is expected to report, in the roster's order; None without one.
    `rulebook_sources`: the files that the rulebook was resolved from, the base first.
    `phases`: how long each took, of the hour and no part of what was found.
    `arrivals`: what earlier nights of the season have seen.
    `deadline`: the last day on which a department may report, where there is one. `at_risk`: finding → points at risk,
    without the findings over which none are.
    """

    run_id: str
    started_at: datetime
    finished_at: datetime
    rulebook: Rulebook
    rulebook_sha256: str
    entries: tuple[InboxEntry, ...]
    findings: tuple[Finding, ...]
    departments: pd.DataFrame
    units: pd.DataFrame
    scores: pd.DataFrame
    roster: tuple[ExpectedDepartment, ...] | None
    deadline: date | None = None
    rulebook_sources: tuple[str, ...] = ()
    at_risk: Mapping[Finding, AtRisk] = field(default_factory=dict)
    phases: Phases = field(default_factory=Phases, compare=False)
    row_scores: pd.DataFrame | None = None
    arrivals: Arrivals = field(default_factory=Arrivals)

    @property
    def summary_name(self) -> str:
        """The summary's file name in the outbox."""
        return f"{self.rulebook.summary_name}-{self.rulebook.fiscal_year}.xlsx"

    @cached_property
    def senders(self) -> Senders:
        """Whose the inbox's files are: the roster's departments, and those that workbooks of the season name."""
        return Senders(
            ((department.entity_code, department.entity_title) for department in self.roster or ()),
            self.rulebook.district,
            (
                *((entry.entity_code, entry.entity_title) for entry in self.entries),
                *((code, name) for code, (name, _) in self.arrivals.departments.items()),
            ),
        )

    @cached_property
    def arrived(self) -> dict[str, datetime]:
        """Code → when the first report of a department came in that could be read, of those that tonight has a report of."""
        return self.arrivals.of_departments(self.entries, self.started_at)

    @cached_property
    def reporting(self) -> tuple[Reporting, ...]:
        """How every department of the roster stands, in its order; nothing without one."""
        return reporting_of(
            self.roster or (),
            self.entries,
            senders=self.senders,
            arrivals=self.arrivals,
            started_at=self.started_at,
            deadline=self.deadline,
        )

    @cached_property
    def tally(self) -> Tally | None:
        """How many of them stand how: whoever counts 应报, 已报, 退回, 未报 takes it from here. None without a roster."""
        return None if self.roster is None else Tally(self.reporting)

    @property
    def offices(self) -> dict[str, str]:
        """entity_code → the bureau's office in charge, of the departments that one is named for."""
        return {department.entity_code: department.office for department in self.roster or () if department.office}

    @property
    def beyond_roster(self) -> int:
        """How many departments reported that the roster does not have."""
        return len(self.departments) - (self.tally.received if self.tally else 0)

    @property
    def confirmed(self) -> bool:
        """Whether every department's score is confirmed; not so where there is none."""
        return bool(len(self.departments) and self.departments["confirmed"].all())

    @property
    def verified_word(self) -> str:
        """What the verified scores are called in tables of all departments: confirmed only once every one of them is."""
        return CONFIRMED if self.confirmed else PROVISIONAL


@dataclass(frozen=True)
class RunResult:
    """One night over all its forms: every entry of the inbox, and what each form's night found out, in the order in which the
    rulebooks were given."""

    run_id: str
    started_at: datetime
    finished_at: datetime
    entries: tuple[InboxEntry, ...]
    results: tuple[BatchResult, ...]
    phases: Phases = field(default_factory=Phases, compare=False)


def run_of(result: BatchResult | RunResult) -> RunResult:
    """A night, also of one form alone."""
    if isinstance(result, RunResult):
        return result
    entries = tuple(replace(entry, rulebook=entry.rulebook or _claimed(entry, result)) for entry in result.entries)
    return RunResult(result.run_id, result.started_at, result.finished_at, entries, (result,), result.phases)


def _claimed(entry: InboxEntry, result: BatchResult) -> str:
    # A file that was set aside is of this form only if somebody read whose it is (F09).
    return result.rulebook.id if entry.status != "set_aside" or entry.entity_code else ""
