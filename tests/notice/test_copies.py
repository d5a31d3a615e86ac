"""Notices from night to night: one that did not change keeps its day and is copied, and only as it was written."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfbatch import batch, publishing
from perfbatch.history.reading import notice_days
from perfbatch.history.record import HISTORY_NAME
from perfbatch.intake.inbox import found_at, read_bytes
from perfbatch.kept.cache_file import CACHE_NAME, KeptFile
from perfbatch.kept.deflating import deflated, inflated
from perfbatch.model.message import packed, unpacked
from perfbatch.notice import NoticeHeading
from perfbatch.notice import copies as notice_copies
from perfbatch.notice import key as notice_key
from perfbatch.notice.copies import earlier_notices, keep_notices
from perfbatch.notice.order import NoticeOrder
from perfbatch.notice.pool import NoticePool
from perfbatch.outbox import exchange
from perfbatch.outbox.durable import NotWritten
from perfbatch.publishing import NightPlan, run_night
from perfbatch.report.report import REPORT_NAME
from perfbatch.roster import Roster, RosterEntry
from perfbatch.rulebook.load import LoadedRulebook
from tests.conftest import lay, workbook
from tests.notice.workbooks import finding, form

A, B = "notices/yunxi-2020/900001-甲局.xlsx", "notices/yunxi-2020/900002-乙局.xlsx"
SUMMARY = "district-summary-2020.xlsx"


class Nights:
    """Nights over one inbox, each on a day of July 2021; `made` lists the notices that the last one made."""

    def __init__(self, folder: Path, loaded: LoadedRulebook, monkeypatch: pytest.MonkeyPatch) -> None:
        self.inbox, self.outbox, self.loaded, self.day = folder / "inbox", folder / "outbox", loaded, 0
        self.made: list[str] = []
        self.put("甲.xlsx", "900001", on_post_staff=27)
        self.put("乙.xlsx", "900002", on_post_staff=26)
        self.put("丙.xlsx", "900003")
        write = NoticeOrder.write

        def noting(order: NoticeOrder, path: Path) -> str:
            self.made.append(f"notices/yunxi-2020/{path.name}")
            return write(order, path)

        monkeypatch.setattr(NoticeOrder, "write", noting)
        monkeypatch.setattr(batch, "_now", lambda: datetime(2021, 7, self.day, 1, tzinfo=UTC))
        monkeypatch.setattr(secrets, "token_hex", lambda _: "night")

    def put(self, name: str, code: str, **changes: Any) -> None:
        unit = name.removesuffix(".xlsx") + "局"
        lay(self.inbox, {name: workbook(budget_code=code, unit_name=unit, **changes)})

    def night(self, day: int, **options: Any) -> dict[str, bytes]:
        """The notices of a night, path in the outbox → content."""
        self.made.clear()
        self.day = day
        run_night(NightPlan(self.inbox, self.outbox, self.loaded, **options))
        self.made.sort()
        return {
            f"notices/yunxi-2020/{path.name}": path.read_bytes()
            for path in sorted((self.outbox / "notices" / "yunxi-2020").iterdir())
        }

    def days(self) -> dict[str, str]:
        """核对日期 of each notice."""
        return {name: _day_of(self.outbox / name) for name in (A, B) if (self.outbox / name).exists()}


def _day_of(path: Path) -> str:
    sheet = openpyxl.load_workbook(path)["整改通知"]
    (line,) = [str(cell.value) for (cell,) in sheet["A1:A6"] if "核对日期" in str(cell.value)]
    return line.split("核对日期：")[1].split("　")[0].removeprefix("2021年")


@pytest.fixture
def nights(tmp_path: Path, loaded: LoadedRulebook, monkeypatch: pytest.MonkeyPatch) -> Nights:
    return Nights(tmp_path, loaded, monkeypatch)


@pytest.fixture(params=["exchange", "journal"])
def switched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of replacing the outbox."""
    if request.param == "journal":
        monkeypatch.setattr(exchange, "prepare", lambda *_: False)


