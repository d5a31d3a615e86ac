"""`perfbatch diff` and `perfbatch history …`: what earlier nights saw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfbatch.cli.application import app, history_app
from perfbatch.cli.options import ForceOption, LangOption, OutboxOption
from perfbatch.model.errors import BatchFault

__all__ = ["diff_runs", "history_export", "list_history"]


@app.command("diff")
def diff_runs(
    run_a: Annotated[
        str | None,
        typer.Argument(metavar="RUN_A", help="The earlier run: its id, or the start of it; without, the last two."),
    ] = None,
    run_b: Annotated[str | None, typer.Argument(metavar="RUN_B", help="The later run, likewise.")] = None,
    outbox: OutboxOption = Path("outbox"),
    _lang: LangOption = None,
) -> None:
    """Print what changed between two runs of the history: submissions, scores and ranks, findings.

    Without ids these are the latest run and, for each of its forms, the one of the same form and year before it. What was said
    on one form is never compared with what was on another.

    Exit codes: 0 told; 1 the history cannot be read; 2 usage, or no such run.
    """
    from perfbatch.history.changes import changes_between
    from perfbatch.history.choosing import chosen_runs
    from perfbatch.history.reading import recorded_run
    from perfbatch.history.record import HISTORY_NAME
    from perfbatch.terminal.next_command import after_diff, print_next
    from perfbatch.terminal.past import print_changes

    history = outbox / HISTORY_NAME
    pairs = chosen_runs(history, run_a, run_b)
    several = []
    for pair in pairs:
        earlier, later = (recorded_run(history, run.run_id, run.rulebook) for run in pair)
        if earlier is None or later is None:
            raise BatchFault("history.changed", history=history)
        several.append(changes_between(earlier, later))
        print_changes(several[-1], rulebook=pair.later.rulebook if len(pairs) > 1 else "")
    grave = next((changes for changes in several if changes.appeared), several[0])
    print_next(after_diff(grave, _named(outbox)))


@history_app.callback()
def list_history(
    context: typer.Context,
    outbox: OutboxOption = Path("outbox"),
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep",
            metavar="N",
            min=1,
            help="First take all but the latest N runs off the record. The latest of every form and year stays, and so does what next "
            "year starts from.",
        ),
    ] = None,
    _lang: LangOption = None,
) -> None:
    """Print the runs of the history, the latest first: id, begin, rulebook, departments, findings.

    Exit codes: 0 told; 1 the history cannot be read or written; 2 usage.
    """
    if context.invoked_subcommand is not None:
        return
    from perfbatch.history.reading import listed_runs
    from perfbatch.history.record import HISTORY_NAME
    from perfbatch.terminal.next_command import after_history, print_next
    from perfbatch.terminal.past import print_history, print_pruned

    if keep is not None:
        from perfbatch.history.pruning import keep_runs

        print_pruned(*keep_runs(outbox, keep))
    runs = listed_runs(outbox / HISTORY_NAME)
    print_history(outbox / HISTORY_NAME, runs)
    print_next(after_history(runs, _named(outbox)))


@history_app.command("export")
def history_export(
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="Folder for the tables.")] = Path("history"),
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Parquet in place of CSV; needs the extra `parquet`.")
    ] = False,
    force: ForceOption = False,
    outbox: OutboxOption = Path("outbox"),
    _lang: LangOption = None,
) -> None:
    """Write the history as tables that other programs read: runs, departments, entries, findings, figures.

    Exit codes: 0 written; 1 the history cannot be read; 2 usage, or files that are there already with other content.
    """
    from perfbatch.history.exporting import export_history
    from perfbatch.history.record import HISTORY_NAME
    from perfbatch.outbox.unasked import hand_out
    from perfbatch.terminal.next_command import print_next
    from perfbatch.terminal.written import print_made

    history = outbox / HISTORY_NAME
    written = hand_out(output, lambda aside: export_history(history, aside, parquet=parquet), force=force)
    print_made(written)
    print_next(["history", *_named(outbox)])


def _named(outbox: Path) -> list[object]:
    return [] if outbox == Path("outbox") else ["--outbox", outbox]
