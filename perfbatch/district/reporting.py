"""How every department of the roster stands: 未报, 退回, 迟报, 已报. Whoever counts or lists them counts these.

A department has reported (已报) when a workbook of its own was accepted, late (迟报) when none that could be read arrived by
the deadline: a correction sent in after it does not make a report late. It was sent back (退回) when all that came from it
was set aside, and has not reported (未报) when nothing came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from perfbatch.district.arrivals import Arrivals
from perfbatch.district.senders import Senders
from perfbatch.model.submission import InboxEntry

__all__ = ["ExpectedDepartment", "Reporting", "Standing", "Tally", "reporting_of"]


class Standing(StrEnum):
    """In the order in which the bureau works through them."""

    MISSING = "未报"
    SENT_BACK = "退回"
    LATE = "迟报"
    REPORTED = "已报"


@dataclass(frozen=True, slots=True)
class ExpectedDepartment:
    """A department of the roster, and whom the bureau turns to about it (`contact` is masked)."""

    entity_code: str
    entity_title: str
    office: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Reporting:
    """One department of the roster. `entries` are what its standing rests on, in the order of their paths: what could be read of
    it, else all that came. `arrived` is when what counts came in, None where nothing did; `days_late` counts from the deadline
    to that day, or to the run's where nothing that can be read came; None where there is no deadline, or it was kept, or is
    still to come."""

    department: ExpectedDepartment
    standing: Standing
    arrived: datetime | None
    days_late: int | None
    entries: tuple[InboxEntry, ...]


class Tally:
    """How many departments of a roster, or of the part of one, stand how."""

    def __init__(self, reporting: Iterable[Reporting]) -> None:
        self._of: dict[Standing, list[ExpectedDepartment]] = {standing: [] for standing in Standing}
        for listed in reporting:
            self._of[listed.standing].append(listed.department)

    def departments(self, *standings: Standing) -> list[ExpectedDepartment]:
        """Those that stand so, in the roster's order."""
        return [department for standing in standings for department in self._of[standing]]

    @property
    def expected(self) -> int:
        """All of them: those received, sent back and missing together."""
        return sum(map(len, self._of.values()))

    @property
    def received(self) -> int:
        """Those of which a workbook was accepted, in time or late."""
        return len(self._of[Standing.REPORTED]) + self.late

    @property
    def late(self) -> int:
        """Those received that came late."""
        return len(self._of[Standing.LATE])

    @property
    def sent_back(self) -> int:
        """Those of which nothing that came could be taken."""
        return len(self._of[Standing.SENT_BACK])

    @property
    def missing(self) -> int:
        """Those of which nothing came."""
        return len(self._of[Standing.MISSING])


def reporting_of(
    expected: Sequence[ExpectedDepartment],
    entries: Sequence[InboxEntry],
    *,
    senders: Senders,
    arrivals: Arrivals,
    started_at: datetime,
    deadline: date | None,
) -> tuple[Reporting, ...]:
    """Every department expected, in this order; `entries` are those of the inbox in a night that began at `started_at`."""
    owned: dict[str, list[InboxEntry]] = {department.entity_code: [] for department in expected}
    for entry in sorted(entries, key=lambda entry: entry.path):
        code = senders.of(entry)
        if code in owned:
            owned[code].append(entry)
    first = arrivals.of_departments(entries, started_at)
    reporting = []
    for department in expected:
        theirs = owned[department.entity_code]
        readable = tuple(entry for entry in theirs if entry.status != "set_aside")
        if readable:
            arrived = first[department.entity_code]
            late = _days_past(deadline, arrived.date())
            standing = Standing.REPORTED if late is None else Standing.LATE
            reporting.append(Reporting(department, standing, arrived, late, readable))
            continue
        late = _days_past(deadline, started_at.date())
        last = max((arrivals.of_file(entry, started_at) for entry in theirs), default=None)
        standing = Standing.MISSING if last is None else Standing.SENT_BACK
        reporting.append(Reporting(department, standing, last, late, tuple(theirs)))
    return tuple(reporting)


def _days_past(deadline: date | None, day: date) -> int | None:
    return (day - deadline).days if deadline is not None and day > deadline else None
