"""`perfbatch init` and `perfbatch schedule`: a bureau's folder, and nights that begin by themselves."""

from __future__ import annotations

import os
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from perfbatch.cli.application import app
from perfbatch.cli.options import LangOption

__all__ = ["init", "schedule"]


@app.command()
def init(
    issuer: Annotated[
        str | None, typer.Option("--issuer", metavar="NAME", help="The finance bureau that issues the form.")
    ] = None,
    district: Annotated[str | None, typer.Option("--district", metavar="NAME", help="The district.")] = None,
    year: Annotated[
        int | None,
        typer.Option("--year", metavar="YEAR", min=2000, max=2100, help="The fiscal year; the last one unless given."),
    ] = None,
    deadline: Annotated[
        datetime | None, typer.Option("--deadline", metavar="DATE", formats=["%Y-%m-%d"], help="Last day to report.")
    ] = None,
    contact: Annotated[
        str | None, typer.Option("--contact", metavar="TEXT", help="Whom departments turn to; stands on every notice.")
    ] = None,
    inbox: Annotated[
        str | None, typer.Option("--inbox", metavar="DIR", help="Folder of filled workbooks; inbox unless given.")
    ] = None,
    outbox: Annotated[
        str | None, typer.Option("--outbox", metavar="DIR", help="Folder for the results; outbox unless given.")
    ] = None,
    _lang: LangOption = None,
) -> None:
    """Set up a bureau's folder here: perfbatch.toml, a rulebook of the year, a blank roster, inbox and outbox.

    On a terminal it asks for what is not given; elsewhere that takes its default. Nothing that is there is written over.
    Exit codes: 0 written; 2 usage, or a file is there already.
    """
    from dataclasses import replace

    from perfbatch.bureau.setting_up import set_up, suggested
    from perfbatch.terminal.asking import asked, filled, fiscal_year
    from perfbatch.terminal.next_command import print_next
    from perfbatch.terminal.written import print_made

    last_year = datetime.now().astimezone().year - 1
    usual = suggested(year if year is not None else asked("year", last_year, fiscal_year))
    bureau = replace(
        usual,
        issuer=issuer if issuer is not None else asked("issuer", usual.issuer, filled),
        district=district if district is not None else asked("district", usual.district, filled),
        deadline=deadline.date() if deadline is not None else asked("deadline", usual.deadline, date.fromisoformat),
        contact=contact if contact is not None else asked("contact", ""),
        inbox=Path(inbox) if inbox is not None else asked("inbox", usual.inbox, Path),
        outbox=Path(outbox) if outbox is not None else asked("outbox", usual.outbox, Path),
    )
    print_made(set_up(bureau, Path()))
    print_next(["template"])


class Scheduler(StrEnum):
    """What `--as` takes."""

    CRON = "cron"
    SYSTEMD = "systemd"
    WINDOWS = "windows"


@app.command()
def schedule(
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="When the night begins, HH:MM.")] = "02:00",
    scheduler: Annotated[
        Scheduler | None,
        typer.Option("--as", metavar="KIND", help="cron, systemd or windows; what this machine has unless given."),
    ] = None,
    to_install: Annotated[bool, typer.Option("--install", help="Hand it over to the system's scheduler.")] = False,
    to_remove: Annotated[bool, typer.Option("--remove", help="Take this folder's schedule back.")] = False,
    _lang: LangOption = None,
) -> None:
    """Print what makes `perfbatch run` begin every night in this folder; with --install, hand it over.

    A crontab's line, the units of a systemd timer, or the task of Windows' scheduler. Exit codes: 0 done; 1 the scheduler does
    not take it; 2 usage.
    """
    from perfbatch.bureau.schedule import scheduled, usual_system
    from perfbatch.bureau.scheduling import install, remove, shown
    from perfbatch.model.errors import OperatorFault
    from perfbatch.settings import settings_path
    from perfbatch.terminal.next_command import print_next
    from perfbatch.terminal.schedule import print_schedule

    if to_install and to_remove:
        raise OperatorFault("options.both", option="--install", other="--remove")
    system = scheduler.value if scheduler is not None else usual_system()
    nightly = scheduled(at, settings_path(os.environ))
    if to_remove:
        remove(nightly, system)
        print_schedule("removed", nightly.name, system)
        print_next(["schedule", "--at", at])
        return
    if to_install:
        install(nightly, system)
    print_schedule("installed" if to_install else "printed", shown(nightly, system), system)
    given = [] if scheduler is None else ["--as", system]
    print_next(["run"] if to_install else ["schedule", "--at", at, *given, "--install"])
