"""What reading a workbook gave, kept from night to night: a workbook that did not change is not read again.

A reading is found by the SHA-256 of the content, under a key that names everything else it hangs on: the form and whatever
else of the rulebook reading looks at, the limits, this program's reading code and the libraries under it. A change of any of
them makes its readings unknown by itself. A workbook's reading hangs on its own form, so that a form more or less in a night
leaves those of the others known; what was set aside hangs on all forms of the night. Verdicts that hang on the hour or the
machine (F08, F10, F11, a fault of the program) are not kept; a file that was F08 on two nights running is read once a week
(`slow_files`).

Before the hash stands a gate: a file whose size, times and inode are those under which it was hashed has the same content,
*if* it had been at rest when it was hashed. A file that was written in the last moments before might be written
again within the same tick of the file system's clock and look the same (git calls such an entry racy); it is hashed again.

What is kept are the answers of the reading processes as they came, deflated, and an index that says which entry's reading stands
where in which of them (`readings_kept`). The cache is a convenience and never evidence: an answer out of it is taken for data and
looked at as one that comes out of a process is, and whatever cannot be believed is read from the workbook.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from perfbatch.intake.answers import AnswerForm, Read, moved, packed_reads, reads_in
from perfbatch.intake.inbox import EntryKind, Found, read_bytes
from perfbatch.intake.readings_kept import Gate, KeptReading, gate_of, readings_as_bytes, readings_in
from perfbatch.intake.slow_files import SlowFiles, rests
from perfbatch.isolated.worker import TooLarge
from perfbatch.kept.cache_file import KeptFile
from perfbatch.kept.deflating import inflated_size
from perfbatch.kept.program import program_key
from perfbatch.model.limits import Limits
from perfbatch.model.message import Garbled
from perfbatch.model.set_aside import SetAside
from perfbatch.rulebook.forms import Forms, forms_of
from perfbatch.rulebook.model import Rulebook

__all__ = ["ReadingCache", "reader_key"]

# FAT writes the time of every other second, and a share's clock may be a little off ours.
_MARGIN_NS = 5_000_000_000
_PASSING = frozenset({"F08", "F10", "F11", "F14"})
_SECTION = "readings"
_FORM = ("form_id", "form_version", "revision", "fiscal_year", "kinds", "sections", "entity", "roles")
# An answer holds many readings. Once those that no file has any more are more than this share of the others, the others
# are packed anew.
_STALE = 0.5
_READS_AN_ANSWER = 64
# An honest workbook's reading is ten thousand bytes, inflated; what somebody made to inflate to more is read from the workbooks.
_INFLATED_BYTES, _INFLATED_BYTES_A_FILE = 256 * 1024 * 1024, 64 * 1024


def reader_key(rulebook: Rulebook, limits: Limits | None = None) -> str:
    """What a reading hangs on besides the workbook's bytes, as a hash in hex."""
    questions = (question for indicator in rulebook.indicators for question in indicator.questions)
    counted = sorted(evidence_id for evidence_id, question in questions if question.each is not None)
    none_is_zero = sorted({field for indicator in rulebook.indicators for field in indicator.rule.none_is_zero_of()})
    digest = hashlib.sha256(program_key().encode())
    digest.update(rulebook.model_dump_json(include=set(_FORM)).encode())
    digest.update(repr((counted, none_is_zero, limits or Limits())).encode())
    return digest.hexdigest()


