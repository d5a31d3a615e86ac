"""A workbook in the making: xlsxwriter writes what stands in it, and its formulas last, with what they are worth by then."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from perfbatch.package.formula_sheet import FormulaCell
from perfbatch.template.calculation import Calculation, FormulaFault, names_elsewhere, relative
from perfbatch.template.calculation.values import CellBlock
from perfbatch.template.grid import CellRange
from perfbatch.template.plan import Value

__all__ = ["FormBook"]


_EXACT = 1e15


class _Pending(NamedTuple):
    sheet: Worksheet
    row: int
    column: int
    formula: str
    look: Format | None


class FormBook:
    """The workbook with what its formulas need to be worked out: every value and every name goes through here."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self._names: dict[str, CellBlock] = {}
        self._calculation = Calculation(self._names)
        self._pending: list[_Pending] = []
        self._bare: dict[str, dict[tuple[int, int], str | float]] = {}

    def define_name(self, name: str, where: CellRange) -> bool:
        """Give cells a name; False where Excel takes the name for a cell."""
        self._names[name] = CellBlock(where.sheet, where.top, where.left, where.bottom, where.right)
        return bool(self.workbook.define_name(name, f"={where.reference}") == 0)

    def write(self, sheet: Worksheet, row: int, column: int, value: Value, look: Format | None) -> None:
        """A value; texts are written as texts, whatever they begin with."""
        if value is None:
            sheet.write_blank(row, column, None, look)
            return
        if isinstance(value, str):
            sheet.write_string(row, column, value, look)
        else:
            sheet.write_number(row, column, float(value), look)
        self._calculation.put(sheet.name, row, column, float(value) if isinstance(value, Decimal) else value)

    def write_formula(self, sheet: Worksheet, row: int, column: int, formula: str, look: Format | None) -> None:
        """A formula; what it is worth is known once everything is written."""
        self._pending.append(_Pending(sheet, row, column, formula, look))
        self._calculation.put_formula(sheet.name, row, column, formula)

    def put(self, sheet: str, row: int, column: int, content: str | float) -> None:
        """A cell of a sheet that `bare_cells` gives whole: a number, a text, or a formula with its =."""
        self._bare.setdefault(sheet, {})[row, column] = content
        if isinstance(content, str) and content.startswith("="):
            self._calculation.put_formula(sheet, row, column, content)
        else:
            self._calculation.put(sheet, row, column, content)

    def finish(self) -> None:
        """Write the formulas with what they are worth."""
        for sheet, row, column, formula, look in self._pending:
            sheet.write_formula(row, column, formula, look, self._worth(sheet.name, row, column))

    def bare_cells(self, sheet: str) -> dict[tuple[int, int], FormulaCell]:
        """The cells of a sheet that was `put`."""
        return {
            (row, column): self._cell(sheet, row, column, bare) for (row, column), bare in self._bare[sheet].items()
        }

    def _cell(self, sheet: str, row: int, column: int, content: str | float) -> FormulaCell:
        if not (isinstance(content, str) and content.startswith("=")):
            return FormulaCell(content)
        formula = content[1:]
        like = relative(formula, row, column)
        worth = self._worth(sheet, row, column)
        elsewhere = names_elsewhere(like)
        if like == formula and not elsewhere:
            # Without a reference it never changes: its value is written in its place.
            return FormulaCell(worth)
        return FormulaCell(worth, formula, "" if elsewhere else like)

    def _worth(self, sheet: str, row: int, column: int) -> float | str | bool:
        try:
            value = self._calculation.value(sheet, row, column)
        except FormulaFault as fault:
            return str(fault)
        if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
            return int(value)
        return "" if value is None else value
