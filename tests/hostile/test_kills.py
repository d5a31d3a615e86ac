"""kill −9 at any moment, and a full disk: last night or tonight, never a mixture, and nothing left behind after the next run."""

from __future__ import annotations

import errno
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from perfbatch.kept.cache_file import CACHE_NAME
from perfbatch.model.errors import BatchFault
from perfbatch.outbox import exchange, journal
from perfbatch.outbox.switch import LOCK_NAME, locked
from perfbatch.report.report import REPORT_NAME
from tests.conftest import lay, workbook
from tests.hostile.publishing import NAMES, night_of, publish_night, start, start_and_die

KILLS = {"exchange": 40, "journal": 40}
SUMMARY = "district-summary-2020.xlsx"


def leftovers(outbox: Path) -> list[str]:
    """What the switch itself has left, beside the outbox and in it."""
    beside = [path.name for path in outbox.parent.iterdir() if path.name.startswith(f".{outbox.name}")]
    return beside + [path.name for path in outbox.iterdir() if path.name.startswith(".perfbatch-")]


def others(outbox: Path) -> None:
    """Files that are no business of ours."""
    (outbox / "archive").mkdir(parents=True)
    (outbox / "archive" / "2019.txt").write_text("kept")
    (outbox / "notes.txt").write_text("kept")


