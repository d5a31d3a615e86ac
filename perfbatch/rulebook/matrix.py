"""Tables of fixed rows and columns: their rows, columns and cells as data."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from perfbatch.rulebook.fields import FieldKind, FormField, Model
from perfbatch.rulebook.marks import Identifier, IndicatorId, RowExpression

__all__ = ["MatrixBlock", "MatrixCell", "MatrixColumn", "MatrixRow"]


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
