"""The switch: a night's files are built aside, and put into the outbox together or not at all.

Where the system can (Linux, an ordinary folder), tonight's folder is built beside the outbox and exchanged with it by one
call (`exchange`): at any moment the outbox is one night entirely, also after a kill or a power failure. Where it cannot (a
mount point, a share or file system without the call or without hard links, a parent folder that we may not write to, another
owner, Windows, macOS), the files are switched one by one under a journal (`journal`): each is whole at any moment, the set
is whole again when the run ends, or, had it been killed between two renames, as soon as the next one starts. In both a
reader who opens one file before the switch and one after it has two nights; who opens the folder once, in the first, one.

What takes long and needs nothing of the rest (the notices) is written by other processes meanwhile (`Elsewhere`); all of it
is written and flushed before the switch begins.

One run at a time: a lock in the outbox is held for the whole night (`locked`). The system drops it with its process, so the
lock of a dead run blocks nobody; file systems without such locks are refused.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from filelock import FileLock, SoftFileLock, Timeout

from perfbatch.model.errors import BatchFault
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import reason
from perfbatch.outbox import exchange, journal
from perfbatch.outbox.durable import TONIGHT, NotWritten, flush
from perfbatch.outbox.interruption import Interrupted, uninterrupted

__all__ = ["LOCK_NAME", "Elsewhere", "Writer", "locked", "publish"]

LOCK_NAME = ".perfbatch.lock"

Writer = Callable[[Path], None]
"""Writes one output to the path it is given, whose folder exists. Any exception stops the night."""

_PREFIX = ".perfbatch-"


class Elsewhere(Protocol):
    """Outputs that are written together, while the others are."""

    @property
    def names(self) -> Collection[str]:
        """Their paths in the outbox."""

    def started(self, folder: Path) -> contextlib.AbstractContextManager[Callable[[], None]]:
        """Begin to write them under a folder, in which the folders of their paths are made.

        What it gives waits until all are written, and raises `NotWritten` for one that cannot be; whoever leaves it earlier,
        by an exception, ends the writing."""


def publish(
    outbox: Path,
    writers: Mapping[str, Writer],
    elsewhere: Elsewhere | None = None,
    stale: Callable[[Path], Collection[str]] | None = None,
) -> None:
    """Build a night's files and put them into the outbox together.

    `writers`: path in the outbox (with `/`) → what writes it; the last is switched last. Those that `elsewhere` names are
    written by it. `stale` tells which files of the outbox go with the switch; all others are left alone. Raises `BatchFault`
    where anything fails (the outbox is then as it was), `ValueError` for a path that leaves the outbox.
    """
    for name in writers:
        _refuse_outside(name)
    with locked(outbox) as real, _set_up(real) as (private, whole):
        # Tonight's folder takes the outbox's mode: exchanged as a whole, it becomes the outbox.
        _build(private / TONIGHT, writers, elsewhere, stat.S_IMODE(real.stat().st_mode))
        try:
            removed = sorted(stale(real)) if stale else []
        except OSError as error:
            raise BatchFault(
                "outbox.unreadable", outbox=error.filename or outbox, reason=reason(error), kept=worded("outbox.kept")
            ) from error
        outputs = list(writers)
        if not (whole and exchange.exchange(real, private, {*outputs, *removed})):
            journal.switch(real, private, outputs, removed)


def _refuse_outside(name: str) -> None:
    """Names come from budget codes and unit names, that is, from what people type."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts) or ":" in parts[0]:
        raise ValueError(f"not a path inside the outbox: {name!r}")
    if parts[0].startswith(_PREFIX) or name == LOCK_NAME:
        raise ValueError(f"a name that the switch itself uses: {name!r}")


@contextlib.contextmanager
def locked(outbox: Path) -> Iterator[Path]:
    """Hold the outbox (made where it is not there), with what a killed run left of its switch undone; its real path.

    May be held twice by one thread. Raises `BatchFault` where another run holds it, or it cannot be made, locked or undone.
    """
    try:
        with _locked(outbox) as real:
            yield real
    except Interrupted:
        raise Interrupted(worded("outbox.kept")) from None


@contextlib.contextmanager
def _locked(outbox: Path) -> Iterator[Path]:
    try:
        outbox.mkdir(parents=True, exist_ok=True)
        real = Path(os.path.realpath(outbox))
    except OSError as error:
        raise BatchFault("outbox.not_made", outbox=outbox, reason=reason(error)) from error
    lock = FileLock(real / LOCK_NAME, timeout=0, is_singleton=True)
    nested = lock.is_locked
    try:
        lock.acquire()
    except Timeout:
        raise BatchFault("outbox.busy", outbox=outbox) from None
    except (OSError, NotImplementedError) as error:
        # A share without file locks says so with the latter.
        raise BatchFault(
            "outbox.not_locked", outbox=outbox, reason=reason(error), kept=worded("outbox.kept")
        ) from error
    try:
        if isinstance(lock, SoftFileLock):
            # Nothing drops such a lock when its process dies.
            raise BatchFault(
                "outbox.not_locked", outbox=outbox, reason=worded("outbox.no_locks"), kept=worded("outbox.kept")
            )
        if not nested:
            _clear(real)
        yield real
    finally:
        # The system drops the lock with this process at the latest.
        with contextlib.suppress(OSError):
            lock.release()


