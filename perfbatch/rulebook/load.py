"""Loading a rulebook: a file, a built-in id or a folder → plain data, overlays laid over their bases → frozen models.

Whatever is wrong with it is told at once, each fault with file, place and remedy (`RulebookFault.faults`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from perfbatch.model.errors import OperatorFault
from perfbatch.model.words.catalogue import apart, behind, placed, worded
from perfbatch.rulebook.completing import completed
from perfbatch.rulebook.lineage import Lineage
from perfbatch.rulebook.lint import lint
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.nearest import nearest
from perfbatch.rulebook.overlay import apply_overlay
from perfbatch.rulebook.overlay_work import Applied
from perfbatch.rulebook.shape_faults import shape_fault
from perfbatch.rulebook.source import RuleSource, read_source
from perfbatch.rulebook.texts import filled, filled_texts
from perfbatch.rulebook.workbook.shape_words import shape_words

__all__ = [
    "BUILT_IN",
    "BUILT_IN_ID",
    "LoadedRulebook",
    "RulebookFault",
    "built_in_ids",
    "load_forms",
    "load_rulebook",
    "read_resolved",
    "read_rulebook",
    "read_written",
]

BUILT_IN, BUILT_IN_ID = "yunxi_2020.toml", "yunxi-2020"
"""The rulebook of whoever names none: its file, its id."""

# A year on a year on a year: more is a ring, or nothing that anybody could follow.
_MOST_OVERLAYS = 20
_SUFFIXES = (".toml", ".xlsx")


class RulebookFault(OperatorFault):
    """A rulebook that cannot be used. `faults` are all that is wrong with it, a line each, with the file."""

    def __init__(self, name: str, faults: Sequence[str], *, remedy: str = "rulebook.correct") -> None:
        more = worded("part.more", count=len(faults) - 1) if len(faults) > 1 else ""
        file, first = apart(faults[0])
        super().__init__("rulebook.faulty", file=file, fault=first, more=more, remedy=worded(remedy))
        self.name = name
        self.faults = tuple(faults)


@dataclass(frozen=True)
class LoadedRulebook:
    """A rulebook with the name to show for it, the hash of what it says, and the files that it was resolved from, the base
    first. The hash is of the content: comments and the order of keys do not change it, and a rulebook has the same hash
    whether it is written as an overlay or in full.

    `origins`: (table, id, key) or (table, id) → `file: place`, for what does not come from the first file. `source`: the last
    of the files, as it was read.
    """

    rulebook: Rulebook
    name: str
    sha256: str
    sources: tuple[str, ...] = ()
    origins: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    source: RuleSource = field(default_factory=lambda: RuleSource({}))


@dataclass(frozen=True)
class _Resolved:
    """A rulebook's plain data after all overlays, before its texts are filled in and its models are made."""

    data: dict[str, Any]
    name: str
    sources: tuple[str, ...]
    origins: Mapping[tuple[str, ...], str]
    lineage: Lineage
    files: tuple[tuple[str, RuleSource], ...]

    def shape_fault(self, fault: ErrorDetails, data: Mapping[str, Any]) -> str:
        """What pydantic found, at its place: in a workbook with sheet and cell, and in the words of whoever fills it."""
        words = shape_words(fault)
        line = shape_fault(fault, data, self.sources[0], self.origins, words)
        source = dict(self.files).get(line.partition(": ")[0])
        if source is None or source.places is None:
            return line
        return self.located(shape_fault(fault, data, self.sources[0], self.origins, words, instead=True))

    def located(self, fault: str) -> str:
        """A line `file: place: fault` with sheet and cell in place of the place, where the file is a workbook."""
        file, rest = apart(fault)
        source = dict(self.files).get(file)
        return behind(file, source.located(rest)) if source is not None else fault


