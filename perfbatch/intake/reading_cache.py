"""What reading a workbook gave, kept from night to night: a workbook that did not change is not read again.

A reading is found by the SHA-256 of the content, under a key that names everything else it hangs on: the form and whatever
else of the rulebook reading looks at, the limits, this program's reading code and the libraries under it. A change of any of
them makes all readings unknown by itself. Verdicts that hang on the hour or the machine (F08, F10, F11, a fault of the
program) are never kept.

Before the hash stands a gate: a file whose size, times and inode are those under which it was hashed has the same content,
*if* it had been at rest when it was hashed. A file that was written in the last moments before might be written
again within the same tick of the file system's clock and look the same (git calls such an entry racy); it is hashed again.

The cache is a convenience and never evidence: each reading carries a checksum, is taken apart by an unpickler that knows the
shapes of this package alone, and whatever cannot be read is read from the workbook. A cache that SQLite cannot open is
begun anew. It holds what the workbooks say, so it lies in the outbox, under the outbox's permissions.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import pickle
import sqlite3
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from perfbatch.intake.inbox import EntryKind, Found, read_bytes
from perfbatch.intake.reading_pool import Read
from perfbatch.isolated.unpickling import PackageUnpickler
from perfbatch.kept.cache_file import DAMAGED, looked_up, written
from perfbatch.kept.program import program_key
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.model.submission import Sharing
from perfbatch.rulebook.model import PerCaseRule, Rulebook

__all__ = ["ReadingCache", "reader_key"]

# FAT writes the time of every other second, and a share's clock may be a little off ours.
_MARGIN_NS = 5_000_000_000
_LEVEL = 1
_PASSING = frozenset({"F08", "F10", "F11"})
_TABLE = """
CREATE TABLE IF NOT EXISTS reading (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, hashed_ns INTEGER NOT NULL, sha256 TEXT NOT NULL,
    key TEXT NOT NULL, reading BLOB NOT NULL, checksum BLOB NOT NULL
)
"""
_PROBE = "SELECT path, hashed_ns, key, checksum FROM reading LIMIT 1"
_FORM = ("form_id", "form_version", "revision", "fiscal_year", "kinds", "sections", "entity", "roles")


def reader_key(rulebook: Rulebook, limits: Limits | None = None) -> str:
    """What a reading hangs on besides the workbook's bytes, as a hash in hex."""
    counted = sorted(
        evidence
        for indicator in rulebook.indicators
        if isinstance(indicator.rule, PerCaseRule)
        for evidence in (*indicator.evidence_ids, indicator.rule.count)
    )
    digest = hashlib.sha256(program_key().encode())
    digest.update(rulebook.model_dump_json(include=set(_FORM)).encode())
    digest.update(repr((counted, limits or Limits())).encode())
    return digest.hexdigest()


