"""The chase list (催报): how every department of the roster stands, and a short message to send it.

A department has reported (已报) when a workbook of its own was accepted, late (迟报) when none that could be read arrived by
the deadline: a correction sent in after it does not make a report late. It was sent back (退回) when all that came from it
was set aside, and has not reported (未报) when nothing came. A file arrives when it was last modified, by the clock of the
run. A file that nobody could read is known by its code where it has one, else by the code or the department's name in its
file name or in the folders it lies in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from perfbatch.diagnosis.waiting import WaitingPoints, waiting_points
from perfbatch.district.arrivals import modified
from perfbatch.district.register import in_order
from perfbatch.district.result import BatchResult, ExpectedDepartment
from perfbatch.model.figures import count_text
from perfbatch.model.findings import Finding
from perfbatch.model.submission import InboxEntry

__all__ = ["Chased", "Standing", "chase_list"]

# Beyond this, a message no longer fits into two text messages of a phone.
_LONGEST_QUOTE = 48


class Standing(StrEnum):
    """In the order in which the bureau works through them."""

    MISSING = "未报"
    SENT_BACK = "退回"
    LATE = "迟报"
    REPORTED = "已报"


@dataclass(frozen=True, slots=True)
class Chased:
    """One department of the roster. `arrived` is when what counts came in, None where nothing did; `days_late` counts from
    the deadline to that day, or to the run's where nothing that can be read came; None where there is no deadline, or it
    was kept, or is still to come. `files` are relative to the inbox."""

    department: ExpectedDepartment
    standing: Standing
    arrived: datetime | None
    days_late: int | None
    files: tuple[str, ...]
    message: str


def chase_list(result: BatchResult) -> tuple[Chased, ...]:
    """Every department of the roster: 未报, 退回, 迟报, 已报, each in the roster's order; empty without a roster."""
    expected = result.roster.departments if result.roster else ()
    owners = _owners(result, expected)
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in in_order(result.findings):
        findings[finding.file].append(finding)
    waiting = waiting_points(result) if expected else {}
    chased = [_chase(result, department, owners[department.entity_code], findings, waiting) for department in expected]
    order = list(Standing)
    return tuple(sorted(chased, key=lambda listed: order.index(listed.standing)))


def _chase(
    result: BatchResult,
    department: ExpectedDepartment,
    entries: Sequence[InboxEntry],
    findings: Mapping[str, Sequence[Finding]],
    waiting: Mapping[str, WaitingPoints],
) -> Chased:
    deadline, wording = result.deadline, _Messages(result, department)
    readable = [entry for entry in entries if entry.status != "set_aside"]
    if readable:
        # The first one that could be read: what follows corrects it.
        arrived = min(modified(entry, result.started_at) for entry in readable)
        late = _days_past(deadline, arrived.date())
        standing = Standing.REPORTED if late is None else Standing.LATE
        stands = next((entry.path for entry in readable if entry.status == "accepted"), "")
        message = wording.received(arrived.date(), findings.get(stands, ()), waiting.get(stands), late=late is not None)
        return Chased(department, standing, arrived, late, tuple(entry.path for entry in readable), message)
    late = _days_past(deadline, result.started_at.date())
    if not entries:
        return Chased(department, Standing.MISSING, None, late, (), wording.missing())
    arrived = max(modified(entry, result.started_at) for entry in entries)
    files = tuple(entry.path for entry in entries)
    return Chased(department, Standing.SENT_BACK, arrived, late, files, wording.sent_back(entries))


def _days_past(deadline: date | None, day: date) -> int | None:
    return (day - deadline).days if deadline is not None and day > deadline else None


class _Messages:
    """The messages to one department: who, what is missing or wrong, what to do until when."""

    def __init__(self, result: BatchResult, department: ExpectedDepartment) -> None:
        book = result.rulebook
        self._to = f"【{book.issuer}】{department.entity_title}（{department.entity_code}）："
        self._what = f"{book.fiscal_year}年度{book.form_name}"
        self._deadline = result.deadline
        self._over = result.deadline is not None and result.started_at.date() > result.deadline

    def missing(self) -> str:
        if self._over and self._deadline is not None:
            return f"{self._to}{self._what}已于{_day(self._deadline)}截止报送，至今未收到，请立即补报。"
        return f"{self._to}{self._what}尚未收到，请{self._until()}报送。"

    def sent_back(self, entries: Sequence[InboxEntry]) -> str:
        # The newest is what the department sent last.
        last = max(entries, key=lambda entry: (entry.modified_ns, entry.path))
        file = _short(last.path.rpartition("/")[2])
        remedy = last.remedy.removesuffix("。")
        return f"{self._to}所报“{file}”不能受理：{last.message}。{remedy}（请{self._until()}办理）。"

    def received(self, arrived: date, findings: Sequence[Finding], waiting: WaitingPoints | None, *, late: bool) -> str:
        kept = f"，已过截止日期{_day(self._deadline)}，按迟报登记" if late and self._deadline is not None else ""
        head = f"{self._to}{self._what}已于{_day(arrived)}收到{kept}"
        grave = [finding for finding in findings if finding.asks]
        lacking = ""
        if waiting is not None:
            lacking = f"另有{len(waiting.fields)}项数据未填，{count_text(waiting.points)}分暂按自评列示"
        if not grave:
            if lacking:
                return f"{head}，未发现勾稽错误；{lacking}，请补填后重报。"
            return f"{head}，经核对未发现问题，无需重新报送。"
        counts = Counter(finding.severity for finding in grave)
        counted = "、".join(
            f"{severity.label}{counts[severity]}项" for severity in sorted(counts, key=lambda severity: severity.order)
        )
        first = grave[0]
        place = first.place
        more = "等" if len(grave) > 1 else ""
        stated = f"{head}，核对发现{counted}（{place}：{_short(first.message)}{more}）"
        if lacking:
            return f"{stated}；{lacking}。请按整改通知补填数据，{self._until()}整改到位并重新报送。"
        return f"{stated}。请按整改通知，{self._until()}整改到位并重新报送。"

    def _until(self) -> str:
        if self._deadline is None:
            return "尽快"
        return "立即" if self._over else f"于{_day(self._deadline)}前"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1]}…"


def _owners(result: BatchResult, expected: Sequence[ExpectedDepartment]) -> dict[str, list[InboxEntry]]:
    """entity_code → the entries that came from the department, in the order of their paths."""
    owned: dict[str, list[InboxEntry]] = {department.entity_code: [] for department in expected}
    for entry in sorted(result.entries, key=lambda entry: entry.path):
        code = result.senders.of(entry)
        if code in owned:
            owned[code].append(entry)
    return owned