def _told(outbox: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((outbox / REPORT_NAME).read_text("utf-8"))
    return {name: value for name, value in report.items() if name != "phases"}


def _cells(outbox: Path) -> dict[str, list[Any]]:
    """All sheets of the summary but 运行记录, which tells of the hour."""
    book = openpyxl.load_workbook(outbox / SUMMARY)
    return {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in book if sheet.title != "运行记录"}


@pytest.mark.usefixtures("switched")
def test_the_second_night_makes_none_and_is_a_full_night_all_the_same(nights: Nights) -> None:
    first = nights.night(20)
    assert nights.made == [A, B]
    shutil.copytree(nights.outbox, nights.outbox.with_name("other"))
    second = nights.night(21)
    assert (nights.made, second) == ([], first)
    quick = nights.outbox
    nights.outbox = quick.with_name("other")
    assert nights.night(21, cached=False) == first
    assert nights.made == [A, B]
    assert _told(quick) == _told(nights.outbox)
    assert _cells(quick) == _cells(nights.outbox)
    for outbox in (quick, nights.outbox):
        assert not [path.name for path in (*outbox.iterdir(), *outbox.parent.iterdir()) if ".perfbatch-" in path.name]


@pytest.mark.usefixtures("switched")
def test_a_day_stays_until_something_changes(nights: Nights) -> None:
    nights.night(20)
    nights.night(21)
    nights.night(22)
    assert (nights.made, nights.days()) == ([], {A: "7月20日", B: "7月20日"})
    nights.put("乙.xlsx", "900002", on_post_staff=25)
    nights.night(23)
    assert (nights.made, nights.days()) == ([B], {A: "7月20日", B: "7月23日"})
    nights.night(24, cached=False)
    assert (nights.made, nights.days()) == ([A, B], {A: "7月20日", B: "7月23日"})
    nights.night(25)
    assert (nights.made, nights.days()) == ([], {A: "7月20日", B: "7月23日"})


B_ENTRY = RosterEntry("900002", "乙局")


def _finding_changed(nights: Nights, _: pytest.MonkeyPatch) -> dict[str, Any]:
    # The bureau's own figure is another one; the workbook stays the same.
    figures = {"authorized_posts": 29_000_000}
    return {"rosters": {nights.loaded.rulebook.id: Roster((RosterEntry("900001", "甲局", figures=figures), B_ENTRY))}}


def _review(nights: Nights, _: pytest.MonkeyPatch) -> dict[str, Any]:
    reviews = {("900001", "staff_control_rate"): (1_000_000, "超编")}
    return {"rosters": {nights.loaded.rulebook.id: Roster((RosterEntry("900001", "甲局"), B_ENTRY), reviews)}}


def _deadline(nights: Nights, _: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"deadline": date(2021, 12, 31)}


def _workbook(nights: Nights, _: pytest.MonkeyPatch) -> dict[str, Any]:
    nights.put("甲.xlsx", "900001", on_post_staff=27, filler_name="别人")
    return {}


def _program(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(notice_key, "program_key", lambda: "another")
    return {}


def _issuer(nights: Nights, _: pytest.MonkeyPatch) -> dict[str, Any]:
    form = nights.loaded.rulebook.model_copy(update={"issuer": "某区财政局"})
    nights.loaded = replace(nights.loaded, rulebook=form)
    return {}


@pytest.mark.parametrize(
    ("change", "made"),
    [
        (_finding_changed, [A]),
        (_review, [A]),
        (_deadline, [A, B]),
        (_workbook, [A]),
        (_program, [A, B]),
        (_issuer, [A, B]),
    ],
)
@pytest.mark.parametrize("cached", [True, False])
def test_what_changed_is_made_again_with_the_day_of_the_night(
    nights: Nights,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[..., dict[str, Any]],
    made: list[str],
    cached: bool,
) -> None:
    first = nights.night(20)
    second = nights.night(21, **change(nights, monkeypatch), cached=cached)
    assert nights.made == (made if cached else [A, B])
    assert nights.days() == {name: "7月21日" if name in made else "7月20日" for name in (A, B)}
    assert {name for name in first if first[name] != second[name]} == set(made)


def test_a_workbook_in_another_place_of_the_inbox_has_the_same_notice(nights: Nights) -> None:
    first = nights.night(20)
    (nights.inbox / "新").mkdir()
    (nights.inbox / "甲.xlsx").rename(nights.inbox / "新" / "重报.xlsx")
    assert (nights.night(21), nights.made) == (first, [])


def test_the_row_is_broken_by_a_night_without_the_notice_and_not_by_another_years(
    nights: Nights,
) -> None:
    nights.night(20)
    other = nights.loaded.rulebook.model_copy(update={"fiscal_year": 2021})
    this, nights.loaded = nights.loaded, replace(nights.loaded, rulebook=other)
    nights.night(21)
    nights.loaded = this
    nights.night(22)
    assert nights.days() == {A: "7月20日", B: "7月20日"}
    nights.put("乙.xlsx", "900002")
    nights.night(23)
    nights.put("乙.xlsx", "900002", on_post_staff=26)
    nights.night(24)
    assert nights.days() == {A: "7月20日", B: "7月24日"}


def test_a_day_that_is_still_to_come_is_not_believed(nights: Nights) -> None:
    nights.night(30)
    nights.night(20)
    assert (nights.made, nights.days()) == ([A, B], {A: "7月20日", B: "7月20日"})


def _edit(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    book["整改通知"]["A1"] = "已阅"
    book.save(path)


def _grow(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"\0")


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _remove(path: Path) -> None:
    path.unlink()


def _link(path: Path) -> None:
    path.rename(path.with_name("~$x"))
    path.symlink_to("~$x")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _others(path: Path) -> None:
    shutil.copyfile(path.parent / B.removeprefix("notices/yunxi-2020/"), path)


def _huge(path: Path) -> None:
    os.truncate(path, notice_copies._LARGEST + 1)


@pytest.mark.parametrize("harm", [_edit, _grow, _truncate, _one_bit, _remove, _link, _pipe, _others, _huge])
def test_a_notice_that_is_not_as_it_was_written_is_made_again(nights: Nights, harm: Callable[[Path], None]) -> None:
    first = nights.night(20)
    harm(nights.outbox / A)
    second = nights.night(21)
    assert nights.made == [A]
    assert {name: second[name] for name in (A, B)} == first
    assert (nights.outbox / A).is_file()
    assert not (nights.outbox / A).is_symlink()


def _no_cache(path: Path) -> None:
    path.unlink()


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def _put(path: Path, section: bytes) -> None:
    """Put something in the place of what is kept of the notices, with checksums that are right."""
    kept = KeptFile(path)
    kept.put("notices", section)
    kept.write()


def _rows(path: Path) -> list[list[str]]:
    section = KeptFile(path).section("notices")
    assert section is not None
    rows: list[list[str]] = unpacked(inflated(section, 10**6))[0]
    return rows


def _another_shape(path: Path) -> None:
    _put(path, deflated(packed([{"key": 1}])))


def _another_format(path: Path) -> None:
    _put(path, pickle.dumps(_rows(path)))


def _hashes_of_others(path: Path) -> None:
    other = hashlib.sha256(b"x").hexdigest()
    _put(path, deflated(packed([[key, day, other] for key, day, _ in _rows(path)])))


def _days_of_others(path: Path) -> None:
    _put(path, deflated(packed([[key, "2021-07-19", sha256] for key, _, sha256 in _rows(path)])))


def _numbers(path: Path) -> None:
    _put(path, deflated(packed([[key, 20210720, 0] for key, _, _ in _rows(path)])))


def _bomb(path: Path) -> None:
    _put(path, deflated(bytes(10**8)))


@pytest.mark.parametrize(
    "harm", [_no_cache, _garbage, _another_shape, _another_format, _hashes_of_others, _days_of_others, _numbers, _bomb]
)
def test_what_is_not_known_is_made_again(nights: Nights, harm: Callable[[Path], None]) -> None:
    first = nights.night(20)
    harm(nights.outbox / CACHE_NAME)
    assert nights.night(21) == first
    assert nights.made == [A, B]
    assert nights.days() == {A: "7月20日", B: "7月20日"}
    assert nights.night(22) == first
    assert nights.made == []


def test_a_night_without_a_history_begins_a_new_row(nights: Nights) -> None:
    nights.night(20)
    (nights.outbox / HISTORY_NAME).unlink()
    nights.night(21)
    assert (nights.made, nights.days()) == ([A, B], {A: "7月21日", B: "7月21日"})


def test_a_run_that_dies_when_all_is_published_and_nothing_kept(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = nights.night(20)
    nights.put("乙.xlsx", "900002", on_post_staff=25)
    with monkeypatch.context() as patch:
        patch.setattr(notice_copies, "keep_notices", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            nights.night(21)
    second = nights.night(22)
    # What the cache knows of B is of another notice.
    assert (nights.made, nights.days()) == ([B], {A: "7月20日", B: "7月21日"})
    assert second[A] == first[A]
    nights.put("乙.xlsx", "900002", on_post_staff=26)
    nights.night(23)
    assert (nights.made, nights.days()) == ([B], {A: "7月20日", B: "7月23日"})


def test_a_night_that_fails_keeps_nothing(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    first = nights.night(20)
    nights.put("乙.xlsx", "900002", on_post_staff=25)
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "write_history", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            nights.night(21)
    assert nights.days() == {A: "7月20日", B: "7月20日"}
    assert notice_days(nights.outbox / HISTORY_NAME, 2020).keys() == {
        key for key, _, _ in _rows(nights.outbox / CACHE_NAME)
    }
    nights.put("乙.xlsx", "900002", on_post_staff=26)
    assert (nights.night(22), nights.made) == (first, [])


def test_without_the_cache_nothing_of_it_is_touched(nights: Nights) -> None:
    nights.night(20, cached=False)
    assert not (nights.outbox / CACHE_NAME).exists()


# ---------------------------------------------------------------------- one by one


@pytest.fixture
def orders(tmp_path: Path) -> dict[str, NoticeOrder]:
    """Orders on one workbook, more than are made here."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(form())
    file = found_at(path)
    sha256 = read_bytes(file)[1]
    return {
        f"notices/{number:06}.xlsx": NoticeOrder(
            file,
            sha256,
            [finding("封面", "B3", message=str(number))],
            NoticeHeading(f"{number:06}", "局", date(2021, 7, 20)),
            f"key {number}",
        )
        for number in range(45)
    }


def _keep(path: Path, orders: Mapping[str, NoticeOrder], hashes: Mapping[str, str]) -> None:
    kept = KeptFile(path)
    keep_notices(kept, orders, hashes)
    kept.write()


def _press(
    orders: Mapping[str, NoticeOrder], outbox: Path, target: Path, workers: int = 2
) -> tuple[dict[str, bytes], dict[str, str], list[int]]:
    """Notices made into a folder with those of an outbox at hand: contents, what is told of them, steps."""
    (target / "notices").mkdir(parents=True)
    steps: list[int] = []
    pool = NoticePool(orders, workers, steps.append, earlier_notices(KeptFile(outbox.with_name(CACHE_NAME)), outbox))
    with pool.started(target) as wait:
        wait()
    return {name: (target / name).read_bytes() for name in orders}, dict(pool.written), steps


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("gone", [0, 3, 30, 45])
def test_copies_and_new_notices_together(
    orders: dict[str, NoticeOrder], tmp_path: Path, workers: int, gone: int
) -> None:
    """A few that are left are made here, many by processes: the same bytes, and all are known of."""
    first, written, steps = _press(orders, tmp_path / "none", tmp_path / "first", workers)
    assert sum(steps) == 45
    assert written == {name: hashlib.sha256(content).hexdigest() for name, content in first.items()}
    _keep(tmp_path / CACHE_NAME, orders, written)
    for name in [*orders][:gone]:
        (tmp_path / "first" / name).unlink()
    second, again, steps = _press(orders, tmp_path / "first", tmp_path / "second", workers)
    assert (second, again, sum(steps)) == (first, written, 45)
    assert steps[: 45 - gone] == [1] * (45 - gone)
    # What did not change is the same file; what is made is written to a file of its own.
    links = {name: (tmp_path / "second" / name).stat().st_nlink for name in orders}
    assert links == {name: 1 if number < gone or os.name != "posix" else 2 for number, name in enumerate(orders)}


def test_the_list_alone_is_not_known_of(orders: dict[str, NoticeOrder], tmp_path: Path) -> None:
    """A workbook that changed while its notice was made: should it change back, the notice is made of it."""
    (tmp_path / "a.xlsx").write_bytes(form() + b" ")
    contents, written, _ = _press(orders, tmp_path / "none", tmp_path / "first")
    assert len(contents) == 45
    assert written == {}


def test_what_is_copied_is_what_would_be_made(orders: dict[str, NoticeOrder], tmp_path: Path) -> None:
    first, written, _ = _press(orders, tmp_path / "none", tmp_path / "first")
    _keep(tmp_path / CACHE_NAME, orders, written)
    name, order = next(iter(orders.items()))
    earlier = earlier_notices(KeptFile(tmp_path / CACHE_NAME), tmp_path / "first")
    assert earlier.copy(name, replace(order, key=""), tmp_path / "x.xlsx") == ""
    later = replace(order, heading=replace(order.heading, run_date=date(2021, 7, 21)))
    assert earlier.copy(name, later, tmp_path / "x.xlsx") == ""
    assert not (tmp_path / "x.xlsx").exists()
    assert earlier.copy(name, order, tmp_path / "x.xlsx") == written[name]
    assert (tmp_path / "x.xlsx").read_bytes() == first[name]


@pytest.fixture
def kept(orders: dict[str, NoticeOrder], tmp_path: Path) -> tuple[str, NoticeOrder, Path, bytes]:
    """One notice that is known: its name, its order, where it lies, its content."""
    first, written, _ = _press(orders, tmp_path / "none", tmp_path / "outbox")
    _keep(tmp_path / CACHE_NAME, orders, written)
    name = next(iter(orders))
    return name, orders[name], tmp_path / "outbox" / name, first[name]


@pytest.mark.skipif(os.name != "posix", reason="nothing is linked there")
@pytest.mark.parametrize("why", ["read-only", "other name", "not ours", "no links", "another file meanwhile"])
def test_what_cannot_be_linked_is_copied(
    kept: tuple[str, NoticeOrder, Path, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    name, order, path, content = kept
    target, link = tmp_path / "x.xlsx", os.link
    earlier = earlier_notices(KeptFile(tmp_path / CACHE_NAME), tmp_path / "outbox")

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError

    def late(source: Path, name: Path, **options: Any) -> None:
        path.with_name("new").write_bytes(b"clerk")
        path.with_name("new").replace(path)
        link(source, name, **options)

    if why == "read-only":
        path.chmod(0o444)
    elif why == "other name":
        link(path, tmp_path / "clerk.xlsx")
    elif why == "not ours":
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    else:
        monkeypatch.setattr(os, "link", refuse if why == "no links" else late)
    assert earlier.copy(name, order, target) != ""
    assert (target.read_bytes(), target.stat().st_nlink) == (content, 1)
    assert path.read_bytes() == (b"clerk" if why == "another file meanwhile" else content)


def test_a_copy_that_cannot_be_put_there_is_a_fault_of_the_night(
    orders: dict[str, NoticeOrder], kept: tuple[str, NoticeOrder, Path, bytes], tmp_path: Path
) -> None:
    earlier = earlier_notices(KeptFile(tmp_path / CACHE_NAME), tmp_path / "outbox")
    with pytest.raises(NotWritten) as caught, NoticePool(orders, 2, earlier=earlier).started(tmp_path / "no folder"):
        pass
    assert caught.value.name == kept[0]


def test_nothing_is_written_into_last_nights_file(
    orders: dict[str, NoticeOrder], kept: tuple[str, NoticeOrder, Path, bytes], tmp_path: Path
) -> None:
    """One that was edited is made beside it: should the night fail, the clerk's stays."""
    name, _, path, content = kept
    path.write_bytes(b"clerk")
    second, _, _ = _press(orders, tmp_path / "outbox", tmp_path / "second")
    assert (path.read_bytes(), second[name]) == (b"clerk", content)


def test_where_nothing_can_be_kept_nothing_is_known(orders: dict[str, NoticeOrder], tmp_path: Path) -> None:
    nowhere = tmp_path / "no such folder" / CACHE_NAME
    with pytest.raises(OSError, match="no such folder"):
        _keep(nowhere, orders, dict.fromkeys(orders, "ab"))
    name, order = next(iter(orders.items()))
    assert earlier_notices(KeptFile(nowhere), tmp_path).copy(name, order, tmp_path / "x") == ""


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cache=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=40),
    file=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=3),
    cut=st.floats(0, 2),
)
def test_damage_is_never_believed(
    tmp_path: Path, cache: list[tuple[float, int]], file: list[tuple[float, int]], cut: float
) -> None:
    """Whatever becomes of the cache and of the notice: what is copied is what was written, to the byte."""
    content, order = b"notice" * 100, NoticeOrder(None, "", (), NoticeHeading("1", "局", date(2021, 7, 20)), "k")  # type: ignore[arg-type]
    path, target = tmp_path / CACHE_NAME, tmp_path / "target"
    path.unlink(missing_ok=True)
    target.unlink(missing_ok=True)
    _keep(path, {"a": order}, {"a": hashlib.sha256(content).hexdigest()})
    (tmp_path / "a").write_bytes(_damaged(content, file, 2))
    path.write_bytes(_damaged(path.read_bytes(), cache, cut))
    copied = earlier_notices(KeptFile(path), tmp_path).copy("a", order, target)
    assert copied in ("", hashlib.sha256(content).hexdigest())
    assert not copied or target.read_bytes() == content
    if not cache and cut >= 1:
        assert (copied != "") == ((tmp_path / "a").read_bytes() == content)


def _damaged(content: bytes, places: list[tuple[float, int]], cut: float) -> bytes:
    changed = bytearray(content)
    for place, mask in places:
        changed[int(place * (len(changed) - 1))] ^= mask
    return bytes(changed[: int(cut * len(changed))]) if cut < 1 else bytes(changed)
