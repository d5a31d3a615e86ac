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


class Session(NamedTuple):
    """A workbook to open, and what to do with it (`calc_script` lists the actions)."""

    path: Path
    steps: Sequence[Sequence[Any]]


def work(sessions: Sequence[Session]) -> list[list[list[Any]]]:
    """Open each workbook in one LibreOffice with a fresh profile and do its steps; for each what its `read` steps saw."""
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
            done = subprocess.run(
                [_PYTHON, str(_SCRIPT)], input=json.dumps(request), capture_output=True, text=True, timeout=_SECONDS
            )
        finally:
            _end(office)
    assert done.returncode == 0, done.stderr
    answers: list[list[list[Any]]] = json.loads(done.stdout)
    return answers


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
