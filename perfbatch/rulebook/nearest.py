"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from perfbatch.model.words.catalogue import worded

__all__ = ["nearest", "nearest_or"]


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """The known name that is most like a misspelt one; "" where none is as like it as asked (0 … 1)."""
    lowered = {other.lower().replace("-", "_"): other for other in known}
    alike = get_close_matches(name.lower().replace("-", "_"), lowered, 1, likeness)
    return lowered[alike[0]] if alike else ""


def nearest_or(name: str, known: Iterable[str], otherwise: str) -> str:
    """The remedy for a name that is not known: the nearest one, else what to do without one."""
    meant = nearest(name, known)
    return worded("rulebook.nearest", name=meant) if meant else otherwise
