"""The file in which one night keeps for the next what it can do without: SQLite, begun anew where it is damaged.

What is kept in it is never evidence. Whoever keeps something there tells by its content whether it is still good, and can
make it again.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["CACHE_NAME", "opened", "transaction"]

CACHE_NAME = ".perfbatch.readings"


@contextmanager
def opened(path: Path, table: str, probe: str) -> Iterator[sqlite3.Connection | None]:
    """The cache at `path` with a table of it, `table` making it where it is not there.

    The whole file is begun anew where that, or the query `probe`, fails; None where there can be no file (a folder that
    cannot be written).
    """
    connection = _connect(path, table, probe)
    if connection is None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        connection = _connect(path, table, probe)
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()


def _connect(path: Path, table: str, probe: str) -> sqlite3.Connection | None:
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        # After a power failure it may be damaged, and then it is begun anew: waiting for the disk buys nothing.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(table)
        connection.execute(probe).fetchall()
    except sqlite3.Error:
        if connection is not None:
            connection.close()
        return None
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Changes that are made together or not at all. Raises `sqlite3.Error`."""
    connection.execute("BEGIN")
    with connection:
        yield
