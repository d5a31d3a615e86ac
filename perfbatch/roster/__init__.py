"""The bureau's roster (部门名录): who is expected to report, the bureau's own control figures, its reviewers' scores."""

from perfbatch.roster.model import (
    CONTROL_FIGURES,
    MAX_UNITS,
    REVIEW_COLUMNS,
    REVIEW_SHEET,
    ROSTER_COLUMNS,
    ROSTER_SHEET,
    Roster,
    RosterEntry,
)
from perfbatch.roster.reading import read_roster

__all__ = [
    "CONTROL_FIGURES",
    "MAX_UNITS",
    "REVIEW_COLUMNS",
    "REVIEW_SHEET",
    "ROSTER_COLUMNS",
    "ROSTER_SHEET",
    "Roster",
    "RosterEntry",
    "read_roster",
]
