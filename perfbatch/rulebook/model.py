"""The frozen models of a rulebook: sections and fields, checks, indicators with their rules, grades.

Shapes follow the form (附件2-1 and 附件3-1): a *section* is a sheet, a *block* a part of it, a *field* an input cell or a
column of input cells. Unknown keys are refused everywhere. Points, thresholds and percentages are exact `Decimal`s;
what a model cannot see by itself (an id that no field has, points that do not add up) is `lint.py`'s matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "AmountColumn",
    "Band",
    "BandsRule",
    "Block",
    "CardBlock",
    "Case",
    "CasesRule",
    "Check",
    "ChecklistItem",
    "ChecklistRule",
    "DeductRule",
    "Domain",
    "EvidenceBlock",
    "FieldKind",
    "FormField",
    "Grade",
    "Group",
    "Indicator",
    "JudgementRule",
    "Kind",
    "PerCaseRule",
    "PresetRow",
    "RowsBlock",
    "Rule",
    "Rulebook",
    "ScorecardBlock",
    "Section",
    "SignatureBlock",
    "UnitTableBlock",
]

FieldKind = Literal[
    "text", "longtext", "code", "year", "date", "choice", "amount", "count", "area", "score", "percent", "id"
]
Scope = Literal["department", "unit", "item", "target"]
Reading = Literal["pro_rata", "whole", "ceil"]
Policy = Literal["manual", "full", "exclude"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Model(BaseModel):
    """Frozen, and strict about what it does not know: a misspelt key must fail the load, not be passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(_Model):
    """What holds for every field of a kind: unit, bounds (in that unit), decimals kept, rounding step, number format."""

    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = Field(default=0, ge=0, le=6)
    step: Decimal | None = None
    max_length: int | None = None
    number_format: str = "General"
    help: str = ""


class FormField(_Model):
    """An input cell, or a column of input cells, named by its id (DOMAIN §2)."""

    id: Identifier
    label: str
    kind: FieldKind
    unit: str | None = None
    required: bool = False
    signed: bool = False
    personal: bool = False
    fixed: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int | None = None
    choices: tuple[str, ...] = ()
    help: str = ""


class AmountColumn(FormField):
    """A column of a unit table; `under` is the path of merged headers above it, `parts` the columns that it totals."""

    under: tuple[str, ...] = ()
    parts: tuple[Identifier, ...] = ()


class PresetRow(_Model):
    """Rows that the blank form comes with: the value printed in a column, how often, and the headings left of it."""

    value: str
    count: int = Field(default=1, ge=1)
    heading: str = ""


class CardBlock(_Model):
    """Label–value cells; `columns` pairs stand side by side unless a field is a long text."""

    layout: Literal["card"]
    title: str = ""
    columns: int = Field(default=2, ge=1, le=3)
    fields: tuple[FormField, ...]


class UnitTableBlock(_Model):
    """One row per unit: 汇总, 局机关, then the subordinate units."""

    layout: Literal["unit_table"]
    id: Identifier
    title: str
    fields: tuple[AmountColumn, ...]


class RowsBlock(_Model):
    """A table of as many rows as the form prints (指标, 评价人员)."""

    layout: Literal["rows"]
    id: Identifier
    title: str
    fields: tuple[FormField, ...]
    preset_column: Identifier | None = None
    preset_rows: tuple[PresetRow, ...] = ()
    blank_rows: int = 0


class ScorecardBlock(_Model):
    """附件3-1: a row per indicator; the rows come from the rulebook's indicators."""

    layout: Literal["scorecard"]
    title: str
    fields: tuple[FormField, ...]
    total: FormField
    note: str = ""


class EvidenceBlock(_Model):
    """Checklist answers (是/否) and counts behind indicators; the rows come from the indicators' rules."""

    layout: Literal["evidence"]
    title: str
    fields: tuple[FormField, ...]
    yes: str
    no: str


class SignatureBlock(_Model):
    """Printed lines to sign by hand; no input cells."""

    layout: Literal["signature"]
    lines: tuple[str, ...]


