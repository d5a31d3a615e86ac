"""What an indicator loses on top of its rule where the figure is far beyond what was planned (偏离扣分)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from perfbatch.model.figures import plain
from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.form import Model
from perfbatch.rulebook.kinds.figure_cells import inside
from perfbatch.rulebook.kinds.surroundings import Account, Judged

if TYPE_CHECKING:
    from perfbatch.rulebook.kinds.arithmetic import Computation

__all__ = ["Deviation"]


class Deviation(Model):
    """`costs` points off, down to 0, where the figure is `over` percent or more. It is the figure as it stands: a part larger
    than its whole counts as what it is."""

    over: Annotated[Decimal, Field(gt=0)]
    costs: Annotated[Decimal, Field(gt=0, decimal_places=2)]

    def words(self, indicator: Judged) -> str:
        """How it costs, in one line of Chinese."""
        return f"{indicator.ratio_name or '比率'}达到 {plain_decimal(self.over)}% 的另扣 {plain_decimal(self.costs)} 分"

    def taken_off(self, computation: Computation) -> Computation:
        """The points of the whole district without what it costs."""
        import numpy as np

        from perfbatch.rulebook.kinds.arithmetic import cents, in_band
        from perfbatch.rulebook.kinds.band import Band

        assert computation.figure is not None
        far = in_band(computation.figure, Band(minimum=self.over, points=Decimal()))
        lost = np.where(far, cents(self.costs), 0)
        return replace(
            computation,
            points=np.maximum(computation.points - lost, 0),
            readings={reading: np.maximum(points - lost, 0) for reading, points in computation.readings.items()},
        )

    def formula(self, cents: str, cell: Mapping[str, str]) -> str:
        """The formula of the points without what it costs; `cents` is the rule's own."""
        far = inside(cell["n"], cell, self.over, None, None, None)
        return f"=MAX(0,{cents.removeprefix('=')}-IF({far},{int(self.costs * 100)},0))"

    def explained(self, account: Account) -> str:
        """What it costs one department; "" where it costs nothing."""
        if account.figure < Fraction(self.over):
            return ""
        return f"达到 {plain(Fraction(self.over))}%，另扣 {plain(Fraction(self.costs))} 分（扣完为止）"
