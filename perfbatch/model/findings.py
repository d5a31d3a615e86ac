"""Findings: what is wrong with a workbook, as values that know where they came from and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Literal

__all__ = ["STANDING_LABELS", "AtRisk", "CheckOutcome", "Counts", "Finding", "Severity", "Standing"]

CheckOutcome = Literal["failed", "rounding", "not_made"]
"""What a check came to where there is something to say: it does not hold; it holds within the rounding of its figures only;
it could not be made, for want of data or of a rule."""

Standing = Literal["open", "trial", "waived", "explained", "accepted", "rejected", "lapsed"]
"""What became of a finding: nothing (open); its check is on trial (试行); the bureau waived it (已豁免); the department explained
it (已说明), and the bureau accepted that (已认可) or did not (已驳回); the figures have changed since it was explained (说明已失效)."""

STANDING_LABELS: Mapping[Standing, str] = {
    "open": "",
    "trial": "试行",
    "waived": "已豁免",
    "explained": "已说明",
    "accepted": "已认可",
    "rejected": "已驳回",
    "lapsed": "说明已失效",
}
"""The Chinese words that people see."""

_SETTLED = frozenset({"trial", "waived", "explained", "accepted"})

Counts = tuple[int | None, int | None, int | None]
"""Reported, expected, difference as counts of 1/SCALE of the field's unit, None where there is no such figure."""

_NO_COUNTS: Counts = (None, None, None)


class Severity(StrEnum):
    """error 错误 · warning 提醒 · info 说明."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    # Asked of every finding of a district, several times over; a member keeps what it is told once.
    @cached_property
    def label(self) -> str:
        """The Chinese word that people see."""
        return {"error": "错误", "warning": "提醒", "info": "说明"}[self.value]

    @cached_property
    def order(self) -> int:
        """0 for the gravest."""
        return ("error", "warning", "info").index(self.value)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in one workbook, and where it came from.

    Texts are ready to show and nothing is read out of them again; `reported`, `expected`, `difference` are "" where the
    finding has none, plain decimal strings where they are amounts or scores, and `counts` are the same as numbers. `file` is
    relative to the inbox. What is wrong with the roster is a finding as well: its `file` is the roster's own name.

    `check` is the id of the rulebook's check, or of the indicator whose score it is about, and "" for what the program itself
    has to say of a cell. A check that the rulebook repeats (`each`, `each_table`, `each_total`, `each_part`) was made here
    on the id `each`. `row` is the position in the field's column, from 0 (in the unit tables 0 is 汇总); None where the field
    stands once or has no cell. `verdict` is the bureau's reason for accepting or rejecting an explanation. `note` is what was said of it: the reason of the waiver, the department's explanation.
    """

    code: str
    severity: Severity
    entity_code: str
    file: str
    sheet: str
    cell: str
    field: str
    reported: str
    expected: str
    difference: str
    message: str
    remedy: str
    check: str = ""
    each: str = ""
    row: int | None = None
    outcome: CheckOutcome = "failed"
    counts: Counts = _NO_COUNTS
    standing: Standing = "open"
    note: str = ""
    verdict: str = ""

    @property
    def place(self) -> str:
        """Sheet and cell as people write them: 评分表F4; "" for what is said of no place."""
        return f"{self.sheet}{self.cell}"

    @property
    def settled(self) -> bool:
        """Whether nothing is asked any more: it is shown, and counted apart from what is open."""
        return self.standing in _SETTLED

    @property
    def asks(self) -> bool:
        """Whether something has to be put right or looked at: an error or a warning that is not settled."""
        return self.severity is not Severity.INFO and self.standing not in _SETTLED

    @property
    def waived(self) -> str:
        """The reason of the waiver, "" where there is none."""
        return self.note if self.standing == "waived" else ""

    @property
    def explained(self) -> str:
        """The department's explanation where it stands, "" where there is none."""
        return self.note if self.standing in ("explained", "accepted") else ""

    def __hash__(self) -> int:
        # Enough to tell nearly all findings apart; hashing every field, the severity among them, takes several times as long.
        return hash((self.code, self.file, self.cell, self.field, self.message))


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What a department stands to lose over a finding: exact points, and the ids of the indicators that they belong to, in
    the rulebook's order (`scoring.at_risk` says what counts)."""

    points: Decimal
    indicators: tuple[str, ...]
