"""A night that begins by itself: the line of a crontab, the units of a systemd timer, the task of Windows' scheduler.

Whatever the folder and the program are called, the system is given them in the quoting that it understands; it needs to know
of nothing else, and starts in no folder of ours.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

from perfbatch.model.errors import OperatorFault
from perfbatch.settings import FILE_NAME, SETTINGS_VARIABLE

__all__ = ["SYSTEMS", "Schedule", "System", "cron_line", "scheduled", "systemd_units", "usual_system", "windows_task"]

System = Literal["cron", "systemd", "windows"]
SYSTEMS: tuple[System, ...] = ("cron", "systemd", "windows")

_BOOTED_BY_SYSTEMD = Path("/run/systemd/system")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Schedule:
    """A night every day at a time, in the folder whose settings it is run by. `settings` is their file, "" for the one that is
    found there by itself; `name` is the schedule's own, the same for the same folder."""

    hour: int
    minute: int
    folder: str
    settings: str
    python: str
    name: str

    @property
    def time(self) -> str:
        """02:00"""
        return f"{self.hour:02}:{self.minute:02}"


def usual_system() -> System:
    """Where a schedule belongs on this machine."""
    if os.name == "nt":
        return "windows"
    from shutil import which

    return "systemd" if which("crontab") is None and _BOOTED_BY_SYSTEMD.is_dir() else "cron"


def scheduled(at: str, settings: Path) -> Schedule:
    """A schedule for the folder of a settings file, which need not be there. Raises `OperatorFault` for a time that is none, and
    a path that no scheduler can be told."""
    time = _TIME.fullmatch(at.strip())
    if time is None:
        raise OperatorFault("schedule.time", at=repr(at))
    file = Path(os.path.abspath(settings))  # noqa: PTH100 - a link is what the bureau has chosen to be known by
    folder, python = str(file.parent), os.path.abspath(sys.executable)  # noqa: PTH100
    for path in (folder, file.name, python):
        if any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 or 0xD800 <= ord(sign) < 0xE000 for sign in path):
            raise OperatorFault("schedule.character", path=repr(path))
    other = "" if file.name == FILE_NAME else str(file)
    name = f"perfbatch-{hashlib.sha256(str(file).encode()).hexdigest()[:8]}"
    return Schedule(int(time[1]), int(time[2]), folder, other, python, name)


def _shell_command(schedule: Schedule, quoted: Callable[[str], str] = shlex.quote) -> str:
    """What any shell of POSIX runs: only the folder's own settings decide what the night is."""
    settings = f"{SETTINGS_VARIABLE}={quoted(schedule.settings)} " if schedule.settings else ""
    # Schedulers have no locale; file names are Chinese all the same.
    run = f"PYTHONUTF8=1 {settings}{quoted(schedule.python)} -m perfbatch run --quiet"
    return f"cd {quoted(schedule.folder)} && {run}"


def cron_line(schedule: Schedule) -> str:
    """The line of a crontab."""
    command = _shell_command(schedule, _without_percent)
    return f"{schedule.minute} {schedule.hour} * * * {command} # {schedule.name}"


def _without_percent(word: str) -> str:
    """A word quoted for the shell. A percent sign ends a command in a crontab, and not every cron lets it be escaped: printf
    writes it."""
    return "\"$(printf '\\045')\"".join(map(shlex.quote, word.split("%")))


def systemd_units(schedule: Schedule) -> dict[str, str]:
    """File name → content of the two units of a timer."""
    command = _shell_command(schedule)
    for sign, spelt in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        command = command.replace(sign, spelt)
    service = f'[Unit]\nDescription=perfbatch\n\n[Service]\nType=oneshot\nExecStart=/bin/sh -c "{command}"\n'
    timer = (
        f"[Unit]\nDescription=perfbatch at {schedule.time}\n\n[Timer]\nOnCalendar=*-*-* {schedule.time}:00\nPersistent=true\n"
        "\n[Install]\nWantedBy=timers.target\n"
    )
    return {f"{schedule.name}.service": service, f"{schedule.name}.timer": timer}


def windows_task(schedule: Schedule) -> str:
    """The task as XML, which needs no quoting of a command line. Raises `OperatorFault` where the settings have another name:
    a task has no environment."""
    if schedule.settings:
        raise OperatorFault("schedule.name", path=schedule.settings, variable=SETTINGS_VARIABLE)
    return f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>perfbatch</Description></RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2020-01-01T{schedule.time}:00</StartBoundary>
      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
  </Settings>
  <Actions>
    <Exec>
      <Command>{escape(schedule.python)}</Command>
      <Arguments>-X utf8 -m perfbatch run --quiet</Arguments>
      <WorkingDirectory>{escape(schedule.folder)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
