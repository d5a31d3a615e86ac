"""The small process that workers are forked from: what it has loaded, what a fork has of it, and what becomes of either's death."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from perfbatch.intake.readers import reading_processes
from perfbatch.isolated import process as isolated_process
from perfbatch.isolated.birth import FORKS
from perfbatch.isolated.executor import IsolatedExecutor, WorkerLost, WorkersUnavailable
from tests.isolated.test_executor import CONFINEMENT, HANGING, call, started

pytestmark = pytest.mark.skipif(not FORKS, reason="this system has no fork")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="what a process has open is seen on Linux alone")
HEAVY = ("numpy", "pandas", "pyarrow", "lxml", "openpyxl")


def nursery(executor: IsolatedExecutor) -> int:
    assert executor._nursery is not None
    process = executor._nursery.pid
    assert process is not None
    return process


@LINUX
@pytest.mark.parametrize("tasks", ["perfbatch.intake.reading_tasks", "perfbatch.notice.order"])
def test_it_has_one_thread_and_nothing_heavy(tasks: str) -> None:
    with IsolatedExecutor(1, CONFINEMENT, tasks) as executor:
        executor.start_early()
        (early,) = executor._alive
        # Where there is a worker the nursery has loaded everything.
        worker = early.pid
        for process in (nursery(executor), worker):
            assert len(list(Path(f"/proc/{process}/task").iterdir())) == 1
            loaded = Path(f"/proc/{process}/maps").read_text()
            assert "libc" in loaded
            assert [name for name in HEAVY if f"/{name}/" in loaded] == []


@LINUX
def test_a_worker_has_no_descriptors_but_its_own() -> None:
    secret, other = os.pipe()
    os.set_inheritable(secret, True)
    try:
        with started(2) as executor:
            first, second = executor.submit("call", b""), executor.submit("call", b"")
            for future in (first, second):
                assert future.exception(timeout=30) is not None
            opened = call(executor, "descriptors")
    finally:
        os.close(secret)
        os.close(other)
    streams, listing = {str(number): "/dev/null" for number in range(3)}, "5"
    opened.pop(listing, None)
    assert {number: target for number, target in opened.items() if number in streams} == streams
    assert sorted(opened) == ["0", "1", "2", "3", "4"]
    assert opened["3"] != opened["4"]
    assert all(opened[number].startswith("pipe:") for number in ("3", "4"))


def test_workers_come_of_one_nursery_also_after_a_death() -> None:
    with started() as executor:
        assert call(executor, "parent") == nursery(executor)
        before = nursery(executor)
        with pytest.raises(WorkerLost, match=f"^ended with {-signal.SIGSEGV}$"):
            call(executor, "dies_by", signal.SIGSEGV)
        assert (call(executor, "parent"), nursery(executor)) == (before, before)


def test_a_nursery_that_somebody_killed_costs_nothing() -> None:
    with started() as executor:
        worker, before = call(executor, "pid"), nursery(executor)
        os.kill(before, signal.SIGKILL)
        time.sleep(0.2)
        assert call(executor, "pid") == worker
        # Asked once more in a worker of another nursery, which can say how it ended.
        with pytest.raises(WorkerLost, match=f"^ended with {-signal.SIGABRT}$"):
            call(executor, "dies_by", signal.SIGABRT)
        assert call(executor, "pid") != worker
        assert nursery(executor) != before


def test_it_ends_with_its_executor_and_leaves_no_child() -> None:
    with started() as executor:
        worker, mother = call(executor, "pid"), nursery(executor)
    for process in (worker, mother):
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_module_that_cannot_be_loaded_is_told() -> None:
    with (
        IsolatedExecutor(1, CONFINEMENT, "tests.no_such_tasks") as executor,
        pytest.raises(WorkersUnavailable, match=r"^ended with 1$"),
    ):
        executor.submit("call", b"").result(timeout=30)


def test_readers_are_forked() -> None:
    with reading_processes(1) as executor:
        executor.start_early()
        assert nursery(executor) > 0


@pytest.fixture
def _no_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated_process, "FORKS", False)


@pytest.mark.usefixtures("_no_fork")
def test_where_there_is_no_fork_each_worker_is_an_interpreter_of_its_own() -> None:
    with started() as executor:
        assert executor._nursery is None
        worker = call(executor, "pid")
        assert (call(executor, "parent"), os.getsid(worker)) == (os.getpid(), worker)
        with pytest.raises(WorkerLost, match=f"^ended with {-signal.SIGABRT}$"):
            call(executor, "dies_by", signal.SIGABRT)
        assert call(executor, "pid") != worker
        assert call(executor, "shouts") == "quiet"


@pytest.mark.usefixtures("_no_fork")
def test_an_interpreter_ends_at_the_clock_too() -> None:
    with started(confinement=replace(CONFINEMENT, wall_seconds=1)) as executor:
        with pytest.raises(WorkerLost, match=f"^{HANGING}$"):
            call(executor, "spins")
        executor.start_early()
        (early,) = executor._alive
        assert call(executor, "pid") == early.pid
