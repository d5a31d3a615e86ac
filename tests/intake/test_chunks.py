"""Chunks of calls: what a call may take, and what it is blamed for, is as if it had been submitted alone."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.intake.reading_pool import chunks
from perfbatch.isolated.executor import CallFault, Confinement, IsolatedExecutor, WorkerLost
from perfbatch.isolated.process import MOST_CALLS
from tests.hostile.calls import acts, imported, pid

CONFINEMENT = Confinement(address_space=1024**3, cpu_seconds=20, wall_seconds=20, reply_bytes=1024**2)
HANGING = "longer than the limit of wall-clock time"


def told(outcome: str | WorkerLost | CallFault) -> str:
    return outcome if isinstance(outcome, str) else f"{type(outcome).__name__}: {outcome}".partition(" at ")[0]


def outcomes(executor: IsolatedExecutor, wanted: Sequence[str]) -> list[str]:
    return [told(one) for one in executor.submit_each(acts, wanted).result(timeout=60)]


@pytest.mark.parametrize("place", [0, 1, 3])
@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("abort", f"WorkerLost: ended with {-signal.SIGABRT}"),
        ("panic", "CallFault: Panic"),
        ("huge", "WorkerLost: the result is larger than the limit"),
    ],
)
def test_a_call_of_a_chunk_costs_itself(place: int, what: str, said: str) -> None:
    wanted, expected = list("abc"), list("abc")
    wanted.insert(place, what)
    expected.insert(place, said)
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        assert outcomes(executor, wanted) == expected
        # Also in a worker that has run a chunk already.
        assert outcomes(executor, list("de")) == ["d", "e"]
        assert outcomes(executor, wanted) == expected


_ACTS = st.sampled_from(["a", "b", "abort", "panic", "huge"])


@settings(max_examples=12, deadline=None)
@given(st.lists(_ACTS, min_size=1, max_size=6))
def test_a_chunk_is_what_its_calls_are_alone(wanted: list[str]) -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        alone = [outcomes(executor, [one])[0] for one in wanted]
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        assert outcomes(executor, wanted) == alone


def test_a_chunk_larger_than_the_marks_hold() -> None:
    wanted = [str(number) for number in range(3 * MOST_CALLS)]
    wanted[2 * MOST_CALLS + 1] = "abort"
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        found = outcomes(executor, wanted)
    assert [number for number, one in enumerate(found) if one != wanted[number]] == [2 * MOST_CALLS + 1]


def test_a_hanging_call_takes_its_own_time_and_no_more() -> None:
    with IsolatedExecutor(1, replace(CONFINEMENT, wall_seconds=1.5)) as executor:
        outcomes(executor, ["a"])
        began = time.monotonic()
        found = outcomes(executor, ["a", "sleep 0.5", "sleep 60", "b", "spin", "c"])
        assert found == ["a", "sleep 0.5", f"WorkerLost: {HANGING}", "b", f"WorkerLost: {HANGING}", "c"]
        # Not once more for having been in a used worker, nor for being one of six.
        assert time.monotonic() - began < 0.5 + 0.5 + 2 * 1.5 + 3


def test_an_honest_chunk_may_take_longer_than_one_call() -> None:
    slow = ["sleep 0.4"] * 6
    with IsolatedExecutor(1, replace(CONFINEMENT, wall_seconds=1.0)) as executor:
        assert outcomes(executor, slow) == slow


def test_cpu_time_is_each_calls_own() -> None:
    busy = ["work 0.8"] * 4
    with IsolatedExecutor(1, replace(CONFINEMENT, cpu_seconds=1)) as executor:
        assert outcomes(executor, [*busy, "spin", "a"]) == [*busy, f"WorkerLost: ended with {-signal.SIGXCPU}", "a"]


def test_a_worker_cannot_put_its_end_off() -> None:
    """What a file that has taken a worker over says of the time is not believed."""
    with IsolatedExecutor(1, replace(CONFINEMENT, wall_seconds=1.0)) as executor:
        found = outcomes(executor, ["advance the clock", "sleep 60", "a"])
    assert found == ["advance the clock", f"WorkerLost: {HANGING}", "a"]


def test_a_call_is_not_blamed_for_what_one_before_it_left() -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        assert outcomes(executor, ["keep", "abort after keep", "a"]) == ["keep", "abort after keep", "a"]


def test_after_a_call_that_made_it_large_a_chunk_goes_on_elsewhere() -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        first, second, _, third, fourth = outcomes(executor, ["pid", "pid", "swell", "pid", "pid"])
        assert first == second != third == fourth
        assert executor.peak_bytes > 600 * 1024**2


def test_a_chunk_is_given_up_with_its_executor() -> None:
    began = time.monotonic()
    with contextlib.suppress(KeyboardInterrupt), IsolatedExecutor(1, CONFINEMENT) as executor:
        executor.submit_each(acts, ["a", "sleep 15", "sleep 15"])
        time.sleep(1)
        raise KeyboardInterrupt
    assert time.monotonic() - began < 10


def test_no_more_workers_than_calls_at_a_time() -> None:
    with IsolatedExecutor(4, CONFINEMENT) as executor:
        assert len({executor.submit(pid).result(timeout=30) for _ in range(4)}) == 1
        together = [executor.submit(acts, "sleep 0.5"), executor.submit(pid), executor.submit(pid)]
        assert len({future.result(timeout=30) for future in together}) == 3


def test_an_early_worker_is_the_first_to_be_asked() -> None:
    with IsolatedExecutor(2, CONFINEMENT, imports=("tests.hostile.calls", "wave")) as executor:
        executor.start_early()
        (early,) = executor._alive
        assert executor.submit(pid).result(timeout=30) == early.pid
        assert executor.submit(imported, "wave").result(timeout=30) is True


def test_an_early_worker_that_somebody_killed_is_no_loss() -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        executor.start_early()
        (early,) = executor._alive
        os.kill(early.pid, signal.SIGKILL)
        time.sleep(0.2)
        assert executor.submit(pid).result(timeout=30) != early.pid


def test_an_early_worker_without_a_call_ends_with_its_executor() -> None:
    with IsolatedExecutor(1, CONFINEMENT) as executor:
        executor.start_early()
        (early,) = executor._alive
    assert not early.running


_MB = 1024 * 1024


@given(st.lists(st.integers(0, 6 * _MB), max_size=400), st.integers(1, 16))
def test_chunks_hold_every_file_once_and_in_order(sizes: list[int], workers: int) -> None:
    split = list(chunks(sizes, workers))
    assert [number for chunk in split for number in chunk] == list(range(len(sizes)))
    for chunk in split:
        assert 1 <= len(chunk) <= 64
        assert len(chunk) == 1 or sum(sizes[number] for number in chunk) <= 4 * _MB


@pytest.mark.parametrize(
    ("files", "workers", "lengths"),
    [
        (0, 2, []),
        (1, 8, [1]),
        (20, 8, [20]),
        (80, 2, [40, 40]),
        (100, 1, [50, 25, 12, 8, 5]),
        (300, 2, [64, 59, 44, 33, 25, 18, 14, 10, 8, 8, 8, 8, 1]),
    ],
)
def test_few_files_wake_few_workers_and_many_end_together(files: int, workers: int, lengths: list[int]) -> None:
    assert [len(chunk) for chunk in chunks([20_000] * files, workers)] == lengths


def test_the_last_chunks_of_many_are_small() -> None:
    lengths = [len(chunk) for chunk in chunks([20_000] * 10_000, 4)]
    assert lengths[:100] == [64] * 100
    assert max(lengths[-8:]) <= 9
