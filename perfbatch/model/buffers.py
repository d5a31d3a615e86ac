"""Columns of numbers and of texts as plain bytes, and back: numbers of one size each, the least significant byte first."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from typing import Literal

from perfbatch.model.message import Garbled

__all__ = ["numbers_as_bytes", "numbers_in", "texts_as_bytes", "texts_in"]

Code = Literal["q", "Q", "H", "I"]
"""What a number is, in the letters of `array`: 64 bits with and without a sign, 16 and 32 without."""


def numbers_as_bytes(code: Code, numbers: Sequence[int]) -> bytes:
    """A column of numbers. Raises `OverflowError` for one that does not fit."""
    column = array(code, numbers)
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()


def numbers_in(code: Code, buffer: memoryview) -> memoryview:
    """The numbers of a column, as they lie there. Raises `Garbled` where there is half a number."""
    if buffer.nbytes % array(code).itemsize:
        raise Garbled("half a number")
    if sys.byteorder == "big":
        column = array(code, buffer.tobytes())
        column.byteswap()
        return memoryview(column)
    return buffer.cast("B").cast(code)


def texts_as_bytes(texts: Sequence[str]) -> tuple[bytes, bytes]:
    """A column of texts: how many characters each has, and all of them together."""
    return numbers_as_bytes("I", list(map(len, texts))), "".join(texts).encode("utf-8", "surrogatepass")


def texts_in(lengths: memoryview, characters: memoryview) -> tuple[str, ...]:
    """The texts of a column. Raises `Garbled` where the two do not fit together."""
    try:
        whole = str(characters, "utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise Garbled("no text") from None
    texts, begin = list[str](), 0
    for length in numbers_in("I", lengths):
        texts.append(whole[begin : begin + length])
        begin += length
    if begin != len(whole):
        raise Garbled("texts of other lengths")
    return tuple(texts)
