"""One night: discover → read → score → reconcile → publish.

Scores come before the checks because two of the checks (R19, R25) hold the department's figures against computed scores.
Nothing here decides what is right; it puts the rooms in order and keeps one file's trouble away from the others.
"""

from __future__ import annotations

import importlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from perfbatch.changes import changes_between
from perfbatch.history import (
    HISTORY_NAME,
    RecordedNotice,
    closing_figures,
    last_run,
    notice_days,
    tonight,
    write_history,
)
from perfbatch.intake.inbox import Found, found_at, walk
from perfbatch.intake.reading_cache import ReadingCache
from perfbatch.intake.reading_pool import Read, read_all
from perfbatch.kept.cache_file import CACHE_NAME
from perfbatch.model.errors import OperatorFault
from perfbatch.model.findings import SET_ASIDE, Finding
from perfbatch.model.phases import Phases, Watch
from perfbatch.model.submission import InboxEntry, Submission
from perfbatch.result import BatchResult, ExpectedDepartment, RosterStanding
from perfbatch.roster import Roster
from perfbatch.rulebook.checks import bind_checks
from perfbatch.rulebook.expression import Member, leaves
from perfbatch.rulebook.load import LoadedRulebook
from perfbatch.rulebook.model import Rulebook

if TYPE_CHECKING:
    from perfbatch.frames import Frames
    from perfbatch.publish.outbox import Writer
    from perfbatch.scoring.verify import Scored

# Nothing that imports pandas stands at the top: it is loaded while the workbooks are read.
_EXAMINING = ("perfbatch.reconcile", "perfbatch.scoring.at_risk", "perfbatch.scoring.remarks")
_PUBLISHING = ("perfbatch.publish.notice_pool", "perfbatch.publish.notices", "perfbatch.publish.summary")

__all__ = ["Checked", "Night", "check_workbook", "examine", "run_batch", "run_night"]


@dataclass(frozen=True)
class Night:
    """A batch with the frames and columns behind it, for whoever wants to know why."""

    result: BatchResult
    frames: Frames
    scored: Scored
    sources: Mapping[str, Found]
    faults: tuple[tuple[str, str], ...] = ()
    recalled: int = 0
    """Entries known from an earlier night and not read again."""


@dataclass(frozen=True)
class Checked:
    """One workbook checked on its own; `night` is None where it could not be read, for the reason in `entry`."""

    path: Path
    entry: InboxEntry
    night: Night | None


def run_night(
    inbox: Path,
    outbox: Path,
    loaded: LoadedRulebook,
    *,
    roster: Roster | None = None,
    workers: int = 1,
    deadline: date | None = None,
    executor: Executor | None = None,
    cached: bool = True,
    watch: Watch | None = None,
) -> tuple[Night, list[str]]:
    """Run the batch and publish it; returns the night and the paths written, relative to the outbox.

    `deadline` is the last day on which a department may report, the rulebook's unless given. `executor` reads, `workers`
    chunks at a time, and is left running; None starts processes for it. Unless `cached` is False, workbooks that have not
    changed since an earlier night are not read again (`reading_cache`), and notices that did not are not made again
    (`notice_copies`). `watch` is told of each phase.

    Raises `OperatorFault` for an inbox that cannot be read and for an outbox that is not a folder or lies in the inbox,
    `BatchFault` where the night could not be completed; the outbox is then as it was.
    """
    from perfbatch.publish.outbox import REPORT_NAME, locked, publish

    _refuse_folders(outbox, inbox)
    # Held for the whole night: the history that it starts from must be the one that it adds to.
    with locked(outbox):
        history = outbox / HISTORY_NAME
        prior = closing_figures(history, loaded.rulebook.fiscal_year - 1, _fields_of("prior", loaded.rulebook))
        phases, kept = Phases(watch), outbox / CACHE_NAME
        cache = ReadingCache(kept, loaded.rulebook) if cached else None
        night = run_batch(
            inbox,
            loaded,
            roster=roster,
            prior=prior,
            workers=workers,
            deadline=deadline,
            executor=executor,
            cache=cache,
            phases=phases,
            later=_PUBLISHING,
        )
        phases.begin("publish")
        from perfbatch.publish.notice_copies import earlier_notices, keep_notices
        from perfbatch.publish.notice_pool import NoticePool
        from perfbatch.publish.notices import plan_notices
        from perfbatch.publish.summary import Surroundings, relative_folder, summary_name, write_summary

        result = night.result
        name = summary_name(loaded.rulebook)
        days = notice_days(history, loaded.rulebook.fiscal_year)
        planned = plan_notices(result, night.sources, _points(result), _open_deadline(result), days)
        notices = dict(planned.values())
        outputs = (name, *notices, HISTORY_NAME, REPORT_NAME)
        before = last_run(history, loaded.rulebook.fiscal_year)
        around = Surroundings(
            inbox=relative_folder(inbox, outbox),
            notices={file: notice for file, (notice, _) in planned.items()},
            changes=changes_between(before, tonight(result)) if before else None,
        )
        given = [RecordedNotice(path, order.key, order.heading.run_date) for path, order in notices.items()]
        writers: dict[str, Writer] = {
            name: lambda path: write_summary(result, path, outputs, around),
            **notices,
            HISTORY_NAME: lambda path: write_history(history, result, path, given),
        }
        phases.expect(len(writers))
        counted = {output: _counted(writer, phases) for output, writer in writers.items()}
        earlier = earlier_notices(kept, outbox) if cached else None
        pool = NoticePool(notices, workers, phases.advance, earlier)
        published = publish(result, outbox, counted, pool)
        if cache:
            cache.keep()
            keep_notices(kept, notices, pool.written)
        return night, published


def _counted(writer: Writer, phases: Phases) -> Writer:
    def write(path: Path) -> None:
        writer(path)
        phases.advance()

    return write


def _points(result: BatchResult) -> dict[Finding, Decimal]:
    return {finding: at_risk.points for finding, at_risk in result.at_risk.items()}


def _open_deadline(result: BatchResult) -> date | None:
    """A day that is over is no day to put a workbook right by."""
    over = result.deadline is not None and result.deadline < result.started_at.date()
    return None if over else result.deadline


def _refuse_folders(outbox: Path, inbox: Path) -> None:
    # Before the outbox is made and locked: nothing is left behind for an inbox that is not there.
    if not inbox.is_dir():
        raise OperatorFault(str(inbox), "is not a folder", "Name the folder of filled workbooks with --inbox.")
    if outbox.exists() and not outbox.is_dir():
        raise OperatorFault(str(outbox), "is not a folder", "Name the folder for the results with --outbox.")
    # The inbox is only ever read, and tomorrow night would read tonight's summary as a submission.
    if outbox.resolve().is_relative_to(inbox.resolve()):
        raise OperatorFault(str(outbox), "lies in the inbox, which is only read", "Name another folder with --outbox.")


def run_batch(
    inbox: Path,
    loaded: LoadedRulebook,
    *,
    roster: Roster | None = None,
    prior: dict[str, dict[str, int]] | None = None,
    workers: int = 1,
    deadline: date | None = None,
    executor: Executor | None = None,
    cache: ReadingCache | None = None,
    phases: Phases | None = None,
    later: Sequence[str] = (),
) -> Night:
    """Read, score and reconcile a folder, writing nothing. `prior`: budget_code → last year's closing figures. `later` names
    modules that the caller needs afterwards: they are loaded while the workbooks are read."""
    started, phases = _now(), phases or Phases()
    phases.begin("walk")
    found = walk(inbox)

    def read(some: Sequence[Found]) -> list[Read]:
        phases.expect(len(some))
        return read_all(
            some,
            loaded.rulebook,
            workers,
            executor=executor,
            progress=phases.reach,
            meanwhile=partial(_load, (*_EXAMINING, *later)),
        )

    phases.begin("read")
    reads = cache.read(found, read) if cache else read(found)
    night = _night(found, reads, loaded, started, phases, roster=roster, prior=prior, deadline=deadline)
    return replace(night, recalled=cache.recalled) if cache else night


def check_workbook(path: Path, loaded: LoadedRulebook, executor: Executor | None = None) -> Checked:
    """Check one workbook as the night would, writing nothing."""
    started, found = _now(), [found_at(path)]
    reads = read_all(found, loaded.rulebook, executor=executor, meanwhile=partial(_load, _EXAMINING))
    night = _night(found, reads, loaded, started, Phases())
    entry = night.result.entries[0]
    return Checked(path, entry, night if entry.status == "accepted" else None)


def _load(modules: Iterable[str]) -> None:
    for module in modules:
        importlib.import_module(module)


def _night(
    found: Sequence[Found],
    reads: Sequence[Read],
    loaded: LoadedRulebook,
    started: datetime,
    phases: Phases,
    *,
    roster: Roster | None = None,
    prior: dict[str, dict[str, int]] | None = None,
    deadline: date | None = None,
) -> Night:
    from perfbatch.scoring.at_risk import points_at_risk

    phases.begin("check")
    entries, submissions = _settle(found, reads)
    frames, scored, findings = examine(submissions, loaded.rulebook, roster=roster, prior=prior)
    result = BatchResult(
        run_id=f"{started:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}",
        started_at=started,
        finished_at=_now(),
        rulebook=loaded.rulebook,
        rulebook_sha256=loaded.sha256,
        entries=entries,
        findings=findings,
        departments=scored.departments,
        units=frames.units,
        scores=scored.scores,
        roster=_standing(roster, submissions) if roster else None,
        deadline=deadline or loaded.rulebook.deadline,
        at_risk=points_at_risk(findings, frames, scored, loaded.rulebook),
        phases=phases,
    )
    faults = tuple((one.path, read.fault) for one, read in zip(found, reads, strict=True) if read.fault)
    return Night(result, frames, scored, {one.path: one for one in found}, faults)


