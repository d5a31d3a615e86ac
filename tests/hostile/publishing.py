"""Nights to be killed in: they are published one after the other, each output saying which night it is."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from perfbatch.outbox import exchange
from perfbatch.outbox.switch import Writer
from perfbatch.publishing import publish_outputs
from perfbatch.report import report
from perfbatch.report.report import REPORT_NAME

__all__ = ["CHANGES", "NAMES", "UNCHANGED", "night_of", "publish_night", "start", "start_and_die"]

NAMES = ("district-summary-2020.xlsx", "history.sqlite", *(f"notices/{code}-局.xlsx" for code in range(116001, 116031)))

UNCHANGED = "notices/116000-局.xlsx"
"""A notice that is the same every night: the same file, as `notice_copies` links it."""

CHANGES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.utime", "ctypes.dlsym"}


def publish_night(folder: Path, night: int, notices: int = 30) -> None:
    """Publish one night; every second one has a notice less."""
    names = NAMES[: 2 + notices - (night + 1) % 2]
    writers: dict[str, Writer] = {name: _writer(night, name) for name in names}
    writers[UNCHANGED] = _unchanged(folder / UNCHANGED)
    with patch.object(report, "write_report", _write_report):
        publish_outputs(SimpleNamespace(night=night), folder, writers)  # type: ignore[arg-type]


def _writer(night: int, name: str) -> Writer:
    def write(path: Path) -> None:
        path.write_text(f"{night} {name} " + "x" * (night * 7919 % 50_000), "utf-8")

    return write


def _unchanged(last: Path) -> Writer:
    def write(path: Path) -> None:
        if last.exists():
            os.link(last, path)
        else:
            path.write_text("the same", "utf-8")

    return write


def _write_report(result: Any, outputs: Any, path: Path) -> None:
    path.write_text(f"{result.night} " + json.dumps(list(outputs)), "utf-8")


def night_of(folder: Path) -> int | None:
    """The night that an outbox holds, read as anybody reads it; None for an empty one. Raises `AssertionError` for a mixture."""
    report = folder / REPORT_NAME
    present = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".perfbatch")
    } - {"notes.txt", "archive/2019.txt"}
    if not report.exists():
        assert not present, f"files without a report: {present}"
        return None
    number, _, outputs = report.read_text("utf-8").partition(" ")
    assert present == set(json.loads(outputs)), f"night {number}: {sorted(present)} instead of {outputs}"
    assert (folder / UNCHANGED).read_text("utf-8") == "the same"
    for name in present - {REPORT_NAME, UNCHANGED}:
        words = (folder / name).read_text("utf-8").split(" ")
        assert words[:2] == [number, name], f"{name} is of night {words[0]}, the report of night {number}"
        assert len(words[2]) == int(number) * 7919 % 50_000, f"{name} is cut"
    return int(number)


def start(folder: Path, mode: str) -> tuple[int, int]:
    """A process that publishes night after night, by `exchange` or `journal`, until it is killed: its id, and a pipe on
    which it says 0 as it begins, then the number of each night that is out."""
    reports, tell = os.pipe()
    process = os.fork()
    if process:
        os.close(tell)
        return process, reports
    try:
        os.close(reports)
        if mode == "journal":
            exchange.prepare = lambda *_: False
        first = (night_of(folder) or 0) + 1
        os.write(tell, b"0\n")
        for number in itertools.count(first):
            publish_night(folder, number)
            os.write(tell, f"{number}\n".encode())
    finally:
        # Not a step further: this is a copy of the tests' own process.
        os._exit(1)


def start_and_die(folder: Path, mode: str, night: int, step: int) -> int:
    """A process that publishes one night and kills itself before its `step`-th change to the file system, or before
    or after a flush; its id."""
    process = os.fork()
    if process:
        return process
    try:
        if mode == "journal":
            exchange.prepare = lambda *_: False
        steps = itertools.count()

        def tick() -> None:
            if next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def count(event: str, arguments: tuple[Any, ...]) -> None:
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if writes or event in CHANGES:
                tick()

        flush = os.fsync

        def flush_counted(handle: int) -> None:
            # Before and after: what was written may have lasted, or not.
            tick()
            flush(handle)
            tick()

        os.fsync = flush_counted  # type: ignore[assignment]
        sys.addaudithook(count)
        publish_night(folder, night, notices=2)
        os._exit(0)
    finally:
        os._exit(1)
