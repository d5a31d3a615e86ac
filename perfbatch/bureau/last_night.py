"""`last-night.json`: what became of the last night, for whoever watches over it. It lies beside the settings, outside of what
a night switches, so that it also tells of a night that failed."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from perfbatch import __version__
from perfbatch.model.nights import FailedNight

__all__ = ["LAST_NIGHT_NAME", "FailureOnRecord", "NightRecord", "Verdict", "read_failures", "write_record"]

LAST_NIGHT_NAME = "last-night.json"

Verdict = Literal["running", "clean", "findings", "failed", "refused"]
"""clean: done, nothing to act on; findings: done, an error finding stands or a file was set aside; failed: exit code 1;
refused: exit code 2; running: begun and not ended."""

_MOST_BYTES = 1_000_000
_MOST_FAILURES = 100


@dataclass(frozen=True, slots=True)
class FailureOnRecord:
    """A night that failed, and the outbox that it was to fill: several may be run from one folder."""

    outbox: str
    night: FailedNight


@dataclass(frozen=True)
class NightRecord:
    """One `perfbatch run`. Of a night that replaced nothing `run_id` is "" and `counts` are empty; `faults` are the lines that
    it told; `failures` are the nights that failed since the last one that was completed."""

    verdict: Verdict
    exit_code: int | None
    started_at: datetime
    finished_at: datetime | None
    outbox: str
    run_id: str = ""
    rulebooks: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    failures: tuple[FailureOnRecord, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The record as it is printed, kept and posted."""
        return {
            "schema_version": 1,
            "verdict": self.verdict,
            "exit_code": self.exit_code,
            "started_at": self.started_at.isoformat(),
            "finished_at": self.finished_at.isoformat() if self.finished_at else None,
            "perfbatch_version": __version__,
            "run_id": self.run_id or None,
            "rulebooks": list(self.rulebooks),
            "counts": dict(self.counts) or None,
            "outbox": self.outbox,
            "outputs": list(self.outputs),
            "faults": list(self.faults),
            "failed_since": [
                {
                    "started_at": failure.night.begun.isoformat(),
                    "exit_code": failure.night.exit_code,
                    "outbox": failure.outbox,
                }
                for failure in self.failures
            ],
        }

    def without_notices(self) -> NightRecord:
        """As it is kept and posted: of what lies in folders, the departments' notices, the number is enough."""
        return replace(self, outputs=tuple(name for name in self.outputs if "/" not in name))


def read_failures(folder: Path) -> tuple[FailureOnRecord, ...]:
    """The nights that failed since the last one that was completed, for each outbox, the oldest first. One that is still on
    record as running, by a process that is gone, was killed. Whatever is no record says nothing."""
    try:
        with (folder / LAST_NIGHT_NAME).open("rb") as file:
            record = json.loads(file.read(_MOST_BYTES))
        failures = [_failure(failure, failure["exit_code"]) for failure in record["failed_since"]]
        if record["verdict"] == "running" and not _lives(record.get("process")):
            failures.append(_failure(record, None))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ()
    return tuple(failures[-_MOST_FAILURES:])


def _failure(failure: Mapping[str, Any], exit_code: Any) -> FailureOnRecord:
    begun = datetime.fromisoformat(failure["started_at"])
    if begun.tzinfo is None or not isinstance(failure["outbox"], str):
        raise ValueError("no record")
    if exit_code is not None and type(exit_code) is not int:
        raise ValueError("no record")
    return FailureOnRecord(failure["outbox"], FailedNight(begun, exit_code))


def _lives(process: Any) -> bool:
    """Whether a process of this number is there; on Windows there is no asking that does no harm."""
    if os.name == "nt" or type(process) is not int or process <= 0:
        return False
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def write_record(folder: Path, record: NightRecord) -> None:
    """Put the record in the place of the last one. Raises `OSError`."""
    entry = record.without_notices().as_json()
    if record.verdict == "running":
        entry["process"] = os.getpid()
    content = (json.dumps(entry, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8", "replace")
    path, beside = folder / LAST_NIGHT_NAME, folder / f".{LAST_NIGHT_NAME}.part"
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        # On a full disk there is still the room that the last one takes.
        with path.open("r+b") as file:
            file.write(content)
            file.truncate()