Block = Annotated[
    CardBlock | UnitTableBlock | RowsBlock | ScorecardBlock | EvidenceBlock | SignatureBlock,
    Field(discriminator="layout"),
]


class Section(_Model):
    """A sheet of the workbook."""

    id: Identifier
    sheet: Annotated[str, Field(min_length=1, max_length=31)]
    title: str
    intro: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


class Check(_Model):
    """An identity (勾稽关系) or a plausibility rule; `holds` must be true wherever `when` is.

    `each` repeats the check for every field id listed, put in place of the name `each`; `each_table` does so for every
    amount column of the tables named, `each_total` for every total of them (names `total`, `parts`: their sum),
    `each_part` for every part of every total (names `total`, `parts`, `part`).
    """

    id: str
    code: Annotated[str, Field(pattern=r"^[RC]\d\d$")]
    title: str
    scope: Scope
    severity: Literal["error", "warning", "info"]
    holds: str
    when: str | None = None
    at: str | None = None
    tolerance: Literal["interval", "exact"] = "interval"
    expected: str | None = None
    each: tuple[str, ...] = ()
    each_table: tuple[Identifier, ...] = ()
    each_total: tuple[Identifier, ...] = ()
    each_part: tuple[Identifier, ...] = ()
    message: str
    remedy: str
    source: str = ""


class Domain(_Model):
    """Where a rule says something at all; `None` is unbounded. A figure outside it is scored by a person."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None


class Band(_Model):
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


class DeductRule(_Model):
    """Full points up to (or from) a threshold, then `per_point` off for every percentage point past it, down to 0."""

    kind: Literal["deduct"]
    side: Literal["above", "below"]
    threshold: Decimal
    per_point: Annotated[Decimal, Field(gt=0)]
    reading: Reading = "pro_rata"
    other_side: Literal["full", "finding"] = "full"


class BandsRule(_Model):
    """Points by the band that the figure falls into."""

    kind: Literal["bands"]
    domain: Domain = Domain()
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]


class PerCaseRule(_Model):
    """`per_case` off for every case counted, down to 0. `count` is a field id, or `breaches` for the evidence row."""

    kind: Literal["per_case"]
    count: str
    per_case: Annotated[Decimal, Field(gt=0)]
    question: str = ""


class ChecklistItem(_Model):
    """A question answered 是 or 否, and what 是 earns."""

    id: Annotated[str, Field(pattern=r"^\d+$")]
    text: str
    points: Annotated[Decimal, Field(gt=0)]


class ChecklistRule(_Model):
    """The points of the items answered 是."""

    kind: Literal["checklist"]
    items: Annotated[tuple[ChecklistItem, ...], Field(min_length=1)]


class Case(_Model):
    """The first case whose condition holds gives the points."""

    when: str
    points: Decimal
    text: str = ""


class CasesRule(_Model):
    """Conditions in order over named figures (`labels`: what people call them); where none holds the form says nothing, and a person scores."""

    kind: Literal["cases"]
    let: dict[Identifier, str] = {}
    labels: dict[Identifier, str] = {}
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]


class JudgementRule(_Model):
    """Scored by people: the self-score stands until the bureau's reviewer enters another."""

    kind: Literal["judgement"]
    basis: str


Rule = Annotated[
    DeductRule | BandsRule | PerCaseRule | ChecklistRule | CasesRule | JudgementRule, Field(discriminator="kind")
]


class Indicator(_Model):
    """A row of 附件3-1. `ratio` is `numerator / denominator`; the rule sees it in percent. `figure` is a figure in percent."""

    id: Identifier
    name: str
    group: Identifier
    subgroup: str
    points: Annotated[Decimal, Field(gt=0)]
    standard: str
    sources: tuple[str, ...]
    ratio: str | None = None
    ratio_name: str = ""
    figure: str | None = None
    target_types: tuple[str, ...] = ()
    not_applicable: Policy | None = None
    editable: bool = False
    rule: Rule

    @property
    def objective(self) -> bool:
        """Whether the rulebook can compute the score; judgement cannot be."""
        return not isinstance(self.rule, JudgementRule)

    @property
    def evidence_ids(self) -> tuple[str, ...]:
        """The rows of the evidence table that this indicator needs, in order."""
        if isinstance(self.rule, ChecklistRule):
            return tuple(f"{self.id}.{item.id}" for item in self.rule.items)
        if isinstance(self.rule, PerCaseRule) and self.rule.count == "breaches":
            return (f"{self.id}.breaches",)
        return ()


