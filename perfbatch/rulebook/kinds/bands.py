"""Points by the band that a figure falls into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from perfbatch.model.figures import plain
from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.formula_terms import NO
from perfbatch.rulebook.kinds.band import Band, Domain, holes, outside, range_words, within
from perfbatch.rulebook.kinds.figure_cells import capped, costs_all, figure_formulas, figure_state, inside
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.surroundings import Account, Ground, Judged, RuleCells

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation

__all__ = ["BandsRule"]


class BandsRule(ScoringRule):
    """Points by the band that the figure falls into."""

    word: ClassVar[str] = "分段计分"
    titles: ClassVar[Mapping[str, str]] = {"domain": "适用范围", "bands": "分段"}
    needs_figure: ClassVar[bool] = True

    kind: Literal["bands"]
    # Not made here: the first instance builds validators, and a reading process is to do without any.
    domain: Domain = Field(default_factory=Domain)
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]

    @property
    def falls(self) -> bool:
        lowest = [band.minimum if band.minimum is not None else band.above for band in self.bands]
        # A band from a minimum lies below one from just above it.
        order = sorted(
            range(len(lowest)),
            key=lambda at: (lowest[at] is not None, lowest[at] or 0, self.bands[at].minimum is None),
        )
        points = [self.bands[at].points for at in order]
        return points == sorted(points, reverse=True) and points[-1] < points[0]

    def words(self, indicator: Judged) -> str:
        bands = "；".join(f"{range_words(band, '%')}：{plain_decimal(band.points)} 分" for band in self.bands)
        low, high = self.domain.minimum, self.domain.maximum
        outside = [f"低于 {plain_decimal(low)}%"] if low is not None else []
        outside += [f"大于 {plain_decimal(high)}%"] if high is not None else []
        return bands + (f"；{' 或'.join(outside)} 的由人工核定" if outside else "")

    def faults(self, indicator: Judged, ground: Ground) -> Iterator[str]:
        yield from holes(self.bands, self.domain)
        yield from outside(self.bands, self.domain)
        yield from within([band.points for band in self.bands], indicator.points)

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> Computation:
        import numpy as np

        from perfbatch.rulebook.kinds.arithmetic import Computation, cents, figure_column, in_band, in_domain

        figure = figure_column(indicator, scope)
        exact, nothing = figure.exact, figure.nothing_left(indicator)
        points = np.zeros(len(exact.num), np.int64)
        for band in self.bands:
            points[in_band(figure.scored, band)] = cents(band.points)
        here, covered = exact.usable & figure.applicable, in_domain(figure.scored, self.domain)
        return Computation(
            points=np.where(nothing, 0, points),
            computed=(here & covered) | nothing,
            applicable=figure.applicable,
            covered=~here | covered,
            figure=exact,
            over=figure.over,
            missing=figure.missing,
            over_rounding=figure.over_rounding,
            over_zero=figure.over_zero,
            below_zero=figure.below_zero,
        )

    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        cell, score = cells.cell, NO
        n = capped(indicator, cell)
        for band in self.bands:
            in_it = inside(n, cell, band.minimum, band.above, band.maximum, band.below)
            score = f"IF({in_it},{int(band.points * 100)},{score})"
        covered = inside(n, cell, self.domain.minimum, None, self.domain.maximum, None)
        return {
            **figure_formulas(indicator, cells),
            "cents": f"=IF({costs_all(indicator, cell)},0,{score})",
            "state": figure_state(indicator, cell, covered),
        }

    def explained(self, indicator: Judged, account: Account) -> str:
        band = next(band for band in self.bands if band.has(account.scored))
        low = f"{plain(Fraction(band.minimum))}% ≤ " if band.minimum is not None else ""
        low = f"{plain(Fraction(band.above))}% < " if band.above is not None else low
        high = f" ≤ {plain(Fraction(band.maximum))}%" if band.maximum is not None else ""
        high = f" < {plain(Fraction(band.below))}%" if band.below is not None else high
        return f"{account.figure_words()}，属于 {low}比率{high} 一档"
