"""The roster as values: who is expected to report, the bureau's own control figures, its reviewers' scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from perfbatch.model.findings import Finding
from perfbatch.rulebook.checks import fields_of_record
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.roles import Entity

__all__ = [
    "MAX_UNITS",
    "OFFICE_HEADING",
    "ExplanationReview",
    "Roster",
    "RosterEntry",
    "Waiver",
    "control_figures",
    "key_columns",
    "review_columns",
    "review_sheet",
    "roster_columns",
    "roster_sheet",
    "verdict_columns",
    "verdict_sheet",
    "waiver_columns",
    "waiver_sheet",
]

MAX_UNITS = 500
"""Subordinate units that a department's workbook has room for."""

OFFICE_HEADING = "归口业务股室"


def roster_sheet(rulebook: Rulebook) -> str:
    """The sheet that lists whom a form is expected of: 部门名录. One roster may have a sheet for each kind of entity."""
    return f"{rulebook.entity.noun}名录"


def review_sheet(rulebook: Rulebook) -> str:
    """The sheet of the reviewers' scores."""
    return f"财政复核{_apart(rulebook)}"


def waiver_sheet(rulebook: Rulebook) -> str:
    """The sheet of what the bureau lets stand."""
    return f"豁免事项{_apart(rulebook)}"


def verdict_sheet(rulebook: Rulebook) -> str:
    """The sheet of what the bureau says to explanations."""
    return f"说明审核{_apart(rulebook)}"


def _apart(rulebook: Rulebook) -> str:
    return "" if rulebook.entity.noun == Entity().noun else f"（{rulebook.entity.noun}）"


def key_columns(rulebook: Rulebook) -> dict[str, str]:
    """The fields of the key → their headings."""
    return {name: _label(rulebook, name) for name in rulebook.entity.key}


def _label(rulebook: Rulebook, name: str) -> str:
    field = rulebook.field_by_id.get(name)
    return field.label if field is not None else name


def review_columns(rulebook: Rulebook) -> dict[str, str]:
    """Column → heading of the reviewers' scores."""
    return {**key_columns(rulebook), "indicator": "指标代码", "score": "核定得分", "reason": "核定理由"}


def waiver_columns(rulebook: Rulebook) -> dict[str, str]:
    """Column → heading of the waivers."""
    others = {"code": "问题代码", "place": "单元格或栏目", "reason": "豁免理由", "until": "有效期至"}
    return {**key_columns(rulebook), **others}


def verdict_columns(rulebook: Rulebook) -> dict[str, str]:
    """Column → heading of the verdicts."""
    others = {"code": "问题代码", "place": "单元格或栏目", "opinion": "审核意见", "reason": "审核理由"}
    return {**key_columns(rulebook), **others}


def control_figures(rulebook: Rulebook) -> tuple[str, ...]:
    """The fields that the bureau has figures of its own for: those that a check holds against the roster (R23)."""
    return tuple(fields_of_record("roster", rulebook))


def roster_columns(rulebook: Rulebook) -> dict[str, str]:
    """Column → heading; a figure has its unit in it."""
    entity = rulebook.entity
    columns = key_columns(rulebook)
    columns[entity.name] = _label(rulebook, entity.name)
    if entity.group_name is not None:
        columns.setdefault(entity.group_name, _label(rulebook, entity.group_name))
    columns |= {"office": OFFICE_HEADING, "contact": "联系方式（脱敏）"}
    if rulebook.unit_tables:
        columns["subordinate_units"] = "二级机构"
    for name in control_figures(rulebook):
        field = rulebook.field_by_id[name]
        unit = rulebook.kind_of(field).unit
        columns[name] = field.label if not unit or f"（{unit}）" in field.label else f"{field.label}（{unit}）"
    return columns


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One department, or whatever the form's entity is: `entity_code` is its key as one text (`entity_code`), `group_name` what it
    belongs to. `subordinate_units` is empty where the roster says that there are none, None where it has no such
    column. `figures` is field id → count of 1/SCALE of its unit, without what the bureau left blank."""

    entity_code: str
    entity_title: str
    office: str = ""
    contact: str = ""
    subordinate_units: tuple[str, ...] | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    group_name: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """What the bureau lets stand in one department until a day, that day included. `code` is a finding's code or a check's id;
    `place` is a cell (`C7`, `收支情况!C7`) or a field's id, "" for wherever it is found; `line` is its row in the sheet, from 1."""

    entity_code: str
    code: str
    place: str
    reason: str
    until: date
    line: int


@dataclass(frozen=True, slots=True)
class ExplanationReview:
    """What the bureau says to a department's explanation; `code`, `place` and `line` as in `Waiver`."""

    entity_code: str
    code: str
    place: str
    opinion: Literal["accepted", "rejected"]
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Roster:
    """The departments in the roster's order, and (entity_code, indicator id) → (score in 1/SCALE points, reason).

    `findings` say what of it cannot be used, `file` is its name: neither keeps a night from being run.
    """

    entries: tuple[RosterEntry, ...]
    reviews: Mapping[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    findings: tuple[Finding, ...] = ()
    file: str = field(default="", compare=False)
    waiver_sheet: str = field(default="", compare=False)
    verdicts: tuple[ExplanationReview, ...] = ()
    verdict_sheet: str = field(default="", compare=False)
