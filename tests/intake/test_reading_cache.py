"""The readings kept from night to night: what is known is not read again, and nothing is believed that may be wrong."""

from __future__ import annotations

import os
import pickle
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfbatch.intake import reading_cache
from perfbatch.intake.inbox import Found, walk
from perfbatch.intake.reading_cache import ReadingCache, reader_key
from perfbatch.intake.reading_pool import Read, read_one
from perfbatch.kept.cache_file import CACHE_NAME
from perfbatch.model.limits import Limits
from perfbatch.rulebook.model import CardBlock, Rulebook
from tests.conftest import lay, workbook
from tests.workbooks import rulebook

GOOD = {
    "甲.xlsx": workbook(),
    "乙.xlsx": workbook(budget_code="900002", unit_name="乙局", revenue_total=["501万元", 500]),
    "不是.xlsx": b"no workbook at all",
}
LATER = 3_600_000_000_000


class Nights:
    """Nights over one inbox; `again` lists the paths that each had to read."""

    def __init__(self, folder: Path) -> None:
        self.inbox = lay(folder / "inbox", GOOD)
        self.path = folder / CACHE_NAME
        self.again: list[list[str]] = []

    def night(self, form: Rulebook | None = None, limits: Limits | None = None) -> list[Read]:
        form = form or rulebook()

        def read(found: Sequence[Found]) -> list[Read]:
            again.extend(one.path for one in found)
            return [read_one(one, form, limits) for one in found]

        again: list[str] = []
        found = walk(self.inbox)
        cache = ReadingCache(self.path, form, limits)
        reads = cache.read(found, read)
        assert cache.recalled == len(found) - len(again)
        cache.keep()
        self.again.append(again)
        assert reads == [read_one(one, form, limits) for one in found]
        return reads


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


