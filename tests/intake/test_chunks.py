"""How an inbox is split into chunks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.intake import reading_pool
from perfbatch.intake.reading_pool import chunks

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


def test_where_a_worker_has_no_timers_a_chunk_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_pool, "MOST_TURNS", 1)
    assert [len(chunk) for chunk in chunks([20_000] * 300, 2)] == [1] * 300
