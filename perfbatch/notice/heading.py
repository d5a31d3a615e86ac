"""What a notice says at its head, and the name of its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from perfbatch.model.file_names import workbook_name
from perfbatch.model.findings import Finding

__all__ = ["NoticeHeading", "dated", "free_name", "notice_name"]


@dataclass(frozen=True)
class NoticeHeading:
    """Who gets the notice, of which day, until when; `points_at_risk`: 分 at stake behind a finding, where known.

    `form_title`, `issuer` and `contact`, whom the department turns to, are shown where they are given. `key_label` is what the form
    calls the code.
    `explainable` are the ids of the checks that may stand with an explanation.
    """

    entity_code: str
    entity_title: str
    run_date: date
    deadline: date | None = None
    points_at_risk: Mapping[Finding, Decimal] = field(default_factory=dict)
    form_title: str = ""
    issuer: str = ""
    contact: str = ""
    explainable: tuple[str, ...] = ()
    key_label: str = "编码"


def notice_name(entity_code: str, entity_title: str, *, number: int = 1, kind: str = "") -> str:
    """The file name of a department's notice, `116001-云溪区总工会.xlsx`: as `file_names.workbook_name` makes it. `kind`: what it
    is, where it is not the department's own workbook."""
    return workbook_name(entity_code, entity_title, number=number, kind=kind)


def free_name(entity_code: str, entity_title: str, taken: set[str], *, kind: str = "") -> str:
    """As `notice_name`, of the first number that gives a name not yet `taken`; it is from then on. Those taken are case-folded."""
    number = 1
    while (name := notice_name(entity_code, entity_title, number=number, kind=kind)).casefold() in taken:
        number += 1
    taken.add(name.casefold())
    return name


def dated(heading: NoticeHeading, key: str, days: Mapping[str, date]) -> NoticeHeading:
    """The heading with the day that a notice of this key has borne since it first went out."""
    # A clock that was ahead for a night must not leave a day on it that is still to come.
    return replace(heading, run_date=min(heading.run_date, days.get(key, heading.run_date)))
