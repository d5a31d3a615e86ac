"""`perfbatch check` and `perfbatch explain`: single departments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfbatch.cli.application import app
from perfbatch.cli.options import (
    DONE,
    FINDINGS,
    NOT_COMPLETED,
    InboxOption,
    RosterOption,
    RulebookOption,
    WorkersOption,
)
from perfbatch.cli.readers import readers_of
from perfbatch.model.errors import OperatorFault

__all__ = ["check", "explain"]


@app.command()
def check(
    workbooks: Annotated[list[Path], typer.Argument(metavar="WORKBOOK", help="Filled workbooks.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document for all of them.")] = False,
    rulebook: RulebookOption = None,
) -> None:
    """Check single workbooks as the night would, before they are sent.

    Exit codes: 0 clean; 3 findings (errors or warnings); 1 a workbook cannot be read; 2 usage.
    """
    with readers_of(1) as readers:
        import json

        from perfbatch.batch import check_workbook
        from perfbatch.report.check_report import build_check_report, verdict_of
        from perfbatch.rulebook.load import load_rulebook
        from perfbatch.terminal.department import print_check
        from perfbatch.terminal.night import print_fault

        loaded = load_rulebook(rulebook)
        files = []
        for number, path in enumerate(workbooks):
            checked = check_workbook(path, loaded, readers)
            if checked.fault:
                print_fault(path, checked.fault)
            files.append((str(path), checked.entry, checked.night.result if checked.night else None))
            if not as_json:
                if number:
                    typer.echo()
                print_check(checked)
    if as_json:
        report = build_check_report(loaded.rulebook.id, loaded.sha256, files)
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False))
    verdicts = {verdict_of(result) for _, _, result in files}
    worst = NOT_COMPLETED if "unreadable" in verdicts else FINDINGS if "findings" in verdicts else DONE
    raise typer.Exit(worst)


@app.command()
def explain(
    budget_code: Annotated[str, typer.Argument(metavar="BUDGET_CODE", help="The department, e.g. 116001.")],
    origin: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="An indicator's or a check's id, e.g. R14."),
    ] = None,
    inbox: InboxOption = Path("inbox"),
    roster: RosterOption = None,
    rulebook: RulebookOption = None,
    workers: WorkersOption = 0,
) -> None:
    """Say why a department's score is what it is: inputs, cells, rule, arithmetic; or what a check came to.

    ID is what the run report's findings have under `check`.
    """
    with readers_of(workers) as readers:
        from perfbatch.batch import BatchPlan, run_batch
        from perfbatch.roster import read_roster
        from perfbatch.rulebook.load import load_rulebook
        from perfbatch.terminal.check_trace import print_check_trace
        from perfbatch.terminal.department import print_scorecard, print_trace

        loaded = load_rulebook(rulebook)
        checks = [check.id for check in loaded.rulebook.checks]
        if origin is not None and origin not in (*loaded.rulebook.indicator_by_id, *checks):
            known_ids = ", ".join((*loaded.rulebook.indicator_by_id, *checks))
            raise OperatorFault(f"indicator {origin}", "not in the rulebook", f"Use one of {known_ids}.")
        known = read_roster(roster, loaded.rulebook) if roster else None
        _folder(inbox)
        night = run_batch(BatchPlan(inbox, loaded, roster=known, workers=readers.workers, executor=readers))
    codes = [submission.budget_code for submission in night.frames.submissions]
    if budget_code not in codes:
        raise OperatorFault(
            f"budget code {budget_code}", f"no accepted workbook in {inbox} has it", "Check the code or the inbox."
        )
    department = codes.index(budget_code)
    if origin is None:
        print_scorecard(night, department)
    elif origin in checks:
        print_check_trace(night, department, origin)
    else:
        print_trace(night, department, origin)


def _folder(inbox: Path) -> None:
    if not inbox.is_dir():
        raise OperatorFault(str(inbox), "is not a folder", "Name the folder of filled workbooks with --inbox.")
