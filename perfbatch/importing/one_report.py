"""One report in a process of its own: a Word file's bytes → the filled form and the protocol, or why not.

A request is a message: the limits and the report's name at its head, the rulebook and the report as its buffers. The answer's head
says what came of it (`REFUSED` reasons, or "") and how many fields are sure, to be checked, missing; its buffers are the two
workbooks.
"""

from __future__ import annotations

from typing import NamedTuple

from perfbatch.isolated.worker import Turns
from perfbatch.model.limits import Limits
from perfbatch.model.message import Garbled, packed, unpacked
from perfbatch.model.plain import shape_of
from perfbatch.rulebook.data import rulebook_of

__all__ = ["TASKS", "Imported", "imported_in", "request_to_import"]

_REQUEST = shape_of(tuple[Limits, str])
_ANSWER = shape_of(tuple[str, tuple[int, int, int]])
_VERDICTS = ("sure", "check", "missing")


class Imported(NamedTuple):
    """What came of a report: the form filled and the protocol, and how many cells are sure, are to be checked, and how many fields
    were not found; or the `reason` why nothing did (see `ReportRefused`)."""

    reason: str
    form: bytes = b""
    protocol: bytes = b""
    sure: int = 0
    check: int = 0
    missing: int = 0


def request_to_import(content: bytes, name: str, rulebook: bytes, limits: Limits) -> bytes:
    """A request for `import_report`. `rulebook` is `rulebook_data`'s."""
    return packed(_REQUEST.write((limits, name)), [rulebook, content])


def imported_in(answer: bytes) -> Imported:
    """What an answer says. Raises `Garbled`."""
    head, buffers = unpacked(answer)
    reason, counts = _ANSWER.read(head)
    if reason:
        return Imported(reason)
    if len(buffers) != 2:
        raise Garbled("no two workbooks")
    return Imported("", bytes(buffers[0]), bytes(buffers[1]), *counts)


def _import_report(request: memoryview, turns: Turns) -> bytes:
    head, (rulebook_message, content) = unpacked(request)
    limits, name = _REQUEST.read(head)
    rulebook = rulebook_of(bytes(rulebook_message))
    turns.begin()
    from perfbatch.importing.protocol import protocol_content
    from perfbatch.importing.reading import filled_from
    from perfbatch.importing.word_report import ReportRefused, read_word_report
    from perfbatch.template import DEFAULT_UNITS
    from perfbatch.template.refill import NotRefillable, refill

    try:
        filling = filled_from(read_word_report(bytes(content), limits), rulebook)
        made = refill(rulebook, filling.typed_form(), units=DEFAULT_UNITS)
    except ReportRefused as refused:
        return packed(_ANSWER.write((refused.reason, (0, 0, 0))))
    except NotRefillable:
        return packed(_ANSWER.write(("large", (0, 0, 0))))
    entries = list(filling.entries())
    protocol = protocol_content(entries, rulebook, name)
    counts = tuple(sum(entry.verdict == verdict for entry in entries) for verdict in _VERDICTS)
    return packed(_ANSWER.write(("", counts)), [made.content, protocol])


TASKS = {"import_report": _import_report}
"""What a process that imports can be asked for."""
