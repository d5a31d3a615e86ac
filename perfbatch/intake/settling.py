"""What becomes of every entry of the inbox once all are read: whose it is, and which of several under one code counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from unicodedata import normalize

from perfbatch.intake.inbox import Found
from perfbatch.intake.reading_pool import Read
from perfbatch.model.findings import SET_ASIDE
from perfbatch.model.submission import InboxEntry, Submission

__all__ = ["settle"]


def settle(found: Sequence[Found], reads: Sequence[Read]) -> tuple[tuple[InboxEntry, ...], list[Submission]]:
    """What becomes of every entry; of several workbooks under one code the newest is taken, or none (F09)."""
    entries = [_entry(one, read) for one, read in zip(found, reads, strict=True)]
    by_code: dict[str, list[int]] = defaultdict(list)
    for number, read in enumerate(reads):
        if read.submission is not None:
            # Without a code nothing tells whose it is, so nothing can replace it either.
            by_code[read.submission.budget_code or f"\0{number}"].append(number)
    submissions: list[Submission] = []
    for code, numbers in by_code.items():
        names = {_folded(reads[number].submission) for number in numbers}
        if len(names) > 1:
            for number in numbers:
                entries[number] = _set_aside(entries[number], "F09", code)
            continue
        newest = max(numbers, key=lambda number: (found[number].mtime_ns, number))
        for number in numbers:
            if number != newest:
                message = f"已由较新的 {found[newest].path} 替代"
                entries[number] = replace(entries[number], status="superseded", message=message)
        submission = reads[newest].submission
        assert submission is not None
        submissions.append(submission)
    submissions.sort(key=lambda one: (one.budget_code, one.file))
    return tuple(entries), submissions


def _folded(submission: Submission | None) -> str:
    return "".join(normalize("NFKC", submission.unit_name).split()) if submission else ""


def _entry(found: Found, read: Read) -> InboxEntry:
    submission = read.submission
    entry = InboxEntry(found.path, found.size, read.sha256, found.mtime_ns, "accepted")
    if submission is not None:
        return replace(entry, message=read.what, budget_code=submission.budget_code, unit_name=submission.unit_name)
    return _set_aside(entry, read.code, read.what)


def _set_aside(entry: InboxEntry, code: str, what: str) -> InboxEntry:
    text = SET_ASIDE[code]
    return replace(entry, status="set_aside", code=code, message=text.message.format(what=what), remedy=text.remedy)
