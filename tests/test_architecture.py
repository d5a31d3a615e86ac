"""Imports run one way. The import graph of the package, read from its source, is held against the rooms below."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest

import perfbatch
from perfbatch.rulebook.kinds.registry import KINDS
from tests.words import empty_words

ROOT = Path(perfbatch.__file__).parent
TESTS = Path(__file__).parent

# The rooms from top to bottom: a module imports from its own room and from rooms further down, never upwards.
ROOMS = (
    "__main__",
    "cli",
    "bureau",
    "settings",
    "terminal",
    "publishing",
    "batch",
    "summary",
    "importing",
    "notice",
    "report",
    "history",
    "diagnosis",
    "scoring",
    "template",
    "district",
    "roster",
    "intake",
    "outbox",
    "rulebook",
    "package",
    "isolated",
    "kept",
    "model",
)

# Rooms that stand at one height, and so have nothing of one another though one is named first.
STRANGERS = (("scoring", "diagnosis"), ("scoring", "template"), ("template", "intake"), ("roster", "intake"))

Graph = Mapping[str, set[str]]
"""Module → the modules of the package that it imports, wherever in it the import stands."""


def _modules() -> dict[str, Path]:
    paths = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return paths


def _imports(source: str, module: str, package: bool, modules: set[str]) -> set[str]:
    """The package's modules that a source imports: at its head, in functions, for type checking only."""
    imported: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported.update(_module(alias.name, modules) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: None if package else -1]
            above = base[: len(base) - node.level + 1] if node.level else []
            name = ".".join([*above, *([node.module] if node.module else [])])
            imported.update(_module(f"{name}.{alias.name}", modules) for alias in node.names)
    return imported - {"", module}


def _module(name: str, modules: set[str]) -> str:
    """The module of the package that a dotted name lives in; "" for another package's."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def _graph() -> dict[str, set[str]]:
    modules = _modules()
    return {
        module: _imports(path.read_text(encoding="utf-8"), module, path.name == "__init__.py", set(modules))
        for module, path in modules.items()
    }


def room(module: str) -> str:
    """The room that a module stands in; "" for the package's own name and version, which are open to all."""
    return module.removeprefix("perfbatch").removeprefix(".").partition(".")[0]


def violations(graph: Graph) -> list[str]:
    """Every import that goes upwards, or to a stranger, as `importer → imported`."""
    height = {name: number for number, name in enumerate(reversed(ROOMS), start=1)} | {"": 0}
    apart = {pair for upper, other in STRANGERS for pair in ((upper, other), (other, upper))}
    return [
        f"{module} → {imported}"
        for module, all_imported in sorted(graph.items())
        for imported in sorted(all_imported)
        if height[room(imported)] > height[room(module)] or (room(module), room(imported)) in apart
    ]


def cycles(graph: Graph) -> list[list[str]]:
    """Modules that import one another in a ring, each ring once."""
    rings, done = [], set[str]()

    def walk(module: str, way: list[str]) -> None:
        if module in way:
            rings.append([*way[way.index(module) :], module])
        elif module not in done:
            for imported in sorted(graph.get(module, set())):
                walk(imported, [*way, module])
            done.add(module)

    for module in sorted(graph):
        walk(module, [])
    return rings


# ---------------------------------------------------------------------- the package


def test_every_module_stands_in_a_room() -> None:
    """A new room is put into the list above, at its height, by whoever adds it."""
    assert sorted({room(module) for module in _modules()} - {""}) == sorted(ROOMS)


def test_imports_run_downwards() -> None:
    assert violations(_graph()) == []


def test_no_modules_import_one_another_in_a_ring() -> None:
    assert cycles(_graph()) == []


def test_the_parser_of_workbooks_is_one() -> None:
    """Only the package room and the roster read workbooks; only the template, the roster, the rules and what is published
    are written."""
    users: dict[str, set[str]] = {"python_calamine": set(), "openpyxl": set(), "xlsxwriter": set()}
    for module, path in _modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in names:
                if name.partition(".")[0] in users:
                    users[name.partition(".")[0]].add(room(module))
    assert users["python_calamine"] <= {"package", "roster"}
    assert users["xlsxwriter"] <= {"template", "roster", "rulebook", "summary", "importing"}


