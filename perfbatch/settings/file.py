"""`perfbatch.toml`: a value for any option of any command, for all commands or for one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perfbatch.model.errors import OperatorFault
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import reason, toml_reason

__all__ = ["FILE_NAME", "SETTINGS_VARIABLE", "SettingsFile", "read_settings_file", "settings_path"]

FILE_NAME = "perfbatch.toml"
SETTINGS_VARIABLE = "PERFBATCH_SETTINGS"
"""Names another file than the one in the folder that the program was started in."""


@dataclass(frozen=True)
class SettingsFile:
    """What a file says: (command, option) → value, the command "" for what is said for all. `path` is None where there is
    none. An option is spelt as on the command line, without the dashes before it."""

    path: Path | None = None
    values: Mapping[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where relative paths in it begin, and where the log lies."""
        return self.path.parent if self.path is not None else Path()

    def value(self, command: str, option: str) -> Any:
        """What the file says of an option of a command; None where it says nothing."""
        return self.values.get((command, option), self.values.get(("", option)))


def settings_path(environment: Mapping[str, str]) -> Path:
    """Where the settings lie, or would: the file that `PERFBATCH_SETTINGS` names, else `perfbatch.toml` here."""
    return Path(environment.get(SETTINGS_VARIABLE, "") or FILE_NAME)


def read_settings_file(environment: Mapping[str, str], known: Mapping[str, frozenset[str]]) -> SettingsFile:
    """The file that `PERFBATCH_SETTINGS` names, else `perfbatch.toml` here, else none. `known`: command → its options.

    Raises `OperatorFault` for a file that cannot be read or is no TOML, and for an option or command that is none.
    """
    named = environment.get(SETTINGS_VARIABLE, "")
    path = Path(named or FILE_NAME)
    if not named and not path.is_file():
        return SettingsFile()
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise OperatorFault(
            "settings.unreadable", path=path, reason=reason(error), variable=SETTINGS_VARIABLE
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorFault("settings.not_toml", path=path, reason=toml_reason(error)) from None
    values: dict[tuple[str, str], Any] = {}
    for command, name, value in _flat(content):
        option = name.replace("_", "-")
        _refuse_unknown(path, command, option, known)
        values[command, option] = value
    return SettingsFile(path, values)


def _flat(content: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """(command, option, value); a table is a command's, a table in it a subcommand's."""
    for key, value in content.items():
        if not isinstance(value, dict):
            yield "", key, value
            continue
        for name, inner in value.items():
            if not isinstance(inner, dict):
                yield key, name, inner
                continue
            for option, innermost in inner.items():
                yield f"{key} {name}", option, innermost


def _refuse_unknown(path: Path, command: str, option: str, known: Mapping[str, frozenset[str]]) -> None:
    if command and command not in known:
        raise OperatorFault("settings.no_command", path=path, command=command, meant=_near(command, known))
    options = known[command] if command else frozenset[str]().union(*known.values())
    if option not in options:
        place = f"{path} [{command}] {option}" if command else f"{path} {option}"
        raise OperatorFault("settings.no_option", place=place, meant=_near(option, options))


def _near(name: str, names: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(names), 1)
    return worded("part.meant", name=near[0]) if near else ""
