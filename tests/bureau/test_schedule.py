"""A night that begins by itself, whatever the folder is called, and from wherever it is started."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from perfbatch.bureau.schedule import cron_line, scheduled, systemd_units, windows_task
from perfbatch.cli import main
from perfbatch.model.errors import OperatorFault
from tests.conftest import workbook

_ODD = ["plain", "两 个", 'o\'d "x" $HOME `id` ;&|<>(){}*?!#~', "100%", "50% of %d $$ \\n \\", "-q", "a=b:c,d"]

posix = pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")


def _bureau(folder: Path, settings: str = "perfbatch.toml") -> Path:
    (folder / "inbox").mkdir(parents=True)
    (folder / "inbox" / "1.xlsx").write_bytes(workbook())
    (folder / settings).write_text("workers = 1\n", "utf-8")
    return folder / settings


def _shell_of(line: str) -> str:
    """What cron hands to the shell of a line: all behind the five fields, to the first percent sign."""
    command = line.split(" ", 5)[5]
    assert "%" not in command
    return command


def _started(command: list[str], folder: Path) -> None:
    """As a scheduler does: in a folder of its own, with next to nothing in the environment."""
    surroundings = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(command, cwd="/", env=surroundings, capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert json.loads((folder / "last-night.json").read_text("utf-8"))["verdict"] == "clean"
    assert (folder / "outbox" / "district-summary-2020.xlsx").exists()


def _of_systemd(exec_start: str) -> list[str]:
    """The words of a unit's command line, as systemd.service(5) and systemd.syntax(7) have them."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', exec_start)
    spelt = [quoted or bare for quoted, bare in words]
    spelt = [re.sub(r"\\(.)", lambda escape: {"n": "\n", "t": "\t"}.get(escape[1], escape[1]), word) for word in spelt]
    assert all(re.fullmatch(r"(?:[^%$]|%%|\$\$)*", word) for word in spelt)
    return [word.replace("%%", "%").replace("$$", "$") for word in spelt]


@posix
@pytest.mark.parametrize("name", _ODD)
def test_a_crontab_s_line_runs_the_night_of_its_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    line = cron_line(scheduled("02:05", _bureau(folder)))
    assert line.startswith("5 2 * * * ")
    _started(["/bin/sh", "-c", _shell_of(line)], folder)


@posix
@pytest.mark.parametrize("name", _ODD)
def test_a_unit_runs_the_night_of_its_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    units = systemd_units(scheduled("02:05", _bureau(folder)))
    (service,) = (content for unit, content in units.items() if unit.endswith(".service"))
    (line,) = re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE)
    _started(_of_systemd(line), folder)
    assert any("OnCalendar=*-*-* 02:05:00\n" in content for content in units.values())


@posix
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("name", _ODD)
def test_systemd_finds_no_fault_with_the_units(tmp_path: Path, name: str) -> None:
    units = systemd_units(scheduled("2:00", tmp_path / name / "perfbatch.toml"))
    for unit, content in units.items():
        (tmp_path / unit).write_text(content, "utf-8")
    paths = [str(tmp_path / unit) for unit in units]
    done = subprocess.run(["systemd-analyze", "verify", "--user", *paths], capture_output=True, check=False, timeout=60)
    faults = [line for line in done.stderr.decode().splitlines() if "perfbatch-" in line]
    assert faults == []


@pytest.mark.parametrize("name", _ODD)
def test_a_task_names_the_folder_to_the_letter(tmp_path: Path, name: str) -> None:
    schedule = scheduled("23:59", tmp_path / name / "perfbatch.toml")
    task = ElementTree.fromstring(windows_task(schedule).encode("utf-16"))
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    task_parts = {part: task.findtext(f".//{space}{part}") for part in ("WorkingDirectory", "Command", "StartBoundary")}
    assert task_parts["WorkingDirectory"] == str(tmp_path / name)
    assert task_parts["Command"] == os.path.abspath(sys.executable)  # noqa: PTH100
    assert str(task_parts["StartBoundary"]).endswith("T23:59:00")


@posix
def test_settings_of_another_name_are_named(tmp_path: Path) -> None:
    settings = _bureau(tmp_path / "a b", "my settings.toml")
    _started(["/bin/sh", "-c", _shell_of(cron_line(scheduled("02:00", settings)))], settings.parent)
    with pytest.raises(OperatorFault, match="is not called"):
        windows_task(scheduled("02:00", settings))


