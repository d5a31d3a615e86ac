"""A batch: discover → read → score → reconcile. Writes nothing.

Scores come before the checks because two of the checks (R19, R25) hold the department's figures against computed scores.
Nothing here decides what is right; it puts the rooms in order and keeps one file's trouble away from the others.
"""

from __future__ import annotations

import importlib
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from perfbatch.district.arrivals import Arrivals
from perfbatch.district.reporting import ExpectedDepartment
from perfbatch.district.result import BatchResult, RunResult
from perfbatch.intake.inbox import Found, found_at, walk
from perfbatch.intake.reading_cache import ReadingCache
from perfbatch.intake.reading_pool import Read, Readers, read_all
from perfbatch.intake.settling import settle
from perfbatch.model.findings import Finding
from perfbatch.model.memory import give_back
from perfbatch.model.phases import Phases
from perfbatch.model.submission import InboxEntry, Submission
from perfbatch.roster import Roster
from perfbatch.rulebook.checks import fields_of_record
from perfbatch.rulebook.load import LoadedRulebook
from perfbatch.rulebook.model import Rulebook

if TYPE_CHECKING:
    from perfbatch.district.explaining import Explained, ExplainedPlace
    from perfbatch.district.frames import Frames
    from perfbatch.scoring.verify import Scored

# Nothing that imports pandas stands at the top: it is loaded while the workbooks are read.
_EXAMINING = ("perfbatch.district.reconcile", "perfbatch.scoring.at_risk", "perfbatch.scoring.remarks")
__all__ = [
    "BatchPlan",
    "Checked",
    "Night",
    "Nights",
    "check_workbook",
    "examine",
    "fields_of",
    "run_batch",
    "run_forms",
]


@dataclass(frozen=True)
class BatchPlan:
    """What a batch is run by.

    `inbox`: the folder of filled workbooks, or one of them. `forms`: each workbook goes by the one that its stamp names; the night
    is run by all of them, or where `named` is given by those whose ids stand there or that a workbook names, by the first where
    there is none. By rulebook id: `rosters`, and `prior`: entity_code → last year's closing figures, and
    `explained`, the explanations of earlier nights with the figures that they were given for, and `arrivals`, what those nights
    have seen. `deadline` is the last day on which a department may report, the rulebook's unless given. `executor` reads,
    `workers` chunks at a time; `cache` knows what did not change. Unless `traced`, a night keeps nothing of what its result was
    made of. `later` names modules that the caller needs afterwards: they are loaded while the workbooks are read.
    """

    inbox: Path
    forms: LoadedRulebook | Sequence[LoadedRulebook]
    rosters: Mapping[str, Roster] = field(default_factory=dict)
    prior: Mapping[str, Mapping[str, dict[str, int]]] = field(default_factory=dict)
    explained: Mapping[str, Mapping[ExplainedPlace, Explained]] = field(default_factory=dict)
    arrivals: Mapping[str, Arrivals] = field(default_factory=dict)
    named: Collection[str] | None = None
    workers: int = 1
    deadline: date | None = None
    executor: Readers | None = None
    cache: ReadingCache | None = None
    phases: Phases = field(default_factory=Phases)
    later: Sequence[str] = ()
    traced: bool = True

    @property
    def loaded(self) -> Sequence[LoadedRulebook]:
        """The forms, also where there is one."""
        return [self.forms] if isinstance(self.forms, LoadedRulebook) else self.forms


@dataclass(frozen=True)
class Night:
    """One form's night with the frames and columns behind it, for whoever wants to know why."""

    result: BatchResult
    frames: Frames
    scored: Scored
    sources: Mapping[str, Found]


@dataclass(frozen=True)
class Nights:
    """One night over all its forms: what became of every entry of the inbox, and a `Night` for each rulebook that it is run by,
    in the order in which they were given."""

    run: RunResult
    nights: tuple[Night, ...]
    faults: tuple[tuple[str, str], ...] = ()
    recalled: int = 0
    """Entries known from an earlier night and not read again."""
    forgiven: tuple[str, ...] = ()
    """What failed without failing the night, a line for each: place, fault, remedy."""


@dataclass(frozen=True)
class Checked:
    """One workbook checked on its own; `night` is None where it could not be read, for the reason in `entry`; `fault` says
    where the program failed on it (F14), as in `Read`."""

    path: Path
    entry: InboxEntry
    night: Night | None
    fault: str = ""


