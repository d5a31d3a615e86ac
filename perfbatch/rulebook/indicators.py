"""Indicators as data: a row of 附件3-1 each. Points, thresholds and percentages are exact `Decimal`s."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from perfbatch.rulebook.expression import parse
from perfbatch.rulebook.form import Entry
from perfbatch.rulebook.kinds.deviation import Deviation
from perfbatch.rulebook.kinds.registry import Rule
from perfbatch.rulebook.kinds.surroundings import Question
from perfbatch.rulebook.marks import Expression, GroupId, Identifier
from perfbatch.rulebook.tree import Name, leaves

__all__ = ["Indicator", "Policy", "Rule"]

Policy = Literal["manual", "full", "exclude"]


class Indicator(Entry):
    """A row of 附件3-1. `ratio` is `numerator / denominator`; the rule sees it in percent. `figure` is a figure in percent.

    With `part_of_whole` the numerator is a part of the denominator: where it is larger, that is said and scored as 100 %.
    `last_year_denominator`: the denominator is last year's, so that 0 there says nothing of this year. `over_zero` is what a
    figure over 0 means, in words. The points of an indicator that is not `editable` are fixed by the standard; those that
    are, in one subgroup, share their points and may re-cut them. `deviation` is what a figure far beyond its target costs on top
    of the rule.
    """

    id: Identifier
    name: str
    group: GroupId
    subgroup: str
    points: Annotated[Decimal, Field(gt=0)]
    standard: str
    sources: tuple[str, ...]
    ratio: Expression | None = None
    ratio_name: str = ""
    figure: Expression | None = None
    target_types: tuple[str, ...] = ()
    part_of_whole: bool = False
    last_year_denominator: bool = False
    over_zero: str = "有支出无预算"
    not_applicable: Policy | None = None
    editable: bool = False
    rule: Rule
    deviation: Deviation | None = None

    @property
    def objective(self) -> bool:
        """Whether the rulebook can compute the score; judgement cannot be."""
        return self.rule.objective

    @property
    def is_part(self) -> bool:
        """Whether the numerator is a part of the denominator; so it is where the form asks for a finding past 100 %."""
        return self.ratio is not None and (self.part_of_whole or self.rule.takes_part)

    @property
    def falls(self) -> bool:
        """Whether the points only fall as the figure rises."""
        return self.rule.falls

    @property
    def questions(self) -> tuple[tuple[str, Question], ...]:
        """The rows of the evidence table that this indicator needs, in order, by their ids."""
        return tuple((f"{self.id}.{question.row}", question) for question in self.rule.questions(self))

    @property
    def evidence_ids(self) -> tuple[str, ...]:
        """The ids of those rows."""
        return tuple(evidence_id for evidence_id, _ in self.questions)

    @property
    def expressions(self) -> tuple[str, ...]:
        """Every expression that the score hangs on, the rule's own included."""
        return (*(source for source in (self.ratio, self.figure) if source), *self.rule.sources())

    @property
    def input_ids(self) -> tuple[str, ...]:
        """The fields and evidence rows that the score needs, in the order in which they are named."""
        own = self.rule.own_names()
        names = [leaf.id for source in self.expressions for leaf in leaves(parse(source)) if isinstance(leaf, Name)]
        return self.evidence_ids or tuple(dict.fromkeys(name for name in names if name not in own))
