"""The form as data: sections (sheets), blocks, fields and their kinds. Shapes follow 附件2-1 and 附件3-1."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from perfbatch.rulebook.marks import FieldId, Identifier

__all__ = [
    "AmountColumn",
    "Block",
    "CardBlock",
    "Entry",
    "EvidenceBlock",
    "FieldKind",
    "FormField",
    "Identifier",
    "Kind",
    "Model",
    "PresetRow",
    "RowsBlock",
    "ScorecardBlock",
    "Section",
    "SignatureBlock",
    "UnitTableBlock",
]

FieldKind = Literal[
    "text", "longtext", "code", "year", "date", "choice", "amount", "count", "area", "score", "percent", "id"
]


class Model(BaseModel):
    """Frozen, and strict about what it does not know: a misspelt key must fail the load, not be passed over."""

    # Built when something is first validated: a reading process only takes models that are.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Entry(Model):
    """A part of the rulebook that may say where it comes from: the clause of the form, the notice of the year."""

    source: str = ""


class Kind(Model):
    """What holds for every field of a kind: unit, bounds (in that unit), decimals kept, rounding step, number format."""

    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = Field(default=0, ge=0, le=6)
    step: Decimal | None = None
    max_length: int | None = None
    number_format: str = "General"
    help: str = ""


class FormField(Entry):
    """An input cell, or a column of input cells, named by its id (DOMAIN §2). `since` is the revision of the form that
    brought it: a workbook made before has no such cell, and nothing is wrong with that."""

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
    since: int = Field(default=1, ge=1)


class AmountColumn(FormField):
    """A column of a unit table; `under` is the path of merged headers above it, `parts` the columns that it totals."""

    under: tuple[str, ...] = ()
    parts: tuple[FieldId, ...] = ()


class PresetRow(Model):
    """Rows that the blank form comes with: the value printed in a column, how often, and the headings left of it."""

    value: str
    count: int = Field(default=1, ge=1)
    heading: str = ""


class CardBlock(Model):
    """Label–value cells; `columns` pairs stand side by side unless a field is a long text."""

    layout: Literal["card"]
    title: str = ""
    columns: int = Field(default=2, ge=1, le=3)
    fields: tuple[FormField, ...]


class UnitTableBlock(Model):
    """One row per unit: 汇总, 局机关, then the subordinate units."""

    layout: Literal["unit_table"]
    id: Identifier
    title: str
    fields: tuple[AmountColumn, ...]


class RowsBlock(Model):
    """A table of as many rows as the form prints (指标, 评价人员)."""

    layout: Literal["rows"]
    id: Identifier
    title: str
    fields: tuple[FormField, ...]
    preset_column: FieldId | None = None
    preset_rows: tuple[PresetRow, ...] = ()
    blank_rows: int = 0


class ScorecardBlock(Model):
    """附件3-1: a row per indicator; the rows come from the rulebook's indicators."""

    layout: Literal["scorecard"]
    title: str
    fields: tuple[FormField, ...]
    total: FormField
    note: str = ""


class EvidenceBlock(Model):
    """Checklist answers (是/否) and counts behind indicators; the rows come from the indicators' rules."""

    layout: Literal["evidence"]
    title: str
    fields: tuple[FormField, ...]
    yes: str
    no: str


class SignatureBlock(Model):
    """Printed lines to sign by hand; no input cells."""

    layout: Literal["signature"]
    lines: tuple[str, ...]


Block = Annotated[
    CardBlock | UnitTableBlock | RowsBlock | ScorecardBlock | EvidenceBlock | SignatureBlock,
    Field(discriminator="layout"),
]


class Section(Entry):
    """A sheet of the workbook."""

    id: Identifier
    sheet: Annotated[str, Field(min_length=1, max_length=31)]
    title: str
    intro: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
