"""A process that makes notices and dies in the middle of the second."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from perfbatch.notice.order import NoticeOrder, _write

__all__ = ["TASKS"]

_write_well, _written = NoticeOrder.write, []


def _write_half(order: NoticeOrder, path: Path) -> str:
    if _written:
        path.write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    _written.append(path)
    return _write_well(order, path)


NoticeOrder.write = _write_half  # type: ignore[method-assign]
TASKS = {"write": _write}
