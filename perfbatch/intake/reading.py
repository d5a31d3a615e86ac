"""What normalising one cell yields: the state, the value, and remarks that become findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from perfbatch.model.catalogue import CATALOGUE, WORDINGS
from perfbatch.model.findings import Counts, Finding
from perfbatch.model.submission import Fact, State
from perfbatch.rulebook.model import FormField

__all__ = ["HIDDEN", "Reading", "Remark", "active_finding", "finding_of", "shortened", "unread_formulas"]

HIDDEN = "（个人信息，不显示）"
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding in the making: its C-code, and what its message names (`typed`, `value`, `bounds`, …).

    `reported`, `expected`, `difference` and `counts` are the finding's own; `reported` is the cell's content where it is None.
    `wording`: a key of `WORDINGS` where the code has other words for this kind of fault.
    """

    code: str
    details: Mapping[str, str] = field(default_factory=dict)
    reported: str | None = None
    expected: str = ""
    difference: str = ""
    counts: Counts = (None, None, None)
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell's meaning; `value` and `step` as in `Fact`."""

    state: State
    value: int | str | date | None = None
    step: int = 0
    remarks: tuple[Remark, ...] = ()


def shortened(text: str) -> str:
    """Cell content on one line, at most 60 characters of it."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def finding_of(
    remark: Remark, form_field: FormField, fact: Fact, file: str, entity_code: str, row: int | None = None
) -> Finding:
    """The finding of a remark, on a row of the field's column. What stands in a field about a person is never repeated."""
    text = WORDINGS[remark.wording] if remark.wording else CATALOGUE[remark.code]
    details = {name: shortened(detail) for name, detail in remark.details.items()}
    reported = details.get("typed", "") if remark.reported is None else shortened(remark.reported)
    expected, difference = shortened(remark.expected), remark.difference
    if form_field.personal:
        details = {name: HIDDEN if name in ("typed", "value", "reported") else text for name, text in details.items()}
        reported = expected = difference = ""
    return Finding(
        code=remark.code,
        severity=text.severity,
        entity_code=entity_code,
        file=file,
        sheet=fact.sheet,
        cell=fact.cell,
        field=form_field.id,
        reported=reported,
        expected=expected,
        difference=difference,
        message=text.message.format(label=form_field.label, **details),
        remedy=text.remedy,
        row=row,
        counts=(None, None, None) if form_field.personal else remark.counts,
    )


def active_finding(words: Sequence[str], file: str, entity_code: str) -> tuple[Finding, ...]:
    """The one finding (C18) on what a workbook holds that runs or reaches out of it; none where it holds nothing."""
    if not words:
        return ()
    text = CATALOGUE["C18"]
    message = text.message.format(what="、".join(words))
    return (Finding("C18", text.severity, entity_code, file, "", "", "", "", "", "", message, text.remedy),)


def unread_formulas(format_name: str, file: str, entity_code: str) -> tuple[Finding, ...]:
    """The one finding (C11) on a workbook of a format whose formulas are not read, so that no result can be held against them;
    none where `format_name` is ""."""
    if not format_name:
        return ()
    text = WORDINGS["C11.format"]
    message = text.message.format(what=format_name)
    return (Finding("C11", text.severity, entity_code, file, "", "", "", "", "", "", message, text.remedy),)
