"""Loading a rulebook: TOML → frozen models, with every expression parsed; faults name file, place and remedy."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from perfbatch.model.errors import OperatorFault
from perfbatch.rulebook.model import Rulebook

__all__ = ["BUILT_IN", "LoadedRulebook", "load_rulebook", "read_rulebook"]

BUILT_IN = "yunxi_2020.toml"


@dataclass(frozen=True)
class LoadedRulebook:
    """A rulebook with the name to show for it and the hash of its bytes."""

    rulebook: Rulebook
    name: str
    sha256: str


def read_rulebook(path: Path | None = None) -> LoadedRulebook:
    """Read a rulebook into its models, without judging its content (see `lint`).

    `path` None is the built-in one. Raises `OperatorFault` for a file that cannot be read, is not TOML, or does not have
    the shape of a rulebook.
    """
    if path is None:
        content, name = resources.files(__package__).joinpath(BUILT_IN).read_bytes(), BUILT_IN
    else:
        name = str(path)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise OperatorFault(name, f"cannot be read ({error.strerror})", "Name a rulebook file (.toml).") from None
    try:
        data = tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorFault(name, f"not TOML: {error}", "Correct the file and run `perfbatch rulebook lint`.") from None
    try:
        rulebook = Rulebook.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = _place(first["loc"], data) or "rulebook"
        more = error.error_count() - 1
        fault = f"{place}: {first['msg']}" + (f" (and {more} more)" if more else "")
        raise OperatorFault(name, fault, "Correct the file and run `perfbatch rulebook lint`.") from None
    return LoadedRulebook(rulebook, name, hashlib.sha256(content).hexdigest())


def _place(location: Sequence[int | str], data: object) -> str:
    """Where in the file, with the ids of checks, indicators and fields in place of their positions."""
    parts: list[str] = []
    for part in location:
        name = part
        if isinstance(part, int) and isinstance(data, list):
            data = data[part]
            name = data.get("id", part) if isinstance(data, dict) else part
        elif isinstance(data, dict) and part in data:
            data = data[part]
        parts.append(str(name))
    return ".".join(parts)


def load_rulebook(path: Path | None = None) -> LoadedRulebook:
    """Read a rulebook and refuse it where `lint` finds a fault. Raises `OperatorFault`."""
    from perfbatch.rulebook.lint import lint

    loaded = read_rulebook(path)
    faults = lint(loaded.rulebook)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise OperatorFault(
            loaded.name, f"{faults[0]}{more}", "Correct the file and run `perfbatch rulebook lint` for the whole list."
        )
    return loaded
