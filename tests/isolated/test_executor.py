"""Calls in processes that may die: each costs itself, whatever it dies of."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfbatch.isolated import process as isolated_process
from perfbatch.isolated.executor import (
    AnswerInvalid,
    CallFault,
    Confinement,
    IsolatedExecutor,
    WorkerLost,
    WorkersUnavailable,
)
from perfbatch.isolated.worker import HEADER, REPLY
from perfbatch.model.message import packed, unpacked

CONFINEMENT = Confinement(address_space=1024**3, cpu_seconds=20, wall_seconds=20, reply_bytes=1024**2)
TASKS = "tests.hostile.calls"
HANGING = "longer than the limit of wall-clock time"


def started(workers: int = 1, confinement: Confinement = CONFINEMENT) -> IsolatedExecutor:
    return IsolatedExecutor(workers, confinement, TASKS)


def ask(executor: IsolatedExecutor, name: str, *arguments: Any) -> Future[bytes]:
    """Have a function of `calls` called."""
    return executor.submit("call", packed([name, *arguments]))


def value(future: Future[bytes]) -> Any:
    return unpacked(future.result(timeout=30))[0]


def call(executor: IsolatedExecutor, name: str, *arguments: Any) -> Any:
    return value(ask(executor, name, *arguments))


def act(executor: IsolatedExecutor, wanted: list[str]) -> list[str]:
    """Have acts done in one request, a turn each; what those gave that were done."""
    done: list[str] = unpacked(executor.submit("act", packed(wanted), len(wanted)).result(timeout=60))[0]
    return done


@pytest.mark.parametrize(
    "deadly",
    [
        ("dies_by", signal.SIGABRT),
        ("dies_by", signal.SIGSEGV),
        ("dies_by", signal.SIGKILL),
        ("dies_by", signal.SIGTERM),
        ("dies_by", signal.SIGBUS),
        ("leaves", 0),
        ("gives", 2 * 1024**2),
    ],
    ids=["abort", "segfault", "kill", "term", "bus", "exit", "huge result"],
)
def test_a_lost_worker_costs_its_request_alone(deadly: tuple[Any, ...]) -> None:
    with started(2) as executor:
        before = [ask(executor, "pid") for _ in range(4)]
        lost = ask(executor, *deadly)
        after = [ask(executor, "pid") for _ in range(4)]
        with pytest.raises(WorkerLost):
            lost.result(timeout=30)
        assert all(value(future) > 0 for future in (*before, *after))


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("panics", "Panic at calls.py"),
        ("exits", "SystemExit at calls.py"),
        ("swells", "MemoryError at calls.py"),
    ],
)
def test_a_call_that_raises_says_what_and_where_and_no_content(name: str, place: str) -> None:
    with started() as executor:
        with pytest.raises(CallFault) as caught:
            call(executor, name)
        assert str(caught.value).startswith(place)
        assert caught.value.kind == place.partition(" ")[0]
        assert f", in {name}\n" in caught.value.way
        assert "secret" not in str(caught.value)
        assert call(executor, "sleeps", 0.0) == 0.0


def test_there_are_the_tasks_of_the_module_and_no_others() -> None:
    with started() as executor:
        for request in (b"", packed("call"), packed(["call"], [b""])):
            with pytest.raises(CallFault, match=r"^(KeyError|Garbled) at "):
                executor.submit("system", request).result(timeout=30)
    with IsolatedExecutor(1, CONFINEMENT, "os") as executor, pytest.raises(WorkersUnavailable):
        executor.submit("system", packed("true")).result(timeout=30)


def test_what_is_no_answer_is_the_workers_fault_and_no_files() -> None:
    with started() as executor:
        with pytest.raises(AnswerInvalid):
            call(executor, "answers_garbage")
        assert call(executor, "sleeps", 0.0) == 0.0


@pytest.mark.parametrize(
    "reply",
    [
        HEADER.pack(2**40),
        HEADER.pack(REPLY.size - 1) + b"x" * 20,
        HEADER.pack(REPLY.size) + REPLY.pack(7, True, 0),
        HEADER.pack(REPLY.size + 1) + REPLY.pack(2, True, 0) + b"x",
    ],
    ids=["terabyte", "too short", "of no kind", "too large and yet there"],
)
def test_nothing_is_made_of_what_is_no_answer(monkeypatch: pytest.MonkeyPatch, reply: bytes) -> None:
    program = (
        f"import os; os.write(1, {HEADER.pack(REPLY.size) + REPLY.pack(0, True, 0)!r} + {reply!r}); os.read(0, 99)"
    )
    monkeypatch.setattr(isolated_process, "_BOOTSTRAP", program + "; os.read(0, 99)")
    with started() as executor, pytest.raises(AnswerInvalid):
        call(executor, "pid")


@pytest.mark.parametrize("hanging", [("spins",), ("sleeps", 60.0)], ids=["spinning", "sleeping"])
def test_a_hanging_call_ends_at_the_clock(hanging: tuple[Any, ...]) -> None:
    with started(confinement=replace(CONFINEMENT, wall_seconds=2)) as executor:
        began = time.monotonic()
        with pytest.raises(WorkerLost, match=f"^{HANGING}$"):
            call(executor, *hanging)
        assert time.monotonic() - began < 15
        assert call(executor, "sleeps", 0.0) == 0.0


def test_cpu_time_has_its_own_limit() -> None:
    with started(confinement=replace(CONFINEMENT, cpu_seconds=1)) as executor, pytest.raises(WorkerLost) as caught:
        call(executor, "spins")
    assert str(caught.value) == f"ended with {-signal.SIGXCPU}"


# ---------------------------------------------------------------------- requests of several turns


def test_a_turn_takes_its_own_time_and_all_of_them_more_than_one_may() -> None:
    with started(confinement=replace(CONFINEMENT, wall_seconds=1.0)) as executor:
        assert act(executor, ["sleep 0.4"] * 6) == ["sleep 0.4"] * 6
        began = time.monotonic()
        with pytest.raises(WorkerLost, match=f"^{HANGING}$"):
            act(executor, ["a", "sleep 0.4", "sleep 60"])
        assert time.monotonic() - began < 0.4 + 1 + 3


def test_cpu_time_is_each_turns_own() -> None:
    busy = ["work 0.8"] * 2
    with started(confinement=replace(CONFINEMENT, cpu_seconds=1)) as executor:
        assert act(executor, busy) == busy
        with pytest.raises(WorkerLost, match=f"^ended with {-signal.SIGXCPU}$"):
            act(executor, [*busy, "spin"])


def test_a_worker_cannot_put_its_end_off() -> None:
    """Behind the clock of a worker that a file has taken over stands the parent's."""
    with started(confinement=replace(CONFINEMENT, wall_seconds=1.0)) as executor:
        began = time.monotonic()
        with pytest.raises(WorkerLost, match=f"^{HANGING}$"):
            act(executor, ["stop the clock", "sleep 0.1", "stop the clock", "sleep 0.1"] + ["stop the clock, spin"] * 9)
        assert time.monotonic() - began < 12


