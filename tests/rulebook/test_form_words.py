"""A form is data: outside of `rulebook/` no module names a field, table, indicator, sheet or label of a shipped form.

What is still named stands in `LEFT`, and may only become less.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import perfbatch
from perfbatch.rulebook.load import built_in_ids, load_rulebook
from perfbatch.rulebook.model import Rulebook

ROOT = Path(perfbatch.__file__).parent

# Names of the run report and of the frames, which every form has whatever its own fields are called; and ids that are words
# for something else in the modules that say them.
CONTRACT = frozenset({"budget_code", "unit_name", "fiscal_year", "input", "process", "output", "effect"})
# One word that any program has for something of its own.
PLAIN = frozenset({"indicators", "level", "max", "name", "self", "target", "unit"})

LEFT: Mapping[str, frozenset[str]] = {}


def _words(rulebook: Rulebook) -> set[str]:
    ids = {
        *rulebook.field_by_id,
        *rulebook.indicator_by_id,
        *rulebook.unit_tables,
        rulebook.roles.targets,
    }
    return ids - CONTRACT - PLAIN


def _constants(source: str) -> Iterator[str]:
    """Texts that a module says, without its docstrings."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def _named() -> dict[str, frozenset[str]]:
    words = set().union(*(_words(load_rulebook(identity).rulebook) for identity in built_in_ids()))
    named: dict[str, frozenset[str]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        module = path.relative_to(ROOT).with_suffix("").as_posix()
        if not module.startswith("rulebook/"):
            stated = frozenset(words & set(_constants(path.read_text(encoding="utf-8"))))
            if stated:
                named[module] = stated
    return named


def test_no_module_names_a_part_of_a_form() -> None:
    assert _named() == LEFT


def test_a_name_would_be_found() -> None:
    assert list(_constants('"""item_max"""\nx = f(1, "item_max")\n')) == ["item_max"]