def examine(
    submissions: Sequence[Submission],
    rulebook: Rulebook,
    *,
    roster: Roster | None = None,
    prior: dict[str, dict[str, int]] | None = None,
) -> tuple[Frames, Scored, tuple[Finding, ...]]:
    """Score and reconcile submissions; findings come by department, the gravest first."""
    from perfbatch.frames import build_frames, record_frame
    from perfbatch.reconcile import reconcile
    from perfbatch.scoring.remarks import remark
    from perfbatch.scoring.verify import Adjustment, computed_points, score

    frames = build_frames(submissions, rulebook)
    reviews = roster.reviews if roster else {}
    adjustments = {key: Adjustment(points, reason) for key, (points, reason) in reviews.items()}
    scored = score(frames, rulebook, adjustments)
    codes = [submission.budget_code for submission in submissions]
    figures = {entry.budget_code: dict(entry.figures) for entry in roster.entries} if roster else {}
    checked = reconcile(
        frames,
        scored.departments,
        computed_points(scored),
        rulebook,
        prior=record_frame(codes, prior or {}, _fields_of("prior", rulebook)),
        roster=record_frame(codes, figures, _fields_of("roster", rulebook)),
    )
    said = [finding for submission in submissions for finding in submission.findings]
    findings = [*said, *checked, *remark(frames, scored, rulebook, adjustments)]
    place = {submission.file: number for number, submission in enumerate(submissions)}
    findings.sort(key=lambda one: (place[one.file], one.severity.order, one.code))
    return frames, scored, tuple(findings)


def _now() -> datetime:
    return datetime.now().astimezone().replace(microsecond=0)


def _fields_of(record: str, rulebook: Rulebook) -> list[str]:
    """The fields that the rulebook's checks look up in another record."""
    trees = [tree for bound in bind_checks(rulebook) for tree in (bound.holds, bound.when) if tree is not None]
    named = (leaf.field for tree in trees for leaf in leaves(tree) if isinstance(leaf, Member) and leaf.owner == record)
    return sorted(set(named))


def _standing(roster: Roster, submissions: Iterable[Submission]) -> RosterStanding:
    received = {submission.budget_code for submission in submissions}
    missing = [(one.budget_code, one.unit_name) for one in roster.entries if one.budget_code not in received]
    expected = tuple(
        ExpectedDepartment(one.budget_code, one.unit_name, one.office, one.contact) for one in roster.entries
    )
    return RosterStanding(len(expected), len(expected) - len(missing), tuple(missing), expected)


def _settle(found: Sequence[Found], reads: Sequence[Read]) -> tuple[tuple[InboxEntry, ...], list[Submission]]:
    """What becomes of every entry; of several workbooks under one code the newest is taken, or none (F09)."""
    entries = [_entry(one, read) for one, read in zip(found, reads, strict=True)]
    by_code: dict[str, list[int]] = defaultdict(list)
    for number, read in enumerate(reads):
        if read.submission is not None:
            # Without a code nothing tells whose it is, so nothing can replace it either.
            by_code[read.submission.budget_code or f"\0{number}"].append(number)
    submissions: list[Submission] = []
    for code, numbers in by_code.items():
        names = {_folded(reads[number].submission) for number in numbers}
        if len(names) > 1:
            for number in numbers:
                entries[number] = _set_aside(entries[number], "F09", code)
            continue
        newest = max(numbers, key=lambda number: (found[number].mtime_ns, number))
        for number in numbers:
            if number != newest:
                message = f"已由较新的 {found[newest].path} 替代"
                entries[number] = replace(entries[number], status="superseded", message=message)
        submission = reads[newest].submission
        assert submission is not None
        submissions.append(submission)
    submissions.sort(key=lambda one: (one.budget_code, one.file))
    return tuple(entries), submissions


def _folded(submission: Submission | None) -> str:
    return "".join(normalize("NFKC", submission.unit_name).split()) if submission else ""


def _entry(found: Found, read: Read) -> InboxEntry:
    submission = read.submission
    entry = InboxEntry(found.path, found.size, read.sha256, found.mtime_ns, "accepted")
    if submission is not None:
        return replace(entry, message=read.what, budget_code=submission.budget_code, unit_name=submission.unit_name)
    return _set_aside(entry, read.code, read.what)


def _set_aside(entry: InboxEntry, code: str, what: str) -> InboxEntry:
    text = SET_ASIDE[code]
    return replace(entry, status="set_aside", code=code, message=text.message.format(what=what), remedy=text.remedy)
