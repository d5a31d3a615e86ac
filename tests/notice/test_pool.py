"""Notices by several processes: the same bytes, and a night that survives the death of any of them."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfbatch.district.result import BatchResult
from perfbatch.intake.inbox import found_at, read_bytes
from perfbatch.isolated.executor import AnswerInvalid, CallFault, IsolatedExecutor, WorkerLost, WorkersUnavailable
from perfbatch.model.errors import BatchFault
from perfbatch.model.message import packed, unpacked
from perfbatch.notice import NoticeHeading
from perfbatch.notice import order as notice_order
from perfbatch.notice import pool as notice_pool
from perfbatch.notice.order import NoticeOrder, request_to_write
from perfbatch.notice.pool import NoticePool
from perfbatch.outbox.durable import NotWritten
from perfbatch.publishing import publish_outputs
from perfbatch.report.report import REPORT_NAME
from tests.notice.workbooks import finding, form
from tests.workbooks import rulebook

ORDERS = 45


@pytest.fixture
def orders(tmp_path: Path) -> dict[str, NoticeOrder]:
    """Orders on one workbook, each for another department."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(form())
    file = found_at(path)
    sha256 = read_bytes(file)[1]
    made = {}
    for number in range(ORDERS):
        heading = NoticeHeading(f"{number:06}", f"第{number}局", date(2021, 7, 20))
        findings = [finding("基本概况", f"D{3 + number % 5}"), finding("封面", "B3", message=str(number))]
        made[f"notices/{number:06}.xlsx"] = NoticeOrder(file, sha256, findings, heading)
    return made


def written(folder: Path) -> dict[str, bytes]:
    """Every notice of a folder."""
    return {f"notices/{path.name}": path.read_bytes() for path in sorted((folder / "notices").iterdir())}


def press(orders: dict[str, NoticeOrder], folder: Path, workers: int) -> dict[str, bytes]:
    """All notices, made into a folder."""
    (folder / "notices").mkdir(parents=True)
    with NoticePool(orders, workers).started(folder) as wait:
        wait()
    return written(folder)


@pytest.fixture
def here(orders: dict[str, NoticeOrder], tmp_path: Path) -> dict[str, bytes]:
    """The notices as this process makes them, one after the other."""
    (tmp_path / "here" / "notices").mkdir(parents=True)
    for name, order in orders.items():
        order(tmp_path / "here" / name)
    return written(tmp_path / "here")


@pytest.mark.parametrize("workers", [1, 2])
def test_notices_are_the_same_whoever_makes_them(
    orders: dict[str, NoticeOrder], here: dict[str, bytes], tmp_path: Path, workers: int
) -> None:
    assert press(orders, tmp_path / "there", workers) == here
    backwards = dict(reversed(orders.items()))
    assert press(backwards, tmp_path / "backwards", workers) == here


class Counted(IsolatedExecutor):
    """Counts the chunks that are submitted."""

    chunks: list[int]

    def submit(self, task: str, request: bytes, turns: int = 1) -> Future[bytes]:
        self.chunks.append(turns)
        return super().submit(task, request, turns)


