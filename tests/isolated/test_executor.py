"""Calls in processes that may die: each costs itself, whatever it dies of."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfbatch.batch import run_batch
from perfbatch.intake import reading_pool
from perfbatch.intake.inbox import Found, walk
from perfbatch.intake.readers import reading_processes
from perfbatch.intake.reading_pool import Read, read_all
from perfbatch.isolated import process as isolated_process
from perfbatch.isolated.executor import CallFault, Confinement, IsolatedExecutor, WorkerLost, WorkersUnavailable
from perfbatch.model.errors import BatchFault
from perfbatch.model.limits import Limits
from perfbatch.rulebook.load import LoadedRulebook
from tests.conftest import Lay, workbook
from tests.hostile.calls import (
    child_of_group,
    dies_by,
    exits,
    fails_after_another,
    gives,
    gives_foreign,
    imported,
    keeps,
    panics,
    pid,
    shouts,
    sleeps,
    spins,
    swells,
    swells_within,
    writes,
)
from tests.workbooks import repack, rulebook

CONFINEMENT = Confinement(address_space=1024**3, cpu_seconds=20, wall_seconds=20, reply_bytes=1024**2)


@pytest.mark.parametrize(
    "call",
    [
        (os.abort,),
        (os._exit, 0),
        (dies_by, signal.SIGSEGV),
        (dies_by, signal.SIGKILL),
        (dies_by, signal.SIGTERM),
        (dies_by, signal.SIGBUS),
        (gives, 2 * 1024**2),
        (gives_foreign,),
    ],
    ids=["abort", "exit", "segfault", "kill", "term", "bus", "huge result", "foreign result"],
)
def test_a_lost_worker_costs_its_call_alone(call: tuple[Any, ...]) -> None:
    with IsolatedExecutor(2, CONFINEMENT) as executor:
        before = [executor.submit(pid) for _ in range(4)]
        lost = executor.submit(*call)
        after = [executor.submit(pid) for _ in range(4)]
        with pytest.raises(WorkerLost):
            lost.result(timeout=30)
        assert all(future.result(timeout=30) > 0 for future in (*before, *after))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (panics, "Panic at calls.py"),
        (exits, "SystemExit at calls.py"),
        (swells, "MemoryError at calls.py"),
    ],
)
def test_a_call_that_raises_says_what_and_where_and_no_content(call: Callable[[], Any], said: str) -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        with pytest.raises(CallFault) as caught:
            executor.submit(call).result(timeout=30)
        assert str(caught.value).startswith(said)
        assert "secret" not in str(caught.value)
        assert executor.submit(sleeps, 0.0).result(timeout=30) == 0.0


@pytest.mark.parametrize("call", [(spins,), (sleeps, 60.0)], ids=["spinning", "sleeping"])
def test_a_hanging_call_ends_at_the_clock(call: tuple[Any, ...]) -> None:
    with IsolatedExecutor(1, replace(CONFINEMENT, wall_seconds=2)) as executor:
        began = time.monotonic()
        with pytest.raises(WorkerLost, match=r"^longer than the limit of wall-clock time$"):
            executor.submit(*call).result(timeout=30)
        assert time.monotonic() - began < 15
        assert executor.submit(sleeps, 0.0).result(timeout=30) == 0.0


def test_cpu_time_has_its_own_limit() -> None:
    with IsolatedExecutor(1, replace(CONFINEMENT, cpu_seconds=1)) as executor, pytest.raises(WorkerLost) as caught:
        executor.submit(spins).result(timeout=30)
    assert str(caught.value) == f"ended with {-signal.SIGXCPU}"


def test_a_worker_ends_by_its_own_clock_when_the_parent_is_gone() -> None:
    program = (
        "import os, sys, threading\n"
        "from perfbatch.isolated.executor import Confinement, IsolatedExecutor\n"
        "from tests.hostile.calls import pid, sleeps\n"
        "executor = IsolatedExecutor(1, Confinement(2**30, 20, 1.0, 2**20))\n"
        "print(executor.submit(pid).result(), flush=True)\n"
        "executor.submit(sleeps, 60.0)\n"
        "import time; time.sleep(0.3)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    worker = int(ended.stdout)
    until = time.monotonic() + 20
    while _alive(worker) and time.monotonic() < until:
        time.sleep(0.1)
    assert not _alive(worker)


def _alive(process: int) -> bool:
    try:
        return b"\nState:\tZ" not in Path(f"/proc/{process}/status").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_what_a_worker_started_ends_with_it() -> None:
    with IsolatedExecutor(1, replace(CONFINEMENT, wall_seconds=2)) as executor:
        child = executor.submit(child_of_group).result(timeout=30)
        assert _alive(child)
        with pytest.raises(WorkerLost):
            executor.submit(os.abort).result(timeout=30)
    until = time.monotonic() + 10
    while _alive(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _alive(child)


def test_workers_have_a_session_of_their_own() -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        worker = executor.submit(pid).result(timeout=30)
        assert os.getsid(worker) == os.getpgid(worker) == worker


def test_what_a_worker_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        assert executor.submit(shouts).result(timeout=30) == "quiet"
    assert capfd.readouterr() == ("", "")


def test_a_worker_writes_no_file(tmp_path: Path) -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor, pytest.raises(CallFault, match=r"^OSError at "):
        executor.submit(writes, str(tmp_path / "a")).result(timeout=30)
    assert not (tmp_path / "a").exists() or (tmp_path / "a").stat().st_size == 0


def test_workers_do_without_pandas() -> None:
    with reading_processes(workers=1) as executor:
        assert executor.submit(imported, "perfbatch.intake.reader").result(timeout=30) is True
        for heavy in ("pandas", "numpy", "openpyxl", "typer", "rich", "concurrent.futures", "subprocess"):
            assert executor.submit(imported, heavy).result(timeout=30) is False, heavy


def test_a_worker_that_a_call_made_large_is_not_used_again() -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        first = executor.submit(pid).result(timeout=30)
        assert executor.submit(pid).result(timeout=30) == first
        assert executor.submit(swells_within).result(timeout=30) == 600 * 1024**2
        assert executor.submit(pid).result(timeout=30) != first
        assert executor.peak_bytes > 600 * 1024**2


def test_a_call_is_not_blamed_for_a_worker_that_somebody_killed_before() -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        first = executor.submit(pid).result(timeout=30)
        os.kill(first, signal.SIGKILL)
        assert executor.submit(pid).result(timeout=30) != first


def test_a_call_lost_in_a_used_worker_is_tried_in_a_fresh_one() -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        executor.submit(keeps, 7).result(timeout=30)
        assert executor.submit(fails_after_another).result(timeout=30) == "alone"


def test_calls_are_refused_after_the_end() -> None:
    executor = IsolatedExecutor(1, CONFINEMENT)
    executor.shutdown()
    with pytest.raises(RuntimeError, match="after shutdown"):
        executor.submit(pid)


def test_leaving_by_an_exception_waits_for_nobody() -> None:
    began = time.monotonic()
    with contextlib.suppress(KeyboardInterrupt), IsolatedExecutor(1, CONFINEMENT) as executor:
        futures = [executor.submit(sleeps, 30.0) for _ in range(3)]
        time.sleep(0.5)
        raise KeyboardInterrupt
    assert time.monotonic() - began < 15
    assert [future.cancelled() for future in futures[1:]] == [True, True]


def test_workers_that_cannot_start_are_nobodys_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(isolated_process, "_BOOTSTRAP", "raise SystemExit(5)")
    with IsolatedExecutor(1, CONFINEMENT) as executor, pytest.raises(WorkersUnavailable, match=r"^ended with 5$"):
        executor.submit(pid).result(timeout=30)
    (tmp_path / "a.xlsx").write_bytes(workbook())
    with pytest.raises(
        BatchFault, match=r"^Workbooks cannot be read: the reading processes do not run \(ended with 5\)\.$"
    ):
        read_all(walk(tmp_path), rulebook())


def far_corner() -> bytes:
    """A workbook that makes the value reader abort its process, once the guard's limits are lifted."""
    content, part = workbook(), "xl/worksheets/sheet2.xml"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheet = package.read(part)
    row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return repack(content, {part: sheet.replace(b"</sheetData>", row)})


