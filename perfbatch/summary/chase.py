"""The chase list (催报): how every department of the roster stands, those to be chased first, and a short message to send it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from perfbatch.diagnosis.waiting import WaitingPoints, waiting_points
from perfbatch.district.register import in_order
from perfbatch.district.reporting import ExpectedDepartment, Reporting, Standing
from perfbatch.district.result import BatchResult
from perfbatch.model.figures import count_text
from perfbatch.model.findings import Finding
from perfbatch.model.submission import InboxEntry

__all__ = ["Chased", "chase_list"]

# Beyond this, a message no longer fits into two text messages of a phone.
_LONGEST_QUOTE = 48


@dataclass(frozen=True, slots=True)
class Chased:
    """One department of the roster, how it stands, and what to tell it. `files` are relative to the inbox."""

    reporting: Reporting
    message: str

    @property
    def files(self) -> tuple[str, ...]:
        """What its standing rests on."""
        return tuple(entry.path for entry in self.reporting.entries)


def chase_list(result: BatchResult) -> tuple[Chased, ...]:
    """Every department of the roster: 未报, 退回, 迟报, 已报, each in the roster's order; empty without a roster."""
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in in_order(result.findings):
        findings[finding.file].append(finding)
    waiting = waiting_points(result) if result.reporting else {}
    order = list(Standing)
    ordered = sorted(result.reporting, key=lambda listed: order.index(listed.standing))
    return tuple(Chased(listed, _message(result, listed, findings, waiting)) for listed in ordered)


def _message(
    result: BatchResult,
    listed: Reporting,
    findings: Mapping[str, Sequence[Finding]],
    waiting: Mapping[str, WaitingPoints],
) -> str:
    wording = _Messages(result, listed.department)
    if listed.arrived is None:
        return wording.missing()
    if listed.standing is Standing.SENT_BACK:
        return wording.sent_back(listed.entries)
    stands = next((entry.path for entry in listed.entries if entry.status == "accepted"), "")
    late = listed.standing is Standing.LATE
    return wording.received(listed.arrived.date(), findings.get(stands, ()), waiting.get(stands), late=late)


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
