"""What the system's scheduler is given."""

from __future__ import annotations

from typing import Literal

import typer

from perfbatch.terminal.catalogue import say
from perfbatch.terminal.console import console_of, inert

__all__ = ["print_schedule"]


def print_schedule(standing: Literal["printed", "installed", "removed"], text: str, system: str) -> None:
    """What was printed or handed over, to the letter; of what was removed its name."""
    if standing == "removed":
        console_of().print(say("schedule.removed", name=inert(text), system=system), soft_wrap=True)
        return
    typer.echo(text)
    if standing == "installed":
        console_of().print(say("schedule.installed", system=system), soft_wrap=True)
