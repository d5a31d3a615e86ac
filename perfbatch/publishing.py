"""One night published: the batch, the outputs that follow from it, and the switch that puts them into the outbox."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from perfbatch.batch import BatchPlan, Night, Nights, fields_of, run_forms
from perfbatch.district.result import BatchResult, RunResult
from perfbatch.history.changes import changes_between
from perfbatch.history.past import Past, past_of, refuse_loss
from perfbatch.history.reading import last_rulebooks
from perfbatch.history.record import HISTORY_NAME, RecordedNotice, tonight, write_history
from perfbatch.intake.reading_cache import ReadingCache
from perfbatch.intake.reading_pool import Readers
from perfbatch.kept.cache_file import CACHE_NAME, KeptFile
from perfbatch.model.errors import OperatorFault
from perfbatch.model.findings import Finding
from perfbatch.model.nights import FailedNight
from perfbatch.model.phases import Phases, Watch
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import reason
from perfbatch.outbox.durable import refuse_locale
from perfbatch.outbox.switch import locked, publish
from perfbatch.roster import Roster
from perfbatch.rulebook.load import LoadedRulebook

if TYPE_CHECKING:
    from perfbatch.outbox.switch import Elsewhere, Writer

__all__ = ["NightPlan", "publish_outputs", "run_night"]

# Nothing that imports pandas stands at the top: it is loaded while the workbooks are read.
_PUBLISHING = ("perfbatch.notice.pool", "perfbatch.notice.returned", "perfbatch.summary")


@dataclass(frozen=True)
class NightPlan:
    """What a night is run by.

    Each workbook goes by the one of `forms` that its stamp names. With `named_only` the night is run by those of them that a
    workbook or the outbox's last night names, by the first where there is none. `rosters` are by rulebook id.

    `deadline` is the last day on which a department may report, the rulebook's unless given. `executor` reads, `workers`
    chunks at a time, and is left running; None starts processes for it. Unless `cached` is False, workbooks that have not
    changed since an earlier night are not read again (`reading_cache`), and notices that did not are not made again
    (`notice_copies`). `watch` is told of each phase. A night of no file, or of fewer than half of the departments, replaces
    the last one of its form and year only with `allow_empty`, `allow_fewer`. `failed` are the nights that were to be published
    since the last one that was, and were not. `contact` is whom departments turn to, as notices say it.
    """

    inbox: Path
    outbox: Path
    forms: LoadedRulebook | Sequence[LoadedRulebook]
    rosters: Mapping[str, Roster] = field(default_factory=dict)
    named_only: bool = False
    workers: int = 1
    deadline: date | None = None
    executor: Readers | None = None
    cached: bool = True
    watch: Watch | None = None
    allow_empty: bool = False
    allow_fewer: bool = False
    failed: Sequence[FailedNight] = ()
    contact: str = ""

    @property
    def loaded(self) -> Sequence[LoadedRulebook]:
        """The forms, also where there is one."""
        return [self.forms] if isinstance(self.forms, LoadedRulebook) else self.forms

    def of_batch(self, pasts: Mapping[str, Past], cache: ReadingCache | None, phases: Phases) -> BatchPlan:
        """What its batch is run by; `pasts` are by rulebook id."""
        return BatchPlan(
            self.inbox,
            self.loaded,
            rosters=self.rosters,
            prior={name: past.prior for name, past in pasts.items()},
            explained={name: past.explained for name, past in pasts.items()},
            arrivals={name: past.arrivals for name, past in pasts.items()},
            named=last_rulebooks(self.outbox / HISTORY_NAME) if self.named_only else None,
            workers=self.workers,
            deadline=self.deadline,
            executor=self.executor,
            cache=cache,
            phases=phases,
            later=_PUBLISHING,
            traced=False,
        )


def run_night(plan: NightPlan) -> tuple[Nights, list[str]]:
    """Run the batch and publish it; returns the night and the paths written, relative to the outbox.

    Raises `OperatorFault` for an inbox that cannot be read and for an outbox that is not a folder or lies in the inbox,
    `BatchFault` where the night could not be completed; the outbox is then as it was.
    """
    inbox, outbox = plan.inbox, plan.outbox
    _refuse_folders(outbox, inbox)
    # Held for the whole night: the history that it starts from must be the one that it adds to.
    with locked(outbox):
        history = outbox / HISTORY_NAME
        books = [loaded.rulebook for loaded in plan.loaded]
        pasts = {book.id: past_of(history, book, fields_of("prior", book)) for book in books}
        phases, kept = Phases(plan.watch), KeptFile(outbox / CACHE_NAME)
        cache = ReadingCache(kept, books) if plan.cached else None
        nights = run_forms(plan.of_batch(pasts, cache, phases))
        _refuse_loss(plan, nights, pasts)
        phases.begin("publish")
        from perfbatch.notice.copies import earlier_notices, keep_notices
        from perfbatch.notice.pool import NoticePool
        from perfbatch.report.report import REPORT_NAME

        planned = list[_FormOutputs]()
        for night in nights.nights:
            placed = {file: path for of_form in planned for file, (path, _) in of_form.returned.items()}
            planned.append(_FormOutputs(night, pasts[night.result.rulebook.id], plan, placed))
        notices = {path: order for of_form in planned for path, order in of_form.notices.items()}
        letters = {path: order for of_form in planned for path, order in of_form.letters.items()}
        damage = next((past.damaged for past in pasts.values() if past.damaged), "")
        damaged = {f"history.unreadable-{nights.run.run_id}.sqlite": history} if damage else {}
        summaries = (of_form.summary for of_form in planned)
        outputs = (*summaries, *notices, *letters, *damaged, HISTORY_NAME, REPORT_NAME)
        given = [notice for of_form in planned for notice in of_form.given]
        writers: dict[str, Writer] = {
            **{of_form.summary: partial(of_form.write_summary, outputs) for of_form in planned},
            **notices,
            **letters,
            **{kept_as: lambda path: _copy(history, path) for kept_as in damaged},
            HISTORY_NAME: lambda path: write_history(None if damage else history, nights.run, path, given),
        }
        phases.expect(len(writers))
        counted = {output: _counted(writer, phases) for output, writer in writers.items()}
        earlier = earlier_notices(kept, outbox) if plan.cached else None
        pool = NoticePool(notices, plan.workers, phases.advance, earlier)
        published = publish_outputs(nights.run, outbox, counted, pool, [of_form.rulebook for of_form in planned])
        keeping = (cache.keep, lambda: keep_notices(kept, notices, pool.written), kept.write) if cache else ()
        remarks = [worded("history.set_apart", damage=damage, kept_as=kept_as) for kept_as in damaged]
        return replace(nights, forgiven=(*remarks, *_forgiven(outbox / CACHE_NAME, keeping))), published


def _refuse_loss(plan: NightPlan, nights: Nights, pasts: Mapping[str, Past]) -> None:
    """Refuse a night of hardly anything, form by form."""
    for result in nights.run.results:
        refuse_loss(
            pasts[result.rulebook.id].last,
            plan.inbox,
            len(nights.run.entries),
            len(result.departments),
            allow_empty=plan.allow_empty,
            allow_fewer=plan.allow_fewer,
            rulebook=result.rulebook.id if len(nights.nights) > 1 else "",
        )


class _FormOutputs:
    """What a form's night gives the outbox: its summary and its notices. `placed`: file that was set aside → the notice that
    another form's night has for it already."""

    def __init__(self, night: Night, past: Past, plan: NightPlan, placed: Mapping[str, str]) -> None:
        from perfbatch.notice.plan import plan_notices
        from perfbatch.notice.returned import plan_returned
        from perfbatch.summary import Surroundings, relative_folder

        result = night.result
        self._result = result
        self.rulebook, self.summary = result.rulebook.id, result.summary_name
        deadline, contact = _open_deadline(result), plan.contact
        planned = plan_notices(result, night.sources, _points(result), deadline, past.days, contact=contact)
        self.notices = dict(planned.values())
        self.returned = plan_returned(result, self.notices, deadline, past.days, contact=contact, placed=placed)
        self.letters = dict(self.returned.values())
        paths = {file: path for file, (path, _) in (*planned.items(), *self.returned.items())}
        self._around = Surroundings(
            inbox=relative_folder(plan.inbox, plan.outbox),
            notices={**placed, **paths},
            changes=changes_between(past.before, tonight(result)) if past.before else None,
            failed=plan.failed,
            last_year=past.last_year,
        )

    @property
    def given(self) -> list[RecordedNotice]:
        """The notices for the history."""
        orders = [
            *((path, order.key, order.heading) for path, order in self.notices.items()),
            *((path, order.key, order.heading) for path, order in self.letters.items()),
        ]
        return [RecordedNotice(path, key, heading.run_date, self.rulebook) for path, key, heading in orders]

    def write_summary(self, outputs: Sequence[str], path: Path) -> None:
        """Write the summary; `outputs` are those of the whole night."""
        from perfbatch.summary import write_summary

        write_summary(self._result, path, outputs, self._around)


