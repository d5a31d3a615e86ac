"""`perfbatch template`: the workbooks that departments fill."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfbatch.cli.application import app
from perfbatch.cli.options import ForceOption, LangOption, RulebookOption
from perfbatch.model.errors import OperatorFault

__all__ = ["template"]


@app.command()
def template(
    roster: Annotated[
        Path | None,
        typer.Option("--roster", metavar="FILE", help="A workbook for every department of this roster, prefilled."),
    ] = None,
    blank_roster: Annotated[
        bool, typer.Option("--blank-roster", help="Write the roster's own blank workbook and nothing else.")
    ] = False,
    units: Annotated[
        int, typer.Option("--units", metavar="N", min=0, max=500, help="Rows for subordinate units, at least.")
    ] = 10,
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="Folder for the workbooks.")] = Path(
        "workbook_templates"
    ),
    outbox: Annotated[
        Path, typer.Option("--outbox", metavar="DIR", help="Folder with last year's history; only read.")
    ] = Path("outbox"),
    force: ForceOption = False,
    rulebook: RulebookOption = None,
    _lang: LangOption = None,
) -> None:
    """Write the blank workbook that departments fill, or with a roster one for each department.

    With a roster, name, code, office, subordinate units and, where the outbox's history has them, last year's closing
    figures are filled in and locked; last year's explanations are offered to be looked at anew.
    """
    from perfbatch.history.explanations import last_explanations
    from perfbatch.history.reading import prior_figures
    from perfbatch.history.record import HISTORY_NAME
    from perfbatch.outbox.unasked import hand_out
    from perfbatch.roster import read_roster
    from perfbatch.roster.blank import write_blank_roster
    from perfbatch.rulebook.load import load_rulebook
    from perfbatch.template import write_blank, write_prefilled
    from perfbatch.terminal.next_command import print_next
    from perfbatch.terminal.written import print_written

    loaded = load_rulebook(rulebook)
    if blank_roster and roster is not None:
        raise OperatorFault("options.both", option="--blank-roster", other="--roster")
    book = loaded.rulebook
    if blank_roster:
        paths = hand_out(output, lambda aside: [write_blank_roster(book, aside)], force=force)
    elif roster is None:
        paths = hand_out(output, lambda aside: [write_blank(book, aside, units=units)], force=force)
    else:
        known = read_roster(roster, book)
        prior = prior_figures(outbox / HISTORY_NAME, book)
        explained = last_explanations(outbox / HISTORY_NAME, book)
        paths = hand_out(
            output,
            lambda aside: write_prefilled(book, known, aside, units=units, prior=prior, explained=explained),
            force=force,
        )
    print_written(paths, output)
    same = ["--rulebook", rulebook] if rulebook else []
    print_next(["template", "--roster", paths[0], *same] if blank_roster else ["run", *same])
