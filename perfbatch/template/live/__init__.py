"""Live checks and scores inside the workbook: the rulebook's own rules as formulas, so that the accountant sees at once
what the night would find.

`leaves` reads each input cell into whole numbers on a hidden sheet, `scope` says what a name means in a row, `scores`
computes the indicators, `checks` lists the verdicts on the sheet 校验, and `sheets` writes all of it.
"""

from perfbatch.template.live.checks import CHECK_SHEET, LiveCheck
from perfbatch.template.live.leaves import LIVE_SHEET
from perfbatch.template.live.sheets import LivePlan, plan_live, write_live

__all__ = ["CHECK_SHEET", "LIVE_SHEET", "LiveCheck", "LivePlan", "plan_live", "write_live"]
