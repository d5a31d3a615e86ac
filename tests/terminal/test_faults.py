"""What is wrong is told in Chinese under a Chinese locale, whoever finds it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import openpyxl
import pytest

from perfbatch.cli import main
from perfbatch.terminal.language import speak


def _ended(arguments: str) -> object:
    try:
        with pytest.raises(SystemExit) as left:
            main(arguments.split())
        return left.value.code
    finally:
        speak("en")


@pytest.fixture(autouse=True)
def _a_chinese_clerk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").touch()
    (tmp_path / "in").mkdir()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("run", "inbox：不是文件夹。请用 --inbox 指明存放各部门表格的文件夹。"),
        (
            "run --inbox in --outbox in/out",
            "in/out：在收件文件夹之内，而收件文件夹只供读取。请用 --outbox 另指一个文件夹。",
        ),
        ("run --inbox in --outbox taken", "taken：不是文件夹。请用 --outbox 指明存放结果的文件夹。"),
        ("run --roster none.xlsx", "none.xlsx：不能作为工作簿读取（文件或文件夹不存在）。请指明 .xlsx 名录。"),
        ("run --roster taken", "taken：不能作为工作簿读取（文件已损坏，或不是 Excel 工作簿）。请指明 .xlsx 名录。"),
        ("run --rulebook in", "in：文件夹中没有规则文件。请指明规则文件（.toml、.xlsx）或存放规则文件的文件夹。"),
        ("run --rulebook none.toml", "none.toml：无法读取（文件或文件夹不存在）。请指明规则文件（.toml 或 .xlsx）。"),
        ("template --output taken", "taken：无法建立（同名文件已存在）。请指明一个可以写入的文件夹。"),
        ("template --blank-roster --roster taken", "--blank-roster：不能与 --roster 同用。请只给其中一个。"),
        ("history export", "outbox/history.sqlite：不存在。请用 --outbox 指明存放结果的文件夹。"),
        ("diff 2026", "运行 2026：只给了一次运行。请给出两次运行，或都不写（比较最近两次）。"),
        ("diff 1 2", "运行 1：历史记录中没有这次运行。最近的有：无（outbox/history.sqlite）。"),
        ("schedule --at noon", "--at：'noon' 不是时刻。请写成 时:分，例 02:00。"),
        ("import none", "none：不存在。请指明 Word 报告（.docx、.doc）或存放报告的文件夹。"),
        ("rulebook show R99", "规则 R99：规则中没有。请用指标代码或勾稽关系编号，例 R02。"),
    ],
)
def test_an_operator_s_fault(arguments: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _ended(arguments) == 2
    assert capsys.readouterr().err == f"perfbatch：{line}\n"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("inbx = 1", "perfbatch.toml inbx：没有此选项（是否为 inbox）。请改正该文件，或删去该行。"),
        ("strict = 1", "perfbatch.toml strict：1 应为 true 或 false。请改正该文件。"),
        ("[runn]\na = 1", "perfbatch.toml [runn]：没有此命令（是否为 run）。请改正该文件，或删去该行。"),
        ("a 1", "perfbatch.toml：不是有效的 TOML：第 1 行第 3 列，键名后面缺少等号。请改正该文件，或删去该行。"),
    ],
)
def test_a_fault_of_the_settings(content: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "perfbatch.toml").write_text(content, "utf-8")
    assert _ended("run") == 2
    assert capsys.readouterr().err.splitlines() == [f"perfbatch：{line}"]


def test_a_fault_of_the_night(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox" / "history.sqlite").write_bytes(b"")
    assert _ended("history") == 1
    assert capsys.readouterr().err == (
        "perfbatch：outbox/history.sqlite：不能用作历史记录（文件是空的）。请移走该文件。\n"
    )


def test_what_is_typed_goes_before_the_locale_for_the_settings_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "perfbatch.toml").write_text("strict = 1", "utf-8")
    assert _ended("run --lang en") == 2
    assert capsys.readouterr().err == (
        "perfbatch: perfbatch.toml strict: 1 is neither true nor false. Correct the file.\n"
    )


def test_settings_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert _ended("settings") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "文件：无（perfbatch.toml）"
    assert lines[3].split() == ["run", "--inbox", "inbox", "默认"]


def test_a_check_s_level(capsys: pytest.CaptureFixture[str]) -> None:
    assert _ended("rulebook show R03") == 0
    assert capsys.readouterr().out.splitlines()[0] == "R03 · 支出合计 = 基本支出 + 项目支出 · 错误"


def test_what_lint_finds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = resources.files("perfbatch.rulebook").joinpath("yunxi_2020.toml").read_text("utf-8")
    for there, bad in (("minimum = 80", "minimum = 81"), ('self_total = "', 'self_total = "x')):
        assert text.count(there) >= 1
        text = text.replace(there, bad)
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    assert _ended("rulebook lint --rulebook mine.toml") == 2
    assert capsys.readouterr().err.splitlines() == [
        "mine.toml：grades：80 至 81 之间没有区间；请补上",
        "mine.toml：roles.self_total：信息卡中没有字段 xself_score_total；相近的有 self_score_total",
        "mine.toml：indicator key_spending_share, rule：80 至 81 之间没有区间；请补上",
    ]
    assert _ended("run --rulebook mine.toml") == 2
    assert capsys.readouterr().err == (
        "perfbatch：mine.toml：grades：80 至 81 之间没有区间；请补上（另有 2 个）。请改正该文件；全部问题见 `perfbatch rulebook lint`。\n"
    )


def test_what_lint_finds_in_a_workbook_is_told_with_its_cell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _ended("rulebook export") == 0
    book = openpyxl.load_workbook("rulebook.xlsx")
    column = next(cell.column for cell in book["指标"][1] if cell.value == "分值")
    cell = book["指标"].cell(2, column)
    cell.value = 1
    book.save("rulebook.xlsx")
    capsys.readouterr()
    assert _ended("rulebook lint --rulebook rulebook.xlsx") == 2
    assert capsys.readouterr().err.splitlines() == [
        "rulebook.xlsx：一级指标!A2（代码）：所属指标分值合计 11，应为 15；请改正"
    ]


def test_what_lint_finds_in_an_overlay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'extends = "yunxi-2020"\n[remove]\nfields = ["nix"]\n[change.checks.R24]\nid = "R30"\n[meta]\ntitel = "x"\n'
    (tmp_path / "2021.toml").write_text(text, "utf-8")
    assert _ended("rulebook lint --rulebook 2021.toml") == 2
    assert set(capsys.readouterr().err.splitlines()) == {
        "2021.toml：meta.titel：规则中没有此键；相近的有 title",
        "2021.toml：remove.fields.nix：原规则没有 field nix；请改正名称",
        "2021.toml：change.checks.R24.id：代码不能在此修改；请用 [rename.checks]",
    }


def test_what_lint_finds_in_an_expression(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'extends = "yunxi-2020"\n[change.checks.R02]\nholds = "revenue_totl == 1"\n[change.checks.R03]\nholds = "1 ** 2"\n'
    (tmp_path / "2021.toml").write_text(text, "utf-8")
    assert _ended("rulebook lint --rulebook 2021.toml") == 2
    assert capsys.readouterr().err.splitlines() == [
        "2021.toml：check R02, holds, column 1：unit 范围内没有字段 'revenue_totl'（相近的有 revenue_total）；见 "
        "`revenue_totl == 1`",
        "2021.toml：check R03, holds, column 1：不能使用 BinOp；见 `1 ** 2`",
    ]


def test_what_has_not_the_shape_of_a_rulebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'extends = "yunxi-2020"\n[change.checks.R02]\nseverity = "eror"\n[change.checks.R03]\nhold = "1"\n'
    (tmp_path / "2021.toml").write_text(text, "utf-8")
    assert _ended("rulebook lint --rulebook 2021.toml") == 2
    assert capsys.readouterr().err.splitlines() == [
        "2021.toml：change.checks.R02.severity：应为 'error', 'warning', 'info' 之一，现为 'eror'；相近的有 error",
        "2021.toml：change.checks.R03.hold：规则中没有此键；相近的有 holds",
    ]
