"""Files read in processes that they may break: each costs itself, whatever becomes of its reader, and of nobody else's."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.intake import one_file, reading_pool
from perfbatch.intake.inbox import Found, walk
from perfbatch.intake.reading_pool import Read, read_all
from perfbatch.isolated import process as isolated_process
from perfbatch.isolated.executor import CallFault, Confinement, IsolatedExecutor, WorkerLost
from perfbatch.model.errors import BatchFault
from perfbatch.model.limits import Limits
from perfbatch.model.message import packed, unpacked
from perfbatch.rulebook.load import LoadedRulebook
from tests.conftest import Lay, lay, workbook
from tests.workbooks import rulebook

CONFINEMENT = Confinement(address_space=1024**3, cpu_seconds=20, wall_seconds=20, reply_bytes=1024**2)


TIGHT = Limits(reply_bytes=60_000)
"""What reading a usual workbook gives is a fourth of that."""


def wordy() -> bytes:
    """A workbook that says more than `TIGHT` allows for: its reader is lost over it."""
    fields = ("function_summary", "annual_work_plan", "annual_achievements", "goal_expected")
    # Each another one: what is said twice is told once.
    long = {name: f"{number}" + "长" * 7900 for number, name in enumerate(fields)}
    return workbook(budget_code="900003", **long)


def codes(files: list[Found], **options: Any) -> dict[str, str]:
    return {entry.path: read.code for entry, read in zip(files, read_all(files, rulebook(), **options), strict=True)}


# ---------------------------------------------------------------------- whatever becomes of a reader


class Acts:
    """Reading processes for files each of which says what is to become of its reader (`tests.hostile.acting`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def answers(self, acts: Sequence[str], **changes: Any) -> list[str]:
        """File after file, what its act gave, or the code it is set aside with; all in one chunk."""
        for path in self._folder.iterdir():
            path.unlink()
        files = walk(lay(self._folder, {f"{number:03}": act.encode() for number, act in enumerate(acts)}))
        with IsolatedExecutor(1, replace(CONFINEMENT, **changes), "tests.hostile.acting") as executor:
            reads = read_all(files, rulebook(), 1, Limits(), executor)
        assert all(len(read.sha256) == 64 for read in reads)
        assert all(bool(read.fault) == (read.code == "F14") for read in reads)
        return [read.what if read.code == "F01" else read.code for read in reads]


@pytest.fixture
def acting(tmp_path: Path) -> Acts:
    (tmp_path / "acts").mkdir()
    return Acts(tmp_path / "acts")


@pytest.mark.parametrize("place", [0, 1, 3])
@pytest.mark.parametrize(
    ("act", "code"), [("abort", "F08"), ("panic", "F14"), ("raise", "F14"), ("memory", "F08"), ("deep", "F08")]
)
def test_a_file_of_a_chunk_costs_itself(acting: Acts, place: int, act: str, code: str) -> None:
    wanted, expected = list("abc"), list("abc")
    wanted.insert(place, act)
    expected.insert(place, code)
    assert acting.answers(wanted) == expected


_ACTS = st.sampled_from(["a", "b", "abort", "panic", "raise"])
_ALONE = {"abort": "F08", "panic": "F14", "raise": "F14"}


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_ACTS, min_size=1, max_size=6))
def test_a_chunk_is_what_its_files_are_alone(acting: Acts, acts: list[str]) -> None:
    assert acting.answers(acts) == [_ALONE.get(act, act) for act in acts]


def test_a_hanging_file_takes_its_own_time_and_no_more(acting: Acts) -> None:
    began = time.monotonic()
    acts = ["a", "sleep 0.5", "sleep 60", "b", "spin", "c"]
    assert acting.answers(acts, wall_seconds=1.5) == ["a", "sleep 0.5", "F08", "b", "F08", "c"]
    # In the chunk, alone, and once more at the end: as often as that, and for each of the two.
    assert time.monotonic() - began < 50


def test_a_file_that_takes_its_reader_over_cannot_put_its_end_off(acting: Acts) -> None:
    acts = ["a", "stop the clock, spin", "b"]
    assert acting.answers(acts, wall_seconds=1.0) == ["a", "F08", "b"]


def test_a_file_is_not_blamed_for_what_one_before_it_left(acting: Acts) -> None:
    assert acting.answers(["keep", "abort after keep", "a"]) == ["keep", "abort after keep", "a"]


def test_after_a_file_that_made_its_reader_large_a_chunk_goes_on_elsewhere(acting: Acts) -> None:
    first, second, swollen, third, fourth = acting.answers(["pid", "pid", "swell", "pid", "pid"])
    assert (first == second, swollen) == (True, "swell")
    assert first != third == fourth


