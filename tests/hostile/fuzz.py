"""Mutated workbooks: bytes flipped, markup edited inside the package, parts exchanged. Seeded, so that each can be had again.

    python -m tests.hostile.fuzz --count 100000 --seed 7

The law: a mutated workbook is read or set aside; no worker is lost over it and no fault of the program comes to light; and
one that is read differs from the original only in what the mutated parts say.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from perfbatch.intake.inbox import found_at
from perfbatch.intake.readers import reading_processes
from perfbatch.intake.reading_pool import Read, read_all, read_one
from perfbatch.model.submission import Submission
from tests.conftest import workbook
from tests.hostile.raw_zip import Member, archive, members
from tests.workbooks import blank, rulebook

__all__ = ["Mutation", "Outcome", "fuzz", "main", "mutate"]

_BATCH = 400
_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
_STRUCTURE = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
    "[Content_Types].xml",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
)
_CELL = re.compile(rb'<c r="[A-Z]+(\d+)"')
_VALUE = re.compile(rb"(<v>)([^<]*)(</v>)|(<t[^>]*>)([^<]*)(</t>)")
_DIGITS = (
    b"0",
    b"1",
    b"-1",
    b"1e308",
    b"-0",
    b"NaN",
    b"inf",
    b"99999999999999999999",
    b"0.1",
    b"",
    b" 7 ",
    b"1,000",
    b"\xef\xbc\x97",
)
_TEXTS = (
    b"=1+1",
    b"=cmd|' /C calc'!A0",
    b"@SUM(A1)",
    b"\xe2\x80\xae",
    b"&#10;",
    b"&#x9;",
    b"x" * 40_000,
    b"&lt;b&gt;",
    b"_x000D_",
    b"&amp;amp;",
    b"",
)
_ATTRIBUTES = (
    b'r="B4"',
    b't="s"',
    b't="e"',
    b't="b"',
    b't="str"',
    b't="d"',
    b't="zzz"',
    b's="99999"',
    b's="-1"',
    b'ht="1"',
    b'r="XFD1048576"',
    b'uniqueCount="9999999"',
)


@dataclass(frozen=True)
class Mutation:
    """A mutated workbook. `touched`: the parts that say something else now; None where it cannot be told (bytes flipped).
    `rows`: where only stored values of a sheet were edited, its (part, row)s; None elsewhere."""

    number: int
    kind: str
    original: int
    content: bytes
    touched: frozenset[str] | None
    rows: frozenset[tuple[str, int]] | None = None


@dataclass
class Outcome:
    """What became of many."""

    tried: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    unlike: int = 0
    broken: list[str] = field(default_factory=list)
    worker_bytes: int = 0


@lru_cache(maxsize=1)
def _originals() -> tuple[bytes, ...]:
    """The blank form as its writer leaves it, and a filled one as openpyxl does."""
    return blank(), workbook()


@lru_cache(maxsize=4)
def _parts(original: int) -> tuple[Member, ...]:
    return tuple(members(_originals()[original]))


def mutate(number: int, seed: int) -> Mutation:
    """The mutation of this number."""
    chance = random.Random(f"{seed}.{number}")
    original = chance.randrange(len(_originals()))
    kind = chance.choice(
        ("flip", "cut", "value", "value", "value", "attribute", "delete", "repeat", "swap", "drop", "splice")
    )
    if kind in ("flip", "cut"):
        return Mutation(number, kind, original, _raw(chance, kind, _originals()[original]), None)
    parts = list(_parts(original))
    touched: set[str] = set()
    rows: set[tuple[str, int]] = set()
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.choice(
            [n for n, part in enumerate(parts) if _SHEET.fullmatch(part.name) or part.name in _STRUCTURE]
        )
        other = chance.randrange(len(parts))
        if kind == "swap":
            part, two = parts[at], parts[other]
            parts[at], parts[other] = Member(part.name, two.content), Member(two.name, part.content)
            touched |= {part.name, two.name}
        elif kind == "drop":
            touched.add(parts[at].name)
            del parts[at]
        else:
            touched.add(parts[at].name)
            name, before = parts[at].name, parts[at].content
            parts[at] = Member(name, _edited(chance, kind, before, parts[other].content))
            rows.add((name, _row_of_change(before, parts[at].content)))
    known = kind == "value" and all(_SHEET.fullmatch(name) for name in touched)
    return Mutation(number, kind, original, archive(parts), frozenset(touched), frozenset(rows) if known else None)


def _row_of_change(before: bytes, after: bytes) -> int:
    """The row of the first byte that differs; 0 where none does."""
    at = next((n for n, (byte, other) in enumerate(zip(before, after, strict=False)) if byte != other), -1)
    cells = _CELL.findall(before[: at + 1]) if at >= 0 else []
    return int(cells[-1]) if cells else 0


def _raw(chance: random.Random, kind: str, content: bytes) -> bytes:
    if kind == "cut":
        begin = chance.randrange(len(content))
        return content[:begin] + content[begin + chance.randrange(1, 3000) :]
    flipped = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _edited(chance: random.Random, kind: str, markup: bytes, other: bytes) -> bytes:
    if kind == "value":
        places = list(_VALUE.finditer(markup))
        if not places:
            return markup
        place = chance.choice(places)
        group = 2 if place[2] is not None else 5
        put = chance.choice(_DIGITS + _TEXTS)
        return markup[: place.start(group)] + put + markup[place.end(group) :]
    tags = [place.span() for place in re.finditer(rb"<[^>]*>", markup)]
    if not tags:
        return markup
    begin, end = chance.choice(tags)
    if kind == "attribute":
        return markup[: end - 1].rstrip(b"/") + b" " + chance.choice(_ATTRIBUTES) + markup[end - 1 :]
    if kind == "repeat":
        stop = min(len(markup), end + chance.randrange(1, 400))
        return markup[:stop] + markup[begin:stop] * chance.randrange(1, 4) + markup[stop:]
    if kind == "splice":
        start = chance.randrange(len(other) or 1)
        return markup[:end] + other[start : start + chance.randrange(1, 2000)] + markup[end:]
    return markup[:begin] + markup[chance.choice((end, begin + 1, min(len(markup), end + 200))) :]


def fuzz(count: int, seed: int, workers: int = 2, first: int = 0) -> Outcome:
    """Try `count` mutations from number `first` on."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder, reading_processes(workers) as executor:
        plain = [_alone(Path(folder), content) for content in _originals()]
        for begin in range(first, first + count, _BATCH):
            batch = [mutate(number, seed) for number in range(begin, min(begin + _BATCH, first + count))]
            paths = [Path(folder) / f"{mutant.number}.xlsx" for mutant in batch]
            for path, mutant in zip(paths, batch, strict=True):
                path.write_bytes(mutant.content)
            reads = read_all([found_at(path) for path in paths], rulebook(), executor=executor)
            for path, mutant, read in zip(paths, batch, reads, strict=True):
                _judge(outcome, mutant, read, plain[mutant.original])
                path.unlink()
        outcome.worker_bytes = executor.peak_bytes
    return outcome


