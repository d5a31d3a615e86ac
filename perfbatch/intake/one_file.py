"""Reading one file: what a reading process does. Who only hands files to one need not load the reader."""

from __future__ import annotations

import functools
import pickle
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from perfbatch.intake.inbox import Found, read_bytes
from perfbatch.isolated.worker import place_of
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.model.submission import Sharing, Submission

if TYPE_CHECKING:
    from perfbatch.rulebook.model import Rulebook

__all__ = ["Read", "Shipped", "read_found", "read_held", "read_one"]


@dataclass(frozen=True, slots=True)
class Read:
    """What reading one entry gave: a submission, or the F-code and detail with which it is set aside. `what` beside a
    submission is what to tell of the file (its macros). `fault` is the program's own: where it failed, without a word of
    what the file says."""

    sha256: str
    submission: Submission | None
    code: str = ""
    what: str = ""
    fault: str = ""

    def shared(self, sharing: Sharing) -> Read:
        """The same, with what other readings say too held once."""
        return self if self.submission is None else replace(self, submission=sharing.share(self.submission))


@dataclass(frozen=True, slots=True)
class Shipped:
    """A file on its way to another executor: its path for the findings, its bytes and their hash."""

    path: str
    content: bytes
    sha256: str


def read_one(found: Found, rulebook: Rulebook, limits: Limits | None = None) -> Read:
    """Read one entry in this process; whatever is wrong with it is the entry's own affair."""
    try:
        content, sha256 = read_bytes(found, limits)
    except SetAside as reason:
        return Read("", None, reason.code, reason.what)
    return _read_content(Shipped(found.path, content, sha256), rulebook, limits)


def _read_content(file: Shipped, rulebook: Rulebook, limits: Limits | None) -> Read:
    from perfbatch.intake.guard import name_macros
    from perfbatch.intake.reader import read_submission

    try:
        submission = read_submission(file.content, file.path, rulebook, limits)
        return Read(file.sha256, submission, what=name_macros(file.content))
    except SetAside as reason:
        return Read(file.sha256, None, reason.code, reason.what)
    except (MemoryError, RecursionError):
        return Read(file.sha256, None, "F08")
    except Exception as error:
        # One trap per file: a fault of the program costs this file, and is told to the operator.
        return Read(file.sha256, None, "F03", fault=place_of(error))


def read_found(found: Found, rulebook: bytes, limits: Limits) -> Read:
    """`read_one` as a reading process runs it. `rulebook` is pickled: the process keeps the one that it was given last."""
    return read_one(found, _unpickled(rulebook), limits)


def read_held(file: Shipped, rulebook: bytes, limits: Limits) -> Read:
    """The same of a file whose bytes are at hand."""
    return _read_content(file, _unpickled(rulebook), limits)


@functools.lru_cache(maxsize=1)
def _unpickled(rulebook: bytes) -> Rulebook:
    book: Rulebook = pickle.loads(rulebook)
    return book
