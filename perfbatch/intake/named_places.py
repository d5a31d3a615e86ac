"""Where the form's fields stand in a workbook: the defined names, held against the labels beside the cells.

A name goes along when cells are cut and pasted, stays behind on a copied sheet, and may end on another field's cell. Which
figure is which is told by the label that a person reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from perfbatch.intake.formats import FormWorkbook
from perfbatch.intake.labels import (
    Beside,
    FormLabels,
    ShownCells,
    beside,
    beside_in_matrix,
    blocks_with_titles,
    heading_unit,
    title_unit,
)
from perfbatch.intake.numerals import canonical_unit
from perfbatch.intake.reading import Remark
from perfbatch.intake.stated_units import may_state_units, units_beside, units_of_rows
from perfbatch.package.addresses import Area
from perfbatch.package.raw_cell import CellValue, RawCell, ShownValue
from perfbatch.rulebook.model import Rulebook

__all__ = ["FormPlaces", "NamedPlace"]

_MEASURED = ("amount", "area")
_LONGEST_LABEL, _MOST_LAYOUTS = 200, 64


class NamedPlace(NamedTuple):
    """Where a field stands: `area` None where its name is gone, `remark` (C14) where it cannot be read there; `heading`: the
    unit that the headings state instead of the field's own, or ""; `row_headings`: that of single rows of the sheet."""

    area: Area | None
    remark: Remark | None = None
    heading: str = ""
    row_headings: Mapping[int, str] = {}


class _Candidate(NamedTuple):
    area: Area
    beside: Beside


class _Layout(NamedTuple):
    """What was found where the names stand alike, and what the cells that were looked at for it held, in the order of looking."""

    shown: tuple[ShownValue, ...]
    places: Mapping[str, NamedPlace]

    def fits(self, workbook: FormWorkbook) -> bool:
        """Whether those cells hold the same here: then looking would come upon the same cells and the same places."""
        return workbook.shows(self.shown)


class _Noting:
    """A workbook's cells, noting which were asked for and what they hold."""

    def __init__(self, workbook: FormWorkbook) -> None:
        self._workbook = workbook
        self.shown: dict[tuple[str, int, int], CellValue] = {}

    def cell(self, sheet: str, row: int, column: int) -> RawCell:
        cell = self._workbook.cell(sheet, row, column)
        self.shown[sheet, row, column] = cell.value
        return cell

    def layout(self, places: Mapping[str, NamedPlace]) -> _Layout | None:
        """What is remembered; None where long texts stand beside the fields, which no other workbook has."""
        if any(isinstance(value, str) and len(value) > _LONGEST_LABEL for value in self.shown.values()):
            return None
        return _Layout(tuple(ShownValue(*place, value) for place, value in self.shown.items()), places)