# ---------------------------------------------------------------------- the checker itself


@pytest.mark.parametrize(("upper", "lower"), list(pairwise(ROOMS)))
def test_a_planted_violation_is_found(upper: str, lower: str) -> None:
    """Between any two neighbours of the list, and so between any two rooms."""
    assert violations({f"perfbatch.{lower}": {f"perfbatch.{upper}"}}) == [f"perfbatch.{lower} → perfbatch.{upper}"]
    assert violations({f"perfbatch.{ROOMS[-1]}": {f"perfbatch.{upper}.deep"}}) != []


@pytest.mark.parametrize(("above", "other"), STRANGERS)
def test_strangers_are_found_both_ways(above: str, other: str) -> None:
    assert violations({f"perfbatch.{above}": {f"perfbatch.{other}"}}) == [f"perfbatch.{above} → perfbatch.{other}"]
    assert violations({f"perfbatch.{other}": {f"perfbatch.{above}"}}) == [f"perfbatch.{other} → perfbatch.{above}"]


def test_an_import_downwards_is_none() -> None:
    assert (
        violations(
            {"perfbatch.batch": {"perfbatch.model.findings", "perfbatch"}, "perfbatch.model.findings": {"perfbatch"}}
        )
        == []
    )


def test_a_planted_ring_is_found() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c", "a"]]
    assert cycles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize(
    ("source", "imported"),
    [
        ("import perfbatch.district.frames", {"perfbatch.district.frames"}),
        ("import perfbatch.district.frames as f, os", {"perfbatch.district.frames"}),
        ("from perfbatch.district.frames import Frames", {"perfbatch.district.frames"}),
        ("from perfbatch import batch, cli", {"perfbatch.batch", "perfbatch.cli"}),
        ("def f():\n    from perfbatch.batch import run_batch", {"perfbatch.batch"}),
        ("if TYPE_CHECKING:\n    from perfbatch.district.result import BatchResult", {"perfbatch.district.result"}),
        ("from . import rules", {"perfbatch.scoring.rules"}),
        ("from .rules import compute", {"perfbatch.scoring.rules"}),
        ("from ..district.frames import Frames", {"perfbatch.district.frames"}),
        ("from .. import batch", {"perfbatch.batch"}),
        ("import os\nfrom pandas import DataFrame", set()),
        ("text = 'import perfbatch.district.frames'", set()),
    ],
)
def test_imports_are_found_wherever_they_stand(source: str, imported: set[str]) -> None:
    assert _imports(source, "perfbatch.scoring.verify", False, set(_modules())) == imported


def test_relative_imports_of_a_package_are_its_own() -> None:
    assert _imports("from .rules import compute", "perfbatch.scoring", True, set(_modules())) == {
        "perfbatch.scoring.rules"
    }


# ---------------------------------------------------------------------- what is loaded when


def _loaded(module: str, heavy: set[str]) -> set[str]:
    """Which of the heavy packages a fresh interpreter has loaded after importing a module."""
    code = f"import sys, {module}; print(*(name for name in {sorted(heavy)!r} if name in sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent)
    return set(run.stdout.split())


def test_the_command_line_starts_without_the_heavy_packages() -> None:
    heavy = {"pandas", "numpy", "openpyxl", "xlsxwriter", "pydantic", "python_calamine"}
    assert _loaded("perfbatch.cli", heavy) == set()


@pytest.mark.parametrize("module", ["perfbatch.batch", "perfbatch.outbox.switch", "perfbatch.terminal.night"])
def test_a_night_begins_to_read_before_the_heavy_packages_are_loaded(module: str) -> None:
    """And the reader itself is loaded by the reading processes alone."""
    assert _loaded(module, {"pandas", "numpy", "openpyxl", "xlsxwriter", "python_calamine", "olefile"}) == set()


def test_a_reading_process_starts_without_pandas() -> None:
    """Workers import the reader only, once each."""
    assert _loaded("perfbatch.intake.reader", {"pandas", "numpy", "openpyxl", "xlsxwriter", "olefile"}) == set()


def test_a_reading_process_builds_no_validators() -> None:
    """It is given models that are valid. Building is what loads pydantic's plugins, and the package metadata with them."""
    assert _loaded("perfbatch.intake.reader", {"pydantic.plugin._loader", "importlib.metadata"}) == set()
    assert _loaded("perfbatch.intake.reader", {"pydantic"}) == {"pydantic"}


