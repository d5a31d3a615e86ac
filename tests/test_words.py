"""A name says what it holds: words that fit anything are bound nowhere in the package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import perfbatch

SOURCES = sorted(Path(perfbatch.__file__).parent.rglob("*.py"))
EMPTY_WORDS = frozenset({"one", "found", "told", "said", "thing"})


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of whatever a source binds: variables, parameters, attributes, functions, classes, imports."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.ExceptHandler(name=str(name)):
                yield node.lineno, name
            case ast.MatchMapping(rest=str(name)):
                yield node.lineno, name
            case ast.alias(asname=str(name)) | ast.alias(asname=None, name=name):
                yield node.lineno, name


def empty_words(source: str) -> list[str]:
    """The empty words that a source binds, each with its line."""
    return [f"{line}: {name}" for line, name in bound_names(ast.parse(source)) if name in EMPTY_WORDS]


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_names_say_what_they_hold(source: Path) -> None:
    assert empty_words(source.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "one = 1",
        "print([one for one in ()])",
        "lambda one: 1",
        "def f(*, told=1): pass",
        "def said(): pass",
        "class thing: pass",
        "class C:\n    found: int",
        "class C:\n    def f(self):\n        self.told = 1",
        "if (one := 1): pass",
        "print(f'{[one for one in ()]}')",
        "try: pass\nexcept OSError as told: pass",
        "match 1:\n    case [one, *_]: pass",
        "match 1:\n    case [*found]: pass",
        "match 1:\n    case {**found}: pass",
        "import os as thing",
        "from there import told",
        "for number, (one, _) in (): pass",
        "with open('x') as told: pass",
    ],
)
def test_an_empty_word_is_seen_wherever_it_is_bound(source: str) -> None:
    assert len(empty_words(source)) == 1


@pytest.mark.parametrize("source", ["print(one.found)", "f(told=1)", "one_by_one = 'one'", "# one\nfinding = 1"])
def test_what_binds_nothing_is_let_pass(source: str) -> None:
    assert empty_words(source) == []
