"""A process that makes notices and takes much memory for two of them."""

from __future__ import annotations

from pathlib import Path

from perfbatch.notice.order import NoticeOrder, _write

__all__ = ["TASKS"]

_LARGE = ("000003", "000020")
_write_well = NoticeOrder.write


def _write_and_grow(order: NoticeOrder, path: Path) -> str:
    if order.heading.entity_code in _LARGE:
        len(b"x" * (300 * 1024 * 1024))
    return _write_well(order, path)


NoticeOrder.write = _write_and_grow  # type: ignore[method-assign]
TASKS = {"write": _write}
