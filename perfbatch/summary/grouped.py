"""Subtotals: by what the entities belong to (按主管部门) and by the bureau's office in charge (按股室)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfbatch.district.reporting import Reporting, Standing, Tally
from perfbatch.district.result import BatchResult
from perfbatch.model.figures import counts, texts
from perfbatch.model.findings import Severity
from perfbatch.roster.model import OFFICE_HEADING
from perfbatch.rulebook.main_totals import main_totals
from perfbatch.summary.sheet import Cell, Sheet, TableColumn
from perfbatch.summary.styles import AMOUNT, PERCENT, SCORE, WHOLE

__all__ = ["Grouping", "groupings", "write_grouping"]

_NOBODY, _BEYOND = "（未填）", "（名录外）"
_COUNTED = (Severity.ERROR, Severity.WARNING)
_KEPT = str.maketrans("", "", "[]:*?/\\")
"""What Excel keeps for itself in the names of sheets."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """One way to sum up: the sheet's name, what the groups are called, the group of each department, and how the departments of a
    group stand, where a roster says who is expected."""

    sheet: str
    label: str
    groups: Sequence[str]
    expected: Mapping[str, Tally]


def groupings(result: BatchResult) -> list[Grouping]:
    """The ways to sum up that a night has: by the rulebook's group of entities, and by office where the roster names any."""
    entity = result.rulebook.entity
    ways: list[Grouping] = []
    named = entity.group_name or entity.group
    if named is not None and named in result.departments:
        label = result.rulebook.label_of(named)
        ways.append(Grouping(_sheet_name(label), label, _stated(texts(result.departments[named])), {}))
    offices = result.offices
    if offices:
        codes = texts(result.departments["entity_code"])
        listed: dict[str, list[Reporting]] = {}
        for reporting in result.reporting:
            listed.setdefault(reporting.department.office or _NOBODY, []).append(reporting)
        known = {department.entity_code for department in result.roster or ()}
        groups = [offices.get(code, _NOBODY if code in known else _BEYOND) for code in codes]
        expected = {office: Tally(members) for office, members in listed.items()}
        ways.append(Grouping("按股室", OFFICE_HEADING, groups, expected))
    return ways


def _sheet_name(label: str) -> str:
    """What Excel takes for a name: without the signs that it keeps for itself, and no longer than it allows."""
    return f"按{label.translate(_KEPT)}"[:31]


def _stated(names: Sequence[str]) -> list[str]:
    return [name or _NOBODY for name in names]


def write_grouping(sheet: Sheet, result: BatchResult, grouping: Grouping) -> None:
    """A row per group, the one with the most first, and a last row for all of them."""
    rulebook = result.rulebook
    noun, totals = rulebook.entity.noun, main_totals(rulebook)
    title = f"{rulebook.district}{rulebook.fiscal_year}年度{rulebook.report_name}{grouping.sheet}汇总"
    top = sheet.title(title, f"每行为一个{grouping.label}；得分为其所属{noun}的平均，金额为合计，未填报的不计入。")
    columns = [
        TableColumn(grouping.label, narrowest=24, widest=44),
        *(TableColumn(f"{word}{noun}数", "whole", "number", WHOLE, narrowest=10) for word in _counted(grouping)),
    ]
    if rulebook.is_scored:
        columns += [
            TableColumn(heading, "figure", "number", SCORE, narrowest=11)
            for heading in ("平均自评得分", f"平均{result.verified_word}得分", "最高", "最低")
        ]
        columns.append(TableColumn("可核算分值占比", "figure", "number", PERCENT, narrowest=11))
    columns += [TableColumn(f"{severity.label}数", "whole", "number", WHOLE, narrowest=8) for severity in _COUNTED]
    columns += [
        TableColumn(rulebook.field_by_id[name].label, "figure", "number", AMOUNT, narrowest=14) for name in totals
    ]
    figures = _Figures(result, totals)
    members: dict[str, list[int]] = {group: [] for group in grouping.expected}
    for at, group in enumerate(grouping.groups):
        members.setdefault(group, []).append(at)
    ordered = sorted(members, key=lambda group: (-len(members[group]), group))
    rows = [
        _row(
            group,
            members[group],
            figures,
            _standings(members[group], grouping.expected.get(group, Tally([])), grouping),
        )
        for group in ordered
    ]
    if len(rows) > 1:
        everybody = list(range(len(grouping.groups)))
        rows.append(_row("合计", everybody, figures, _standings(everybody, result.tally or Tally([]), grouping)))
    sheet.table(top, columns, rows, filters=False)
    sheet.freeze(top + 1, 1)
    sheet.repeat(top, top)


def _counted(grouping: Grouping) -> list[str]:
    return ["应报", "已报", Standing.SENT_BACK.value, Standing.MISSING.value] if grouping.expected else ["已报"]


def _standings(members: Sequence[int], tally: Tally, grouping: Grouping) -> list[int]:
    """What `_counted` names; those that the roster does not have have reported, too."""
    return [tally.expected, len(members), tally.sent_back, tally.missing] if grouping.expected else [len(members)]


class _Figures:
    """What a night has of every department, ready to be added up."""

    def __init__(self, result: BatchResult, totals: Sequence[str]) -> None:
        frame = result.departments
        self.scored = result.rulebook.is_scored
        self.points = float(result.rulebook.total_points)
        self.own, self.verified = counts(frame["self_total"]), counts(frame["verified_total"])
        self.known = counts(frame["known.points"])
        self.amounts = [counts(frame[name]) for name in totals]
        files = texts(frame["file"])
        at = {file: number for number, file in enumerate(files)}
        self.findings = {severity: [0] * len(files) for severity in _COUNTED}
        for finding in result.findings:
            if finding.severity in self.findings and not finding.settled and finding.file in at:
                self.findings[finding.severity][at[finding.file]] += 1


def _row(group: str, members: Sequence[int], figures: _Figures, standings: Sequence[int]) -> list[Cell]:
    row: list[Cell] = [group, *standings]
    if figures.scored:
        verified = _filled(figures.verified, members)
        row += [
            _mean(_filled(figures.own, members)),
            _mean(verified),
            max(verified, default=None),
            min(verified, default=None),
        ]
        known = _mean(_filled(figures.known, members))
        row.append(None if known is None or not figures.points else round(known / figures.points))
    row += [sum(figures.findings[severity][at] for at in members) for severity in _COUNTED]
    for amounts in figures.amounts:
        filled = _filled(amounts, members)
        row.append(sum(filled) if filled else None)
    return row


def _filled(numbers: Sequence[int | None], members: Sequence[int]) -> list[int]:
    return [number for at in members if (number := numbers[at]) is not None]


def _mean(numbers: Sequence[int]) -> int | None:
    """The mean, half up."""
    return (2 * sum(numbers) + len(numbers)) // (2 * len(numbers)) if numbers else None