class ReadingCache:
    """The readings of earlier nights, out of the cache's file."""

    def __init__(self, kept: KeptFile, forms: Forms, limits: Limits | None = None) -> None:
        self._kept = kept
        self._keys = {rulebook.id: reader_key(rulebook, limits) for rulebook in forms_of(forms)}
        self._key = hashlib.sha256(" ".join(sorted(self._keys.values())).encode()).hexdigest()
        self._form = AnswerForm(forms)
        self._others: dict[str, tuple[KeptReading, memoryview]] = {}
        """Path → what is known of it under another form than those of tonight."""
        self._limits = limits or Limits()
        self._slow = SlowFiles(kept, self._key)
        self._resting: list[str] = []
        self._gates: dict[str, Gate] = {}
        self._reads: list[tuple[Found, Read]] = []
        self._opened: dict[int, list[Read]] = {}
        self._now = self._left = 0
        self.recalled = 0
        """How many entries of the last `read` were not read again."""

    def read(self, files: Sequence[Found], read: Callable[[Sequence[Found]], list[Read]]) -> list[Read]:
        """Every entry's reading, in the order given; `read` reads those that are not known. Nothing is kept yet."""
        # Taken before any file is read: a file written later must not count as unchanged for long.
        self._now = time.time_ns()
        self._gates, self._opened = {}, {}
        reads = self._recalled(files)
        unknown = self._but_resting(files, reads)
        self.recalled = len(files) - len(unknown)
        for number, reading in zip(unknown, read([files[at] for at in unknown]) if unknown else (), strict=True):
            reads[number] = reading
        known = [reading for reading in reads if reading is not None]
        self._reads = list(zip(files, known, strict=True))
        return known

    def _but_resting(self, files: Sequence[Found], reads: list[Read | None]) -> list[int]:
        """The places of what is to be read, those that were too much for the limits last; the verdict on those that are left alone
        tonight is put in its place."""
        unknown = [number for number, reading in enumerate(reads) if reading is None]
        slow = dict(zip(unknown, self._slow.met([files[number] for number in unknown], self._hashed), strict=True))
        self._resting = []
        for number, met in slow.items():
            if met is not None and rests(met[1], self._now):
                reads[number] = Read(met[0], None, "F08")
                self._resting.append(met[0])
        waking = (number for number in unknown if reads[number] is None)
        return sorted(waking, key=lambda number: slow[number] is not None)

    def keep(self) -> None:
        """Have what the last `read` found out kept (see `KeptFile.write`). Entries that are gone are forgotten."""
        too_much = {read.sha256: entry.size for entry, read in self._reads if read.code == "F08" and read.sha256}
        tried = {sha256: size for sha256, size in too_much.items() if sha256 not in self._resting}
        self._slow.keep(tried, self._resting, self._now)
        reads = [(entry, read) for entry, read in self._reads if _lasting(read)]
        live, opened = len(reads), sum(map(len, self._opened.values()))
        recalled = {id(read.origin[0]) for reads in self._opened.values() for read in reads if read.origin}
        stale = opened - sum(1 for _, read in reads if read.origin is not None and id(read.origin[0]) in recalled)
        self._kept.put(_SECTION, self._packed(_together(reads, self._limits) if stale > live * _STALE else reads))

    def _packed(self, reads: Sequence[tuple[Found, Read]]) -> bytes:
        placed = _together([pair for pair in reads if pair[1].origin is None], self._limits)
        places = {entry.path: read.origin for entry, read in (*reads, *placed) if read.origin is not None}
        numbers: dict[int, int] = {}
        answers: list[bytes | memoryview] = []
        entries = {}
        for entry, read in reads:
            if (origin := places.get(entry.path)) is None:
                continue
            answer, place = origin
            if id(answer) not in numbers:
                numbers[id(answer)] = len(answers)
                answers.append(answer)
            gate = self._gates.get(entry.path) or gate_of(entry, self._now, read.sha256)
            entries[entry.path] = KeptReading(gate, numbers[id(answer)], place, self._key_of(read))
        for entry, read in self._reads:
            # Of a form that is not read tonight: what it says is known again when it is.
            other = self._others.get(entry.path)
            if other is not None and read.submission is None and other[0].gate.sha256 == read.sha256:
                kept, their = other
                if id(their) not in numbers:
                    numbers[id(their)] = len(answers)
                    answers.append(their)
                entries[entry.path] = kept._replace(answer=numbers[id(their)])
        return readings_as_bytes(entries, answers)

    def _key_of(self, read: Read) -> str:
        return self._key if read.submission is None else self._keys.get(read.rulebook, "")

    def _recalled(self, files: Sequence[Found]) -> list[Read | None]:
        section = self._kept.section(_SECTION)
        try:
            entries, answers = readings_in(section) if section is not None else ({}, [])
        except Garbled:
            entries, answers = {}, []
        known_keys = {self._key, *self._keys.values()}
        self._others = {
            path: (entry, answers[entry.answer]) for path, entry in entries.items() if entry.key not in known_keys
        }
        entries = {path: entry for path, entry in entries.items() if entry.key in known_keys}
        by_hash = {entry.gate.sha256: entry for entry in entries.values()}
        sizes = {entry.gate.size for entry in entries.values()}
        self._left = _INFLATED_BYTES + _INFLATED_BYTES_A_FILE * len(files)
        reads: list[Read | None] = []
        for entry in files:
            known = entries.get(entry.path)
            if known is not None and _passes(known.gate, entry):
                self._gates[entry.path] = known.gate
            else:
                known = by_hash.get(self._hashed(entry)) if entry.size in sizes else None
            reads.append(self._recall(entry, known, answers) if known is not None else None)
        return reads

    def _hashed(self, entry: Found) -> str:
        try:
            return read_bytes(entry, self._limits)[1]
        except SetAside:
            return ""

    def _recall(self, entry: Found, known: KeptReading, answers: Sequence[memoryview]) -> Read | None:
        reads = self._opened.get(known.answer)
        if reads is None:
            reads = self._opened[known.answer] = self._open(bytes(answers[known.answer]))
        read = reads[known.place] if known.place < len(reads) else None
        if read is None or read.sha256 != known.gate.sha256 or not _lasting(read) or self._key_of(read) != known.key:
            return None
        return moved(read, entry.path)

    def _open(self, answer: bytes) -> list[Read]:
        """The reads of an answer; none where it cannot be believed, or there is no room for it."""
        try:
            size = inflated_size(answer)
            self._left -= size
            return reads_in(answer, self._form, self._limits.reply_bytes) if self._left >= 0 else []
        except Garbled:
            return []


def _lasting(read: Read) -> bool:
    """Whether a reading is as good tomorrow."""
    return read.sha256 != "" and read.code not in _PASSING and not read.fault


def _passes(gate: Gate, file: Found) -> bool:
    """Whether the file still has the content that was hashed, by what the file system says of it."""
    now = (file.size, file.mtime_ns, file.ctime_ns, file.inode)
    at_rest = max(gate.mtime_ns, gate.ctime_ns) + _MARGIN_NS < gate.hashed_ns
    return file.kind is EntryKind.FILE and gate[:4] == now and at_rest


def _together(reads: Sequence[tuple[Found, Read]], limits: Limits) -> list[tuple[Found, Read]]:
    """The same readings, in answers that hold nothing else; without those that are too large for one."""
    placed = []
    for begin in range(0, len(reads), _READS_AN_ANSWER):
        some = reads[begin : begin + _READS_AN_ANSWER]
        with contextlib.suppress(TooLarge):
            answer = packed_reads([read for _, read in some], limits.reply_bytes)
            placed += [(entry, replace(read, origin=(answer, place))) for place, (entry, read) in enumerate(some)]
    return placed
