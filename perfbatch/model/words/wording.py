"""A text that can be spoken in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["Worded", "Wording", "in_chinese", "words_of"]


class Worded(str):
    """A text in English, as everybody takes it who does not ask, and the same in Chinese (`zh`)."""

    __slots__ = ("zh",)
    zh: str

    def __new__(cls, en: str, zh: str) -> Worded:
        text = super().__new__(cls, en)
        text.zh = zh
        return text

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.zh


class Wording(NamedTuple):
    """One thing to say. The placeholders of both are the same."""

    en: str
    zh: str

    def filled(self, values: Mapping[str, object]) -> Worded:
        """Both with their placeholders filled in; a value that is worded itself speaks the language of what it stands in."""
        chinese = {name: in_chinese(value) for name, value in values.items()}
        return Worded(self.en.format_map(values), self.zh.format_map(chinese))


def in_chinese(value: object) -> object:
    """The Chinese of what is worded; anything else is the same in every language."""
    return value.zh if isinstance(value, Worded) else value


def words_of(error: BaseException) -> str:
    """What an exception says; worded where it was raised with that."""
    text = error.args[0] if error.args else ""
    return text if isinstance(text, Worded) else str(error)
