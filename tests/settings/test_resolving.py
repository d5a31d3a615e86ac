"""One value for each option: typed, from the environment, from the file, or the default; and where it came from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.model.errors import OperatorFault
from perfbatch.settings import Command, Option, SettingsFile, read_settings_file, settings_of, with_settings

INBOX = Option("inbox", "DIR", False, False, "inbox")
STRICT = Option("strict", "", True, False, "")
BOOKS = Option("rulebook", "RULEBOOK", False, True, "")
OUTPUT = Option("output", "FILE", False, False, "rulebook.xlsx")
RUN, EXPORT = Command("run", (INBOX, STRICT, BOOKS)), Command("rulebook export", (OUTPUT, BOOKS))
COMMANDS = (RUN, EXPORT)
KNOWN = {command.name: frozenset(option.name for option in command.options) for command in COMMANDS}


def read(folder: Path, text: str, **environment: str) -> SettingsFile:
    (folder / "perfbatch.toml").write_text(text, "utf-8")
    return read_settings_file({"PERFBATCH_SETTINGS": str(folder / "perfbatch.toml"), **environment}, KNOWN)


def arguments(typed: str, file: SettingsFile | None = None, **environment: str) -> list[str]:
    return with_settings(typed.split(), COMMANDS, environment, file or SettingsFile())[0]


def test_typed_before_environment_before_file_before_default(tmp_path: Path) -> None:
    file = read(tmp_path, 'inbox = "of-the-file"')
    assert arguments("run") == ["run"]
    assert arguments("run", file) == ["run", f"--inbox={tmp_path}/of-the-file"]
    assert arguments("run", file, PERFBATCH_INBOX="env") == ["run", "--inbox=env"]
    assert arguments("run", file, PERFBATCH_INBOX="env", PERFBATCH_RUN_INBOX="own") == ["run", "--inbox=own"]
    for typed in ("run --inbox typed", "run --strict --inbox=typed"):
        assert arguments(typed, file, PERFBATCH_INBOX="env") == typed.split()


def test_a_commands_table_goes_before_what_is_said_for_all(tmp_path: Path) -> None:
    file = read(tmp_path, 'rulebook = ["a"]\n[run]\nrulebook = ["b", "c"]\n["rulebook export"]\noutput = "x.xlsx"\n')
    assert arguments("run", file) == ["run", "--rulebook=b", "--rulebook=c"]
    assert arguments("rulebook export", file) == [
        *("rulebook", "export", f"--output={tmp_path}/x.xlsx", "--rulebook=a"),
    ]
    assert arguments("rulebook export --output y", file) == ["rulebook", "export", "--rulebook=a", "--output", "y"]
    nested = read(tmp_path, '[rulebook.export]\noutput = "x.xlsx"\n')
    assert arguments("rulebook export", nested) == ["rulebook", "export", f"--output={tmp_path}/x.xlsx"]


@pytest.mark.parametrize(
    ("text", "given"), [("1", True), ("TRUE", True), (" yes ", True), ("0", False), ("", False), ("off", False)]
)
def test_flags(tmp_path: Path, text: str, given: bool) -> None:
    assert arguments("run", PERFBATCH_STRICT=text) == (["run", "--strict"] if given else ["run"])
    file = read(tmp_path, f"strict = {str(given).lower()}")
    assert arguments("run", file) == (["run", "--strict"] if given else ["run"])
    assert arguments("run", file, PERFBATCH_RUN_STRICT=str(not given)) == (["run"] if given else ["run", "--strict"])


def test_where_each_came_from(tmp_path: Path) -> None:
    file = read(tmp_path, "strict = true")
    origins = {
        setting.option.name: (setting.shown, setting.source)
        for setting in settings_of(RUN, {"PERFBATCH_RULEBOOK": "a,b"}, file)
    }
    assert origins == {
        "inbox": ("inbox", ""),
        "strict": ("true", str(tmp_path / "perfbatch.toml")),
        "rulebook": ("a, b", "PERFBATCH_RULEBOOK"),
    }


def test_paths_begin_where_the_file_lies_and_ids_stay_ids(tmp_path: Path) -> None:
    (tmp_path / "own.toml").touch()
    file = read(tmp_path, 'rulebook = ["own.toml", "yunxi-2020"]\ninbox = "/srv/inbox"')
    assert arguments("run", file) == [
        "run", "--inbox=/srv/inbox", f"--rulebook={tmp_path}/own.toml", "--rulebook=yunxi-2020",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("inbx = 1", "{} inbx: no such option (is inbox meant). Correct the file, or take the line out."),
        ("[run]\noutput = 1", "{} [run] output: no such option. Correct the file, or take the line out."),
        ("[rum]\ninbox = 1", "{} [rum]: no such command (is run meant). Correct the file, or take the line out."),
        ("inbox = ", "{}: not TOML: "),
    ],
)
def test_a_file_with_a_fault(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(OperatorFault) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(line.format(tmp_path / "perfbatch.toml"))


@pytest.mark.parametrize(
    ("text", "environment", "fault"),
    [
        ("strict = 1", {}, "strict: 1 is neither true nor false. "),
        ("inbox = true", {}, "inbox: True is no value of --inbox. "),
        ("inbox = [1]", {}, "inbox: [1] is no value of --inbox. "),
        ("", {"PERFBATCH_STRICT": "perhaps"}, "PERFBATCH_STRICT: 'perhaps' is neither true nor false. "),
    ],
)
def test_a_value_that_an_option_cannot_have(tmp_path: Path, text: str, environment: dict[str, str], fault: str) -> None:
    file = read(tmp_path, text)
    with pytest.raises(OperatorFault) as caught:
        arguments("run", file, **environment)
    assert fault in str(caught.value)


def test_no_file_is_none_and_one_that_is_named_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings_file({}, KNOWN) == SettingsFile()
    (tmp_path / "perfbatch.toml").write_bytes(b'\xef\xbb\xbfinbox = "x"')
    file = read_settings_file({}, KNOWN)
    assert (str(file.path), arguments("run", file)) == ("perfbatch.toml", ["run", "--inbox=x"])
    with pytest.raises(OperatorFault, match=r"^none\.toml: cannot be read"):
        read_settings_file({"PERFBATCH_SETTINGS": "none.toml"}, KNOWN)


_words = st.lists(st.sampled_from(["--inbox", "--inbox=x", "--strict", "x", "-q", "--help"]), max_size=5)


@given(_words, st.dictionaries(st.sampled_from(["PERFBATCH_INBOX", "PERFBATCH_STRICT"]), st.sampled_from(["1", "0"])))
def test_what_was_typed_stays_as_it_was_typed(typed: list[str], environment: dict[str, Any]) -> None:
    resolved, sources = with_settings(["run", *typed], COMMANDS, environment, SettingsFile())
    assert resolved[0] == "run"
    assert resolved[len(resolved) - len(typed) :] == typed
    put_in = resolved[1 : len(resolved) - len(typed)]
    assert {text.partition("=")[0] for text in put_in} == set(sources)
    assert not {text.partition("=")[0] for text in put_in} & {text.partition("=")[0] for text in typed}


def test_other_arguments_are_left_alone() -> None:
    for typed in (["--help"], [], ["rulebook"], ["rulebook", "--help"], ["nothing"], ["-V"]):
        assert with_settings(typed, COMMANDS, dict(os.environ), SettingsFile()) == (typed, {})
