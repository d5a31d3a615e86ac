"""The form as data: sections (sheets), blocks, fields and their kinds. Shapes follow 附件2-1 and 附件3-1."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from perfbatch.rulebook.marks import Expression, FieldId, Identifier, IndicatorId, RowExpression

__all__ = [
    "COVER",
    "SINGLE",
    "AmountColumn",
    "Block",
    "CardBlock",
    "Entry",
    "EvidenceBlock",
    "FieldKind",
    "FormField",
    "Identifier",
    "Kind",
    "MatrixBlock",
    "MatrixCell",
    "MatrixColumn",
    "MatrixRow",
    "Model",
    "PresetRow",
    "RowsBlock",
    "ScorecardBlock",
    "Section",
    "SignatureBlock",
    "UnitTableBlock",
]

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


class PresetRow(Model):
    """Rows that the blank form comes with: the value printed in the preset column, or the `values` in several (which its file may
    give under the columns' own ids), how often, and the heading left of it."""

    value: str = ""
    values: dict[FieldId, str] = Field(default_factory=dict)
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
    """A table of as many rows as the form prints (指标, 评价人员).

    `headings` are the columns at its left whose cells are merged where rows under one another say the same: what one of them
    leaves blank is what the row above says.
    """

    layout: Literal["rows"]
    id: Identifier
    title: str
    fields: tuple[FormField, ...]
    preset_column: FieldId | None = None
    headings: tuple[FieldId, ...] = ()
    preset_rows: tuple[PresetRow, ...] = ()
    blank_rows: int = 0

    @property
    def name_column(self) -> str | None:
        """The column that says what a row is about: its first plain text that the department writes itself."""
        own = (field for field in self.fields if field.kind == "text" and not field.personal and not field.choices)
        return next((field.id for field in own if field.id not in {*self.preset_columns, *self.headings}), None)

    @property
    def kind_column(self) -> FormField | None:
        """The column whose preset text says what kind of row it is: the preset column, else the last of the headings."""
        named = self.preset_column or next(
            reversed([name for name in self.headings if name in self.preset_columns]), None
        )
        return next((field for field in self.fields if field.id == named), None)

    @property
    def presets(self) -> list[dict[str, str]]:
        """What each row of the blank form comes with, by column."""
        rows = []
        for preset in self.preset_rows:
            own = {self.preset_column: preset.value} if self.preset_column and preset.value else {}
            rows += [{**own, **preset.values}] * preset.count
        return rows

    @property
    def preset_columns(self) -> frozenset[str]:
        """The columns in which the blank form has something."""
        named = {self.preset_column} if self.preset_column else set()
        return frozenset(named.union(*(preset.values for preset in self.preset_rows)))


class MatrixRow(Model):
    """A row of a matrix; `parts` are the rows that it totals, `since` the revision of the form that brought it."""

    id: Identifier
    label: str
    parts: tuple[str, ...] = ()
    since: int = Field(default=1, ge=1)


class MatrixColumn(Model):
    """A column of a matrix: of input cells of a `kind`, or one that shows what a `formula` over the other columns of its row comes
    to, or what an `indicator` is worth (`show` max) or the department scores it itself (`show` self, an input cell).

    `only` are the rows that have a cell in it (all, unless given), `required` those whose cell must be filled, `parts` the columns
    that it totals. Unit, bounds and `since` as a field's.
    """

    id: Identifier
    label: str
    kind: FieldKind | None = None
    only: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    formula: RowExpression | None = None
    indicator: IndicatorId | None = None
    show: Literal["max", "self"] | None = None
    unit: str | None = None
    signed: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int | None = None
    choices: tuple[str, ...] = ()
    help: str = ""
    since: int = Field(default=1, ge=1)

    @property
    def is_input(self) -> bool:
        """Whether the department fills it in."""
        return self.show == "self" or (self.show is None and self.formula is None)


class MatrixCell(NamedTuple):
    """An input cell of a matrix: its field, where it stands, and the cells that it totals, down its column and along its row."""

    field: FormField
    row: MatrixRow
    column: MatrixColumn
    parts_below: tuple[str, ...]
    parts_beside: tuple[str, ...]


class MatrixBlock(Model):
    """Fixed rows and columns (项目资金: each fund × 年初预算, 全年预算, 全年执行). Every cell is a field of its own, `<id>_<row>_<column>`;
    expressions may also say `<id>.<row>.<column>`."""

    layout: Literal["matrix"]
    id: Identifier
    title: str
    rows: Annotated[tuple[MatrixRow, ...], Field(min_length=1)]
    columns: Annotated[tuple[MatrixColumn, ...], Field(min_length=1)]

    def cell_id(self, row: str, column: str) -> str:
        """The id of the field in a cell."""
        return f"{self.id}_{row}_{column}"

    def has_cell(self, row: MatrixRow, column: MatrixColumn) -> bool:
        """Whether there is anything in a cell."""
        return not column.only or row.id in column.only

    @cached_property
    def cells(self) -> dict[str, MatrixCell]:
        """Field id → input cell, row by row."""
        places = {
            self.cell_id(row.id, column.id): (row, column)
            for row in self.rows
            for column in self.columns
            if column.is_input and self.has_cell(row, column)
        }
        cells: dict[str, MatrixCell] = {}
        for name, (row, column) in places.items():
            below = [self.cell_id(part, column.id) for part in row.parts]
            beside = [self.cell_id(row.id, part) for part in column.parts]
            parts = (tuple(part for part in side if part in places) for side in (below, beside))
            cells[name] = MatrixCell(self._field(row, column), row, column, *parts)
        return cells

    def as_of(self, revision: int) -> MatrixBlock | None:
        """The table as it was at a revision; None where it was not there yet."""
        rows, columns = (
            tuple(entry for entry in entries if entry.since <= revision) for entries in (self.rows, self.columns)
        )
        if len(rows) == len(self.rows) and len(columns) == len(self.columns):
            return self
        # Made anew: a copy would keep the cells of today.
        values = {name: getattr(self, name) for name in MatrixBlock.model_fields}
        return MatrixBlock.model_construct(**{**values, "rows": rows, "columns": columns}) if rows and columns else None

    @property
    def fields(self) -> tuple[FormField, ...]:
        """The input cells, row by row."""
        return tuple(cell.field for cell in self.cells.values())

    def _field(self, row: MatrixRow, column: MatrixColumn) -> FormField:
        return FormField(
            id=self.cell_id(row.id, column.id),
            label=f"{row.label.removeprefix('其中：').removeprefix('其中:')}·{column.label}",
            kind=column.kind or "score",
            unit=column.unit,
            required=row.id in column.required,
            signed=column.signed,
            minimum=column.minimum,
            maximum=column.maximum,
            max_length=column.max_length,
            choices=column.choices,
            help=column.help,
            since=max(row.since, column.since),
        )


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
    CardBlock | UnitTableBlock | RowsBlock | MatrixBlock | ScorecardBlock | EvidenceBlock | SignatureBlock,
    Field(discriminator="layout"),
]


COVER = "cover"
"""The id of the section that is laid out as a title page: it holds cards."""

SINGLE = (CardBlock, MatrixBlock)
"""The blocks whose fields stand once, each in a cell of its own."""


class Section(Entry):
    """A sheet of the workbook. `entity_in_title`: its title begins with the entity's name, as it is typed."""

    id: Identifier
    sheet: Annotated[str, Field(min_length=1, max_length=31)]
    title: str
    entity_in_title: bool = False
    intro: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
