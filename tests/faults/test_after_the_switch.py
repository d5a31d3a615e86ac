"""What happens after the outbox was replaced is told and forgiven: exit 1 means that nothing was replaced."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from perfbatch import publishing
from perfbatch.cli import main
from perfbatch.kept.cache_file import CACHE_NAME
from perfbatch.report.report import REPORT_NAME
from tests.conftest import workbook
from tests.faults.nights import Ended, content_of, forked, leftovers, perfbatch

Figure = Callable[[str, object], None]


def report(folder: Path) -> dict[str, object]:
    """The run report of the night that an outbox holds."""
    read: dict[str, object] = json.loads((folder / "outbox" / REPORT_NAME).read_text("utf-8"))
    return read


@pytest.mark.parametrize(
    ("command", "code", "unbuffered"),
    [("run", 0, ""), ("run", 0, "1"), ("check inbox/b.xlsx", 3, ""), ("rulebook show", 0, "1")],
)
def test_a_reader_that_has_gone_is_no_fault(folder: Path, command: str, code: int, unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    before = report(folder)["run_id"]
    try:
        environment = {"PYTHONUNBUFFERED": unbuffered}
        outcome = perfbatch(*command.split(), folder=folder, stdout=writing, environment=environment)
    finally:
        os.close(writing)
    assert outcome == Ended(code, "", "")
    assert (report(folder)["run_id"] != before) == (command == "run")


@pytest.mark.parametrize(
    ("command", "code", "consequence"),
    [
        ("run", 0, "The night is published."),
        ("run --strict", 3, "The night is published."),
        # What was asked for was not given.
        ("check inbox/a.xlsx", 1, "Send it elsewhere."),
        ("rulebook show", 1, "Send it elsewhere."),
    ],
)
def test_a_full_standard_output(folder: Path, command: str, code: int, consequence: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    before = report(folder)["run_id"]
    with Path("/dev/full").open("wb") as full:
        outcome = forked(*command.split(), folder=folder, stdout=full.fileno())
    line = f"perfbatch: standard output: cannot be written to (No space left on device). {consequence}"
    assert (outcome.code, outcome.line) == (code, line)
    assert (report(folder)["run_id"] != before) == (command.startswith("run"))


@pytest.mark.parametrize("streams", [(1,), (0, 1, 2)])
def test_streams_that_were_never_open(folder: Path, streams: tuple[int, ...]) -> None:
    def close() -> None:
        for stream in streams:
            os.close(stream)

    before = report(folder)["run_id"]
    outcome = perfbatch("run", folder=folder, before=close)
    assert (outcome.code, outcome.err) == (0, "")
    # Nothing that was meant for a stream went into a file that took its number.
    after = report(folder)
    assert after["run_id"] != before
    assert set(content_of(folder / "outbox")) == set(after["outputs"])  # type: ignore[call-overload]
    openpyxl.load_workbook(folder / "outbox" / "district-summary-2020.xlsx")


# Before 1677 and after 2262 nanoseconds are no 64-bit integers; after 9999 there is no date.
ODD_TIMES = {
    "1600": -11_676_096_000,
    "1677": -9_223_372_037,
    "1969": -1,
    "2262": 9_223_372_037,
    "2300": 10_413_792_000,
    "12000": 316_516_550_400,
    "a million": 2**45,
}


def test_a_file_of_an_odd_time_costs_nobody_anything(folder: Path, figure: Figure) -> None:
    held = []
    for number, (name, seconds) in enumerate(ODD_TIMES.items()):
        path = folder / "inbox" / f"{name}.xlsx"
        path.write_bytes(workbook(budget_code=f"91000{number}", unit_name=f"云溪区{name}局"))
        os.utime(path, (seconds, seconds))
        if int(path.stat().st_mtime) == seconds:
            held.append(name)
    roster = openpyxl.Workbook()
    sheet = roster.worksheets[0]
    sheet.title = "部门名录"
    sheet.append(["预算编码", "部门（单位）名称"])
    for number, name in enumerate(ODD_TIMES):
        sheet.append([f"91000{number}", f"云溪区{name}局"])
    roster.save(folder / "roster.xlsx")
    for _ in range(2):
        outcome = forked("run", "--roster", "roster.xlsx", folder=folder)
        assert outcome.code == 0, outcome
        assert "Traceback" not in outcome.err
        files = report(folder)["files"]
        assert [file["status"] for file in files] == ["accepted"] * (2 + len(ODD_TIMES))  # type: ignore[attr-defined]
    summary = openpyxl.load_workbook(folder / "outbox" / "district-summary-2020.xlsx")
    arrived = {row[1].value: str(row[4].value)[:5] for row in summary["报送情况"].iter_rows(min_row=5, max_row=11)}
    # What lies ahead of the clock came in on the night that saw it first.
    shown = {"1600": "1600-", "2300": str(report(folder)["started_at"])[:5]}
    for number, name in enumerate(ODD_TIMES):
        if name in held and name in shown:
            assert arrived[f"91000{number}"] == shown[name]
    figure("faults survived: odd times that this file system holds", ", ".join(held))


@pytest.mark.parametrize("fault", [OverflowError("too large"), MemoryError(), RuntimeError("two\nlines")])
@pytest.mark.parametrize("what", ["ReadingCache.keep", "NoticePool.written"])
def test_what_cannot_be_kept_is_told_and_forgiven(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str, fault: Exception
) -> None:
    def fail(*_: object) -> None:
        raise fault

    before = report(folder)["run_id"]
    monkeypatch.chdir(folder)
    if what == "ReadingCache.keep":
        monkeypatch.setattr(publishing.ReadingCache, "keep", fail)
    else:
        monkeypatch.setattr("perfbatch.notice.copies.keep_notices", fail)
    with pytest.raises(SystemExit) as left:
        main(["run"])
    shown = capsys.readouterr()
    assert left.value.code == 0
    words = " ".join(f"{type(fault).__name__}: {fault}".split())
    assert shown.err == (
        f"perfbatch: outbox/{CACHE_NAME}: could not be written ({words}). The night is published; the next one does again "
        "what this one could not keep. Remove the file if this is told again.\n"
    )
    assert report(folder)["run_id"] != before


def test_a_fault_of_the_program_after_the_switch_is_told_and_exit_0(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    before = report(folder)["run_id"]
    monkeypatch.chdir(folder)
    monkeypatch.setattr("perfbatch.terminal.night.print_night", fail)
    with pytest.raises(SystemExit) as left:
        main(["run"])
    assert left.value.code == 0
    assert capsys.readouterr().err.splitlines()[-1] == (
        "perfbatch: a fault of the program after the night was published. Please report it."
    )
    assert report(folder)["run_id"] != before
    # The same fault where nothing is published is a traceback.
    monkeypatch.setattr("perfbatch.terminal.department.print_check", fail)
    with pytest.raises(ZeroDivisionError):
        main(["check", "inbox/a.xlsx"])
    assert leftovers(folder / "outbox") == []
