"""What is set, and where it came from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from perfbatch.terminal.catalogue import say
from perfbatch.terminal.console import console_of, inert, plain_table, print_table

__all__ = ["print_settings"]


def print_settings(file: Path | None, usual: str, rows: Iterable[tuple[str, str, str, str]]) -> None:
    """The settings file (None where there is none, of its `usual` name), and a row for every option of every command: (command, option, value, source; "" of a default)."""
    console = console_of()
    console.print(
        say("settings.file", file=say("settings.none", name=usual) if file is None else inert(file)), soft_wrap=True
    )
    table = plain_table("command", "option", "value", "from", whole=("command", "option"))
    for *row, source in rows:
        table.add_row(*map(inert, row), inert(source) or say("settings.default"))
    print_table(console, table)