@pytest.mark.parametrize("mode", KILLS)
def test_kills_at_random_moments(tmp_path: Path, mode: str, figure: Callable[[str, object], None]) -> None:
    outbox = tmp_path / "outbox"
    others(outbox)
    publish_night(outbox, 1)
    began = time.monotonic()
    publish_night(outbox, 2)
    seconds = time.monotonic() - began
    chance, mixtures, nights = random.Random(mode), 0, 0
    for kill in range(KILLS[mode]):
        before = night_of(outbox) or 0
        process, pipe_end = start(outbox, mode)
        # Any moment of a night, or of the next one.
        assert os.read(pipe_end, 2) == b"0\n"
        time.sleep(chance.uniform(0, 4) * seconds)
        os.kill(process, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL
        with open(pipe_end, "rb") as pipe:  # noqa: PTH123
            last = max([before, *map(int, pipe.read().split())])
        if mode == "exchange":
            # Nothing had to be put right: what lies there is one night.
            published = night_of(outbox)
        else:
            try:
                night_of(outbox)
            except AssertionError:
                mixtures += 1
            with locked(outbox):
                published = night_of(outbox)
        assert published in (last, last + 1), kill
        nights = published or 0
    with locked(outbox):
        pass
    assert night_of(outbox) == nights
    assert leftovers(outbox) == []
    assert (outbox / "notes.txt").read_text() == (outbox / "archive" / "2019.txt").read_text() == "kept"
    figure(f"kills survived ({mode})", f"{KILLS[mode]} over {nights} nights, {mixtures} put right by the next run")


@pytest.mark.parametrize("mode", KILLS)
def test_kills_at_every_step(tmp_path: Path, mode: str, figure: Callable[[str, object], None]) -> None:
    outbox, night, mixtures = tmp_path / "outbox", 1, 0
    others(outbox)
    publish_night(outbox, night, notices=2)
    for step in range(1000):
        process = start_and_die(outbox, mode, night + 1, step)
        ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        assert ended in (0, -signal.SIGKILL), step
        try:
            left = night_of(outbox)
        except AssertionError:
            mixtures += 1
            left = None
        with locked(outbox):
            pass
        published = night_of(outbox)
        assert published in (night, night + 1), step
        # What is whole already stays as it is.
        assert left in (published, None), step
        assert leftovers(outbox) == [], step
        assert (outbox / "notes.txt").read_text() == (outbox / "archive" / "2019.txt").read_text() == "kept"
        night = published
        if ended == 0:
            break
    assert step > 20
    assert (mixtures == 0) == (mode == "exchange")
    figure(f"kills survived, one at every step ({mode})", f"{step}, {mixtures} put right by the next run")


def test_a_reader_of_the_folder_sees_one_night(tmp_path: Path, figure: Callable[[str, object], None]) -> None:
    outbox = tmp_path / "outbox"
    publish_night(outbox, 1)
    seen: set[int] = set()
    faults: list[str] = []
    process, pipe_end = start(outbox, "exchange")
    try:
        until = time.monotonic() + 3
        while time.monotonic() < until:
            handle = os.open(outbox, os.O_RDONLY | os.O_DIRECTORY)
            try:
                files = [REPORT_NAME, *NAMES[:-1]]
                nights = {_through(handle, name).split(" ")[0] for name in files}
                if len(nights) != 1:
                    faults.append(str(nights))
                seen |= {int(number) for number in nights}
            except FileNotFoundError:
                # The folder was last night's, and is being removed: to open it again is to see tonight.
                continue
            finally:
                os.close(handle)
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(pipe_end)
    assert faults == []
    assert len(seen) > 3
    figure("nights seen whole by a reader", len(seen))


def _through(folder: int, name: str) -> str:
    with open(os.open(name, os.O_RDONLY, dir_fd=folder), encoding="utf-8") as file:  # noqa: PTH123
        return file.read()


def test_the_exchange_is_what_happens_here(tmp_path: Path) -> None:
    """The tests above would say nothing about it on a system that has none."""
    outbox = tmp_path / "outbox"
    publish_night(outbox, 1)
    before = outbox.stat().st_ino
    publish_night(outbox, 2)
    assert outbox.stat().st_ino != before


def test_what_others_keep_there_stays_the_same_file(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    others(outbox)
    (outbox / "link").symlink_to("notes.txt")
    (outbox / "archive").chmod(0o750)
    outbox.chmod(0o770)
    publish_night(outbox, 1)
    kept = [(outbox / name).lstat() for name in ("notes.txt", "archive/2019.txt", "link")]
    publish_night(outbox, 2)
    assert [(outbox / name).lstat().st_ino for name in ("notes.txt", "archive/2019.txt", "link")] == [
        status.st_ino for status in kept
    ]
    assert (outbox / "archive").stat().st_mode & 0o777 == 0o750
    assert outbox.stat().st_mode & 0o777 == 0o770
    (outbox / "link").unlink()
    assert night_of(outbox) == 2


@pytest.mark.parametrize("killed", [False, True])
def test_what_others_put_there_at_the_last_moment_is_brought_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    outbox = tmp_path / "outbox"
    others(outbox)
    publish_night(outbox, 1)
    swap_call = exchange._swap_call

    def late() -> Callable[[Path, Path], None]:
        swap = swap_call()
        assert swap is not None

        def swap_late(source: Path, other: Path) -> None:
            if other == outbox:
                (outbox / "late.txt").write_text("late")
                (outbox / "archive" / "late.txt").write_text("late")
                (outbox / "new").mkdir()
                (outbox / "new" / "late.txt").write_text("late")
                (outbox / "notes.new").write_text("changed")
                (outbox / "notes.new").replace(outbox / "notes.txt")
            swap(source, other)

        return swap_late

    monkeypatch.setattr(exchange, "_swap_call", late)
    if killed:
        bring_over = exchange.bring_over
        monkeypatch.setattr(exchange, "bring_over", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        monkeypatch.setattr("perfbatch.outbox.switch._discard", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            publish_night(outbox, 2)
        monkeypatch.undo()
        assert exchange.bring_over is bring_over
        with locked(outbox):
            pass
    else:
        publish_night(outbox, 2)
    for name, content in (
        ("late.txt", "late"),
        ("archive/late.txt", "late"),
        ("new/late.txt", "late"),
        ("notes.txt", "changed"),
    ):
        assert (outbox / name).read_text() == content
    assert leftovers(outbox) == []


def _refused(number: int) -> Callable[[], Callable[[Path, Path], None]]:
    def swap(_: Path, other: Path) -> None:
        raise OSError(number, os.strerror(number), str(other))

    return lambda: swap


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EINVAL, errno.EXDEV, errno.EPERM])
def test_an_exchange_that_is_refused_at_the_last_moment_is_done_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    outbox = tmp_path / "outbox"
    others(outbox)
    publish_night(outbox, 1)
    before = outbox.stat().st_ino
    prepare = exchange.prepare
    monkeypatch.setattr(
        exchange,
        "prepare",
        lambda *given: (prepare(*given), monkeypatch.setattr(exchange, "_swap_call", _refused(number)))[0],
    )
    publish_night(outbox, 2)
    assert (night_of(outbox), outbox.stat().st_ino, leftovers(outbox)) == (2, before, [])


def test_the_folder_that_one_stands_in_is_not_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = tmp_path / "outbox"
    publish_night(outbox, 1)
    before = outbox.stat().st_ino
    monkeypatch.chdir(outbox)
    publish_night(Path(), 2)
    assert (night_of(outbox), outbox.stat().st_ino) == (2, before)


def test_a_lock_is_held_across_the_exchange_and_a_dead_runs_lock_is_none(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    with locked(outbox) as real:
        for night in (1, 2):
            publish_night(real, night)
            program = f"from tests.hostile.publishing import *; publish_night(Path({str(outbox)!r}), 9)"
            second = subprocess.run(
                [sys.executable, "-c", f"from pathlib import Path; {program}"],
                capture_output=True,
                text=True,
                check=False,
            )
            assert f"{outbox}: another run is publishing there. Wait for it to end and run again." in second.stderr
    program = f"import os; from pathlib import Path; from perfbatch.outbox.switch import locked\nwith locked(Path({str(outbox)!r})): os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -signal.SIGKILL
    publish_night(outbox, 3)
    assert night_of(outbox) == 3
    with FileLock(outbox / LOCK_NAME), pytest.raises(BatchFault, match="another run is publishing there"):
        publish_night(outbox, 4)


def perfbatch(*arguments: str, cwd: Path, **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "perfbatch", *arguments]
    return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload, no-any-return]


def content_of(outbox: Path) -> dict[str, bytes]:
    """What a night has put there: not the lock, nor the cache, which is no part of any night."""
    return {
        path.relative_to(outbox).as_posix(): path.read_bytes()
        for path in sorted(outbox.rglob("*"))
        if path.is_file() and path.name not in (LOCK_NAME, CACHE_NAME, f"{CACHE_NAME}-journal")
    }


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes], float]:
    """A folder with an inbox and an outbox of last night, what that holds, and how long a run takes, in seconds."""
    folder = tmp_path_factory.mktemp("night")
    (folder / "inbox").mkdir()
    lay(folder / "inbox", {"a.xlsx": workbook(), "b.xlsx": workbook(budget_code="900002", unit_name="乙局")})
    for _ in range(2):
        began = time.monotonic()
        with perfbatch("run", cwd=folder) as run:
            assert run.wait() == 0, run.communicate()
    return folder, content_of(folder / "outbox"), time.monotonic() - began


