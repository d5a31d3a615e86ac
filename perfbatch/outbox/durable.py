"""What is written must last through a power failure before it is switched; and the words that both ways of switching share."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from perfbatch.model.errors import OperatorFault
from perfbatch.model.words.reasons import reason

__all__ = ["TONIGHT", "NotWritten", "flush", "made_folder", "refuse_locale", "sync_folder"]

TONIGHT = "tonight"
"""The folder inside a private folder in which tonight's files are built."""

# Those that wait at the same time share one commit of the file system's journal: ten thousand files last after a second
# instead of forty. Not while others are still written, for every commit then holds up the writing.
_THREADS = 16


class NotWritten(Exception):
    """An output could not be written; `name` is its path in the outbox, `error` what happened."""

    def __init__(self, name: str, error: BaseException) -> None:
        super().__init__(f"{name}: {reason(error)}")
        self.name, self.error = name, error


def flush(outputs: Mapping[str, Path]) -> None:
    """Make written outputs last through a power failure: path in the outbox → where it is built.

    Each by itself (`fsync`), for only that tells on every system which one does not. Raises `NotWritten` for the first.
    """
    with ThreadPoolExecutor(_THREADS, "flush") as pool:
        faults = pool.map(_fault_of, outputs.values())
        for name, fault in zip(outputs, faults, strict=True):
            if fault is not None:
                raise NotWritten(name, fault) from fault


def _fault_of(path: Path) -> OSError | None:
    try:
        # Windows flushes only what is open for writing.
        handle = os.open(path, os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        return error
    return None


def made_folder(folder: Path) -> Path:
    """The folder, made with those above it where it is not there. Raises `OperatorFault`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OperatorFault("folder.not_made", folder=folder, reason=reason(error)) from None
    return folder


def refuse_locale() -> None:
    """Raise `OperatorFault` where this process cannot call a file by a Chinese name."""
    try:
        os.fsencode("云")
    except UnicodeEncodeError as error:
        raise OperatorFault("locale", encoding=error.encoding) from None


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power failure; Windows has no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
