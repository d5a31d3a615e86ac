"""The switch file by file, for an outbox that cannot be exchanged as a whole: each file at once, the set by a journal.

Before the first rename, last night's files are kept in the private folder and a journal says what tonight adds. Should a
rename fail (the summary is open in Excel), they are put back at once; should the machine stop between two renames, the next
run puts them back before it does anything else. Between such a stop and that run, a reader finds files of both nights: the
run report is switched last, so that whoever sees tonight's report sees tonight's files.
"""

from __future__ import annotations

import contextlib
import filecmp
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from perfbatch.model.errors import BatchFault
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import reason
from perfbatch.outbox.durable import TONIGHT, sync_folder
from perfbatch.outbox.interruption import committing, uninterrupted

__all__ = ["pending", "settle", "switch"]

_BEFORE, _JOURNAL = "before", "switch.json"


def pending(private: Path) -> bool:
    """Whether a private folder holds files of last night that must be put back."""
    return (private / _JOURNAL).exists()


def switch(outbox: Path, private: Path, outputs: Sequence[str], stale: Sequence[str]) -> None:
    """Put tonight's files in place of last night's and remove the stale ones; where one refuses, put all of them back.

    Raises `BatchFault`.
    """
    at = ""
    try:
        added = []
        for at in (*outputs, *stale):
            if not _keep(outbox / at, private / _BEFORE / at):
                added.append(at)
        _write_journal(private, outputs, added)
        for at in stale:
            (outbox / at).unlink()
        for at in outputs:
            (outbox / at).parent.mkdir(parents=True, exist_ok=True)
            (private / TONIGHT / at).replace(outbox / at)
            # To rename a file over another name of itself does nothing at all: what did not change is linked (`notice_copies`).
            (private / TONIGHT / at).unlink(missing_ok=True)
        for folder in {(outbox / name).parent for name in outputs}:
            sync_folder(folder)
        # Without its journal the folder is rubbish: this is the moment at which the night is done. A journal that cannot be
        # removed is no fault: the next run finds all of tonight in place, and removes it.
        with committing(), contextlib.suppress(OSError):
            (private / _JOURNAL).unlink()
    except BaseException as error:
        with uninterrupted():
            restore(outbox, private)
        if isinstance(error, PermissionError):
            raise BatchFault(
                "output.open", path=outbox / at, reason=reason(error), kept=worded("outbox.kept")
            ) from error
        if isinstance(error, OSError):
            raise BatchFault(
                "output.not_replaced", path=outbox / at, reason=reason(error), kept=worded("outbox.kept")
            ) from error
        raise


def _keep(target: Path, kept: Path) -> bool:
    """Keep last night's file beside tonight's; whether there was one."""
    if not target.exists() and not target.is_symlink():
        return False
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(target, kept, follow_symlinks=False)
    except (OSError, NotImplementedError):
        # FAT and some shares have no hard links.
        shutil.copy2(target, kept, follow_symlinks=False)
    return True


def _write_journal(private: Path, outputs: Sequence[str], added: Sequence[str]) -> None:
    """Say what the switch puts in place and what of it is new, in one step: a journal is whole or not there."""
    draft = private / f"{_JOURNAL}.new"
    with draft.open("w", encoding="ascii") as file:
        json.dump({"outputs": list(outputs), "added": list(added)}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(private / _JOURNAL)
    sync_folder(private)


def settle(outbox: Path, private: Path) -> None:
    """Finish what a killed run began: it is tonight where all of tonight is in place, else last night. Raises `BatchFault`."""
    if pending(private) and not _all_in_place(private):
        restore(outbox, private)


def _all_in_place(private: Path) -> bool:
    """Whether nothing was left to do but to remove the journal: the report, switched last, is out."""
    try:
        outputs = json.loads((private / _JOURNAL).read_text("ascii"))["outputs"]
    except (OSError, ValueError, KeyError):
        return False
    return not any((private / TONIGHT / name).exists() for name in outputs)


def restore(outbox: Path, private: Path) -> None:
    """Undo a switch that began and did not end; nothing to do without a journal. Raises `BatchFault`."""
    if not pending(private):
        return
    before = private / _BEFORE
    try:
        for name in json.loads((private / _JOURNAL).read_text("ascii"))["added"]:
            (outbox / name).unlink(missing_ok=True)
        for kept in sorted(path for path in before.rglob("*") if path.is_symlink() or not path.is_dir()):
            target = outbox / kept.relative_to(before)
            if not _untouched(target, kept):
                target.parent.mkdir(parents=True, exist_ok=True)
                kept.replace(target)
        sync_folder(outbox)
        (private / _JOURNAL).unlink()
    except (OSError, ValueError, KeyError) as error:
        raise BatchFault("outbox.not_restored", outbox=outbox, reason=reason(error), before=before) from error


def _untouched(target: Path, kept: Path) -> bool:
    """Whether last night's file still stands in its place: Windows would refuse to replace one that is open."""
    if not target.is_file() or target.is_symlink() or kept.is_symlink():
        return False
    return target.samefile(kept) or filecmp.cmp(target, kept, shallow=False)
