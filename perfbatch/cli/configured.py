"""The commands as the settings know them, and `perfbatch settings`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import typer

from perfbatch.cli.application import app
from perfbatch.cli.options import LangOption
from perfbatch.settings import FILE_NAME, Command, Option, SettingsFile, read_settings_file, settings_of

__all__ = ["all_commands", "settings", "settings_file"]


@app.command()
def settings(_lang: LangOption = None) -> None:
    """Print every option of every command, its value, and where that came from: the environment, perfbatch.toml, or default."""
    from perfbatch.terminal.next_command import print_next
    from perfbatch.terminal.settings import print_settings

    file = settings_file()
    rows = [
        (command.name, f"--{setting.option.name}", setting.shown, setting.source)
        for command in all_commands()
        for setting in settings_of(command, os.environ, file)
    ]
    print_settings(file.path, FILE_NAME, rows)
    print_next(["run"])


@cache
def all_commands() -> Sequence[Command]:
    """Every command that does something, with its options."""
    root: Any = typer.main.get_command(app)
    leaves: list[tuple[str, Any]] = []
    for name, command in root.commands.items():
        below = getattr(command, "commands", {})
        if not below or command.invoke_without_command:
            leaves.append((name, command))
        leaves += [(f"{name} {inner}", leaf) for inner, leaf in below.items()]
    return [Command(name, tuple(_options(leaf))) for name, leaf in leaves]


def _options(command: Any) -> Iterator[Option]:
    for parameter in command.params:
        spelt = next((text for text in parameter.opts if text.startswith("--")), "")
        if spelt and spelt != "--help":
            default = "" if parameter.default is None or parameter.default is False else str(parameter.default)
            yield Option(spelt[2:], parameter.metavar or "", parameter.is_flag, parameter.multiple, default)


def settings_file() -> SettingsFile:
    known = {command.name: frozenset(option.name for option in command.options) for command in all_commands()}
    return read_settings_file(os.environ, known)
