"""A notice that is the form refilled: for a workbook that must not, or cannot, be handed on as it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from perfbatch.intake.typing_in import read_typed
from perfbatch.model.findings import Finding
from perfbatch.model.set_aside import SetAside
from perfbatch.notice.heading import NoticeHeading
from perfbatch.notice.marking import mark
from perfbatch.notice.standalone import standalone_notice
from perfbatch.package.book_part import EditableWorkbook
from perfbatch.package.editing import NotEditable
from perfbatch.package.patched import EditablePackage
from perfbatch.rulebook.model import Rulebook
from perfbatch.template.refill import NotRefillable, refill
from perfbatch.template.scorecard import NAME_OFFSET

__all__ = ["refilled_notice"]


def refilled_notice(
    content: bytes, rulebook: Rulebook, findings: Sequence[Finding], heading: NoticeHeading, reason: str
) -> bytes:
    """The notice on a workbook that intake has accepted, on a blank form with what was typed into it. `reason`: a line for
    whoever gets it that says what was left out. Where the form has no room for it, the list alone."""
    try:
        made = refill(rulebook, read_typed(content, rulebook, NAME_OFFSET))
        moved = [_moved(finding, made.places) for finding in findings]
        points = {
            new: heading.points_at_risk[old]
            for old, new in zip(findings, moved, strict=True)
            if old in heading.points_at_risk
        }
        package = EditablePackage(made.content)
        mark(package, EditableWorkbook(package), moved, replace(heading, points_at_risk=points), (reason,))
        return package.content()
    except (SetAside, NotRefillable, NotEditable):
        return standalone_notice(findings, heading)


def _moved(finding: Finding, places: Mapping[tuple[str, str], tuple[str, str]]) -> Finding:
    """A finding where its cell now stands; one whose cell is not in the form any more has its place in words."""
    place = places.get((finding.sheet, finding.cell))
    if place is not None:
        return replace(finding, sheet=place[0], cell=place[1])
    return replace(finding, sheet=f"{finding.sheet}!{finding.cell}".strip("!"), cell="")