def test_a_file_lost_in_a_busy_hour_is_tried_again_with_the_machine_to_itself(acting: Acts, tmp_path: Path) -> None:
    """In its chunk, alone, and alone in a fresh process it dies; then nothing else is read."""
    acts = [f"die {times} times {tmp_path / f'{times}'}" for times in (1, 3, 9)]
    assert acting.answers(["a", *acts, "b"], file_bytes=10_000) == ["a", acts[0][:20], acts[1][:20], "F08", "b"]
    once, thrice, always = ((tmp_path / times).stat().st_size for times in "139")
    assert (once, thrice) == (2, 4)
    assert 3 <= always <= 5


# ---------------------------------------------------------------------- answers that are none


def test_an_answer_of_garbage_ends_the_night_and_blames_no_file(acting: Acts) -> None:
    with pytest.raises(BatchFault, match=r"^Workbooks cannot be read: what a reading process answers is not valid \("):
        acting.answers(["a", "garbage", "b"])


class Untrue(Executor):
    """Runs what it is given, and gives something else than what came of it."""

    def __init__(self, change: Callable[[bytes], Any]) -> None:
        self._change = change

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(self._change(fn(*args, **kwargs)))
        return future


def turned(outcome: bytes) -> bytes:
    """The answer, with its reads in another order."""
    kind, (answer,) = unpacked(outcome)
    reads = reading_pool.reads_in(bytes(answer), reading_pool.AnswerForm(rulebook()), 10**8)
    return packed(kind, [one_file.packed_reads(reads[::-1], 10**8)])


@pytest.mark.parametrize(
    "change",
    [
        lambda outcome: None,
        lambda outcome: "answer",
        lambda outcome: b"",
        lambda outcome: outcome[:-1],
        lambda outcome: packed("answer", [b"nonsense"]),
        lambda outcome: packed("something else", [b""]),
        lambda outcome: packed(["answer"], [b""]),
        lambda outcome: packed("AnswerInvalid", [b"there"]),
        lambda outcome: [Read("0" * 64, None, "F03")],
        turned,
    ],
)
def test_what_is_not_an_answer_ends_the_night(inbox: Lay, change: Callable[[bytes], Any]) -> None:
    files = walk(inbox({"a.xlsx": workbook(), "b.xlsx": workbook(on_post_staff=27)}))
    with pytest.raises(BatchFault, match=r"^Workbooks cannot be read: what a reading process answers is not valid \("):
        read_all(files, rulebook(), executor=Untrue(change))


