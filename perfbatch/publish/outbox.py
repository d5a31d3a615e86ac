"""The switch: a night's files are built aside, and put into the outbox together or not at all.

The private folder stands inside the outbox, as `.perfbatch-…`: only there is it on the outbox's file system whatever the
outbox is (a mounted share, a folder whose parent nobody may write to), and only on one file system is a rename a switch.

Before the first rename, last night's files are kept in the private folder and a journal says what tonight adds. Should a
rename fail (the summary is open in Excel), they are put back at once; should the machine stop between two renames, the
next run puts them back before it starts. So the outbox holds last night or tonight, never a mixture.
"""

from __future__ import annotations

import contextlib
import filecmp
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from perfbatch.errors import BatchFault
from perfbatch.publish.report import write_report
from perfbatch.publish.summary import summary_name, write_summary
from perfbatch.result import BatchResult

__all__ = ["LOCK_NAME", "NOTICES", "REPORT_NAME", "Writer", "publish"]

REPORT_NAME = "run-report.json"
NOTICES = "notices"
LOCK_NAME = ".perfbatch.lock"

Writer = Callable[[Path], None]
"""Writes one output to the path it is given, whose folder exists. Any exception stops the night."""

_PREFIX = ".perfbatch-"
_TONIGHT, _BEFORE, _JOURNAL = "tonight", "before", "switch.json"
_KEPT = "The outbox still holds the files of the run before"


def publish(result: BatchResult, outbox: Path, writers: Mapping[str, Writer] | None = None) -> list[str]:
    """Build a night's files and put them into the outbox together; returns their paths, relative to it.

    `writers`: path in the outbox (with `/`) → what writes it; None is the summary alone. The run report is added, and is
    switched last: whoever sees tonight's report sees tonight's files. Workbooks in `notices/` that are not tonight's are
    removed with the switch; other files of the outbox are left alone. Raises `BatchFault` where anything fails (the
    outbox is then as it was), `ValueError` for a path that leaves the outbox.
    """
    if writers is None:
        name = summary_name(result.rulebook)
        writers = {name: lambda path: write_summary(result, path, (name, REPORT_NAME))}
    outputs = [*(name for name in writers if name != REPORT_NAME), REPORT_NAME]
    for name in outputs:
        _refuse_outside(name)
    with _locked(outbox):
        try:
            for leftover in _leftovers(outbox):
                _restore(outbox, leftover)
                _discard(leftover)
            private = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=outbox))
        except OSError as error:
            raise BatchFault(f"{outbox}: cannot be written to ({_reason(error)}). {_KEPT}.") from error
        try:
            for name in outputs[:-1]:
                _build(private, name, writers[name])
            _build(private, REPORT_NAME, lambda path: write_report(result, outputs, path))
            _switch(outbox, private, outputs)
        finally:
            # A journal still here means that putting back failed: the next run needs what the folder holds.
            if not (private / _JOURNAL).exists():
                _discard(private)
    return outputs