def test_a_process_that_makes_notices_starts_without_pandas() -> None:
    heavy = {"pandas", "numpy", "openpyxl", "xlsxwriter", "pydantic", "python_calamine"}
    assert _loaded("perfbatch.notice.order", heavy) == set()


def test_the_check_of_what_is_loaded_can_fail() -> None:
    assert _loaded("perfbatch.district.frames", {"pandas", "xlsxwriter"}) == {"pandas"}


def _twice(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """Class name → the modules that have a class of it, where there are several. `sources`: module → its text."""
    places: dict[str, list[str]] = {}
    for module, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(module)
    return {name: modules for name, modules in places.items() if len(modules) > 1}


def test_no_class_name_stands_twice() -> None:
    sources = {module: path.read_text(encoding="utf-8") for module, path in _modules().items()}
    assert _twice(sources) == {}
    assert _twice(sources | {"perfbatch.planted": "def f():\n    class Finding: ..."}) == {
        "Finding": ["perfbatch.model.findings", "perfbatch.planted"]
    }


def _rules_named(sources: Mapping[str, str], kinds: set[str]) -> list[str]:
    """Where a kind of rule is named outside of the kinds' package, as `module: class`."""
    named = [
        f"{module}: {name}"
        for module, text in sources.items()
        if not module.startswith("perfbatch.rulebook.kinds")
        for node in ast.walk(ast.parse(text))
        for name in (
            [node.id]
            if isinstance(node, ast.Name)
            else [node.attr]
            if isinstance(node, ast.Attribute)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if name in kinds
    ]
    return sorted(set(named))


def test_no_module_names_a_kind_of_rule() -> None:
    """Who wants to know something of a rule asks it: a kind is one file and one line of the registry."""
    kinds = {kind.__name__ for kind in KINDS}
    assert len(kinds) >= 6
    sources = {module: path.read_text(encoding="utf-8") for module, path in _modules().items()}
    assert _rules_named(sources, kinds) == []
    planted = {
        "perfbatch.scoring.planted": "from perfbatch.rulebook.kinds.bands import BandsRule as B\n",
        "perfbatch.notice.planted": "def f(rule):\n    return isinstance(rule, bands.BandsRule)\n",
        "perfbatch.summary.planted": "match rule:\n    case BandsRule():\n        pass\n",
    }
    assert _rules_named(planted, kinds) == [f"{module}: BandsRule" for module in sorted(planted)]


def test_the_registry_has_every_kind_of_rule() -> None:
    """A file of the package that makes a kind and is not registered would be passed over."""
    folder = ROOT / "rulebook" / "kinds"
    made = {
        node.name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") == "ScoringRule" for base in node.bases)
    }
    assert made == {kind.__name__ for kind in KINDS}
    answers = {"word", "words", "compute", "formulas", "explained"}
    assert {kind.__name__: answers - vars(kind).keys() for kind in KINDS if answers - vars(kind).keys()} == {}


def test_the_limits_of_excel_stand_in_one_module() -> None:
    numbers = {1_048_576, 16_384, 32_767, 65_530}
    stated = {
        (module, node.value)
        for module, path in _modules().items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in numbers
    }
    # What happens to be the same number: how many are kept in memory, bytes, links that are read.
    others = {
        ("perfbatch.summary.block", 16_384),
        ("perfbatch.package.workbook", 16_384),
        ("perfbatch.model.limits", 65_530),
    }
    assert {module for module, _ in stated - others} == {"perfbatch.model.excel"}


def test_one_module_knows_the_records_of_a_zip() -> None:
    magic = b"PK\x01\x02"
    stated = {
        module
        for module, path in _modules().items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == magic
    }
    assert stated == {"perfbatch.package.directory"}


def test_names_say_what_they_hold() -> None:
    tests = {str(path.relative_to(TESTS)): path for path in TESTS.rglob("*.py") if path.name != "test_words.py"}
    sources = {module: path.read_text("utf-8") for module, path in {**_modules(), **tests}.items()}
    assert {module: words for module, source in sources.items() if (words := empty_words(source))} == {}
