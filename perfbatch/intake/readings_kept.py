"""How readings lie in the cache's file: an index of the inbox's entries, and the answers that their readings stand in.

Times before 1677 and after 2262 in nanoseconds, which some file systems have, do not fit into the index: such an entry is kept
without the gate that they would be, and known by its content alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from perfbatch.intake.inbox import Found
from perfbatch.kept.deflating import deflated, inflated
from perfbatch.model.buffers import numbers_as_bytes, numbers_in, texts_as_bytes, texts_in
from perfbatch.model.message import Garbled, packed, unpacked

__all__ = ["Gate", "KeptReading", "gate_of", "readings_as_bytes", "readings_in"]

_MOST_INDEX_BYTES = 256 * 1024 * 1024
_HASH_BYTES = 32
_FORMAT = "readings 2"
_SIGNED, _UNSIGNED = range(-(2**63), 2**63), range(2**64)


class Gate(NamedTuple):
    """A file as it stood when it was hashed; `hashed_ns` is the time before that, 0 where the gate lets nothing pass."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    hashed_ns: int
    sha256: str


class KeptReading(NamedTuple):
    """Where the reading of an entry stands: in which of the answers, at which place; `key` names what it hangs on besides the
    content."""

    gate: Gate
    answer: int
    place: int
    key: str


def gate_of(file: Found, hashed_ns: int, sha256: str) -> Gate:
    """The gate of an entry that is hashed now."""
    fits = file.mtime_ns in _SIGNED and file.ctime_ns in _SIGNED and file.inode in _UNSIGNED
    if not fits:
        return Gate(file.size, 0, 0, 0, 0, sha256)
    return Gate(file.size, file.mtime_ns, file.ctime_ns, file.inode, hashed_ns, sha256)


def readings_as_bytes(entries: Mapping[str, KeptReading], answers: Sequence[bytes | memoryview]) -> bytes:
    """The section of the cache: `entries` by path."""
    gates = [entry.gate for entry in entries.values()]
    size, mtime, ctime, inode, hashed, hashes = zip(*gates, strict=True) if gates else ((),) * 6
    keys = dict.fromkeys(entry.key for entry in entries.values())
    numbers = {key: number for number, key in enumerate(keys)}
    index = packed(
        None,
        [
            *texts_as_bytes(list(entries)),
            numbers_as_bytes("q", size),
            numbers_as_bytes("q", mtime),
            numbers_as_bytes("q", ctime),
            numbers_as_bytes("Q", inode),
            numbers_as_bytes("q", hashed),
            bytes.fromhex("".join(hashes)),
            numbers_as_bytes("I", [entry.answer for entry in entries.values()]),
            numbers_as_bytes("I", [entry.place for entry in entries.values()]),
            numbers_as_bytes("I", [numbers[entry.key] for entry in entries.values()]),
            *texts_as_bytes(list(numbers)),
        ],
    )
    lengths = numbers_as_bytes("Q", list(map(len, answers)))
    return packed(_FORMAT, [deflated(index), lengths, answers])


def readings_in(section: bytes | memoryview) -> tuple[dict[str, KeptReading], list[memoryview]]:
    """Entries and answers of a section; none where it is of another format. Raises `Garbled`."""
    made_in, buffers = unpacked(section)
    if made_in != _FORMAT:
        return {}, []
    if len(buffers) != 3:
        raise Garbled("no readings")
    ends = list(accumulate(numbers_in("Q", buffers[1]), initial=0))
    if ends[-1] != len(buffers[2]):
        raise Garbled("answers of other lengths")
    answers = [buffers[2][begin:end] for begin, end in pairwise(ends)]
    _, columns = unpacked(inflated(buffers[0], _MOST_INDEX_BYTES))
    if len(columns) != 13:
        raise Garbled("no index")
    entries = _entries(columns)
    if any(entry.answer >= len(answers) for entry in entries.values()):
        raise Garbled("an answer that is not there")
    return entries, answers


def _entries(columns: Sequence[memoryview]) -> dict[str, KeptReading]:
    paths = texts_in(columns[0], columns[1])
    size, mtime, ctime, hashed = (numbers_in("q", columns[number]) for number in (2, 3, 4, 6))
    inode, answer, place = numbers_in("Q", columns[5]), numbers_in("I", columns[8]), numbers_in("I", columns[9])
    key_of, keys = numbers_in("I", columns[10]), texts_in(columns[11], columns[12])
    hashes: Any = columns[7].hex()
    rows = (size, mtime, ctime, hashed, inode, answer, place, key_of)
    if {*map(len, rows), len(columns[7]) / _HASH_BYTES} != {len(paths)}:
        raise Garbled("columns of different lengths")
    if any(number >= len(keys) for number in key_of):
        raise Garbled("a key that is not there")
    digits = 2 * _HASH_BYTES
    digests = [hashes[at : at + digits] for at in range(0, len(hashes), digits)]
    gates = map(Gate, size, mtime, ctime, inode, hashed, digests)
    return dict(zip(paths, map(KeptReading, gates, answer, place, (keys[number] for number in key_of)), strict=True))
