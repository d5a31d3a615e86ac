"""The file in which one night keeps for the next what it can do without: named sections, begun anew where it is damaged.

What is kept in it is never evidence. Whoever keeps something there tells by its content whether it is still good, takes it for data
and nothing else, and can make it again. It holds what workbooks say, so it is its owner's alone (0600), and one that is somebody
else's, a link, or no regular file is not read. It lies in the outbox, and is written once the night is published: a night that fails
changes nothing there. It is written beside its place and then put there: a night that is killed meanwhile leaves the old one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from perfbatch.model.message import Garbled, packed, unpacked

__all__ = ["BESIDE_NAME", "CACHE_NAME", "KeptFile"]

CACHE_NAME = ".perfbatch.readings"
BESIDE_NAME = f"{CACHE_NAME}-journal"
"""Where it is written. (Earlier versions kept SQLite's journal there.)"""

_MAGIC = b"perfbatch kept 2\n"
_MOST_BYTES = 2 * 1024**3
_OTHERS_WRITE = 0o022


class KeptFile:
    """The sections kept in the file at `path`, which is read when the first of them is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sections: dict[str, bytes | memoryview] | None = None

    def section(self, name: str) -> bytes | memoryview | None:
        """A section as it was kept; None where there is none, or the file cannot be believed."""
        return self._read().get(name)

    def put(self, name: str, section: bytes) -> None:
        """Have a section kept: see `write`."""
        self._read()[name] = section

    def write(self) -> None:
        """Keep all sections. Raises `OSError` where they cannot be; then there is nothing, or what was kept before."""
        parts = self._parts(self._read())
        beside = self._path.with_name(BESIDE_NAME)
        try:
            beside.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
            with open(os.open(beside, flags, 0o600), "wb") as file:  # noqa: PTH123
                if hasattr(os, "fchmod"):
                    # Whatever the caller's umask is.
                    os.fchmod(file.fileno(), 0o600)
                file.writelines(parts)
            # After a power failure the file may be damaged, and then it is begun anew: waiting for the disk buys nothing.
            beside.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise

    @staticmethod
    def _parts(sections: Mapping[str, bytes | memoryview]) -> list[bytes | memoryview]:
        directory = packed([[name, len(section), _checksum(section)] for name, section in sections.items()])
        return [_MAGIC, len(directory).to_bytes(8, "little"), _digest(directory), directory, *sections.values()]

    def _read(self) -> dict[str, bytes | memoryview]:
        if self._sections is None:
            try:
                self._sections = _sections(memoryview(_content(self._path)))
            except (OSError, Garbled):
                self._sections = {}
        return self._sections


def _content(path: Path) -> bytearray:
    """The file, if it is ours. Raises `OSError`, for anything else too."""
    # Nothing there is followed or waited for: a link leads elsewhere, a pipe would hang the night.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags | getattr(os, "O_CLOEXEC", 0)), "rb", buffering=0) as file:  # noqa: PTH123
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
            raise OSError(f"{path}: no cache")
        if os.name == "posix" and (status.st_uid != os.geteuid() or status.st_mode & _OTHERS_WRITE):
            raise OSError(f"{path}: others can write to it")
        content = bytearray()
        while len(content) <= status.st_size and (piece := file.read(status.st_size + 1 - len(content))):
            content += piece
        return content


def _sections(content: memoryview) -> dict[str, bytes | memoryview]:
    """Section by section; one that is damaged is left out. Raises `Garbled`."""
    at = len(_MAGIC) + 8
    begin = at + _DIGEST_BYTES
    if content[: len(_MAGIC)] != _MAGIC or len(content) < begin:
        raise Garbled("no cache")
    end = begin + int.from_bytes(content[len(_MAGIC) : at], "little")
    if end > len(content) or content[at:begin] != _digest(content[begin:end]):
        raise Garbled("no directory")
    sections: dict[str, bytes | memoryview] = {}
    for name, length, checksum in unpacked(content[begin:end])[0]:
        section = content[end : end + length]
        if len(section) == length and _checksum(section) == checksum:
            sections[name] = section
        end += length
    return sections


_DIGEST_BYTES = 16


def _digest(content: bytes | memoryview) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest()


def _checksum(content: bytes | memoryview) -> str:
    return _digest(content).hex()
