"""The readings kept from night to night: what is known is not read again, and nothing is believed that may be wrong."""

from __future__ import annotations

import contextlib
import os
import pickle
import stat
import tracemalloc
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfbatch.intake import reading_cache
from perfbatch.intake.answers import packed_reads
from perfbatch.intake.inbox import Found, read_bytes, walk
from perfbatch.intake.reading_cache import ReadingCache, reader_key
from perfbatch.intake.reading_pool import Read, read_one
from perfbatch.intake.readings_kept import KeptReading, readings_as_bytes, readings_in
from perfbatch.kept.cache_file import BESIDE_NAME, CACHE_NAME, KeptFile
from perfbatch.kept.deflating import deflated
from perfbatch.model.limits import Limits
from perfbatch.model.message import packed
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

        def read(unread: Sequence[Found]) -> list[Read]:
            again.extend(entry.path for entry in unread)
            return [read_one(entry, form, limits) for entry in unread]

        again: list[str] = []
        files = walk(self.inbox)
        kept = KeptFile(self.path)
        cache = ReadingCache(kept, form, limits)
        reads = cache.read(files, read)
        assert cache.recalled == len(files) - len(again)
        cache.keep()
        with contextlib.suppress(OSError):
            kept.write()
        self.again.append(again)
        assert reads == [read_one(entry, form, limits) for entry in files]
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
        def never(file: Found, limits: Limits | None = None) -> tuple[bytes, str]:
            raise AssertionError(file.path)

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
    before = next(node for node in walk(nights.inbox) if node.path == path.name)
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
    file = rewritten_within_a_tick(nights)
    again: list[str] = []

    def read(some: Sequence[Found]) -> list[Read]:
        again.extend(entry.path for entry in some)
        return [read_one(entry, rulebook()) for entry in some]

    ReadingCache(KeptFile(nights.path), rulebook()).read([file], read)
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
    moved = next(read.submission for read in reads if read.submission and read.submission.entity_title == "乙局")
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


def test_the_key_follows_what_a_word_for_none_counts() -> None:
    """Whether 无 is a 0 is decided when a cell is read."""
    form = rulebook()
    indicators = tuple(
        indicator.model_copy(update={"rule": indicator.rule.model_copy(update={"none_is_zero": False})})
        if indicator.rule.none_is_zero_of()
        else indicator
        for indicator in form.indicators
    )
    assert indicators != form.indicators
    assert reader_key(form.model_copy(update={"indicators": indicators})) != reader_key(form)


@pytest.mark.parametrize("what", ["form", "limits", "program"])
def test_readings_under_another_key_are_forgotten(nights: Nights, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    nights.night()
    if what == "program":
        monkeypatch.setattr(reading_cache, "program_key", lambda: "another")
    form = with_another_label(rulebook()) if what == "form" else None
    nights.night(form, Limits(rows=9_999) if what == "limits" else None)
    assert nights.again[1] == nights.again[0]
    assert len(index(nights.path)) == len(GOOD)


def index(path: Path) -> dict[str, KeptReading]:
    """The entries that are kept."""
    section = KeptFile(path).section("readings")
    assert section is not None
    return readings_in(section)[0]


def test_entries_that_are_gone_are_forgotten(nights: Nights) -> None:
    nights.night()
    (nights.inbox / "乙.xlsx").unlink()
    nights.night()
    assert len(index(nights.path)) == len(GOOD) - 1


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        (Read("1" * 64, None, "F03"), 1),
        (Read("1" * 64, None, "F08"), 0),
        (Read("1" * 64, None, "F11"), 0),
        (Read("", None, "F10", "没有读取权限"), 0),
        (Read("1" * 64, None, "F14", fault="KeyError at reader.py:1"), 0),
    ],
)
def test_verdicts_of_the_hour_are_not_kept(nights: Nights, read: Read, kept: int) -> None:
    files = walk(nights.inbox)[:1]
    file = KeptFile(nights.path)
    cache = ReadingCache(file, rulebook())
    assert cache.read(files, lambda some: [read]) == [read]
    cache.keep()
    assert not nights.path.exists()
    file.write()
    assert len(index(nights.path)) == kept


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def plant(path: Path, section: bytes) -> None:
    """Put something in the place of all readings, with a checksum that is right."""
    kept = KeptFile(path)
    kept.put("readings", section)
    kept.write()


def planted(path: Path, *answers: bytes) -> None:
    """Put answers in the place of all that are kept, the index left as it is."""
    plant(path, readings_as_bytes(index(path), answers))


@pytest.mark.parametrize("where", ["file", "section", "answer", "inflated answer"])
def test_a_reading_that_somebody_planted_runs_nothing(nights: Nights, tmp_path: Path, where: str) -> None:
    nights.night()
    mark = pickle.dumps(Mark(tmp_path / "mark"))
    if where == "file":
        nights.path.write_bytes(mark)
    elif where == "section":
        plant(nights.path, mark)
    else:
        planted(nights.path, deflated(mark) if where == "inflated answer" else mark)
    nights.night()
    assert nights.again[1] == nights.again[0]
    assert not (tmp_path / "mark").exists()
    nights.night()
    assert nights.again[2] == []


def test_the_reading_of_another_file_is_not_believed(nights: Nights, hours_pass: Callable[[], None]) -> None:
    """As when an index leads astray."""
    hours_pass()
    nights.night()
    entries = index(nights.path)
    first, second = (entries[name] for name in ("甲.xlsx", "乙.xlsx"))
    entries["甲.xlsx"] = first._replace(answer=second.answer, place=second.place)
    entries["乙.xlsx"] = second._replace(place=99)
    section = KeptFile(nights.path).section("readings")
    assert section is not None
    plant(nights.path, readings_as_bytes(entries, readings_in(section)[1]))
    nights.night()
    assert nights.again[1] == ["乙.xlsx", "甲.xlsx"]