def publish_outputs(
    result: BatchResult | RunResult,
    outbox: Path,
    writers: Mapping[str, Writer],
    elsewhere: Elsewhere | None = None,
    rulebooks: Collection[str] = (),
) -> list[str]:
    """Put a night's outputs and its run report, which is switched last, into the outbox together, and take what is left of
    earlier nights' notices out of it; returns the paths of the outputs, relative to the outbox.

    `writers`: path in the outbox (with `/`) → what writes it; those that `elsewhere` names are written by it. `rulebooks` are
    the ids of those that the night was run by: notices of others stay. Raises what `publish` raises.
    """
    from perfbatch.notice.plan import stale_notices
    from perfbatch.report.report import REPORT_NAME, write_report

    outputs = [*writers, REPORT_NAME]
    written: dict[str, Writer] = {**writers, REPORT_NAME: lambda path: write_report(result, outputs, path)}
    publish(outbox, written, elsewhere, lambda folder: stale_notices(folder, outputs, rulebooks))
    return outputs


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _counted(writer: Writer, phases: Phases) -> Writer:
    def write(path: Path) -> None:
        writer(path)
        phases.advance()

    return write


def _forgiven(kept: Path, keeping: Iterable[Callable[[], None]]) -> Iterator[str]:
    """Keep for the next night what it can do without; a line for each that could not be, for the night is out already."""
    for keep in keeping:
        try:
            keep()
        except Exception as error:
            yield worded("cache.not_written", path=kept, reason=reason(error))


def _points(result: BatchResult) -> dict[Finding, Decimal]:
    return {finding: at_risk.points for finding, at_risk in result.at_risk.items()}


def _open_deadline(result: BatchResult) -> date | None:
    """A day that is over is no day to put a workbook right by."""
    over = result.deadline is not None and result.deadline < result.started_at.date()
    return None if over else result.deadline


def _refuse_folders(outbox: Path, inbox: Path) -> None:
    refuse_locale()
    # Before the outbox is made and locked: nothing is left behind for an inbox that is not there.
    if not inbox.is_dir():
        raise OperatorFault("inbox.none", inbox=inbox)
    if outbox.exists() and not outbox.is_dir():
        raise OperatorFault("outbox.no_folder", outbox=outbox)
    # The inbox is only ever read, and tomorrow night would read tonight's summary as a submission.
    if outbox.resolve().is_relative_to(inbox.resolve()):
        raise OperatorFault("outbox.in_inbox", outbox=outbox)