LIFTED = Limits(cells=10**12, held_cells=10**9)


def codes(found: list[Found], **options: Any) -> dict[str, str]:
    return {one.path: read.code for one, read in zip(found, read_all(found, rulebook(), **options), strict=True)}


@pytest.mark.parametrize("workers", [1, 3])
def test_f08_a_file_that_aborts_the_value_reader(inbox: Lay, workers: int) -> None:
    found = walk(inbox({"a.xlsx": workbook(), "b.xlsx": far_corner(), "c.xlsx": workbook(), "d.xlsx": far_corner()}))
    assert codes(found, workers=workers, limits=LIFTED) == {
        "a.xlsx": "",
        "b.xlsx": "F08",
        "c.xlsx": "",
        "d.xlsx": "F08",
    }
    # With the limits in place it does not come to that.
    assert codes(found, workers=workers) == {"a.xlsx": "", "b.xlsx": "F07", "c.xlsx": "", "d.xlsx": "F07"}


def test_f08_a_single_file_is_isolated_too_and_keeps_its_hash(inbox: Lay) -> None:
    found = walk(inbox({"b.xlsx": far_corner()}))
    (read,) = read_all(found, rulebook(), limits=LIFTED)
    assert (read.code, read.submission, len(read.sha256)) == ("F08", None, 64)


