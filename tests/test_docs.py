"""The documents hold what the program holds.

Tables in README that repeat the program stand between `<!-- table: … -->` and `<!-- end -->` and are written, on purpose,
by `python -m tests.test_docs`; the tests fail where they are out of date.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from perfbatch import __version__
from perfbatch.bureau.notifying import notify
from perfbatch.cli import app, main
from perfbatch.model.catalogue import CATALOGUE, SET_ASIDE
from perfbatch.model.limits import Limits
from perfbatch.publishing import NightPlan, run_night
from perfbatch.rulebook.load import LoadedRulebook
from perfbatch.rulebook.model import Check
from tests.conftest import Lay, workbook
from tests.workbooks import rulebook

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PART = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
_MB = 1024 * 1024


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _table(*head: str) -> str:
    return _row(*head) + "|" + "---|" * len(head) + "\n"


def _file_codes() -> str:
    rows = (
        _row(code, text.title, text.message.replace("{what}", "……"), text.remedy) for code, text in SET_ASIDE.items()
    )
    return _table("代码", "含义", "说明", "怎么办") + "".join(rows)


def _checks(letter: str) -> dict[str, list[Check]]:
    by_code: dict[str, list[Check]] = {}
    for check in rulebook().checks:
        if check.code.startswith(letter):
            by_code.setdefault(check.code, []).append(check)
    return by_code


def _check_codes(letter: str) -> Iterator[tuple[str, str]]:
    for code, checks in _checks(letter).items():
        severities = dict.fromkeys(check.severity for check in checks)
        titles = dict.fromkeys(check.title for check in checks)
        yield code, _row(code, " / ".join(severities), "；".join(titles))


def _own_codes(letter: str) -> Iterator[tuple[str, str]]:
    for code, text in CATALOGUE.items():
        if code.startswith(letter):
            yield code, _row(code, text.severity.value, text.title)


def _finding_codes(letter: str) -> str:
    rows = sorted([*_check_codes(letter), *_own_codes(letter)])
    return _table("Code", "Severity", "What it says") + "".join(row for _, row in rows)


def _limits() -> str:
    limits = Limits()
    return _table("What", "At most") + "".join(
        (
            _row("a file", f"{limits.file_bytes // _MB} MB"),
            _row("all its parts, inflated", f"{limits.inflated_bytes // _MB} MB"),
            _row("sheets", f"{limits.sheets:,}"),
            _row("cells that a sheet spans, of the sheets that are read", f"{limits.cells:,}"),
            _row("cells of such a sheet that hold something", f"{limits.held_cells:,}"),
            _row("rows of a table", f"{limits.rows:,}"),
            _row("memory to read a file", f"{limits.address_space // _MB} MB"),
            _row("time to read a file", f"{limits.wall_seconds:g} s"),
        )
    )


def _leaf_commands() -> dict[str, Any]:
    root: Any = typer.main.get_command(app)
    commands: dict[str, Any] = {}
    for name, command in root.commands.items():
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                commands[name] = command
            commands.update({f"{name} {below}": subcommand for below, subcommand in command.commands.items()})
        else:
            commands[name] = command
    return commands


def _commands() -> str:
    return "\n".join(_command(name, command) for name, command in _leaf_commands().items())


def _command(name: str, command: Any) -> str:
    arguments = [param for param in command.params if not param.opts[0].startswith("-")]
    spelt = "".join(
        f" {argument.metavar if argument.required else f'[{argument.metavar}]'}{'...' if argument.nargs == -1 else ''}"
        for argument in arguments
    )
    first = " ".join(command.help.split("\n\n")[0].split())
    lines = [f"### `perfbatch {name}{spelt}`\n\n{first}\n\n", _table("Given", "What it is", "Default")]
    for param in command.params:
        if param in arguments:
            lines.append(_row(f"`{param.metavar}`", param.help, ""))
        else:
            given = param.opts[0] + (f" {param.metavar}" if param.metavar else "")
            default = "" if param.default is None or param.default is False else f"`{param.default}`"
            lines.append(_row(f"`{given}`", param.help, default))
    return "".join(lines)


def written() -> str:
    """README with its tables as they should be."""
    tables = {
        "F": _file_codes(),
        "R": _finding_codes("R"),
        "C": _finding_codes("C"),
        "S": _finding_codes("S"),
        "limits": _limits(),
        "commands": _commands(),
    }
    return PART.sub(lambda part: f"{part[1]}\n{tables[part[2]]}\n{part[3]}", README.read_text("utf-8"))


@pytest.fixture(scope="module")
def readme() -> str:
    return README.read_text("utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a second-level heading."""
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert match, heading
    return match[1]


