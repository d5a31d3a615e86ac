"""The rows of a table that are indicators of their own, together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from perfbatch.rulebook.decimals import plain_decimal
from perfbatch.rulebook.kinds.rule import ScoringRule
from perfbatch.rulebook.kinds.surroundings import Account, Judged, RuleCells
from perfbatch.rulebook.marks import Identifier

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope

__all__ = ["RowsRule"]


class RowsRule(ScoringRule):
    """The rows of `[[indicator_rows]]` that belong to one group. The rulebook makes such indicators itself; no file says it."""

    word: ClassVar[str] = "逐行计分"
    titles: ClassVar[Mapping[str, str]] = {"rows": "逐行指标"}
    by_rows: ClassVar[bool] = True

    kind: Literal["rows"]
    rows: Identifier

    def words(self, indicator: Judged) -> str:
        return f"表中各行按其分值逐行计分，合计 {plain_decimal(indicator.points)} 分"

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> None:
        # Row by row, where the rows are (perfbatch.scoring.row_scores).
        return None

    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        return cells.by_rows(indicator.id)

    def explained(self, indicator: Judged, account: Account) -> str:
        return "各行得分之和"
