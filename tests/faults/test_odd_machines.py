"""Machines that misbehave: pipes in the way, folders without rights, no locale, no processes, no room on the disk.

Each is a night like any other, or one line that names what is wrong, exit 1 or 2 and an outbox as it was; and after the next
run nothing is left behind.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perfbatch.outbox.switch import LOCK_NAME
from perfbatch.report.report import REPORT_NAME
from tests.faults.nights import KEPT, Ended, content_of, copied, forked, leftovers, perfbatch, without_privileges

Figure = Callable[[str, object], None]
SUMMARY = "district-summary-2020.xlsx"
NOTICE = "notices/yunxi-2020/900002-云溪区二局.xlsx"


def survived(outcome: Ended, outbox: Path, before: dict[str, bytes], figure: Figure, what: str) -> None:
    """A whole night, or one line and last night to the byte; and nothing left behind."""
    assert outcome.code in (0, 1, 2), outcome
    assert "Traceback" not in outcome.err
    if outcome.code:
        assert outcome.line.startswith("perfbatch: ")
        assert content_of(outbox) == before
    assert leftovers(outbox) == []
    figure(f"faults survived: {what}", outcome.err.strip() or "a night like any other")


@pytest.mark.parametrize("made", ["pipe", "folder", "link"])
@pytest.mark.parametrize("name", [LOCK_NAME, SUMMARY, NOTICE, REPORT_NAME, "notices"])
def test_something_else_in_the_place_of_a_file(folder: Path, name: str, made: str, figure: Figure) -> None:
    outbox = folder / "outbox"
    path = outbox / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    if made == "pipe":
        os.mkfifo(path)
    elif made == "folder":
        path.mkdir()
    else:
        (folder / "elsewhere").mkdir()
        (folder / "elsewhere" / "kept").write_text("kept")
        path.symlink_to(folder / "elsewhere")
    before = content_of(outbox)
    outcome = forked("run", folder=folder)
    survived(outcome, outbox, before, figure, f"a {made} in the place of {name}")
    if made == "link":
        assert [file.name for file in (folder / "elsewhere").iterdir()] == ["kept"]


def test_a_read_only_folder_of_notices(folder: Path, figure: Figure) -> None:
    outbox, drop = folder / "outbox", without_privileges()
    notices = outbox / "notices" / "yunxi-2020"
    before = content_of(outbox)
    notices.chmod(0o555)
    try:
        for _ in range(2):
            outcome = perfbatch("run", "--no-cache", folder=folder, before=drop)
            survived(outcome, outbox, before, figure, "a read-only folder of notices")
    finally:
        (outbox / "notices" / "yunxi-2020").chmod(0o755)


def test_an_outbox_that_is_read_only(folder: Path, figure: Figure) -> None:
    outbox, drop = folder / "outbox", without_privileges()
    before = content_of(outbox)
    folder.chmod(0o555)
    outbox.chmod(0o555)
    try:
        outcome = perfbatch("run", folder=folder, before=drop)
        assert outcome.code == 1
        survived(outcome, outbox, before, figure, "a read-only outbox")
    finally:
        folder.chmod(0o755)
        outbox.chmod(0o755)


@pytest.mark.parametrize("mask", [0o777, 0o700, 0o000])
def test_an_odd_umask(folder: Path, mask: int, figure: Figure) -> None:
    drop = without_privileges()

    def before() -> None:
        drop()
        os.umask(mask)

    outbox = folder / "outbox"
    for _ in range(2):
        outcome = perfbatch("run", folder=folder, before=before)
        assert (outcome.code, outcome.err) == (0, "")
        survived(outcome, outbox, {}, figure, f"umask {mask:04o}")
    # What we write we can read.
    assert all(os.stat(outbox / name).st_mode & 0o600 == 0o600 for name in content_of(outbox))  # noqa: PTH116


@pytest.mark.parametrize(("mode", "file_mode"), [(0o700, 0o600), (0o750, 0o640), (0o711, 0o600), (0o755, 0o644)])
@pytest.mark.parametrize("whole", [True, False])
def test_outputs_are_open_to_nobody_whom_the_outbox_is_closed_to(
    folder: Path, mode: int, file_mode: int, whole: bool
) -> None:
    outbox = folder / "outbox"
    outbox.chmod(mode)

    def before() -> None:
        os.umask(0)
        if not whole:
            from perfbatch.outbox import exchange

            exchange.prepare = lambda *_: False

    # The notice is last night's, linked, and was open to everybody.
    assert stat.S_IMODE((outbox / NOTICE).stat().st_mode) == 0o644
    assert forked("run", folder=folder, before=before).code == 0
    allowed = mode | 0o600
    for name in content_of(outbox):
        given = stat.S_IMODE((outbox / name).stat().st_mode)
        assert given & ~allowed == 0, (name, oct(given))
        assert given & 0o600 == 0o600
    assert stat.S_IMODE((outbox / SUMMARY).stat().st_mode) | file_mode == 0o666 & allowed | file_mode


@pytest.mark.parametrize("command", ["run", "template --output new"])
def test_a_locale_without_chinese(folder: Path, command: str, figure: Figure) -> None:
    before = content_of(folder / "outbox")
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    outcome = perfbatch(*command.split(), folder=folder, environment=environment)
    assert (outcome.code, outcome.line) == (
        2,
        "perfbatch: locale: its encoding (ascii) has no Chinese file names. Set LC_ALL=C.UTF-8 or PYTHONUTF8=1 and run again.",
    )
    survived(outcome, folder / "outbox", before, figure, f"no locale ({command})")
    assert not (folder / "new").exists()


@pytest.mark.parametrize("most", [1, 2, 3, 5])
def test_no_further_process_can_be_started(good_night: Path, most: int, figure: Figure) -> None:
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0 and setpriv is None:
        pytest.skip(
            "this machine's root is exempt from the limit of processes, and there is no setpriv to leave it with"
        )
    # Not in the tests' own folder, which nobody else may enter.
    with tempfile.TemporaryDirectory() as place:
        folder = copied(good_night, Path(place) / "night")
        command = [sys.executable, "-m", "perfbatch", "run"]
        if os.geteuid() == 0:
            for path in (Path(place), *Path(place).rglob("*")):
                os.chown(path, 54_321, 54_321)
            read = "-all,+dac_read_search"
            command = [
                *(str(setpriv), "--reuid=54321", "--regid=54321", "--clear-groups"),
                *(f"--inh-caps={read}", f"--ambient-caps={read}", f"--bounding-set={read}"),
                *("prlimit", f"--nproc={most}", *command),
            ]
        run = subprocess.run(
            command,
            cwd=folder,
            # The night's account beside its folders: the tests' own folder is closed to it.
            env={name: value for name, value in os.environ.items() if name != "PERFBATCH_RUN_LOG"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            preexec_fn=None
            if os.geteuid() == 0
            else lambda: resource.setrlimit(
                resource.RLIMIT_NPROC, (most, resource.getrlimit(resource.RLIMIT_NPROC)[1])
            ),
        )
        outcome = Ended(run.returncode, run.stdout, run.stderr)
        if "setpriv" in outcome.err or "prlimit" in outcome.err:
            pytest.skip(f"this machine's root cannot be left: {outcome.err.strip()}")
        survived(outcome, folder / "outbox", content_of(good_night / "outbox"), figure, f"at most {most} processes")


def test_files_that_may_not_grow(folder: Path, figure: Figure) -> None:
    """A full disk as every write sees it: at every size that a file of the night has, and one byte less."""
    outbox = folder / "outbox"
    before = content_of(outbox)
    sizes = sorted({len(content) - less for content in before.values() for less in (0, 1)} | {512, 4096})
    outcomes = []
    for size in sizes:
        limit = (size, size)
        outcome = forked(
            "run",
            "--no-cache",
            folder=folder,
            before=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
        )
        survived(outcome, outbox, before, figure, f"files of at most {size} bytes")
        outcomes.append(outcome.code)
        before = content_of(outbox)
    assert 1 in outcomes
    assert all(code in (0, 1) for code in outcomes)


@contextlib.contextmanager
def small_disk(place: Path, kilobytes: int) -> Iterator[None]:
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"this machine mounts no tmpfs: {mounted.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


@pytest.mark.parametrize("spare", [4, 40, 120, 400])
def test_a_disk_with_hardly_any_room(good_night: Path, tmp_path: Path, spare: int, figure: Figure) -> None:
    if shutil.which("mount") is None:
        pytest.skip("this machine has no mount")
    used = sum(-(-path.stat().st_size // 4096) * 4 + 4 for path in good_night.rglob("*"))
    with small_disk(tmp_path / "disk", used + spare):
        folder = copied(good_night, tmp_path / "disk" / "night")
        outbox, before = folder / "outbox", content_of(folder / "outbox")
        outcome = forked("run", "--no-cache", folder=folder)
        survived(outcome, outbox, before, figure, f"a disk with {spare} kB to spare")
        if spare == 4:
            assert outcome.code == 1
            assert outcome.line.endswith(f"(No space left on device). {KEPT}")
