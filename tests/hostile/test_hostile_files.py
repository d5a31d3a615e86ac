"""Every hostile file costs itself and nothing else; every odd one is read."""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from perfbatch.intake.inbox import walk
from perfbatch.intake.readers import reading_processes
from perfbatch.intake.reading_pool import Read, read_all, read_one
from tests.hostile.files import HOSTILE, ODD, good
from tests.workbooks import rulebook

_GOOD = ("0 first", "hostile 100 between", "z last")


@dataclass(frozen=True)
class Verdicts:
    """What became of each file, by its name in the tables, and the largest worker."""

    reads: dict[str, Read]
    worker_bytes: int
    contents: int


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """All of them in one inbox, with good ones before, between and after, read at once by two workers."""
    inbox = tmp_path_factory.mktemp("inbox")
    named: dict[str, str] = {}
    distinct: set[int] = set()
    builders = {**{name: build for name, (_, build) in HOSTILE.items()}, **ODD}
    for number, (name, build) in enumerate(builders.items()):
        content = build()
        distinct.add(hash(content))
        (inbox / f"hostile {number:03}.xlsx").write_bytes(content)
        named[f"hostile {number:03}.xlsx"] = name
    for name in _GOOD:
        (inbox / f"{name}.xlsx").write_bytes(good())
        named[f"{name}.xlsx"] = name
    files = walk(inbox)
    with reading_processes(workers=2) as executor:
        reads = read_all(files, rulebook(), executor=executor)
        peak = executor.peak_bytes
    for path in inbox.iterdir():
        path.unlink()
    return Verdicts({named[file.path]: read for file, read in zip(files, reads, strict=True)}, peak, len(distinct))


def test_there_are_enough_of_them_and_no_two_are_alike(verdicts: Verdicts) -> None:
    assert len(HOSTILE) >= 150
    assert verdicts.contents == len(HOSTILE) + len(ODD)


@pytest.mark.parametrize("name", HOSTILE)
def test_set_aside(verdicts: Verdicts, name: str) -> None:
    read = verdicts.reads[name]
    assert (read.code, read.submission, read.fault) == (HOSTILE[name][0], None, "")
    # A file too large is not read at all; of any other the hash is known.
    assert len(read.sha256) == (0 if name.startswith("64 MB") else 64)


@pytest.mark.parametrize("name", ODD)
def test_odd_and_read(verdicts: Verdicts, name: str) -> None:
    read = verdicts.reads[name]
    note = "启用宏的工作簿，宏未读取" if name.startswith("macros") else ""
    assert (read.code, read.what, read.fault) == ("", note, "")
    plain = verdicts.reads["as the writer made it"].submission
    assert read.submission is not None
    assert plain is not None
    assert read.submission.facts == plain.facts


def test_the_good_ones_among_them_read_as_alone(verdicts: Verdicts, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(good())
    (file,) = walk(tmp_path)
    alone = read_one(file, rulebook()).submission
    assert alone is not None
    assert alone.findings == ()
    for name in _GOOD:
        submission = verdicts.reads[name].submission
        assert submission is not None
        assert (submission.facts, submission.findings) == (alone.facts, ())


def test_figures(verdicts: Verdicts, figure: Callable[[str, object], None]) -> None:
    codes = Counter(verdicts.reads[name].code for name in HOSTILE)
    figure("hostile files tried", len(HOSTILE))
    figure("set aside by code", ", ".join(f"{code} {count}" for code, count in sorted(codes.items())))
    figure("odd files read", len(ODD))
    figure("largest worker", f"{verdicts.worker_bytes / 1e6:.0f} MB")
    figure("this process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")
    assert sum(codes.values()) == len(HOSTILE)
    assert 0 < verdicts.worker_bytes < 1024**3
