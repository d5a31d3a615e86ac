"""The scorecard of a report: a row per indicator, by its name, in order, inside its 二级指标."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfbatch.importing.filling import Filling, label_key
from perfbatch.importing.headers import TableHeader, find_headers, similar
from perfbatch.importing.unit_tables import rows_below
from perfbatch.importing.word_report import WordCell, WordReport, WordRow
from perfbatch.intake.numerals import parse_numeral
from perfbatch.rulebook.model import FormField, Indicator, ScorecardBlock

__all__ = ["read_scorecard"]

_ALIKE = 0.75
_RENAMED = "指标名称与表样不同，按组内顺序对应"
_ALIKE_NOTE = "指标名称与表样略有不同"


def read_scorecard(report: WordReport, filling: Filling, taken: set[int]) -> None:
    """Read it; rows that are read are `taken`."""
    for _, block in filling.rulebook.blocks():
        if isinstance(block, ScorecardBlock):
            specs = [field for field in block.fields if field.kind != "id"]
            headers = find_headers(report.rows, specs, taken)
            stops = [header.first for header in headers]
            rows: list[tuple[TableHeader, WordRow]] = []
            for header in headers:
                rows += [(header, row) for row in rows_below(report, header, stops, taken)]
                taken.update(range(header.first, header.last + 1))
            taken.update(row.number for _, row in rows)
            if rows:
                _Scorecard(filling, block, specs).read(rows)


class _Scorecard:
    """Reads the rows of one scorecard."""

    def __init__(self, filling: Filling, block: ScorecardBlock, specs: Sequence[FormField]) -> None:
        self._filling, self._block, self._specs = filling, block, specs
        self._indicators = filling.rulebook.indicators
        self._free = list(range(len(self._indicators)))
        self._points: dict[int, tuple[WordCell, FormField]] = {}

    def read(self, rows: Sequence[tuple[TableHeader, WordRow]]) -> None:
        """Read the rows in order: those that are named first, what is left by its place inside its group."""
        subgroup, pending = "", list[tuple[TableHeader, WordRow, str, WordCell]]()
        for header, row in rows:
            words = self._words(header, row)
            subgroup = next((key for cell in words if (key := self._subgroup_of(cell))), subgroup)
            if any(label_key(cell.text) == label_key(self._block.total.label) for cell in words):
                self._total(header, row)
                continue
            number, alike = self._named(words, subgroup)
            if number is None:
                name = self._name_cell(words)
                if name is not None:
                    pending.append((header, row, subgroup, name))
                continue
            self._take(number, header, row, "" if alike else _ALIKE_NOTE)
        for header, row, key, name in pending:
            self._unnamed(header, row, key, name)
        self._put_points()

    def _words(self, header: TableHeader, row: WordRow) -> list[WordCell]:
        """The cells left of the figures."""
        first = min(header.fields.values())
        if len(row.cells) == len(header.leaves):
            return list(row.cells[:first])
        return [cell for cell in row.cells if cell.last < header.leaves[first].first]

    def _subgroup_of(self, cell: WordCell) -> str:
        key = label_key(cell.text)
        keys = {label_key(indicator.subgroup) for indicator in self._indicators}
        # Its points stand behind it, in brackets.
        return key.partition("(")[0] if key.partition("(")[0] in keys else ""

    def _named(self, words: Sequence[WordCell], subgroup: str) -> tuple[int | None, bool]:
        """The indicator that a row names; whether it does so in the very words of the form."""
        keys = [label_key(cell.text) for cell in words if not cell.continued]
        inside = [number for number in self._free if label_key(self._indicators[number].subgroup) == subgroup]
        for numbers in (inside, self._free):
            for number in numbers:
                if label_key(self._indicators[number].name) in keys:
                    return number, True
        likeness, number = max(
            ((similar(label_key(self._indicators[number].name), key), -number) for number in inside for key in keys),
            default=(0.0, 0),
        )
        return (-number, False) if likeness >= _ALIKE else (None, False)

    def _name_cell(self, words: Sequence[WordCell]) -> WordCell | None:
        """The cell that may name an indicator: what stands left of the standard."""
        own = [cell for cell in words if not cell.continued and label_key(cell.text) and not self._subgroup_of(cell)]
        return own[0] if own else None

    def _unnamed(self, header: TableHeader, row: WordRow, subgroup: str, name: WordCell) -> None:
        inside = [number for number in self._free if label_key(self._indicators[number].subgroup) == subgroup]
        if not inside:
            self._filling.remark(self._filling.rulebook.roles.item_self, name, "表样中没有该指标，得分没有填入")
            return
        number = inside[0]
        indicator: Indicator = self._indicators[number]
        if indicator.editable:
            self._filling.names[number] = " ".join(name.text.split())
        self._take(number, header, row, _RENAMED)

    def _take(self, number: int, header: TableHeader, row: WordRow, note: str) -> None:
        self._free.remove(number)
        for spec in self._specs:
            cell, certain = header.cell_of(spec.id, row)
            if cell is None:
                continue
            if spec.id == self._filling.rulebook.roles.item_max:
                self._points[number] = (cell, spec)
            elif not cell.continued:
                self._filling.put(spec, number, cell, sure=certain and not note, note=note)

    def _put_points(self) -> None:
        """The points, where they are other than the form's: one merged cell may hold those of several indicators."""
        merged: dict[str, list[int]] = {}
        for number, (cell, _) in self._points.items():
            merged.setdefault(cell.place, []).append(number)
        stated = {numbers[0]: parse_numeral(self._points[numbers[0]][0].text) for numbers in merged.values()}
        differs = any(
            stated[numbers[0]] is not None
            and stated[numbers[0]].value != sum((self._indicators[number].points for number in numbers), Decimal())  # type: ignore[union-attr]
            for numbers in merged.values()
        )
        if not differs:
            return
        for numbers in merged.values():
            cell, spec = self._points[numbers[0]]
            for number in numbers:
                alone = len(numbers) == 1
                text = None if alone else str(self._indicators[number].points)
                self._filling.put(
                    spec, number, cell, sure=alone, text=text, note="" if alone else "几项共用一个分值，按表样分列"
                )
        for number, indicator in enumerate(self._indicators):
            if number not in self._points:
                spec = next(iter(self._points.values()))[1]
                self._filling.preset(spec, number, float(indicator.points))

    def _total(self, header: TableHeader, row: WordRow) -> None:
        cell, certain = header.cell_of(self._filling.rulebook.roles.item_self, row)
        if cell is not None and cell.text.strip():
            self._filling.put(self._block.total, 0, cell, sure=certain)
