"""The bureau's roster (部门名录): who is expected to report, the bureau's own control figures, its reviewers' scores."""

from perfbatch.roster.model import (
    MAX_UNITS,
    OFFICE_HEADING,
    ExplanationReview,
    Roster,
    RosterEntry,
    Waiver,
    control_figures,
    review_columns,
    review_sheet,
    roster_columns,
    roster_sheet,
    verdict_columns,
    verdict_sheet,
    waiver_columns,
    waiver_sheet,
)
from perfbatch.roster.reading import read_roster, read_rosters

__all__ = [
    "MAX_UNITS",
    "OFFICE_HEADING",
    "ExplanationReview",
    "Roster",
    "RosterEntry",
    "Waiver",
    "control_figures",
    "read_roster",
    "read_rosters",
    "review_columns",
    "review_sheet",
    "roster_columns",
    "roster_sheet",
    "verdict_columns",
    "verdict_sheet",
    "waiver_columns",
    "waiver_sheet",
]
