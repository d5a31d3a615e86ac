"""The end of a run, for whoever runs the server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from perfbatch.model.figures import plain, score_text
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.roles import Entity
from perfbatch.terminal.catalogue import counted, listed, say, spoken, verified_word
from perfbatch.terminal.console import console_of, inert
from perfbatch.terminal.next_command import after_night, print_next

if TYPE_CHECKING:
    from perfbatch.batch import Nights
    from perfbatch.district.result import BatchResult

__all__ = ["print_fault", "print_forgiven", "print_night"]


def print_night(
    nights: Nights, outbox: Path, outputs: Sequence[str], *, given: Sequence[object] = (), verbose: bool = False
) -> None:
    """The end of `perfbatch run`: counts, what was set aside, what was written, and what to look at next.

    `given` are the options by which `perfbatch explain` finds the same workbooks. With `verbose` also how long each phase took
    and every path that was written.
    """
    console, run = console_of(), nights.run
    status = Counter(entry.status for entry in run.entries)
    books = listed(result.rulebook.id for result in run.results)
    console.print(say("run.title", run=run.run_id, rulebook=books), soft_wrap=True)
    inbox = say(
        "run.inbox",
        files=counted(len(run.entries), "file"),
        **{name: status[name] for name in ("accepted", "superseded", "set_aside")},
    )
    recalled = say("run.recalled", count=nights.recalled) if nights.recalled else ""
    console.print(inbox + recalled, soft_wrap=True)
    for entry in run.entries:
        if entry.status == "set_aside":
            console.print(f"  {entry.code}  {inert(entry.path)}: {inert(entry.message)}", soft_wrap=True)
    for result in run.results:
        if len(run.results) > 1:
            console.print(f"{result.rulebook.id} · {inert(result.rulebook.title)}", soft_wrap=True)
        _print_form(result)
    notices = [name for name in outputs if "/" in name]
    written = [name for name in outputs if verbose or name not in notices]
    if notices and not verbose:
        written.insert(len(run.results), counted(len(notices), "notice"))
    console.print(say("run.wrote", outputs=inert(listed(written)), outbox=inert(outbox)), soft_wrap=True)
    if verbose:
        phases = (
            say("run.phase", phase=say(f"phase.{phase}"), seconds=f"{seconds:.2f}")
            for phase, seconds in run.phases.seconds()
        )
        console.print(say("run.took", phases=listed(phases)), soft_wrap=True)
    print_next(after_night(nights, given))


def _print_form(result: BatchResult) -> None:
    """What the night came to in one form."""
    console, noun = console_of(), result.rulebook.entity.noun
    # What a rulebook calls its entities is Chinese; in English anything but a department is an entity.
    word = "department" if noun == Entity().noun else "entity"
    severity = Counter(finding.severity.value for finding in result.findings if not finding.settled)
    apart = Counter(finding.standing for finding in result.findings if finding.settled)
    if (tally := result.tally) is not None:
        known = say(
            "run.roster",
            expected=counted(tally.expected, word, noun),
            **{name: getattr(tally, name) for name in ("received", "late", "sent_back", "missing")},
        )
        console.print(known, soft_wrap=True)
    findings = say(
        "run.findings",
        errors=counted(severity["error"], "error"),
        warnings=counted(severity["warning"], "warning"),
        infos=counted(severity["info"], "info"),
        departments=counted(len(result.departments), word, noun),
    )
    settled = (say("run.apart", count=number, standing=say(f"standing.{name}")) for name, number in apart.items())
    console.print("".join((findings, *settled)), soft_wrap=True)
    verified = result.departments["verified_total"].tolist()
    if not result.rulebook.is_scored:
        return
    if verified:
        mean = plain(Fraction(sum(verified), len(verified) * SCALE), 2, most=2)
        highest, lowest = score_text(max(verified)), score_text(min(verified))
        word = verified_word(result.confirmed)
        scores = say("run.scores", verified_word=word, mean=mean, highest=highest, lowest=lowest)
        console.print(scores, soft_wrap=True)
    else:
        console.print(say("run.no_scores"))


def print_forgiven(nights: Nights) -> None:
    """What failed without failing the night, and where the program failed on a file: on standard error."""
    for line in nights.forgiven:
        console_of(errors=True).print(say("fault", line=inert(spoken(line))), soft_wrap=True)
    for file, fault in nights.faults:
        print_fault(file, fault)


def print_fault(file: object, fault: str) -> None:
    """Where the program failed on a file (F14), for whoever runs it: a line, and the traceback."""
    place, *way = fault.splitlines()
    log = console_of(errors=True)
    log.print(say("fault.program", file=inert(file), place=inert(place)), soft_wrap=True)
    for line in way:
        log.print(inert(line), soft_wrap=True)
