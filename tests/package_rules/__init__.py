"""What Excel demands of a package on opening and no schema states: whatever breaks one of these is "repaired", that is,
thrown away. Every kind of workbook of ours goes through it (`tests/test_our_workbooks.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.package_rules.functions import faults_of_formula
from tests.package_rules.markup import MAIN, PACKAGE, REL, Package, characters
from tests.package_rules.sheets import sheet_faults

__all__ = ["MAIN", "PACKAGE", "REL", "faults"]

_FORBIDDEN = set(r"[]:*?/\\")
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}\d+|[RrCc]|[Rr]\d*[Cc]\d*")


def faults(path: Path) -> list[str]:
    """Every rule that a workbook breaks, in words; none for one that Excel opens without a word."""
    package = Package(path)
    broken = [f"part twice: {name}" for name in sorted(set(package.names)) if package.names.count(name) > 1]
    broken += [f"string of {length}" for text in package.strings if (length := characters(text)) > 32_767]
    broken += _relations(package)
    broken += _workbook(package)
    for part in package.sheets:
        broken += [f"{part}: {fault}" for fault in sheet_faults(package, part)]
    broken += _tables(package)
    return broken


def _relations(package: Package) -> Iterator[str]:
    for name in package.names:
        if not name.endswith(".rels"):
            continue
        relations = package.relations(name.replace("_rels/", "").removesuffix(".rels"))
        if len({relation.id for relation in relations}) < len(relations):
            yield f"{name}: relationship id twice"
        for relation in relations:
            # A link to a place of the workbook itself has no part (#Sheet!A1).
            if not relation.outside and "#" not in relation.target and relation.target not in package:
                yield f"{name}: no part {relation.target}"


def _workbook(package: Package) -> Iterator[str]:
    workbook = package.root("xl/workbook.xml")
    listed = list(workbook.iter(f"{MAIN}sheet"))
    names = [sheet.get("name", "") for sheet in listed]
    for name in names:
        if not 0 < characters(name) <= 31 or set(name) & _FORBIDDEN or name.startswith("'") or name.endswith("'"):
            yield f"sheet name {name!r}"
    if len({name.casefold() for name in names}) < len(names):
        yield "sheet name twice"
    if not any(sheet.get("state", "visible") == "visible" for sheet in listed):
        yield "no visible sheet"
    seen = set()
    for element in workbook.iter(f"{MAIN}definedName"):
        name, text, scope = element.get("name", ""), element.text or "", element.get("localSheetId")
        if (name.casefold(), scope) in seen:
            yield f"defined name twice: {name}"
        seen.add((name.casefold(), scope))
        if scope is not None and not (scope.isdecimal() and int(scope) < len(listed)):
            yield f"defined name {name!r} of sheet {scope}, which is not there"
        if not name.startswith("_xlnm.") and (
            not re.fullmatch(r"[^\W\d][\w.\\?]*|\\\w*", name) or _CELL_LIKE.fullmatch(name)
        ):
            yield f"defined name {name!r}"
        if characters(name) > 255 or characters(text) > 8_192:
            yield f"defined name too long: {name}"
        if not text:
            yield f"defined name {name!r} of nothing"
        yield from (f"{fault} in the name {name}" for fault in faults_of_formula(text))


def _tables(package: Package) -> Iterator[str]:
    tables = [
        package.root(relation.target).attrib
        for part in package.sheets
        for relation in package.relations(part)
        if relation.type == "table"
    ]
    names = [table.get("displayName", "").casefold() for table in tables]
    ids = [table.get("id", "") for table in tables]
    yield from (f"table name twice: {name}" for name in sorted(set(names)) if names.count(name) > 1)
    yield from (f"table id twice: {number}" for number in sorted(set(ids)) if ids.count(number) > 1)
    yield from (f"table named as a defined name: {name}" for name in names if name in package.named)
    for name in names:
        if not re.fullmatch(r"[^\W\d][\w.]*", name) or _CELL_LIKE.fullmatch(name):
            yield f"table name {name!r}"
