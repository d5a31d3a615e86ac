"""Which findings follow from another one: a wrong total breaks every check that it enters, and is to be mended once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from perfbatch.diagnosis.check_lookup import CheckLookup, FoundCheck
from perfbatch.model.findings import Finding, Severity
from perfbatch.rulebook.expression import Compare

__all__ = ["follow_on"]

_ROW = re.compile(r"\d+$")


def follow_on(findings: Sequence[Finding], lookup: CheckLookup) -> list[int | None]:
    """For every finding the position of its cause among `findings`, None for one that stands by itself.

    A cause is an error of the same workbook: an unreadable, stale or mis-scaled cell that the follow-on depends on, or a
    total that is not the sum of its parts and enters the follow-on. Of several the first counts. 自评虚高 (a total) follows the
    largest deviation among the single scores. A cause may itself follow another; there are no circles.
    """
    causes: list[int | None] = [None] * len(findings)
    by_file: dict[str, list[int]] = defaultdict(list)
    for position, finding in enumerate(findings):
        by_file[finding.file].append(position)
    for positions in by_file.values():
        _within(positions, findings, lookup, causes)
    return causes


def _within(
    positions: Sequence[int], findings: Sequence[Finding], lookup: CheckLookup, causes: list[int | None]
) -> None:
    found = {at: lookup.check(findings[at]) for at in positions}
    roots = [at for at in positions if _can_cause(findings[at], found[at])]
    roots.sort(key=lambda at: not findings[at].code.startswith("C"))
    deviations = [at for at in positions if findings[at].code == "S01"]
    if not roots and not deviations:
        return
    largest = max(deviations, key=lambda one: (_size(findings[one]), -one), default=None)
    for at in positions:
        inputs = lookup.inputs(findings[at])
        follows = False
        for root in roots:
            if root != at and _follows(at, root, findings, found, lookup, inputs):
                follows = True
                if not _leads_to(root, at, causes):
                    causes[at] = root
                    break
        if not follows and largest is not None and _compares_totals(found[at]) and not _leads_to(largest, at, causes):
            causes[at] = largest


def _can_cause(finding: Finding, found: FoundCheck | None) -> bool:
    if finding.severity is not Severity.ERROR or not finding.cell:
        return False
    return finding.code.startswith("C") or _is_identity(found)


def _is_identity(found: FoundCheck | None) -> bool:
    """A check that a stated figure equals something else."""
    return (
        found is not None
        and found.failed
        and isinstance(found.bound.holds, Compare)
        and found.bound.holds.op == "=="
        and found.bound.expected is None
    )


def _follows(
    at: int,
    root: int,
    findings: Sequence[Finding],
    found: Mapping[int, FoundCheck | None],
    lookup: CheckLookup,
    inputs: tuple[frozenset[str], frozenset[str]],
) -> bool:
    one, cause = findings[at], findings[root]
    same_cell = (one.sheet, one.cell) == (cause.sheet, cause.cell)
    if one.code.startswith("C"):
        # A cell speaks for itself; only a second remark on the same cell is folded, the later under the earlier.
        return same_cell and cause.code.startswith("C") and root < at
    if same_cell and not cause.code.startswith("C"):
        # Two identities of one cell that want the same figure; or an inequality over a figure that is wrong anyway.
        if _is_identity(found[at]):
            return bool(one.expected) and one.expected == cause.expected and root < at
        return True
    own, summed = inputs
    if cause.field in summed and not same_cell:
        return True
    if cause.field not in own:
        return False
    if cause.code.startswith("C") or same_cell:
        return _same_row(found[at], found[root], one, cause, lookup)
    return cause.field != one.field and _same_row(found[at], found[root], one, cause, lookup)


def _same_row(
    found: FoundCheck | None, root: FoundCheck | None, one: Finding, cause: Finding, lookup: CheckLookup
) -> bool:
    """A check over a unit's row depends on that row only, one of the department on the 汇总 row."""
    if found is None:
        return True
    if root is not None:
        return found.entity == root.entity
    # A cell that is wrong by itself: its row tells, as long as both stand in one table.
    if found.bound.check.scope != "unit" or lookup.table(one.field) != lookup.table(cause.field):
        return True
    return _row(one.cell) == _row(cause.cell)


def _row(cell: str) -> str:
    match = _ROW.search(cell)
    return match.group() if match else cell


def _compares_totals(found: FoundCheck | None) -> bool:
    return found is not None and found.bound.check.expected == "verified_total"


def _size(finding: Finding) -> Decimal:
    try:
        return abs(Decimal(finding.difference))
    except InvalidOperation:
        return Decimal(0)


def _leads_to(start: int, end: int, causes: Sequence[int | None]) -> bool:
    at: int | None = start
    while at is not None:
        if at == end:
            return True
        at = causes[at]
    return False
