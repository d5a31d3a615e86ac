"""The look for names that fit anything (`test_architecture`) sees them wherever they are bound."""

from __future__ import annotations

import pytest

from tests.words import empty_words


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
