"""Which language the terminal speaks: what `--lang` says, else what the system's settings say, else English."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Literal

__all__ = ["LANGUAGES", "Language", "current_language", "language_of", "speak"]

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
_PRIMARY_CHINESE = 0x04
"""The lower ten bits of Windows' language identifiers, of every kind of Chinese."""


# A process talks to one terminal. It is told anew as each command begins.
class _Spoken:
    language: Language = "en"


def speak(language: Language) -> None:
    """From now on the terminal speaks this language."""
    _Spoken.language = language


def current_language() -> Language:
    """What the terminal speaks."""
    return _Spoken.language


def language_of(environment: Mapping[str, str]) -> Language:
    """Chinese under a Chinese locale, else English: `LC_ALL` before `LC_MESSAGES` before `LANG`, and `LANGUAGE` before all
    of them unless the locale is C, as other programs have it; on Windows, where none is set, the language of its menus."""
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    wanted = environment.get("LANGUAGE", "").split(":")[0]
    if wanted and locale not in ("C", "POSIX"):
        locale = wanted
    if not locale and sys.platform == "win32":
        return "zh" if _menus_are_chinese() else "en"
    return "zh" if locale.lower().startswith("zh") else "en"


def _menus_are_chinese() -> bool:
    import ctypes

    # Not on other systems, where the type checker looks too.
    library = getattr(ctypes, "windll").kernel32  # noqa: B009
    return int(library.GetUserDefaultUILanguage()) & 0x3FF == _PRIMARY_CHINESE
