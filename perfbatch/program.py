"""Which program it was: what is kept from one night to the next is good for the code that made it, and for no other."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

__all__ = ["PACKAGE", "program_key"]

PACKAGE = Path(__file__).parent
"""The folder of this package's sources."""


def program_key(sources: Iterable[Path], *libraries: str) -> str:
    """The SHA-256 in hex of sources of this package, of the interpreter and of the versions of the libraries under them."""
    digest = hashlib.sha256(f"{sys.version_info} {' '.join(libraries)}".encode())
    for source in sorted(sources):
        digest.update(source.relative_to(PACKAGE).as_posix().encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()