class Raising(Executor):
    """An executor that loses its workers, in whatever words, over files of this name."""

    def __init__(self, error: Exception, name: str = "b.xlsx") -> None:
        self._error = error
        self._name = name
        self.asked: list[list[str]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        paths = [path for path, _ in unpacked(args[0])[0][1]]
        self.asked.append(paths)
        future: Future[Any] = Future()
        if self._name in paths:
            future.set_exception(self._error)
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_f08_another_executors_lost_worker(inbox: Lay) -> None:
    files = walk(inbox({"a.xlsx": workbook(), "b.xlsx": workbook(), "c.txt": b"x"}))
    executor = Raising(WorkerLost("gone"))
    first, second, third = read_all(files, rulebook(), executor=executor)
    assert (first.code, third.code) == ("", "F01")
    assert second == Read(second.sha256, None, "F08")
    assert len(second.sha256) == 64
    # The chunk, then each of its files alone, and the lost one once more when all others are read.
    assert executor.asked == [["a.xlsx", "b.xlsx", "c.txt"], ["a.xlsx"], ["b.xlsx"], ["c.txt"], ["b.xlsx"]]


def test_f14_a_fault_that_is_told_from_elsewhere(inbox: Lay) -> None:
    files = walk(inbox({"a.xlsx": workbook(), "b.xlsx": workbook()}))
    executor = Raising(CallFault("KeyError at reader.py:1\nreader.py:1 in read: x[y]"))
    first, second = read_all(files, rulebook(), executor=executor)
    assert first.code == ""
    assert (second.code, second.fault) == ("F14", "KeyError at reader.py:1\nreader.py:1 in read: x[y]")
    assert executor.asked == [["a.xlsx", "b.xlsx"], ["a.xlsx"], ["b.xlsx"]]


def test_an_executor_that_raises_ends_the_night(inbox: Lay) -> None:
    files = walk(inbox({"a.xlsx": workbook(), "b.xlsx": workbook()}))
    with pytest.raises(BatchFault, match=r" is not valid \(RuntimeError\)\.$"):
        read_all(files, rulebook(), executor=Raising(RuntimeError("a secret")))


# ---------------------------------------------------------------------- workbooks


def test_a_chunk_that_no_process_can_be_started_for(inbox: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated_process, "_BOOTSTRAP", "raise SystemExit(5)")
    with pytest.raises(
        BatchFault, match=r"^Workbooks cannot be read: the reading processes do not run \(ended with 5\)\.$"
    ):
        read_all(walk(inbox({"a.xlsx": workbook()})), rulebook())


@pytest.mark.parametrize("workers", [1, 3])
def test_f08_a_file_that_its_reader_is_lost_over(inbox: Lay, workers: int) -> None:
    files = walk(inbox({"a.xlsx": workbook(), "b.xlsx": wordy(), "c.xlsx": workbook(), "d.xlsx": wordy()}))
    assert codes(files, workers=workers, limits=TIGHT) == {
        "a.xlsx": "",
        "b.xlsx": "F08",
        "c.xlsx": "",
        "d.xlsx": "F08",
    }
    # With the limits in place it does not come to that.
    assert codes(files, workers=workers) == {"a.xlsx": "", "b.xlsx": "", "c.xlsx": "", "d.xlsx": ""}


def test_f08_a_single_file_is_isolated_too_and_keeps_its_hash(inbox: Lay) -> None:
    files = walk(inbox({"b.xlsx": wordy()}))
    (read,) = read_all(files, rulebook(), limits=TIGHT)
    assert (read.code, read.submission, len(read.sha256)) == ("F08", None, 64)


def test_f08_longer_than_the_clock_and_more_than_the_memory(inbox: Lay) -> None:
    files = walk(inbox({"a.xlsx": workbook()}))
    assert codes(files, limits=Limits(wall_seconds=0.001)) == {"a.xlsx": "F08"}
    assert codes(files, limits=Limits(reply_bytes=1000)) == {"a.xlsx": "F08"}


def test_a_reader_that_dies_elsewhere_costs_its_file_alone(inbox: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    files = walk(inbox({f"{number}": act for number, act in enumerate((b"a", b"abort", b"raise", b"panic", b"b"))}))
    with IsolatedExecutor(1, CONFINEMENT, "tests.hostile.acting") as processes, ThreadPoolExecutor(1) as executor:
        monkeypatch.setattr(reading_pool, "_processes", lambda limits: processes)
        reads = read_all(files, rulebook(), executor=executor)
    assert [read.what or read.code for read in reads] == ["a", "F08", "F14", "F14", "b"]
    assert [read.fault.partition(":")[0] for read in reads[2:4]] == ["KeyError at calls.py", "Panic at calls.py"]


@pytest.mark.parametrize("make", [lambda: ThreadPoolExecutor(2), lambda: ProcessPoolExecutor(1), lambda: None])
def test_any_executor_reads_the_same(inbox: Lay, make: Callable[[], Executor | None]) -> None:
    files = walk(inbox({"a.xlsx": workbook(), "b.txt": b"x", "c.xlsx": workbook(on_post_staff=27)}))
    executor = make()
    reads = read_all(files, rulebook(), executor=executor)
    if executor is not None:
        executor.shutdown()
    assert reads == [reading_pool.read_one(entry, rulebook()) for entry in files]


@pytest.mark.parametrize("files", [1, 120])
def test_something_else_is_done_once_while_files_are_read(inbox: Lay, files: int) -> None:
    listed = walk(inbox({f"{number}.txt": f"{number}".encode() for number in range(files)}))
    notes: list[object] = []
    executor = Noted(notes)
    reads = read_all(
        listed, rulebook(), executor=executor, progress=notes.append, meanwhile=lambda: notes.append("meanwhile")
    )
    assert [read.code for read in reads] == ["F01"] * files
    # Two chunks for a worker: one that it reads and one that waits.
    before = notes.index("meanwhile")
    assert notes[:before] == ["submitted"] * min(2, executor.chunks)
    assert notes.count("meanwhile") == 1
    assert notes[-1] == files


def test_what_fails_meanwhile_ends_the_reading(inbox: Lay) -> None:
    files = walk(inbox({"a.txt": b"a"}))
    with pytest.raises(ZeroDivisionError):
        read_all(files, rulebook(), meanwhile=lambda: divmod(1, 0))


class Noted(Executor):
    """Runs what it is given at once, and notes that it was given it."""

    def __init__(self, notes: list[object]) -> None:
        self._notes = notes
        self.chunks = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.chunks += 1
        self._notes.append("submitted")
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_a_night_with_a_killer_among_good_files(
    inbox: Lay, loaded: LoadedRulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_pool, "Limits", lambda: TIGHT)
    folder = inbox({"a.xlsx": workbook(), "b.xlsx": wordy()})
    entries = {
        entry.path: (entry.status, entry.code)
        for entry in run_batch(BatchPlan(folder, loaded, workers=2)).result.entries
    }
    assert entries == {"a.xlsx": ("accepted", ""), "b.xlsx": ("set_aside", "F08")}
