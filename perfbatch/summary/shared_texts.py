"""The texts of a workbook's blocks: each is made fit for a cell, kept and measured once."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np

from perfbatch.model.figures import Array
from perfbatch.model.legible import cell_text
from perfbatch.summary.cells import display_width, line_count, line_room

__all__ = ["SharedTexts"]

_HEAD = 400


class SharedTexts:
    """The texts of a workbook's blocks, each once, as cells can hold them."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self._places: dict[str | None, int] = {None: -1, "": -1}
        self._widths = array("q")
        self._broken: set[int] = set()

    def places(self, values: Sequence[str | None]) -> list[int]:
        """The place of each text; -1 for one that shows nothing."""
        known = self._places
        for value in dict.fromkeys(values):
            if value is not None and value not in known:
                shown = cell_text(value)
                if shown not in known:
                    known[shown] = len(self.shown)
                    self._add(shown)
                known[value] = known[shown]
        return [known[value] for value in values]

    def _add(self, shown: str) -> None:
        if "\n" in shown:
            self._broken.add(len(self.shown))
            # Long texts are measured by their head: a column is never as wide as one of their lines may be.
            self._widths.append(display_width(shown[:_HEAD]))
        else:
            self._widths.append(display_width(shown))
        self.shown.append(shown)

    def widest(self, places: Array) -> int:
        """The width of the widest of some texts, in half-width characters; 0 for none."""
        return int(self._measured(places).max()) if len(places) else 0

    def lines(self, places: Array, width: int) -> Array:
        """The lines that each text takes in a column (`cells.line_count`)."""
        if not len(places):
            return places
        lines: Array = np.maximum(1, -(-self._measured(places) // line_room(width)))
        if self._broken:
            for at in np.flatnonzero(np.isin(places, list(self._broken))).tolist():
                lines[at] = line_count(self.shown[int(places[at])], width)
        return lines

    def _measured(self, places: Array) -> Array:
        # Beside a number beyond 64 bits the places are Python's own integers.
        return np.frombuffer(self._widths, np.int64)[places.astype(np.int64)]
