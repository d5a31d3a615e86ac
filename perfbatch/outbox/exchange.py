"""The switch of the whole outbox by one system call: Linux exchanges two folders, so that no moment lies between two nights.

Tonight's folder is built beside the outbox, and becomes it. What others keep in the outbox is linked into tonight's folder
first (hard links: the same files, not copies); what they put there in the instant between is brought over after. A plan on
disk lets the next run do that where this one was killed right after the exchange.

The outbox is then another folder than before. Whoever stands in it (a shell, a share whose root it is) goes on seeing the
old one until looking again; therefore it is not done to a mount point, nor to the folder that this program was started in.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from perfbatch.outbox.durable import TONIGHT, sync_folder
from perfbatch.outbox.interruption import committing

__all__ = ["bring_over", "exchange", "prepare"]

_PLAN = "exchange.json"
_AT_CWD, _RENAME_EXCHANGE = -100, 2


def _swap_call() -> Callable[[Path, Path], None] | None:
    """Exchanges two folders in one step, raising `OSError`; None where the system has no such call."""
    if sys.platform != "linux":
        return None
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)

    def swap(path: Path, other: Path) -> None:
        if call(_AT_CWD, os.fsencode(path), _AT_CWD, os.fsencode(other), _RENAME_EXCHANGE) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(other))

    return swap


def prepare(outbox: Path, private: Path, lock_name: str) -> bool:
    """Make tonight's folder in a private folder beside the outbox; False where the two could not be exchanged.

    Both must be on one mount of a file system that has hard links and the exchange, and the outbox's owner, mode and
    extended attributes must be ours to give. The lock goes along, so that it is one lock before and after.
    """
    swap = _swap_call()
    if swap is None or os.path.ismount(outbox):
        return False
    tonight, probe = private / TONIGHT, private / "probe"
    try:
        if Path.cwd().is_relative_to(outbox):
            return False
        _make_alike(outbox, tonight)
        probe.mkdir()
        os.link(outbox / lock_name, tonight / lock_name)
        swap(tonight, probe)
        swap(tonight, probe)
        probe.rmdir()
    except (OSError, NotImplementedError):
        return False
    return True


def _make_alike(model: Path, folder: Path) -> None:
    """Make a folder with another's owner, mode and attributes. Raises `OSError` where that is not ours to do."""
    folder.mkdir(exist_ok=True)
    wanted, made = model.stat(), folder.stat()
    if (wanted.st_uid, wanted.st_gid) != (made.st_uid, made.st_gid):
        os.chown(folder, wanted.st_uid, wanted.st_gid)
    shutil.copystat(model, folder)


def exchange(outbox: Path, private: Path, ours: Collection[str]) -> bool:
    """Exchange the outbox for tonight's folder; False where the system refuses, and nothing has changed.

    `ours`: the files of tonight and the stale ones of earlier nights, relative with `/`: what of last night goes.
    """
    swap, tonight = _swap_call(), private / TONIGHT
    if swap is None:
        return False
    try:
        carried = dict(_carry(outbox, tonight, "", ours))
        for folder in (tonight, *(path for path in tonight.rglob("*") if path.is_dir() and not path.is_symlink())):
            sync_folder(folder)
        plan = {"folder": tonight.stat().st_ino, "ours": sorted(ours), "carried": carried}
        with (private / _PLAN).open("w", encoding="ascii") as file:
            json.dump(plan, file)
            file.flush()
            os.fsync(file.fileno())
        with committing():
            swap(tonight, outbox)
    except OSError:
        (private / _PLAN).unlink(missing_ok=True)
        return False
    # From here on it is tonight: nothing may fail any more, only be left to the next run.
    with contextlib.suppress(OSError):
        sync_folder(outbox.parent)
    with contextlib.suppress(Exception):
        bring_over(outbox, private)
    return True


def _carry(old: Path, new: Path, prefix: str, ours: Collection[str]) -> Iterator[tuple[str, int]]:
    """Link what is not ours into tonight's folder; (name, inode) of each file. Raises `OSError`."""
    for entry in sorted(os.scandir(old), key=lambda entry: entry.name):
        name, target = prefix + entry.name, new / entry.name
        if entry.is_dir(follow_symlinks=False):
            _make_alike(old / entry.name, target)
            yield from _carry(old / entry.name, target, name + "/", ours)
            shutil.copystat(old / entry.name, target)
        elif name not in ours:
            if not target.exists():  # the lock is there already
                os.link(entry.path, target, follow_symlinks=False)
            yield name, entry.inode()


def bring_over(outbox: Path, private: Path) -> None:
    """After an exchange, move what others put into the old folder at the last moment; nothing to do without one."""
    try:
        plan = json.loads((private / _PLAN).read_text("ascii"))
        if outbox.stat().st_ino != plan["folder"]:
            return
        _move_late(private / TONIGHT, outbox, "", frozenset(plan["ours"]), plan["carried"])
    except (OSError, ValueError, KeyError):
        # No exchange was begun, or its plan was never finished.
        return


def _move_late(old: Path, new: Path, prefix: str, ours: Collection[str], carried: dict[str, int]) -> None:
    for entry in list(os.scandir(old)):
        name, target = prefix + entry.name, new / entry.name
        if entry.is_dir(follow_symlinks=False) and target.is_dir():
            _move_late(old / entry.name, target, name + "/", ours, carried)
        elif name not in ours and carried.get(name) != entry.inode():
            try:
                there = target.lstat()
            except FileNotFoundError:
                there = None
            # Changed on both sides: what stands in the outbox is the later one.
            if there is None or (there.st_ino == carried.get(name) and not stat.S_ISDIR(there.st_mode)):
                Path(entry.path).rename(target)
