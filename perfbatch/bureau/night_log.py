"""The log: a file for each day, `perfbatch-2026-03-01.log`, the newest of which are kept.

Nobody's name and no phone number stands in it: names of files in the inbox and what a cell holds are left out of what a fault
says, and digits that could be a phone number are blotted out.
"""

from __future__ import annotations

import contextlib
import re
from datetime import datetime
from pathlib import Path

from perfbatch.model.legible import cell_text
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import reason

__all__ = ["DAYS_KEPT", "NightLog", "discreet"]

DAYS_KEPT = 31
_LOG_FILE = re.compile(r"perfbatch-\d{4}-\d\d-\d\d\.log")
_PHONES = re.compile(
    r"(?<![\w.])(?:\+?86[- ]?)?(?:1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8}|\d{7,8}|\d{3,4}[- ]\d{4})(?![\w.])"
)
_QUOTED = re.compile(r"'[^']*'|“[^”]*”|\"[^\"]*\"")


def discreet(text: str, inbox: str = "") -> str:
    """A line without what is quoted in it, phone numbers, and the names of files that lie in the inbox."""
    line = " ".join(text.split())
    if inbox:
        line = re.sub(re.escape(inbox.rstrip("/\\")) + r"[/\\][^:]*", f"{inbox}/…", line)
    line = _QUOTED.sub(lambda quoted: quoted[0][0] + "…" + quoted[0][-1], line)
    return cell_text(_PHONES.sub("…", line))


class NightLog:
    """The log of a folder. Writing to it never raises: the first reason why it could not be written stands in `fault`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.fault = ""

    def write(self, moment: datetime, *lines: str) -> None:
        """Add lines to the day's file."""
        path = self._folder / f"perfbatch-{moment:%Y-%m-%d}.log"
        try:
            with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.writelines(f"{moment:%Y-%m-%d %H:%M:%S} {line}\n" for line in lines)
        except OSError as error:
            self.fault = self.fault or worded("account.not_written", path=path, reason=reason(error))

    def rotate(self) -> None:
        """Take the oldest days away."""
        with contextlib.suppress(OSError):
            days = sorted(path for path in self._folder.glob("perfbatch-*.log") if _LOG_FILE.fullmatch(path.name))
            for path in days[:-DAYS_KEPT]:
                path.unlink()