def test_after_a_turn_that_made_it_large_a_worker_takes_no_other() -> None:
    with started() as executor:
        first, second, swollen = act(executor, ["pid", "pid", "swell", "pid", "pid"])
        assert (first == second, swollen) == (True, "swell")
        third, fourth = act(executor, ["pid", "pid"])
        assert first != third == fourth
        assert executor.peak_bytes > 600 * 1024**2


def test_no_more_workers_than_requests_at_a_time() -> None:
    with started(4) as executor:
        assert len({call(executor, "pid") for _ in range(4)}) == 1
        # Each of them lasts, so that none is done before the last has been asked for, however busy the machine is.
        together = [executor.submit("act", packed(["sleep 1", "pid"]), 2) for _ in range(3)]
        assert len({value(future)[1] for future in together}) == 3


# ---------------------------------------------------------------------- a worker's life


def test_a_worker_ends_by_its_own_clock_when_the_parent_is_gone() -> None:
    program = (
        "import os, time\n"
        "from perfbatch.isolated.executor import Confinement, IsolatedExecutor\n"
        "from perfbatch.model.message import packed, unpacked\n"
        f"executor = IsolatedExecutor(1, Confinement(2**30, 20, 1.0, 2**20), {TASKS!r})\n"
        "print(unpacked(executor.submit('call', packed(['pid'])).result())[0], flush=True)\n"
        "executor.submit('call', packed(['sleeps', 60.0]))\n"
        "time.sleep(0.3)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    worker = int(ended.stdout)
    until = time.monotonic() + 20
    while _alive(worker) and time.monotonic() < until:
        time.sleep(0.1)
    assert not _alive(worker)


@pytest.mark.parametrize("how", ["signal.signal(signal.SIGALRM, signal.SIG_IGN)", "signal.pthread_sigmask(0, [14])"])
def test_a_clock_that_the_caller_has_stopped_runs_in_the_worker(how: str) -> None:
    program = (
        f"import signal; {how}\n"
        "from perfbatch.isolated.executor import Confinement, IsolatedExecutor, WorkerLost\n"
        "from perfbatch.isolated import process\n"
        "from perfbatch.model.message import packed\n"
        "process._SPARE_SECONDS = 30\n"
        f"executor = IsolatedExecutor(1, Confinement(2**30, 20, 0.5, 2**20), {TASKS!r})\n"
        "print(executor.submit('call', packed(['sleeps', 60.0])).exception(20))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    assert ended.stdout.decode() == f"{HANGING}\n"


def _alive(process: int) -> bool:
    try:
        return b"\nState:\tZ" not in Path(f"/proc/{process}/status").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_what_a_worker_started_ends_with_it() -> None:
    with started(confinement=replace(CONFINEMENT, wall_seconds=2)) as executor:
        child = call(executor, "child_of_group")
        assert _alive(child)
        with pytest.raises(WorkerLost):
            call(executor, "dies_by", signal.SIGABRT)
    until = time.monotonic() + 10
    while _alive(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _alive(child)


def test_workers_have_a_session_of_their_own() -> None:
    with started() as executor:
        worker = call(executor, "pid")
        assert os.getsid(worker) == os.getpgid(worker) == worker


def test_what_a_worker_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    with started() as executor:
        assert call(executor, "shouts") == "quiet"
    assert capfd.readouterr() == ("", "")


def test_a_worker_writes_no_file(tmp_path: Path) -> None:
    with started() as executor, pytest.raises(CallFault, match=r"^OSError at "):
        call(executor, "writes", str(tmp_path / "a"))
    assert not (tmp_path / "a").exists() or (tmp_path / "a").stat().st_size == 0


def test_a_worker_that_a_call_made_large_is_not_used_again() -> None:
    with started() as executor:
        first = call(executor, "pid")
        assert call(executor, "pid") == first
        assert call(executor, "swells_within") == 600 * 1024**2
        assert call(executor, "pid") != first
        assert executor.peak_bytes > 600 * 1024**2


def test_a_call_is_not_blamed_for_a_worker_that_somebody_killed_before() -> None:
    with started() as executor:
        first = call(executor, "pid")
        os.kill(first, signal.SIGKILL)
        assert call(executor, "pid") != first


def test_a_call_lost_in_a_used_worker_is_tried_in_a_fresh_one() -> None:
    with started() as executor:
        call(executor, "keeps", 7)
        assert call(executor, "fails_after_another") == "alone"


def test_an_early_worker_is_the_first_to_be_asked() -> None:
    with started(2) as executor:
        executor.start_early()
        (early,) = executor._alive
        assert call(executor, "pid") == early.pid


def test_an_early_worker_that_somebody_killed_is_no_loss() -> None:
    with started() as executor:
        executor.start_early()
        (early,) = executor._alive
        os.kill(early.pid, signal.SIGKILL)
        time.sleep(0.2)
        assert call(executor, "pid") != early.pid


def test_an_early_worker_without_a_call_ends_with_its_executor() -> None:
    with started() as executor:
        executor.start_early()
        (early,) = executor._alive
    assert not early.running


def test_calls_are_refused_after_the_end() -> None:
    executor = started()
    executor.shutdown()
    with pytest.raises(RuntimeError, match="after shutdown"):
        ask(executor, "pid")


def test_leaving_by_an_exception_waits_for_nobody() -> None:
    began = time.monotonic()
    with contextlib.suppress(KeyboardInterrupt), started() as executor:
        futures = [ask(executor, "sleeps", 30.0) for _ in range(3)]
        time.sleep(0.5)
        raise KeyboardInterrupt
    assert time.monotonic() - began < 15
    assert [future.cancelled() for future in futures[1:]] == [True, True]


def test_workers_that_cannot_start_are_nobodys_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated_process, "_BOOTSTRAP", "raise SystemExit(5)")
    with started() as executor, pytest.raises(WorkersUnavailable, match=r"^ended with 5$"):
        call(executor, "pid")
