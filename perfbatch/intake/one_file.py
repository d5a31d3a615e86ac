"""Reading files, one after the other: what a reading process does. Who only hands files to one need not load the reader.

A request is a message: the files and the limits at its head, the forms as its first buffer. The files are read where they lie
(`read`), or their contents are the other buffers (`read_shipped`). The answer is `answers.packed_reads`'.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from perfbatch.intake.answers import Read, packed_reads
from perfbatch.intake.inbox import Found, read_bytes
from perfbatch.isolated.worker import Turns, place_of
from perfbatch.model.limits import Limits
from perfbatch.model.message import packed, unpacked
from perfbatch.model.plain import shape_of
from perfbatch.model.set_aside import SetAside
from perfbatch.rulebook.data import forms_in

if TYPE_CHECKING:
    from perfbatch.rulebook.forms import Forms
    from perfbatch.rulebook.model import Rulebook

_File = TypeVar("_File")
__all__ = ["TASKS", "Read", "Shipped", "read_one", "request_to_read", "request_to_read_shipped", "shipped_in"]


@dataclass(frozen=True, slots=True)
class Shipped:
    """A file on its way to another machine: its path for the findings, its bytes and their hash."""

    path: str
    content: bytes
    sha256: str


_FOUND = shape_of(tuple[Limits, tuple[Found, ...]])
_SHIPPED = shape_of(tuple[Limits, tuple[tuple[str, str], ...]])


def read_one(file: Found, forms: Forms, limits: Limits | None = None) -> Read:
    """Read one entry in this process; whatever is wrong with it is the entry's own affair."""
    try:
        content, sha256 = read_bytes(file, limits)
    except SetAside as reason:
        return Read("", None, reason.code, reason.what)
    return _read_content(Shipped(file.path, content, sha256), forms, limits)


def _read_content(file: Shipped, forms: Forms, limits: Limits | None) -> Read:
    from perfbatch.intake.guard import name_macros
    from perfbatch.intake.reader import read_form

    try:
        submission, rulebook = read_form(file.content, file.path, forms, limits)
        return Read(file.sha256, submission, what=name_macros(file.content), rulebook=rulebook.id)
    except SetAside as reason:
        return Read(file.sha256, None, reason.code, reason.what, rulebook=reason.rulebook)
    except (MemoryError, RecursionError):
        return Read(file.sha256, None, "F08")
    except Exception as error:
        # One trap per file: a fault of the program costs this file, is no fault of the file, and is told to the operator.
        return Read(file.sha256, None, "F14", fault=place_of(error))


def request_to_read(files: Sequence[Found], forms: bytes, limits: Limits) -> bytes:
    """A request for `read`. `forms` is `forms_data`'s."""
    return packed(_FOUND.write((limits, files)), [forms])


def request_to_read_shipped(files: Sequence[Shipped], forms: bytes, limits: Limits) -> bytes:
    """A request for `read_shipped`."""
    named = tuple((file.path, file.sha256) for file in files)
    return packed(_SHIPPED.write((limits, named)), [forms, *(file.content for file in files)])


def shipped_in(request: bytes) -> tuple[Limits, int]:
    """The limits that a request for `read_shipped` sets, and how many files it brings. Raises `Garbled`."""
    limits, named = _SHIPPED.read(unpacked(request)[0])
    return limits, len(named)


def _read_found(request: memoryview, turns: Turns) -> bytes:
    head, (content,) = unpacked(request)
    limits, files = _FOUND.read(head)
    forms = _forms(bytes(content))
    return _in_turns(turns, files, limits, lambda entry: read_one(entry, forms, limits))


def _read_shipped(request: memoryview, turns: Turns) -> bytes:
    head, (content, *contents) = unpacked(request)
    limits, named = _SHIPPED.read(head)
    forms = _forms(bytes(content))
    files = (Shipped(path, bytes(content), digest) for (path, digest), content in zip(named, contents, strict=True))
    return _in_turns(turns, files, limits, lambda file: _read_content(file, forms, limits))


def _in_turns(turns: Turns, files: Iterable[_File], limits: Limits, read: Callable[[_File], Read]) -> bytes:
    """Read file after file, as far as this process should."""
    reads = []
    for file in files:
        if not turns.begin():
            break
        reads.append(read(file))
    return packed_reads(reads, limits.reply_bytes)


@functools.lru_cache(maxsize=1)
def _forms(message: bytes) -> tuple[Rulebook, ...]:
    return forms_in(message)


TASKS = {"read": _read_found, "read_shipped": _read_shipped}
"""What a reading process can be asked for."""