def test_kills_of_the_whole_run(
    night: tuple[Path, dict[str, bytes], float], figure: Callable[[str, object], None]
) -> None:
    folder, last, seconds = night
    outbox, chance, unfinished = folder / "outbox", random.Random(3), 0
    kills = 10
    for _ in range(kills):
        with perfbatch("run", cwd=folder) as run:
            time.sleep(chance.uniform(0.3, 1.05) * seconds)
            run.kill()
        now = content_of(outbox)
        if now == last:
            unfinished += 1
        # Last night to the byte, or a whole night more.
        report = json.loads(now[REPORT_NAME])
        assert set(report["outputs"]) == set(now)
        assert (now == last) == (report["run_id"] == json.loads(last[REPORT_NAME])["run_id"])
        last = now
    assert unfinished > 0
    with perfbatch("run", cwd=folder) as run:
        assert run.wait() == 0
    assert leftovers(outbox) == []
    assert sorted(path.name for path in folder.iterdir()) == ["inbox", "outbox"]
    figure("kills survived (perfbatch run)", f"{kills}, {unfinished} before the switch")


@pytest.mark.parametrize("size", [0, 1000, 6000, 30_000])
def test_a_full_disk_leaves_last_night(night: tuple[Path, dict[str, bytes], float], size: int) -> None:
    folder, _, _ = night
    before = content_of(folder / "outbox")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    with perfbatch("run", cwd=folder, preexec_fn=limit) as run:
        _, printed = run.communicate(timeout=60)
    assert run.returncode == 1
    lines = printed.decode().splitlines()
    assert "cannot be" in lines[0]
    assert lines[0].endswith("The outbox still holds the files of the run before.")
    # The record of nights is on the same disk.
    assert all("cannot be written" in line for line in lines[1:]), lines
    assert content_of(folder / "outbox") == before
    assert leftovers(folder / "outbox") == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes to a folder that is read-only")
def test_an_outbox_that_is_read_only(night: tuple[Path, dict[str, bytes], float]) -> None:
    folder, _, _ = night
    before = content_of(folder / "outbox")
    (folder / "outbox").chmod(0o555)
    try:
        with perfbatch("run", cwd=folder) as run:
            _, printed = run.communicate(timeout=60)
    finally:
        (folder / "outbox").chmod(0o755)
    assert run.returncode == 1
    assert "cannot be" in printed.decode()
    assert content_of(folder / "outbox") == before


def test_a_second_run_leaves_with_one_line(night: tuple[Path, dict[str, bytes], float]) -> None:
    folder, _, _ = night
    with locked(folder / "outbox"), perfbatch("run", cwd=folder) as run:
        _, printed = run.communicate(timeout=60)
    assert run.returncode == 1
    assert printed.decode() == "perfbatch: outbox: another run is publishing there. Wait for it to end and run again.\n"


def test_a_journal_that_cannot_be_undone_stops_the_next_run(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    publish_night(outbox, 1)
    private = outbox / ".perfbatch-dead"
    (private / "before").mkdir(parents=True)
    (private / "switch.json").write_text("{not json")
    with pytest.raises(BatchFault, match="could not all be put back"):
        publish_night(outbox, 2)
    assert journal.pending(private)