@pytest.mark.parametrize("at", ["24:00", "2", "02:60", "", "2:00 pm", "02:00\n* * * * * id"])
def test_no_time_of_the_day(at: str) -> None:
    with pytest.raises(OperatorFault, match="no time of the day"):
        scheduled(at, Path("perfbatch.toml"))


@pytest.mark.parametrize("name", ["a\nb", "a\x7fb", "a\udcffb"])
def test_a_path_that_no_scheduler_can_be_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(OperatorFault, match="no scheduler can be told"):
        scheduled("02:00", tmp_path / name / "perfbatch.toml")


_CRONTAB = """#!/bin/sh
if [ -e "$CRONTAB_REFUSES" ]; then echo "not allowed" >&2; exit 1; fi
if [ "$1" = -l ]; then
    [ -e "$CRONTAB" ] || { echo "no crontab for nobody" >&2; exit 1; }
    exec cat "$CRONTAB"
fi
exec cat > "$CRONTAB"
"""


@posix
class TestInstalling:
    """With a crontab that is a file."""

    @pytest.fixture(autouse=True)
    def _crontab(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        program = tmp_path / "bin" / "crontab"
        program.parent.mkdir()
        program.write_text(_CRONTAB)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
        monkeypatch.setenv("CRONTAB", str(tmp_path / "crontab.txt"))
        monkeypatch.setenv("CRONTAB_REFUSES", str(tmp_path / "refuses"))
        (tmp_path / "here").mkdir()
        monkeypatch.chdir(tmp_path / "here")

    @staticmethod
    def _schedule(*options: str) -> int:
        with pytest.raises(SystemExit) as left:
            main(["schedule", "--as", "cron", *options])
        return int(left.value.code or 0)

    def test_what_is_printed_is_what_is_installed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert self._schedule("--at", "02:00") == 0
        line, following = capsys.readouterr().out.splitlines()
        assert following == "Next      perfbatch schedule --at 02:00 --as cron --install"
        assert not (tmp_path / "crontab.txt").exists()
        assert self._schedule("--at", "02:00", "--install") == 0
        assert (tmp_path / "crontab.txt").read_text() == f"{line}\n"

    def test_again_replaces_its_own_line_alone(self, tmp_path: Path) -> None:
        others = "MAILTO=x\n0 1 * * * other # perfbatch-00000000\n"
        (tmp_path / "crontab.txt").write_text(others)
        assert self._schedule("--at", "02:00", "--install") == 0
        assert self._schedule("--at", "03:30", "--install") == 0
        *kept, mine = (tmp_path / "crontab.txt").read_text().splitlines(keepends=True)
        assert ("".join(kept), mine[:10]) == (others, "30 3 * * *")
        assert self._schedule("--remove") == 0
        assert (tmp_path / "crontab.txt").read_text() == others

    def test_a_crontab_that_cannot_be_read_is_not_written_over(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "crontab.txt").write_text("0 1 * * * other\n")
        (tmp_path / "refuses").touch()
        assert self._schedule("--install") == 1
        assert capsys.readouterr().err == "perfbatch: crontab -l: not allowed. The schedule is as it was.\n"
        assert (tmp_path / "crontab.txt").read_text() == "0 1 * * * other\n"

    def test_no_crontab_on_this_machine(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path / "here"))
        assert self._schedule("--install") == 2
        assert "crontab: is not on this machine" in capsys.readouterr().err
        assert self._schedule("--install", "--remove") == 2


@posix
def test_units_are_installed_and_a_failure_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@" >> "$CALLS"\n[ ! -e "$CALLS.refuse" ] || { echo no bus >&2; exit 1; }\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    units = tmp_path / "config" / "systemd" / "user"

    def schedule(*options: str) -> int:
        with pytest.raises(SystemExit) as left:
            main(["schedule", "--as", "systemd", *options])
        return int(left.value.code or 0)

    (tmp_path / "calls.refuse").touch()
    assert schedule("--install") == 1
    assert capsys.readouterr().err.startswith("perfbatch: systemctl --user daemon-reload: no bus.")
    assert list(units.iterdir()) == []
    (tmp_path / "calls.refuse").unlink()
    assert schedule("--install") == 0
    name = scheduled("02:00", tmp_path / "perfbatch.toml").name
    assert sorted(path.name for path in units.iterdir()) == [f"{name}.service", f"{name}.timer"]
    assert (tmp_path / "calls").read_text().splitlines()[-1] == f"--user enable --now {name}.timer"
    assert schedule("--remove") == 0
    assert list(units.iterdir()) == []
