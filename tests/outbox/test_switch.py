"""The switch of the outbox: all of tonight, or last night untouched."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from perfbatch.district.result import BatchResult
from perfbatch.model.errors import BatchFault
from perfbatch.outbox import durable, exchange
from perfbatch.outbox.switch import LOCK_NAME, Writer
from perfbatch.publishing import publish_outputs
from perfbatch.report.report import REPORT_NAME

SUMMARY, NOTICE, STALE = "district-summary-2020.xlsx", "notices/116001-云溪区总工会.xlsx", "notices/000001-旧.xlsx"
LAST_NIGHT = {SUMMARY: b"last summary", NOTICE: b"last notice", STALE: b"stale", REPORT_NAME: b"last report"}


def says(content: bytes) -> Writer:
    """A writer of these bytes."""

    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


TONIGHT: Mapping[str, Writer] = {SUMMARY: says(b"summary"), NOTICE: says(b"notice"), "history.sqlite": says(b"history")}


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """An outbox with the files of last night."""
    folder = tmp_path / "outbox"
    for name, content in LAST_NIGHT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def file_by_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """An outbox that cannot be exchanged as a whole."""
    monkeypatch.setattr(exchange, "prepare", lambda *_: False)


def holds(outbox: Path) -> dict[str, bytes]:
    """Every file of the outbox but the lock; the report of tonight as b"report"."""
    contents = {}
    for path in sorted(outbox.rglob("*")):
        name = path.relative_to(outbox).as_posix()
        if path.is_file() and name != LOCK_NAME:
            content = path.read_bytes()
            contents[name] = b"report" if content.startswith(b"{") and name == REPORT_NAME else content
    return contents


SWITCHED = {SUMMARY: b"summary", NOTICE: b"notice", "history.sqlite": b"history", REPORT_NAME: b"report"}


def test_a_notice_of_an_earlier_night_with_macros_goes_too(district: BatchResult, outbox: Path) -> None:
    (outbox / "notices" / "000002-旧.xlsm").write_bytes(b"stale")
    (outbox / "notices" / "说明.txt").write_bytes(b"the clerk's own")
    publish_outputs(district, outbox, TONIGHT)
    assert holds(outbox) == {**SWITCHED, "notices/说明.txt": b"the clerk's own"}


def test_another_rulebooks_notices_stay_and_flat_ones_of_before_go(district: BatchResult, outbox: Path) -> None:
    for name in ("notices/yunxi-2019/1-局.xlsx", "notices/yunxi-2020/1-局.xlsx", "notices/yunxi-2020/2-局.xlsm"):
        (outbox / name).parent.mkdir(exist_ok=True)
        (outbox / name).write_bytes(b"last")
    new = "notices/yunxi-2020/3-局.xlsx"
    publish_outputs(district, outbox, {SUMMARY: says(b"summary"), new: says(b"new")}, rulebooks=("yunxi-2020",))
    assert holds(outbox) == {
        SUMMARY: b"summary",
        "notices/yunxi-2019/1-局.xlsx": b"last",
        new: b"new",
        REPORT_NAME: b"report",
    }
    # Also on a night without any notice.
    publish_outputs(district, outbox, {SUMMARY: says(b"summary")}, rulebooks=("yunxi-2020",))
    assert set(holds(outbox)) == {SUMMARY, "notices/yunxi-2019/1-局.xlsx", REPORT_NAME}


def test_all_of_tonight(district: BatchResult, outbox: Path) -> None:
    assert publish_outputs(district, outbox, TONIGHT) == [SUMMARY, NOTICE, "history.sqlite", REPORT_NAME]
    assert holds(outbox) == SWITCHED
    report = json.loads((outbox / REPORT_NAME).read_text("utf-8"))
    assert report["outputs"] == [SUMMARY, NOTICE, "history.sqlite", REPORT_NAME]
    assert not list(outbox.glob(".perfbatch-*"))


def test_a_new_outbox_is_made(district: BatchResult, tmp_path: Path) -> None:
    outbox = tmp_path / "new" / "outbox"
    assert publish_outputs(district, outbox, {SUMMARY: says(b"summary")}) == [SUMMARY, REPORT_NAME]
    assert holds(outbox) == {SUMMARY: b"summary", REPORT_NAME: b"report"}


def test_files_of_others_stay(district: BatchResult, outbox: Path) -> None:
    for name in ("notes.txt", "notices/readme.txt", "notices/~$116001.xlsx", "district-summary-2019.xlsx"):
        (outbox / name).write_bytes(b"kept")
    publish_outputs(district, outbox, TONIGHT)
    assert {name for name, content in holds(outbox).items() if content == b"kept"} == {
        "notes.txt",
        "notices/readme.txt",
        "notices/~$116001.xlsx",
        "district-summary-2019.xlsx",
    }
    assert not (outbox / STALE).exists()


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (ValueError("two\nlines"), "ValueError: two lines"),
    ],
)
def test_a_writer_that_fails_changes_nothing(district: BatchResult, outbox: Path, fault: Exception, line: str) -> None:
    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise fault

    with pytest.raises(BatchFault) as caught:
        publish_outputs(district, outbox, {**TONIGHT, "history.sqlite": fail})
    assert str(caught.value) == (
        f"history.sqlite: cannot be written ({line}). The outbox still holds the files of the run before."
    )
    assert holds(outbox) == LAST_NIGHT
    assert not list(outbox.glob(".perfbatch-*"))


def test_a_writer_that_writes_nothing_is_a_fault(district: BatchResult, outbox: Path) -> None:
    with pytest.raises(BatchFault, match=r"^history\.sqlite: cannot be written \(No such file or directory\)"):
        publish_outputs(district, outbox, {**TONIGHT, "history.sqlite": lambda _: None})
    assert holds(outbox) == LAST_NIGHT


def test_what_does_not_last_is_not_switched(
    district: BatchResult, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault_of = durable._fault_of

    def refuse(path: Path) -> OSError | None:
        return OSError(errno.EIO, "Input/output error") if path.as_posix().endswith(NOTICE) else fault_of(path)

    monkeypatch.setattr(durable, "_fault_of", refuse)
    with pytest.raises(BatchFault) as caught:
        publish_outputs(district, outbox, TONIGHT)
    assert str(caught.value) == (
        f"{NOTICE}: cannot be written (Input/output error). The outbox still holds the files of the run before."
    )
    assert holds(outbox) == LAST_NIGHT


def test_every_output_is_flushed_before_the_switch(
    district: BatchResult, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault_of, flushed = durable._fault_of, list[str]()
    swap_call = exchange._swap_call

    def noting(path: Path) -> OSError | None:
        fault = fault_of(path)
        flushed.append(path.as_posix().partition("tonight/")[2])
        return fault

    def look() -> Any:
        swap = swap_call()
        assert swap is not None

        def looking(source: Path, other: Path) -> None:
            if other == outbox:
                assert {SUMMARY, NOTICE, "history.sqlite", REPORT_NAME} <= set(flushed)
                flushed.append("switched")
            swap(source, other)

        return looking

    monkeypatch.setattr(durable, "_fault_of", noting)
    monkeypatch.setattr(exchange, "_swap_call", look)
    publish_outputs(district, outbox, TONIGHT)
    assert "switched" in flushed


@pytest.mark.usefixtures("file_by_file")
@pytest.mark.parametrize("refused", [SUMMARY, NOTICE, "history.sqlite", REPORT_NAME])
def test_a_file_that_is_open_elsewhere_puts_all_back(
    district: BatchResult, outbox: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if target == outbox / refused and "tonight" in self.parts:
            raise PermissionError(errno.EACCES, "Access is denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(BatchFault) as caught:
        publish_outputs(district, outbox, TONIGHT)
    assert str(caught.value) == (
        f"{outbox / refused}: cannot be replaced, it may be open in Excel or WPS (Access is denied). "
        "Close it and run again. The outbox still holds the files of the run before."
    )
    assert holds(outbox) == LAST_NIGHT
    assert not list(outbox.glob(".perfbatch-*"))


@pytest.mark.usefixtures("file_by_file")
def test_a_file_system_without_hard_links_is_put_back_too(
    district: BatchResult, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if target == outbox / REPORT_NAME and "tonight" in self.parts:
            raise OSError(errno.EIO, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(BatchFault, match=r"run-report\.json: cannot be replaced \(Input/output error\)\."):
        publish_outputs(district, outbox, TONIGHT)
    assert holds(outbox) == LAST_NIGHT


KILLED = """
import os, sys
from pathlib import Path
from types import SimpleNamespace
from perfbatch import publishing
from perfbatch.report import report
from perfbatch.outbox import switch
outbox, at = Path(sys.argv[1]), int(sys.argv[2])
switch.exchange.prepare = lambda *_: False
report.write_report = lambda result, outputs, path: path.write_bytes(b"{report")
replace, count = Path.replace, 0
def dies(self, target):
    global count
    if "tonight" in self.parts:
        if count == at:
            os._exit(9)
        count += 1
    return replace(self, target)
