"""Somebody is told of a night: a command that is run, or a web address that the record is posted to. Never for long, and
whatever comes of it, the night is what it was."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perfbatch import __version__
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import reason
from perfbatch.model.words.wording import Worded

__all__ = ["COMMAND_SECONDS", "POST_SECONDS", "notify"]

POST_SECONDS, COMMAND_SECONDS = 15.0, 30.0


def notify(target: str, record: Mapping[str, Any], folder: Path) -> tuple[bool, str]:
    """Tell `target` of a night: whether it was told, and what came of it in a few words, without the address, which may be a
    secret. `{verdict}` and `{exit_code}` in an address are filled in. A command is run by the system's shell in `folder`,
    with the record on its standard input and PERFBATCH_VERDICT and PERFBATCH_EXIT_CODE in its environment."""
    content = json.dumps(record, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    verdict, exit_code = str(record["verdict"]), str(record["exit_code"])
    if target.lower().startswith(("http://", "https://")):
        address = target.replace("{verdict}", verdict).replace("{exit_code}", exit_code)
        return _in_time(address, content)
    surroundings = {**os.environ, "PERFBATCH_VERDICT": verdict, "PERFBATCH_EXIT_CODE": exit_code}
    return _run(target, content, surroundings, folder)


def _in_time(address: str, content: bytes) -> tuple[bool, str]:
    """A look-up of a name, and a server that answers a byte at a time, know no bound of their own: nobody waits for them."""
    answers: list[tuple[bool, str]] = []
    posting = threading.Thread(target=lambda: answers.append(_post(address, content)), daemon=True)
    posting.start()
    posting.join(POST_SECONDS)
    return answers[0] if answers else (False, worded("notify.no_answer", seconds=f"{POST_SECONDS:g}"))


def _post(address: str, content: bytes) -> tuple[bool, str]:
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": f"perfbatch/{__version__}"}
    try:
        request = urllib.request.Request(_spelt(address), content, headers, method="POST")
        with _opener().open(request, timeout=POST_SECONDS) as answer:
            return True, worded("notify.answered", status=answer.status)
    except Exception as error:
        # Some of them say the address.
        if status := getattr(error, "code", None):
            return False, worded("notify.answered", status=status)
        cause = getattr(error, "reason", "")
        if isinstance(cause, OSError):
            why = Worded(str(cause), reason(cause).zh)
            return False, worded("notify.unreachable", error=type(error).__name__, reason=why)
        return False, type(error).__name__


def _spelt(address: str) -> str:
    """With what is not ASCII in its path escaped."""
    return urllib.parse.quote(address, safe="%/:=&?~#+!$,;'@()*[]")


def _opener() -> urllib.request.OpenerDirector:
    """http and https alone: no answer leads to a file of this machine."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _run(command: str, content: bytes, surroundings: Mapping[str, str], folder: Path) -> tuple[bool, str]:
    try:
        process = subprocess.Popen(
            command,
            shell=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=dict(surroundings),
            # So that what it starts ends with it.
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return False, worded("notify.not_run", reason=Worded(str(error), reason(error).zh))
    try:
        process.communicate(content, COMMAND_SECONDS)
    except subprocess.TimeoutExpired:
        _kill(process)
        return False, worded("notify.not_ended", seconds=f"{COMMAND_SECONDS:g}")
    return process.returncode == 0, worded("schedule.exit_code", code=process.returncode)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if os.name == "nt":
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
        else:
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        process.kill()
        process.wait(1)