class Group(_Model):
    """A level-1 group (一级指标) and the points that its indicators share."""

    id: Identifier
    name: str
    points: Annotated[Decimal, Field(gt=0)]


class Grade(_Model):
    """评价等次: from `minimum` (in it) up to `below` (not in it); `None` is unbounded."""

    name: str
    minimum: Decimal | None = None
    below: Decimal | None = None


class Rulebook(_Model):
    """One form of one year."""

    id: str
    title: str
    district: str
    issuer: str
    form_id: Identifier
    form_version: str
    fiscal_year: int
    source: str
    total_points: Decimal
    not_applicable: Policy
    unit_rows: tuple[str, str, str]
    kinds: dict[FieldKind, Kind]
    sections: tuple[Section, ...]
    groups: tuple[Group, ...]
    indicators: tuple[Indicator, ...]
    grades: tuple[Grade, ...]
    checks: tuple[Check, ...]

    @model_validator(mode="after")
    def _unique_ids(self) -> Rulebook:
        named = {
            "section": [section.id for section in self.sections],
            "sheet": [section.sheet for section in self.sections],
            "field": [field.id for field in self.fields()],
            "group": [group.id for group in self.groups],
            "indicator": [indicator.id for indicator in self.indicators],
            "grade": [grade.name for grade in self.grades],
            "check": [check.id for check in self.checks],
        }
        for what, ids in named.items():
            twice = sorted({one for one in ids if ids.count(one) > 1})
            if twice:
                raise ValueError(f"duplicate {what}: {', '.join(twice)}")
        return self

    def blocks(self) -> Iterator[tuple[Section, Block]]:
        """Every block with its section, in the order of the form."""
        for section in self.sections:
            for block in section.blocks:
                yield section, block

    def fields(self) -> Iterator[FormField]:
        """Every field of the form, in order; a column once."""
        for _, block in self.blocks():
            if isinstance(block, SignatureBlock):
                continue
            yield from block.fields
            if isinstance(block, ScorecardBlock):
                yield block.total

    @cached_property
    def field_by_id(self) -> dict[str, FormField]:
        """Field id → field."""
        return {field.id: field for field in self.fields()}

    @cached_property
    def indicator_by_id(self) -> dict[str, Indicator]:
        """Indicator id → indicator."""
        return {indicator.id: indicator for indicator in self.indicators}

    @cached_property
    def unit_tables(self) -> dict[str, UnitTableBlock]:
        """Table id → table, for the tables with a row per unit."""
        return {block.id: block for _, block in self.blocks() if isinstance(block, UnitTableBlock)}

    @cached_property
    def siblings(self) -> dict[str, tuple[str, ...]]:
        """Part id → all parts of the total it belongs to (itself among them)."""
        return {
            part: column.parts
            for table in self.unit_tables.values()
            for column in table.fields
            for part in column.parts
        }

    @cached_property
    def evidence_block(self) -> EvidenceBlock | None:
        """The block that holds the evidence answers, where the form has one."""
        return next((block for _, block in self.blocks() if isinstance(block, EvidenceBlock)), None)

    def kind_of(self, field: FormField) -> Kind:
        """The field's kind with the field's own unit and bounds laid over it."""
        kind = self.kinds[field.kind]
        changes: dict[str, object] = {
            name: value
            for name in ("unit", "minimum", "maximum", "max_length")
            if (value := getattr(field, name)) is not None
        }
        if field.signed and field.minimum is None:
            changes["minimum"] = None if kind.maximum is None else -kind.maximum
        return kind.model_copy(update=changes) if changes else kind