class FormPlaces:
    """Finds the fields of one form. Workbooks that are laid out alike, with the same labels, are looked through once."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.labels = FormLabels(rulebook)
        self._fields = rulebook.field_by_id
        columns = rulebook.column_ids
        self._single = {name: name not in columns for name in self._fields}
        self._blocks = blocks_with_titles(rulebook)
        self._layouts: dict[tuple[object, ...], _Layout] = {}
        self._units = {
            name: canonical_unit(rulebook.kind_of(field).unit) or ""
            for name, field in self._fields.items()
            if field.kind in _MEASURED
        }

    def find(self, workbook: FormWorkbook) -> Mapping[str, NamedPlace]:
        """Every field's place."""
        looking = may_state_units(workbook)
        if looking:
            # Units may stand anywhere on the sheets.
            return self._find(workbook, workbook, looking=True)
        names, twins = workbook.names, workbook.twins
        where = tuple([names.get(name) for name in self._fields])
        others = tuple([(name, *twins[name]) for name in self._fields if name in twins]) if twins else ()
        known = self._layouts.get((where, others))
        if known is not None and known.fits(workbook):
            return known.places
        noting = _Noting(workbook)
        places = self._find(workbook, noting, looking=False)
        layout = noting.layout(places)
        if layout is not None:
            if len(self._layouts) >= _MOST_LAYOUTS:
                self._layouts.clear()
            self._layouts[where, others] = layout
        return places

    def _find(self, workbook: FormWorkbook, cells: ShownCells, *, looking: bool) -> Mapping[str, NamedPlace]:
        own = self._own_cells(workbook)
        chosen = {name: self._chosen(workbook, cells, name, own) for name in self._fields}
        places: dict[str, NamedPlace] = {}
        standing: dict[str, _Candidate] = {}
        for name, candidate in chosen.items():
            if candidate is None:
                places[name] = NamedPlace(None)
            elif candidate.beside.fields and name not in candidate.beside.fields:
                other = min(candidate.beside.fields, key=list(self._fields).index)
                moved = Remark("C14", {"other": self.labels.label_of[other]}, reported="", wording="C14.moved")
                places[name] = NamedPlace(candidate.area, moved)
            else:
                standing[name] = candidate
        for name, others in self._shared(standing):
            labels = "、".join(self.labels.label_of[other] for other in others)
            shared = Remark("C14", {"other": labels}, reported="", wording="C14.shared")
            places[name] = NamedPlace(standing.pop(name).area, shared)
        units = self._heading_units(workbook, cells, standing, looking=looking)
        for name, candidate in standing.items():
            heading, rows = units.get(name, ("", {}))
            places[name] = NamedPlace(candidate.area, heading=heading, row_headings=rows)
        return places

    def _own_cells(self, workbook: FormWorkbook) -> Mapping[str, frozenset[tuple[int, int]]]:
        """Table of fixed rows and columns → row and column of its cells, wherever their names are."""
        cells: dict[str, set[tuple[int, int]]] = {}
        for name, matrix in self.labels.matrix_of.items():
            for area in (workbook.names.get(name), *workbook.twins.get(name, ())):
                if area is not None:
                    cells.setdefault(matrix.id, set()).add((area.first_row, area.first_column))
        return {name: frozenset(places) for name, places in cells.items()}

    def _chosen(
        self, workbook: FormWorkbook, cells: ShownCells, name: str, own_cells: Mapping[str, frozenset[tuple[int, int]]]
    ) -> _Candidate | None:
        """The workbook's own name, unless it does not stand beside the field's label and a sheet's name does."""
        areas = [area for area in (workbook.names.get(name), *workbook.twins.get(name, ())) if area is not None]
        matrix = self.labels.matrix_of.get(name)
        candidates = [
            _Candidate(
                area,
                beside(cells, self.labels, area, single=self._single[name])
                if matrix is None
                else beside_in_matrix(cells, matrix, name, area, own_cells[matrix.id]),
            )
            for area in areas
        ]
        right = (candidate for candidate in candidates if name in candidate.beside.fields)
        own = workbook.names.get(name)
        # A sheet's name alone, beside nothing that is the field's label, is a copy's and not the form's.
        return next(right, candidates[0] if candidates and own is not None else None)

    def _shared(self, standing: Mapping[str, _Candidate]) -> list[tuple[str, list[str]]]:
        """Fields that share a cell with others, and those others; one that alone stands beside its own label keeps the cell."""
        by_cell: dict[tuple[str, int, int], list[str]] = {}
        for name, candidate in standing.items():
            # Columns of stacked tables may be stretched over one another; what counts is where they begin.
            area = candidate.area
            by_cell.setdefault((area.sheet, area.first_row, area.first_column), []).append(name)
        shared: list[tuple[str, list[str]]] = []
        for names in by_cell.values():
            own = [name for name in names if name in standing[name].beside.fields]
            if len(names) > 1:
                for name in names:
                    if own != [name]:
                        shared.append((name, [other for other in names if other != name]))
        return shared

    def _heading_units(
        self, workbook: FormWorkbook, cells: ShownCells, standing: Mapping[str, _Candidate], *, looking: bool
    ) -> dict[str, tuple[str, Mapping[int, str]]]:
        """Per field the other unit that its headings state, or a cell of the sheet, and those that rows of its table state."""
        measured = {
            at: names
            for at, (_, _, fields) in enumerate(self._blocks)
            if (names := [name for name in fields if name in self._units and name in standing])
        }
        where = {at: _around([standing[name].area for name in names]) for at, names in measured.items()}
        beside_them = units_beside(workbook, where) if looking else {}
        units: dict[str, tuple[str, Mapping[int, str]]] = {}
        for at, (title, single, _) in enumerate(self._blocks):
            if at not in measured:
                continue
            # The title stands over the block's first row.
            first = min(
                (standing[name] for name in measured[at]),
                key=lambda candidate: (candidate.area.first_row, candidate.area.first_column),
            )
            stated = title_unit(cells, first.area, first.beside.text, title, single=single)
            rows = units_of_rows(workbook, where[at]) if looking and not single else {}
            for name in measured[at]:
                own = self._units[name]
                heading = heading_unit(standing[name].beside.text, stated, own)
                heading = heading or heading_unit("", beside_them.get(at, ""), own)
                units[name] = heading, {row: unit for row, unit in rows.items() if heading_unit("", unit, own)}
        return units


def _around(areas: Sequence[Area]) -> Area:
    """What holds all of them, on the sheet of the first."""
    first = areas[0]
    here = [area for area in areas if area.sheet == first.sheet]
    return Area(
        first.sheet,
        min(area.first_row for area in here),
        min(area.first_column for area in here),
        max(area.last_row for area in here),
        max(area.last_column for area in here),
    )
