"""Indicators and their rules as data: a row of 附件3-1 each. Points, thresholds and percentages are exact `Decimal`s."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from perfbatch.rulebook.form import Entry, Model
from perfbatch.rulebook.marks import Expression, GroupId, Identifier

__all__ = [
    "Band",
    "BandsRule",
    "Case",
    "CasesRule",
    "ChecklistItem",
    "ChecklistRule",
    "DeductRule",
    "Domain",
    "Indicator",
    "JudgementRule",
    "PerCaseRule",
    "Policy",
    "Rule",
]

Reading = Literal["pro_rata", "whole", "ceil"]
Policy = Literal["manual", "full", "exclude"]


class Domain(Model):
    """Where a rule says something at all; `None` is unbounded. A figure outside it is scored by a person."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None


class Band(Model):
    """A band of a figure: `minimum`/`maximum` belong to it, `above`/`below` do not."""

    minimum: Decimal | None = None
    above: Decimal | None = None
    maximum: Decimal | None = None
    below: Decimal | None = None
    points: Decimal

    @model_validator(mode="after")
    def _one_bound_a_side(self) -> Band:
        if self.minimum is not None and self.above is not None:
            raise ValueError("a band has either minimum or above, not both")
        if self.maximum is not None and self.below is not None:
            raise ValueError("a band has either maximum or below, not both")
        return self


class DeductRule(Model):
    """Full points up to (or from) a threshold, then `per_point` off for every percentage point past it, down to 0."""

    kind: Literal["deduct"]
    side: Literal["above", "below"]
    threshold: Decimal
    per_point: Annotated[Decimal, Field(gt=0)]
    reading: Reading = "pro_rata"
    other_side: Literal["full", "finding"] = "full"


class BandsRule(Model):
    """Points by the band that the figure falls into."""

    kind: Literal["bands"]
    # Not made here: the first instance builds validators, and a reading process is to do without any.
    domain: Domain = Field(default_factory=Domain)
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]


class PerCaseRule(Model):
    """`per_case` off for every case counted, down to 0. `count` is a field id, or `breaches` for the evidence row; `whole`
    is the field that counts all of them. With `none_is_zero` a stated none (无) counts 0 cases."""

    kind: Literal["per_case"]
    count: Expression
    whole: Expression | None = None
    none_is_zero: bool = True
    per_case: Annotated[Decimal, Field(gt=0)]
    question: str = ""


class ChecklistItem(Model):
    """A question answered 是 or 否, and what 是 earns."""

    id: Annotated[str, Field(pattern=r"^\d+$")]
    text: str
    points: Annotated[Decimal, Field(gt=0)]


class ChecklistRule(Model):
    """The points of the items answered 是."""

    kind: Literal["checklist"]
    items: Annotated[tuple[ChecklistItem, ...], Field(min_length=1)]


class Case(Model):
    """The first case whose condition holds gives the points."""

    when: Expression
    points: Decimal
    text: str = ""


class CasesRule(Model):
    """Conditions in order over named figures (`labels`: what people call them); where none holds the form says nothing, and a person scores."""

    kind: Literal["cases"]
    let: dict[Identifier, Expression] = Field(default_factory=dict)
    labels: dict[Identifier, str] = Field(default_factory=dict)
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]


class JudgementRule(Model):
    """Scored by people: the self-score stands until the bureau's reviewer enters another."""

    kind: Literal["judgement"]
    basis: str


Rule = Annotated[
    DeductRule | BandsRule | PerCaseRule | ChecklistRule | CasesRule | JudgementRule, Field(discriminator="kind")
]


class Indicator(Entry):
    """A row of 附件3-1. `ratio` is `numerator / denominator`; the rule sees it in percent. `figure` is a figure in percent.

    With `part_of_whole` the numerator is a part of the denominator: where it is larger, that is said and scored as 100 %.
    `last_year_denominator`: the denominator is last year's, so that 0 there says nothing of this year. `over_zero` is what a
    figure over 0 means, in words. The points of an indicator that is not `editable` are fixed by the standard; those that
    are, in one subgroup, share their points and may re-cut them.
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

    @property
    def objective(self) -> bool:
        """Whether the rulebook can compute the score; judgement cannot be."""
        return not isinstance(self.rule, JudgementRule)

    @property
    def is_part(self) -> bool:
        """Whether the numerator is a part of the denominator; so it is where the form asks for a finding past 100 %."""
        asked = isinstance(self.rule, DeductRule) and self.rule.other_side == "finding" and self.rule.threshold == 100
        return self.ratio is not None and (self.part_of_whole or asked)

    @property
    def falls(self) -> bool:
        """Whether the points only fall as the figure rises."""
        rule = self.rule
        if isinstance(rule, BandsRule):
            lowest = [band.minimum if band.minimum is not None else band.above for band in rule.bands]
            # A band from a minimum lies below one from just above it.
            order = sorted(
                range(len(lowest)),
                key=lambda at: (lowest[at] is not None, lowest[at] or 0, rule.bands[at].minimum is None),
            )
            points = [rule.bands[at].points for at in order]
            return points == sorted(points, reverse=True) and points[-1] < points[0]
        return isinstance(rule, DeductRule) and rule.side == "above"

    @property
    def evidence_ids(self) -> tuple[str, ...]:
        """The rows of the evidence table that this indicator needs, in order."""
        if isinstance(self.rule, ChecklistRule):
            return tuple(f"{self.id}.{item.id}" for item in self.rule.items)
        if isinstance(self.rule, PerCaseRule) and self.rule.count == "breaches":
            return (f"{self.id}.breaches",)
        return ()
