"""The account of one `perfbatch run`: begun before anything else, ended whatever becomes of the night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from perfbatch import __version__
from perfbatch.bureau.last_night import (
    LAST_NIGHT_NAME,
    FailureOnRecord,
    NightRecord,
    Verdict,
    read_failures,
    write_record,
)
from perfbatch.bureau.night_log import NightLog, discreet
from perfbatch.bureau.notifying import notify
from perfbatch.model.nights import FailedNight
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import reason

if TYPE_CHECKING:
    from perfbatch.batch import Nights

__all__ = ["NightAccount"]

_COMPLETED = (0, 3)
_TALLIED = ("expected", "received", "late", "sent_back", "missing")


class NightAccount:
    """What is written down of a night. None of its methods raises: what could not be written stands in `faults`."""

    def __init__(self, folder: Path, inbox: Path, outbox: Path, notified: str = "") -> None:
        """`folder` takes the log and the record; `notified` is an address or a command that is told in the end."""
        self._folder, self._inbox, self._notified = folder, inbox, notified
        self._log = NightLog(folder)
        self._record = NightRecord("running", None, _now(), None, str(outbox.absolute()))
        self._told: list[str] = []
        self.faults: list[str] = []
        """What went wrong with the account itself, a line each."""

    @property
    def failed(self) -> tuple[FailedNight, ...]:
        """The nights for this outbox that failed since the last one that was completed, the oldest first."""
        return tuple(failure.night for failure in self._record.failures if failure.outbox == self._record.outbox)

    def begin(self) -> None:
        """Say that a night has begun: should it be killed, that is what is found."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.faults.append(worded("account.no_folder", folder=self._folder, reason=reason(error)))
        self._record = replace(self._record, failures=read_failures(self._folder))
        self._log.rotate()
        folders = f"inbox {self._inbox}, outbox {self._record.outbox}"
        self._log.write(self._record.started_at, discreet(f"begun: perfbatch {__version__}, {folders}"))
        self._write()

    def completed(self, nights: Nights, outputs: Sequence[str]) -> None:
        """Note what the nights of one run, a rulebook each, have come to."""
        run = nights.run
        results = run.results
        status = Counter(entry.status for entry in run.entries)
        findings = [finding for result in results for finding in result.findings if not finding.settled]
        severity = Counter(finding.severity.value for finding in findings)
        departments = sum(len(result.departments) for result in results)
        tallies = [result.tally for result in results if result.tally]
        of_roster = {name: sum(getattr(tally, name) for tally in tallies) for name in _TALLIED} if tallies else {}
        counts = {
            "files": sum(status.values()),
            **{name: status[name] for name in ("accepted", "superseded", "set_aside")},
            "departments": departments,
            **of_roster,
            "errors": severity["error"],
            "warnings": severity["warning"],
            "infos": severity["info"],
            "notices": sum("/" in name for name in outputs),
        }
        self._record = replace(
            self._record,
            verdict="findings" if severity["error"] or status["set_aside"] else "clean",
            run_id=run.run_id,
            rulebooks=tuple(result.rulebook.id for result in results),
            counts=counts,
            outputs=tuple(outputs),
        )
        codes = Counter(entry.code for entry in run.entries if entry.status == "set_aside")
        self._told += (
            [f"set aside: {', '.join(f'{code} {count}' for code, count in sorted(codes.items()))}"] if codes else []
        )
        phases = [f"{phase} {seconds:.2f} s" for phase, seconds in run.phases.seconds()]
        self._told.append(f"phases: {', '.join(phases)}")
        self._told += [discreet(line, str(self._inbox)) for line in nights.forgiven]
        for _, fault in nights.faults:
            self._told += [discreet(f"F14 {line}") for line in fault.splitlines()]

    def record(self, code: int, faults: Sequence[str]) -> NightRecord:
        """The record of the night, as it ends with this exit code and has told these lines."""
        done = code in _COMPLETED
        verdict: Verdict = self._record.verdict if done else "refused" if code == 2 else "failed"
        earlier = self._record.failures
        mine = FailureOnRecord(self._record.outbox, FailedNight(self._record.started_at, code))
        left = [failure for failure in earlier if failure.outbox != mine.outbox] if done else [*earlier, mine]
        return replace(
            self._record,
            verdict="clean" if verdict == "running" else verdict,
            exit_code=code,
            finished_at=_now(),
            faults=tuple(discreet(line, str(self._inbox)) for line in faults),
            failures=tuple(left),
        )

    def end(self, code: int, faults: Sequence[str] = ()) -> None:
        """Write down how it ended, and tell whoever is to be told."""
        self._record = self.record(code, faults)
        lines = [f"ended: {self._record.verdict}, exit code {code}"]
        if self._record.run_id:
            counts = ", ".join(f"{name} {count}" for name, count in self._record.counts.items())
            lines += [f"run {self._record.run_id}, rulebook {', '.join(self._record.rulebooks)}: {counts}"]
        self._log.write(_now(), *lines, *self._told, *self._record.faults)
        self._write()
        if self._notified:
            done, outcome = notify(self._notified, self._record.without_notices().as_json(), self._folder)
            self._log.write(_now(), f"notified: {outcome}")
            if not done:
                self.faults.append(worded("account.not_notified", outcome=outcome))
        if self._log.fault:
            self.faults.append(self._log.fault)

    def _write(self) -> None:
        try:
            write_record(self._folder, self._record)
        except OSError as error:
            fault = worded("account.not_written", path=self._folder / LAST_NIGHT_NAME, reason=reason(error))
            if fault not in self.faults:
                self.faults.append(fault)


def _now() -> datetime:
    return datetime.now().astimezone().replace(microsecond=0)
