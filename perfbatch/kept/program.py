"""Which program it was: what is kept from one night to the next is good for the code that made it, and for no other."""

from __future__ import annotations

import hashlib
import sys
import zlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["LIBRARIES", "PACKAGE", "program_key"]

PACKAGE = Path(__file__).parents[1]
"""The folder of this package's sources."""

LIBRARIES = ("isal", "numpy", "olefile", "openpyxl", "pandas", "pydantic", "python-calamine", "xlrd", "xlsxwriter")
"""The libraries whose answers stand in what is kept; not those that only show, or lock."""


@lru_cache(maxsize=1)
def program_key() -> str:
    """The SHA-256 in hex of all sources of this package, of the interpreter and of the versions of the libraries under them.

    Of all sources, whatever is kept: to say which of them a reading or a notice hangs on would be a second import graph,
    and one that nobody notices when it is wrong.
    """
    digest = hashlib.sha256(f"{sys.version_info} {zlib.ZLIB_RUNTIME_VERSION}".encode())
    for library in LIBRARIES:
        digest.update(f"{library} {_version(library)}\0".encode())
    for source in sorted(PACKAGE.rglob("*.py")):
        content = source.read_bytes()
        digest.update(f"{source.relative_to(PACKAGE).as_posix()} {len(content)}\0".encode() + content)
    return digest.hexdigest()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
