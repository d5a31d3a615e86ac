"""Files that were too much for the limits on nights running: read last, and in the end once a week.

Each costs a night its full time limit, and its worker. Whether it still does hangs on its content, on the limits and on the
program; a change of any of them makes it a file like the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from perfbatch.intake.inbox import Found
from perfbatch.kept.cache_file import KeptFile

__all__ = ["REST_NS", "SlowFile", "SlowFiles", "rests"]

REST_NS = 7 * 24 * 3600 * 1_000_000_000
"""How long a file that has been too much on two nights is left alone."""
_NIGHTS = 2
_SECTION = "slow"
_MOST = 10_000


class SlowFile(NamedTuple):
    """Of a content: the file's size in bytes, on how many nights running it was too much, when it was last tried (nanoseconds)."""

    size: int
    nights: int
    tried_ns: int


class SlowFiles:
    """What is on record of them under a key that names all else that reading hangs on, in a section of the cache's file."""

    def __init__(self, kept: KeptFile, key: str) -> None:
        self._kept, self._key = kept, key

    def met(self, files: Sequence[Found], hashed: Callable[[Found], str]) -> list[tuple[str, SlowFile] | None]:
        """Of each file its content's hash and what is on record of it; None where there is nothing. Only a file of a size that is
        on record is hashed."""
        known = self._on_record()
        sizes = {slow.size for slow in known.values()}
        on_record: list[tuple[str, SlowFile] | None] = []
        for file in files:
            sha256 = hashed(file) if file.size in sizes else ""
            on_record.append((sha256, known[sha256]) if sha256 in known else None)
        return on_record

    def keep(self, tried: Mapping[str, int], resting: Sequence[str], now: int) -> None:
        """Have what this night tells kept: `tried` are the contents (and sizes) that were too much tonight, `resting` those that were
        not read. All others are forgotten."""
        known = self._on_record()
        slow = {sha256: known[sha256] for sha256 in resting if sha256 in known}
        for sha256, size in tried.items():
            before = known[sha256].nights if sha256 in known else 0
            slow[sha256] = SlowFile(size, min(before + 1, _NIGHTS), now)
        if slow or known:
            files = {sha256: list(slow[sha256]) for sha256 in sorted(slow)[:_MOST]}
            self._kept.put(_SECTION, json.dumps({"key": self._key, "files": files}).encode())

    def _on_record(self) -> dict[str, SlowFile]:
        """Whatever nobody has written there counts as nothing."""
        section = self._kept.section(_SECTION)
        try:
            stated = json.loads(bytes(section)) if section is not None else {}
            files = stated["files"] if stated.get("key") == self._key else {}
            slow = {sha256: SlowFile(*figures) for sha256, figures in files.items()}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}
        sound = all(type(figure) is int and figure >= 0 for figures in slow.values() for figure in figures)
        return slow if sound and len(slow) <= _MOST else {}


def rests(slow: SlowFile, now: int) -> bool:
    """Whether a file is left alone tonight. A clock that was put back wakes it."""
    return slow.nights >= _NIGHTS and 0 <= now - slow.tried_ns < REST_NS
