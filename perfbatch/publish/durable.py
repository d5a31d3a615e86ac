"""What is written must last through a power failure before it is switched; and the words that both ways of switching share."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

__all__ = ["KEPT", "TONIGHT", "Flushing", "NotWritten", "reason", "sync_folder"]

TONIGHT = "tonight"
"""The folder inside a private folder in which tonight's files are built."""

KEPT = "The outbox still holds the files of the run before"


# Each waits for the disk, none for the processor. Those that wait at the same time share one commit of the file system's
# journal: a thousand notices last after 0.2 s instead of 4.
_THREADS = 16


class NotWritten(Exception):
    """An output could not be written; `name` is its path in the outbox, `error` what happened."""

    def __init__(self, name: str, error: BaseException) -> None:
        super().__init__(f"{name}: {reason(error)}")
        self.name, self.error = name, error


class Flushing:
    """Outputs that are flushed to the disk while others are still written; may be used by several threads.

    `fsync` of every file, and not one call for the file system (`syncfs`): only the former tells on every system which file
    was not written, and waits for nobody else's files.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, "flush")
        self._waiting: list[tuple[str, Future[None]]] = []

    def __enter__(self) -> Flushing:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._pool.shutdown(wait=True, cancel_futures=kind is not None)

    def add(self, name: str, path: Path) -> None:
        """Begin to flush an output that is written: its path in the outbox, and where it is built."""
        self._waiting.append((name, self._pool.submit(_sync, path)))

    def wait(self) -> None:
        """Return when all of them last. Raises `NotWritten` for the first that does not."""
        for name, future in self._waiting:
            error = future.exception()
            if error is not None:
                raise NotWritten(name, error) from error


def _sync(path: Path) -> None:
    # Windows flushes only what is open for writing.
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def reason(error: BaseException) -> str:
    """One line, whatever the exception says."""
    text = (error.strerror if isinstance(error, OSError) else None) or f"{type(error).__name__}: {error}"
    return " ".join(text.split())


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power failure; Windows has no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
