"""The file in which one night keeps for the next what it can do without: SQLite, begun anew where it is damaged.

What is kept in it is never evidence. Whoever keeps something there tells by its content whether it is still good, and can
make it again. It lies in the outbox, and is written to once the night is published: a night that fails changes nothing there.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["CACHE_NAME", "DAMAGED", "looked_up", "written"]

CACHE_NAME = ".perfbatch.readings"
DAMAGED = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged cache raises: its texts need not be texts any more."""


@contextmanager
def looked_up(path: Path, probe: str) -> Iterator[sqlite3.Connection | None]:
    """The cache at `path`, to be read; None where there is none, or the query `probe` fails. Nothing is written."""
    connection = _connect(f"{path.absolute().as_uri()}?mode=ro", (), probe)
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()


@contextmanager
def written(path: Path, table: str, probe: str) -> Iterator[sqlite3.Connection | None]:
    """The cache at `path` in one transaction, `table` making a table of it where it is not there.

    The whole file is begun anew where that, or the query `probe`, fails; None where there can be no file (a folder that
    cannot be written). Where writing itself fails nothing is kept, and the next night begins it anew.
    """
    # After a power failure the file may be damaged, and then it is begun anew: waiting for the disk buys nothing.
    prepared = ("PRAGMA synchronous = OFF", table)
    address = path.absolute().as_uri()
    connection = _connect(address, prepared, probe)
    if connection is None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        connection = _connect(address, prepared, probe)
    if connection is None:
        yield None
        return
    damaged = False
    try:
        connection.execute("BEGIN")
        with connection:
            yield connection
    except DAMAGED:
        damaged = True
    finally:
        connection.close()
    if damaged:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _connect(address: str, prepared: tuple[str, ...], probe: str) -> sqlite3.Connection | None:
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(address, uri=True, isolation_level=None)
        for statement in prepared:
            connection.execute(statement)
        connection.execute(probe).fetchall()
    except DAMAGED:
        if connection is not None:
            connection.close()
        return None
    return connection
