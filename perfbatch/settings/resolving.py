"""One value for each option of a command, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from perfbatch.model.errors import OperatorFault
from perfbatch.settings.file import FILE_NAME, SettingsFile

__all__ = ["Command", "Option", "Setting", "settings_of", "typed_value", "with_settings"]

_PREFIX = "PERFBATCH_"
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
_FILES = ("DIR", "FILE")
_FILES_OR_IDS = ("RULEBOOK",)


class Option(NamedTuple):
    """An option of a command: `--name` takes a `metavar` unless it is a flag; `default` as the help shows it."""

    name: str
    metavar: str
    flag: bool
    several: bool
    default: str


class Command(NamedTuple):
    """A command as it is typed (`rulebook export`), and its options."""

    name: str
    options: tuple[Option, ...]


class Setting(NamedTuple):
    """An option's values (one, but of an option that may be given several times) and where they came from, "" of a default."""

    option: Option
    values: tuple[str, ...]
    source: str

    @property
    def shown(self) -> str:
        """The values as text; of a flag true or false."""
        return ", ".join(self.values) or ("false" if self.option.flag else "")


def with_settings(
    arguments: Sequence[str], commands: Sequence[Command], environment: Mapping[str, str], file: SettingsFile
) -> tuple[list[str], dict[str, str]]:
    """Arguments as typed, with what environment and file say of the command's options put in front of its own, and where
    each of these came from (`--name` → source).

    Raises `OperatorFault` for a value that an option cannot have.
    """
    words = 0
    while words < len(arguments) and not arguments[words].startswith("-"):
        words += 1
    for command in sorted(commands, key=lambda command: -len(command.name)):
        path = command.name.split(" ")
        if list(arguments[: len(path)]) == path and words >= len(path):
            typed = arguments[len(path) :]
            settings = [setting for setting in settings_of(command, environment, file) if not _given(setting, typed)]
            sources = {f"--{setting.option.name}": setting.source for setting in settings if _as_typed(setting)}
            return [*path, *(text for setting in settings for text in _as_typed(setting)), *typed], sources
    return list(arguments), {}


def _given(setting: Setting, typed: Sequence[str]) -> bool:
    spelt = f"--{setting.option.name}"
    return any(text == spelt or text.startswith(f"{spelt}=") for text in typed)


def typed_value(arguments: Sequence[str], option: str) -> str:
    """What the arguments of a command say of an option that takes a value, the last time that they do; "" where they do not.
    For what has to be known before they are parsed."""
    spelt, value = f"--{option}", ""
    for position, text in enumerate(arguments):
        if text.startswith(f"{spelt}="):
            value = text.partition("=")[2]
        elif text == spelt:
            value = arguments[position + 1] if position + 1 < len(arguments) else ""
    return value


def _as_typed(setting: Setting) -> list[str]:
    if not setting.source:
        return []
    if setting.option.flag:
        return [f"--{setting.option.name}"] if setting.values == ("true",) else []
    return [f"--{setting.option.name}={value}" for value in setting.values]


def settings_of(command: Command, environment: Mapping[str, str], file: SettingsFile) -> list[Setting]:
    """Every option of a command, as it stands where nothing is typed. Raises `OperatorFault` as `with_settings`."""
    return [_setting(command.name, option, environment, file) for option in command.options]


def _setting(command: str, option: Option, environment: Mapping[str, str], file: SettingsFile) -> Setting:
    spelt = option.name.replace("-", "_").upper()
    for variable in (f"{_PREFIX}{command.replace(' ', '_').upper()}_{spelt}", f"{_PREFIX}{spelt}"):
        if variable in environment:
            text = environment[variable]
            values: tuple[str, ...] = (text,)
            if option.flag:
                values = (_truth(text, variable),)
            elif option.several:
                values = tuple(part for part in text.split(",") if part)
            return Setting(option, values, variable)
    value = file.value(command, option.name)
    if value is None:
        return Setting(option, (option.default,) if option.default else (), "")
    place = f"{file.path or FILE_NAME} {option.name}"
    if option.flag:
        if not isinstance(value, bool):
            raise OperatorFault("settings.no_truth", place=place, value=repr(value))
        return Setting(option, (str(value).lower(),), str(file.path))
    several = value if isinstance(value, list) and option.several else [value]
    return Setting(option, tuple(_text(part, place, option, file) for part in several), str(file.path))


def _truth(text: str, variable: str) -> str:
    if text.strip().lower() in _TRUE:
        return "true"
    if text.strip().lower() in _FALSE:
        return "false"
    raise OperatorFault("variable.no_truth", variable=variable, value=repr(text))


def _text(value: Any, place: str, option: Option, file: SettingsFile) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | date | datetime):
        raise OperatorFault("settings.no_value", place=place, value=repr(value), option=option.name)
    text = value.isoformat() if isinstance(value, date) else str(value)
    if option.metavar in _FILES or (option.metavar in _FILES_OR_IDS and (file.folder / text).exists()):
        # A path of the file's own begins where the file lies, wherever the program was started.
        return str(file.folder / text)
    return text
