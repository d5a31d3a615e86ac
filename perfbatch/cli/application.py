"""The application that the commands belong to, and what stands before any of them."""

from __future__ import annotations

from typing import Annotated

import typer

# Nothing that takes long to import stands at the top of this room: `--help` must answer at once.

__all__ = ["app", "history_app", "rulebook_app"]

app = typer.Typer(
    name="perfbatch",
    help="Nightly batch over a folder of departments' self-evaluation workbooks: check, score, summarise.",
    no_args_is_help=True,
    add_completion=True,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
rulebook_app = typer.Typer(
    name="rulebook", help="Show, check or export the rules.", no_args_is_help=True, rich_markup_mode=None
)
history_app = typer.Typer(name="history", invoke_without_command=True, rich_markup_mode=None)
app.add_typer(history_app)
app.add_typer(rulebook_app)


def _version(wanted: bool) -> None:
    if wanted:
        from perfbatch import __version__

        typer.echo(f"perfbatch {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass
