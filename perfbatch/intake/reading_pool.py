"""Reading many files: one trap per file, in this process or in several."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from perfbatch.errors import BatchFault
from perfbatch.intake.inbox import Found, read_bytes
from perfbatch.intake.reader import read_submission
from perfbatch.intake.set_aside import SetAside
from perfbatch.intake.submission import Submission
from perfbatch.rulebook.model import Rulebook

__all__ = ["Read", "read_all", "read_one"]


@dataclass(frozen=True, slots=True)
class Read:
    """What reading one entry gave: a submission, or the F-code and detail with which it is set aside. `fault` is the
    program's own: where it failed, without a word of what the file says."""

    sha256: str
    submission: Submission | None
    code: str = ""
    what: str = ""
    fault: str = ""


def read_one(found: Found, rulebook: Rulebook) -> Read:
    """Read one entry; whatever is wrong with it is the entry's own affair."""
    sha256 = ""
    try:
        content, sha256 = read_bytes(found)
        return Read(sha256, read_submission(content, found.path, rulebook))
    except SetAside as reason:
        return Read(sha256, None, reason.code, reason.what)
    except (MemoryError, RecursionError):
        return Read(sha256, None, "F08")
    except (
        Exception
    ) as error:  # One trap per file: a fault of the program costs this file, and is told to the operator.
        at = traceback.extract_tb(error.__traceback__)[-1]
        return Read(sha256, None, "F03", fault=f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno}")


def read_all(found: Sequence[Found], rulebook: Rulebook, workers: int = 1) -> list[Read]:
    """Read every entry, in the order given, in `workers` processes (1: in this one).

    Raises `BatchFault` when a process was killed: which file it was reading nobody knows, and a night without some of
    the files would look like one in which nobody sent them.
    """
    if workers <= 1 or len(found) < 2:
        return [read_one(one, rulebook) for one in found]
    try:
        with ProcessPoolExecutor(max_workers=min(workers, len(found))) as executor:
            return _read_with(executor, found, rulebook, chunk=max(1, min(32, len(found) // (workers * 4))))
    except BrokenProcessPool as error:
        raise BatchFault(
            "a process that read workbooks was killed, perhaps for lack of memory. Run again with --workers 1."
        ) from error


def _read_with(executor: Executor, found: Sequence[Found], rulebook: Rulebook, chunk: int) -> list[Read]:
    parts = [found[start : start + chunk] for start in range(0, len(found), chunk)]
    waiting = [executor.submit(_read_part, part, rulebook) for part in parts]
    return [read for future in waiting for read in future.result()]


def _read_part(part: Sequence[Found], rulebook: Rulebook) -> list[Read]:
    return [read_one(one, rulebook) for one in part]
