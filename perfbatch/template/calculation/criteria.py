"""What COUNTIF, SUMIF and MATCH look for."""

from __future__ import annotations

import re
from collections.abc import Callable

from perfbatch.template.calculation.values import FormulaFault, Value, ordered

__all__ = ["criterion", "likeness"]

_CRITERION = re.compile(r"(<=|>=|<>|<|>|=)(.*)", re.DOTALL)


def criterion(rule: Value) -> Callable[[Value | FormulaFault], bool]:
    """What COUNTIF counts: a value, a text with * and ?, or a comparison written as a text."""
    match = _CRITERION.fullmatch(rule) if isinstance(rule, str) else None
    sign, wanted = (match[1], _typed(match[2])) if match else ("=", rule)
    if sign in ("=", "<>"):
        like = likeness(wanted)
        return lambda value: like(value) == (sign == "=")
    tests: dict[str, Callable[[int], bool]] = {
        "<": lambda order: order < 0, ">": lambda order: order > 0,
        "<=": lambda order: order <= 0, ">=": lambda order: order >= 0,
    }  # fmt: skip

    def compares(value: Value | FormulaFault) -> bool:
        if value is None or isinstance(value, FormulaFault | bool) or isinstance(value, str) != isinstance(wanted, str):
            return False
        return tests[sign](ordered(value, wanted))

    return compares


def _typed(text: str) -> Value:
    try:
        return float(text)
    except ValueError:
        return text


def likeness(wanted: Value) -> Callable[[Value | FormulaFault], bool]:
    """Whether a value is the one wanted: texts without regard to case, with * and ? for whatever stands there."""
    if not isinstance(wanted, str):
        return lambda value: not isinstance(value, FormulaFault | str) and value is not None and value == wanted
    if not wanted:
        return lambda value: value is None or value == ""
    pattern = re.compile(_wildcards(wanted), re.IGNORECASE | re.DOTALL)
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _wildcards(text: str) -> str:
    parts = re.findall(r"~[*?~]|\*|\?|[^*?~]+|~", text)
    special = {"*": ".*", "?": "."}
    return "".join(
        special.get(piece) or re.escape(piece[1:] if piece[0] == "~" and len(piece) > 1 else piece) for piece in parts
    )
