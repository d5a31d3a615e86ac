"""Last night's notices, told by their content: one that lies in the outbox already, as it would be made, is taken from there.

Whoever makes a notice tells the SHA-256 of its bytes, and the cache file keeps it under the notice's key and day once the
night is published. What lies in the outbox is taken only if it has that very hash: a notice that the clerk has opened and
saved, that was cut short or is gone, is made again, and so is one of which nothing is known.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from perfbatch.kept.cache_file import KeptFile
from perfbatch.kept.deflating import deflated, inflated
from perfbatch.model.message import HEAD_BYTES, Garbled, packed, unpacked
from perfbatch.model.plain import shape_of
from perfbatch.notice.order import NoticeOrder

__all__ = ["EarlierNotices", "earlier_notices", "keep_notices"]

_SECTION = "notices"
# A row takes some 150 bytes, and all rows are in one head of a message, whose size is limited.
_MOST_KEPT = 100_000
# What a process that makes notices may write at most (`notice_pool`): anything larger is none of ours.
_LARGEST = 256 * 1024 * 1024


class _Written(NamedTuple):
    """A notice as it was written; `day` as ISO 8601 has it."""

    day: str
    sha256: str


_SHAPE = shape_of(tuple[tuple[str, str, str], ...])


class EarlierNotices:
    """The notices in `outbox` as far as it is known how they were written; `written`: key of a notice → what was written."""

    def __init__(self, outbox: Path, written: Mapping[str, _Written]) -> None:
        self._outbox = outbox
        self._written = written

    def copy(self, name: str, order: NoticeOrder, target: Path) -> str:
        """Put the notice that lies at `name` in the outbox to `target`, if it is what `order` would make; its SHA-256.

        "" where it is not, or cannot be read: then nothing lies at `target`. Raises `OSError` where nothing can be put there.
        """
        written = self._written.get(order.key)
        if written is None or written.day != order.heading.run_date.isoformat():
            return ""
        source = self._outbox / name
        try:
            content, status = _content(source)
        except OSError:
            return ""
        if hashlib.sha256(content).hexdigest() != written.sha256:
            return ""
        if not _linked(source, status, target):
            target.write_bytes(content)
        return written.sha256


def _linked(source: Path, status: os.stat_result, target: Path) -> bool:
    """Make `target` another name of the file that was hashed, whose status this is; False where it must be a copy.

    The bytes need not be written, flushed and thrown away every night, and nobody here writes into a notice that is made:
    each goes to a name that is new. Who has last night's open and saves it in place saves tonight's, as if it were opened
    after the switch; the hash tells the next night. Only a file that is ours and has no other name: the night flushes what
    it publishes, and somebody's link or snapshot must not follow the outbox from night to night.
    """
    if os.name != "posix" or status.st_nlink != 1 or status.st_uid != os.geteuid() or status.st_mode & 0o600 != 0o600:
        return False
    try:
        os.link(source, target, follow_symlinks=False)
    except (OSError, NotImplementedError):
        return False
    if os.path.samestat(target.lstat(), status):
        return True
    # Another file was put in its place meanwhile. Its link must go, or what is written to `target` is written into it.
    target.unlink()
    return False


def earlier_notices(kept: KeptFile, outbox: Path) -> EarlierNotices:
    """The notices that the cache knows of; none where it cannot be read."""
    known: dict[str, _Written] = {}
    section = kept.section(_SECTION)
    with contextlib.suppress(Garbled):
        if section is not None:
            rows = _SHAPE.read(unpacked(inflated(section, HEAD_BYTES))[0])
            known = {key: _Written(day, sha256) for key, day, sha256 in rows}
    return EarlierNotices(outbox, known)


def keep_notices(kept: KeptFile, orders: Mapping[str, NoticeOrder], hashes: Mapping[str, str]) -> None:
    """Have kept how tonight's notices were written (see `KeptFile.write`); `hashes`: path in the outbox → SHA-256.

    A notice that is not there is forgotten.
    """
    rows = [(orders[name].key, orders[name].heading.run_date.isoformat(), sha256) for name, sha256 in hashes.items()]
    kept.put(_SECTION, deflated(packed(_SHAPE.write(rows[:_MOST_KEPT]))))


def _content(path: Path) -> tuple[bytes, os.stat_result]:
    """A regular file and its status. Raises `OSError`, for anything else too."""
    # A pipe that somebody put in its place must not hang the night.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb", buffering=0) as stream:  # noqa: PTH123
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            raise OSError(f"{path}: no notice")
        return stream.read(status.st_size), status
