"""`perfbatch rulebook …`: the rules."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from perfbatch.cli.application import rulebook_app
from perfbatch.cli.options import USAGE, ForceOption, LangOption, RulebookOption, same_rulebooks
from perfbatch.cli.telling import tell
from perfbatch.model.errors import OperatorFault

__all__ = ["rulebook_export", "rulebook_lint", "rulebook_new", "rulebook_print", "rulebook_show"]


@rulebook_app.command("show")
def rulebook_show(
    rule: Annotated[str | None, typer.Argument(metavar="ID", help="One indicator or check, e.g. R02.")] = None,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Print the whole rulebook as TOML, overlays laid over their bases.")
    ] = False,
    rulebook: RulebookOption = None,
    _lang: LangOption = None,
) -> None:
    """Print the rules as text."""
    from perfbatch.rulebook.load import load_rulebook
    from perfbatch.rulebook.toml_text import rulebook_toml
    from perfbatch.terminal.next_command import print_next
    from perfbatch.terminal.rules import print_rulebook

    loaded = load_rulebook(rulebook)
    if resolved:
        if rule is not None:
            raise OperatorFault("options.both", option="--resolved", other=rule)
        # A file for other programs: nothing else belongs into it.
        typer.echo(rulebook_toml(loaded.rulebook), nl=False)
        return
    if not print_rulebook(loaded, rule):
        raise OperatorFault("rule.unknown", rule=rule)
    print_next(["rulebook", "print", *_same(rulebook)])


@rulebook_app.command("lint")
def rulebook_lint(rulebook: RulebookOption = None, _lang: LangOption = None) -> None:
    """Check the rulebook itself. Exit codes: 0 sound; 2 faults, a line each."""
    from perfbatch.rulebook.load import RulebookFault, load_rulebook
    from perfbatch.terminal.catalogue import spoken
    from perfbatch.terminal.next_command import print_next
    from perfbatch.terminal.rules import print_sound

    try:
        loaded = load_rulebook(rulebook)
    except RulebookFault as fault:
        for line in fault.faults:
            tell(spoken(line))
        raise typer.Exit(USAGE) from None
    print_sound(loaded)
    print_next(["template", *_same(rulebook)])


@rulebook_app.command("new")
def rulebook_new(
    year: Annotated[int, typer.Option("--year", metavar="YEAR", min=2000, max=2100, help="The fiscal year.")],
    district: Annotated[str, typer.Option("--district", metavar="NAME", help="The district.")],
    issuer: Annotated[str, typer.Option("--issuer", metavar="NAME", help="The finance bureau that issues the form.")],
    deadline: Annotated[
        datetime, typer.Option("--deadline", metavar="DATE", formats=["%Y-%m-%d"], help="Last day to report.")
    ],
    extends: Annotated[
        str | None,
        typer.Option(
            "--extends",
            metavar="RULEBOOK",
            help="The rulebook of the year before: a file or id; yunxi-2020 unless given.",
        ),
    ] = None,
    identity: Annotated[
        str, typer.Option("--id", metavar="ID", help="The new rulebook's id; form and year unless given.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="The file to write; the id with .toml unless given.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    _lang: LangOption = None,
) -> None:
    """Write a new year's rulebook: an overlay on the year before, which states only what is other."""
    from perfbatch.rulebook.load import BUILT_IN_ID
    from perfbatch.rulebook.new_year import NewYear, write_overlay
    from perfbatch.terminal.next_command import print_next
    from perfbatch.terminal.written import print_written

    new = NewYear(year, district, issuer, deadline.date(), extends or BUILT_IN_ID, identity)
    path = write_overlay(new, output, force=force)
    print_written([path], path.parent)
    print_next(["rulebook", "lint", "--rulebook", path])


@rulebook_app.command("export")
def rulebook_export(
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="The workbook to write.")] = Path(
        "rulebook.xlsx"
    ),
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Write the whole rulebook, overlays laid over their bases.")
    ] = False,
    force: ForceOption = False,
    rulebook: RulebookOption = None,
    _lang: LangOption = None,
) -> None:
    """Write the rules as a workbook to change in Excel or WPS; --rulebook takes it back."""
    from perfbatch.outbox.unasked import hand_out_file
    from perfbatch.rulebook.exporting import export_rules
    from perfbatch.terminal.next_command import print_next
    from perfbatch.terminal.written import print_made

    hand_out_file(output, lambda aside: export_rules(rulebook, aside, output, resolved=resolved), force=force)
    print_made([output])
    print_next(["rulebook", "lint", "--rulebook", output])


@rulebook_app.command("print")
def rulebook_print(
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="The workbook to write.")] = Path(
        "standard.xlsx"
    ),
    force: ForceOption = False,
    rulebook: RulebookOption = None,
    _lang: LangOption = None,
) -> None:
    """Write the scoring standard, the checks and the grades as a workbook to read, print or approve."""
    from perfbatch.outbox.unasked import hand_out_file
    from perfbatch.rulebook.load import load_rulebook
    from perfbatch.summary.standard import write_standard
    from perfbatch.terminal.next_command import print_next
    from perfbatch.terminal.written import print_written

    book = load_rulebook(rulebook).rulebook
    hand_out_file(output, lambda aside: write_standard(book, aside), force=force)
    print_written([output], output.parent)
    print_next(["template", *_same(rulebook)])


def _same(rulebook: str | None) -> list[object]:
    return same_rulebooks([rulebook] if rulebook else None)
