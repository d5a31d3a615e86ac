"""Where cells are: a rectangle on a named sheet, and the ways in which formulas and defined names write it."""

from __future__ import annotations

from dataclasses import dataclass

from perfbatch.package import addresses
from perfbatch.package.addresses import column_letters, quoted_sheet

__all__ = ["CellRange", "cell_name", "column_name"]


def column_name(column: int) -> str:
    """Letters of a column counted from 0: 0 → A, 26 → AA."""
    return column_letters(column + 1)


def cell_name(row: int, column: int) -> str:
    """A cell counted from 0, as people write it: (6, 2) → C7."""
    return addresses.cell_name(row + 1, column + 1)


@dataclass(frozen=True, slots=True, order=True)
class CellRange:
    """A rectangle of cells on a sheet; rows and columns count from 0, both ends belong to it."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.bottom - self.top + 1

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return self.right - self.left + 1

    @property
    def reference(self) -> str:
        """Absolute, with the sheet, as a defined name refers to it: '收支情况'!$C$7:$C$18."""
        first = f"${column_name(self.left)}${self.top + 1}"
        last = f"${column_name(self.right)}${self.bottom + 1}"
        return f"{quoted_sheet(self.sheet)}!{first}" + ("" if first == last else f":{last}")

    @property
    def local(self) -> str:
        """Relative, for a formula on the same sheet: C7:C18."""
        first, last = cell_name(self.top, self.left), cell_name(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    def cell(self, row: int) -> CellRange:
        """The cell of the first column in the row-th row of the range, counted from 0."""
        return CellRange(self.sheet, self.top + row, self.left, self.top + row, self.left)

    def overlaps(self, other: CellRange) -> bool:
        """Whether the two have a cell in common."""
        return (
            self.sheet == other.sheet
            and self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )
