"""What departments explain: checks of the second kind (核实性) that may stand with a reason, and what the bureau says to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from perfbatch.model.catalogue import CATALOGUE
from perfbatch.model.findings import Counts, Finding
from perfbatch.model.submission import Explanation, Submission
from perfbatch.roster.model import ExplanationReview, Roster
from perfbatch.rulebook.model import Check, Rulebook

__all__ = ["Explained", "ExplainedPlace", "covers", "explained", "place_of_explanation"]


class ExplainedPlace(NamedTuple):
    """Which finding is explained: whose, of which check, on what it was made, at which field and row (None: it stands once)."""

    entity: str
    check: str
    each: str
    field: str
    row: int | None


class Explained(NamedTuple):
    """An explanation as it was first given: its words, and the figures that it was given for."""

    text: str
    counts: Counts


def place_of_explanation(finding: Finding) -> ExplainedPlace:
    """What an explanation of a finding is kept by from night to night."""
    return ExplainedPlace(finding.entity_code, finding.check, finding.each, finding.field, finding.row)


def explained(
    findings: Sequence[Finding],
    submissions: Iterable[Submission],
    rulebook: Rulebook,
    roster: Roster | None = None,
    earlier: Mapping[ExplainedPlace, Explained] | None = None,
) -> tuple[list[Finding], list[Finding]]:
    """The findings, those that are explained marked as such, and what is to be said of explanations and verdicts that nothing
    comes of. `earlier` are the explanations of earlier nights: one whose words are the same while the figures are others has
    lapsed."""
    given: dict[str, list[_Given]] = defaultdict(list)
    remarks: list[Finding] = []
    for submission in submissions:
        for explanation in submission.explanations:
            checks, what = _checks_named(explanation, rulebook)
            if what:
                remarks.append(_remark("S15", explanation, submission, what=what))
            else:
                given[submission.file].append(_Given(explanation, checks, submission))
    verdicts = roster.verdicts if roster else ()
    used: set[int] = set()
    answered: set[int] = set()
    marked: list[Finding] = []
    for finding in findings:
        of_file = given.get(finding.file, ())
        answer = next((answer for answer in of_file if _answers(answer, finding, rulebook)), None)
        if answer is None:
            marked.append(finding)
            continue
        used.update(id(other) for other in of_file if _answers(other, finding, rulebook))
        verdict = next((verdict for verdict in verdicts if _judges(verdict, finding)), None)
        if verdict is not None:
            answered.add(verdict.line)
        marked.append(_marked(finding, answer.explanation.text, verdict, earlier or {}))
    remarks += [
        _remark("S16", idle.explanation, idle.submission)
        for of_file in given.values()
        for idle in of_file
        if id(idle) not in used
    ]
    of_verdicts = [_verdict_remark(verdict, roster) for verdict in verdicts if verdict.line not in answered and roster]
    return marked, [*remarks, *of_verdicts]


class _Given(NamedTuple):
    explanation: Explanation
    checks: frozenset[str]
    submission: Submission


def _checks_named(explanation: Explanation, rulebook: Rulebook) -> tuple[frozenset[str], str]:
    """The ids of the checks that an explanation is of; else what keeps it from being one."""
    named = explanation.check.strip()
    if not named:
        return frozenset(), "没有选择对应的检查"
    if not explanation.text.strip():
        return frozenset(), "没有写明原因"
    checks = [check for check in rulebook.checks if _is_named(check, named)]
    if not checks:
        return frozenset(), "没有这项检查"
    open_to_reasons = [check.id for check in checks if check.nature == "verification"]
    if not open_to_reasons:
        return frozenset(), "该项为基本平衡关系，须改正数据，不能以说明代替"
    return frozenset(open_to_reasons), ""


def _is_named(check: Check, named: str) -> bool:
    """By its id or code, with or without its title, or by its title."""
    first = named.split()[0].casefold()
    return first in (check.id.casefold(), check.code.casefold()) or named == check.title


def _answers(given: _Given, finding: Finding, rulebook: Rulebook) -> bool:
    if finding.standing != "open" or finding.check not in given.checks or finding.outcome != "failed":
        return False
    return covers(given.explanation.place, finding, rulebook)


def covers(place: str, finding: Finding, rulebook: Rulebook) -> bool:
    """Whether a place that a person wrote, a cell or a field by its name, is the finding's; "" is wherever it was made."""
    place = place.strip()
    if not place or place == finding.field:
        return True
    field = rulebook.field_by_id.get(finding.field)
    if field is not None and place in (field.label, field.label.partition("（")[0]):
        return True
    sheet, _, cell = place.replace("！", "!").rpartition("!")
    return cell.replace("$", "").upper() == finding.cell and sheet.strip("'") in ("", finding.sheet)


def _judges(verdict: ExplanationReview, finding: Finding) -> bool:
    if verdict.entity_code != finding.entity_code or verdict.code not in (finding.code, finding.check):
        return False
    sheet, _, cell = verdict.place.rpartition("!")
    at_cell = cell.replace("$", "").upper() == finding.cell and sheet.strip("'") in ("", finding.sheet)
    return verdict.place in ("", finding.field) or at_cell


def _marked(
    finding: Finding, text: str, verdict: ExplanationReview | None, earlier: Mapping[ExplainedPlace, Explained]
) -> Finding:
    before = earlier.get(place_of_explanation(finding))
    if before is not None and before.text == text and before.counts != finding.counts:
        return replace(finding, standing="lapsed", note=text)
    if verdict is None:
        return replace(finding, standing="explained", note=text)
    return replace(finding, standing=verdict.opinion, note=text, verdict=verdict.reason)


def _remark(code: str, explanation: Explanation, submission: Submission, **words: str) -> Finding:
    text = CATALOGUE[code]
    message = text.message.format(code=explanation.check or "（未选）", **words)
    place = (submission.file, explanation.sheet, explanation.cell, "")
    return Finding(code, text.severity, submission.entity_code, *place, explanation.text, "", "", message, text.remedy)


def _verdict_remark(verdict: ExplanationReview, roster: Roster) -> Finding:
    text = CATALOGUE["S18"]
    message = text.message.format(line=verdict.line, code=verdict.code)
    place = (roster.file, roster.verdict_sheet, f"A{verdict.line}", "")
    return Finding("S18", text.severity, verdict.entity_code, *place, verdict.code, "", "", message, text.remedy)
