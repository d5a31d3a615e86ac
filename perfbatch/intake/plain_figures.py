"""Figures as most are typed: a number with a few decimals in a format that shows it as it is. They are counted in whole numbers.

What is read here is exactly what `normalise_numbers` reads of the same cell, where it has nothing to say of it; whatever it might
say something of (too many decimals, past a bound, a rate that may be a fraction) is left to it, and so is what Python writes with
an exponent.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from perfbatch.intake.normalise_numbers import LARGEST, rounding_step
from perfbatch.model.submission import SCALE
from perfbatch.package.number_formats import number_format
from perfbatch.rulebook.model import FormField, Rulebook
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = ["PlainFigures"]

_DECIMALS = len(str(SCALE)) - 1
_ZEROS = "0" * _DECIMALS
_MOST_FORMATS = 256


class PlainFigures:
    """What plain figures mean in one field."""

    def __init__(self, field: FormField, rulebook: Rulebook) -> None:
        kind = rulebook.kind_of(field)
        self._decimals = min(kind.decimals, _DECIMALS)
        self._steps = [rounding_step(Decimal(0), decimals, kind) for decimals in range(self._decimals + 1)]
        least = -LARGEST if field.signed else Decimal(0)
        least = least if kind.minimum is None else max(least, kind.minimum)
        most = LARGEST if kind.maximum is None else min(LARGEST, kind.maximum)
        self._least = int((least * SCALE).to_integral_value(ROUND_CEILING))
        self._most = int((most * SCALE).to_integral_value(ROUND_FLOOR))
        # 0.9 where 90 belongs is asked about.
        self._asked = SCALE if field.kind == "percent" else 0
        self._plain: dict[str, bool] = {}

    @classmethod
    def of(cls, field: FormField, rulebook: Rulebook) -> PlainFigures | None:
        """Those of a field; None where more than the figure counts: no number belongs there, or the year of the form."""
        if field.kind not in NUMERIC_KINDS or field.id == rulebook.roles.fiscal_year:
            return None
        return cls(field, rulebook)

    def read(self, value: float, code: str) -> tuple[int, int] | None:
        """Count and rounding step of a number in a cell of the number format `code`; None where it is not plain."""
        if not self._plain.get(code, False) and not self._is_plain(code):
            return None
        whole, _, rest = repr(value).partition(".")
        if not rest.isdecimal():
            return None
        rest = rest.rstrip("0")
        decimals = len(rest)
        if decimals > self._decimals:
            return None
        count = int(whole + rest + _ZEROS[decimals:])
        if not self._least <= count <= self._most or 0 < count <= self._asked:
            return None
        return count, self._steps[decimals]

    def _is_plain(self, code: str) -> bool:
        plain = self._plain.get(code)
        if plain is None:
            if len(self._plain) >= _MOST_FORMATS:
                self._plain.clear()
            plain = self._plain[code] = number_format(code).plain
        return plain
