"""A sheet of a workbook of rules as rows below headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfbatch.package.workbook import Workbook
from perfbatch.rulebook.nearest import nearest
from perfbatch.rulebook.workbook.cells import CellContent
from perfbatch.rulebook.workbook.places import CellPlace
from perfbatch.rulebook.workbook.titles import CHECK_HEADING, OWNER_NAME_HEADING, REMARK_HEADING

__all__ = ["RulesRow", "RulesTable", "text_of"]

_HEADING_ROWS = 5


@dataclass
class RulesRow:
    """A row of a sheet: its number, and what is filled by heading."""

    number: int
    cells: dict[str, CellContent]
    taken: bool = False


class RulesTable:
    """A sheet below its headings."""

    def __init__(self, workbook: Workbook, sheet: str, headings: Sequence[str], faults: list[str]) -> None:
        self.sheet = sheet
        self.columns: dict[str, int] = {}
        stored = workbook.cells(sheet)
        last_row = max((row for row, _ in stored), default=0)
        last_column = max((column for _, column in stored), default=0)

        def read(row: int, column: int) -> CellContent:
            cell = workbook.cell(sheet, row, column)
            return (
                CellContent(cell.value, cell.percent and cell.kind == "number")
                if cell.kind != "blank"
                else CellContent(None)
            )

        heading_row = next(
            (
                row
                for row in range(1, min(last_row, _HEADING_ROWS) + 1)
                if sum(text_of(read(row, column)) in headings for column in range(1, last_column + 1)) > 1
            ),
            0,
        )
        self.rows: list[RulesRow] = []
        if not heading_row:
            faults.append(f"{sheet}!A1: 没有标题行；第 1 行应为“{'”“'.join(headings)}”")
            return
        for column in range(1, last_column + 1):
            heading = text_of(read(heading_row, column))
            if heading in (CHECK_HEADING, OWNER_NAME_HEADING, REMARK_HEADING, ""):
                continue
            place = CellPlace(sheet, heading_row, column)
            if heading not in headings:
                meant = nearest(heading, [entry for entry in headings if entry not in self.columns], 0.5)
                faults.append(
                    f"{place}: 没有“{heading}”这一列" + (f"，是否指“{meant}”" if meant else "；自行加注请用“备注”列")
                )
            elif heading in self.columns:
                faults.append(f"{place}: “{heading}”一列重复；只保留一列")
            else:
                self.columns[heading] = column
        for row in range(heading_row + 1, last_row + 1):
            cells = {
                heading: cell
                for heading, column in self.columns.items()
                if (cell := read(row, column)).value is not None and text_of(cell)
            }
            if cells:
                self.rows.append(RulesRow(row, cells))

    def place(self, row: RulesRow, heading: str) -> CellPlace:
        """The cell of a heading in a row; of the row's first column where there is no such column."""
        return CellPlace(self.sheet, row.number, self.columns.get(heading, 1), heading)


def text_of(cell: CellContent) -> str:
    """What a cell says as a name: its text, a whole number without its point."""
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()
