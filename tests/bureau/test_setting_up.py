"""`perfbatch init`: what it writes runs at once, and nothing of anybody's is lost by it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from perfbatch.bureau.setting_up import suggested
from perfbatch.cli import main
from perfbatch.rulebook.load import load_rulebook
from tests.conftest import workbook

_OPTIONS = ("--issuer", "示例区财政局", "--district", "示例区", "--year", "2023", "--deadline", "2024-05-31")


def _perfbatch(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(map(str, arguments)))
    return int(left.value.code or 0)


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _entries(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_what_it_writes_runs_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _perfbatch("init", *_OPTIONS, "--contact", "绩效股") == 0
    written = ["perfbatch.toml", "yunxi-2023.toml", "yunxi-2023-roster.xlsx", ".gitignore"]
    assert capsys.readouterr().out.splitlines() == [
        *(f"Wrote {name}" for name in written),
        "Next      perfbatch template",
    ]
    assert _entries(tmp_path) == sorted([*written, "inbox", "outbox"])
    settings = tomllib.loads(Path("perfbatch.toml").read_text("utf-8"))
    assert settings == {
        "inbox": "inbox", "outbox": "outbox", "rulebook": "yunxi-2023.toml", "contact": "绩效股", "run": {}
    }  # fmt: skip
    book = load_rulebook("yunxi-2023.toml").rulebook
    assert (book.issuer, book.district, book.fiscal_year, book.deadline) == (
        "示例区财政局", "示例区", 2023, date(2024, 5, 31)
    )  # fmt: skip
    assert _perfbatch("rulebook", "lint") == 0
    assert _perfbatch("template") == 0
    assert _perfbatch("run") == 0
    assert Path("outbox/district-summary-2023.xlsx").exists()


def test_every_line_that_is_commented_out_holds_when_it_is_not(tmp_path: Path) -> None:
    assert _perfbatch("init", *_OPTIONS) == 0
    roster = openpyxl.load_workbook("yunxi-2023-roster.xlsx")
    roster.worksheets[0].append([])
    sheet = roster["部门名录"]
    sheet["A2"], sheet["B2"] = "900001", "测试局"
    roster.save("yunxi-2023-roster.xlsx")
    text = Path("perfbatch.toml").read_text("utf-8")
    lines = [line.removeprefix("# ") if " = " in line and "notify" not in line else line for line in text.splitlines()]
    assert {*tomllib.loads("\n".join(lines))} == {"inbox", "outbox", "rulebook", "roster", "contact", "lang", "run"}
    Path("perfbatch.toml").write_text("\n".join(lines), "utf-8")
    assert _perfbatch("run") == 0
    assert _perfbatch("settings") == 0


def test_the_contact_stands_on_notices(tmp_path: Path) -> None:
    assert _perfbatch("init", *_OPTIONS[:4], "--year", "2020", "--deadline", "2021-07-31", "--contact", "绩效股") == 0
    # The year of the built-in rulebook, whose id is taken.
    assert load_rulebook("yunxi-2020-own.toml").rulebook.issuer == "示例区财政局"
    Path("inbox/1.xlsx").write_bytes(workbook(on_post_staff=32))
    assert _perfbatch("run") == 0
    (notice,) = Path("outbox/notices/yunxi-2020-own").iterdir()
    sheet = openpyxl.load_workbook(notice)["整改通知"]
    assert "　　联系人：绩效股" in [row[0].value for row in sheet.iter_rows(max_row=8)]


def test_without_a_terminal_what_is_not_given_takes_its_default(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "perfbatch", "init"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=60,
    )
    year, built_in = datetime.now().astimezone().year - 1, load_rulebook(None).rulebook
    assert done.stderr == b""
    book = load_rulebook(f"yunxi-{year}.toml").rulebook
    assert (book.issuer, book.district, book.fiscal_year) == (built_in.issuer, built_in.district, year)
    assert book.deadline == suggested(year).deadline
    assert book.deadline is not None
    assert book.deadline.year == year + 1


@pytest.mark.parametrize("name", ["perfbatch.toml", "yunxi-2023.toml", "yunxi-2023-roster.xlsx"])
def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    Path(name).write_text("", "utf-8")
    assert _perfbatch("init", *_OPTIONS) == 2
    assert capsys.readouterr().err == (
        f"perfbatch: {name}: is there already, and is left as it is. Move it away, or start the command in another folder.\n"
    )
    assert _entries(tmp_path) == [name]
    assert Path(name).read_bytes() == b""


def test_folders_and_a_gitignore_that_are_there_are_taken_as_they_are(tmp_path: Path) -> None:
    Path("报送").mkdir()
    Path("报送/甲.xlsx").touch()
    Path(".gitignore").write_text("mine", "utf-8")
    assert _perfbatch("init", *_OPTIONS, "--inbox", "报送", "--outbox", tmp_path / 'a "b"') == 0
    assert (Path(".gitignore").read_text("utf-8"), Path("报送/甲.xlsx").exists()) == ("mine", True)
    settings = tomllib.loads(Path("perfbatch.toml").read_text("utf-8"))
    assert (settings["inbox"], settings["outbox"]) == ("报送", f'{tmp_path}/a "b"')
    assert _perfbatch("run") == 0


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (("--deadline", "2023-05-31"), "--deadline: 2023-05-31 lies before the end of 2023"),
        (("--outbox", "inbox/out"), "inbox/out: lies in the inbox"),
        (("--issuer", ""), "--issuer: is blank"),
        (("--contact", "a\nb"), "--contact: holds a control character"),
        (("--inbox", "/proc/nowhere/in"), "/proc/nowhere/in: cannot be made"),
        (("--year", "1999"), ""),
    ],
)
def test_values_that_cannot_be_leave_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], fault: str
) -> None:
    assert _perfbatch("init", *_OPTIONS, *options) == 2
    assert fault in capsys.readouterr().err
    assert _entries(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_on_a_terminal_it_asks_for_what_is_not_given(tmp_path: Path) -> None:
    import pty

    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "perfbatch", "init", "--district", "示例区", "--lang", "zh"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    os.close(slave)
    answers = "next year\n2023\n示例区财政局\nsoon\n2024-06-30\n\n收件\n\n"
    os.write(master, answers.encode())
    shown = b""
    while True:
        try:
            shown += os.read(master, 65536) or b""
        except OSError:
            break
    assert process.wait(60) == 0
    drawn = shown.decode()
    for question in ("评价年度", "财政部门名称", "报送截止日期", "联系方式", "存放各部门自评表的文件夹", "填写有误"):
        assert question in drawn
    assert "地区名称" not in drawn
    book = load_rulebook("yunxi-2023.toml").rulebook
    assert (book.issuer, book.district, book.deadline) == ("示例区财政局", "示例区", date(2024, 6, 30))
    assert tomllib.loads(Path("perfbatch.toml").read_text("utf-8"))["inbox"] == "收件"
