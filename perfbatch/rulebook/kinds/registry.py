"""The kinds of rules that there are: a line for each."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from perfbatch.rulebook.kinds import (
    bands,
    cases,
    checklist,
    deduct,
    judgement,
    late,
    per_case,
    proportional,
    rows,
    steps,
)
from perfbatch.rulebook.kinds.rule import ScoringRule

__all__ = ["KINDS", "Rule"]

_Any = (
    deduct.DeductRule
    | steps.StepsRule
    | proportional.ProportionalRule
    | bands.BandsRule
    | per_case.PerCaseRule
    | late.LateRule
    | checklist.ChecklistRule
    | cases.CasesRule
    | judgement.JudgementRule
    | rows.RowsRule
)

Rule = Annotated[_Any, Field(discriminator="kind")]

KINDS: tuple[type[ScoringRule], ...] = get_args(_Any)
"""In the order in which people choose among them."""
