"""`perfbatch import`: reports that came as Word files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfbatch.cli.application import app
from perfbatch.cli.options import DONE, FINDINGS, ForceOption, LangOption, RulebookOption, WorkersOption

__all__ = ["import_word_reports"]


@app.command("import")
def import_word_reports(
    reports: Annotated[
        list[Path],
        typer.Argument(metavar="REPORT", help="Word reports (.docx, .doc), or folders of them.", show_default=False),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the workbooks; never the inbox.")
    ] = Path("imported"),
    inbox: Annotated[
        Path, typer.Option("--inbox", metavar="DIR", help="Folder of filled workbooks; nothing is put into it.")
    ] = Path("inbox"),
    force: ForceOption = False,
    rulebook: RulebookOption = None,
    workers: WorkersOption = 0,
    _lang: LangOption = None,
) -> None:
    """Fill the form from reports that came as Word files: for each a workbook, and a protocol of what was found where.

    A person looks through the protocol before the workbook goes into the inbox. A .doc takes LibreOffice on this machine.

    Exit codes: 0 done; 3 done but for a report that could not be read; 1 not completed; 2 usage.
    """
    from perfbatch.importing.reports import import_reports
    from perfbatch.rulebook.load import load_rulebook
    from perfbatch.terminal.imports import print_imports
    from perfbatch.terminal.next_command import print_next
    from perfbatch.terminal.progress import night_progress

    loaded = load_rulebook(rulebook)
    with night_progress() as watch:
        imports = import_reports(
            reports, output, loaded.rulebook, inbox=inbox, workers=workers, force=force, watch=watch
        )
    print_imports(imports)
    forms = [imported.form for imported in imports if imported.form is not None]
    if forms:
        print_next(["check", forms[0], *(["--rulebook", rulebook] if rulebook else [])])
    raise typer.Exit(DONE if len(forms) == len(imports) else FINDINGS)
