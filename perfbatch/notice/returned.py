"""Which departments get a 退回通知: those that a file is from that could not be taken, as far as anybody can tell whose it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

from perfbatch.district.result import BatchResult
from perfbatch.model.catalogue import OURS_TO_MEND
from perfbatch.model.figures import texts
from perfbatch.model.notices import RETURN_NOTICE
from perfbatch.model.submission import InboxEntry
from perfbatch.notice.heading import NoticeHeading, dated, free_name
from perfbatch.notice.key import letter_key
from perfbatch.notice.plan import NOTICES
from perfbatch.notice.returned_letter import ReturnedFile, return_notice

__all__ = ["ReturnOrder", "plan_returned"]


@dataclass(frozen=True, slots=True)
class ReturnOrder:
    """A 退回通知 that is to be made: small, and of nothing that a department has sent but the names of its files."""

    files: tuple[ReturnedFile, ...]
    accepted: str
    heading: NoticeHeading
    key: str

    def __call__(self, path: Path) -> None:
        """Write the notice."""
        path.write_bytes(return_notice(self.files, self.heading, self.accepted))


def plan_returned(
    result: BatchResult,
    taken: Collection[str] = (),
    deadline: date | None = None,
    days: Mapping[str, date] | None = None,
    *,
    contact: str = "",
    placed: Collection[str] = (),
) -> dict[str, tuple[str, ReturnOrder]]:
    """file that was set aside → (path in the outbox, what writes it); the files of one department have one notice.

    A department has none for files that are older than a workbook of its own that was taken: it has sent them again already; nor
    for what it can do nothing about. `taken` are the paths of the night's other notices, `placed` the files that another form's
    night has given a notice for. Otherwise as `plan_notices`.
    """
    returned: dict[tuple[str, str], list[InboxEntry]] = defaultdict(list)
    accepted = _accepted(result)
    for entry in result.entries:
        if entry.status != "set_aside" or entry.code in OURS_TO_MEND or entry.path in placed:
            continue
        code, entity_title = _addressee(result, entry)
        later = accepted.get((code, entity_title))
        if (code or entity_title) and (later is None or later.modified_ns < entry.modified_ns):
            returned[code, entity_title].append(entry)
    names = {path.rpartition("/")[2].casefold() for path in taken}
    planned: dict[str, tuple[str, ReturnOrder]] = {}
    for (code, entity_title), entries in sorted(returned.items()):
        # The newest first: it is what the department remembers.
        entries.sort(key=lambda entry: (-entry.modified_ns, entry.path))
        heading = NoticeHeading(
            code,
            entity_title,
            result.started_at.date(),
            deadline,
            form_title=result.rulebook.title,
            issuer=result.rulebook.issuer,
            contact=contact,
            key_label=result.rulebook.key_label,
        )
        stands = accepted.get((code, entity_title))
        order = _order(result, entries, _name(stands) if stands else "", heading, names, days or {})
        planned |= dict.fromkeys((entry.path for entry in entries), order)
    return planned


def _order(
    result: BatchResult,
    entries: Sequence[InboxEntry],
    accepted: str,
    heading: NoticeHeading,
    names: set[str],
    days: Mapping[str, date],
) -> tuple[str, ReturnOrder]:
    name = free_name(heading.entity_code, heading.entity_title, names, kind=RETURN_NOTICE)
    files = tuple(
        ReturnedFile(
            _name(entry),
            result.arrivals.of_file(entry, result.started_at).date(),
            entry.code,
            entry.message,
            entry.remedy,
        )
        for entry in entries
    )
    key = letter_key(
        name,
        [(accepted,), *((*astuple(file), entry.sha256) for file, entry in zip(files, entries, strict=True))],
        heading,
    )
    return f"{NOTICES}/{result.rulebook.id}/{name}", ReturnOrder(files, accepted, dated(heading, key, days), key)


def _addressee(result: BatchResult, entry: InboxEntry) -> tuple[str, str]:
    """Code and name of the department that an entry is from; both "" where nobody can tell."""
    code = result.senders.of(entry)
    known = result.senders.names.get(code, "")
    if code == entry.entity_code and entry.entity_title:
        # Of a code that two claim (F09), each is written to under the name that it gave.
        return code, entry.entity_title
    return code, known or entry.entity_title


def _accepted(result: BatchResult) -> dict[tuple[str, str], InboxEntry]:
    """Code and name of a department → its workbook that was taken; by the name that it is known under, and the one it gave."""
    of_path = {entry.path: entry for entry in result.entries}
    frame, accepted = result.departments, dict[tuple[str, str], InboxEntry]()
    for code, entity_title, file in zip(
        *(texts(frame[name]) for name in ("entity_code", "entity_title", "file")), strict=True
    ):
        if code and file in of_path:
            accepted[code, entity_title] = of_path[file]
            accepted[code, result.senders.names.get(code, entity_title)] = of_path[file]
    return accepted


def _name(entry: InboxEntry) -> str:
    """What the department calls the file: the folder that the bureau has put it into says nothing to it."""
    return entry.path.rpartition("/")[2]