def test_work_is_cut_into_chunks_for_all(
    orders: dict[str, NoticeOrder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Counted.chunks = []
    monkeypatch.setattr(notice_pool, "IsolatedExecutor", Counted)
    press(orders, tmp_path / "there", 2)
    assert Counted.chunks == [6] * 7 + [3]


def test_for_a_few_notices_no_process_is_started(
    orders: dict[str, NoticeOrder], here: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_pool, "IsolatedExecutor", None)
    few = dict([*orders.items()][:19])
    assert press(few, tmp_path / "there", 8) == {name: here[name] for name in few}


@pytest.mark.parametrize("lost", [False, True])
def test_whoever_watches_is_told_of_every_notice_once(
    orders: dict[str, NoticeOrder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    if lost:
        monkeypatch.setattr(notice_pool, "IsolatedExecutor", lambda *_: Broken(WorkerLost("ended with -9")))
    (tmp_path / "there" / "notices").mkdir(parents=True)
    steps: list[int] = []
    with NoticePool(orders, 2, steps.append).started(tmp_path / "there") as wait:
        wait()
    assert steps == ([1] * ORDERS if lost else [6] * 7 + [3])


class Broken:
    """An executor each of whose calls ends as it is told, after having written some of it."""

    def __init__(self, end: BaseException | bytes) -> None:
        self._end = end

    def __enter__(self) -> Broken:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, task: str, request: bytes, turns: int = 1) -> Future[bytes]:
        Path(unpacked(request)[0][0][-1]).write_bytes(b"half")
        future: Future[bytes] = Future()
        if isinstance(self._end, bytes):
            future.set_result(self._end)
        else:
            future.set_exception(self._end)
        return future


@pytest.mark.parametrize(
    "error", [WorkerLost("ended with -9"), CallFault("OSError at order.py:1"), WorkersUnavailable("no")]
)
def test_what_a_process_does_not_make_is_made_here(
    orders: dict[str, NoticeOrder],
    here: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    monkeypatch.setattr(notice_pool, "IsolatedExecutor", lambda *_: Broken(error))
    assert press(orders, tmp_path / "there", 2) == here


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense", packed([]), packed(["x"] * 6), packed([""] * 7), packed([None]), AnswerInvalid("of no kind")],
)
def test_a_process_that_answers_nonsense_ends_the_night(
    orders: dict[str, NoticeOrder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes | AnswerInvalid
) -> None:
    monkeypatch.setattr(notice_pool, "IsolatedExecutor", lambda *_: Broken(answer))
    with pytest.raises(BatchFault, match=r"^Notices cannot be made: what a process answers is not valid \("):
        press(orders, tmp_path / "there", 2)


def test_an_order_is_the_same_when_it_arrives(orders: dict[str, NoticeOrder]) -> None:
    order = replace(
        orders["notices/000003.xlsx"],
        heading=NoticeHeading(
            "000003",
            "第三局\ud800",
            date(2021, 7, 20),
            date(2021, 7, 31),
            {orders["notices/000003.xlsx"].findings[1]: Decimal("1.50")},
            "自评表",
            "财政局",
        ),
        key="ab",
    )
    refilled = replace(order, form=rulebook, left_out="宏")
    pairs = [(given, Path("/tmp/\udcff")) for given in (order, refilled, refilled)]
    orders_there, forms = unpacked(request_to_write(pairs))
    assert len(forms) == 1
    arrived = [
        (notice_order._order(*plain, None if form is None else bytes(forms[form])), Path(path))
        for *plain, form, path in orders_there
    ]
    assert [(replace(sent, form=None), path) for sent, path in arrived] == [
        (replace(sent, form=None), path) for sent, path in pairs
    ]
    assert [sent.form and sent.form() for sent, _ in arrived] == [None, rulebook(), rulebook()]


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_a_process_that_dies_in_the_middle_costs_nothing(
    orders: dict[str, NoticeOrder], here: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_pool, "_TASKS", "tests.notice.dying")
    assert press(orders, tmp_path / "there", 2) == here


def test_a_workbook_that_changed_meanwhile_gets_the_list_alone(
    orders: dict[str, NoticeOrder], here: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "a.xlsx").write_bytes(form() + b" ")
    changed = press(orders, tmp_path / "there", 2)
    assert changed.keys() == here.keys()
    assert max(map(len, changed.values())) < 5_000 < min(map(len, here.values()))


def test_a_notice_that_nobody_can_write_is_named(orders: dict[str, NoticeOrder], tmp_path: Path) -> None:
    folder = tmp_path / "there"
    (folder / "notices" / "000021.xlsx").mkdir(parents=True)
    with pytest.raises(NotWritten) as caught, NoticePool(orders, 2).started(folder) as wait:
        wait()
    assert (caught.value.name, caught.value.error.errno) == ("notices/000021.xlsx", errno.EISDIR)  # type: ignore[attr-defined]


def test_a_night_with_notices_from_elsewhere(
    district: BatchResult,
    orders: dict[str, NoticeOrder],
    here: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outbox = tmp_path / "outbox"
    begun = threading.Event()
    executor = notice_pool.IsolatedExecutor

    def start(*given: Any) -> IsolatedExecutor:
        begun.set()
        return executor(*given)

    monkeypatch.setattr(notice_pool, "IsolatedExecutor", start)

    def summary(path: Path) -> None:
        # The notices are begun before the first of the others is written.
        assert begun.is_set()
        path.write_bytes(b"summary")

    outputs = publish_outputs(district, outbox, {"a.xlsx": summary, **orders, "z": summary}, NoticePool(orders, 2))
    assert outputs == ["a.xlsx", *orders, "z", REPORT_NAME]
    assert written(outbox) == here


def test_a_notice_from_elsewhere_that_fails_changes_nothing(
    district: BatchResult, orders: dict[str, NoticeOrder], tmp_path: Path
) -> None:
    outbox = tmp_path / "outbox"
    publish_outputs(district, outbox, {"notices/old.xlsx": lambda path: path.write_bytes(b"last") and None})
    long = "notices/" + "长" * 200 + ".xlsx"
    spoiled = {**orders, long: orders["notices/000000.xlsx"]}
    with pytest.raises(
        BatchFault, match=r"^notices/长+\.xlsx: cannot be written \(File name too long\)\. The outbox still"
    ):
        publish_outputs(district, outbox, spoiled, NoticePool(spoiled, 2))
    assert written(outbox) == {"notices/old.xlsx": b"last"}
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".outbox")] == []


@pytest.mark.parametrize("error", [RuntimeError("stop"), KeyboardInterrupt()])
def test_who_fails_meanwhile_ends_the_notices(
    district: BatchResult, orders: dict[str, NoticeOrder], tmp_path: Path, error: BaseException
) -> None:
    def fail(path: Path) -> None:
        raise error

    many = {f"notices/{number}-{name[8:]}": order for number in range(40) for name, order in orders.items()}
    before = threading.active_count()
    with pytest.raises(BatchFault if isinstance(error, RuntimeError) else KeyboardInterrupt):
        publish_outputs(district, tmp_path / "outbox", {"summary": fail, **many}, NoticePool(many, 2))
    assert threading.active_count() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".outbox")] == []
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == [".perfbatch.lock"]


def test_a_process_that_has_grown_large_leaves_the_rest_to_another(
    orders: dict[str, NoticeOrder], here: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_pool, "_TASKS", "tests.notice.growing")
    Counted.chunks = []
    monkeypatch.setattr(notice_pool, "IsolatedExecutor", Counted)
    assert press(orders, tmp_path / "there", 1) == here
    # Two of the four chunks are left in the middle, and gone on with by another process.
    assert Counted.chunks[0] == 12
    assert sorted(Counted.chunks[1:]) == [3, 8, 9, 12, 12]


@pytest.mark.skipif(os.name != "posix", reason="no limits of resources")
def test_a_process_writes_no_larger_file_than_it_may(
    orders: dict[str, NoticeOrder], here: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(notice_pool, "_CONFINEMENT", replace(notice_pool._CONFINEMENT, file_bytes=1000))
    write_here = NoticePool._write_here

    def noting(self: NoticePool, names: Sequence[str], folder: Path) -> None:
        made.extend(names)
        write_here(self, names, folder)

    monkeypatch.setattr(NoticePool, "_write_here", noting)
    assert press(orders, tmp_path / "there", 2) == here
    assert sorted(made) == [*orders]
