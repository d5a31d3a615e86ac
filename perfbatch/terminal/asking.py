"""Questions to whoever sits at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import typer

from perfbatch.terminal.catalogue import say

__all__ = ["asked", "filled", "fiscal_year"]

_Answer = TypeVar("_Answer")


def asked(question: str, usual: _Answer, read: Callable[[str], Any] = str) -> _Answer:
    """The answer to a question of the catalogue (`ask.…`), asked again until `read` takes it; where nobody sits there, or only
    Enter is pressed, what is usual. `read` raises `ValueError` for an answer that is none."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return usual
    while True:
        shown = say(f"ask.{question}")
        answer = str(typer.prompt(shown, default=str(usual), err=True, show_default=str(usual) != "")).strip()
        try:
            taken: _Answer = read(answer)
            return taken
        except ValueError:
            typer.echo(say("ask.again"), err=True)


def filled(answer: str) -> str:
    """A text that is not blank."""
    if not answer:
        raise ValueError("blank")
    return answer


def fiscal_year(answer: str) -> int:
    """A year that a rulebook may have."""
    year = int(answer)
    if not 2000 <= year <= 2100:
        raise ValueError("no year")
    return year