def test_a_few_bytes_that_inflate_to_very_many_are_not_inflated(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights.night()
    bomb = deflated(bytes(200 * 1024**2))
    assert len(bomb) < 10**6
    tracemalloc.start()
    for answer in (bomb, (10**3).to_bytes(8, "little") + bomb[8:]):
        planted(nights.path, answer)
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        nights.night()
        assert tracemalloc.get_traced_memory()[1] - before < 30 * 1024**2
        assert nights.again[-1] == nights.again[0]
    tracemalloc.stop()
    # Nor is what is within the limit of one answer, and past what all of them may be.
    monkeypatch.setattr(reading_cache, "_INFLATED_BYTES", 0)
    monkeypatch.setattr(reading_cache, "_INFLATED_BYTES_A_FILE", 10)
    nights.night()
    assert nights.again[-1] == nights.again[0]


def test_what_is_nobodys_any_more_is_given_up(nights: Nights) -> None:
    """Night after night one of three workbooks changes: what is kept does not grow."""
    sizes = []
    for night in range(12):
        content = workbook(budget_code="900002", unit_name="乙局", on_post_staff=night)
        (nights.inbox / "乙.xlsx").write_bytes(content)
        nights.night()
        sizes.append(nights.path.stat().st_size)
        assert nights.again[-1] == (sorted(GOOD, key=os.fsencode) if night == 0 else ["乙.xlsx"])
    assert max(sizes[6:]) <= max(sizes[:6]) + 500


@pytest.mark.parametrize("moment", [2**63 - 1, 2**63, 10**19, -(2**63), -(2**63) - 1])
@pytest.mark.parametrize("what", ["mtime_ns", "ctime_ns"])
def test_a_file_of_another_century_is_known_by_its_content(
    nights: Nights, monkeypatch: pytest.MonkeyPatch, moment: int, what: str
) -> None:
    odd_night(nights, monkeypatch, **{what: moment})


@pytest.mark.parametrize("inode", [2**63, 2**64 - 1, 2**64, 2**100])
def test_a_file_of_a_large_inode_is_known(nights: Nights, monkeypatch: pytest.MonkeyPatch, inode: int) -> None:
    odd_night(nights, monkeypatch, inode=inode)


def odd_night(nights: Nights, monkeypatch: pytest.MonkeyPatch, **odd: int) -> None:
    """Two nights over entries of which the file system says such things."""
    files = [replace(entry, **odd) for entry in walk(nights.inbox)]
    monkeypatch.setattr(reading_cache, "read_bytes", lambda entry, _: read_bytes(walked[entry.path]))
    walked = {entry.path: entry for entry in walk(nights.inbox)}
    for again in (len(files), 0):
        kept, read_again = KeptFile(nights.path), list[str]()

        def read(some: Sequence[Found], noted: list[str] = read_again) -> list[Read]:
            noted.extend(entry.path for entry in some)
            return [read_one(walked[entry.path], rulebook()) for entry in some]

        cache = ReadingCache(kept, rulebook())
        assert cache.read(files, read) == [read_one(walked[entry.path], rulebook()) for entry in files]
        cache.keep()
        kept.write()
        assert len(read_again) == again


# ---------------------------------------------------------------------- what lies in its place


@pytest.mark.skipif(os.name != "posix", reason="there are no pipes in folders")
@pytest.mark.parametrize("name", [CACHE_NAME, BESIDE_NAME])
@pytest.mark.parametrize("what", ["pipe", "link", "dangling link"])
def test_a_pipe_or_a_link_in_its_place_is_neither_waited_for_nor_followed(
    nights: Nights, tmp_path: Path, name: str, what: str
) -> None:
    nights.night()
    elsewhere, place = tmp_path / "elsewhere", nights.path.with_name(name)
    nights.path.rename(elsewhere)
    if what == "dangling link":
        elsewhere.unlink()
    before = elsewhere.read_bytes() if elsewhere.exists() else None
    if what == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(elsewhere)
    nights.night()
    assert nights.again[1] == nights.again[0]
    assert (elsewhere.read_bytes() if elsewhere.exists() else None) == before
    assert stat.S_ISREG(nights.path.lstat().st_mode)
    assert not nights.path.with_name(BESIDE_NAME).exists()
    nights.night()
    assert nights.again[2] == []


@pytest.mark.skipif(os.name != "posix", reason="files have no owners' bits there")
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_one_that_others_can_write_to_is_not_believed(nights: Nights, mode: int) -> None:
    nights.night()
    nights.path.chmod(mode)
    nights.night()
    assert nights.again[1] == nights.again[0]
    assert stat.S_IMODE(nights.path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="files have no owners there")
def test_one_of_another_owner_is_not_believed(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    nights.night()
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 12345)
        nights.night()
    assert nights.again[1] == nights.again[0]


@pytest.mark.skipif(os.name != "posix", reason="there is no umask there")
@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_it_is_its_owners_alone(nights: Nights, umask: int) -> None:
    usual = os.umask(umask)
    try:
        nights.night()
    finally:
        os.umask(usual)
    assert stat.S_IMODE(nights.path.stat().st_mode) == 0o600
    nights.night()
    assert nights.again[1] == []


def test_a_folder_in_its_place_is_left_alone(nights: Nights) -> None:
    (nights.path / "x").mkdir(parents=True)
    nights.night()
    nights.night()
    assert nights.again[1] == nights.again[0]
    with pytest.raises(IsADirectoryError):
        KeptFile(nights.path).write()
    assert sorted(path.name for path in nights.path.parent.iterdir()) == [CACHE_NAME, "inbox"]


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
    files = walk(nights.inbox)
    kept = KeptFile(nights.path)
    cache = ReadingCache(kept, rulebook())
    cache.read(files, lambda some: [read_one(entry, rulebook()) for entry in some])
    cache.keep()
    assert nights.path.read_bytes() == before
    assert sorted(path.name for path in nights.path.parent.iterdir()) == [CACHE_NAME, "inbox"]
    kept.write()
    assert nights.path.read_bytes() != before


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        deflated(b""),
        deflated(packed("a text")),
        deflated(packed({"reads": []})),
        zlib.compress(packed([])),
        packed_reads([Read("0" * 64, None, "F03")] * 3, 10**6),
    ],
)
def test_a_reading_of_another_shape_is_not_believed(nights: Nights, answer: bytes) -> None:
    nights.night()
    planted(nights.path, answer)
    nights.night()
    assert nights.again[1] == nights.again[0]
