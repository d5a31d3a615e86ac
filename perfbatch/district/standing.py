"""What became of the findings: whose check is on trial, what the bureau waived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from perfbatch.model.catalogue import CATALOGUE
from perfbatch.model.findings import Finding
from perfbatch.roster.model import Roster, Waiver
from perfbatch.rulebook.model import Rulebook

__all__ = ["on_trial", "waived"]


def on_trial(findings: Iterable[Finding], rulebook: Rulebook) -> list[Finding]:
    """The findings, those of checks on trial marked as such."""
    trial = {check.id for check in rulebook.checks if check.trial}
    return [replace(finding, standing="trial") if finding.check in trial else finding for finding in findings]


def waived(findings: Sequence[Finding], roster: Roster, today: date) -> tuple[list[Finding], list[Finding]]:
    """The findings, those that the bureau waived marked as such, and what is to be said of the waivers themselves: those that
    have expired, and those that nothing was found for."""
    of_department: dict[str, list[Waiver]] = defaultdict(list)
    remarks: list[Finding] = []
    for waiver in roster.waivers:
        if waiver.until < today:
            until = f"{waiver.until.year}年{waiver.until.month}月{waiver.until.day}日"
            remarks.append(_remark("S13", waiver, roster, until=until))
        else:
            of_department[waiver.entity_code].append(waiver)
    used: set[int] = set()
    marked: list[Finding] = []
    for finding in findings:
        waivers = of_department.get(finding.entity_code, ())
        covering = next((waiver for waiver in waivers if _covers(waiver, finding)), None)
        if covering is None:
            marked.append(finding)
        else:
            used.add(covering.line)
            marked.append(replace(finding, standing="waived", note=covering.reason))
    idle = (waiver for waivers in of_department.values() for waiver in waivers if waiver.line not in used)
    return marked, [*remarks, *(_remark("S14", waiver, roster) for waiver in idle)]


def _covers(waiver: Waiver, finding: Finding) -> bool:
    if waiver.code not in (finding.code, finding.check):
        return False
    if waiver.place in ("", finding.field):
        return True
    sheet, _, cell = waiver.place.rpartition("!")
    return cell.replace("$", "").upper() == finding.cell and sheet.strip("'") in ("", finding.sheet)


def _remark(code: str, waiver: Waiver, roster: Roster, **words: str) -> Finding:
    text = CATALOGUE[code]
    message = text.message.format(line=waiver.line, code=waiver.code, **words)
    place = (roster.file, roster.waiver_sheet, f"A{waiver.line}", "")
    return Finding(code, text.severity, waiver.entity_code, *place, waiver.code, "", "", message, text.remedy)
