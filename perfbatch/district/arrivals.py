"""When a report came in (送达时间): when its file was last modified, or when a night first saw it, whichever is earlier.

A modification time alone says too little: copying an inbox, or saving a file over, makes a report of July one of September. On a
season's first night there is nothing to go by but that time, and what lies there may have lain there for long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, datetime, timedelta

from perfbatch.model.submission import InboxEntry

__all__ = ["Arrivals", "FileSeen", "seen"]

FileSeen = tuple[str, str]
"""A file by its name, without its folders, and the SHA-256 of its content: it may be moved, and is another one once it changed."""


@dataclass(frozen=True)
class Arrivals:
    """What the nights of a season have seen before tonight. `departments`: code → its name, and when the first report of it that
    could be read came in; `files`: when a file came in that could not be read."""

    departments: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    files: Mapping[FileSeen, datetime] = field(default_factory=dict)
    first_night: bool = True

    def of_file(self, entry: InboxEntry, tonight: datetime) -> datetime:
        """When a file came in, as the clock of `tonight` shows it, where the night began at that moment."""
        changed = _modified(entry, tonight)
        if self.first_night:
            return changed
        return min(changed, self._shown(self.files.get(seen(entry), tonight), tonight))

    def of_departments(self, entries: Iterable[InboxEntry], tonight: datetime) -> dict[str, datetime]:
        """Code → when the first report of a department came in that could be read: what follows corrects it, also in its place.
        Those of which tonight has one."""
        arrived: dict[str, datetime] = {}
        for entry in entries:
            code = entry.entity_code
            if entry.status == "set_aside" or not code:
                continue
            moments = [self.of_file(entry, tonight)]
            if code in arrived:
                moments.append(arrived[code])
            elif code in self.departments:
                moments.append(self._shown(self.departments[code][1], tonight))
            arrived[code] = min(moments)
        return arrived

    @staticmethod
    def _shown(moment: datetime, tonight: datetime) -> datetime:
        """A moment of another night by tonight's clock, which may be that of another time zone."""
        try:
            return moment.astimezone(tonight.tzinfo)
        except OverflowError:
            # At the ends of the calendar there is no other zone.
            return moment


def seen(entry: InboxEntry) -> FileSeen:
    """How a file is known again."""
    return entry.path.rpartition("/")[2], entry.sha256


def _modified(entry: InboxEntry, tonight: datetime) -> datetime:
    """When a file was last modified, to the second; in the first or the last year that has dates where its time lies outside of
    them (a file system holds years past 9999)."""
    epoch = datetime.fromtimestamp(0, tonight.tzinfo or tonight.astimezone().tzinfo)
    since = entry.modified_ns // 1_000_000_000
    try:
        return epoch + timedelta(seconds=since)
    except OverflowError:
        return epoch.replace(year=MAXYEAR if since > 0 else MINYEAR)
