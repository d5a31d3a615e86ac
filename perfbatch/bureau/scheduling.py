"""Schedules put into the system's hands and taken out of them. What others have scheduled stays as it is."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from shutil import which

from perfbatch.bureau.schedule import Schedule, System, cron_line, systemd_units, windows_task
from perfbatch.model.errors import BatchFault, OperatorFault
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import reason

__all__ = ["install", "remove", "shown"]

_SECONDS = 60
_PROGRAMS: dict[System, str] = {"cron": "crontab", "systemd": "systemctl", "windows": "schtasks"}
_NONE_YET = (b"no crontab", b"no such file")


def shown(schedule: Schedule, system: System) -> str:
    """What `install` would hand over, to read or to hand over by oneself."""
    if system == "cron":
        return cron_line(schedule)
    if system == "windows":
        return windows_task(schedule).rstrip("\n")
    units = systemd_units(schedule).items()
    return "\n".join(f"# {_units_folder() / name}\n{content}" for name, content in units).rstrip("\n")


def install(schedule: Schedule, system: System) -> None:
    """Hand a schedule over; one of the same folder is replaced. Raises `OperatorFault` where the system's program is not there,
    `BatchFault` where it does not take it."""
    _refuse_missing(system)
    if system == "cron":
        _write_crontab([*_others(schedule), cron_line(schedule).encode()])
    elif system == "windows":
        with tempfile.TemporaryDirectory() as aside:
            task = Path(aside) / "task.xml"
            task.write_text(windows_task(schedule), "utf-16")
            _run(["schtasks", "/Create", "/TN", schedule.name, "/XML", str(task), "/F"])
    else:
        _install_units(schedule)


def _install_units(schedule: Schedule) -> None:
    units, folder = systemd_units(schedule), _units_folder()
    before = {name: (folder / name).read_bytes() for name in units if (folder / name).is_file()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in units.items():
            (folder / name).write_text(content, "utf-8")
        _run(["systemctl", "--user", "daemon-reload"])
        _run(["systemctl", "--user", "enable", "--now", f"{schedule.name}.timer"])
    except (OSError, BatchFault) as fault:
        for name in units:
            with contextlib.suppress(OSError):
                (folder / name).unlink(missing_ok=True)
                if name in before:
                    (folder / name).write_bytes(before[name])
        if isinstance(fault, OSError):
            raise BatchFault("schedule.not_written", folder=folder, reason=reason(fault)) from None
        raise


def remove(schedule: Schedule, system: System) -> None:
    """Take a folder's schedule back. Raises as `install`."""
    _refuse_missing(system)
    if system == "cron":
        _write_crontab(_others(schedule))
    elif system == "windows":
        _run(["schtasks", "/Delete", "/TN", schedule.name, "/F"])
    else:
        _run(["systemctl", "--user", "disable", "--now", f"{schedule.name}.timer"])
        for name in systemd_units(schedule):
            (_units_folder() / name).unlink(missing_ok=True)
        _run(["systemctl", "--user", "daemon-reload"])


def _refuse_missing(system: System) -> None:
    program = _PROGRAMS[system]
    if which(program) is None:
        raise OperatorFault("schedule.missing", program=program)


def _units_folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def _others(schedule: Schedule) -> list[bytes]:
    """The lines of the crontab but for this folder's own."""
    listing = _run(["crontab", "-l"], allowed=_NONE_YET)
    mark = f"# {schedule.name}".encode()
    return [line for line in listing.splitlines() if not line.rstrip().endswith(mark)]


def _write_crontab(lines: Sequence[bytes]) -> None:
    _run(["crontab", "-"], b"".join(line + b"\n" for line in lines))


def _run(command: Sequence[str], content: bytes = b"", *, allowed: Sequence[bytes] = ()) -> bytes:
    """What a program of the system prints; nothing where it refuses with one of the words that are allowed."""
    try:
        done = subprocess.run(
            command,
            input=content,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BatchFault("schedule.not_run", program=command[0], error=type(error).__name__) from None
    if done.returncode == 0:
        return done.stdout
    if any(word in done.stderr.lower() for word in allowed):
        return b""
    why = " ".join(done.stderr.decode("utf-8", "replace").split()) or worded("schedule.exit_code", code=done.returncode)
    raise BatchFault("schedule.refused", command=" ".join(command), reason=why)
