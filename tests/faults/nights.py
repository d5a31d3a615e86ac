"""Nights on a machine that misbehaves: the command as a program of its own, what it says, and what it leaves."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from perfbatch.kept.cache_file import CACHE_NAME
from perfbatch.outbox.switch import LOCK_NAME

__all__ = [
    "KEPT",
    "Ended",
    "content_of",
    "copied",
    "ended",
    "forked",
    "leftovers",
    "perfbatch",
    "started",
    "without_privileges",
]

KEPT = "The outbox still holds the files of the run before."
SECONDS = 120
_ACCOUNT = re.compile(
    r"perfbatch: .*(last-night\.json|perfbatch-[0-9-]{10}\.log): cannot be written \((File too large|No space left on device)\)\."
)


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (−9 for one that was killed), and what it printed."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line that it told the operator, but for what it says of the night's own account where that has no room either."""
        lines = [line for line in self.err.splitlines() if not _ACCOUNT.fullmatch(line)]
        assert len(lines) == 1, self.err
        return lines[0]


def started(
    arguments: Sequence[object],
    folder: Path,
    *,
    before: Callable[[], None] | None = None,
    environment: dict[str, str] | None = None,
    stdout: int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """The command under way in a folder; `before` is done in its process before it begins."""
    command = [sys.executable, "-m", "perfbatch", *map(str, arguments)]
    return subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        preexec_fn=before,
        env={**os.environ, **(environment or {})},
    )


def ended(process: subprocess.Popen[bytes]) -> Ended:
    """Wait for a command; one that hangs is a fault."""
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"hangs: {process.args!r}") from None
    return Ended(process.returncode, (out or b"").decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def perfbatch(
    *arguments: object,
    folder: Path,
    before: Callable[[], None] | None = None,
    environment: dict[str, str] | None = None,
    stdout: int = subprocess.PIPE,
) -> Ended:
    """Run the command in a folder."""
    return ended(started(arguments, folder, before=before, environment=environment, stdout=stdout))


def forked(
    *arguments: object,
    folder: Path,
    before: Callable[[], None] | None = None,
    stdout: int | None = None,
) -> Ended:
    """The same in a copy of this process, which has loaded all that a night needs: it costs a third."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = os.fork()
        if process == 0:
            _in_the_copy(arguments, folder, out.fileno() if stdout is None else stdout, err.fileno(), before)
        deadline = time.monotonic() + SECONDS
        while True:
            gone, status = os.waitpid(process, os.WNOHANG)
            if gone:
                break
            if time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
                raise AssertionError(f"hangs: {arguments!r}")
            time.sleep(0.01)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
    return Ended(os.waitstatus_to_exitcode(status), *texts)


def _in_the_copy(
    arguments: Sequence[object], folder: Path, out: int, err: int, before: Callable[[], None] | None
) -> NoReturn:
    code = 99
    try:
        os.chdir(folder)
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout, sys.stderr = (
            io.TextIOWrapper(open(number, "wb", closefd=False), encoding="utf-8")  # noqa: SIM115
            for number in (1, 2)
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        if before is not None:
            before()
        from perfbatch.cli import main

        main([str(argument) for argument in arguments])
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0
    except BaseException:
        traceback.print_exc()
    finally:
        # Not a step further: this is a copy of the tests' own process.
        sys.stderr.flush()
        os._exit(code)


def content_of(outbox: Path) -> dict[str, bytes]:
    """What a night has put there: not the lock, nor what is kept for the next night."""
    return {
        path.relative_to(outbox).as_posix(): path.read_bytes()
        for path in sorted(outbox.rglob("*"))
        if path.is_file() and path.name != LOCK_NAME and not path.name.startswith(CACHE_NAME)
    }


def leftovers(outbox: Path) -> list[str]:
    """What the switch itself has left, beside the outbox and in it."""
    beside = [path.name for path in outbox.parent.iterdir() if path.name.startswith(f".{outbox.name}")]
    return beside + [path.name for path in outbox.iterdir() if path.name.startswith(".perfbatch-")]


def copied(night: Path, folder: Path) -> Path:
    """A folder with an inbox and an outbox of its own, as they stand in another, times and all."""
    shutil.copytree(night, folder, symlinks=True, dirs_exist_ok=True)
    return folder


def without_privileges() -> Callable[[], None]:
    """What takes root's privileges from a process about to begin, so that modes of files and limits hold for it too.

    Skips, and says why, where that cannot be: root without the call, or with files that nobody else may read.
    """
    if os.geteuid() != 0:
        return lambda: None
    try:
        import ctypes

        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        pytest.skip("this machine's root cannot give up its privileges (no prctl)")
    bounding_set_drop, capabilities = 24, 64

    def drop() -> None:
        # Out of the bounding set, so gone with the exec that follows.
        for capability in range(capabilities):
            prctl(bounding_set_drop, capability, 0, 0, 0)

    with tempfile.TemporaryDirectory() as folder:
        probe = subprocess.run(
            [sys.executable, "-c", "import os; os.mkdir('closed', 0o500); os.mkdir('closed/within')"],
            cwd=folder,
            preexec_fn=drop,
            capture_output=True,
            check=False,
        )
    if b"PermissionError" not in probe.stderr:
        pytest.skip("this machine's root keeps its privileges")
    return drop