Path.replace = dies
writers = {name: (lambda path: path.write_bytes(b"killed") and None) for name in sys.argv[3:]}
publishing.publish_outputs(SimpleNamespace(), outbox, writers)
"""


@pytest.mark.usefixtures("file_by_file")
@pytest.mark.parametrize("switched", [0, 2])
def test_a_run_killed_between_two_renames_is_undone_by_the_next(
    district: BatchResult, outbox: Path, switched: int
) -> None:
    command = [sys.executable, "-c", KILLED, str(outbox), str(switched), SUMMARY, "history.sqlite", NOTICE]
    assert subprocess.run(command, check=False, timeout=60).returncode == 9
    left = holds(outbox)
    assert (left[SUMMARY], left.get("history.sqlite")) == (
        (b"killed", b"killed") if switched else (b"last summary", None)
    )

    def fail(_: Path) -> None:
        raise RuntimeError("stop")

    # The next run fails before its own switch: what it leaves is last night, whole.
    with pytest.raises(BatchFault, match=r"^district-summary-2020\.xlsx: cannot be written \(RuntimeError: stop\)"):
        publish_outputs(district, outbox, {SUMMARY: fail})
    assert holds(outbox) == LAST_NIGHT


def test_leftovers_without_a_journal_are_removed(district: BatchResult, outbox: Path) -> None:
    for name in ("tonight/district-summary-2020.xlsx", "before/run-report.json"):
        path = outbox / ".perfbatch-dead" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"half")
    publish_outputs(district, outbox, TONIGHT)
    assert holds(outbox) == SWITCHED


def test_two_runs_do_not_switch_at_once(district: BatchResult, outbox: Path) -> None:
    with FileLock(outbox / LOCK_NAME), pytest.raises(BatchFault) as caught:
        publish_outputs(district, outbox, TONIGHT)
    assert str(caught.value) == (f"{outbox}: another run is publishing there. Wait for it to end and run again.")
    assert holds(outbox) == LAST_NIGHT


def test_an_outbox_that_is_a_file(district: BatchResult, tmp_path: Path) -> None:
    (tmp_path / "outbox").write_bytes(b"")
    with pytest.raises(BatchFault, match=r"outbox: cannot be made \(File exists\)\. Name another outbox\.$"):
        publish_outputs(district, tmp_path / "outbox", TONIGHT)


@pytest.mark.parametrize(
    "name", ["../x.xlsx", "/x.xlsx", "notices/../../x.xlsx", "notices\\x.xlsx", "", "notices//x", "C:/x", LOCK_NAME, ".perfbatch-x/y"]
)  # fmt: skip
def test_a_path_out_of_the_outbox_is_refused(district: BatchResult, outbox: Path, name: str) -> None:
    called: list[Any] = []
    with pytest.raises(ValueError, match=r"inside the outbox|switch itself"):
        publish_outputs(district, outbox, {name: called.append})
    assert called == []
    assert holds(outbox) == LAST_NIGHT
