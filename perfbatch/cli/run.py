"""`perfbatch run`."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from perfbatch.cli.application import app
from perfbatch.cli.options import (
    FINDINGS,
    ClusterOption,
    InboxOption,
    LangOption,
    OutboxOption,
    RosterOption,
    RulebooksOption,
    WorkersOption,
    same_workbooks,
)
from perfbatch.cli.readers import readers_of

__all__ = ["run"]

_OBJECTS_A_COLLECTION = 10_000_000


@contextlib.contextmanager
def _rare_collection() -> Iterator[None]:
    """Within, the collector of cycles hardly ever looks for them.

    A night makes millions of objects that stay to its end and few cycles, whatever its size: looking the former through
    for the latter takes a fifth of the parent's time. Rarely and not never, lest a night without processes of its own,
    which makes every notice here, grows without bound."""
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS_A_COLLECTION, *usual[1:])
    try:
        yield
    finally:
        # Moves everything to the oldest generation: otherwise the next allocation would start a collection over all of it.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*usual)


@app.command()
@_rare_collection()
def run(
    context: typer.Context,
    inbox: InboxOption = Path("inbox"),
    outbox: OutboxOption = Path("outbox"),
    roster: RosterOption = None,
    rulebook: RulebooksOption = None,
    deadline: Annotated[
        datetime | None,
        typer.Option(
            "--deadline", metavar="DATE", formats=["%Y-%m-%d"], help="Last day to report; the rulebook's unless given."
        ),
    ] = None,
    workers: WorkersOption = 0,
    cluster: ClusterOption = None,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Read every workbook, also those that did not change since they were read."),
    ] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Replace the last night also where the inbox has no file.")
    ] = False,
    allow_fewer: Annotated[
        bool, typer.Option("--allow-fewer", help="Replace it also by one of fewer than half of its departments.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 where a file was set aside or an error finding stands.")
    ] = False,
    contact: Annotated[
        str, typer.Option("--contact", metavar="TEXT", help="Whom departments turn to; stands on every notice.")
    ] = "",
    _log: Annotated[
        Path | None,
        typer.Option(
            "--log", metavar="DIR", help="Folder of the log and last-night.json; that of perfbatch.toml unless given."
        ),
    ] = None,
    _notify: Annotated[
        str | None,
        typer.Option(
            "--notify",
            metavar="TARGET",
            help="Tell of the night in the end: a command, or an http(s) address to post to.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: verdict, exit code, counts, outputs.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but faults.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print also every path written and how long each phase took.")
    ] = False,
    _lang: LangOption = None,
) -> None:
    """Read the inbox, check and score every workbook, and write the district's summary to the outbox.

    Exit codes: 0 done; 1 the batch could not be completed, nothing was replaced; 2 usage; 3 with --strict, done but a file
    was set aside or an error finding stands.
    """
    with readers_of(workers, cluster) as readers:
        from perfbatch.bureau.account import NightAccount
        from perfbatch.publishing import NightPlan, run_night
        from perfbatch.roster import read_rosters
        from perfbatch.rulebook.load import load_forms
        from perfbatch.terminal.night import print_forgiven, print_night
        from perfbatch.terminal.progress import night_progress

        forms = load_forms(rulebook)
        rosters = read_rosters(roster, [loaded.rulebook for loaded in forms]) if roster else {}
        with night_progress() as watch:
            plan = NightPlan(
                inbox,
                outbox,
                forms,
                rosters=rosters,
                named_only=not rulebook,
                workers=readers.workers,
                deadline=deadline.date() if deadline else None,
                executor=readers,
                cached=not no_cache,
                watch=watch,
                allow_empty=allow_empty,
                allow_fewer=allow_fewer,
                contact=contact,
                failed=context.obj.failed if isinstance(context.obj, NightAccount) else (),
            )
            nights, outputs = run_night(plan)
    if isinstance(context.obj, NightAccount):
        context.obj.completed(nights, outputs)
    if not quiet and not as_json:
        print_night(nights, outbox, outputs, given=same_workbooks(inbox, roster, rulebook), verbose=verbose)
    print_forgiven(nights)
    findings = (finding for result in nights.run.results for finding in result.findings)
    grave = any(finding.severity == "error" and finding.asks for finding in findings)
    if strict and (grave or any(entry.status == "set_aside" for entry in nights.run.entries)):
        raise typer.Exit(FINDINGS)
