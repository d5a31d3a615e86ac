"""Which departments get a notice, under which name, and who writes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path, PurePosixPath

from perfbatch.district.result import BatchResult
from perfbatch.intake.inbox import Found
from perfbatch.model.findings import Finding, Severity
from perfbatch.notice import NoticeHeading, extension_of, notice_name
from perfbatch.notice.key import notice_key
from perfbatch.notice.order import NoticeOrder

__all__ = ["NOTICES", "plan_notices", "stale_notices"]

NOTICES = "notices"
"""The folder of the outbox that holds them."""


def plan_notices(
    result: BatchResult,
    sources: Mapping[str, Found],
    points: Mapping[Finding, Decimal],
    deadline: date | None = None,
    days: Mapping[str, date] | None = None,
) -> dict[str, tuple[str, NoticeOrder]]:
    """file of the submission → (path in the outbox, what writes it), for every department with an error or a warning.

    `sources` is where each accepted file was found; its bytes are read again when its notice is written, so that a night of
    ten thousand workbooks does not hold them all. `days`: key of each notice of the run before (`notice_key`) → the day on
    it: a notice that says the same of the same workbook keeps its day.
    """
    tonight, days = result.started_at.date(), days or {}
    grave: dict[str, list[Finding]] = defaultdict(list)
    for finding in result.findings:
        if finding.severity is not Severity.INFO:
            grave[finding.file].append(finding)
    hashes = {entry.path: entry.sha256 for entry in result.entries}
    columns = result.departments[["budget_code", "unit_name", "file"]]
    planned: dict[str, tuple[str, NoticeOrder]] = {}
    taken: set[str] = set()
    for code, unit, file in columns.itertuples(index=False, name=None):
        if file not in grave:
            continue
        extension = extension_of(sources[file])
        number = 1
        while (name := notice_name(code, unit, extension=extension, number=number)).casefold() in taken:
            number += 1
        taken.add(name.casefold())
        heading = NoticeHeading(
            budget_code=code,
            unit_name=unit,
            run_date=tonight,
            deadline=deadline,
            points_at_risk={finding: points[finding] for finding in grave[file] if finding in points},
            form_title=result.rulebook.title,
            issuer=result.rulebook.issuer,
        )
        path = f"{NOTICES}/{name}"
        key = notice_key(path, hashes[file], grave[file], heading)
        # A clock that was ahead for a night must not leave a day on it that is still to come.
        heading = replace(heading, run_date=min(tonight, days.get(key, tonight)))
        planned[file] = (path, NoticeOrder(sources[file], hashes[file], grave[file], heading, key))
    return planned


def stale_notices(outbox: Path, outputs: Collection[str]) -> list[str]:
    """Notices of earlier nights that are not among tonight's outputs, as paths in the outbox; what Excel puts beside an open
    one (`~$…`) and hidden files are not ours. Raises `OSError`."""
    folder = outbox / NOTICES
    if not folder.is_dir():
        return []
    names = sorted(one.name for one in folder.glob("*.xls[xm]") if one.is_file() or one.is_symlink())
    kept = {PurePosixPath(name).name for name in outputs if PurePosixPath(name).parent.name == NOTICES}
    return [f"{NOTICES}/{name}" for name in names if name not in kept and not name.startswith((".", "~$"))]
