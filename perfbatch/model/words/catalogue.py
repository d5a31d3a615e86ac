"""Every fault in both languages, and the parts that faults are put together of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfbatch.model.words.faults_in_overlays import FAULTS_IN_OVERLAYS
from perfbatch.model.words.faults_in_rules import FAULTS_IN_RULES
from perfbatch.model.words.faults_in_values import FAULTS_IN_VALUES
from perfbatch.model.words.faults_of_commands import FAULTS_OF_COMMANDS
from perfbatch.model.words.faults_of_nights import FAULTS_OF_NIGHTS
from perfbatch.model.words.faults_of_rules import FAULTS_OF_RULES
from perfbatch.model.words.wording import Worded, Wording, in_chinese

__all__ = ["FAULTS", "alternatives", "apart", "behind", "in_front", "placed", "worded"]

FAULTS: Mapping[str, Wording] = {
    **FAULTS_OF_COMMANDS,
    **FAULTS_OF_NIGHTS,
    **FAULTS_OF_RULES,
    **FAULTS_IN_RULES,
    **FAULTS_IN_VALUES,
    **FAULTS_IN_OVERLAYS,
}


def worded(key: str, /, **values: object) -> Worded:
    """A wording of the catalogue in both languages, with its placeholders filled in."""
    return FAULTS[key].filled(values)


def alternatives(texts: Sequence[str]) -> Worded:
    """Texts of which one is meant."""
    between = worded("part.or")
    return Worded(between.join(texts), between.zh.join(texts))


def placed(place: str, key: str, /, **stated: object) -> Worded:
    """A wording behind the place that it is about."""
    return behind(place, worded(key, **stated))


def behind(place: str, fault: str) -> Worded:
    """A fault behind its place: a file, or what leads there in a file."""
    return Worded(f"{place}: {fault}", f"{place}：{in_chinese(fault)}")


def apart(fault: str) -> tuple[str, str]:
    """The place in front of a fault, and the rest of it; "" and the fault where nothing stands in front."""
    place, colon, rest = fault.partition(": ")
    if not colon:
        return "", fault
    # In Chinese the colon is one sign, and a place may hold such a sign itself.
    return place, Worded(rest, fault.zh[len(place) + 1 :]) if isinstance(fault, Worded) else rest


def in_front(prefix: str, fault: str) -> Worded:
    """A fault with the same in front of it in both languages."""
    return Worded(f"{prefix}{fault}", f"{prefix}{in_chinese(fault)}")
