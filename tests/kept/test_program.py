"""What is kept from night to night is known by one hash over the package and the libraries under it."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from perfbatch.kept import program
from perfbatch.kept.program import LIBRARIES, PACKAGE, program_key

# They show, lock or carry calls; no figure of a reading or a notice comes from them.
_WITHOUT_ANSWERS = {"filelock", "lxml", "python-docx", "rich", "typer"}


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package that the key is taken of."""
    copy = tmp_path / "perfbatch"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(program, "PACKAGE", copy)
    program_key.cache_clear()
    return copy


def anew() -> str:
    program_key.cache_clear()
    return program_key()


@pytest.fixture(autouse=True)
def _forgotten() -> object:
    yield
    program_key.cache_clear()


def test_every_module_counts(sources: Path) -> None:
    key, modules = anew(), sorted(sources.rglob("*.py"))
    assert len(modules) > 150
    keys = set()
    for module in modules[:: len(modules) // 20]:
        content = module.read_bytes()
        module.write_bytes(content + b"#")
        keys.add(anew())
        module.write_bytes(content)
    assert len(keys - {key}) >= 20
    assert anew() == key


def test_a_module_more_or_less_or_renamed_counts(sources: Path) -> None:
    keys = {anew()}
    (sources / "another.py").write_bytes(b"")
    keys.add(anew())
    (sources / "another.py").rename(sources / "other.py")
    keys.add(anew())
    (sources / "batch.py").unlink()
    keys.add(anew())
    assert len(keys) == 4


def test_the_interpreter_and_the_libraries_count(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {anew()}
    with monkeypatch.context() as patched:
        patched.setattr(sys, "version_info", (9, 9))
        keys.add(anew())
    for library in LIBRARIES:
        with monkeypatch.context() as patched:
            patched.setattr(program, "_version", lambda name, other=library: "0" if name == other else "1")
            keys.add(anew())
    assert len(keys) == 2 + len(LIBRARIES)


def test_every_library_with_answers_is_named() -> None:
    wanted = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert {re.split(r"[>=;\s]", requirement)[0] for requirement in wanted} - _WITHOUT_ANSWERS == set(LIBRARIES)