def test_f08_longer_than_the_clock_and_more_than_the_memory(inbox: Lay) -> None:
    found = walk(inbox({"a.xlsx": workbook()}))
    assert codes(found, limits=Limits(wall_seconds=0.001)) == {"a.xlsx": "F08"}
    assert codes(found, limits=Limits(reply_bytes=1000)) == {"a.xlsx": "F08"}


@pytest.mark.parametrize("make", [lambda: ThreadPoolExecutor(2), lambda: ProcessPoolExecutor(1), lambda: None])
def test_any_executor_reads_the_same(inbox: Lay, make: Callable[[], Executor | None]) -> None:
    found = walk(inbox({"a.xlsx": workbook(), "b.txt": b"x", "c.xlsx": workbook(on_post_staff=27)}))
    executor = make()
    reads = read_all(found, rulebook(), executor=executor)
    if executor is not None:
        executor.shutdown()
    assert reads == [reading_pool.read_one(one, rulebook()) for one in found]


@pytest.mark.parametrize("files", [1, 120])
def test_something_else_is_done_once_while_files_are_read(inbox: Lay, files: int) -> None:
    found = walk(inbox({f"{number}.txt": f"{number}".encode() for number in range(files)}))
    told: list[object] = []
    executor = Noted(told)
    reads = read_all(
        found, rulebook(), executor=executor, progress=told.append, meanwhile=lambda: told.append("meanwhile")
    )
    assert [read.code for read in reads] == ["F01"] * files
    # Two chunks for a worker: one that it reads and one that waits.
    before = told.index("meanwhile")
    assert told[:before] == ["submitted"] * min(2, executor.chunks)
    assert told.count("meanwhile") == 1
    assert told[-1] == files


def test_what_fails_meanwhile_ends_the_reading(inbox: Lay) -> None:
    found = walk(inbox({"a.txt": b"a"}))
    with pytest.raises(ZeroDivisionError):
        read_all(found, rulebook(), meanwhile=lambda: divmod(1, 0))


class Noted(Executor):
    """Runs what it is given at once, and notes that it was given it."""

    def __init__(self, told: list[object]) -> None:
        self._told = told
        self.chunks = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.chunks += 1
        self._told.append("submitted")
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Broken(Executor):
    """Another library's executor, which says in its own words that a worker died."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.asked.append([file.path for file in args[0]])
        future: Future[Any] = Future()
        if any(file.path == "b.xlsx" for file in args[0]):
            future.set_exception(RuntimeError("worker gone"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_f08_another_executors_lost_worker(inbox: Lay) -> None:
    found = walk(inbox({"a.xlsx": workbook(), "b.xlsx": workbook(), "c.txt": b"x"}))
    executor = Broken()
    first, second, third = read_all(found, rulebook(), executor=executor)
    assert (first.code, third.code) == ("", "F01")
    assert second == Read(second.sha256, None, "F08", fault="RuntimeError")
    assert len(second.sha256) == 64
    # The chunk, then each of its files alone.
    assert executor.asked == [["a.xlsx", "b.xlsx", "c.txt"], ["a.xlsx"], ["b.xlsx"], ["c.txt"]]


def test_a_night_with_a_killer_among_good_files(
    inbox: Lay, loaded: LoadedRulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_pool, "Limits", lambda: LIFTED)
    folder = inbox({"a.xlsx": workbook(), "b.xlsx": far_corner()})
    entries = {one.path: (one.status, one.code) for one in run_batch(folder, loaded, workers=2).result.entries}
    assert entries == {"a.xlsx": ("accepted", ""), "b.xlsx": ("set_aside", "F08")}
