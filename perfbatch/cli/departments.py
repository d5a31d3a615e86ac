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
    RulebooksOption,
    WorkersOption,
    same_rulebooks,
    same_workbooks,
)
from perfbatch.cli.readers import readers_of
from perfbatch.model.errors import OperatorFault

__all__ = ["check", "explain"]


@app.command()
def check(
    workbooks: Annotated[list[Path], typer.Argument(metavar="WORKBOOK", help="Filled workbooks.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document for all of them.")] = False,
    rulebook: RulebooksOption = None,
    _lang: LangOption = None,
) -> None:
    """Check single workbooks as the night would, before they are sent.

    Exit codes: 0 clean; 3 findings (errors or warnings); 1 a workbook cannot be read; 2 usage.
    """
    with readers_of(1) as readers:
        import json

        from perfbatch.batch import check_workbook
        from perfbatch.report.check_report import build_check_report, verdict_of
        from perfbatch.rulebook.load import load_forms
        from perfbatch.terminal.department import print_check
        from perfbatch.terminal.next_command import after_check, print_next
        from perfbatch.terminal.night import print_fault

        forms = load_forms(rulebook)
        files, looked_at = [], []
        for number, path in enumerate(workbooks):
            checked = check_workbook(path, forms, readers)
            if checked.fault:
                print_fault(path, checked.fault)
            looked_at.append(checked)
            files.append((str(path), checked.entry, checked.night.result if checked.night else None))
            if not as_json:
                if number:
                    typer.echo()
                print_check(checked)
    if as_json:
        named = {entry.rulebook for _, entry, _ in files if entry.rulebook} or {forms[0].rulebook.id}
        of_all = next(loaded for loaded in forms if loaded.rulebook.id in named)
        alone = len(named) == 1
        report = build_check_report(of_all.rulebook.id if alone else None, of_all.sha256 if alone else None, files)
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False))
    verdicts = {verdict_of(result) for _, _, result in files}
    if not as_json:
        print_next(after_check(looked_at, verdicts == {"clean"}, same_rulebooks(rulebook)))
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
    rulebook: RulebooksOption = None,
    workers: WorkersOption = 0,
    _lang: LangOption = None,
) -> None:
    """Say why a department's score is what it is: inputs, cells, rule, arithmetic; or what a check came to.

    A check's or an indicator's id is what the run report's findings have under `check`.
    """
    with readers_of(workers) as readers:
        from perfbatch.batch import BatchPlan, run_forms
        from perfbatch.district.naming import department_called, rule_called
        from perfbatch.roster import read_rosters
        from perfbatch.rulebook.load import load_forms
        from perfbatch.terminal.check_trace import print_check_trace
        from perfbatch.terminal.department import print_scorecard, print_trace
        from perfbatch.terminal.next_command import after_explaining, print_next

        forms = load_forms(rulebook)
        # Before anything is read: what no rulebook has is nobody's.
        if rule is not None:
            rule_called(rule, *(loaded.rulebook for loaded in forms))
        rosters = read_rosters(roster, [loaded.rulebook for loaded in forms]) if roster else {}
        _folder(inbox)
        plan = BatchPlan(inbox, forms, rosters, named=(), workers=readers.workers, executor=readers)
        nights = run_forms(plan).nights
    places = [(night, number) for night in nights for number in range(len(night.frames.submissions))]
    entities = [night.frames.submissions[number] for night, number in places]
    night, at = places[department_called(department, entities, str(inbox))]
    book = night.result.rulebook
    wanted = None if rule is None else rule_called(rule, book)
    if wanted is None:
        print_scorecard(night, at)
    elif wanted in book.indicator_by_id:
        print_trace(night, at, wanted)
    else:
        print_check_trace(night, at, wanted)
    same = same_workbooks(inbox, roster, rulebook)
    print_next(after_explaining(night, at, wanted, same, same_rulebooks(rulebook)))


def _folder(inbox: Path) -> None:
    if not inbox.is_dir():
        raise OperatorFault("inbox.none", inbox=inbox)