def test_every_table_is_up_to_date(readme: str) -> None:
    assert [part[2] for part in PART.finditer(readme)] == ["F", "commands", "R", "C", "S", "limits"]
    assert readme == written(), "run `python -m tests.test_docs`"


def test_finding_codes_are_all_there(readme: str) -> None:
    codes = re.findall(r"^\| ([RCS]\d\d) \|", section(readme, "Finding codes"), re.MULTILINE)
    assert sorted(codes) == sorted({*CATALOGUE, *(check.code for check in rulebook().checks)})


def test_set_aside_codes_are_all_there(readme: str) -> None:
    assert re.findall(r"^\| (F\d\d) \|", section(readme, "快速开始"), re.MULTILINE) == list(SET_ASIDE)


def test_the_two_commands_are_what_ci_runs(readme: str) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", section(readme, "Two commands"), re.DOTALL | re.MULTILINE)
    assert [block.count("\n") for block in blocks] == [1, 1]
    listed = subprocess.run([ROOT / ".ci" / "run", "--commands"], capture_output=True, check=True, text=True)
    assert listed.stdout == "".join(blocks)


def test_the_two_commands_do_what_is_said(readme: str) -> None:
    first, second = re.findall(r"^```sh\n(.*?)^```", section(readme, "Two commands"), re.DOTALL | re.MULTILINE)
    assert first.endswith(" && .venv/bin/perfbatch run\n")
    assert "pip install '.[test]'" in second
    assert "-m 'not libreoffice'" in second


@pytest.mark.parametrize("name", sorted(_leaf_commands()))
def test_the_command_reference_has_the_options_of_the_help(readme: str, name: str) -> None:
    match = re.search(rf"^### `perfbatch {name}[ `].*?(?=^### |^<!-- end)", readme, re.DOTALL | re.MULTILINE)
    assert match, name
    helped = CliRunner().invoke(app, [*name.split(), "--help"])
    assert helped.exit_code == 0
    wanted = set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", helped.stdout, re.MULTILINE)) - {"--help"}
    assert set(re.findall(r"^\| `(--[a-z-]+)", match[0], re.MULTILINE)) == wanted
    words = re.findall(r"\b([A-Z_]{2,})\b", helped.stdout.split("\n")[0])
    # A command that has others under it takes their names.
    helped_arguments = set(words) - {"OPTIONS", "COMMAND", "ARGS"}
    assert set(re.findall(r"^\| `([A-Z_]+)`", match[0], re.MULTILINE)) == helped_arguments


def test_architecture_names_every_room(readme: str) -> None:
    rooms_named = re.findall(r"^  (\w+(?:\.py|/)) +\S", section(readme, "Architecture"), re.MULTILINE)
    package = ROOT / "perfbatch"
    rooms = [f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").exists()]
    modules = [path.name for path in package.glob("*.py") if path.name != "__init__.py"]
    assert sorted(rooms_named) == sorted([*rooms, *modules])
    outside = re.findall(r"^([a-z_]+)/", section(readme, "Architecture").split("```text")[2], re.MULTILINE)
    assert outside == ["perfbatch", "workbook_templates", "inbox", "tests"]
    assert all((ROOT / folder).is_dir() for folder in outside)


def test_architecture_stands_in_the_order_of_the_imports(readme: str) -> None:
    """Each room imports only from rooms further down."""
    rooms = re.findall(r"^  (\w+)(?:\.py|/) +\S", section(readme, "Architecture"), re.MULTILINE)
    upwards = set()
    for place, room in enumerate(rooms):
        path = ROOT / "perfbatch" / room
        for module in sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]:
            for imported in re.findall(
                r"^(?:    )*(?:from|import) perfbatch\.(\w+)", module.read_text("utf-8"), re.MULTILINE
            ):
                if rooms.index(imported) < place:
                    upwards.add((room, imported))
    assert upwards == set()