def _clear(outbox: Path) -> None:
    """Undo what killed runs left, and remove it; under the lock none of them is alive."""
    try:
        leftovers = [*_folders(outbox, _PREFIX), *_folders(outbox.parent, _prefix_beside(outbox))]
    except OSError as error:
        raise BatchFault(
            "outbox.unreadable", outbox=outbox, reason=reason(error), kept=worded("outbox.kept")
        ) from error
    for private in leftovers:
        journal.settle(outbox, private)
        exchange.bring_over(outbox, private)
        _discard(private)


def _folders(parent: Path, prefix: str) -> list[Path]:
    try:
        entries = [entry for entry in os.scandir(parent) if entry.name.startswith(prefix)]
    except PermissionError:
        # A parent that we may not even list holds nothing of ours.
        return []
    return sorted(Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False))


def _prefix_beside(outbox: Path) -> str:
    return f".{outbox.name}{_PREFIX}"


@contextlib.contextmanager
def _set_up(outbox: Path) -> Iterator[tuple[Path, bool]]:
    """What `_private` gives, removed afterwards. Raises `BatchFault`."""
    private: Path | None = None
    try:
        with uninterrupted():
            private, whole = _private(outbox)
        yield private, whole
    except OSError as error:
        raise BatchFault(
            "outbox.not_written", outbox=outbox, reason=reason(error), kept=worded("outbox.kept")
        ) from error
    finally:
        # The night may be out by now: what is left is the next run's to remove, and no reason to fail.
        with contextlib.suppress(Exception):
            # A journal still here means that putting back failed: the next run needs what the folder holds.
            if private is not None and not journal.pending(private):
                _discard(private)


def _private(outbox: Path) -> tuple[Path, bool]:
    """The folder in which tonight is built, on the outbox's file system, and whether it can be exchanged with the outbox."""
    try:
        beside = Path(tempfile.mkdtemp(prefix=_prefix_beside(outbox), dir=outbox.parent))
    except OSError:
        pass
    else:
        if exchange.prepare(outbox, beside, LOCK_NAME):
            return beside, True
        _discard(beside)
    # Only inside is it on the outbox's file system whatever the outbox is.
    return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=outbox)), False


def _discard(private: Path) -> None:
    # What cannot be removed (a virus scanner holds it) goes at the next run; it is no reason to fail tonight.
    with contextlib.suppress(OSError):
        _open_up(private)
    shutil.rmtree(private, ignore_errors=True)


def _open_up(folder: Path) -> None:
    """Let us remove what is in a folder: it has the mode of the one that it stands in for, which need not allow it."""
    folder.chmod(0o700)
    for entry in list(os.scandir(folder)):
        if entry.is_dir(follow_symlinks=False):
            _open_up(folder / entry.name)


def _build(tonight: Path, writers: Mapping[str, Writer], elsewhere: Elsewhere | None, mode: int) -> None:
    """Write all outputs, none of them open to more people than a folder of this mode, and have them last. Raises
    `BatchFault`."""
    try:
        _make_folders(tonight, writers)
        others = () if elsewhere is None else elsewhere.names
        with contextlib.nullcontext(_nothing) if elsewhere is None else elsewhere.started(tonight) as wait:
            for name, writer in writers.items():
                if name not in others:
                    _write(tonight / name, name, writer)
            wait()
        _narrow(tonight, writers, mode)
        flush({name: tonight / name for name in writers})
    except NotWritten as fault:
        raise BatchFault(
            "output.not_written", output=fault.name, reason=reason(fault.error), kept=worded("outbox.kept")
        ) from fault.error


def _narrow(tonight: Path, names: Collection[str], mode: int) -> None:
    """Take from outputs and their folders what the outbox itself does not allow, whatever the caller's umask does."""
    if os.name == "nt":
        return
    folders = {parent for name in names for parent in (tonight / name).parents if parent.is_relative_to(tonight)}
    for path in (*(tonight / name for name in names), *(folders - {tonight})):
        # A file system without modes refuses; an output that is not there is found out when it is flushed.
        with contextlib.suppress(OSError):
            given = stat.S_IMODE(path.stat().st_mode)
            own = stat.S_IRWXU if path in folders else stat.S_IRUSR | stat.S_IWUSR
            if given & ~(mode | own):
                path.chmod(given & (mode | own))


def _nothing() -> None:
    """Nobody to wait for."""


def _make_folders(tonight: Path, names: Collection[str]) -> None:
    made: set[Path] = set()
    for name in names:
        folder = (tonight / name).parent
        try:
            if folder not in made:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotWritten(name, error) from error
        made.add(folder)


def _write(path: Path, name: str, writer: Writer) -> None:
    try:
        writer(path)
    except Exception as error:
        raise NotWritten(name, error) from error
