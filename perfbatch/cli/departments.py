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
    LangOption,
    RosterOption,
    RulebookOption,
    WorkersOption,
    same_workbooks,
)
from perfbatch.cli.readers import readers_of
from perfbatch.model.errors import OperatorFault

__all__ = ["check", "explain"]


@app.command()
def check(
    workbooks: Annotated[list[Path], typer.Argument(metavar="WORKBOOK", help="Filled workbooks.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document for all of them.")] = False,
    rulebook: RulebookOption = None,
    _lang: LangOption = None,
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
        from perfbatch.terminal.next_command import after_check, print_next
        from perfbatch.terminal.night import print_fault

        loaded = load_rulebook(rulebook)
        files, looked_at = [], []
        for number, path in enumerate(workbooks):
            checked = check_workbook(path, loaded, readers)
            if checked.fault:
                print_fault(path, checked.fault)
            looked_at.append(checked)
            files.append((str(path), checked.entry, checked.night.result if checked.night else None))
            if not as_json:
                if number:
                    typer.echo()
                print_check(checked)
    if as_json:
        report = build_check_report(loaded.rulebook.id, loaded.sha256, files)
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False))
    verdicts = {verdict_of(result) for _, _, result in files}
    if not as_json:
        print_next(after_check(looked_at, verdicts == {"clean"}, ["--rulebook", rulebook] if rulebook else []))
    worst = NOT_COMPLETED if "unreadable" in verdicts else FINDINGS if "findings" in verdicts else DONE
    raise typer.Exit(worst)


@app.command()
def explain(
    department: Annotated[
        str, typer.Argument(metavar="DEPARTMENT", help="Its budget code, e.g. 116001, its name, or a part of the name.")
    ],
    rule: Annotated[
        str | None,
        typer.Argument(metavar="RULE", help="An indicator or a check: its id, e.g. R14, its name, or a part of it."),
    ] = None,
    inbox: InboxOption = Path("inbox"),
    roster: RosterOption = None,
    rulebook: RulebookOption = None,
    workers: WorkersOption = 0,
    _lang: LangOption = None,
) -> None:
    """Say why a department's score is what it is: inputs, cells, rule, arithmetic; or what a check came to.

    A check's or an indicator's id is what the run report's findings have under `check`.
    """
    with readers_of(workers) as readers:
        from perfbatch.batch import BatchPlan, run_batch
        from perfbatch.district.naming import department_called, rule_called
        from perfbatch.roster import read_roster
        from perfbatch.rulebook.load import load_rulebook
        from perfbatch.terminal.check_trace import print_check_trace
        from perfbatch.terminal.department import print_scorecard, print_trace
        from perfbatch.terminal.next_command import after_explaining, print_next

        loaded = load_rulebook(rulebook)
        wanted = None if rule is None else rule_called(rule, loaded.rulebook)
        known = read_roster(roster, loaded.rulebook) if roster else None
        _folder(inbox)
        night = run_batch(BatchPlan(inbox, loaded, roster=known, workers=readers.workers, executor=readers))
    at = department_called(department, night.frames.submissions, str(inbox))
    if wanted is None:
        print_scorecard(night, at)
    elif wanted in loaded.rulebook.indicator_by_id:
        print_trace(night, at, wanted)
    else:
        print_check_trace(night, at, wanted)
    same = same_workbooks(inbox, roster, rulebook)
    print_next(after_explaining(night, at, wanted, same, ["--rulebook", rulebook] if rulebook else []))


def _folder(inbox: Path) -> None:
    if not inbox.is_dir():
        raise OperatorFault(
            str(inbox),
            "is not a folder",
            "Name the folder of filled workbooks with --inbox.",
            kind="inbox.none",
            inbox=inbox,
        )
