"""Live checks and scores inside the workbook: the rulebook's own rules as formulas, so that the accountant sees at once
what the night would find.

`leaves` reads each input cell into whole numbers on a hidden sheet, `scope` says what a name means in a row, `scores`
computes the indicators, `checks` lists the verdicts on the sheet 校验, `continuation` has the sheet 续页 for texts longer than their
place, and `sheets` writes all the rest.
"""

from perfbatch.template.live.checks import CHECK_SHEET, LiveCheck
from perfbatch.template.live.continuation import long_texts, write_continuation
from perfbatch.template.live.leaves import LIVE_SHEET
from perfbatch.template.live.sheets import LivePlan, plan_live, write_live

__all__ = [
    "CHECK_SHEET",
    "LIVE_SHEET",
    "LiveCheck",
    "LivePlan",
    "long_texts",
    "plan_live",
    "write_continuation",
    "write_live",
]
