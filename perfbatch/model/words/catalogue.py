"""Every fault in both languages, and the parts that faults are put together of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfbatch.model.words.faults_of_commands import FAULTS_OF_COMMANDS
from perfbatch.model.words.faults_of_nights import FAULTS_OF_NIGHTS
from perfbatch.model.words.faults_of_rules import FAULTS_OF_RULES
from perfbatch.model.words.wording import Worded, Wording

__all__ = ["FAULTS", "alternatives", "worded"]

FAULTS: Mapping[str, Wording] = {**FAULTS_OF_COMMANDS, **FAULTS_OF_NIGHTS, **FAULTS_OF_RULES}


def worded(key: str, /, **values: object) -> Worded:
    """A wording of the catalogue in both languages, with its placeholders filled in."""
    return FAULTS[key].filled(values)


def alternatives(texts: Sequence[str]) -> Worded:
    """Texts of which one is meant."""
    between = worded("part.or")
    return Worded(between.join(texts), between.zh.join(texts))
