"""Texts of a rulebook that say {year}, {district} or {issuer}: filled in once, when it is loaded, so that next year's are right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from perfbatch.rulebook.marks import Mark, rewritten
from perfbatch.rulebook.model import Rulebook

__all__ = ["filled", "filled_texts"]

_WORDS = {"year": "fiscal_year", "district": "district", "issuer": "issuer"}
_WORD = re.compile(r"(?<!\{)\{(year|district|issuer)\}(?!\})")


def filled(value: Any, data: Mapping[str, Any]) -> Any:
    """A text, or every text in plain data, with the year, the district and the issuer of a rulebook put in."""
    if isinstance(value, str):
        return _WORD.sub(lambda word: str(data.get(_WORDS[word[1]], word[0])), value)
    if isinstance(value, list):
        return [filled(item, data) for item in value]
    if isinstance(value, dict):
        return {key: filled(item, data) for key, item in value.items()}
    return value


def filled_texts(data: Mapping[str, Any]) -> dict[str, Any]:
    """The plain data of a rulebook with all its texts filled in; expressions and ids stay as they are."""

    def visit(mark: Mark | None, text: str) -> str:
        return text if mark is not None and mark.role != "message" else str(filled(text, data))

    result: dict[str, Any] = rewritten(Rulebook, dict(data), visit)
    return result
