"""Imports run one way. The import graph of the package, read from its source, is held against the layers below."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import perfbatch

ROOT = Path(perfbatch.__file__).parent

# Module (or package with all that is in it) → the layer it belongs to. The longest name that fits counts.
LAYERS: dict[str, str] = {
    "perfbatch": "values",
    "perfbatch.errors": "values",
    "perfbatch.findings": "values",
    "perfbatch.file_names": "values",
    "perfbatch.intake.submission": "values",
    "perfbatch.intake.set_aside": "values",
    "perfbatch.figures": "values",
    "perfbatch.phases": "values",
    "perfbatch.program": "values",
    "perfbatch.result": "result",
    "perfbatch.rulebook": "rulebook",
    "perfbatch.template": "template",
    "perfbatch.intake": "intake",
    "perfbatch.frames": "frames",
    "perfbatch.quantities": "scopes",
    "perfbatch.scopes": "scopes",
    "perfbatch.roster": "roster",
    "perfbatch.changes": "changes",
    "perfbatch.history": "history",
    "perfbatch.reconcile": "reconcile",
    "perfbatch.scoring": "scoring",
    "perfbatch.diagnosis": "advice",
    "perfbatch.publish": "publish",
    "perfbatch.publish.figures": "values",
    "perfbatch.publish.legible": "values",
    "perfbatch.batch": "batch",
    "perfbatch.terminal": "terminal",
    "perfbatch.cli": "cli",
    "perfbatch.__main__": "main",
}

# Layer → the layers that it may import, besides itself. rulebook ← template, intake, frames ← reconcile, scoring ←
# publish ← batch ← cli; intake, reconcile and scoring do not import one another. The values are plain shapes, open to all.
ALLOWED: dict[str, set[str]] = {
    "values": set(),
    "rulebook": {"values"},
    "result": {"values", "rulebook"},
    "template": {"values", "rulebook", "roster"},
    "intake": {"values", "rulebook"},
    "frames": {"values", "rulebook"},
    "scopes": {"values", "rulebook", "frames"},
    "roster": {"values", "rulebook"},
    # What differs between two runs, told from their records alone.
    "changes": {"values"},
    "history": {"values", "rulebook", "result", "changes"},
    # What follows from what, and why, is told from the rulebook and the night's result alone.
    "advice": {"values", "rulebook", "result"},
    "reconcile": {"values", "rulebook", "frames", "scopes"},
    "scoring": {"values", "rulebook", "frames", "scopes"},
    # Notices are patched copies of the departments' own workbooks: publish takes a package apart as intake does.
    "publish": {"values", "rulebook", "result", "intake", "advice", "changes"},
    "batch": {
        *("values", "rulebook", "result", "intake", "frames", "scopes", "roster", "history"),
        *("reconcile", "scoring", "advice", "changes", "publish"),
    },
    "terminal": {"values", "rulebook", "result", "template", "scoring", "changes", "publish", "batch"},
    "cli": {
        "values",
        "rulebook",
        "history",
        "changes",
        "template",
        # The reading processes start before anything else is loaded.
        "intake",
        "roster",
        "scoring",
        "publish",
        "batch",
        "terminal",
    },
    "main": {"cli"},
}

Graph = Mapping[str, set[str]]
"""Module → the modules of the package that it imports, wherever in it the import stands."""


def _modules() -> dict[str, Path]:
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _imports(source: str, module: str, package: bool, modules: set[str]) -> set[str]:
    """The package's modules that a source imports: at its head, in functions, for type checking only."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(_module(alias.name, modules) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: None if package else -1]
            above = base[: len(base) - node.level + 1] if node.level else []
            name = ".".join([*above, *([node.module] if node.module else [])])
            found.update(_module(f"{name}.{alias.name}", modules) for alias in node.names)
    return found - {"", module}


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


def _layer(module: str) -> str:
    name = module
    while name not in LAYERS:
        name = name.rpartition(".")[0]
    # The package's own name stands for its __init__ only: a new module has to be put into a layer.
    return LAYERS[name] if name != "perfbatch" or module == "perfbatch" else ""


