"""Files that are too much for the limits: read last, and after two nights once a week."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from perfbatch.intake import reading_cache
from perfbatch.intake.inbox import Found, read_bytes, walk
from perfbatch.intake.reading_cache import ReadingCache
from perfbatch.intake.reading_pool import Read
from perfbatch.intake.slow_files import REST_NS
from perfbatch.kept.cache_file import CACHE_NAME, KeptFile
from perfbatch.model.limits import Limits
from tests.conftest import lay
from tests.workbooks import rulebook

HOUR = 3_600_000_000_000


class Nights:
    """Nights over one inbox in which `slow` are too much for the limits; `night` says what was read, in its order, and of which
    files the verdict was F08."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.inbox = lay(folder / "inbox", {"a.xlsx": b"slow one", "b.xlsx": b"quick", "c.xlsx": b"slow other"})
        self.slow = {"a.xlsx", "c.xlsx"}
        self.path = folder / CACHE_NAME
        self.now = reading_cache.time.time_ns() + HOUR
        monkeypatch.setattr(reading_cache.time, "time_ns", lambda: self.now)

    def night(self, limits: Limits | None = None, *, hours: int = 24) -> tuple[list[str], list[str]]:
        tried: list[str] = []

        def read(files: Sequence[Found]) -> list[Read]:
            tried.extend(file.path for file in files)
            return [
                Read(read_bytes(file, Limits())[1], None, "F08" if file.path in self.slow else "F01") for file in files
            ]

        files, kept = walk(self.inbox), KeptFile(self.path)
        cache = ReadingCache(kept, rulebook(), limits)
        reads = cache.read(files, read)
        cache.keep()
        kept.write()
        self.now += hours * HOUR
        return tried, [file.path for file, reading in zip(files, reads, strict=True) if reading.code == "F08"]


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    return Nights(tmp_path, monkeypatch)


BOTH = ["a.xlsx", "c.xlsx"]


def test_last_on_the_second_night_then_once_a_week(nights: Nights) -> None:
    assert nights.night() == (["a.xlsx", "b.xlsx", "c.xlsx"], BOTH)
    (nights.inbox / "b.xlsx").write_bytes(b"quick and new")
    assert nights.night() == (["b.xlsx", *BOTH], BOTH)
    assert [nights.night() for _ in range(6)] == [([], BOTH)] * 6
    assert nights.night() == (BOTH, BOTH)
    assert nights.night() == ([], BOTH)


def test_the_week_begins_with_the_last_try(nights: Nights) -> None:
    nights.night()
    nights.night(hours=0)
    nights.now += REST_NS - 1
    assert nights.night(hours=0) == ([], BOTH)
    nights.now += 1
    assert nights.night(hours=0) == (BOTH, BOTH)


def test_one_loaded_night_costs_nothing(nights: Nights) -> None:
    nights.night()
    nights.slow = set()
    assert nights.night() == (BOTH, [])
    nights.slow = set(BOTH)
    (nights.inbox / "a.xlsx").write_bytes(b"slow and new")
    (nights.inbox / "c.xlsx").write_bytes(b"slow and new too")
    assert nights.night() == (BOTH, BOTH)
    # It is the first of two again.
    assert nights.night() == (BOTH, BOTH)
    assert nights.night() == ([], BOTH)


def test_another_content_is_another_file(nights: Nights) -> None:
    nights.night()
    nights.night()
    (nights.inbox / "a.xlsx").write_bytes(b"slow two")
    assert nights.night() == (["a.xlsx"], BOTH)
    # Another name and another time are not.
    (nights.inbox / "c.xlsx").rename(nights.inbox / "d.xlsx")
    os.utime(nights.inbox / "d.xlsx", ns=(5, 5))
    nights.slow |= {"d.xlsx"}
    assert nights.night() == (["a.xlsx"], ["a.xlsx", "d.xlsx"])


def test_other_limits_and_another_program_wake_it(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    nights.night()
    nights.night()
    assert nights.night() == ([], BOTH)
    assert set(nights.night(Limits(cpu_seconds=99))[0]) >= set(BOTH)
    nights.night()
    nights.night()
    monkeypatch.setattr(reading_cache, "program_key", lambda: "another")
    assert set(nights.night()[0]) >= set(BOTH)


def test_a_clock_that_was_put_back_wakes_it(nights: Nights) -> None:
    nights.night()
    nights.night()
    nights.now -= 100 * 24 * HOUR
    assert set(nights.night()[0]) >= set(BOTH)


@pytest.mark.parametrize(
    "section",
    [
        b"",
        b"[]",
        b"null",
        b'{"key": "KEY", "files": []}',
        b'{"key": "KEY", "files": {"SHA": 1}}',
        b'{"key": "KEY", "files": {"SHA": [8, 2]}}',
        b'{"key": "KEY", "files": {"SHA": [8, "2", 5]}}',
        b'{"key": "KEY", "files": {"SHA": [8, 2, 1e400]}}',
        b'{"key": "KEY", "files": {"SHA": [8, 2, -5]}}',
        b"[" * 100_000,
        b"\xff\x00",
    ],
)
def test_what_nobody_wrote_counts_as_nothing(nights: Nights, section: bytes) -> None:
    nights.night()
    nights.night()
    kept = KeptFile(nights.path)
    stated = json.loads(bytes(kept.section("slow") or b""))
    sha256 = next(iter(stated["files"]))
    kept.put("slow", section.replace(b"KEY", stated["key"].encode()).replace(b"SHA", sha256.encode()))
    kept.write()
    assert nights.night() == (BOTH, BOTH)
