"""`perfbatch cards`: every department on a printed page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfbatch.cli.application import app
from perfbatch.cli.options import (
    ForceOption,
    InboxOption,
    LangOption,
    RosterOption,
    RulebooksOption,
    WorkersOption,
    same_workbooks,
)
from perfbatch.cli.readers import readers_of
from perfbatch.model.errors import OperatorFault

__all__ = ["cards"]


@app.command()
def cards(
    inbox: InboxOption = Path("inbox"),
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the cards.")] = Path(
        "cards"
    ),
    pdf: Annotated[bool, typer.Option("--pdf", help="Write PDFs as well; takes LibreOffice on this machine.")] = False,
    force: ForceOption = False,
    roster: RosterOption = None,
    rulebook: RulebooksOption = None,
    workers: WorkersOption = 0,
    _lang: LangOption = None,
) -> None:
    """Write all departments' cards for print: a workbook for each form with a page for every department that was accepted.

    With --pdf also a PDF of each. The inbox is read and checked as `run` would; the outbox is left alone.
    """
    with readers_of(workers) as readers:
        from perfbatch.batch import BatchPlan, run_forms
        from perfbatch.outbox.unasked import hand_out
        from perfbatch.roster import read_rosters
        from perfbatch.rulebook.load import load_forms
        from perfbatch.summary.card_pack import as_pdf, require_office, write_card_pack
        from perfbatch.terminal.next_command import print_next
        from perfbatch.terminal.written import print_made

        if pdf:
            require_office()
        forms = load_forms(rulebook)
        rosters = read_rosters(roster, [loaded.rulebook for loaded in forms]) if roster else {}
        if not inbox.is_dir():
            raise OperatorFault("inbox.none", inbox=inbox)
        plan = BatchPlan(inbox, forms, rosters, named=(), workers=readers.workers, executor=readers)
        results = [night.result for night in run_forms(plan).nights if len(night.result.departments)]
    if not results:
        raise OperatorFault("cards.nobody", inbox=inbox)

    def write(aside: Path) -> list[Path]:
        workbooks = [path for result in results for path in write_card_pack(result, aside)]
        return [*workbooks, *(as_pdf(path) for path in workbooks)] if pdf else workbooks

    print_made(hand_out(output, write, force=force))
    print_next(["run", *same_workbooks(inbox, roster, rulebook)])