def test_the_sheets_of_the_summary(readme: str, inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
    import openpyxl

    run_night(NightPlan(inbox({}), tmp_path / "out", loaded))
    sheets = re.findall(r"^\| (\S+) \| [^|]+\? \|$", section(readme, "What the clerk sees"), re.MULTILINE)
    assert sheets == openpyxl.load_workbook(tmp_path / "out" / "district-summary-2020.xlsx").sheetnames


def test_the_files_of_the_outbox(readme: str, inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
    folder = inbox({"1.xlsx": workbook(on_post_staff=27), "900001.txt": b"plain"})
    # A correction that cannot be taken: the only notice beside the department's own.
    os.utime(folder / "1.xlsx", (10**9, 10**9))
    _, outputs = run_night(NightPlan(folder, tmp_path / "out", loaded))
    paths = re.findall(r"^\| `([^`]+)` \|", section(readme, "The outbox"), re.MULTILINE)
    meant = {"<year>": "2020", "<budget_code>": "900001", "<unit_name>": "云溪区测试局"}
    assert sorted(re.sub(r"<\w+>", lambda name: meant[name[0]], line) for line in paths) == sorted(outputs)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_and_paths_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    spelt = re.findall(r"`((?:perfbatch|tests|\.ci|workbook_templates)/[\w./-]*)`", text)
    assert [target for target in (*linked, *spelt) if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_commands_that_are_mentioned_exist(name: str) -> None:
    known = {tuple(command.split()) for command in _leaf_commands()}
    text = (ROOT / name).read_text("utf-8")
    for mentioned in re.findall(r"`(?:\.venv/bin/)?perfbatch ([a-z]+(?: [a-z]+)?)", text):
        words = tuple(mentioned.split())
        assert words in known or words[:1] in known, mentioned


_TOML = re.compile(r"^```toml\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SHELL = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_examples_of_settings_are_taken(readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the overlay, which is a rulebook and tried as one."""
    monkeypatch.chdir(tmp_path)
    examples = [example for example in _TOML.findall(readme) if "extends" not in example]
    assert len(examples) >= 3
    for example in examples:
        (tmp_path / "perfbatch.toml").write_text(example, "utf-8")
        with pytest.raises(SystemExit) as left:
            main(["settings"])
        assert not left.value.code, example


def test_the_example_of_an_overlay_is_sound(readme: str, tmp_path: Path) -> None:
    (example,) = [example for example in _TOML.findall(readme) if "extends" in example]
    (tmp_path / "rulebook.toml").write_text(example, "utf-8")
    with pytest.raises(SystemExit) as left:
        main(["rulebook", "lint", "--rulebook", str(tmp_path / "rulebook.toml")])
    assert not left.value.code


def test_examples_of_commands_run(readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those in which nothing is installed: each block in a folder of its own, from top to bottom."""
    blocks = [block for block in _SHELL.findall(section(readme, "Commands")) if "pip" not in block]
    assert blocks
    for number, block in enumerate(blocks):
        folder = tmp_path / str(number)
        (folder / "inbox").mkdir(parents=True)
        monkeypatch.chdir(folder)
        for line in block.splitlines():
            program, *words = shlex.split(line, comments=True)
            assert program == "perfbatch"
            with pytest.raises(SystemExit) as left:
                main(words)
            assert not left.value.code, line


def test_the_recipes_of_notifying_do_what_is_said(readme: str, tmp_path: Path) -> None:
    """The e-mail's, with a `mail` that is a file; the address is an address."""
    recipes = [tomllib.loads(example)["run"]["notify"] for example in _TOML.findall(readme) if "notify" in example]
    (address,) = [recipe for recipe in recipes if recipe.startswith("http")]
    (command,) = [recipe for recipe in recipes if not recipe.startswith("http")]
    assert address.endswith("/{exit_code}")
    (tmp_path / "mail").write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/sent; cat >> {tmp_path}/sent\n')
    (tmp_path / "mail").chmod(0o700)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        assert notify(command, {"verdict": "clean", "exit_code": 0}, tmp_path)[0]
        assert not (tmp_path / "sent").exists()
        assert notify(command, {"verdict": "failed", "exit_code": 1}, tmp_path)[0]
    assert (tmp_path / "sent").read_text().startswith("-s perfbatch: failed bureau@example.org\n{")


def test_the_changelog_has_this_version() -> None:
    assert re.search(rf"^## {re.escape(__version__)}", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_ci_has_its_executable_bit() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111 == 0o111


if __name__ == "__main__":
    README.write_text(written(), "utf-8")
    sys.exit()