def _alone(folder: Path, content: bytes) -> Submission:
    path = folder / "original.xlsx"
    path.write_bytes(content)
    submission = read_one(found_at(path), rulebook()).submission
    assert submission is not None
    return submission


def _judge(outcome: Outcome, mutation: Mutation, read: Read, plain: Submission) -> None:
    outcome.tried += 1
    outcome.kinds[mutation.kind] += 1
    outcome.codes[read.code or "read"] += 1
    name = f"{mutation.number} ({mutation.kind} of {mutation.original})"
    if read.fault or read.code == "F08":
        outcome.broken.append(f"{name}: {read.code} {read.fault or 'worker lost'}")
    if read.submission is None:
        return
    changed = list(_changed(plain, read.submission))
    outcome.unlike += bool(changed)
    if changed and mutation.touched is None:
        # Every byte that matters is under a checksum.
        outcome.broken.append(f"{name}: bytes changed, and facts with them: {changed[:3]}")
    elif changed and not _explained(changed, mutation):
        outcome.broken.append(f"{name}: {sorted(mutation.touched or ())} changed, and facts elsewhere: {changed[:3]}")


def _changed(plain: Submission, read: Submission) -> Iterator[tuple[str, int, str]]:
    """(field, row of the sheet, sheet) of every fact that is not as it was."""
    for name, facts in plain.facts.items():
        now = read.facts[name]
        for row in range(max(len(facts), len(now))):
            before = facts[row] if row < len(facts) else None
            after = now[row] if row < len(now) else None
            if before != after:
                stands = before or after or facts[0]
                yield name, int(stands.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0), stands.sheet


def _explained(changed: Sequence[tuple[str, int, str]], mutation: Mutation) -> bool:
    """Whether every changed fact stands on a sheet whose part was touched, or a part was that all sheets draw on."""
    touched = mutation.touched or frozenset()
    if touched & set(_STRUCTURE):
        return True
    if mutation.rows is not None:
        # A value counts for its own row: its fact, and the answers that hang on an id beside it.
        numbers = _sheets_of(mutation.original)
        allowed = {(sheet, row) for part, row in mutation.rows for sheet in numbers.get(part, ())}
        return {(sheet, row) for _, row, sheet in changed} <= allowed
    sheets = {sheet for part in touched for sheet in _sheets_of(mutation.original).get(part, ())}
    return {sheet for _, _, sheet in changed} <= sheets


@lru_cache(maxsize=4)
def _sheets_of(original: int) -> dict[str, tuple[str, ...]]:
    """Part → names of its sheets: both writers number parts in the order of the sheets."""
    book = next(part.content for part in _parts(original) if part.name == "xl/workbook.xml").decode()
    names = re.findall(r'<sheet [^>]*?name="([^"]*)"', book)
    return {f"xl/worksheets/sheet{number}.xml": (name,) for number, name in enumerate(names, start=1)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz from the command line; 1 where the law was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    outcome = fuzz(options.count, options.seed, options.workers, options.first)
    account = {
        "tried": outcome.tried,
        "by kind": dict(sorted(outcome.kinds.items())),
        "by outcome": dict(sorted(outcome.codes.items())),
        "read with changed facts": outcome.unlike,
        "law broken": len(outcome.broken),
        "seconds": round(time.monotonic() - began, 1),
        "largest worker, MB": outcome.worker_bytes // 1_000_000,
        "this process, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
    }
    print(json.dumps(account, ensure_ascii=False, indent=1))
    for line in outcome.broken[:50]:
        print(line, file=sys.stderr)
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
