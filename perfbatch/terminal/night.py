"""The end of a run, and what changed between two: English, for whoever runs the server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from perfbatch.model.figures import plain, score_text
from perfbatch.model.submission import SCALE
from perfbatch.terminal.console import console_of, counted, inert, plain_table, print_table, score_cell

if TYPE_CHECKING:
    from perfbatch.batch import Night
    from perfbatch.history.changes import Changes
    from perfbatch.history.record import ListedRun

__all__ = ["print_changes", "print_fault", "print_history", "print_night"]

_APART = {"waived": "waived", "explained": "explained", "accepted": "explained and accepted", "trial": "on trial"}


def print_night(night: Night, outbox: Path, outputs: Sequence[str]) -> None:
    """The end of `perfbatch run`: counts, what was set aside, what was written, where the program failed."""
    console, result = console_of(), night.result
    status = Counter(entry.status for entry in result.entries)
    severity = Counter(finding.severity.value for finding in result.findings if not finding.settled)
    apart = Counter(finding.standing for finding in result.findings if finding.settled)
    console.print(f"Run {result.run_id} · rulebook {result.rulebook.id}")
    known = f"; {night.recalled} unchanged since they were last read" if night.recalled else ""
    console.print(
        f"Inbox     {counted(len(result.entries), 'file')}: {status['accepted']} accepted, "
        f"{status['superseded']} superseded, {status['set_aside']} set aside{known}"
    )
    for entry in result.entries:
        if entry.status == "set_aside":
            console.print(f"  {entry.code}  {inert(entry.path)}: {inert(entry.message)}", soft_wrap=True)
    if result.roster:
        console.print(f"Roster    {result.roster.received} of {result.roster.expected} departments have reported")
    console.print(
        f"Findings  {counted(severity['error'], 'error')}, {counted(severity['warning'], 'warning')}, "
        f"{counted(severity['info'], 'info')} in {counted(len(result.departments), 'department')}"
        + "".join(f"; {number} {_APART[standing]}" for standing, number in apart.items())
    )
    verified = result.departments["verified_total"].tolist()
    if verified:
        mean = plain(Fraction(sum(verified), len(verified) * SCALE), 2, most=2)
        console.print(
            f"Scores    mean verified {mean}, highest {score_text(max(verified))}, lowest {score_text(min(verified))}"
        )
    else:
        console.print("Scores    none: no workbook was accepted")
    notices = [name for name in outputs if "/" in name]
    written = [name for name in outputs if name not in notices]
    written[1:1] = [counted(len(notices), "notice")] if notices else []
    console.print(f"Wrote     {', '.join(written)} to {inert(outbox)}", soft_wrap=True)
    for line in night.forgiven:
        console_of(errors=True).print(f"perfbatch: {inert(line)}", soft_wrap=True)
    for file, fault in night.faults:
        print_fault(file, fault)


def print_fault(file: object, fault: str) -> None:
    """Where the program failed on a file (F14), for whoever runs it: a line, and the traceback."""
    place, *way = fault.splitlines()
    log = console_of(errors=True)
    log.print(
        f"perfbatch: a fault of the program set aside {inert(file)} ({inert(place)}). Please report it.", soft_wrap=True
    )
    for line in way:
        log.print(inert(line), soft_wrap=True)


def print_history(history: Path, runs: Sequence[ListedRun]) -> None:
    """The runs on record, the latest first."""
    console = console_of()
    if not runs:
        console.print(f"{inert(history)}: no run is on record.", soft_wrap=True)
        return
    figures = ("departments", "findings")
    table = plain_table(
        "run", "begun", "rulebook", "year", *figures, figures=figures, whole=("run", "begun", "rulebook")
    )
    for run in runs:
        table.add_row(
            *map(inert, (run.run_id, run.started_at, run.rulebook, run.fiscal_year, run.departments, run.findings))
        )
    print_table(console, table)


def print_changes(changes: Changes) -> None:
    """What the later of two runs has, or has no more."""
    console = console_of()
    earlier, later = changes.earlier, changes.later
    console.print(f"{earlier.run_id} → {later.run_id}", soft_wrap=True)
    if changes.none:
        console.print("No change.")
        return
    for word, departments in (
        ("New", changes.new),
        ("Resubmitted", tuple(move.after for move in changes.resubmitted)),
        ("Withdrawn", changes.withdrawn),
    ):
        if departments:
            console.print(f"{word} ({len(departments)})")
        for department in departments:
            console.print(
                f"  {inert(department.budget_code)} {inert(department.unit_name)}  {inert(department.file)}",
                soft_wrap=True,
            )
    if changes.moves:
        console.print(f"Scores and ranks ({len(changes.moves)})")
        figures = ("before", "after", "change", "rank")
        table = plain_table("code", "department", *figures, "grade", figures=figures)
        for move in changes.moves:
            gap = move.score_change
            table.add_row(
                inert(move.after.budget_code),
                inert(move.after.unit_name),
                score_cell(move.before.verified_total),
                score_cell(move.after.verified_total),
                "—" if gap is None else f"{'+' if gap > 0 else ''}{score_text(gap)}",
                f"{move.before.rank or '—'} → {move.after.rank or '—'}",
                inert(
                    move.after.grade
                    if move.before.grade == move.after.grade
                    else f"{move.before.grade} → {move.after.grade}"
                ),
            )
        print_table(console, table)
    for word, findings in (("New findings", changes.appeared), ("Cleared findings", changes.cleared)):
        if findings:
            console.print(f"{word} ({len(findings)})")
        for finding in findings:
            place = f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
            line = f"{finding.severity}  {finding.code}  {finding.budget_code}  {place}  {finding.message}"
            console.print(f"  {inert(line)}", soft_wrap=True)
