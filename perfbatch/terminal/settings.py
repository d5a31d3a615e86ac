"""What is set, and where it came from."""

from __future__ import annotations

from collections.abc import Iterable

from perfbatch.terminal.catalogue import say
from perfbatch.terminal.console import console_of, inert, plain_table, print_table

__all__ = ["print_settings"]


def print_settings(file: str, rows: Iterable[tuple[str, str, str, str]]) -> None:
    """The settings file's name, and a row for every option of every command: (command, option, value, source)."""
    console = console_of()
    console.print(say("settings.file", file=inert(file)), soft_wrap=True)
    table = plain_table("command", "option", "value", "from", whole=("command", "option"))
    for row in rows:
        table.add_row(*map(inert, row))
    print_table(console, table)
