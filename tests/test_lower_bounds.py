"""The lower bounds are told apart, and an environment of theirs is within them."""

from __future__ import annotations

import re
from importlib.metadata import version

from tests.lower_bounds import PROJECT, lower_bounds


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def test_every_requirement_has_a_plain_lower_bound() -> None:
    bounds = lower_bounds()
    names = [bound.partition("==")[0] for bound in bounds]
    assert len(set(names)) == len(names) == len(re.findall(r'"[^"]+>=[^"]+"', PROJECT.read_text("utf-8"))) - 1
    assert _numbers(dict(bound.split("==") for bound in bounds if ";" not in bound)["filelock"]) >= (3, 20, 3)


def test_what_is_installed_is_within_them() -> None:
    for bound in lower_bounds():
        name, _, least = bound.partition(";")[0].partition("==")
        if name in ("filelock", "pandas", "openpyxl", "typer", "pytest"):
            assert _numbers(version(name)) >= _numbers(least), name
