"""Nights that were not completed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

__all__ = ["FailedNight"]


class FailedNight(NamedTuple):
    """A night that began and replaced nothing: when it began, and its exit code, None where it was killed."""

    begun: datetime
    exit_code: int | None
