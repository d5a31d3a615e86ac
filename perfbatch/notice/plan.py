"""Which departments get a notice, under which name, and who writes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from perfbatch.district.result import BatchResult
from perfbatch.intake.inbox import Found
from perfbatch.model.findings import Finding
from perfbatch.model.notices import waits
from perfbatch.notice.heading import NoticeHeading, dated, free_name
from perfbatch.notice.key import notice_key
from perfbatch.notice.order import REFILLED, NoticeOrder

__all__ = ["NOTICES", "plan_notices", "stale_notices"]

NOTICES = "notices"
"""The folder of the outbox that holds them, in a folder for each rulebook: another year's notices stay."""

_LEFT_OUT = {
    "C18": f"原工作簿含有活动内容，为安全起见未附原文件：{REFILLED}原件中的宏、链接、公式、批注、图片和附加的工作表均未带入。",
    "C11": f"原文件不是 .xlsx，不能在其上标注：{REFILLED}原件中的公式、批注、图片和附加的工作表均未带入。",
}


def plan_notices(
    result: BatchResult,
    sources: Mapping[str, Found],
    points: Mapping[Finding, Decimal],
    deadline: date | None = None,
    days: Mapping[str, date] | None = None,
    *,
    contact: str = "",
) -> dict[str, tuple[str, NoticeOrder]]:
    """file of the submission → (path in the outbox, what writes it), for every department with an error or a warning.

    `sources` is where each accepted file was found; its bytes are read again when its notice is written, so that a night of
    ten thousand workbooks does not hold them all. `days`: key of each notice of the run before (`notice_key`) → the day on
    it: a notice that says the same of the same workbook keeps its day. `contact` is whom departments turn to.
    """
    tonight, days = result.started_at.date(), days or {}
    grave: dict[str, list[Finding]] = defaultdict(list)
    standing: dict[str, list[Finding]] = defaultdict(list)
    form, stakes = result.rulebook, dict(points)
    explainable = tuple(check.id for check in result.rulebook.explainable.values())
    for finding in result.findings:
        if finding.asks:
            grave[finding.file].append(finding)
        elif finding.explained:
            # Listed where there is a notice at all: what the department wrote beside it must come back with the workbook.
            standing[finding.file].append(finding)
        elif waits(finding):
            standing[finding.file].append(finding)
            if finding.check in form.indicator_by_id:
                stakes[finding] = form.indicator_by_id[finding.check].points
    refilled = {finding.file: finding.code for finding in result.findings if _ends_own_file(finding)}
    hashes = {entry.path: entry.sha256 for entry in result.entries}
    columns = result.departments[["entity_code", "entity_title", "file"]]
    planned: dict[str, tuple[str, NoticeOrder]] = {}
    taken: set[str] = set()
    for code, unit, file in columns.itertuples(index=False, name=None):
        if file not in grave:
            continue
        listed = [*grave[file], *standing[file]]
        name = free_name(code, unit, taken)
        heading = NoticeHeading(
            entity_code=code,
            entity_title=unit,
            run_date=tonight,
            deadline=deadline,
            points_at_risk={finding: stakes[finding] for finding in listed if finding in stakes},
            form_title=result.rulebook.title,
            issuer=result.rulebook.issuer,
            contact=contact,
            explainable=explainable,
            key_label=result.rulebook.key_label,
        )
        path = f"{NOTICES}/{result.rulebook.id}/{name}"
        left_out = _LEFT_OUT.get(refilled.get(file, ""), "")
        key = notice_key(name, hashes[file], listed, heading, result.rulebook_sha256 if left_out else "")
        heading = dated(heading, key, days)
        planned[file] = (
            path,
            NoticeOrder(sources[file], hashes[file], listed, heading, key, lambda: form, left_out),
        )
    return planned


def _ends_own_file(finding: Finding) -> bool:
    """Whether the workbook behind a finding cannot be handed on: it holds what must not go out, or is of a format that cannot
    be marked (which is told once, of the whole file)."""
    return finding.code == "C18" or (finding.code == "C11" and not finding.cell)


def stale_notices(outbox: Path, outputs: Collection[str], rulebooks: Collection[str] = ()) -> list[str]:
    """Notices of earlier nights that are not among tonight's outputs, as paths in the outbox: those of `rulebooks`, of what
    tonight has notices of, and those that earlier versions of this program put into the folder itself.

    What Excel puts beside an open one (`~$…`) and hidden files are not ours, nor are other rulebooks' notices. Raises `OSError`.
    """
    kept = frozenset(outputs)
    folders = {NOTICES, *(f"{NOTICES}/{rulebook}" for rulebook in rulebooks)}
    folders.update(name.rpartition("/")[0] for name in outputs if name.startswith(f"{NOTICES}/"))
    paths = [path for folder in sorted(folders) for path in _notices_in(outbox, folder)]
    return [path for path in paths if path not in kept]


def _notices_in(outbox: Path, folder: str) -> list[str]:
    if not (outbox / folder).is_dir():
        return []
    files = sorted(file.name for file in (outbox / folder).glob("*.xls[xm]") if file.is_file() or file.is_symlink())
    return [f"{folder}/{name}" for name in files if not name.startswith((".", "~$"))]
