"""The command line: exit codes, one line for each fault, and output that a terminal can be trusted with."""

from __future__ import annotations

import gc
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

import openpyxl
import pytest

from perfbatch import __version__, publishing
from perfbatch.cli import main
from perfbatch.model.errors import BatchFault
from perfbatch.roster import MAX_UNITS
from perfbatch.rulebook.model import Rulebook
from tests.conftest import Lay, workbook
from tests.workbooks import compound_file

HOSTILE = "\x1b[2J\x1b]0;owned\x07区局.txt"
COMMANDS = (
    "run",
    "check",
    "template",
    "explain",
    "cards",
    "rulebook show",
    "rulebook lint",
    "rulebook export",
    "rulebook print",
)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Perfbatch = Callable[..., Ended]


@pytest.fixture
def perfbatch(capsys: pytest.CaptureFixture[str]) -> Perfbatch:
    """Runs the command line in this process."""

    def run(*arguments: object) -> Ended:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        code = left.value.code
        assert code is None or isinstance(code, int)
        return Ended(code or 0, shown.out, shown.err)

    return run


def spawned(arguments: Sequence[object], **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Runs the command line as a program of its own."""
    command = [sys.executable, "-m", "perfbatch", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, timeout=120, env={**os.environ, **environment})


@pytest.fixture
def two(inbox: Lay) -> Path:
    """A faultless department and one with two things wrong."""
    return inbox(
        {
            "测试局.xlsx": workbook(),
            "二局.xlsx": workbook(
                budget_code="900002", unit_name="云溪区二局", on_post_staff=32, general_budget_appropriation=[470, 470]
            ),
        }
    )


def roster(path: Path, rows: Sequence[Sequence[object]], reviews: Sequence[Sequence[object]] = ()) -> Path:
    """A roster workbook."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "部门名录"
    for row in (("预算编码", "部门（单位）名称", "人员编制（人）"), *rows):
        sheet.append(list(row))
    reviewed = book.create_sheet("财政复核")
    for row in (("预算编码", "指标代码", "核定得分", "核定理由"), *reviews):
        reviewed.append(list(row))
    book.save(path)
    return path


class TestRun:
    """perfbatch run."""

    def test_a_night(self, two: Path, tmp_path: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch("run", "--inbox", two, "--outbox", tmp_path / "out", "--workers", 1)
        run_id = json.loads((tmp_path / "out" / "run-report.json").read_text("utf-8"))["run_id"]
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines() == [
            f"Run {run_id} · rulebook yunxi-2020",
            "Inbox     2 files: 2 accepted, 0 superseded, 0 set aside",
            "Findings  3 errors, 2 warnings, 0 infos in 2 departments",
            "Scores    mean verified 97.34, highest 99.00, lowest 95.67",
            f"Wrote     district-summary-2020.xlsx, 1 notice, history.sqlite, run-report.json to {tmp_path / 'out'}",
            f"Next      perfbatch explain 900002 R02 --inbox {two}",
        ]

    def test_one_of_each_is_singular(self, inbox: Lay, tmp_path: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch("run", "--inbox", inbox({"1.xlsx": workbook()}), "--outbox", tmp_path / "out")
        assert ended.out.splitlines()[1:3] == [
            "Inbox     1 file: 1 accepted, 0 superseded, 0 set aside",
            "Findings  0 errors, 0 warnings, 0 infos in 1 department",
        ]

    def test_an_empty_inbox_is_a_night_like_any_other(self, inbox: Lay, tmp_path: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch("run", "--inbox", inbox({}), "--outbox", tmp_path / "out", "--strict")
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines()[1:4] == [
            "Inbox     0 files: 0 accepted, 0 superseded, 0 set aside",
            "Findings  0 errors, 0 warnings, 0 infos in 0 departments",
            "Scores    none: no workbook was accepted",
        ]
        assert len(openpyxl.load_workbook(tmp_path / "out" / "district-summary-2020.xlsx").sheetnames) == 14

    def test_a_night_of_hardly_anything_replaces_the_last_one_only_where_it_is_allowed(
        self, inbox: Lay, tmp_path: Path, perfbatch: Perfbatch
    ) -> None:
        made = {f"{number}.xlsx": workbook(budget_code=f"90000{number}") for number in range(3)}
        folder, outbox = inbox(made), tmp_path / "out"
        options = ("--inbox", folder, "--outbox", outbox, "--workers", 1)
        assert perfbatch("run", *options).code == 0
        before = json.loads((outbox / "run-report.json").read_text("utf-8"))["run_id"]
        for name in ("1.xlsx", "2.xlsx"):
            (folder / name).unlink()
        kept = "The outbox still holds the files of the run before.\n"
        for given in ((), ("--allow-empty",)):
            assert perfbatch("run", *options, *given) == Ended(
                1,
                "",
                f"perfbatch: {folder}: departments accepted: 1 tonight, 3 on the last night. Look what became of the others "
                f"(`perfbatch check`), or give --allow-fewer. {kept}",
            )
        assert json.loads((outbox / "run-report.json").read_text("utf-8"))["run_id"] == before
        assert perfbatch("run", *options, "--allow-fewer").code == 0
        (folder / "0.xlsx").unlink()
        assert perfbatch("run", *options, "--allow-fewer") == Ended(
            1,
            "",
            f"perfbatch: {folder}: files: 0 tonight, 1 on the last night. Look whether it is the right folder, or give "
            f"--allow-empty. {kept}",
        )
        assert perfbatch("run", *options, "--allow-empty").code == 0
        # And nothing is lost where there was nothing.
        assert perfbatch("run", *options).code == 0

    def test_defaults_are_inbox_and_outbox_here(
        self, two: Path, tmp_path: Path, perfbatch: Perfbatch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(two.parent)
        assert perfbatch("run").code == 0
        assert (tmp_path / "outbox" / "run-report.json").is_file()

    def test_what_was_set_aside_is_listed(self, inbox: Lay, tmp_path: Path, perfbatch: Perfbatch) -> None:
        folder = inbox({"1.xlsx": workbook(), "加密.xlsx": compound_file("EncryptedPackage"), "说明.txt": b"text"})
        ended = perfbatch("run", "--inbox", folder, "--outbox", tmp_path / "out")
        assert ended.code == 0
        assert ended.out.splitlines()[2:4] == [
            "  F02  加密.xlsx: 文件已加密，需要密码才能打开",
            "  F01  说明.txt: 不是电子表格（文本文件）",
        ]

    def test_the_roster_is_counted_and_its_reviews_stand(self, two: Path, tmp_path: Path, perfbatch: Perfbatch) -> None:
        path = roster(
            tmp_path / "名录.xlsx",
            [("900001", "云溪区测试局", 30), ("900002", "云溪区二局", None), ("900003", "云溪区三局", None)],
            [("900001", "satisfaction", 4, "样本不足")],
        )
        ended = perfbatch("run", "--inbox", two, "--outbox", tmp_path / "out", "--roster", path)
        assert ended.out.splitlines()[2:5] == [
            "Roster    2 of 3 departments have reported (0 late), 0 sent back, 1 missing",
            "Findings  3 errors, 2 warnings, 1 info in 2 departments",
            "Scores    mean verified 96.84, highest 98.00, lowest 95.67",
        ]

    @pytest.mark.parametrize(
        ("files", "code"),
        [
            ({}, 0),
            ({"1.xlsx": "clean"}, 0),
            ({"1.xlsx": "warned"}, 0),
            ({"1.xlsx": "wrong"}, 3),
            ({"1.xlsx": "clean", "2.xlsx": "torn"}, 3),
        ],
    )
    def test_strict(self, inbox: Lay, tmp_path: Path, perfbatch: Perfbatch, files: dict[str, str], code: int) -> None:
        made = {
            "clean": workbook(),
            # Points for indicators whose results are blank: R20, no error.
            "warned": workbook(indicator_actual=[None] * 27),
            "wrong": workbook(general_budget_appropriation=[470, 470]),
            "torn": workbook()[:999],
        }
        folder = inbox({name: made[what] for name, what in files.items()})
        options = ("--inbox", folder, "--outbox", tmp_path / "out", "--workers", 1)
        assert perfbatch("run", *options).code == 0
        assert perfbatch("run", *options, "--strict").code == code

    def test_a_missing_inbox(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch("run", "--inbox", tmp_path / "nowhere", "--outbox", tmp_path / "out")
        assert ended == Ended(
            2,
            "",
            f"perfbatch: {tmp_path}/nowhere: is not a folder. Name the folder of filled workbooks with --inbox.\n",
        )
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        ("deadline", "standing"),
        [([], "已报"), (["--deadline", "2021-07-18"], "迟报"), (["--deadline", "2021-07-19"], "已报")],
    )
    def test_the_deadline(
        self, inbox: Lay, tmp_path: Path, perfbatch: Perfbatch, deadline: list[str], standing: str
    ) -> None:
        listed = roster(tmp_path / "名录.xlsx", [("900001", "测试局")])
        folder = inbox({"1.xlsx": workbook()})
        ended = perfbatch("run", "--inbox", folder, "--outbox", tmp_path / "out", "--roster", listed, *deadline)
        assert (ended.code, ended.err) == (0, "")
        sheet = openpyxl.load_workbook(tmp_path / "out" / "district-summary-2020.xlsx")["报送情况"]
        assert [cell.value for cell in sheet[5]][:3] == ["测试局", "900001", standing]

    def test_an_outbox_that_cannot_be_made_ends_the_night(
        self, inbox: Lay, tmp_path: Path, perfbatch: Perfbatch
    ) -> None:
        (tmp_path / "file").touch()
        outbox = tmp_path / "file" / "out"
        assert perfbatch("run", "--inbox", inbox({}), "--outbox", outbox) == Ended(
            1, "", f"perfbatch: {outbox}: cannot be made (Not a directory). Name another outbox.\n"
        )

    def test_the_outbox_may_not_be_the_inbox(self, inbox: Lay, perfbatch: Perfbatch) -> None:
        folder = inbox({})
        assert perfbatch("run", "--inbox", folder, "--outbox", folder) == Ended(
            2, "", f"perfbatch: {folder}: lies in the inbox, which is only read. Name another folder with --outbox.\n"
        )

    def test_file_names_cannot_command_the_terminal(self, inbox: Lay, tmp_path: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch(
            "run", "--inbox", inbox({HOSTILE: b"text", "[red]x.txt": b"text"}), "--outbox", tmp_path / "o"
        )
        # Escapes may be spelt \xNN or \u00NN.
        assert ended.out.replace("\\u00", "\\x").splitlines()[2:4] == [
            r"  F01  \x1b[2J\x1b]0;owned\x07区局.txt: 不是电子表格（文本文件）",
            "  F01  [red]x.txt: 不是电子表格（文本文件）",
        ]

    @pytest.mark.parametrize("fails", [False, True])
    def test_cycles_are_looked_for_rarely_and_afterwards_as_before(
        self, two: Path, tmp_path: Path, perfbatch: Perfbatch, monkeypatch: pytest.MonkeyPatch, fails: bool
    ) -> None:
        usual, within = gc.get_threshold(), []

        def night(*given: object, **named: object) -> object:
            within.append(gc.get_threshold())
            if fails:
                raise BatchFault("outbox.busy", outbox="outbox")
            return run_night(*given, **named)  # type: ignore[arg-type]

        run_night = publishing.run_night
        monkeypatch.setattr(publishing, "run_night", night)
        ended = perfbatch("run", "--inbox", two, "--outbox", tmp_path / "out")
        assert ended.code == (1 if fails else 0)
        assert [first for first, *_ in within] == [10_000_000]
        assert gc.isenabled()
        assert gc.get_threshold() == usual


class TestBadGivens:
    """A rulebook, roster or option that is wrong: exit 2, one line, nothing written."""

    @pytest.fixture(autouse=True)
    def _nothing_is_written(self, tmp_path: Path) -> object:
        yield
        assert not (tmp_path / "out").exists()

    def _run(self, perfbatch: Perfbatch, two: Path, tmp_path: Path, *more: object) -> str:
        ended = perfbatch("run", "--inbox", two, "--outbox", tmp_path / "out", *more)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.count("\n") == 1
        return ended.err.removesuffix("\n").replace(str(tmp_path), "…")

    @pytest.mark.parametrize(
        ("spoil", "line"),
        [
            (
                lambda text: text + "\nfiscal_year = ",
                "not TOML: ",
            ),
            (
                lambda text: text.replace("fiscal_year = 2020", 'fiscal_year = "next"', 1),
                "fiscal_year: Input should be a valid integer",
            ),
            (
                lambda text: "colour = 1\n" + text,
                "colour: Extra inputs are not permitted",
            ),
            (
                lambda text: text.replace(
                    "expenditure_total == basic_expenditure + project_expenditure",
                    "expenditure_total == __import__('os')",
                ),
                "check R03, holds, column 22: no such function; ",
            ),
        ],
    )
    def test_rulebook(
        self, perfbatch: Perfbatch, two: Path, tmp_path: Path, spoil: Callable[[str], str], line: str
    ) -> None:
        text = resources.files("perfbatch.rulebook").joinpath("yunxi_2020.toml").read_text("utf-8")
        (tmp_path / "mine.toml").write_text(spoil(text), "utf-8")
        printed = self._run(perfbatch, two, tmp_path, "--rulebook", tmp_path / "mine.toml")
        assert printed.startswith(f"perfbatch: …/mine.toml: {line}")
        assert "Correct the file and run `perfbatch rulebook lint`" in printed

    def test_no_rulebook(self, perfbatch: Perfbatch, two: Path, tmp_path: Path) -> None:
        assert self._run(perfbatch, two, tmp_path, "--rulebook", tmp_path / "no\nsuch.toml") == (
            "perfbatch: …/no such.toml: cannot be read (No such file or directory). Name a rulebook file (.toml or .xlsx)."
        )

    @pytest.mark.parametrize(
        ("rows", "reviews", "line"),
        [
            (
                [("900001", "甲局"), ("900001", "乙局")],
                [],
                "[部门名录!A3]: the code 900001 stands in row 2 too. Keep one of the rows.",
            ),
            (
                [(900001, "甲局")],
                [],
                "[部门名录!A2]: the code 900001.0 is a number, its leading zeros may be lost. Format it as text.",
            ),
            (
                [("900001", "甲局", "七")],
                [],
                "[部门名录!C2]: '七' is not a number. Give a plain number or leave it blank.",
            ),
        ],
    )
    def test_roster(
        self,
        perfbatch: Perfbatch,
        two: Path,
        tmp_path: Path,
        rows: list[tuple[object, ...]],
        reviews: list[tuple[object, ...]],
        line: str,
    ) -> None:
        path = roster(tmp_path / "名录.xlsx", rows, reviews)
        assert self._run(perfbatch, two, tmp_path, "--roster", path) == f"perfbatch: …/名录.xlsx {line}"

    def test_all_faults_of_a_roster_are_told_at_once(self, perfbatch: Perfbatch, two: Path, tmp_path: Path) -> None:
        path = roster(
            tmp_path / "名录.xlsx",
            [("900001", "甲局", "七"), (900002, "乙局"), ("900001", ""), ("900003", "丙局", 1.5)],
            [
                ("900004", "happiness", 200, ""),
                ("900001", "satisfaction", "多", "理由"),
                ("900003", "satisfaction", 4, "理由"),
                ("900003", "satisfaction", 5, "理由"),
            ],
        )
        ended = perfbatch("run", "--inbox", two, "--outbox", tmp_path / "out", "--roster", path)
        assert (ended.code, ended.out) == (2, "")
        assert [line.removeprefix(f"perfbatch: {path} ") for line in ended.err.splitlines()] == [
            "[部门名录!C2]: '七' is not a number. Give a plain number or leave it blank.",
            "[部门名录!A3]: the code 900002.0 is a number, its leading zeros may be lost. Format it as text.",
            "[部门名录!A4]: the code 900001 stands in row 2 too. Keep one of the rows.",
            "[部门名录!B4]: the name is blank. Fill it in.",
            "[部门名录!C5]: 1.5 is not a whole number. Correct the number.",
            "[财政复核!D2]: the reason is blank. State why the score was changed.",
            "[财政复核!C3]: '多' is not a number. Give a plain number or leave it blank.",
            "[财政复核!B5]: satisfaction of 900003 stands in row 4 too. Keep one of the rows.",
        ]

    def test_a_roster_that_is_no_workbook(self, perfbatch: Perfbatch, two: Path, tmp_path: Path) -> None:
        (tmp_path / "名录.xlsx").write_text("部门,编码")
        printed = self._run(perfbatch, two, tmp_path, "--roster", tmp_path / "名录.xlsx")
        assert re.fullmatch(
            r"perfbatch: …/名录\.xlsx: cannot be read as a workbook \(.+\)\. Name a roster \.xlsx\.", printed
        )

    @pytest.mark.parametrize(
        ("options", "line"),
        [
            # The rest of these lines is click's, which words them otherwise from version to version.
            (("--xyz",), "perfbatch run: No such option"),
            (("--workers", "-1"), "perfbatch run: Invalid value for '--workers': "),
            (
                ("--workers", "many"),
                "perfbatch run: Invalid value for '--workers': ",
            ),
            (("--roster",), "perfbatch: Option '--roster' requires an argument. Try `perfbatch --help`."),
            (("stray",), "perfbatch run: Got unexpected extra argument"),
        ],
    )
    def test_options(
        self, perfbatch: Perfbatch, two: Path, tmp_path: Path, options: tuple[str, ...], line: str
    ) -> None:
        printed = self._run(perfbatch, two, tmp_path, *options)
        assert printed.startswith(line)
        assert "\n" not in printed
        assert re.search(r"\. Try `perfbatch (run )?--help`\.$", printed)


class TestCheck:
    """perfbatch check. As a department sees it."""

    @pytest.fixture(autouse=True)
    def _chinese(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def test_a_clean_workbook(self, two: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch("check", two / "测试局.xlsx")
        assert (ended.code, ended.err) == (0, "")
        lines = ended.out.splitlines()
        assert lines[:2] == [f"{two}/测试局.xlsx", "900001 云溪区测试局：自评 99.00，暂核 99.00，优秀"]
        assert lines[2].split() == ["指标", "分值", "自评", "核算", "得分", "状态"]
        assert len(lines) == 2 + 2 + 25 + 2
        assert lines[-2:] == ["结论：没有问题。可以报送。", f"下一步　　perfbatch explain 900001 --inbox {two}"]

    def test_findings_name_cell_figures_and_remedy(self, two: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch("check", two / "二局.xlsx")
        assert (ended.code, ended.err) == (3, "")
        lines = ended.out.splitlines()
        assert lines[3].split() == ["级别", "单元格", "填报", "应为", "差额", "问题和整改", "涉及分"]
        rows = [line.split() for line in lines if line.startswith(("错误", "提醒", "说明"))]
        assert [(*row[:6], row[-1]) for row in rows] == [
            ("错误", "R02", "收支情况!C5", "500.00", "490.00", "10.00", "2.00"),
            ("错误", "R02", "收支情况!C6", "500.00", "490.00", "10.00", "2.00"),
            ("错误", "R14", "基本概况!D3", "32", "28", "4", "1.67"),
            ("提醒", "R24", "基本概况!D3", "32", "30", "2", "1.67"),
            ("提醒", "S01", "评分表!F4", "5.00", "1.67", "3.33", "—"),
        ]
        at = next(number for number, line in enumerate(lines) if "R14" in line)
        assert lines[at + 1].strip() == "整改：核实在职人数，改正基本概况或综述中填错的一处"
        assert lines[-2] == "结论：错误 3 项，提醒 2 项，涉及 3.67 分。请按整改建议改正后报送。"
        assert lines[-1] == f"下一步　　perfbatch check {shlex.quote(str(two / '二局.xlsx'))}"

    def test_a_warning_alone_is_a_finding(self, inbox: Lay, perfbatch: Perfbatch) -> None:
        folder = inbox({"1.xlsx": workbook(report_date="2020-7-15")})
        ended = perfbatch("check", folder / "1.xlsx")
        assert ended.code == 3
        assert "提醒 C09   封面!" in ended.out

    def test_an_info_alone_is_none(self, inbox: Lay, perfbatch: Perfbatch) -> None:
        folder = inbox({"1.xlsx": workbook(three_public_budget="１０")})
        ended = perfbatch("check", folder / "1.xlsx")
        assert ended.code == 0
        assert "说明 C01   基础数据表!" in ended.out
        assert ended.out.splitlines()[-2] == "结论：说明 1 项。可以报送。"

    @pytest.mark.parametrize(
        ("content", "line"),
        [
            (b"text", "F01  不是电子表格（文本文件）。请另存为 .xlsx 后重新报送。"),
            (
                compound_file("Workbook"),
                "F03  文件已损坏，无法打开。请用 Excel/WPS 打开原件，另存为 .xlsx 后重新报送。",
            ),
        ],
    )
    def test_what_cannot_be_read(self, inbox: Lay, perfbatch: Perfbatch, content: bytes, line: str) -> None:
        path = inbox({"1.xlsx": content}) / "1.xlsx"
        again = f"下一步　　perfbatch check {shlex.quote(str(path))}"
        assert perfbatch("check", path) == Ended(1, f"{path}\n{line}\n{again}\n", "")

    def test_what_is_not_there(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch("check", tmp_path / "none.xlsx")
        assert ended.code == 1
        assert "F10  无法读取（文件已不存在）" in ended.out

    def test_of_several_the_worst_decides(self, two: Path, perfbatch: Perfbatch) -> None:
        clean, wrong, none = two / "测试局.xlsx", two / "二局.xlsx", two / "none.xlsx"
        assert perfbatch("check", clean, wrong, clean).code == 3
        assert perfbatch("check", none, wrong, clean).code == 1
        assert perfbatch("check", wrong, none).code == 1

    def test_json_is_one_document(self, two: Path, tmp_path: Path, perfbatch: Perfbatch) -> None:
        clean, wrong = two / "测试局.xlsx", two / "二局.xlsx"
        ended = perfbatch("check", "--json", clean, wrong)
        assert (ended.code, ended.err) == (3, "")
        report = json.loads(ended.out)
        assert (report["rulebook"], report["verdict"]) == ("yunxi-2020", "findings")
        assert [(file["path"], file["verdict"], file["points_at_risk"]) for file in report["files"]] == [
            (str(clean), "clean", "0.00"),
            (str(wrong), "findings", "3.67"),
        ]
        ended = perfbatch("check", tmp_path / "none.xlsx", "--json")
        assert (ended.code, json.loads(ended.out)["verdict"]) == (1, "unreadable")
        ended = perfbatch("check", clean, "--json")
        assert (ended.code, json.loads(ended.out)["verdict"]) == (0, "clean")

    def test_workbooks_are_read_while_pandas_is_loaded(self, two: Path, tmp_path: Path) -> None:
        watch = (
            "import sys\n"
            "import perfbatch.batch as b\n"
            "def loaded(when): print(when, 'pandas' in sys.modules, 'xlsxwriter' in sys.modules)\n"
            "def read(*given, meanwhile, **named):\n"
            "    def timed():\n"
            "        loaded('submitted')\n"
            "        meanwhile()\n"
            "        loaded('done')\n"
            "    return read_all(*given, meanwhile=timed, **named)\n"
            "read_all, b.read_all = b.read_all, read\n"
            "from perfbatch.cli import main\n"
            "main(sys.argv[1:])\n"
        )
        command = [sys.executable, "-c", watch, "run", "--inbox", str(two), "--outbox", str(tmp_path / "out")]
        done = subprocess.run(command, capture_output=True, check=True, timeout=120, text=True)
        assert done.stdout.splitlines()[:2] == ["submitted False False", "done True True"]

    @pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
    @pytest.mark.parametrize("width", [80, 120])
    def test_in_a_terminal_the_findings_keep_to_the_width(self, two: Path, width: int) -> None:
        from rich.cells import cell_len

        drawn = _in_terminal(["check", str(two / "二局.xlsx")], width, code=3)
        # The first and the last line hold paths, which are to be copied whole.
        lines = drawn.splitlines()[1:-1]
        assert max(cell_len(line) for line in lines) <= width
        at = next(number for number, line in enumerate(lines) if "R14" in line)
        if width == 80:
            assert [line.split()[:2] for line in lines[at : at + 3]] == [
                ["错误", "R14"],
                ["基本概况!D3", "应为"],
                ["差额", "4"],
            ]
            assert lines[at].split()[2:4] == ["填报", "32"]
        else:
            assert lines[at].split()[:6] == ["错误", "R14", "基本概况!D3", "32", "28", "4"]

    def test_nothing_to_check(self, perfbatch: Perfbatch) -> None:
        ended = perfbatch("check")
        assert ended == Ended(2, "", "perfbatch check：缺少参数 'WORKBOOK'。用法见 `perfbatch check --help`。\n")

    def test_cells_cannot_command_the_terminal(self, inbox: Lay, perfbatch: Perfbatch) -> None:
        typed = "约\u202e10\u009b[red]"
        folder = inbox({"1.xlsx": workbook(unit_name="[bold]局\u202e", three_public_budget=typed)})
        ended = perfbatch("check", folder / "1.xlsx")
        assert ended.code == 3
        assert "900001 [bold]局：自评" in ended.out
        assert "[red]”不是有效数值" in ended.out
        assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", ended.out) == []


class TestExplain:
    """perfbatch explain. As a department sees it."""

    @pytest.fixture(autouse=True)
    def _chinese(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def test_one_indicator(self, two: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch("explain", "900002", "staff_control_rate", "--inbox", two, "--workers", 1)
        assert (ended.code, ended.err) == (0, "")
        lines = ended.out.splitlines()
        assert lines[0] == "900002 云溪区二局 · 财政供养人员控制率（staff_control_rate）"
        assert [line.split() for line in lines[5:7]] == [
            ["实有人数（人）", "32人", "基本概况!D3"],
            ["人员编制（人）", "30人", "基本概况!B3"],
        ]
        assert lines[7].startswith("计算：32 ÷ 30 = 106.67 %，超 6.67 个百分点")
        assert lines[8] == "结果：分值 5.00，自评 5.00，核算 1.67，暂核 1.67（系统核算）"

    def test_one_check(self, inbox: Lay, perfbatch: Perfbatch) -> None:
        """By the id that the run report names."""
        folder = inbox({"1.xlsx": workbook(on_post_staff=19)})
        ended = perfbatch("explain", "900001", "R14", "--inbox", folder)
        assert (ended.code, ended.err) == (0, "")
        lines = ended.out.splitlines()
        assert lines[:2] == [
            "900001 云溪区测试局 · 实有人数 = 综述在职人数（R14）",
            "勾稽关系：实有人数（人） = 现有在职人数",
        ]
        assert lines[-3].split()[:5] == ["不符", "基本概况!D3", "19", "28", "-9"]
        assert lines[-2:] == ["结果：1 处须看", "下一步　　perfbatch rulebook show R14"]
        ended = perfbatch("explain", "900001", "R13", "--inbox", folder)
        assert ended.out.splitlines()[-2] == "结果：没有不符之处"

    def test_all_indicators(self, two: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch("explain", "900001", "--inbox", two)
        lines = ended.out.splitlines()
        assert lines[0] == "900001 云溪区测试局：自评 99.00，暂核 99.00，优秀"
        assert len(lines) == 1 + 2 + 25 + 1
        assert lines[-1] == f"下一步　　perfbatch explain 900001 fund_balance --inbox {two}"
        assert lines[8].split() == ["fund_balance", "资金结余", "3.00", "2.00", "2.00", "2.00", "系统核算"]

    def test_a_cap_on_the_total_is_told_with_what_the_total_were_without(
        self, two: Path, tmp_path: Path, perfbatch: Perfbatch
    ) -> None:
        rules = tmp_path / "capped.toml"
        rules.write_text(
            'extends = "yunxi-2020"\n[[add.caps]]\nid = "spent"\nname = "有支出"\nwhen = "expenditure_total > 0"\n'
            'maximum = 80\nsource = "试行"\n',
            encoding="utf-8",
        )
        lines = perfbatch("explain", "900001", "--inbox", two, "--rulebook", rules).out.splitlines()
        assert lines[:2] == [
            "900001 云溪区测试局：自评 99.00，暂核 80.00，良好",
            "总分上限：有支出（支出合计 > 0 的，总分最高 80 分），不计上限为 99.00 分。依据：试行",
        ]

    def test_what_is_missing_is_named(self, inbox: Lay, perfbatch: Perfbatch) -> None:
        folder = inbox({"1.xlsx": workbook(procurement_actual=None, procurement_budget=None)})
        ended = perfbatch("explain", "900001", "--inbox", folder)
        assert ended.out.splitlines()[-3:-1] == [
            "所缺数据",
            "  procurement_execution_rate: procurement_actual, procurement_budget",
        ]

    def test_reviews_are_told(self, two: Path, tmp_path: Path, perfbatch: Perfbatch) -> None:
        path = roster(tmp_path / "r.xlsx", [("900001", "云溪区测试局")], [("900001", "satisfaction", 4, "样本不足")])
        ended = perfbatch("explain", "900001", "satisfaction", "--inbox", two, "--roster", path)
        assert ended.out.splitlines()[-2] == "结果：分值 5.00，自评 5.00，核算 5.00，核定 4.00（财政复核）"

    def test_departments_and_rules_by_name(self, two: Path, perfbatch: Perfbatch) -> None:
        by_id = perfbatch("explain", "900002", "staff_control_rate", "--inbox", two)
        for department in ("云溪区二局", "二局", "云溪区 二局"):
            for rule in ("财政供养人员控制率", "供养人员"):
                assert perfbatch("explain", department, rule, "--inbox", two) == by_id
        check = perfbatch("explain", "900002", "R14", "--inbox", two)
        assert perfbatch("explain", "二局", "实有人数 = 综述在职人数", "--inbox", two) == check

    @pytest.mark.parametrize(
        ("words", "chinese", "english"),
        [
            (
                ("123",),
                "部门 123：{inbox} 中已接收的表格里没有这个编码或名称。请核对编码，或看是否在别的收件文件夹。",
                "department 123: no accepted workbook in {inbox} has this code or name. Check the code or the inbox.",
            ),
            (
                ("二区局",),
                "部门 二区局：{inbox} 中已接收的表格里没有这个编码或名称。相近的有：900002 云溪区二局。",
                "department 二区局: no accepted workbook in {inbox} has this code or name. The nearest: 900002 云溪区二局.",
            ),
            (
                ("云溪区",),
                "部门 云溪区：有 2 个部门与之相符（900001 云溪区测试局, 900002 云溪区二局）。请改用编码。",
                "department 云溪区: 2 are called so: 900001 云溪区测试局, 900002 云溪区二局. Give the budget code.",
            ),
            (
                ("900001", "happiness"),
                "指标 happiness：规则中没有。全部指标见 `perfbatch rulebook show`。",
                "indicator happiness: not in the rulebook. `perfbatch rulebook show` lists all of them.",
            ),
            (
                ("900001", "供养人员控制律"),
                "指标 供养人员控制律：规则中没有。相近的有：staff_control_rate 财政供养人员控制率。",
                "indicator 供养人员控制律: not in the rulebook. The nearest: staff_control_rate 财政供养人员控制率.",
            ),
            (
                ("900001", "R09"),
                "指标 R09：有 2 项与之相符（R09.expenditure 三公经费合计 ≤ 支出合计, R09.operating 三公经费合计 ≤ 公用支出）。"
                "请改用代码。",
                "indicator R09: 2 are called so: R09.expenditure 三公经费合计 ≤ 支出合计, R09.operating 三公经费合计 ≤ 公用支出. "
                "Give the id.",
            ),
        ],
    )
    def test_unknown_and_ambiguous_names(
        self, two: Path, perfbatch: Perfbatch, words: tuple[str, ...], chinese: str, english: str
    ) -> None:
        ended = perfbatch("explain", *words, "--inbox", two)
        assert ended == Ended(2, "", f"perfbatch：{chinese.format(inbox=two)}\n")
        ended = perfbatch("explain", *words, "--inbox", two, "--lang", "en")
        assert ended == Ended(2, "", f"perfbatch: {english.format(inbox=two)}\n")

    def test_a_missing_inbox(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch("explain", "900001", "--inbox", tmp_path / "nowhere")
        assert (ended.code, ended.out) == (2, "")


class TestTemplate:
    """perfbatch template."""

    def test_it_is_written_where_asked(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        path = tmp_path / "new" / "yunxi-2020-blank.xlsx"
        ended = perfbatch("template", "--output", tmp_path / "new", "--units", 3)
        assert ended == Ended(0, f"Wrote {path}\nNext      perfbatch run\n", "")
        column = openpyxl.load_workbook(path).defined_names["revenue_total"].attr_text
        first, last = re.findall(r"\$[A-Z]+\$(\d+)", column)
        assert int(last) - int(first) + 1 == 2 + 3

    def test_a_blank_form_is_checked_without_a_fault_of_the_program(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        perfbatch("template", "--output", tmp_path)
        ended = perfbatch("check", tmp_path / "yunxi-2020-blank.xlsx")
        # Nobody has filled it: there is no department to say anything of.
        assert ended.code == 1
        assert "\nF12  没有填写单位名称和预算编码" in ended.out

    def test_the_most_units_are_those_of_a_roster(
        self, tmp_path: Path, perfbatch: Perfbatch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[int] = []

        def write(book: Rulebook, folder: Path, *, units: int) -> Path:
            asked.append(units)
            (folder / "form.xlsx").touch()
            return folder / "form.xlsx"

        # Writing so large a form takes half a minute; what stands in it is planned in `tests/template/test_live_sheets.py`.
        monkeypatch.setattr("perfbatch.template.write_blank", write)
        assert perfbatch("template", "--output", tmp_path, "--units", MAX_UNITS).code == 0
        assert asked == [MAX_UNITS]

    def test_a_workbook_for_every_department(self, two: Path, tmp_path: Path, perfbatch: Perfbatch) -> None:
        assert perfbatch("run", "--inbox", two, "--outbox", tmp_path / "out").code == 0
        with sqlite3.connect(tmp_path / "out" / "history.sqlite") as history:
            history.execute("UPDATE closing_figures SET fiscal_year = 2019")
        path = roster(tmp_path / "名录.xlsx", [("900001", "测试局"), ("900009", "新局")])
        ended = perfbatch(
            "template", "--roster", path, "--outbox", tmp_path / "out", "--output", tmp_path / "new", "--units", 1
        )
        assert ended == Ended(0, f"Wrote 2 workbooks to {tmp_path / 'new'}\nNext      perfbatch run\n", "")
        assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["900001-测试局.xlsx", "900009-新局.xlsx"]
        shown = perfbatch("check", tmp_path / "new" / "900001-测试局.xlsx")
        assert "900001 测试局: " in shown.out
        book = openpyxl.load_workbook(tmp_path / "new" / "900001-测试局.xlsx")
        sheet, cell = book.defined_names["three_public_final_prior"].attr_text.replace("$", "").split("!")
        assert book[sheet.strip("'")][cell].value == 9

    def test_one_department_is_named(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        path = roster(tmp_path / "名录.xlsx", [("900001", "测试局")])
        ended = perfbatch("template", "--roster", path, "--outbox", tmp_path / "none", "--output", tmp_path / "new")
        assert ended == Ended(0, f"Wrote {tmp_path / 'new' / '900001-测试局.xlsx'}\nNext      perfbatch run\n", "")
        assert not (tmp_path / "none").exists()

    def test_the_blank_roster(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        ended = perfbatch("template", "--blank-roster", "--output", tmp_path / "new")
        path = tmp_path / "new" / "yunxi-2020-roster.xlsx"
        assert ended == Ended(0, f"Wrote {path}\nNext      perfbatch template --roster {path}\n", "")
        assert [path.name for path in (tmp_path / "new").iterdir()] == ["yunxi-2020-roster.xlsx"]
        refusal = "perfbatch: --blank-roster: does not go with --roster. Give one of the two.\n"
        assert perfbatch("template", "--blank-roster", "--roster", "x.xlsx") == Ended(2, "", refusal)

    def test_a_roster_without_departments(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        path = roster(tmp_path / "名录.xlsx", [])
        ended = perfbatch("template", "--roster", path, "--output", tmp_path / "new")
        assert ended.code == 2
        line = f"perfbatch: {path} [部门名录]: lists no department. Fill in a row for every department.\n"
        assert ended.err == line
        assert not (tmp_path / "new").exists()
        # A night with it would chase nobody and say so of everybody.
        assert perfbatch("run", "--roster", path, "--inbox", tmp_path, "--outbox", tmp_path / "out") == Ended(
            2, "", line
        )

    @pytest.mark.parametrize("options", [("--blank-roster",), (), ("--roster",)])
    def test_what_is_there_is_not_overwritten_unasked(
        self, tmp_path: Path, perfbatch: Perfbatch, options: tuple[str, ...]
    ) -> None:
        listed = roster(tmp_path / "名录.xlsx", [("900001", "测试局"), ("900002", "乙局")])
        given = ("template", *options, *((listed,) if options == ("--roster",) else ()), "--output", tmp_path / "new")
        given = (*given, "--outbox", tmp_path / "none", "--units", 0)
        assert perfbatch(*given).code == 0
        made = {path: path.read_bytes() for path in (tmp_path / "new").iterdir()}
        # The same again is no loss.
        assert perfbatch(*given).code == 0
        filled = sorted(made)[0]
        filled.write_bytes(b"filled in")
        ended = perfbatch(*given)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == (
            f"perfbatch: {filled}: is there already, with other content. Move it away, name another place with --output, or "
            "replace it with --force.\n"
        )
        kept = {path: path.read_bytes() for path in (tmp_path / "new").iterdir()}
        assert kept == {**made, filled: b"filled in"}
        assert perfbatch(*given, "--force").code == 0
        assert {path: path.read_bytes() for path in (tmp_path / "new").iterdir()} == made

    def test_a_history_that_is_none(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        (tmp_path / "history.sqlite").write_text("no history of anything" * 99)
        path = roster(tmp_path / "名录.xlsx", [("900001", "测试局")])
        ended = perfbatch("template", "--roster", path, "--outbox", tmp_path, "--output", tmp_path / "new")
        assert ended.code == 1
        assert ended.err.startswith(f"perfbatch: {tmp_path}/history.sqlite: cannot be used as the history (")

    @pytest.mark.parametrize("units", ["-1", "501", "ten"])
    def test_units_out_of_bounds(self, tmp_path: Path, perfbatch: Perfbatch, units: str) -> None:
        ended = perfbatch("template", "--output", tmp_path / "out", "--units", units)
        assert ended.code == 2
        assert ended.err.startswith("perfbatch template: Invalid value for '--units': ")
        assert not (tmp_path / "out").exists()

    def test_a_folder_that_cannot_be(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        (tmp_path / "file").touch()
        ended = perfbatch("template", "--output", tmp_path / "file")
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"perfbatch: {tmp_path}/file: cannot be made (")


class TestRulebook:
    """perfbatch rulebook show, lint, export."""

    def test_show_all(self, perfbatch: Perfbatch) -> None:
        ended = perfbatch("rulebook", "show")
        assert (ended.code, ended.err) == (0, "")
        assert "\nfund_balance · 资金结余 · 3 分\n" in ended.out
        assert "R25" in ended.out

    def test_show_one(self, perfbatch: Perfbatch) -> None:
        ended = perfbatch("rulebook", "show", "R03")
        assert ended.out.splitlines()[:3] == [
            "R03 · 支出合计 = 基本支出 + 项目支出 · error",
            "  公式：expenditure_total == basic_expenditure + project_expenditure",
            "  含义：支出合计 = 收支情况·基本支出 + 项目支出",
        ]

    def test_show_an_unknown_one(self, perfbatch: Perfbatch) -> None:
        assert perfbatch("rulebook", "show", "R99") == Ended(
            2, "", "perfbatch: rule R99: not in the rulebook. Use an indicator id or a check's code, e.g. R02.\n"
        )

    def test_lint(self, perfbatch: Perfbatch) -> None:
        ended = perfbatch("rulebook", "lint")
        assert (ended.code, ended.err) == (0, "")
        assert re.fullmatch(
            r"yunxi_2020\.toml: 25 indicators, \d+ checks, no fault\.\nNext      perfbatch template\n", ended.out
        )

    def test_lint_tells_every_fault(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        text = resources.files("perfbatch.rulebook").joinpath("yunxi_2020.toml").read_text("utf-8")
        for there, bad in (
            ("revenue_total >= expenditure_total", "revenue_total >= spending"),
            ("minimum = 80", "minimum = 81"),
        ):
            assert there in text
            text = text.replace(there, bad)
        path = tmp_path / "mine.toml"
        path.write_text(text, "utf-8")
        ended = perfbatch("rulebook", "lint", "--rulebook", path)
        assert (ended.code, ended.out) == (2, "")
        lines = ended.err.splitlines()
        assert len(lines) >= 2
        assert all(line.startswith(f"{path}: ") for line in lines)
        assert any("spending" in line for line in lines)

    def test_lint_tells_every_fault_of_an_overlay(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        path = tmp_path / "2021.toml"
        path.write_text(
            'extends = "yunxi-2020"\n[remove]\nfields = ["nix"]\n[change.checks.R24]\nid = "R30"\n', encoding="utf-8"
        )
        assert perfbatch("rulebook", "lint", "--rulebook", path) == Ended(
            2,
            "",
            f"{path}: remove.fields.nix: the base has no field nix; correct the name\n"
            f"{path}: change.checks.R24.id: an id is not changed; use [rename.checks]\n",
        )

    def test_new_lints_and_shows(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        path = tmp_path / "2026.toml"
        options = ("--year", "2026", "--district", "示例区", "--issuer", "示例区财政局", "--deadline", "2027-05-31")
        assert perfbatch("rulebook", "new", *options, "--output", path) == Ended(
            0, f"Wrote {path}\nNext      perfbatch rulebook lint --rulebook {path}\n", ""
        )
        assert perfbatch("rulebook", "lint", "--rulebook", path).code == 0
        shown = perfbatch("rulebook", "show", "--rulebook", path).out.splitlines()
        assert shown[:2] == [
            "yunxi-2026 · 示例区2026年度部门整体支出绩效评价自评报告",
            f"  来源：{path} ← yunxi_2020.toml",
        ]
        resolved = perfbatch("rulebook", "show", "--resolved", "--rulebook", path)
        (tmp_path / "resolved.toml").write_text(resolved.out, encoding="utf-8")
        again = perfbatch("rulebook", "show", "--rulebook", tmp_path / "resolved.toml").out.splitlines()
        assert again[2] == shown[2]
        assert shown[2].startswith("  校验值（SHA-256）：")

    def test_show_resolved_is_of_the_whole(self, perfbatch: Perfbatch) -> None:
        assert perfbatch("rulebook", "show", "R02", "--resolved") == Ended(
            2, "", "perfbatch: --resolved: does not go with R02. Give one of the two.\n"
        )

    def test_a_built_in_rulebook_by_its_id(self, perfbatch: Perfbatch) -> None:
        named, usual = perfbatch("rulebook", "lint", "--rulebook", "yunxi-2020"), perfbatch("rulebook", "lint")
        assert named == replace(usual, out=usual.out.replace("template", "template --rulebook yunxi-2020"))

    @pytest.mark.parametrize(
        ("words", "following"),
        [
            (("show",), "rulebook print"),
            (("show", "R02"), "rulebook print"),
            (("lint",), "template"),
            (("export",), "rulebook lint --rulebook rulebook.xlsx"),
            (("print",), "template"),
        ],
    )
    def test_each_ends_with_the_next_command(
        self,
        words: tuple[str, ...],
        following: str,
        tmp_path: Path,
        perfbatch: Perfbatch,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        ended = perfbatch("rulebook", *words, "--lang", "zh")
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines()[-1] == f"下一步　　perfbatch {following}"

    def test_export(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        path = tmp_path / "标准.xlsx"
        assert perfbatch("rulebook", "export", "--output", path) == Ended(
            0, f"Wrote {path}\nNext      perfbatch rulebook lint --rulebook '{path}'\n", ""
        )
        assert openpyxl.load_workbook(path).sheetnames == [
            "使用说明",
            "规则",
            "栏目类型",
            "工作表",
            "表块",
            "字段",
            "预置行",
            "矩阵行列",
            "一级指标",
            "指标",
            "计分",
            "总分上限",
            "等次",
            "逐行指标",
            "勾稽",
            "汇总表",
        ]
        assert perfbatch("rulebook", "lint", "--rulebook", path).code == 0

    def test_print(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        path = tmp_path / "标准.xlsx"
        assert perfbatch("rulebook", "print", "--output", path) == Ended(
            0, f"Wrote {path}\nNext      perfbatch template\n", ""
        )
        assert openpyxl.load_workbook(path).sheetnames == ["评分标准", "勾稽关系", "等次"]

    def test_an_export_replaces_nothing_unasked(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        path = tmp_path / "标准.xlsx"
        path.write_bytes(b"the clerk's own")
        ended = perfbatch("rulebook", "export", "--output", path)
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
        assert ended.err.startswith(f"perfbatch: {path}: is there already, with other content. ")
        assert (path.read_bytes(), [path.name for path in tmp_path.iterdir()]) == (b"the clerk's own", ["标准.xlsx"])
        for _ in range(2):
            assert perfbatch("rulebook", "export", "--output", path, "--force").code == 0
        assert perfbatch("rulebook", "export", "--output", path).code == 0

    def test_export_to_nowhere(self, tmp_path: Path, perfbatch: Perfbatch) -> None:
        path = tmp_path / "none" / "x.xlsx"
        ended = perfbatch("rulebook", "export", "--output", path)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"perfbatch: {path}: cannot be written (")


class TestHelp:
    """What is shown before anything is done."""

    def test_version(self, perfbatch: Perfbatch) -> None:
        assert perfbatch("--version") == Ended(0, f"perfbatch {__version__}\n", "")

    @pytest.mark.parametrize("command", COMMANDS)
    def test_every_command_has_help(self, perfbatch: Perfbatch, command: str) -> None:
        ended = perfbatch(*command.split(), "--help")
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith(f"Usage: perfbatch {command} ")

    @pytest.mark.parametrize("command", ["", "rulebook"])
    def test_nothing_given_shows_the_help(self, perfbatch: Perfbatch, command: str) -> None:
        ended = perfbatch(*command.split())
        assert ended.code == 2
        assert "Commands:" in ended.out + ended.err

    def test_an_unknown_command(self, perfbatch: Perfbatch) -> None:
        assert perfbatch("walk") == Ended(2, "", "perfbatch: No such command 'walk'. Try `perfbatch --help`.\n")


class TestProgram:
    """As a program of its own: what only a process shows."""

    def test_exit_codes(self, two: Path, tmp_path: Path) -> None:
        done = spawned(["run", "--inbox", two, "--outbox", tmp_path / "out"])
        assert (done.returncode, done.stderr) == (0, b"")
        assert spawned(["run", "--inbox", two, "--outbox", tmp_path / "out", "--strict"]).returncode == 3
        (tmp_path / "file").touch()
        assert spawned(["run", "--inbox", two, "--outbox", tmp_path / "file" / "x"]).returncode == 1
        assert spawned(["run", "--inbox", tmp_path / "none"]).returncode == 2

    def test_a_terminal_without_chinese_does_not_stop_it(self, two: Path) -> None:
        done = spawned(["check", two / "二局.xlsx"], PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
        assert (done.returncode, done.stderr) == (3, b"")
        assert b"error R14   | \\u57fa\\u672c" in done.stdout

    def test_a_fault_of_the_program_shows_where(self, two: Path) -> None:
        stumble = (
            "import sys, perfbatch.batch as b; b.read_all = None; from perfbatch.cli import main; main(sys.argv[1:])"
        )
        command = [sys.executable, "-c", stumble, "check", str(two / "二局.xlsx")]
        done = subprocess.run(command, capture_output=True, check=False, timeout=120)
        assert done.returncode == 1
        assert b"TypeError" in done.stderr

    @pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
    @pytest.mark.parametrize("width", [80, 200])
    def test_in_a_terminal_tables_keep_to_the_width(self, two: Path, width: int) -> None:
        from rich.cells import cell_len

        drawn = _in_terminal(["explain", "900002", "--inbox", str(two), "--workers", "1"], width)
        table = [line for line in drawn.splitlines() if "─" in line or ".00" in line]
        assert len(table) == 1 + 1 + 25
        assert max(cell_len(line) for line in table) <= width
        assert [line for line in drawn.splitlines() if line != line.rstrip()] == []


def _in_terminal(arguments: list[str], width: int, code: int = 0) -> str:
    """What a terminal of this width is sent, with its colours taken out."""
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(
        [sys.executable, "-m", "perfbatch", *arguments],
        stdout=slave,
        stderr=slave,
        env={**environment, "TERM": "xterm"},
    )
    os.close(slave)
    sent = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        sent += piece
    os.close(master)
    assert process.wait(timeout=60) == code
    return re.sub(r"\x1b\[[0-9;]*m", "", sent.decode("utf-8").replace("\r\n", "\n"))
