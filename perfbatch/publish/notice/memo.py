"""Results kept by a part's bytes: workbooks of one form, saved by one program, share most of their markup to the byte.

What is kept is bounded in number and in length, and only functions that depend on their arguments alone are kept: a notice
has the same bytes whatever was made before it in the same process.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

__all__ = ["LONGEST", "forget", "remembered"]

_P = ParamSpec("_P")
_T = TypeVar("_T")

LONGEST = 128 * 1024
"""Bytes of the longest part for which a result is kept."""

_KEPT = 64
_forgetting: list[Callable[[], None]] = []


def remembered(function: Callable[Concatenate[bytes, _P], _T]) -> Callable[Concatenate[bytes, _P], _T]:
    """Keep the last results of a pure function of a part; one longer than `LONGEST` is computed each time.

    The result must not be changed by whoever gets it. An exception is not kept.
    """
    cached = lru_cache(maxsize=_KEPT)(function)
    _forgetting.append(cached.cache_clear)
    kept = cast("Callable[Concatenate[bytes, _P], _T]", cached)

    @wraps(function)
    def recall(part: bytes, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return (kept if len(part) <= LONGEST else function)(part, *args, **kwargs)

    return recall


def forget() -> None:
    """Drop everything kept: what the first notice of a process costs."""
    for one in _forgetting:
        one()
