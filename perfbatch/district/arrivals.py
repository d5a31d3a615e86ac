"""When a file of the inbox came in."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, datetime, timedelta

from perfbatch.model.submission import InboxEntry

__all__ = ["modified"]


def modified(entry: InboxEntry, clock: datetime) -> datetime:
    """When a file was last modified, to the second, in the time zone of `clock`; in the first or the last year that has dates where
    its time lies outside of them (a file system holds years past 9999)."""
    epoch = datetime.fromtimestamp(0, clock.tzinfo)
    since = entry.modified_ns // 1_000_000_000
    try:
        return epoch + timedelta(seconds=since)
    except OverflowError:
        return epoch.replace(year=MAXYEAR if since > 0 else MINYEAR)
