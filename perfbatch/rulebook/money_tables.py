"""A form's tables of amounts as the summary shows them: which have columns there, and on which sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from perfbatch.rulebook.form import AmountColumn, MatrixBlock, UnitTableBlock
from perfbatch.rulebook.roles import MoneySheet

__all__ = ["MoneyTable", "money_sheets", "money_tables"]


class MoneyTable(NamedTuple):
    """A table's amounts as columns of the summary: a department's own row of them, with its units' where the form has such rows."""

    title: str
    fields: tuple[AmountColumn, ...]


def money_tables(
    unit_tables: Mapping[str, UnitTableBlock], matrices: Mapping[str, MatrixBlock]
) -> dict[str, MoneyTable]:
    """Block id → its amounts as columns, for the tables with a row per unit and those of fixed rows and columns."""
    tables = {name: MoneyTable(table.title, table.fields) for name, table in unit_tables.items()}
    for name, matrix in matrices.items():
        columns = tuple(
            AmountColumn(**cell.field.model_dump(), parts=cell.parts_below or cell.parts_beside)
            for cell in matrix.cells.values()
            if cell.field.kind == "amount"
        )
        if columns:
            tables[name] = MoneyTable(matrix.title, columns)
    return tables


def money_sheets(asked: Sequence[MoneySheet], tables: Mapping[str, MoneyTable], title: str) -> tuple[MoneySheet, ...]:
    """The sheets asked for, with those of their tables that there are. Tables that no sheet names stand on the last, or where no
    sheet has any of its own on one of this title."""
    named = {name for sheet in asked for name in sheet.blocks}
    rest = tuple(name for name in tables if name not in named)
    sheets = [
        sheet.model_copy(update={"blocks": blocks})
        for sheet in asked
        if (blocks := tuple(name for name in sheet.blocks if name in tables))
    ]
    if rest and sheets:
        sheets[-1] = sheets[-1].model_copy(update={"blocks": (*sheets[-1].blocks, *rest)})
    elif rest:
        sheets = [MoneySheet(sheet="资金汇总", title=title, blocks=rest)]
    return tuple(sheets)
