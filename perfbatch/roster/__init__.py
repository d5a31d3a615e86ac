"""The bureau's roster (部门名录): who is expected to report, the bureau's own control figures, its reviewers' scores."""

from perfbatch.roster.model import (
    MAX_UNITS,
    REVIEW_COLUMNS,
    REVIEW_SHEET,
    ROSTER_COLUMNS,
    ROSTER_SHEET,
    WAIVER_COLUMNS,
    WAIVER_SHEET,
    Roster,
    RosterEntry,
    Waiver,
    control_figures,
    roster_columns,
)
from perfbatch.roster.reading import read_roster

__all__ = [
    "MAX_UNITS",
    "REVIEW_COLUMNS",
    "REVIEW_SHEET",
    "ROSTER_COLUMNS",
    "ROSTER_SHEET",
    "WAIVER_COLUMNS",
    "WAIVER_SHEET",
    "Roster",
    "RosterEntry",
    "Waiver",
    "control_figures",
    "read_roster",
    "roster_columns",
]
