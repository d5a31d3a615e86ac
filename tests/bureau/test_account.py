"""The account of a night: the record, the log, whoever is told; and what the next night says of it."""

from __future__ import annotations

import http.server
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.bureau import last_night, notifying
from perfbatch.bureau.last_night import LAST_NIGHT_NAME, FailureOnRecord, NightRecord, read_failures, write_record
from perfbatch.bureau.night_log import DAYS_KEPT, NightLog, discreet
from perfbatch.bureau.notifying import notify
from perfbatch.cli import main
from perfbatch.model.nights import FailedNight
from tests.conftest import Lay, workbook

_MOMENT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
_NIGHT = {"verdict": "failed", "exit_code": 1}


def _run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["run", *map(str, arguments)])
    return int(left.value.code or 0)


def _record(folder: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((folder / LAST_NIGHT_NAME).read_text("utf-8"))
    return record


def _log(folder: Path) -> str:
    return "".join(path.read_text("utf-8") for path in sorted(folder.glob("perfbatch-*.log")))


@pytest.fixture
def bureau(tmp_path: Path, inbox: Lay, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an inbox of two files that a night is run in, settings and all."""
    made = {"1.xlsx": workbook(on_post_staff=32), "李雷13812345678.txt": b"text"}
    assert inbox(made) == tmp_path / "inbox"
    (tmp_path / "perfbatch.toml").write_text("workers = 1\n", "utf-8")
    monkeypatch.delenv("PERFBATCH_RUN_LOG")
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestNights:
    """From the command line to the files."""

    def test_a_night_is_on_record_beside_the_settings(self, bureau: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (bureau / "elsewhere").mkdir()
        monkeypatch.chdir(bureau / "elsewhere")
        monkeypatch.setenv("PERFBATCH_SETTINGS", str(bureau / "perfbatch.toml"))
        assert _run("--inbox", bureau / "inbox", "--outbox", bureau / "out") == 0
        record, report = _record(bureau), json.loads((bureau / "out" / "run-report.json").read_text("utf-8"))
        assert list((bureau / "elsewhere").iterdir()) == []
        assert (record["verdict"], record["exit_code"], record["faults"]) == ("findings", 0, [])
        assert (record["run_id"], record["rulebooks"]) == (report["run_id"], ["yunxi-2020"])
        counts = record["counts"]
        assert (counts["files"], counts["accepted"], counts["set_aside"], counts["departments"]) == (2, 1, 1, 1)
        assert counts["errors"] == sum(finding["severity"] == "error" for finding in report["findings"])
        assert record["outputs"] == [name for name in report["outputs"] if "/" not in name]
        assert counts["notices"] == 1
        assert not (bureau / "out" / LAST_NIGHT_NAME).exists()

    def test_nobody_s_name_or_number_is_in_it(self, bureau: Path) -> None:
        assert _run() == 0
        for text in (_log(bureau), (bureau / LAST_NIGHT_NAME).read_text("utf-8")):
            assert "李雷" not in text
            assert "13812345678" not in text
        assert "set aside: F01 1" in _log(bureau)
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d begun: perfbatch ", _log(bureau))

    def test_failed_nights_are_on_record_and_told_in_the_next_summary(self, bureau: Path) -> None:
        assert _run() == 0
        (bureau / "inbox" / "1.xlsx").rename(bureau / "1.xlsx")
        (bureau / "inbox" / "2.txt").unlink(missing_ok=True)
        assert _run() == 1
        record = _record(bureau)
        assert (record["verdict"], record["exit_code"], record["counts"]) == ("failed", 1, None)
        assert "departments accepted: 0 tonight, 1 on the last night" in record["faults"][0]
        assert _run("--roster", "none.xlsx") == 2
        assert _record(bureau)["verdict"] == "refused"
        # Of another outbox, which has nothing to do with it.
        assert _run("--outbox", "other") == 0
        assert [failure["exit_code"] for failure in _record(bureau)["failed_since"]] == [1, 2]
        (bureau / "1.xlsx").rename(bureau / "inbox" / "1.xlsx")
        assert _run() == 0
        assert _record(bureau)["failed_since"] == []
        book = openpyxl.load_workbook(bureau / "outbox" / "district-summary-2020.xlsx")
        notes = book["总览"]["A3"].value
        assert re.fullmatch(
            r"上次汇总之后有 2 次运行未完成：\S+ \S+（退出码 1）、\S+ \S+（退出码 2）。原因见运行日志（perfbatch-日期\.log）。",
            notes,
        )
        assert [row[1].value[-7:] for row in book["运行记录"] if row[0].value == "此前未完成的运行"] == [
            "（退出码 1）",
            "（退出码 2）",
        ]
        assert _run() == 0
        again = openpyxl.load_workbook(bureau / "outbox" / "district-summary-2020.xlsx")
        assert "未完成" not in str(again["总览"]["A3"].value)

    def test_settings_that_cannot_be_read_are_a_failed_night(self, bureau: Path) -> None:
        (bureau / "perfbatch.toml").write_text("inbox = ", "utf-8")
        assert _run("--notify", "cat > told.json") == 2
        assert _record(bureau)["verdict"] == "refused"
        assert json.loads((bureau / "told.json").read_text("utf-8")) == _record(bureau)

    def test_a_killed_night_is_told(self, bureau: Path) -> None:
        killed = "import os, signal, perfbatch.publishing as p\np.run_night = lambda plan: os.kill(os.getpid(), signal.SIGKILL)\n"
        code = f"{killed}from perfbatch.cli import main\nmain(['run'])"
        done = subprocess.run([sys.executable, "-c", code], cwd=bureau, check=False, timeout=120)
        assert done.returncode == -9
        record = _record(bureau)
        assert (record["verdict"], record["exit_code"], record["finished_at"]) == ("running", None, None)
        assert _run() == 0
        book = openpyxl.load_workbook(bureau / "outbox" / "district-summary-2020.xlsx")
        assert "中途被终止" in book["总览"]["A3"].value

    def test_json_is_one_object_also_of_a_night_that_failed(
        self, bureau: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert _run("--json") == 0
        account = json.loads(capsys.readouterr().out)
        assert (account["verdict"], account["exit_code"]) == ("findings", 0)
        assert "notices/yunxi-2020/900001-云溪区测试局.xlsx" in account["outputs"]
        assert _run("--json", "--strict") == 3
        assert json.loads(capsys.readouterr().out)["exit_code"] == 3
        assert _run("--json", "--inbox", "none") == 2
        shown = capsys.readouterr()
        assert json.loads(shown.out)["faults"] == [shown.err.strip()]

    def test_what_cannot_be_written_down_changes_no_night(
        self, bureau: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (bureau / "file").touch()
        assert _run("--log", bureau / "file" / "log", "--quiet") == 0
        shown = capsys.readouterr()
        assert shown.out == ""
        assert f"{bureau}/file/log: cannot be made (Not a directory)." in shown.err
        assert (bureau / "outbox" / "run-report.json").exists()

    def test_quiet_and_help_and_no_colour(self, bureau: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert _run("-q") == 0
        assert capsys.readouterr() == ("", "")
        before = _record(bureau)
        assert _run("--help") == 0
        assert _record(bureau) == before
        assert _run("-v") == 0
        assert "notices/yunxi-2020/900001-云溪区测试局.xlsx" in capsys.readouterr().out


class TestRecord:
    """last-night.json itself."""

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"[]",
            b"{}",
            b"\xff",
            b"null",
            b"[" * 100_000,
            b'{"verdict": "failed", "failed_since": [{"started_at": "2026-03-01T02:00:00", "exit_code": 1, "outbox": "o"}]}',
            b'{"verdict": "failed", "failed_since": [{"started_at": "2026-03-01T02:00:00+08:00", "exit_code": "1", "outbox": "o"}]}',
            b'{"verdict": "failed", "failed_since": 7}',
        ],
    )
    def test_what_is_no_record_says_nothing(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / LAST_NIGHT_NAME).write_bytes(content)
        assert read_failures(tmp_path) == ()

    def test_what_was_written_comes_back(self, tmp_path: Path) -> None:
        assert read_failures(tmp_path) == ()
        failure = FailureOnRecord("/out", FailedNight(_MOMENT, 1))
        record = NightRecord("failed", 1, _MOMENT, _MOMENT, "/out", failures=(failure,))
        write_record(tmp_path, record)
        assert read_failures(tmp_path) == (failure,)
        # One that runs at this moment has not failed.
        write_record(tmp_path, NightRecord("running", None, _MOMENT, None, "/out", failures=(failure,)))
        assert read_failures(tmp_path) == (failure,)

    def test_on_a_full_disk_the_room_of_the_last_one_is_taken(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_record(tmp_path, NightRecord("running", None, _MOMENT, None, "/out", faults=("x" * 999,)))

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(last_night.os, "fsync", full)
        write_record(tmp_path, NightRecord("failed", 1, _MOMENT, _MOMENT, "/out"))
        assert _record(tmp_path)["verdict"] == "failed"
        assert [path.name for path in tmp_path.iterdir()] == [LAST_NIGHT_NAME]


class TestLog:
    """Days, and discretion."""

    def test_a_file_a_day_and_the_newest_are_kept(self, tmp_path: Path) -> None:
        others = ("perfbatch-notes.log", "perfbatch-2020-01-01.log.bak")
        for name in (*others, *(f"perfbatch-2025-{month:02}-{day:02}.log" for month in (1, 2) for day in range(1, 29))):
            (tmp_path / name).write_text("kept", "utf-8")
        log = NightLog(tmp_path)
        log.rotate()
        log.write(_MOMENT, "begun", "ended")
        assert (tmp_path / "perfbatch-2026-03-01.log").read_text("utf-8") == (
            "2026-03-01 02:00:00 begun\n2026-03-01 02:00:00 ended\n"
        )
        names = sorted(path.name for path in tmp_path.iterdir())
        assert len(names) == DAYS_KEPT + 1 + len(others)
        assert {*others, "perfbatch-2025-02-28.log"} <= {*names}
        assert "perfbatch-2025-01-01.log" not in names

    @pytest.mark.parametrize(
        ("line", "discreetly"),
        [
            ("inbox/张三 138.xlsx: cannot be read", "inbox/…: cannot be read"),
            (
                "名录.xlsx [部门名录!C2]: '张三 13812345678' is not a number.",
                "名录.xlsx [部门名录!C2]: '…' is not a number.",
            ),
            ("call 138 1234 5678 or 0730-8412345 or +86 13812345678", "call … or … or …"),
            ("run 20260301T020000-a1b2c3, code 116001, 274.98", "run 20260301T020000-a1b2c3, code 116001, 274.98"),
            ("two\nlines\x1b[2J", "two lines\\x1b[2J"),
        ],
    )
    def test_it_is_discreet(self, line: str, discreetly: str) -> None:
        assert discreet(line, "inbox").replace("\\u001b", "\\x1b") == discreetly


class _Server(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        if self.path == "/slow":
            time.sleep(3)
        self.send_response({"/refused": 500, "/moved": 302}.get(self.path, 200))
        if self.path == "/moved":
            self.send_header("Location", "file:///etc/passwd")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


received: list[tuple[str, bytes]] = []


@pytest.fixture
def address() -> Iterator[str]:
    """Of a server that answers as its paths say."""
    received.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class TestNotifying:
    """Whoever is told."""

    def test_an_address_is_posted_to(self, address: str, tmp_path: Path) -> None:
        assert notify(f"{address}/ping/{{exit_code}}/{{verdict}}", _NIGHT, tmp_path) == (True, "answered 200")
        ((path, content),) = received
        assert (path, json.loads(content)) == ("/ping/1/failed", _NIGHT)

    @pytest.mark.parametrize(("path", "outcome"), [("/refused", "answered 500"), ("/moved", "answered 302")])
    def test_a_refusal_is_told_without_the_address(self, address: str, tmp_path: Path, path: str, outcome: str) -> None:
        assert notify(f"{address}{path}", _NIGHT, tmp_path) == (False, outcome)

    def test_nobody_there(self, tmp_path: Path) -> None:
        done, outcome = notify("http://127.0.0.1:9/secret", _NIGHT, tmp_path)
        assert not done
        assert "secret" not in outcome

    def test_it_takes_no_longer_than_it_may(
        self, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(notifying, "POST_SECONDS", 0.5)
        monkeypatch.setattr(notifying, "COMMAND_SECONDS", 0.5)
        begun = time.monotonic()
        assert notify(f"{address}/slow", _NIGHT, tmp_path)[0] is False
        done, outcome = notify("sleep 30 & echo $! > child; wait", _NIGHT, tmp_path)
        assert (done, outcome) == (False, "not ended within 0.5 s")
        assert time.monotonic() - begun < 5
        child = int((tmp_path / "child").read_text())
        time.sleep(0.2)
        stat = Path(f"/proc/{child}/stat")
        assert not stat.exists() or stat.read_text().split()[2] == "Z"

    @pytest.mark.skipif(os.name == "nt", reason="a shell of its own")
    def test_a_command_has_the_record(self, tmp_path: Path) -> None:
        command = 'cat > told.json; echo "$PERFBATCH_VERDICT $PERFBATCH_EXIT_CODE" > verdict'
        assert notify(command, _NIGHT, tmp_path) == (True, "exit code 0")
        assert json.loads((tmp_path / "told.json").read_text("utf-8")) == _NIGHT
        assert (tmp_path / "verdict").read_text() == "failed 1\n"
        assert notify("exit 7", _NIGHT, tmp_path) == (False, "exit code 7")
        assert notify("no-such-command-anywhere", _NIGHT, tmp_path) == (False, "exit code 127")
