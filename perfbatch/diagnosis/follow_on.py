"""Which findings follow from another one: a wrong total breaks every check that it enters, and is to be mended once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from perfbatch.diagnosis.origins import Origins
from perfbatch.model.findings import Finding, Severity
from perfbatch.rulebook.checks import BoundCheck
from perfbatch.rulebook.tree import Compare

__all__ = ["follow_on"]


def follow_on(findings: Sequence[Finding], origins: Origins) -> list[int | None]:
    """For every finding the position of its cause among `findings`, None for one that stands by itself.

    A cause is an error of the same workbook: an unreadable, stale or mis-scaled cell that the follow-on depends on, or a
    total that is not the sum of its parts and enters the follow-on. Of several the first counts. 自评得分偏高 (a total) follows the
    largest deviation among the single scores. A cause may itself follow another; there are no circles.
    """
    causes: list[int | None] = [None] * len(findings)
    by_file: dict[str, list[int]] = defaultdict(list)
    for position, finding in enumerate(findings):
        by_file[finding.file].append(position)
    for positions in by_file.values():
        _within(positions, findings, origins, causes)
    return causes


def _within(positions: Sequence[int], findings: Sequence[Finding], origins: Origins, causes: list[int | None]) -> None:
    checks = {at: origins.check(findings[at]) for at in positions}
    roots = [at for at in positions if _can_cause(findings[at], checks[at])]
    roots.sort(key=lambda at: not findings[at].code.startswith("C"))
    deviations = [at for at in positions if findings[at].code == "S01"]
    if not roots and not deviations:
        return
    largest = max(deviations, key=lambda at: (_deviation(findings[at]), -at), default=None)
    for at in positions:
        follows = False
        for root in roots:
            if root != at and _follows(at, root, findings, checks, origins):
                follows = True
                if not _leads_to(root, at, causes):
                    causes[at] = root
                    break
        if not follows and largest is not None and _compares_totals(checks[at]) and not _leads_to(largest, at, causes):
            causes[at] = largest


def _can_cause(finding: Finding, check: BoundCheck | None) -> bool:
    if finding.severity is not Severity.ERROR or finding.settled or not finding.cell:
        return False
    return finding.code.startswith("C") or _is_broken_identity(finding, check)


def _is_broken_identity(finding: Finding, check: BoundCheck | None) -> bool:
    """A check that a stated figure equals something else, and does not hold."""
    return (
        check is not None
        and finding.outcome == "failed"
        and isinstance(check.holds, Compare)
        and check.holds.op == "=="
        and check.expected is None
    )


def _follows(
    at: int, root: int, findings: Sequence[Finding], checks: Mapping[int, BoundCheck | None], origins: Origins
) -> bool:
    finding, cause = findings[at], findings[root]
    same_cell = (finding.sheet, finding.cell) == (cause.sheet, cause.cell)
    if finding.code.startswith("C"):
        # A cell speaks for itself; only a second remark on the same cell is folded, the later under the earlier.
        return same_cell and cause.code.startswith("C") and root < at
    if same_cell and not cause.code.startswith("C"):
        # Two identities of one cell that want the same figure; or an inequality over a figure that is wrong anyway.
        if _is_broken_identity(finding, checks[at]):
            return finding.expected != "" and finding.expected == cause.expected and root < at
        return True
    inputs = origins.inputs(finding)
    if cause.field in inputs.summed and not same_cell:
        return True
    if cause.field not in inputs.own:
        return False
    if not cause.code.startswith("C") and not same_cell and cause.field == finding.field:
        return False
    return _reads_row(finding, checks[at], cause, checks[root], origins)


def _reads_row(
    finding: Finding, check: BoundCheck | None, cause: Finding, broken: BoundCheck | None, origins: Origins
) -> bool:
    """Whether a check that reads the cause's column reads the cause's row of it.

    A check over a row reads that row; a check of the department, or a score, reads of the unit tables the 汇总 row, and of any
    other table all rows. What is wrong with all rows together (`broken`, the cause's own check) may be wrong in any of them.
    """
    if cause.row is None:
        return True
    if cause.field in origins.unit_columns:
        return cause.row == (finding.row if _is_over_rows(check) else 0)
    return not _is_over_rows(check) or cause.row == finding.row or (broken is not None and not _is_over_rows(broken))


def _is_over_rows(check: BoundCheck | None) -> bool:
    return check is not None and check.check.scope != "department"


def _compares_totals(check: BoundCheck | None) -> bool:
    return check is not None and check.check.expected == "verified_total"


def _deviation(finding: Finding) -> int:
    return abs(finding.counts[2] or 0)


def _leads_to(start: int, end: int, causes: Sequence[int | None]) -> bool:
    at: int | None = start
    while at is not None:
        if at == end:
            return True
        at = causes[at]
    return False
