"""What the history holds, and what changed between two of its runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from perfbatch.model.figures import score_text
from perfbatch.terminal.catalogue import counted, say
from perfbatch.terminal.console import console_of, inert, plain_table, print_table, score_cell

if TYPE_CHECKING:
    from perfbatch.history.changes import Changes, Move
    from perfbatch.history.reading import ListedRun

__all__ = ["print_changes", "print_history", "print_pruned"]

_SECOND_PART = re.compile(r"\.\d+")


def print_history(history: Path, runs: Sequence[ListedRun]) -> None:
    """The runs on record, the latest first."""
    console = console_of()
    if not runs:
        console.print(say("history.none", file=inert(history)), soft_wrap=True)
        return
    columns = ("run", "begun", "rulebook", "year", "departments", "findings")
    table = plain_table(*columns, figures=("departments", "findings"), whole=("run", "begun", "rulebook"))
    for run in runs:
        table.add_row(
            *map(inert, (run.run_id, _SECOND_PART.sub("", run.started_at), run.rulebook, run.fiscal_year)),
            *map(inert, (run.departments, run.findings)),
        )
    print_table(console, table)


def print_pruned(kept: Sequence[str], gone: Sequence[str]) -> None:
    """How many runs stay on record, and how many went."""
    line = say("history.pruned", kept=counted(len(kept), "run"), gone=counted(len(gone), "run"))
    console_of().print(line, soft_wrap=True)


def print_changes(changes: Changes, *, rulebook: str = "") -> None:
    """What the later of two runs over one form has, or has no more; `rulebook` is named where there are several."""
    console = console_of()
    form = f" · {inert(rulebook)}" if rulebook else ""
    console.print(f"{changes.earlier.run_id} → {changes.later.run_id}{form}", soft_wrap=True)
    if changes.none:
        console.print(say("diff.none"))
        return
    for key, departments in (
        ("new", changes.new),
        ("resubmitted", tuple(move.after for move in changes.resubmitted)),
        ("withdrawn", changes.withdrawn),
    ):
        if departments:
            console.print(say(f"diff.{key}", count=len(departments)))
        for department in departments:
            line = f"{department.entity_code} {department.entity_title}  {department.file}"
            console.print(f"  {inert(line)}", soft_wrap=True)
    if changes.moves:
        console.print(say("diff.moves", count=len(changes.moves)))
        figures = ("before", "after", "change", "rank")
        table = plain_table("code", "department", *figures, "grade", figures=figures)
        for move in changes.moves:
            table.add_row(*_move(move))
        print_table(console, table)
    for key, findings in (("found", changes.appeared), ("cleared", changes.cleared)):
        if findings:
            console.print(say(f"diff.{key}", count=len(findings)))
        for finding in findings:
            place = f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
            level = say(f"severity.{finding.severity}")
            line = f"{level}  {finding.code}  {finding.entity_code}  {place}  {finding.message}"
            console.print(f"  {inert(line)}", soft_wrap=True)


def _move(move: Move) -> Sequence[str]:
    gap, before, after = move.score_change, move.before, move.after
    return (
        inert(after.entity_code),
        inert(after.entity_title),
        score_cell(before.verified_total),
        score_cell(after.verified_total),
        "—" if gap is None else f"{'+' if gap > 0 else ''}{score_text(gap)}",
        f"{before.rank or '—'} → {after.rank or '—'}",
        inert(after.grade if before.grade == after.grade else f"{before.grade} → {after.grade}"),
    )