def built_in_ids() -> tuple[str, ...]:
    """The ids of the rulebooks that come with the program: `yunxi_2020.toml` is `yunxi-2020`."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(file.name[:-5].replace("_", "-") for file in files if file.name.endswith(".toml")))


def read_rulebook(source: Path | str | None = None) -> LoadedRulebook:
    """Read a rulebook into its models, without judging its content (see `lint`).

    `source` is a file, the id of a built-in rulebook, or a folder that holds one rulebook; None is the built-in one of 2020.
    Raises `RulebookFault` for a file that cannot be read, is not TOML, or does not have the shape of a rulebook.
    """
    resolved = _resolved(str(source) if source is not None else BUILT_IN_ID, None, ())
    data = filled_texts(resolved.data)
    of_cells = [f"{name}: {fault}" for name, file in resolved.files for fault in file.faults]
    rulebook: Rulebook | None
    try:
        rulebook = Rulebook.model_validate(data)
        faults = of_cells
    except ValidationError as error:
        of_shape = [resolved.shape_fault(fault, data) for fault in error.errors()]
        faults = [*of_cells, *_elsewhere(of_cells, of_shape)]
        rulebook = completed(data, error.errors()) if resolved.files[-1][1].places is not None else None
    if rulebook is None or faults:
        further = [resolved.located(behind(resolved.name, fault)) for fault in lint(rulebook)] if rulebook else []
        raise RulebookFault(resolved.name, [*faults, *_elsewhere(faults, further)])
    return LoadedRulebook(
        rulebook.resolved_from(_compared(rulebook, resolved)),
        resolved.name,
        rulebook_sha256(rulebook),
        resolved.sources,
        resolved.origins,
        resolved.files[-1][1],
    )


def _elsewhere(known: Sequence[str], faults: Sequence[str]) -> list[str]:
    """The faults at other places than the known ones, which they come from."""
    places = {tuple(fault.split(": ")[:2]) for fault in known}
    return [fault for fault in dict.fromkeys(faults) if tuple(fault.split(": ")[:2]) not in places]


def _compared(rulebook: Rulebook, resolved: _Resolved) -> Lineage:
    """The lineage; of a workbook that stands alone, what it changes in the built-in rulebook that it was written from."""
    source = resolved.files[-1][1]
    base = source.based_on if source.based_on in built_in_ids() else rulebook.id
    if len(resolved.files) > 1 or source.places is None or base not in built_in_ids():
        return resolved.lineage
    from perfbatch.rulebook.comparing import changes_between

    before = read_rulebook(base).rulebook
    return Lineage(before.id, before.fiscal_year, changes=changes_between(before, rulebook))


def read_resolved(source: Path | str) -> dict[str, Any]:
    """The plain data of a rulebook with all overlays done, its texts not yet filled in. Raises as `read_rulebook`."""
    read_rulebook(source)
    return _resolved(str(source), None, ()).data


def read_written(source: Path | str | None = None) -> dict[str, Any]:
    """What the file of a rulebook itself says, an overlay its own part only. Raises as `read_rulebook`."""
    name = str(source) if source is not None else BUILT_IN_ID
    read_rulebook(name)
    return _resolved(name, None, ()).files[-1][1].data


def load_rulebook(source: Path | str | None = None) -> LoadedRulebook:
    """Read a rulebook and refuse it where `lint` finds a fault. Raises `RulebookFault`."""
    loaded = read_rulebook(source)
    faults = lint(loaded.rulebook)
    if faults:
        raise RulebookFault(
            loaded.name,
            [behind(loaded.name, loaded.source.located(fault)) for fault in faults],
            remedy="rulebook.correct_all",
        )
    return loaded


def load_forms(sources: Sequence[Path | str] | None = None) -> list[LoadedRulebook]:
    """The rulebooks of a night, in the order given: files, ids of built-in ones, or folders, of which every rulebook is taken;
    all built-in ones, that of whoever names none first, unless given.

    Raises `RulebookFault`, and `OperatorFault` where two of them have one id, are of one form and version, or would write one
    summary.
    """
    if not sources:
        named: list[Path | str] = sorted(built_in_ids(), key=lambda name: name != BUILT_IN_ID)
    else:
        named = [path for source in sources for path in _each_of(source)]
    forms = [load_rulebook(source) for source in named]
    for what, changed, key in _ONCE:
        seen: dict[object, str] = {}
        for loaded in forms:
            value = key(loaded.rulebook)
            if value in seen:
                raise OperatorFault(
                    "rulebook.alike",
                    rulebook=loaded.name,
                    what=worded(f"rulebook.alike.{what}"),
                    other=seen[value],
                    value=value,
                    key=changed,
                )
            seen[value] = loaded.name
    return forms


_ONCE: tuple[tuple[str, str, Callable[[Rulebook], str]], ...] = (
    ("id", "id", lambda book: book.id),
    ("form", "form_version", lambda book: f"{book.form_id} {book.form_version}"),
    ("summary", "summary_name", lambda book: f"{book.summary_name}-{book.fiscal_year}"),
)
"""What no two rulebooks of a night may share."""


def _each_of(source: Path | str) -> list[Path | str]:
    """The rulebooks that a source names."""
    path = Path(source)
    if str(source) in built_in_ids() or not path.is_dir():
        return [source]
    inside: list[Path | str] = sorted(
        file for file in path.iterdir() if file.suffix in _SUFFIXES and not file.name.startswith(".")
    )
    if not inside:
        raise OperatorFault("rulebook.folder_empty", path=path)
    return inside


def rulebook_sha256(rulebook: Rulebook) -> str:
    """The hash of what a rulebook says, in hex."""
    content = rulebook.model_dump(exclude_defaults=True)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    # 3, 3.0 and 3.00 points are the same.
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


# ------------------------------------------------------------------------------------------------------ the chain of files


def _resolved(source: str, beside: Path | None, above: tuple[str, ...]) -> _Resolved:
    """The plain data of a rulebook with all overlays done. `beside` is the folder of the overlay that names it, `above` the
    files that lead here."""
    path, name = _located(source, beside, above)
    if name in above or len(above) >= _MOST_OVERLAYS:
        raise RulebookFault(name, [placed(f"{above[-1]}: extends", "overlay.ring", name=name)])
    file = read_source(path, name)
    data = file.data
    if "extends" not in data:
        return _Resolved(data, name, (name,), {}, Lineage(), ((name, file),))
    if not isinstance(data["extends"], str):
        raise RulebookFault(name, [placed(f"{name}: extends", "overlay.extends")])
    base = _resolved(data["extends"], path.parent if isinstance(path, Path) else None, (*above, name))
    applied = apply_overlay(base.data, data)
    if applied.faults:
        faults = [*file.faults, *(file.located(fault) for fault in applied.faults)]
        raise RulebookFault(name, [behind(name, fault) for fault in faults])
    origins = {place: f"{name}: {key}" for place, key in applied.origins.items()}
    return _Resolved(
        applied.data,
        name,
        (*base.sources, name),
        {**base.origins, **origins},
        _lineage(base, applied),
        (*base.files, (name, file)),
    )


def _located(source: str, beside: Path | None, above: tuple[str, ...]) -> tuple[Any, str]:
    """The file to read, and what it is called in messages."""
    if source in built_in_ids():
        file = f"{source.replace('-', '_')}.toml"
        return resources.files(__package__).joinpath(file), file
    path = Path(source) if beside is None else beside / source
    if path.is_dir():
        inside = sorted(
            entry for entry in path.iterdir() if entry.suffix in _SUFFIXES and not entry.name.startswith((".", "~"))
        )
        if len(inside) == 1:
            return inside[0], str(inside[0])
        raise OperatorFault("rulebook.folder", path=path, count=len(inside))
    if not path.exists() and path.suffix == "":
        known = built_in_ids()
        alike = nearest(source, known)
        meant = worded("rulebook.nearest", name=alike) if alike else worded("rulebook.known", names=", ".join(known))
        place = f"{above[-1]}: extends" if above else f"--rulebook {source}"
        raise OperatorFault("rulebook.unknown", place=place, known=meant)
    return path, str(path)


def _lineage(base: _Resolved, applied: Applied) -> Lineage:
    """What the resolved rulebook has to know of the ones under it."""
    renamed: dict[str, dict[str, tuple[str, ...]]] = {
        table: dict(names) for table, names in base.lineage.renamed.items()
    }
    for table, names in applied.renamed.items():
        known = renamed.setdefault(table, {})
        before = {new: (old, *known.get(old, ())) for old, new in names.items()}
        renamed[table] = {new: olds for new, olds in known.items() if new not in names} | before
    forms = (base.data.get("form_id"), *base.lineage.forms)
    changes = tuple(
        change._replace(before=filled(change.before, base.data), after=filled(change.after, applied.data))
        for change in applied.changes
    )
    start, year = base.data.get("id", ""), base.data.get("fiscal_year")
    if year == applied.data.get("fiscal_year") and base.lineage.base:
        # A correction within the year: what it changes is changed against the year before, too.
        start, year = base.lineage.base, base.lineage.base_year
        changes = (*base.lineage.changes, *changes)
    return Lineage(
        base=start,
        base_year=year,
        forms=tuple(dict.fromkeys(form for form in forms if form and form != applied.data.get("form_id"))),
        renamed=renamed,
        changes=changes,
    )
