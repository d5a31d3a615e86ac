"""Options that several commands have, and exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from perfbatch.terminal.language import speak

__all__ = [
    "DONE",
    "FINDINGS",
    "NOT_COMPLETED",
    "USAGE",
    "ClusterOption",
    "ForceOption",
    "InboxOption",
    "LangOption",
    "OutboxOption",
    "RosterOption",
    "RulebookOption",
    "RulebooksOption",
    "WorkersOption",
    "same_rulebooks",
    "same_workbooks",
]

DONE, NOT_COMPLETED, USAGE, FINDINGS = 0, 1, 2, 3

InboxOption = Annotated[Path, typer.Option("--inbox", metavar="DIR", help="Folder of filled workbooks; only read.")]
OutboxOption = Annotated[Path, typer.Option("--outbox", metavar="DIR", help="Folder for the results.")]
RosterOption = Annotated[
    Path | None,
    typer.Option("--roster", metavar="FILE", help="The bureau's roster workbook: who is expected to report."),
]
RulebookOption = Annotated[
    str | None,
    typer.Option(
        "--rulebook",
        metavar="RULEBOOK",
        help="Rulebook: a file (.toml, .xlsx) or a built-in id; yunxi-2020 unless given.",
    ),
]
RulebooksOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rulebook",
        metavar="RULEBOOK",
        help="Rulebook: a file (.toml, .xlsx), a folder of them or a built-in id; may be given several times. Each workbook goes by "
        "the one that its stamp names. Without it: the built-in ones that a workbook names, or that the last night had.",
    ),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace files that are there already with other content.")]
ClusterOption = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ADDRESS", help="Read on a Dask cluster: its scheduler's tcp://HOST:PORT."),
]
WorkersOption = Annotated[
    int,
    typer.Option(
        "--workers", metavar="N", min=0, help="Processes that read workbooks and make notices; 0 takes one per core."
    ),
]


class SpokenLanguage(StrEnum):
    """What `--lang` takes."""

    ZH = "zh"
    EN = "en"


def _speak(language: SpokenLanguage | None) -> SpokenLanguage | None:
    if language is not None:
        speak(language.value)
    return language


LangOption = Annotated[
    SpokenLanguage | None,
    typer.Option(
        "--lang",
        metavar="LANG",
        callback=_speak,
        is_eager=True,
        help="Language of what is printed, zh or en; the system's unless given.",
    ),
]


def same_workbooks(inbox: Path, roster: Path | None, rulebooks: Sequence[str] | None) -> list[object]:
    """The options by which another command finds the same departments under the same rules."""
    given = (("--inbox", inbox, Path("inbox")), ("--roster", roster, None))
    options = [word for option, value, default in given if value != default for word in (option, value)]
    return [*options, *same_rulebooks(rulebooks)]


def same_rulebooks(rulebooks: Sequence[str] | None) -> list[object]:
    """The options by which another command takes the same rules."""
    return [word for rulebook in rulebooks or () for word in ("--rulebook", rulebook)]
