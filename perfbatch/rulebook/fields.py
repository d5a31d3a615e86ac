"""What a form's blocks are made of: kinds of fields, fields, columns of amounts; and what every model of a rulebook is."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from perfbatch.rulebook.marks import Expression, FieldId, Identifier

__all__ = ["AmountColumn", "Entry", "FieldKind", "FormField", "Kind", "Model"]

FieldKind = Literal[
    "text", "longtext", "code", "year", "date", "choice", "amount", "count", "area", "score", "percent", "number", "id"
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
    """An input cell, or a column of input cells, named by its id (DOMAIN §2). `required_when` is a condition, over the columns of
    a table of rows or over the fields that stand once, under which it must be filled. `since` is the revision of the form that
    brought it: a workbook made before has no such cell, and nothing is wrong with that."""

    id: Identifier
    label: str
    kind: FieldKind
    unit: str | None = None
    required: bool = False
    required_when: Expression | None = None
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
