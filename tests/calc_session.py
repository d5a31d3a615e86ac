"""LibreOffice Calc with a profile as it comes, typed into by a script: what a person sees who never asked it to recalculate."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Session", "work"]

_SCRIPT = Path(__file__).with_name("calc_script.py")
# LibreOffice's bridge is a module of the system's Python.
_PYTHON = "/usr/bin/python3"
_SECONDS = 900
# `calc_script` ends with it where LibreOffice went away while it worked, or never came.
_OFFICE_GONE = 75


class Session(NamedTuple):
    """A workbook to open, and what to do with it (`calc_script` lists the actions)."""

    path: Path
    steps: Sequence[Sequence[Any]]


def work(sessions: Sequence[Session]) -> list[list[list[Any]]]:
    """Open each workbook in one LibreOffice with a fresh profile and do its steps; for each what its `read` steps saw.

    LibreOffice that dies says nothing of the workbooks: the whole work is done once more, and if it dies again, that is told.
    """
    done = _run(sessions)
    if _died(done.returncode):
        for session in sessions:
            # What the dead left behind: locked workbooks are not opened.
            session.path.with_name(f".~lock.{session.path.name}#").unlink(missing_ok=True)
        done = _run(sessions)
    assert done.returncode == 0, f"exit code {done.returncode}: {done.stderr}"
    answers: list[list[list[Any]]] = json.loads(done.stdout)
    return answers


def _died(code: int) -> bool:
    """Ended by a signal, as its bridge sometimes is, or left alone by an office that was, or that never came."""
    return code < 0 or code == _OFFICE_GONE


def _run(sessions: Sequence[Session]) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        address = f"pipe,name=perfbatch-{Path(folder).name}"
        office = subprocess.Popen(
            [
                "soffice", f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--norestore",
                "--nologo", f"--accept={address};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            request = {
                "address": address,
                "workbooks": [
                    {"path": str(session.path), "steps": [list(step) for step in session.steps]} for session in sessions
                ],
            }
            return subprocess.run(
                [_PYTHON, str(_SCRIPT)], input=json.dumps(request), capture_output=True, text=True, timeout=_SECONDS
            )
        finally:
            _end(office)


def _end(office: subprocess.Popen[bytes]) -> None:
    """The launcher's whole group: the office itself is a child of it."""
    import contextlib
    import os
    import signal

    with contextlib.suppress(ProcessLookupError):
        os.killpg(office.pid, signal.SIGTERM)
    try:
        office.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(office.pid, signal.SIGKILL)
        office.wait(timeout=30)