def violations(graph: Graph) -> list[str]:
    """Every import that goes the wrong way, as `importer (layer) → imported (layer)`."""
    return [
        f"{module} ({_layer(module)}) → {imported} ({_layer(imported)})"
        for module, all_imported in sorted(graph.items())
        for imported in sorted(all_imported)
        if _layer(imported) != _layer(module) and _layer(imported) not in ALLOWED.get(_layer(module), set())
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


def test_every_module_belongs_to_a_layer() -> None:
    """A new module is put into the table above, by whoever adds it."""
    assert [module for module in _modules() if not _layer(module)] == []
    assert set(LAYERS.values()) == ALLOWED.keys()
    assert [name for name in LAYERS if name not in _modules()] == []


def test_imports_run_one_way() -> None:
    assert violations(_graph()) == []


def test_the_layers_themselves_run_one_way() -> None:
    assert cycles(ALLOWED) == []


def test_no_modules_import_one_another_in_a_ring() -> None:
    assert cycles(_graph()) == []


def test_intake_reconcile_and_scoring_are_strangers() -> None:
    """The rule in its own words, whatever the table above says."""
    strangers = ("intake", "reconcile", "scoring")
    for one in strangers:
        assert not ALLOWED[one] & set(strangers)


def test_the_parser_of_workbooks_is_one() -> None:
    """Only intake and the roster read workbooks; only the template, the roster and what is published are written."""
    users: dict[str, set[str]] = {"python_calamine": set(), "openpyxl": set(), "xlsxwriter": set()}
    for module, path in _modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in names:
                if name.partition(".")[0] in users:
                    users[name.partition(".")[0]].add(_layer(module))
    assert users["python_calamine"] <= {"intake", "roster"}
    assert users["xlsxwriter"] <= {"template", "roster", "publish"}


# ---------------------------------------------------------------------- the checker itself


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("perfbatch.rulebook.lint", "perfbatch.frames"),
        ("perfbatch.intake.reader", "perfbatch.reconcile"),
        ("perfbatch.intake.reader", "perfbatch.frames"),
        ("perfbatch.reconcile", "perfbatch.scoring.verify"),
        ("perfbatch.scoring.verify", "perfbatch.reconcile"),
        ("perfbatch.scoring.verify", "perfbatch.intake.normalise"),
        ("perfbatch.reconcile", "perfbatch.intake.reader"),
        ("perfbatch.publish.report", "perfbatch.batch"),
        ("perfbatch.intake.reader", "perfbatch.publish.outbox"),
        ("perfbatch.batch", "perfbatch.cli"),
        ("perfbatch.template.workbook", "perfbatch.intake.reader"),
        ("perfbatch.findings", "perfbatch.rulebook.model"),
        ("perfbatch.frames", "perfbatch.scopes"),
    ],
)
def test_a_planted_violation_is_found(module: str, imported: str) -> None:
    assert violations({module: {imported}}) == [f"{module} ({_layer(module)}) → {imported} ({_layer(imported)})"]


def test_the_value_modules_of_intake_are_open_to_all() -> None:
    values = {"perfbatch.intake.submission", "perfbatch.intake.set_aside"}
    graph = {name: values for name, layer in LAYERS.items() if layer != "main"}
    assert violations(graph) == []
    assert len(violations({"perfbatch.reconcile": {"perfbatch.intake.reading"}})) == 1


def test_a_planted_ring_is_found() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c", "a"]]
    assert cycles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import perfbatch.frames", {"perfbatch.frames"}),
        ("import perfbatch.frames as f, os", {"perfbatch.frames"}),
        ("from perfbatch.frames import Frames", {"perfbatch.frames"}),
        ("from perfbatch import frames, scopes", {"perfbatch.frames", "perfbatch.scopes"}),
        ("def f():\n    from perfbatch.batch import run_batch", {"perfbatch.batch"}),
        ("if TYPE_CHECKING:\n    from perfbatch.result import BatchResult", {"perfbatch.result"}),
        ("from . import rules", {"perfbatch.scoring.rules"}),
        ("from .rules import compute", {"perfbatch.scoring.rules"}),
        ("from ..frames import Frames", {"perfbatch.frames"}),
        ("from .. import frames", {"perfbatch.frames"}),
        ("import os\nfrom pandas import DataFrame", set()),
        ("text = 'import perfbatch.frames'", set()),
    ],
)
def test_imports_are_found_wherever_they_stand(source: str, found: set[str]) -> None:
    assert _imports(source, "perfbatch.scoring.verify", False, set(_modules())) == found


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


@pytest.mark.parametrize("module", ["perfbatch.batch", "perfbatch.publish.outbox", "perfbatch.terminal.night"])
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
    assert _loaded("perfbatch.publish.notice.order", heavy) == set()


def test_the_check_of_what_is_loaded_can_fail() -> None:
    assert _loaded("perfbatch.frames", {"pandas", "xlsxwriter"}) == {"pandas"}
