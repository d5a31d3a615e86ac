"""Stored results of a workbook's formulas, held against what the formulas come to (C11)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from perfbatch.intake.formats import FormWorkbook
from perfbatch.intake.numerals import plain
from perfbatch.intake.reading import Reading, Remark
from perfbatch.intake.recompute import Recomputation
from perfbatch.model.submission import SCALE, State
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.model import FormField
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = ["StoredResults"]

_TOLERANCE = Fraction(1, 1_000_000)


class StoredResults:
    """Those of one workbook; what a sheet's formulas come to is worked out once, and only where it is asked for."""

    def __init__(self, workbook: FormWorkbook) -> None:
        self._workbook = workbook
        self._recomputations: dict[str, Recomputation] = {}

    def verify(self, reading: Reading, cell: RawCell, field: FormField) -> Reading:
        """Hold a formula's stored result against the formula (C11).

        A stored result that differs stands, with the finding. Where nobody calculated the workbook since a program wrote
        it, a stored result means nothing unless recomputing confirms it.
        """
        if (
            cell.formula is None
            or not cell.has_value
            or cell.kind in ("error", "picture")
            or reading.state is State.BLANK
        ):
            return reading
        if reading.state is State.UNREADABLE and cell.calculated:
            return reading
        expected: Fraction | None = None
        if field.kind in NUMERIC_KINDS and isinstance(cell.value, int | float):
            expected = self._recomputation(cell.sheet).value_of(cell.row, cell.column)
            if expected is not None and abs(Fraction(Decimal(repr(cell.value))) - expected) <= _TOLERANCE:
                return reading
        if expected is None and cell.calculated:
            return reading
        reported = plain(Decimal(repr(cell.value))) if isinstance(cell.value, int | float) else str(cell.value)
        details = {"typed": "=" + cell.formula, "reported": reported}
        stored = Fraction(Decimal(repr(cell.value))) if isinstance(cell.value, int | float) else None
        if stored is None or expected is None:
            remark = Remark("C11", details, reported, counts=(_count(stored), None, None))
        else:
            counts = _count(stored), _count(expected), _count(stored - expected)
            remark = Remark("C11", details, reported, _rounded(expected), _rounded(stored - expected), counts)
        if cell.calculated:
            return Reading(reading.state, reading.value, reading.step, (*reading.remarks, remark))
        return Reading(State.UNREADABLE, remarks=(remark,))

    def _recomputation(self, sheet: str) -> Recomputation:
        if sheet not in self._recomputations:
            trusted = not self._workbook.full_calculation
            self._recomputations[sheet] = Recomputation(self._workbook.cells(sheet), trust_stored=trusted)
        return self._recomputations[sheet]


def _count(value: Fraction | None) -> int | None:
    """A figure as a count of 1/SCALE; None for none, or one that is finer than that."""
    if value is None:
        return None
    count = Fraction(round(value * 10**9), 10**9) * SCALE
    return count.numerator if count.denominator == 1 else None


def _rounded(value: Fraction) -> str:
    """A recomputed value as people read it: exact up to nine decimals."""
    return plain(Decimal(round(value * 10**9)).scaleb(-9))
