"""What a notice is made of, as one hash: two notices under one key say the same of the same workbook, but for the day."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from operator import attrgetter

from perfbatch.kept.program import program_key
from perfbatch.model.findings import Finding
from perfbatch.notice import NoticeHeading

__all__ = ["letter_key", "notice_key"]

# All but `file`: a notice does not say where its workbook lies in the inbox, so that a moved one has the same notice.
_FACTS = attrgetter(*(field.name for field in dataclasses.fields(Finding) if field.name != "file"))
_HEAD = attrgetter(
    *(field.name for field in dataclasses.fields(NoticeHeading) if field.name not in ("run_date", "points_at_risk"))
)


def notice_key(name: str, sha256: str, findings: Sequence[Finding], heading: NoticeHeading, form: str = "") -> str:
    """The key, a SHA-256 in hex, of the notice of this file name: these findings on the workbook of this SHA-256.

    The day that the heading gives is no part of it, nor is the folder that the notice lies in. `form`: the SHA-256 of the rulebook, where its form is filled anew.
    """
    points = heading.points_at_risk
    facts = [(*_FACTS(finding), str(points.get(finding, ""))) for finding in findings]
    return _hash(name, sha256, facts, _HEAD(heading), form)


def letter_key(name: str, said_of: Sequence[Sequence[object]], heading: NoticeHeading) -> str:
    """The key of a notice that no workbook stands behind: what it says of each thing, and of them all."""
    return _hash(name, said_of, _HEAD(heading))


def _hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps((program_key(), *parts), default=str).encode("ascii")).hexdigest()
