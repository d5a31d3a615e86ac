"""What becomes of every entry of the inbox once all are read: whose it is, and which of several under one code counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from unicodedata import normalize

from perfbatch.intake.inbox import Found
from perfbatch.intake.reading import Remark, finding_of
from perfbatch.intake.reading_pool import Read
from perfbatch.model.catalogue import set_aside_words
from perfbatch.model.submission import Fact, InboxEntry, State, Submission
from perfbatch.rulebook.form import FormField
from perfbatch.rulebook.roles import Entity

__all__ = ["settle"]

# What is said of a code or a name names them itself.
_NO_FIELD = FormField.model_construct(id="", label="", personal=False)


def settle(
    files: Sequence[Found],
    reads: Sequence[Read],
    roster: Mapping[str, str] | None = None,
    entity: Entity | None = None,
) -> tuple[tuple[InboxEntry, ...], list[Submission]]:
    """What becomes of every entry of one form; of several workbooks under one code the newest is taken, or none (F09). `entity`
    says which fields code and name stand in.

    With a roster (budget code → name) a department that states a code nobody has is known by its name, and has the roster's code from then on. Where
    one code is claimed under two names the roster decides, if it knows one of them.
    """
    known = _Known(roster, entity or Entity())
    submissions_read = [known.placed(read.submission) if read.submission is not None else None for read in reads]
    entries = [
        _entry(file, read, submission) for file, read, submission in zip(files, reads, submissions_read, strict=True)
    ]
    by_code: dict[str, list[int]] = defaultdict(list)
    for number, submission in enumerate(submissions_read):
        if submission is not None and not (submission.entity_code or submission.entity_title):
            entries[number] = _set_aside(entries[number], "F12", "")
        elif submission is not None:
            # Without a code nothing tells whose it is, so nothing can replace it either.
            by_code[submission.entity_code or f"\0{number}"].append(number)
    submissions: list[Submission] = []
    for code, numbers in by_code.items():
        right = [number for number in numbers if known.is_right(submissions_read[number])]
        names = {_folded(submissions_read[number]) for number in numbers}
        if len(names) > 1:
            for number in numbers:
                if number not in right:
                    entries[number] = _set_aside(entries[number], "F09", code)
            numbers = right
        if not numbers:
            continue
        newest = max(numbers, key=lambda number: (files[number].mtime_ns, number))
        for number in numbers:
            if number != newest:
                message = f"已由新报文件 {files[newest].path} 替代"
                entries[number] = replace(entries[number], status="superseded", message=message)
        submission = submissions_read[newest]
        assert submission is not None
        submissions.append(known.named(submission))
    submissions.sort(key=lambda submission: (submission.entity_code, submission.file))
    return tuple(entries), submissions


class _Known:
    """The roster's departments by code and by name; nobody without a roster."""

    def __init__(self, roster: Mapping[str, str] | None, entity: Entity) -> None:
        self._names = roster or {}
        self._entity = entity
        codes: dict[str, list[str]] = defaultdict(list)
        for code, name in self._names.items():
            codes[_plain(name)].append(code)
        # A name that two departments share tells nobody.
        self._code_of = {name: sharing[0] for name, sharing in codes.items() if name and len(sharing) == 1}

    def placed(self, submission: Submission) -> Submission:
        """The submission under the roster's code, where it states none of the roster's and its name is known."""
        code = self._code_of.get(_folded(submission))
        if submission.entity_code in self._names or code is None:
            return submission
        remark = Remark("C19", {"typed": submission.entity_code or "（未填）", "expected": code}, expected=code)
        return _told(_under(submission, code), remark, self._entity.key[-1])

    def is_right(self, submission: Submission | None) -> bool:
        """Whether code and name are those of one department of the roster."""
        name = self._names.get(submission.entity_code) if submission else None
        return name is not None and _folded(submission) == _plain(name)

    def named(self, submission: Submission) -> Submission:
        """The submission, with a word where the roster knows its code under another name."""
        name = self._names.get(submission.entity_code)
        if name is None or _folded(submission) in ("", _plain(name)):
            return submission
        remark = Remark("C20", {"typed": submission.entity_title, "expected": name}, expected=name)
        return _told(submission, remark, self._entity.name)


def _under(submission: Submission, code: str) -> Submission:
    findings = tuple(replace(finding, entity_code=code) for finding in submission.findings)
    return replace(submission, entity_code=code, findings=findings)


def _told(submission: Submission, remark: Remark, field_id: str) -> Submission:
    """The submission with one finding more, at the first cell of a field."""
    column = submission.columns.get(field_id)
    fact = column.fact(field_id, 0) if column is not None else Fact(field_id, 0, State.BLANK, None, 0, "", "")
    finding = finding_of(remark, _NO_FIELD, fact, submission.file, submission.entity_code)
    return replace(submission, findings=(*submission.findings, replace(finding, field=field_id)))


def _folded(submission: Submission | None) -> str:
    return _plain(submission.entity_title) if submission else ""


def _plain(name: str) -> str:
    return "".join(normalize("NFKC", name).split())


def _entry(file: Found, read: Read, submission: Submission | None) -> InboxEntry:
    entry = InboxEntry(file.path, file.size, read.sha256, file.mtime_ns, "accepted")
    if submission is not None:
        return replace(
            entry, message=read.what, entity_code=submission.entity_code, entity_title=submission.entity_title
        )
    return _set_aside(entry, read.code, read.what)


def _set_aside(entry: InboxEntry, code: str, what: str) -> InboxEntry:
    message, remedy = set_aside_words(code, what)
    return replace(entry, status="set_aside", code=code, message=message, remedy=remedy)
