"""What a command has written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perfbatch.terminal.catalogue import say
from perfbatch.terminal.console import console_of, inert

__all__ = ["print_made", "print_written"]


def print_written(paths: Sequence[Path], folder: Path) -> None:
    """One file by its path, several by their number and their folder."""
    if len(paths) == 1:
        line = say("wrote.file", path=inert(paths[0]))
    else:
        line = say("wrote.workbooks", count=len(paths), folder=inert(folder))
    console_of().print(line, soft_wrap=True)


def print_made(paths: Sequence[Path]) -> None:
    """Every file by its path."""
    for path in paths:
        console_of().print(say("wrote.file", path=inert(path)), soft_wrap=True)
