"""Edits of a sheet part: styles of single cells, blank cells put in where there are none, the drawing of its notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from perfbatch.package.addresses import Place, cell_name
from perfbatch.package.editing import Edits, NotEditable, names_of, well_formed, well_formed_once
from perfbatch.package.sheet_grid import Row, SheetGrid, Spot, style_in

__all__ = ["SheetPart"]


class SheetPart(SheetGrid):
    """One worksheet part, edited."""

    def __init__(self, part: bytes) -> None:
        """Raises `NotEditable` for what is no worksheet."""
        super().__init__(part)
        self._edits = Edits()

    def content(self) -> tuple[bytes, list[tuple[int, int]]]:
        """The part with all edits made, and the stretches of it that other workbooks are likely to share.

        Raises `NotEditable` where it is no XML: the last look at it before it is handed on."""
        head, cells, tail = self._edits.split(self.markup, self._data.start, self._data.end)
        part = head + cells + tail
        try:
            # What stands around the cells is the same on most departments' sheets, and is parsed once for all of them, with
            # an empty element where the cells go; the cells are then parsed alone.
            well_formed_once(head + f"<{self.prefix}sheetData/>".encode() + tail)
            well_formed(head[: self._root.start] + b"<cells>" + cells + b"</cells>")
        except NotEditable:
            well_formed(part)
        return part, [(0, len(head)), (len(part) - len(tail), len(part))]

    def restyle(self, styles: Iterable[tuple[Spot, int]]) -> None:
        """Give cells a style; cells and rows that are not there are put in, in order."""
        edits, p = self._edits, self.prefix
        blank_rows: dict[int, list[tuple[Spot, int]]] = {}
        for spot, style in sorted(styles, key=lambda styled: styled[0].place):
            if spot.origin == "c":
                edits.replace(spot.start, spot.end, b"%d" % style)
            elif spot.origin == "d":
                edits.insert(spot.start, b' s="%d"' % style)
            elif spot.origin == "n":
                edits.insert(spot.start, self._blank(spot.place, style))
            else:
                blank_rows.setdefault(spot.place[0], []).append((spot, style))
        for number, cells in sorted(blank_rows.items()):
            inner = b"".join(self._blank(spot.place, style) for spot, style in cells)
            first = cells[0][0]
            if first.origin == "s":
                tag = self.markup[first.start : first.end - 2]
                edits.replace(first.start, first.end, tag + f">{inner.decode()}</{p}row>".encode())
            else:
                edits.insert(first.start, f'<{p}row r="{number}">{inner.decode()}</{p}row>'.encode())
        if self._data.empty and any(spot_cells[0][0].origin == "r" for spot_cells in blank_rows.values()):
            raise NotEditable("a sheet without cells")

    def _blank(self, place: Place, style: int) -> bytes:
        return f'<{self.prefix}c r="{cell_name(*place)}" s="{style}"/>'.encode()

    def restore(self, styles: Iterable[tuple[Place, str, int]]) -> None:
        """Undo restylings: place, the origin that it had, the style that it had.

        A cell that was put in goes again, unless it has been filled since, and so does a row that held nothing else."""
        by_row: dict[int, list[tuple[int, str, int]]] = {}
        for (number, column), origin, style in styles:
            by_row.setdefault(number, []).append((column, origin, style))
        for number, cells in by_row.items():
            row = self._row(number)
            if row is not None:
                self._restore_row(row, {column: (origin, style) for column, origin, style in cells})

    def _restore_row(self, row: Row, cells: Mapping[int, tuple[str, int]]) -> None:
        edits = Edits()
        left, row_origin = 0, "n"
        for column, match in self._cells(row):
            origin, style = cells.get(column, ("", 0))
            stated = style_in(self.markup, match)
            if origin and origin in "nsr" and match[1].endswith(b"/"):
                edits.replace(match.start(), match.end(), b"")
                row_origin = origin
                continue
            left += 1
            if not origin or stated is None:
                continue
            if origin == "d" and style == 0:
                edits.replace(stated.start(), stated.end(), b"")
            else:
                edits.replace(stated.start(1), stated.end(1), b"%d" % style)
        if left or row_origin == "n":
            self._edits.extend(edits)
            return
        tag = self.markup[row.start : row.inside]
        bare = len(names_of(tag)) == 1
        self._edits.replace(row.start, row.end, b"" if row_origin == "r" and bare else tag[:-1] + b"/>")

    def add_drawing(self, relation: str, namespace: str) -> None:
        """Name the drawing of the notes, at the place that the schema has for it."""
        element = f'<{self.prefix}legacyDrawing xmlns:r="{namespace}" r:id="{relation}"/>'
        self._edits.insert(self.place_of_drawing, element.encode())

    def remove_drawing(self) -> None:
        """Take the drawing of the notes away."""
        drawing = self.drawing
        if drawing is not None:
            self._edits.replace(drawing[0].start, drawing[0].end, b"")