def run_batch(plan: BatchPlan) -> Night:
    """Read, score and reconcile a folder of one form's workbooks, writing nothing."""
    (night,) = run_forms(plan).nights
    return night


def run_forms(plan: BatchPlan) -> Nights:
    """Read a folder once, each workbook by the form that its stamp names; score and reconcile form by form, writing nothing."""
    started, phases = _now(), plan.phases
    phases.begin("walk")
    files = walk(plan.inbox)

    def read(unread: Sequence[Found]) -> list[Read]:
        phases.expect(len(unread))
        return read_all(
            unread,
            [loaded.rulebook for loaded in plan.loaded],
            plan.workers,
            executor=plan.executor,
            progress=phases.reach,
            meanwhile=partial(_load, (*_EXAMINING, *plan.later)),
        )

    phases.begin("read")
    reads = plan.cache.read(files, read) if plan.cache else read(files)
    forms = plan.loaded
    if plan.named is not None:
        wanted = {*plan.named, *(reading.rulebook for reading in reads)}
        forms = [loaded for loaded in forms if loaded.rulebook.id in wanted] or forms[:1]
    phases.begin("check")
    nights = _nights(plan, forms, files, reads, started)
    if not plan.traced:
        # What the frames were made of is gone, and the summary is as large again.
        give_back()
    return replace(nights, recalled=plan.cache.recalled) if plan.cache else nights


def check_workbook(
    path: Path, forms: LoadedRulebook | Sequence[LoadedRulebook], executor: Readers | None = None
) -> Checked:
    """Check one workbook as the night would, by the form that its stamp names, writing nothing."""
    started, files, plan = _now(), [found_at(path)], BatchPlan(path, forms)
    known = [loaded.rulebook for loaded in plan.loaded]
    reads = read_all(files, known, executor=executor, meanwhile=partial(_load, _EXAMINING))
    of_form = [loaded for loaded in plan.loaded if loaded.rulebook.id == reads[0].rulebook] or plan.loaded[:1]
    nights = _nights(plan, of_form, files, reads, started)
    entry = nights.run.entries[0]
    return Checked(path, entry, nights.nights[0] if entry.status == "accepted" else None, reads[0].fault)


def _load(modules: Iterable[str]) -> None:
    for module in modules:
        importlib.import_module(module)


def _nights(
    plan: BatchPlan, forms: Sequence[LoadedRulebook], files: Sequence[Found], reads: Sequence[Read], started: datetime
) -> Nights:
    entries: dict[str, InboxEntry] = {}
    submissions: dict[str, list[Submission]] = {}
    # What is of no form of tonight is settled as well: no submission is among it.
    for name in ("", *(loaded.rulebook.id for loaded in forms)):
        own = [pair for pair in zip(files, reads, strict=True) if pair[1].rulebook == name]
        entity = next((loaded.rulebook.entity for loaded in forms if loaded.rulebook.id == name), None)
        roster = plan.rosters.get(name)
        become, submissions[name] = settle(
            [file for file, _ in own],
            [read for _, read in own],
            {entry.entity_code: entry.entity_title for entry in roster.entries} if roster else None,
            entity,
        )
        entries |= {entry.path: replace(entry, rulebook=name) for entry in become}
    run = RunResult(
        run_id=f"{started:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}",
        started_at=started,
        finished_at=started,
        entries=tuple(entries[file.path] for file in files),
        results=(),
        phases=plan.phases,
    )
    sources = {file.path: file for file in files}
    nights = tuple(
        _night(plan, run, _dated(loaded, plan), submissions[loaded.rulebook.id], sources) for loaded in forms
    )
    run = replace(run, results=tuple(night.result for night in nights), finished_at=_now())
    faults = tuple((file.path, read.fault) for file, read in zip(files, reads, strict=True) if read.fault)
    return Nights(run, nights, faults)


def _dated(loaded: LoadedRulebook, plan: BatchPlan) -> LoadedRulebook:
    """The rulebook with tonight's last day to report, from which lateness is counted."""
    if plan.deadline is None or plan.deadline == loaded.rulebook.deadline:
        return loaded
    return replace(loaded, rulebook=loaded.rulebook.model_copy(update={"deadline": plan.deadline}))


