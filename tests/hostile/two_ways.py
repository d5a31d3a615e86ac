"""A workbook read twice, by the patterns of `plain_sheet` where they cover it, and by the parsers throughout."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from perfbatch.intake.reader import read_submission
from perfbatch.isolated.worker import Turns
from perfbatch.model.message import packed, unpacked
from perfbatch.model.set_aside import SetAside
from perfbatch.model.submission import Submission
from tests.workbooks import rulebook

__all__ = ["TwoWays", "read_both_ways"]


class TwoWays(NamedTuple):
    """The code of each way, "" where it was read, and whether both say the same to the last fact and finding."""

    plainly: str
    parsed: str
    same: bool


def read_both_ways(path: str) -> tuple[str, str, bool]:
    """Read the file at `path` both ways."""
    content = Path(path).read_bytes()
    plainly, parsed = _read(content, plainly=True), _read(content, plainly=False)
    codes = ("" if isinstance(reading, Submission) else reading for reading in (plainly, parsed))
    return (*codes, plainly == parsed)  # type: ignore[return-value]


def _read_both(request: memoryview, turns: Turns) -> bytes:
    turns.begin()
    return packed(read_both_ways(unpacked(request)[0]))


TASKS = {"read both ways": _read_both}
"""For a worker."""


def _read(content: bytes, *, plainly: bool) -> Submission | str:
    try:
        return read_submission(content, "a.xlsx", rulebook(), plainly=plainly)
    except SetAside as reason:
        return f"{reason.code} {reason.what}"
