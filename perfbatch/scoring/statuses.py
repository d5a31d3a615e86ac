"""Where the score of an indicator comes from: a place in `STATUSES`."""

from __future__ import annotations

__all__ = ["ADJUSTED", "COMPUTED", "NOT_APPLICABLE", "SELF_REPORTED", "STATUSES"]

STATUSES = ("computed", "self_reported", "not_applicable", "adjusted")
COMPUTED, SELF_REPORTED, NOT_APPLICABLE, ADJUSTED = range(len(STATUSES))