@pytest.fixture
def hours_pass(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on the program's clock is an hour on, so that the inbox was at rest when it is hashed."""

    def pass_() -> None:
        now = reading_cache.time.time_ns
        monkeypatch.setattr(reading_cache.time, "time_ns", lambda: now() + LATER)

    return pass_


@pytest.fixture
def no_hashing(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on a file that is looked at past the gate fails the test."""

    def forbid() -> None:
        def never(found: Found, limits: Limits | None = None) -> tuple[bytes, str]:
            raise AssertionError(found.path)

        monkeypatch.setattr(reading_cache, "read_bytes", never)

    return forbid


def test_what_did_not_change_is_not_read_again(
    nights: Nights, hours_pass: Callable[[], None], no_hashing: Callable[[], None]
) -> None:
    hours_pass()
    first = nights.night()
    no_hashing()
    assert nights.night() == first
    assert nights.again == [sorted(GOOD, key=os.fsencode), []]


def test_a_file_that_was_written_just_now_is_hashed_and_not_read(nights: Nights) -> None:
    nights.night()
    nights.night()
    assert nights.again[1] == []


def test_a_changed_file_is_read_again(nights: Nights, hours_pass: Callable[[], None]) -> None:
    hours_pass()
    nights.night()
    (nights.inbox / "乙.xlsx").write_bytes(workbook(budget_code="900002", unit_name="乙局"))
    nights.night()
    assert nights.again[1] == ["乙.xlsx"]


def rewritten_within_a_tick(nights: Nights) -> Found:
    """乙 rewritten with another content of the same length, in the same place and by the same clock."""
    path = nights.inbox / "不是.xlsx"
    before = next(one for one in walk(nights.inbox) if one.path == path.name)
    with path.open("r+b") as stream:
        stream.write(b"NO")
    os.utime(path, ns=(before.mtime_ns, before.mtime_ns))
    return before


@pytest.mark.parametrize("at_rest", [False, True])
def test_a_rewrite_that_no_clock_shows_is_seen_unless_the_file_was_at_rest(
    nights: Nights, hours_pass: Callable[[], None], at_rest: bool
) -> None:
    if at_rest:
        hours_pass()
    nights.night()
    found = rewritten_within_a_tick(nights)
    again: list[str] = []

    def read(some: Sequence[Found]) -> list[Read]:
        again.extend(one.path for one in some)
        return [read_one(one, rulebook()) for one in some]

    ReadingCache(nights.path, rulebook()).read([found], read)
    # Nothing can be told of a clock that stands still for an hour; of one that ticks too seldom, it can.
    assert again == ([] if at_rest else ["不是.xlsx"])


def test_a_time_put_back_does_not_hide_a_change(nights: Nights, hours_pass: Callable[[], None]) -> None:
    hours_pass()
    nights.night()
    rewritten_within_a_tick(nights)
    nights.night()
    assert nights.again[1] == ["不是.xlsx"]


def test_a_content_under_another_name_is_known_and_says_its_new_name(nights: Nights) -> None:
    nights.night()
    (nights.inbox / "乙.xlsx").rename(nights.inbox / "乙（改名）.xlsx")
    reads = nights.night()
    assert nights.again[1] == []
    moved = next(read.submission for read in reads if read.submission and read.submission.unit_name == "乙局")
    assert {moved.file, *(finding.file for finding in moved.findings)} == {"乙（改名）.xlsx"}
    nights.night()
    assert nights.again[2] == []


def with_another_label(form: Rulebook) -> Rulebook:
    at = next(number for number, section in enumerate(form.sections) if section.blocks)
    section = form.sections[at]
    block = section.blocks[0]
    assert isinstance(block, CardBlock)
    field = block.fields[0].model_copy(update={"label": "别名"})
    blocks = (block.model_copy(update={"fields": (field, *block.fields[1:])}), *section.blocks[1:])
    changed = section.model_copy(update={"blocks": blocks})
    return form.model_copy(update={"sections": (*form.sections[:at], changed, *form.sections[at + 1 :])})


def test_the_key_follows_the_form_the_limits_and_the_program_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    form = rulebook()
    key = reader_key(form)
    assert reader_key(form.model_copy()) == key
    checks = tuple(check.model_copy(update={"severity": "info"}) for check in form.checks)
    assert reader_key(form.model_copy(update={"checks": checks})) == key
    others = {
        reader_key(with_another_label(form)),
        reader_key(form.model_copy(update={"form_version": "2021"})),
        reader_key(form.model_copy(update={"fiscal_year": 2021})),
        reader_key(form, Limits(rows=9)),
    }
    monkeypatch.setattr(reading_cache, "program_key", lambda: "another")
    others.add(reader_key(form))
    assert len(others - {key}) == 5


@pytest.mark.parametrize("what", ["form", "limits", "program"])
def test_readings_under_another_key_are_forgotten(nights: Nights, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    nights.night()
    if what == "program":
        monkeypatch.setattr(reading_cache, "program_key", lambda: "another")
    form = with_another_label(rulebook()) if what == "form" else None
    nights.night(form, Limits(rows=9_999) if what == "limits" else None)
    assert nights.again[1] == nights.again[0]
    assert stored(nights.path) == len(GOOD)


def stored(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM reading").fetchone()[0])
    finally:
        connection.close()


def test_entries_that_are_gone_are_forgotten(nights: Nights) -> None:
    nights.night()
    (nights.inbox / "乙.xlsx").unlink()
    nights.night()
    assert stored(nights.path) == len(GOOD) - 1


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        (Read("1" * 64, None, "F03"), 1),
        (Read("1" * 64, None, "F08"), 0),
        (Read("1" * 64, None, "F11"), 0),
        (Read("", None, "F10", "没有读取权限"), 0),
        (Read("1" * 64, None, "F03", fault="KeyError at reader.py:1"), 0),
    ],
)
def test_verdicts_of_the_hour_are_not_kept(nights: Nights, read: Read, kept: int) -> None:
    found = walk(nights.inbox)[:1]
    cache = ReadingCache(nights.path, rulebook())
    assert cache.read(found, lambda some: [read]) == [read]
    assert not nights.path.exists()
    cache.keep()
    assert stored(nights.path) == kept


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=40), cut=st.floats(0, 1))
def test_a_damaged_cache_is_never_believed(nights: Nights, places: list[tuple[float, int]], cut: float) -> None:
    nights.path.unlink(missing_ok=True)
    nights.night()
    content = bytearray(nights.path.read_bytes())
    for place, mask in places:
        content[int(place * (len(content) - 1))] ^= mask
    nights.path.write_bytes(bytes(content) if cut < 0.7 else bytes(content[: int(cut * len(content))]))
    # `night` holds each reading against a fresh one.
    nights.night()
    nights.night()


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_cache_that_is_none_is_begun_anew(nights: Nights, content: bytes) -> None:
    nights.path.write_bytes(content)
    nights.night()
    nights.night()
    assert nights.again == [sorted(GOOD, key=os.fsencode), []]


class Mark:
    """An object that would leave a mark if it were unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


def plant(path: Path, thing: object) -> None:
    """Put something in the place of every reading, with checksums that are right."""
    planted, key = zlib.compress(pickle.dumps(thing)), reader_key(rulebook())
    with closing(sqlite3.connect(path)) as connection, connection:
        gates = "SELECT path, size, mtime_ns, ctime_ns, inode, hashed_ns, sha256 FROM reading"
        for name, *gate in connection.execute(gates).fetchall():
            checksum = reading_cache._checksum(key, name, reading_cache._Gate(*gate), planted)
            connection.execute("UPDATE reading SET reading = ?, checksum = ? WHERE path = ?", (planted, checksum, name))


def test_the_reading_of_another_file_is_not_believed(nights: Nights, hours_pass: Callable[[], None]) -> None:
    """As when an index leads astray."""
    hours_pass()
    nights.night()
    with closing(sqlite3.connect(nights.path)) as connection, connection:
        one, other = (
            connection.execute("SELECT reading, checksum FROM reading WHERE path = ?", (name,)).fetchone()
            for name in ("甲.xlsx", "乙.xlsx")
        )
        for name, row in (("甲.xlsx", other), ("乙.xlsx", one)):
            connection.execute("UPDATE reading SET reading = ?, checksum = ? WHERE path = ?", (*row, name))
    nights.night()
    assert nights.again[1] == ["乙.xlsx", "甲.xlsx"]


def test_a_reading_that_somebody_planted_runs_nothing(nights: Nights, tmp_path: Path) -> None:
    nights.night()
    plant(nights.path, Mark(tmp_path / "mark"))
    nights.night()
    assert nights.again[1] == nights.again[0]
    assert not (tmp_path / "mark").exists()


def test_where_there_can_be_no_cache_everything_is_read(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.path = tmp_path / "no such folder" / CACHE_NAME
    nights.night()
    nights.night()
    assert nights.again == [sorted(GOOD, key=os.fsencode)] * 2
    assert not nights.path.parent.exists()


def test_a_night_that_is_not_kept_leaves_the_cache_as_it_was(nights: Nights) -> None:
    nights.night()
    before = nights.path.read_bytes()
    (nights.inbox / "乙.xlsx").write_bytes(workbook(budget_code="900002", unit_name="乙局"))
    found = walk(nights.inbox)
    cache = ReadingCache(nights.path, rulebook())
    cache.read(found, lambda some: [read_one(one, rulebook()) for one in some])
    assert nights.path.read_bytes() == before
    assert sorted(path.name for path in nights.path.parent.iterdir()) == [CACHE_NAME, "inbox"]
    cache.keep()
    assert nights.path.read_bytes() != before


def test_a_reading_of_another_shape_is_not_believed(nights: Nights) -> None:
    nights.night()
    plant(nights.path, "a text")
    nights.night()
    assert nights.again[1] == nights.again[0]
