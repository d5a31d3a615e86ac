"""The bar of a night: drawn on a terminal, and nowhere else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from perfbatch.terminal import progress
from perfbatch.terminal.progress import night_progress
from tests.conftest import Lay, workbook

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")


def drawn_by(program: list[str]) -> tuple[str, str]:
    """What a program sends to the terminal that its stderr is, and to its stdout."""
    import pty

    master, slave = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    process = subprocess.Popen(
        [sys.executable, *program], stdout=subprocess.PIPE, stderr=slave, env={**environment, "TERM": "xterm"}
    )
    os.close(slave)
    sent = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        sent += piece
    os.close(master)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return sent.decode("utf-8"), out.decode("utf-8")


def frames(sent: str) -> list[str]:
    """What stood on the line each time that it was drawn, without colours and the bar itself."""
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "\r", sent)
    plain = re.sub(r"[━╸╺\r]+", "\r", plain)
    return [" ".join(frame.split()) for frame in re.split(r"\n", plain)]


DRAWN = """
import time
from perfbatch.terminal.progress import night_progress
with night_progress() as watch:
    watch("walk", 0, 0)
    watch("read", 0, 1000)
    for done in (200, 400, 600):
        time.sleep(0.4)
        watch("read", done, 1000)
    time.sleep(0.6)
    watch("check", 0, 0)
    time.sleep(0.4)
    watch("publish", 0, 7)
    for done in range(6):
        watch("publish", done, 7)
    time.sleep(0.4)
"""


def test_phases_files_rate_and_time_left_are_on_it() -> None:
    sent, out = drawn_by(["-c", DRAWN])
    shown = " ".join(frames(sent))
    assert out == ""
    assert [name for name in ("Reading", "Checking", "Publishing") if name not in shown] == []
    assert re.search(r"Reading\s+600/1000 \d\d\d files/s 0:00:\d\d", shown)
    assert re.search(r"Publishing\s+5/7", shown)
    # It is wiped away: the cursor is back, and the line is cleared.
    assert sent.endswith("\x1b[2K")
    assert sent.index("\x1b[?25l") < sent.index("\x1b[?25h")


def test_it_is_not_drawn_more_often_than_it_can_be_seen() -> None:
    often = (
        "import time\nfrom perfbatch.terminal.progress import night_progress\n"
        "with night_progress() as watch:\n"
        "    began = time.monotonic()\n    done = 0\n"
        "    while time.monotonic() < began + 1:\n        done += 1\n        watch('read', done, 10**9)\n"
        "print(done, time.monotonic() - began)\n"
    )
    sent, out = drawn_by(["-c", often])
    steps, seconds = out.split()
    assert int(steps) > 100
    assert sent.count("Reading") <= progress._DRAWN_PER_SECOND * float(seconds) + 3


def test_a_run_draws_it_on_its_terminal_and_prints_as_ever(inbox: Lay, tmp_path: Path) -> None:
    folder = inbox({"1.xlsx": workbook()})
    arguments = ["-m", "perfbatch", "run", "--inbox", str(folder), "--outbox"]
    sent, out = drawn_by([*arguments, str(tmp_path / "a")])
    assert "Reading" in sent
    quiet = subprocess.run(
        [sys.executable, *arguments, str(tmp_path / "b")], capture_output=True, check=True, timeout=60
    )
    assert quiet.stderr == b""
    # But for the run's id and the outbox.
    assert quiet.stdout.decode("utf-8").splitlines()[1:-2] == out.splitlines()[1:-2]


def test_without_a_terminal_nothing_is_drawn_or_loaded(capfd: pytest.CaptureFixture[str]) -> None:
    with night_progress() as watch:
        assert watch is None
    assert capfd.readouterr() == ("", "")
    code = (
        "import sys\nfrom perfbatch.terminal.progress import night_progress\n"
        "with night_progress(): print('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert (done.stdout, done.stderr) == (b"False\n", b"")
