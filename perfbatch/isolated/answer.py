"""What comes back from a worker, as the parent takes it: bytes of a kind that is known and of a size that may be, or a fault."""

from __future__ import annotations

from typing import IO, NamedTuple

from perfbatch.isolated.worker import GIVEN, HEADER, RAISED, REPLY, TOO_LARGE
from perfbatch.model.words.catalogue import worded

__all__ = ["Answer", "AnswerInvalid", "CallFault", "WorkerLost", "WorkersUnavailable", "received"]


class WorkerLost(Exception):
    """The worker died, or was killed at a limit, while it ran this request; the message says how, `late` whether at the clock."""

    def __init__(self, how: str, *, late: bool = False) -> None:
        super().__init__(how)
        self.late = late


class CallFault(Exception):
    """The task raised: the exception's type and where; the lines that follow in `way` say how it came there. Not what it says,
    for that may be a file's content."""

    def __init__(self, text: str) -> None:
        place, _, self.way = text.partition("\n")
        super().__init__(place)
        self.kind = place.partition(" ")[0]
        self.text = text


class AnswerInvalid(Exception):
    """What came back is no answer: the worker, not a file, is at fault."""


class WorkersUnavailable(Exception):
    """Workers cannot be started on this machine: no request is to blame."""


class Answer(NamedTuple):
    """What a worker gave; `fit`: whether it may be asked again."""

    content: bytes
    peak_bytes: int
    fit: bool


def received(replies: IO[bytes], most: int) -> Answer:
    """An answer of up to `most` bytes. Raises `EOFError` at its end, `OSError`, and what the answer is when it is none."""
    (size,) = HEADER.unpack(_read(replies, HEADER.size))
    if not REPLY.size <= size <= REPLY.size + most:
        raise AnswerInvalid("an answer of no possible size")
    kind, fit, peak = REPLY.unpack(_read(replies, REPLY.size))
    content = _read(replies, size - REPLY.size)
    if kind == TOO_LARGE and not content:
        raise WorkerLost(worded("process.too_much"))
    if kind == RAISED:
        raise CallFault(content.decode("utf-8", "replace"))
    if kind != GIVEN:
        raise AnswerInvalid("an answer of no kind")
    return Answer(content, peak, fit)


def _read(replies: IO[bytes], size: int) -> bytes:
    content = replies.read(size)
    if len(content) != size:
        raise EOFError
    return content
