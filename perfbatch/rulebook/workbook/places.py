"""Where in a workbook the parts of a rulebook stand, and a fault told with sheet and cell."""

from __future__ import annotations

from typing import NamedTuple

from perfbatch.model.words.catalogue import apart, behind
from perfbatch.package.addresses import cell_name
from perfbatch.rulebook.tables import TABLES

__all__ = ["CellPlace", "RulePlaces"]

_BEFORE: tuple[tuple[str, ...], ...] = ((), ("change",), ("add",), ("meta",))


class CellPlace(NamedTuple):
    """A cell: its sheet, its row and column from 1, and what its column is called."""

    sheet: str
    row: int
    column: int
    title: str = ""

    @property
    def cell(self) -> str:
        """C12."""
        return cell_name(self.row, self.column)

    def __str__(self) -> str:
        """字段!C12（类型）."""
        return f"{self.sheet}!{self.cell}" + (f"（{self.title}）" if self.title else "")


class RulePlaces:
    """Place in the rulebook, as the loader names it in a fault (`indicators.staff_control_rate.points`), → its cell."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, ...], CellPlace] = {}
        self._above: set[tuple[str, ...]] = set()

    def add(self, path: tuple[str, ...], cell: CellPlace) -> None:
        """Note where a part stands. An entry of a table is also known by its table and id alone."""
        for at in range(len(path) + 1):
            self._above.add(path[:at])
        self._cells.setdefault(path, cell)

    def add_entry(self, table: str, name: str, path: tuple[str, ...], cell: CellPlace) -> None:
        """Note where an entry of a table begins."""
        self.add(path, cell)
        if table in TABLES and path != (table, name):
            self.add((table, name), cell)

    def cell(self, path: tuple[str, ...]) -> CellPlace | None:
        """The cell of a part, else of what it is a part of. What of the path is no part of the rulebook is passed over."""
        known: tuple[str, ...] = ()
        nearest: CellPlace | None = None
        for part in path:
            if (*known, part) in self._above:
                known = (*known, part)
                nearest = self._cells.get(known, nearest)
        return nearest

    def cell_of(self, fault: str) -> CellPlace | None:
        """The cell of a line `place: fault`. A line of lint names its place in words: `check R02, holds: …`."""
        place, colon, _ = fault.partition(": ")
        if not colon:
            return None
        words = place.replace(",", "").split(" ")
        path = tuple(place.split("."))
        if len(words) > 1 and f"{words[0]}s" in TABLES:
            path = (f"{words[0]}s", words[1], *".".join(words[2:]).split("."))
        # Of an overlay the places are those of its actions.
        return next((cell for before in _BEFORE if (cell := self.cell((*before, *path)))), None)

    def located(self, fault: str) -> str:
        """A line `place: fault` with sheet and cell in place of its own, where they are known."""
        cell = self.cell_of(fault)
        return behind(str(cell), apart(fault)[1]) if cell else fault