class ReadingCache:
    """The readings of earlier nights, in the file at `path`."""

    def __init__(self, path: Path, rulebook: Rulebook, limits: Limits | None = None) -> None:
        self._path = path
        self._key = reader_key(rulebook, limits)
        self._limits = limits
        self._connection: sqlite3.Connection | None = None
        self._known: dict[str, _Gate] = {}
        self._paths: dict[str, str] = {}
        self._sizes: set[int] = set()
        self._sharing = Sharing()
        self._now = 0
        self._here: set[str] = set()
        self._fresh: list[tuple[Found, Read]] = []
        self.recalled = 0
        """How many entries of the last `read` were not read again."""

    def read(self, found: Sequence[Found], read: Callable[[Sequence[Found]], list[Read]]) -> list[Read]:
        """Every entry's reading, in the order given; `read` reads those that are not known. Nothing is kept yet."""
        # Before any content is looked at: what is written from here on must not look at rest.
        self._now = time.time_ns()
        self._here, self._fresh = {one.path for one in found}, []
        with looked_up(self._path, _PROBE) as self._connection:
            self._load()
            reads = [self._recall(one) for one in found]
        unknown = [number for number, reading in enumerate(reads) if reading is None]
        self.recalled = len(found) - len(unknown)
        for number, reading in zip(unknown, read([found[one] for one in unknown]) if unknown else (), strict=True):
            reads[number] = reading
            self._fresh.append((found[number], reading))
        return [reading for reading in reads if reading is not None]

    def keep(self) -> None:
        """Keep what the last `read` found out; what is known afterwards is what lay there: entries that are gone are forgotten.

        Where nothing can be kept, the next night reads everything.
        """
        with written(self._path, _TABLE, _PROBE) as connection:
            if connection is None:
                return
            connection.execute("DELETE FROM reading WHERE key <> ?", (self._key,))
            gone = [(path,) for path in self._known.keys() - self._here]
            connection.executemany("DELETE FROM reading WHERE path = ?", gone)
            rows = (row for one in self._fresh if (row := self._row(*one)))
            connection.executemany(f"INSERT OR REPLACE INTO reading VALUES ({', '.join('?' * 10)})", rows)

    def _load(self) -> None:
        columns = "path, size, mtime_ns, ctime_ns, inode, hashed_ns, sha256"
        self._known = {}
        with contextlib.suppress(*DAMAGED):
            if self._connection is not None:
                query = f"SELECT {columns} FROM reading WHERE key = ?"
                for path, *gate in self._connection.execute(query, (self._key,)):
                    # SQLite keeps a text where a number belongs, and damage makes one of the other.
                    if [type(one) for one in gate] == [int] * 5 + [str] and isinstance(path, str):
                        self._known[path] = _Gate._make(gate)
        self._paths = {gate.sha256: path for path, gate in self._known.items()}
        self._sizes = {gate.size for gate in self._known.values()}

    def _recall(self, found: Found) -> Read | None:
        gate = self._known.get(found.path)
        if gate is not None and gate.lets_pass(found):
            return self._unpacked(found.path, gate)
        if found.kind is not EntryKind.FILE or found.size not in self._sizes:
            return None
        try:
            sha256 = read_bytes(found, self._limits)[1]
        except SetAside:
            return None
        path = self._paths.get(sha256)
        reading = _moved(self._unpacked(path, self._known[path]), found.path) if path is not None else None
        if reading is not None:
            self._fresh.append((found, reading))
        return reading

    def _unpacked(self, path: str, gate: _Gate) -> Read | None:
        if self._connection is None:
            return None
        try:
            row = self._connection.execute("SELECT reading, checksum FROM reading WHERE path = ?", (path,)).fetchone()
            # A damaged index leads to another row: the reading must be this file's.
            if row is None or _checksum(self._key, path, gate, row[0]) != row[1]:
                return None
            reading = PackageUnpickler(io.BytesIO(zlib.decompress(row[0]))).load()
        except Exception:
            # Whatever is wrong with what was kept, the workbook itself is there.
            return None
        return reading.shared(self._sharing) if isinstance(reading, Read) else None

    def _row(self, found: Found, reading: Read) -> tuple[object, ...] | None:
        if not reading.sha256 or reading.code in _PASSING or reading.fault:
            return None
        packed = zlib.compress(pickle.dumps(reading, pickle.HIGHEST_PROTOCOL), _LEVEL)
        gate = _Gate(found.size, found.mtime_ns, found.ctime_ns, found.inode, self._now, reading.sha256)
        return (found.path, *gate, self._key, packed, _checksum(self._key, found.path, gate, packed))


class _Gate(NamedTuple):
    """A file as it stood when it was hashed; `hashed_ns` is the time before that."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    hashed_ns: int
    sha256: str

    def lets_pass(self, found: Found) -> bool:
        """Whether the file still has the content that was hashed, by what the file system says of it."""
        now = (found.size, found.mtime_ns, found.ctime_ns, found.inode)
        at_rest = max(self.mtime_ns, self.ctime_ns) + _MARGIN_NS < self.hashed_ns
        return found.kind is EntryKind.FILE and self[:4] == now and at_rest


def _checksum(key: str, path: str, gate: _Gate, packed: bytes) -> bytes:
    """Over all that a row says, for any of it may be damaged."""
    digest = hashlib.blake2b(packed, digest_size=16, key=key[:64].encode())
    digest.update(repr((path, tuple(gate))).encode("utf-8", "surrogateescape"))
    return digest.digest()


def _moved(reading: Read | None, path: str) -> Read | None:
    """A reading of the same content under another path."""
    if reading is None or reading.submission is None or reading.submission.file == path:
        return reading
    findings = tuple(replace(finding, file=path) for finding in reading.submission.findings)
    return replace(reading, submission=replace(reading.submission, file=path, findings=findings))
