"""Reading many files: one trap per file, each read in a process that it may break.

The reading is written against `concurrent.futures.Executor`. Without one of the caller's, files are read in
`IsolatedExecutor` workers: also a single file, for it takes only one to abort a process. A worker is told the rulebook once.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from dataclasses import dataclass
from pathlib import Path

from perfbatch.errors import BatchFault
from perfbatch.intake.guard import name_macros
from perfbatch.intake.inbox import Found, read_bytes
from perfbatch.intake.isolation import CallFault, Confinement, IsolatedExecutor, WorkerLost, WorkersUnavailable
from perfbatch.intake.limits import Limits
from perfbatch.intake.reader import read_submission
from perfbatch.intake.set_aside import SetAside
from perfbatch.intake.submission import Submission
from perfbatch.rulebook.model import Rulebook

__all__ = ["Read", "isolated", "read_all", "read_one"]

# Starting a worker takes about as long as reading this many workbooks.
_FILES_PER_WORKER = 10


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


def read_one(found: Found, rulebook: Rulebook, limits: Limits | None = None) -> Read:
    """Read one entry in this process; whatever is wrong with it is the entry's own affair."""
    sha256 = ""
    try:
        content, sha256 = read_bytes(found, limits)
        submission = read_submission(content, found.path, rulebook, limits)
        return Read(sha256, submission, what=name_macros(content))
    except SetAside as reason:
        return Read(sha256, None, reason.code, reason.what)
    except (MemoryError, RecursionError):
        return Read(sha256, None, "F08")
    except Exception as error:
        # One trap per file: a fault of the program costs this file, and is told to the operator.
        at = traceback.extract_tb(error.__traceback__)[-1]
        return Read(sha256, None, "F03", fault=f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno}")


def isolated(rulebook: Rulebook, workers: int, limits: Limits | None = None) -> IsolatedExecutor:
    """An executor for `read_all` that reads in up to `workers` processes of their own, within the limits."""
    limits = limits or Limits()
    confinement = Confinement(limits.address_space, limits.cpu_seconds, limits.wall_seconds, limits.reply_bytes)
    return IsolatedExecutor(workers, confinement, _prepare, (rulebook, limits))


def read_all(
    found: Sequence[Found],
    rulebook: Rulebook,
    workers: int = 1,
    limits: Limits | None = None,
    executor: Executor | None = None,
) -> list[Read]:
    """Read every entry, in the order given.

    `executor` is used as it is and left running; None starts up to `workers` isolated processes, fewer for a few files.
    A file whose worker dies or passes a limit is set aside with F08, alone. Raises `BatchFault` where no worker can be
    started, or the caller's executor broke.
    """
    if not found:
        return []
    if executor is not None:
        return _collect(executor, found, rulebook, limits)
    with isolated(rulebook, min(workers, -(-len(found) // _FILES_PER_WORKER)), limits) as own:
        return _collect(own, found, rulebook, limits)


def _collect(executor: Executor, found: Sequence[Found], rulebook: Rulebook, limits: Limits | None) -> list[Read]:
    waiting: list[Future[Read]]
    if isinstance(executor, IsolatedExecutor):
        waiting = [executor.submit(_read_prepared, one) for one in found]
    else:
        waiting = [executor.submit(read_one, one, rulebook, limits) for one in found]
    reads: list[Read] = []
    for one, future in zip(found, waiting, strict=True):
        try:
            reads.append(future.result())
        except WorkerLost:
            reads.append(Read(_digest(one, limits), None, "F08"))
        except CallFault as fault:
            reads.append(Read(_digest(one, limits), None, "F08", fault=str(fault)))
        except (WorkersUnavailable, BrokenExecutor, CancelledError) as error:
            for rest in waiting:
                rest.cancel()
            raise BatchFault(
                f"Workbooks cannot be read: the reading processes do not run ({error or type(error).__name__})."
            ) from error
        except Exception as error:
            # Another executor's word for a lost worker; `read_one` itself raises nothing.
            reads.append(Read(_digest(one, limits), None, "F08", fault=type(error).__name__))
    return reads


def _digest(found: Found, limits: Limits | None) -> str:
    """The hash of a file whose reader died before it could tell; "" where the file is not the same any more."""
    try:
        return read_bytes(found, limits)[1]
    except SetAside:
        return ""


_prepared: tuple[Rulebook, Limits] | None = None


def _prepare(rulebook: Rulebook, limits: Limits) -> None:
    """A worker's first act. What it keeps is frozen: no file can leave anything for the next."""
    global _prepared
    _prepared = (rulebook, limits)


def _read_prepared(found: Found) -> Read:
    assert _prepared is not None
    return read_one(found, *_prepared)
