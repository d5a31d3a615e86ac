"""What lies in the inbox. It is only ever read: nothing in it is moved, changed or deleted."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from perfbatch.errors import OperatorFault
from perfbatch.intake.limits import Limits
from perfbatch.intake.set_aside import SetAside

__all__ = ["EntryKind", "Found", "found_at", "read_bytes", "walk"]

_LOCK_PREFIX = "~$"
_CHUNK = 1024 * 1024


class EntryKind(StrEnum):
    """What an entry is, by `lstat`; only regular files are ever opened."""

    FILE = "file"
    LINK = "link"
    PIPE = "pipe"
    SOCKET = "socket"
    DEVICE = "device"
    FOLDER = "folder"
    UNKNOWN = "unknown"


_WHAT = {
    EntryKind.LINK: "符号链接",
    EntryKind.PIPE: "命名管道，不是普通文件",
    EntryKind.SOCKET: "套接字，不是普通文件",
    EntryKind.DEVICE: "设备，不是普通文件",
    EntryKind.FOLDER: "文件夹没有读取权限",
    EntryKind.UNKNOWN: "不是普通文件",
}


@dataclass(frozen=True, slots=True)
class Found:
    """An entry of the inbox. `path` is relative with forward slashes (bytes that are no UTF-8 shown as escapes); `size` in
    bytes; `kind` FOLDER stands only for a folder that could not be entered."""

    path: str
    absolute: Path
    size: int
    mtime_ns: int
    kind: EntryKind
    inode: int = 0


def walk(inbox: Path) -> list[Found]:
    """Every entry below `inbox`, ordered by the bytes of its path; links are listed and never followed.

    Excel's lock files (`~$…`) and whatever is hidden (a name that starts with a dot, and all below such a folder) are left
    out; folders are walked, not listed, unless they cannot be entered. Raises `OperatorFault` when the inbox itself cannot.
    """
    found: list[tuple[bytes, Found]] = []
    waiting: list[tuple[Path, str]] = [(inbox, "")]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            names = os.listdir(folder)  # noqa: PTH208 - names only; Path.iterdir would build a path for each first
        except OSError as error:
            if not prefix:
                remedy = "Name a folder that exists and can be read (--inbox)."
                raise OperatorFault(str(inbox), f"cannot be read ({error.strerror})", remedy) from None
            if isinstance(error, FileNotFoundError | NotADirectoryError):
                continue
            found.append(_found(folder, prefix.removesuffix("/"), EntryKind.FOLDER))
            continue
        for name in names:
            if name.startswith((".", _LOCK_PREFIX)):
                continue
            path, relative = folder / name, prefix + name
            try:
                mode = path.lstat().st_mode
            except FileNotFoundError:
                continue
            except OSError:
                found.append((os.fsencode(relative), Found(_shown(relative), path, 0, 0, EntryKind.UNKNOWN)))
                continue
            if stat.S_ISDIR(mode):
                waiting.append((path, relative + "/"))
            else:
                found.append(_found(path, relative, _kind(mode)))
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def found_at(path: Path) -> Found:
    """One file that somebody named, as an entry of its own; a link that they named is followed."""
    real = Path(os.path.realpath(path))
    try:
        mode = real.lstat().st_mode
    except OSError:
        # Gone or out of reach: opening it says which.
        return Found(_shown(str(path)), real, 0, 0, EntryKind.FILE)
    kind = EntryKind.FOLDER if stat.S_ISDIR(mode) else _kind(mode)
    return _found(real, str(path), kind)[1]


def _found(path: Path, relative: str, kind: EntryKind) -> tuple[bytes, Found]:
    try:
        status = path.lstat()
        size, modified, inode = status.st_size, status.st_mtime_ns, status.st_ino
    except OSError:
        size = modified = inode = 0
    return os.fsencode(relative), Found(_shown(relative), path, size, modified, kind, inode)


def _shown(relative: str) -> str:
    """A path that can be printed and written as UTF-8, whatever bytes the file system holds."""
    return os.fsencode(relative).decode("utf-8", "backslashreplace")


def _kind(mode: int) -> EntryKind:
    if stat.S_ISREG(mode):
        return EntryKind.FILE
    if stat.S_ISLNK(mode):
        return EntryKind.LINK
    if stat.S_ISFIFO(mode):
        return EntryKind.PIPE
    if stat.S_ISSOCK(mode):
        return EntryKind.SOCKET
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        return EntryKind.DEVICE
    return EntryKind.UNKNOWN


def read_bytes(found: Found, limits: Limits | None = None) -> tuple[bytes, str]:
    """The bytes of a regular file and their SHA-256 in hex.

    Raises `SetAside`: F07 larger than the limits; F10 not a regular file, not permitted, gone; F11 changed since it was
    found or while it was read (somebody is still copying it).
    """
    limits = limits or Limits()
    if found.kind is not EntryKind.FILE:
        raise SetAside("F10", _WHAT[found.kind])
    if found.size > limits.file_bytes:
        raise SetAside("F07", f"文件 {found.size} 字节，上限 {limits.file_bytes} 字节")
    # A link or a pipe put in the file's place after it was found must neither be followed nor hang the night.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(found.absolute, flags)
    except FileNotFoundError:
        raise SetAside("F10", "文件已不存在") from None
    except PermissionError:
        raise SetAside("F10", "没有读取权限") from None
    except OSError as error:
        raise SetAside("F10", f"打不开：{error.strerror}") from None
    with os.fdopen(descriptor, "rb") as stream:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise SetAside("F10", _WHAT[_kind(before.st_mode)])
        if (before.st_size, before.st_mtime_ns, before.st_ino) != (found.size, found.mtime_ns, found.inode):
            raise SetAside("F11")
        digest, pieces, length = hashlib.sha256(), [], 0
        try:
            while length <= found.size and (piece := stream.read(_CHUNK)):
                digest.update(piece)
                pieces.append(piece)
                length += len(piece)
        except OSError as error:
            raise SetAside("F10", f"读取出错：{error.strerror}") from None
        after = os.fstat(descriptor)
    if length != found.size or (after.st_size, after.st_mtime_ns) != (found.size, found.mtime_ns):
        raise SetAside("F11")
    return b"".join(pieces), digest.hexdigest()
