"""Where scores stand on a form: in the columns of a scorecard, in cells of tables of fixed rows and columns, or row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfbatch.rulebook.form import MatrixBlock, RowsBlock
from perfbatch.rulebook.indicator_rows import IndicatorRows

__all__ = ["ScorePlaces", "own_cells"]


def own_cells(matrices: Mapping[str, MatrixBlock]) -> dict[str, str]:
    """Indicator id → the cell of a table of fixed rows and columns in which the department scores it itself."""
    return {
        cell.column.indicator: name
        for matrix in matrices.values()
        for name, cell in matrix.cells.items()
        if cell.column.show == "self" and cell.column.indicator is not None
    }


@dataclass(frozen=True)
class ScorePlaces:
    """`own_fields`: indicator id → the field in which the department's own score of it stands, for the indicators that have such a
    place; `rows_behind`: indicator id → the rows that it is made of, for those that departments write row by row; `item_max` and
    `item_self`: what the columns of points and of own scores are called."""

    own_fields: Mapping[str, str]
    rows_behind: Mapping[str, IndicatorRows]
    indicator_rows: tuple[IndicatorRows, ...]
    row_tables: Mapping[str, RowsBlock]
    has_scorecard: bool
    item_max: str
    item_self: str

    def first_row(self, owner: str) -> int:
        """Where the rows of a group, or of the indicator that they make, begin on the blank form; 0 for any other owner."""
        for spec in self.indicator_rows:
            for row, preset in enumerate(self.row_tables[spec.rows].presets):
                group = spec.group.map.get(preset.get(spec.group.by, ""))
                if group is not None and owner in (group, spec.indicator_of(group)):
                    return row
        return 0

    def column(self, name: str) -> str:
        """The column of the scores that a name means: points or own scores, as the scorecard calls them, as `max` and `self`, or as
        the rows do that are indicators; the name itself where it means none."""
        for spec in self.indicator_rows:
            if name in (spec.max, spec.self):
                return self.item_max if name == spec.max else self.item_self
        return {"max": self.item_max, "self": self.item_self}.get(name, name)

    def field(self, owner: str, column: str) -> str:
        """The field behind `owner.column`, where the owner is an indicator or a group: the column itself in a scorecard, else the
        cell of the indicator's own score; the column where there is none."""
        specs = [spec for spec in self.indicator_rows if owner in (spec.id, *spec.groups)]
        specs += [self.rows_behind[owner]] if owner in self.rows_behind else []
        if specs:
            return specs[0].max if self.column(column) == self.item_max else specs[0].self
        return self.column(column) if self.has_scorecard else self.own_fields.get(owner, column)
