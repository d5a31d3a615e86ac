"""What both ways of switching the outbox share: their words, and making a folder's entries last."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["KEPT", "TONIGHT", "reason", "sync_folder"]

TONIGHT = "tonight"
"""The folder inside a private folder in which tonight's files are built."""

KEPT = "The outbox still holds the files of the run before"


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