def _refuse_outside(name: str) -> None:
    """Names come from budget codes and unit names, that is, from what people type."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts) or ":" in parts[0]:
        raise ValueError(f"not a path inside the outbox: {name!r}")
    if parts[0].startswith(_PREFIX) or name == LOCK_NAME:
        raise ValueError(f"a name that the switch itself uses: {name!r}")


@contextlib.contextmanager
def _locked(outbox: Path) -> Iterator[None]:
    """Hold the outbox: two runs that switch at the same time would make a mixture."""
    try:
        outbox.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BatchFault(f"{outbox}: cannot be made ({_reason(error)}). Name another outbox.") from error
    lock = FileLock(outbox / LOCK_NAME, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BatchFault(f"{outbox}: another run is publishing there. Wait for it to end and run again.") from None
    except (OSError, NotImplementedError) as error:
        # A share without file locks says so with the latter.
        raise BatchFault(f"{outbox}: cannot be locked ({_reason(error)}). {_KEPT}.") from error
    try:
        yield
    finally:
        lock.release()


def _leftovers(outbox: Path) -> list[Path]:
    """The private folders of runs that were killed; under the lock none of them is alive."""
    return sorted(
        one for one in outbox.iterdir() if one.name.startswith(_PREFIX) and one.is_dir() and not one.is_symlink()
    )


def _discard(private: Path) -> None:
    # What cannot be removed (a virus scanner holds it) goes at the next run; it is no reason to fail tonight.
    shutil.rmtree(private, ignore_errors=True)


def _build(private: Path, name: str, writer: Writer) -> None:
    path = private / _TONIGHT / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer(path)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    except Exception as error:
        raise BatchFault(f"{name}: cannot be written ({_reason(error)}). {_KEPT}.") from error


def _reason(error: Exception) -> str:
    """One line, whatever the exception says."""
    text = (error.strerror if isinstance(error, OSError) else None) or f"{type(error).__name__}: {error}"
    return " ".join(text.split())


def _stale_notices(outbox: Path, outputs: Sequence[str]) -> list[str]:
    """Workbooks of earlier nights; what Excel puts beside an open one (`~$…`) and hidden files are not ours."""
    folder = outbox / NOTICES
    if not folder.is_dir():
        return []
    names = sorted(one.name for one in folder.glob("*.xlsx") if one.is_file() or one.is_symlink())
    kept = {PurePosixPath(name).name for name in outputs if PurePosixPath(name).parent.name == NOTICES}
    return [f"{NOTICES}/{name}" for name in names if name not in kept and not name.startswith((".", "~$"))]


def _switch(outbox: Path, private: Path, outputs: Sequence[str]) -> None:
    """Put tonight's files in place of last night's; where one refuses, put all of them back."""
    at = ""
    try:
        stale = _stale_notices(outbox, outputs)
        added = []
        for at in (*outputs, *stale):
            if not _keep(outbox / at, private / _BEFORE / at):
                added.append(at)
        _write_journal(private, added)
        for at in stale:
            (outbox / at).unlink()
        for at in outputs:
            (outbox / at).parent.mkdir(parents=True, exist_ok=True)
            (private / _TONIGHT / at).replace(outbox / at)
        for folder in {(outbox / name).parent for name in outputs}:
            _sync_folder(folder)
    except BaseException as error:
        _restore(outbox, private)
        if isinstance(error, PermissionError):
            raise BatchFault(
                f"{outbox / at}: cannot be replaced, it may be open in Excel or WPS ({_reason(error)}). "
                f"Close it and run again. {_KEPT}."
            ) from error
        if isinstance(error, OSError):
            raise BatchFault(f"{outbox / at}: cannot be replaced ({_reason(error)}). {_KEPT}.") from error
        raise
    # Without its journal the folder is rubbish: this is the moment at which the night is done.
    (private / _JOURNAL).unlink()


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


def _write_journal(private: Path, added: Sequence[str]) -> None:
    """Say what the switch adds, in one step: a journal is whole or not there."""
    draft = private / f"{_JOURNAL}.new"
    with draft.open("w", encoding="ascii") as file:
        json.dump({"added": list(added)}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(private / _JOURNAL)
    _sync_folder(private)


def _restore(outbox: Path, private: Path) -> None:
    """Undo a switch that began and did not end; nothing to do without a journal."""
    journal = private / _JOURNAL
    if not journal.exists():
        return
    before = private / _BEFORE
    try:
        for name in json.loads(journal.read_text("ascii"))["added"]:
            (outbox / name).unlink(missing_ok=True)
        for kept in sorted(one for one in before.rglob("*") if one.is_symlink() or not one.is_dir()):
            target = outbox / kept.relative_to(before)
            if not _untouched(target, kept):
                target.parent.mkdir(parents=True, exist_ok=True)
                kept.replace(target)
        journal.unlink()
    except (OSError, ValueError, KeyError) as error:
        raise BatchFault(
            f"{outbox}: the files of the run before could not all be put back ({_reason(error)}). "
            f"They are in {before}; close open files and run again."
        ) from error


def _untouched(target: Path, kept: Path) -> bool:
    """Whether last night's file still stands in its place: Windows would refuse to replace one that is open."""
    if not target.is_file() or target.is_symlink() or kept.is_symlink():
        return False
    return target.samefile(kept) or filecmp.cmp(target, kept, shallow=False)


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power failure; Windows has no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
