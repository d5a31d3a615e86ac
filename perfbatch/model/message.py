"""Messages: what crosses from one process to another, or from one night to the next, as data in a format without code.

A message is a head in JSON and buffers behind it. Taking one apart makes numbers, texts, lists and views of bytes, and can
make nothing else, whoever wrote it; what they mean, and whether they can be meant, its reader checks (`plain`, `bundle`).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NoReturn

__all__ = ["HEAD_BYTES", "Garbled", "packed", "unpacked"]

HEAD_BYTES = 16 * 1024 * 1024
"""The largest head. Twenty times its bytes can come of one that somebody made for that: a gigabyte of it must not be taken."""

_COUNT = struct.Struct("<I")
_LENGTH = struct.Struct("<Q")
_MOST_BUFFERS = 1024


class Garbled(ValueError):
    """What should be data of a known shape is something else."""


Buffer = bytes | bytearray | memoryview


def packed(head: Any, buffers: Iterable[Buffer | Sequence[Buffer]] = ()) -> bytes:
    """A message of a head (numbers, texts, None, lists, dicts with texts as keys) and buffers, each whole or in pieces that
    follow each other. Raises `Garbled` where the head is too large to be taken."""
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"), check_circular=False, allow_nan=False)
    # Paths of files may hold bytes that are no UTF-8, which Python keeps as lone surrogates.
    parts = [[text.encode("utf-8", "surrogatepass")], *map(_pieces, buffers)]
    if len(parts[0][0]) > HEAD_BYTES or len(parts) > _MOST_BUFFERS:
        raise Garbled("a head too large")
    lengths = b"".join(_LENGTH.pack(sum(memoryview(piece).nbytes for piece in part)) for part in parts)
    return b"".join((_COUNT.pack(len(parts)), lengths, *chain.from_iterable(parts)))


def _pieces(buffer: Buffer | Sequence[Buffer]) -> Sequence[Buffer]:
    return [buffer] if isinstance(buffer, bytes | bytearray | memoryview) else buffer


def unpacked(message: bytes | bytearray | memoryview) -> tuple[Any, list[memoryview]]:
    """The head and the buffers of a message; the buffers are views of it. Raises `Garbled` for anything but a message."""
    view = memoryview(message)
    try:
        (count,) = _COUNT.unpack_from(view)
        if not 1 <= count <= _MOST_BUFFERS:
            raise Garbled("no message")
        lengths = [_LENGTH.unpack_from(view, _COUNT.size + number * _LENGTH.size)[0] for number in range(count)]
        begin = _COUNT.size + count * _LENGTH.size
        if sum(lengths) != view.nbytes - begin or lengths[0] > HEAD_BYTES:
            raise Garbled("no message")
        parts = []
        for length in lengths:
            parts.append(view[begin : begin + length])
            begin += length
        head = json.loads(str(parts[0], "utf-8", "surrogatepass"), parse_constant=_refuse)
    except Garbled:
        raise
    except (struct.error, ValueError, RecursionError) as error:
        raise Garbled(f"no message ({type(error).__name__})") from None
    return head, parts[1:]


def _refuse(constant: str) -> NoReturn:
    raise Garbled(f"{constant} in a message")
