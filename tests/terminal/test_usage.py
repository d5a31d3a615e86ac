"""What the parser refuses, in both languages: in English in its own words."""

from __future__ import annotations

import pytest
import typer

from perfbatch.cli import main
from perfbatch.cli.application import app
from perfbatch.terminal.language import speak
from perfbatch.terminal.usage import usage_fault, usage_line

_REFUSED = [
    ("run --foo", "没有选项 --foo（相近的有：--log, --outbox）"),
    ("run -x", "没有选项 -x"),
    ("run --inbox", "选项 '--inbox' 后面须写取值"),
    ("run --strict=1", "选项 '--strict' 不带取值"),
    ("run a b", "多余的参数（a b）"),
    ("check", "缺少参数 'WORKBOOK'"),
    ("walk", "没有命令 'walk'"),
    ("histry", "没有命令 'histry'（相近的有：'history'）"),
    ("rulebook new", "缺少选项 '--year'"),
    ("run --workers x", "'--workers' 的取值有误：应为整数"),
    ("run --workers -1", "'--workers' 的取值有误：不得小于 0"),
    ("template --units 501", "'--units' 的取值有误：不得大于 500"),
    ("run --deadline x", "'--deadline' 的取值有误：'x' 不合格式 '%Y-%m-%d'（年-月-日，例 2027-07-31）"),
    ("schedule --as at", "'--as' 的取值有误：'at' 不在可选值 'cron', 'systemd', 'windows' 之内"),
]


@pytest.mark.parametrize(("line", "chinese"), _REFUSED)
def test_what_is_refused_has_its_sentence(
    line: str, chinese: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(typer.BadParameter.__base__) as refused:  # type: ignore[arg-type]
        app(line.split(), prog_name="perfbatch", standalone_mode=False)
    message = refused.value.format_message()  # type: ignore[attr-defined]
    speak("en")
    assert usage_fault(message) == message.rstrip(".")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    assert ended.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    speak("en")
    assert len(lines) == 1
    path, _, rest = lines[0].partition("：")
    assert path.startswith("perfbatch")
    assert rest == f"{chinese}。用法见 `{path} --help`。"


@pytest.mark.parametrize(
    ("message", "english"),
    [
        (
            "Invalid value for '--workers': 'x' is not a valid integer range.",
            "Invalid value for '--workers': Input should be a valid integer, unable to parse string as an integer",
        ),
        (
            "Invalid value for '--lang': 'fr' is not one of 'zh', 'en'.",
            "Invalid value for '--lang': Value error, 'fr' is not one of 'zh', 'en'",
        ),
        ("Something else.", "Something else"),
        ("Invalid value for '--at': something else.", "Invalid value for '--at': something else"),
    ],
)
def test_what_no_pattern_knows_is_shown_as_it_is(message: str, english: str) -> None:
    speak("en")
    assert usage_fault(message) == english


def test_a_value_from_elsewhere_is_told_with_its_source() -> None:
    speak("zh")
    try:
        assert (
            usage_line("perfbatch run", "Option '--roster' requires an argument.", ["PERFBATCH_ROSTER"])
            == "perfbatch run：选项 '--roster' 后面须写取值（取自 PERFBATCH_ROSTER）。用法见 `perfbatch run --help`。"
        )
    finally:
        speak("en")
