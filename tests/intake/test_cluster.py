"""Reading on a real scheduler with two workers on loopback: the answers of a local night, whatever becomes of a worker."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="the extra perfbatch[cluster] is not installed")

from perfbatch import __version__
from perfbatch.cli import main
from perfbatch.intake import cluster as intake_cluster
from perfbatch.intake import reading_pool
from perfbatch.intake.cluster import reading_cluster, this_program
from perfbatch.intake.inbox import walk
from perfbatch.intake.reading_pool import read_all
from perfbatch.model.errors import BatchFault
from perfbatch.publishing import NightPlan, run_night
from perfbatch.rulebook.data import forms_data
from perfbatch.rulebook.load import LoadedRulebook
from tests.conftest import Lay, workbook
from tests.hostile.files import HOSTILE
from tests.intake.test_reading_pool import TIGHT, wordy
from tests.workbooks import repack, rulebook

ROOT = Path(__file__).parents[2]
BAD = ("random bytes", "billion laughs", "ole encrypted", "two members over one content")


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own."""

    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_scheduler(self) -> None:
        self._start("scheduler", "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")

    def start_worker(self, name: str, **environment: str) -> None:
        options = ("--host", "127.0.0.1", "--no-nanny", "--no-dashboard", "--nthreads", "1", "--name", name)
        self._start(name, "dask_worker", *options, **environment)

    def _start(self, name: str, program: str, *options: str, **environment: str) -> None:
        known = ("--scheduler-file", str(self.folder / "scheduler.json"))
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *known, *options],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def address(self) -> str:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if (self.folder / "scheduler.json").exists():
                scheduler: str = json.loads((self.folder / "scheduler.json").read_text("utf-8"))["address"]
                return scheduler
            time.sleep(0.05)
        raise AssertionError("no scheduler")

    def wait(self, workers: int) -> None:
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=30)
            until = time.monotonic() + 30
            while len(client.nthreads()) != workers and time.monotonic() < until:
                time.sleep(0.05)

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for name in list(self.processes):
            self.kill(name)


@pytest.fixture
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler without workers."""
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        started.start_scheduler()
        assert started.address
        yield started
    finally:
        started.end()


@pytest.fixture
def two(bare: Cluster) -> Cluster:
    """A scheduler with the workers a and b."""
    bare.start_worker("a")
    bare.start_worker("b")
    bare.wait(2)
    return bare


def lasting(outbox: Path) -> dict[str, Any]:
    """The run report without what is of the hour."""
    report: dict[str, Any] = json.loads((outbox / "run-report.json").read_text("utf-8"))
    return {
        name: value for name, value in report.items() if name not in ("run_id", "started_at", "finished_at", "phases")
    }


def district(departments: int) -> Mapping[str, bytes]:
    """Departments with and without findings, and files that are set aside."""
    made = [workbook(), workbook(on_post_staff=27)]
    good = {f"{number:03}.xlsx": recoded(made[number % 2], f"9{number:05}") for number in range(departments)}
    return {**good, **{f"坏 {number}.xlsx": HOSTILE[name][1]() for number, name in enumerate(BAD)}}


def recoded(content: bytes, budget_code: str) -> bytes:
    """A workbook under another code: making one takes a hundred times as long."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    changed = {name: part.replace(b"900001", budget_code.encode()) for name, part in parts.items() if b"900001" in part}
    assert changed
    return repack(content, changed)


