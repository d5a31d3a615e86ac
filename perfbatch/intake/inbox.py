"""What lies in the inbox. It is only ever read: nothing in it is moved, changed or deleted.

Not even a time changes: files and folders are opened with O_NOATIME where the system grants it (Linux, to their owner and
to root); elsewhere the time of access is what the mount keeps of it, and nothing else is touched.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from perfbatch.model.errors import OperatorFault
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.model.words.reasons import reason

__all__ = ["EntryKind", "Found", "found_at", "read_bytes", "walk"]

_LOCK_PREFIX = "~$"
# What systems leave in folders, whatever the case of its letters.
_LITTER = frozenset(
    {"desktop.ini", "thumbs.db", "ehthumbs.db", "__macosx", "$recycle.bin", "system volume information", "@eadir"}
)
_CHUNK = 1024 * 1024
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


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
    """An entry of the inbox. `path` is relative with forward slashes, fit to show (see `walk`'s escapes); `size` in bytes;
    `kind` FOLDER stands only for a folder that could not be entered. `ctime_ns`: when its status last changed (POSIX)."""

    path: str
    absolute: Path
    size: int
    mtime_ns: int
    kind: EntryKind
    inode: int = 0
    ctime_ns: int = 0


def walk(inbox: Path) -> list[Found]:
    """Every entry below `inbox`, ordered by the bytes of its path; links are listed and never followed.

    Excel's lock files (`~$…`), whatever is hidden (a name that starts with a dot, and all below such a folder) and what systems
    leave in folders (`desktop.ini`, `Thumbs.db`, `__MACOSX/`) are left out; folders are walked, not listed, unless they cannot be entered. Raises `OperatorFault` when the inbox itself cannot.
    """
    listed: list[tuple[bytes, Found]] = []
    waiting: list[tuple[Path, str]] = [(inbox, "")]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            listing = _list(folder, follow=not prefix)
        except OSError as error:
            if not prefix:
                raise OperatorFault("inbox.unreadable", inbox=inbox, reason=reason(error)) from None
            if not isinstance(error, FileNotFoundError):
                relative = prefix.removesuffix("/")
                listed.append((os.fsencode(relative), Found(_shown(relative), folder, 0, 0, EntryKind.FOLDER)))
            continue
        for name, status in listing:
            path, relative = folder / name, prefix + name
            if status is None:
                listed.append((os.fsencode(relative), Found(_shown(relative), path, 0, 0, EntryKind.UNKNOWN)))
            elif stat.S_ISDIR(status.st_mode):
                waiting.append((path, relative + "/"))
            else:
                listed.append((os.fsencode(relative), _found(path, relative, status)))
    return [entry for _, entry in sorted(listed, key=lambda pair: pair[0])]


def _list(folder: Path, *, follow: bool) -> list[tuple[str, os.stat_result | None]]:
    """Names and statuses of a folder's entries; None where one cannot be looked at. Raises `OSError`.

    Where the system can, through an open folder: a link put in its place meanwhile leads nowhere.
    """
    if os.listdir not in os.supports_fd or os.stat not in os.supports_dir_fd:
        return [(name, status) for name in _wanted(folder) for status in _statuses(folder / name, None)]
    # The inbox itself may be a link: the operator named it.
    handle = _open_unnoticed(folder, os.O_RDONLY | os.O_DIRECTORY | (0 if follow else os.O_NOFOLLOW))
    try:
        return [(name, status) for name in _wanted(handle) for status in _statuses(name, handle)]
    finally:
        os.close(handle)


def _wanted(folder: Path | int) -> list[str]:
    names = os.listdir(folder)  # noqa: PTH208
    return [name for name in names if not name.startswith((".", _LOCK_PREFIX)) and name.casefold() not in _LITTER]


def _statuses(path: Path | str, handle: int | None) -> list[os.stat_result | None]:
    """The status of an entry, None where it cannot be had, nothing where the entry went away."""
    try:
        return [os.stat(path, dir_fd=handle, follow_symlinks=False)]
    except FileNotFoundError:
        return []
    except OSError:
        return [None]


def _open_unnoticed(path: Path, flags: int) -> int:
    """Open for reading without a new time of access, where the system lets the caller: its own files, or any for root."""
    flags |= getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(path, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:
        return os.open(path, flags)


def found_at(path: Path) -> Found:
    """One file that somebody named, as an entry of its own; a link that they named is followed."""
    real = Path(os.path.realpath(path))
    try:
        status = real.lstat()
    except OSError:
        # Gone or out of reach: opening it says which.
        return Found(_shown(str(path)), real, 0, 0, EntryKind.FILE)
    return _found(real, str(path), status)


def _found(path: Path, relative: str, status: os.stat_result) -> Found:
    return Found(
        _shown(relative),
        path,
        status.st_size,
        status.st_mtime_ns,
        _kind(status.st_mode),
        status.st_ino,
        status.st_ctime_ns,
    )


def _shown(relative: str) -> str:
    """A path that can be printed, stored and compared, whatever bytes the file system holds.

    Bytes that are no UTF-8, controls, line separators and marks of reading direction become escapes; where a backslash may
    stand in a name it is doubled, so that no two entries are shown alike.
    """
    text = relative.replace("\\", "\\\\") if os.sep == "/" else relative
    return _UNPRINTABLE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    number = ord(match.group())
    if 0xDC80 <= number <= 0xDCFF:
        # Python keeps a byte that is not UTF-8 as U+DC80 … U+DCFF.
        return f"\\x{number - 0xDC00:02x}"
    # A control's code point and a stray byte of the same number are told apart.
    return f"\\u{number:04x}"


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
    if stat.S_ISDIR(mode):
        return EntryKind.FOLDER
    return EntryKind.UNKNOWN


def read_bytes(file: Found, limits: Limits | None = None) -> tuple[bytes, str]:
    """A private copy of a regular file and its SHA-256 in hex; nothing after this looks at the file again.

    Raises `SetAside`: F07 larger than the limits; F10 not a regular file, not permitted, gone; F11 changed since it was
    found or while it was copied (somebody is still writing it).
    """
    limits = limits or Limits()
    if file.kind is not EntryKind.FILE:
        raise SetAside("F10", _WHAT[file.kind])
    if file.size > limits.file_bytes:
        raise SetAside("F07", f"文件 {file.size} 字节，上限 {limits.file_bytes} 字节")
    # A link or a pipe put in the file's place after it was found must neither be followed nor hang the night. (A link put in
    # the place of a folder above it leads to another inode, which the comparison below refuses.)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = _open_unnoticed(file.absolute, flags)
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
        if (before.st_size, before.st_mtime_ns, before.st_ino) != (file.size, file.mtime_ns, file.inode):
            raise SetAside("F11")
        digest, pieces, length = hashlib.sha256(), [], 0
        try:
            while length <= file.size and (piece := stream.read(_CHUNK)):
                digest.update(piece)
                pieces.append(piece)
                length += len(piece)
        except OSError as error:
            raise SetAside("F10", f"读取出错：{error.strerror}") from None
        after = os.fstat(descriptor)
    # A writer may put the time of its content back; the time of the change itself nobody can.
    if length != file.size or _state(after) != _state(before):
        raise SetAside("F11")
    return b"".join(pieces), digest.hexdigest()


def _state(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns
