"""`perfbatch diff` and `perfbatch history`: what earlier nights saw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfbatch.cli.application import app
from perfbatch.cli.options import LangOption, OutboxOption
from perfbatch.model.errors import BatchFault

__all__ = ["diff_runs", "list_history"]


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
            raise BatchFault(f"{history}: changed while it was read. Run the command again.")
        several.append(changes_between(earlier, later))
        print_changes(several[-1], rulebook=pair.later.rulebook if len(pairs) > 1 else "")
    grave = next((changes for changes in several if changes.appeared), several[0])
    print_next(after_diff(grave, _named(outbox)))


@app.command("history")
def list_history(outbox: OutboxOption = Path("outbox"), _lang: LangOption = None) -> None:
    """Print the runs of the history, the latest first: id, begin, rulebook, departments, findings.

    Exit codes: 0 told; 1 the history cannot be read; 2 usage.
    """
    from perfbatch.history.reading import listed_runs
    from perfbatch.history.record import HISTORY_NAME
    from perfbatch.terminal.next_command import after_history, print_next
    from perfbatch.terminal.past import print_history

    runs = listed_runs(outbox / HISTORY_NAME)
    print_history(outbox / HISTORY_NAME, runs)
    print_next(after_history(runs, _named(outbox)))


def _named(outbox: Path) -> list[object]:
    return [] if outbox == Path("outbox") else ["--outbox", outbox]