def test_a_night_with_a_worker_killed_in_the_middle_is_a_local_night(
    two: Cluster, inbox: Lay, tmp_path: Path, loaded: LoadedRulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Chunks as of a large district.
    monkeypatch.setattr(reading_pool, "_FILES_PER_WORKER", 5)
    monkeypatch.setattr(reading_pool, "_MOST_FILES", 5)
    monkeypatch.setattr(reading_pool, "_FEWEST_FILES", 5)
    folder = inbox(district(60))
    (folder / "link.xlsx").symlink_to(folder / "000.xlsx")
    killed_at: list[int] = []

    def watch(phase: str, done: int, total: int) -> None:
        if phase == "read" and done and not killed_at:
            killed_at.append(done)
            two.kill("a")

    with reading_cluster(two.address) as executor:
        assert executor.workers == 2
        run_night(NightPlan(folder, tmp_path / "far", loaded, workers=2, executor=executor, watch=watch))
    run_night(NightPlan(folder, tmp_path / "near", loaded, workers=2))
    far, near = lasting(tmp_path / "far"), lasting(tmp_path / "near")
    assert far == near
    assert 0 < killed_at[0] < 65
    codes = {file["path"]: file["code"] for file in near["files"] if file["code"]}
    assert codes == {"link.xlsx": "F10", **{f"坏 {number}.xlsx": HOSTILE[name][0] for number, name in enumerate(BAD)}}


def test_a_file_that_its_reader_is_lost_over_costs_the_cluster_no_worker(two: Cluster, inbox: Lay) -> None:
    files = walk(inbox({"a.xlsx": workbook(), "b.xlsx": wordy(), "c.xlsx": workbook()}))
    with reading_cluster(two.address) as executor:
        reads = read_all(files, rulebook(), executor.workers, TIGHT, executor)
    assert reads == read_all(files, rulebook(), 1, TIGHT)
    assert [read.code for read in reads] == ["", "F08", ""]
    assert [process.poll() for process in two.processes.values()] == [None, None, None]


def test_a_worker_without_this_program_is_refused(bare: Cluster, tmp_path: Path) -> None:
    other = tmp_path / "other" / "perfbatch"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("raise ImportError")
    bare.start_worker("none", PYTHONPATH=str(other.parent))
    bare.wait(1)
    with pytest.raises(
        BatchFault,
        match=rf"^tcp://127\.0\.0\.1:\d+: the worker has no perfbatch \(ImportError\)\. "
        rf"Install perfbatch {__version__} there as it is here\.$",
    ):
        with_cluster(bare.address)
    bare.kill("none")
    (other / "__init__.py").write_text("__version__ = '0.0.9'")
    (other / "rulebook").mkdir()
    (other / "rulebook" / "__init__.py").touch()
    (other / "rulebook" / "yunxi_2020.toml").touch()
    bare.start_worker("old", PYTHONPATH=str(other.parent))
    bare.wait(1)
    with pytest.raises(BatchFault, match=rf": the worker has perfbatch 0\.0\.9, this is {__version__}\. Install"):
        with_cluster(bare.address)
    bare.kill("old")
    (other / "__init__.py").write_text(f"__version__ = '{__version__}'")
    bare.start_worker("unreleased", PYTHONPATH=str(other.parent))
    bare.wait(1)
    with pytest.raises(
        BatchFault,
        match=rf": the worker's yunxi_2020\.toml is another one "
        rf"\(sha256 e3b0c44298fc, here {this_program()[1][:12]}\)\. Install",
    ):
        with_cluster(bare.address)


def with_cluster(address: str) -> None:
    with reading_cluster(address):
        raise AssertionError("connected")


def test_a_worker_that_joins_later_is_asked_too(two: Cluster, inbox: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    files = walk(inbox({"a.xlsx": workbook()}))
    with reading_cluster(two.address) as executor:
        executor._program = ("0.0.9", executor._program[1])
        with pytest.raises(BatchFault, match=rf": the worker has perfbatch {__version__}, this is 0\.0\.9\."):
            read_all(files, rulebook(), executor=executor)


def test_a_cluster_without_workers_is_told_before_and_after_it_had_some(
    bare: Cluster, inbox: Lay, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BatchFault, match=r": the cluster has no workers\. Start some, or run without --cluster\.$"):
        with_cluster(bare.address)
    monkeypatch.setattr(intake_cluster, "_PATIENCE_SECONDS", 2.0)
    files = walk(inbox(district(2)))
    bare.start_worker("only")
    bare.wait(1)
    with reading_cluster(bare.address) as executor:
        bare.kill("only")
        with pytest.raises(BatchFault, match=r"processes do not run \(tcp://\S+ has no workers left\)\.$"):
            read_all(files, rulebook(), executor=executor)


def ended(capsys: pytest.CaptureFixture[str], tmp_path: Path, inbox: Path, address: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(["run", "--inbox", str(inbox), "--outbox", str(tmp_path / "out"), "--cluster", address])
    shown = capsys.readouterr()
    assert shown.out == ""
    assert not (tmp_path / "out").exists()
    assert isinstance(left.value.code, int)
    return left.value.code, shown.err


def test_an_address_that_does_not_answer(inbox: Lay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        assert ended(capsys, tmp_path, inbox({}), address) == (
            1,
            f"perfbatch: {address}: no scheduler answers there. Start the cluster, or run without --cluster.\n",
        )


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "tcp://somewhere", "http://a:1", ""])
def test_an_address_that_is_none(inbox: Lay, tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str) -> None:
    assert ended(capsys, tmp_path, inbox({}), address) == (
        2,
        f"perfbatch: --cluster {address}: is not a scheduler's address. Give it as tcp://HOST:PORT.\n",
    )


@pytest.mark.parametrize("absent", ["dask", "distributed"])
def test_without_the_extra(
    inbox: Lay, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, absent: str
) -> None:
    monkeypatch.setitem(sys.modules, absent, None)
    assert ended(capsys, tmp_path, inbox({}), "tcp://127.0.0.1:8786") == (
        2,
        "perfbatch: --cluster: needs the package distributed. Install perfbatch[cluster].\n",
    )


def test_the_whole_command_on_a_cluster(two: Cluster, inbox: Lay, tmp_path: Path) -> None:
    folder = inbox(district(3))
    command = [sys.executable, "-m", "perfbatch", "run", "--inbox", str(folder), "--outbox", str(tmp_path / "out")]
    done = subprocess.run([*command, "--cluster", two.address], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"7 files: 3 accepted" in done.stdout


def _runs_code(folder: Path) -> type[Exception]:
    """An exception, which may be answered too, that runs code wherever it is unpickled: a file of that process's id."""
    code = f"import os; open(os.path.join({str(folder)!r}, str(os.getpid())), 'w').close()"

    class Hostile(Exception):
        def __reduce__(self) -> tuple[Any, ...]:
            return exec, (code,)

    return Hostile


def _answers(kind: str, folder: Path) -> Callable[..., Any]:
    """What a hostile worker has in the place of our call."""
    hostile = _runs_code(folder)

    def call(program: Any, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        from perfbatch.model.message import packed

        if kind == "raises":
            raise hostile
        if kind == "an object":
            return hostile()
        if kind in ("a text", "nothing", "a list of bytes"):
            return {"a text": "answer", "nothing": None, "a list of bytes": [b"x"]}[kind]
        answer = fn(*args, **kwargs)
        if kind == "cut short":
            return packed("done", [answer[: len(answer) // 2]])
        if kind == "of another kind":
            return packed("done", [packed("anything", [b"x"])])
        if kind == "not wrapped":
            return answer
        # In another order: the first file's answer is the last one's.
        return packed("done", [fn(*_turned(args), **kwargs)])

    def _turned(args: tuple[Any, ...]) -> tuple[Any, ...]:
        from perfbatch.intake.one_file import request_to_read_shipped, shipped_in

        limits, files = shipped_in(args[0])
        return (request_to_read_shipped(list(reversed(files)), forms, limits),)

    forms = forms_data(rulebook())
    return call


@pytest.mark.parametrize(
    "kind",
    ["raises", "an object", "a text", "nothing", "a list of bytes", "cut short", "of another kind", "in another order"],
)
def test_what_a_hostile_worker_answers_is_no_code_and_costs_no_department(
    two: Cluster, inbox: Lay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    files = walk(inbox(district(2)))
    monkeypatch.setattr(intake_cluster, "_call", _answers(kind, marks))
    with reading_cluster(two.address) as executor, pytest.raises(BatchFault) as refused:
        read_all(files, rulebook(), 1, None, executor)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith("Workbooks cannot be read: ")
    assert str(os.getpid()) not in {mark.name for mark in marks.iterdir()}


def test_the_version_check_believes_nothing_but_data(bare: Cluster, tmp_path: Path) -> None:
    other, marks = tmp_path / "other" / "perfbatch", tmp_path / "marks"
    (other / "rulebook").mkdir(parents=True)
    marks.mkdir()
    (other / "__init__.py").write_text("__version__ = object()")
    (other / "rulebook" / "__init__.py").touch()
    (other / "rulebook" / "yunxi_2020.toml").touch()
    bare.start_worker("odd", PYTHONPATH=str(other.parent))
    bare.wait(1)
    with pytest.raises(
        BatchFault, match=r"^tcp://127\.0\.0\.1:\d+: what the worker answers is not valid \(\w+\)\. Look"
    ):
        with_cluster(bare.address)


class FakeScheduler:
    """Something at an address that is no scheduler: it takes connections and says `greeting`."""

    def __init__(self, greeting: bytes | None) -> None:
        self._greeting, self._socket = greeting, socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(20)
        self._taken: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()
        self.address = f"tcp://127.0.0.1:{self._socket.getsockname()[1]}"

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                taken, _ = self._socket.accept()
                self._taken.append(taken)
                if self._greeting is None:
                    continue
                taken.sendall(self._greeting)
                taken.close()

    def close(self) -> None:
        for taken in (*self._taken, self._socket):
            taken.close()


@pytest.mark.parametrize(
    "greeting",
    [
        None,
        b"",
        b"\xff" * 4096,
        (2**60).to_bytes(8, "little") * 4,
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["silence", "nothing", "garbage", "a huge length", "a web server"],
)
def test_what_is_no_scheduler_ends_in_one_line(
    inbox: Lay,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    greeting: bytes | None,
) -> None:
    monkeypatch.setattr(intake_cluster, "_SILENCE_SECONDS", 3.0)
    fake = FakeScheduler(greeting)
    began = time.monotonic()
    with contextlib.closing(fake):
        assert ended(capsys, tmp_path, inbox(district(1)), fake.address) == (
            1,
            f"perfbatch: {fake.address}: no scheduler answers there. Start the cluster, or run without --cluster.\n",
        )
    assert time.monotonic() - began < 20


def test_half_a_minute_at_the_most() -> None:
    assert intake_cluster._SILENCE_SECONDS < 30


def test_tls_without_its_configuration(inbox: Lay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(capsys, tmp_path, inbox(district(1)), "tls://127.0.0.1:1") == (
        1,
        "perfbatch: tls://127.0.0.1:1: no scheduler answers there. Start the cluster, or run without --cluster.\n",
    )
