"""Ctrl-C and SIGTERM at every step: one line and last night whole, or tonight and exit 0; never the one said of the other."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from perfbatch.outbox import exchange
from perfbatch.outbox.interruption import Interrupted, listen, switched
from tests.faults.nights import KEPT, Ended, content_of, leftovers
from tests.hostile.publishing import CHANGES, night_of, publish_night

Figure = Callable[[str, object], None]

REPLACED, LEFT, LIED = 10, 11, 12


def _publish_interrupted(outbox: Path, mode: str, night: int, step: int, signals: int) -> int:
    """Publish in a copy of this process, which interrupts itself before its `step`-th change to the file system; what the
    copy takes the night for, or 0 where there was no such step."""
    process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    code = 99
    try:
        if mode == "journal":
            exchange.prepare = lambda *_: False
        signal.signal(signal.SIGINT, signal.default_int_handler)
        listen()
        steps, interrupted = itertools.count(), False

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal interrupted
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            # Further ones come while what was begun is put back.
            if (writes or event in CHANGES) and step <= next(steps) < step + signals:
                interrupted = True
                os.kill(os.getpid(), signal.SIGINT)

        sys.addaudithook(count)
        try:
            publish_night(outbox, night, notices=2)
            code = (REPLACED if switched() else LIED) if interrupted else 0
        except Interrupted as interruption:
            code = LEFT if not switched() and str(interruption) == KEPT else LIED
    finally:
        os._exit(code)


@pytest.mark.parametrize("signals", [1, 3])
@pytest.mark.parametrize("mode", ["exchange", "journal"])
def test_an_interruption_at_every_step_of_the_switch(tmp_path: Path, mode: str, signals: int, figure: Figure) -> None:
    outbox, night, counted = tmp_path / "outbox", 1, {REPLACED: 0, LEFT: 0}
    publish_night(outbox, night, notices=2)
    for step in range(1000):
        before = content_of(outbox)
        ended = _publish_interrupted(outbox, mode, night + 1, step, signals)
        if ended == 0:
            break
        assert ended in counted, (step, ended)
        counted[ended] += 1
        # Nothing is left to the next run, and nothing needs to be put right by it.
        assert leftovers(outbox) == [], step
        if ended == LEFT:
            assert content_of(outbox) == before, step
        else:
            night += 1
            assert night_of(outbox) == night, step
    assert step > 20
    assert counted[LEFT] > 10
    figure(
        f"interruptions survived, at every step ({mode}, {signals} signals)",
        f"{step}: {counted[LEFT]} before and {counted[REPLACED]} after the switch",
    )


IMPORTING = """
import os, signal, sys
from perfbatch.outbox.interruption import listen
left, number = int(sys.argv.pop(1)), int(sys.argv.pop(1))
class Count:
    def find_spec(self, *_):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), number)
listen()
sys.meta_path.insert(0, Count())
from perfbatch.__main__ import main
main()
"""


@pytest.mark.parametrize(("imported", "number"), [(2, 2), (150, 15), (400, 2), (900, 15)])
def test_an_interruption_while_the_program_loads(folder: Path, imported: int, number: int, figure: Figure) -> None:
    before = content_of(folder / "outbox")
    command = [sys.executable, "-c", IMPORTING, str(imported), str(number), "run"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    outcome = Ended(run.returncode, run.stdout, run.stderr)
    assert outcome.code == 1
    assert outcome.line in ("perfbatch: interrupted.", f"perfbatch: interrupted. {KEPT}")
    assert content_of(folder / "outbox") == before
    assert leftovers(folder / "outbox") == []
    figure(f"an interruption at import {imported}", outcome.line)


def test_who_ignores_interruptions_goes_on_ignoring_them(folder: Path) -> None:
    program = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from perfbatch.outbox.interruption import listen\n"
        "listen()\n"
        "signal.raise_signal(signal.SIGINT)\n"
        "print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (run.returncode, run.stdout) == (0, "True\n")