def _night(
    plan: BatchPlan,
    run: RunResult,
    loaded: LoadedRulebook,
    submissions: Sequence[Submission],
    sources: Mapping[str, Found],
) -> Night:
    from perfbatch.scoring.at_risk import points_at_risk
    from perfbatch.scoring.row_scores import row_frame

    rulebook = loaded.rulebook
    roster, prior = plan.rosters.get(rulebook.id), plan.prior.get(rulebook.id, {})
    frames, scored, findings = examine(
        submissions,
        rulebook,
        roster=roster,
        prior=prior,
        today=run.started_at.date(),
        earlier=plan.explained.get(rulebook.id),
    )
    open_findings = [finding for finding in findings if not finding.settled]
    result = BatchResult(
        run_id=run.run_id,
        started_at=run.started_at,
        finished_at=_now(),
        rulebook=rulebook,
        rulebook_sha256=loaded.sha256,
        rulebook_sources=loaded.sources,
        entries=tuple(entry for entry in run.entries if entry.rulebook in ("", rulebook.id)),
        findings=findings,
        departments=scored.departments,
        units=frames.units,
        scores=scored.scores,
        row_scores=row_frame(scored.rows),
        roster=_expected(roster) if roster else None,
        deadline=rulebook.deadline,
        arrivals=plan.arrivals.get(rulebook.id, Arrivals()),
        at_risk=points_at_risk(open_findings, frames, scored, rulebook),
        phases=run.phases,
    )
    return Night(result, *((frames, scored) if plan.traced else (frames.bare, scored.bare)), sources)


def examine(
    submissions: Sequence[Submission],
    rulebook: Rulebook,
    *,
    roster: Roster | None = None,
    prior: Mapping[str, dict[str, int]] | None = None,
    today: date | None = None,
    earlier: Mapping[ExplainedPlace, Explained] | None = None,
) -> tuple[Frames, Scored, tuple[Finding, ...]]:
    """Score and reconcile submissions; findings come by department, the gravest first, those of the roster itself last.

    Waivers of the roster hold until `today`, the day of the clock unless given. `earlier` are the explanations of earlier nights.
    """
    from perfbatch.district.explaining import explained
    from perfbatch.district.frames import build_frames, record_frame
    from perfbatch.district.reconcile import reconcile
    from perfbatch.district.standing import on_trial, waived
    from perfbatch.scoring.remarks import remark
    from perfbatch.scoring.verify import Adjustment, computed_points, score

    frames = build_frames(submissions, rulebook)
    reviews = roster.reviews if roster else {}
    adjustments = {key: Adjustment(points, reason) for key, (points, reason) in reviews.items()}
    scored = score(frames, rulebook, adjustments)
    codes = [submission.entity_code for submission in submissions]
    figures = {entry.entity_code: dict(entry.figures) for entry in roster.entries} if roster else {}
    checked = reconcile(
        frames,
        scored.departments,
        computed_points(scored),
        rulebook,
        prior=record_frame(codes, prior or {}, fields_of("prior", rulebook), rulebook),
        roster=record_frame(codes, figures, fields_of("roster", rulebook), rulebook),
    )
    of_forms = [finding for submission in submissions for finding in submission.findings]
    findings = on_trial([*of_forms, *checked, *remark(frames, scored, rulebook, adjustments)], rulebook)
    of_roster: list[Finding] = []
    if roster:
        findings, of_waivers = waived(findings, roster, today or _now().date())
        of_roster = [*roster.findings, *of_waivers]
    findings, of_explanations = explained(findings, submissions, rulebook, roster, earlier)
    known_files = {submission.file for submission in submissions}
    findings += [finding for finding in of_explanations if finding.file in known_files]
    of_roster += [finding for finding in of_explanations if finding.file not in known_files]
    place = {submission.file: number for number, submission in enumerate(submissions)}
    findings.sort(key=lambda finding: (place[finding.file], finding.severity.order, finding.code))
    return frames, scored, (*findings, *of_roster)


def _now() -> datetime:
    # To the microsecond: of two nights in one second the history knows the later.
    return datetime.now().astimezone()


def fields_of(record: str, rulebook: Rulebook) -> list[str]:
    """The fields that the rulebook's checks look up in another record."""
    return fields_of_record(record, rulebook)


def _expected(roster: Roster) -> tuple[ExpectedDepartment, ...]:
    return tuple(
        ExpectedDepartment(entry.entity_code, entry.entity_title, entry.office, entry.contact)
        for entry in roster.entries
    )
