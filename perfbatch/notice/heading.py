"""What a notice says at its head, and the name of its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from perfbatch.model.file_names import workbook_name
from perfbatch.model.findings import Finding

__all__ = ["NoticeHeading", "notice_name"]


@dataclass(frozen=True)
class NoticeHeading:
    """Who gets the notice, of which day, until when; `points_at_risk`: 分 at stake behind a finding, where known.

    `form_title`, `issuer` and `contact`, whom the department turns to, are shown where they are given.
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


def notice_name(entity_code: str, entity_title: str, *, number: int = 1) -> str:
    """The file name of a department's notice, `116001-云溪区总工会.xlsx`: as `file_names.workbook_name` makes it."""
    return workbook_name(entity_code, entity_title, number=number)
