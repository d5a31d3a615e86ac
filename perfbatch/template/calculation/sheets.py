"""The cells of a workbook in the making, and what its formulas are worth with what stands in them."""

from __future__ import annotations

from collections.abc import Mapping

from perfbatch.template.calculation.relative import relative
from perfbatch.template.calculation.syntax import Evaluate, FormulaSpot, compiled
from perfbatch.template.calculation.values import CellBlock, FormulaFault, Value, scalar

__all__ = ["Calculation"]

_Place = tuple[str, int, int]


class Calculation:
    """Cells by sheet, row and column, from 0. A formula is worked out when it is asked for, once."""

    def __init__(self, names: Mapping[str, CellBlock]) -> None:
        """`names`: what the workbook's defined names refer to; they may be added to until the first value is asked for."""
        self._names = names
        self._constants: dict[_Place, Value] = {}
        self._formulas: dict[_Place, Evaluate] = {}
        self._results: dict[_Place, Value | FormulaFault] = {}
        self._open: set[_Place] = set()

    def put(self, sheet: str, row: int, column: int, value: Value) -> None:
        """What is typed or printed in a cell."""
        self._constants[sheet, row, column] = value

    def put_formula(self, sheet: str, row: int, column: int, formula: str) -> None:
        """A formula, with or without its =. Raises `ValueError` for one that is not understood."""
        self._formulas[sheet, row, column] = compiled(relative(formula.removeprefix("="), row, column))

    def area_of(self, name: str) -> CellBlock:
        """What a defined name refers to. Raises `FormulaFault` where there is no such name."""
        try:
            return self._names[name]
        except KeyError:
            raise FormulaFault("#NAME?") from None

    def value(self, sheet: str, row: int, column: int) -> Value:
        """What a cell is worth; a formula that leads to a blank cell is 0, as in Excel. Raises `FormulaFault` for an error
        value, `ValueError` for a formula that leads to itself."""
        place = (sheet, row, column)
        if place not in self._formulas:
            return self._constants.get(place)
        if place not in self._results:
            self._results[place] = self._result(place)
        result = self._results[place]
        if isinstance(result, FormulaFault):
            raise result
        return result

    def _result(self, place: _Place) -> Value | FormulaFault:
        if place in self._open:
            raise ValueError(f"{place} leads to itself")
        self._open.add(place)
        try:
            value = scalar(self._formulas[place](FormulaSpot(self, *place)), self)
        except FormulaFault as fault:
            return fault
        finally:
            self._open.discard(place)
        return 0 if value is None else value
