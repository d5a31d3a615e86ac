"""Nothing that the terminal says is missing in either language, and both say it of the same."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import perfbatch
from perfbatch.cli import main
from perfbatch.district.result import STATUS_LABELS
from perfbatch.model.findings import STANDING_LABELS, Severity
from perfbatch.terminal import catalogue
from perfbatch.terminal.catalogue import NOUNS, WORDINGS, counted, say
from perfbatch.terminal.language import language_of, speak

_PACKAGE = Path(perfbatch.__file__).parent
_CHINESE = re.compile("[\u4e00-\u9fff]")


def _placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("key", WORDINGS)
def test_both_languages_say_it_of_the_same(key: str) -> None:
    wording = WORDINGS[key]
    assert wording.en.strip()
    assert wording.zh.strip()
    assert _placeholders(wording.en) == _placeholders(wording.zh)
    assert all(name.isidentifier() for name in _placeholders(wording.en))
    assert not _CHINESE.search(wording.en)
    assert _CHINESE.search(re.sub(r"{\w+}", "", wording.zh)) or not re.search(
        "[a-z]", re.sub(r"{\w+}|perfbatch", "", wording.en)
    )


def _asked() -> Iterator[tuple[str, set[str] | None]]:
    """Every key that some module asks for, as a pattern, and the placeholders that it fills (None where it unpacks them)."""
    for path in sorted(_PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name == "say" and node.args:
                filled = (
                    None
                    if any(word.arg is None for word in node.keywords)
                    else {str(word.arg) for word in node.keywords}
                )
                yield _pattern(node.args[0]), filled
            if name == "plain_table":
                for column in node.args:
                    if isinstance(column, ast.Constant):
                        yield re.escape(f"column.{column.value}"), set()


def _pattern(key: ast.expr) -> str:
    if isinstance(key, ast.Constant):
        return re.escape(str(key.value))
    if isinstance(key, ast.JoinedStr):
        return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in key.values)
    return (
        ".+"
        if isinstance(key, ast.Name)
        else "|".join(_pattern(part) for part in ast.iter_child_nodes(key) if isinstance(part, ast.expr))
    )


def test_whatever_is_asked_for_is_there_and_filled() -> None:
    asked = list(_asked())
    assert len(asked) > 60
    for pattern, filled in asked:
        meant = [key for key in WORDINGS if re.fullmatch(pattern, key)]
        assert meant, pattern
        if filled is not None and ".+" not in pattern:
            assert {*_placeholders(WORDINGS[meant[0]].en)} == filled, pattern


def test_nothing_stands_in_it_that_nobody_asks_for() -> None:
    patterns = [pattern for pattern, _ in _asked() if pattern != ".+"]
    columns = (_PACKAGE / "terminal").rglob("*.py")
    named = {
        node.value
        for path in columns
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
    }
    idle = [
        key
        for key in WORDINGS
        if not any(re.fullmatch(pattern, key) for pattern in patterns) and key.removeprefix("column.") not in named
    ]
    assert idle == []


def test_every_kind_of_a_thing_has_its_word() -> None:
    kinds = [
        *(f"severity.{severity}" for severity in Severity),
        *(f"standing.{standing}" for standing in STANDING_LABELS if standing != "open"),
        *(f"status.{status}" for status in STATUS_LABELS),
        *(f"phase.{phase}" for phase in ("walk", "read", "check", "publish")),
    ]
    assert [kind for kind in kinds if kind not in WORDINGS] == []
    assert {status: WORDINGS[f"status.{status}"].zh for status in STATUS_LABELS} == STATUS_LABELS
    assert all(WORDINGS[f"severity.{severity}"].zh == severity.label for severity in Severity)


def test_no_other_module_of_the_room_has_words_of_its_own() -> None:
    """But for the rules, which are printed as the rulebook has them."""
    for path in sorted((_PACKAGE / "terminal").glob("*.py")):
        if path.name in ("catalogue.py", "rules.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not _CHINESE.search(node.value), (path.name, node.value)


def test_one_and_several() -> None:
    speak("en")
    assert [counted(number, noun) for noun, number in product(NOUNS, (0, 1))][:4] == [
        "0 files", "1 file", "0 notices", "1 notice"
    ]  # fmt: skip
    speak("zh")
    try:
        assert counted(1, "notice") == "1 份通知书"
        # What a department is called is the form's to say.
        assert (counted(3, "department"), counted(3, "department", "项目")) == ("3 个部门", "3 个项目")
        assert say("diff.none") == "没有变化。"
        assert catalogue.listed(["甲", "乙"]) == "甲，乙"
    finally:
        speak("en")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.GBK"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "en_US", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "", "LANGUAGE": "zh_CN:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en_US:en"}, "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8", "LANGUAGE": "zh"}, "en"),
        ({"LANGUAGE": "zh"}, "zh"),
    ],
)
def test_the_language_is_the_locale_s(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_the_option_goes_before_the_locale_and_lasts_for_one_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    lines = []
    for options in (["--lang", "en"], [], ["--lang=zh"]):
        with pytest.raises(SystemExit):
            main(["history", "--outbox", str(tmp_path), *options])
        lines.append(capsys.readouterr().out.splitlines()[0].removeprefix(f"{tmp_path}/history.sqlite"))
    assert lines == [": no run is on record.", "：没有运行记录。", "：没有运行记录。"]
    monkeypatch.setenv("PERFBATCH_LANG", "en")
    with pytest.raises(SystemExit):
        main(["history", "--outbox", str(tmp_path)])
    assert "no run is on record" in capsys.readouterr().out
