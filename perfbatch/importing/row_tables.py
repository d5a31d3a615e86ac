"""Tables of as many rows as somebody wrote (targets, evaluators), as a report has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from perfbatch.importing.filling import Filling, label_key, multiline
from perfbatch.importing.headers import TableHeader, find_headers
from perfbatch.importing.unit_tables import rows_below
from perfbatch.importing.word_report import WordCell, WordReport, WordRow
from perfbatch.rulebook.model import FormField, RowsBlock

__all__ = ["read_row_tables"]

_ANOTHER = re.compile(r"^\s*(?:绩效)?指标\s*[0-9０-９]+\s*[:：.、]", re.MULTILINE)
_BY_POSITION = "按位置对应，请核对行列"


class _TableRow(NamedTuple):
    """A row for the form: its kind where the table has kinds, field id → cell, and the fields that are sure."""

    kind: str
    cells: dict[str, WordCell]
    sure: frozenset[str]


def read_row_tables(report: WordReport, filling: Filling, taken: set[int], headings: frozenset[str]) -> None:
    """Read all of them; rows that are read are `taken`. `headings`: keys of the form's labels, which are no answers."""
    for _, block in filling.rulebook.blocks():
        if isinstance(block, RowsBlock):
            rows: list[_TableRow] = []
            for header in find_headers(report.rows, block.fields, taken):
                rows += _rows(report, header, block, taken, headings)
            if rows:
                _place(_split(rows), block, filling)


def _rows(
    report: WordReport, header: TableHeader, block: RowsBlock, taken: set[int], headings: frozenset[str]
) -> list[_TableRow]:
    preset = block.kind_column
    rows: list[_TableRow] = []
    kind = ""
    taken.update(range(header.first, header.last + 1))
    for row in _below(report, header, taken):
        cells, sure = _cells(header, block.fields, row)
        if preset is None:
            if any(label_key(cell.text) in headings for cell in row.cells):
                break
            taken.add(row.number)
        else:
            named = _kind_of(header, preset, row)
            own = [label_key(line) for cell in row.cells if not cell.continued for line in multiline(cell.text)]
            if not named and any(key in headings for key in own):
                # A line of another block within the table, such as the rate of satisfaction.
                continue
            kind = named or kind
            taken.add(row.number)
        if any(multiline(cell.text) for name, cell in cells.items() if preset is None or name != preset.id):
            rows.append(_TableRow(kind, cells, sure))
    return rows


def _below(report: WordReport, header: TableHeader, taken: set[int]) -> list[WordRow]:
    """The rows below a header down to the end of its columns; one of a card between them does not end the table."""
    table, edge = report.rows[header.last].table, max(leaf.last for leaf in header.leaves)
    rows: list[WordRow] = list(rows_below(report, header, (), taken))
    wider = []
    for row in report.rows[header.last + 1 + len(rows) :] if not rows else report.rows[rows[-1].number + 1 :]:
        # A column of the header may be split below it: kinds beside what they belong to.
        if (
            row.table != table
            or len(row.cells) <= len(header.leaves) - 1
            or row.cells[-1].last != edge
            or row.number in taken
        ):
            break
        wider.append(row)
    return rows + wider


def _cells(
    header: TableHeader, fields: Sequence[FormField], row: WordRow
) -> tuple[dict[str, WordCell], frozenset[str]]:
    cells: dict[str, WordCell] = {}
    sure: set[str] = set()
    for field in fields:
        cell, certain = header.cell_of(field.id, row)
        if field.id in header.fields and len(row.cells) != len(header.leaves):
            # A column of the header may be split below it (kinds beside what they belong to): told by the columns, and sure where
            # counting from the right says the same.
            number = header.fields[field.id]
            leaf = header.leaves[number]
            covered = [lower for lower in row.cells if lower.first <= leaf.last and leaf.first <= lower.last]
            from_right = (
                row.cells[number - len(header.leaves)] if len(row.cells) > len(header.leaves) - number - 1 else None
            )
            cell = covered[-1] if covered else from_right
            certain = len(covered) == 1 and cell is from_right and field.id not in header.unsure
        if cell is not None:
            cells[field.id] = cell
            if certain:
                sure.add(field.id)
    return cells, frozenset(sure)


def _kind_of(header: TableHeader, preset: FormField, row: WordRow) -> str:
    """Which of its kinds a row says that it is of: the rightmost of the cells below the header's that names one."""
    if preset.id not in header.fields:
        return ""
    leaf = header.leaves[header.fields[preset.id]]
    keys = {label_key(choice): choice for choice in preset.choices}
    kind = ""
    for cell in row.cells:
        if cell.first <= leaf.last and leaf.first <= cell.last:
            kind = next((keys[key] for line in multiline(cell.text) if (key := label_key(line)) in keys), kind)
    return kind


def _split(rows: Sequence[_TableRow]) -> list[_TableRow]:
    """Rows whose cells hold several numbered lines, one for each."""
    split: list[_TableRow] = []
    for row in rows:
        parts = {name: _ANOTHER.split(cell.text)[1:] for name, cell in row.cells.items()}
        most = max((len(pieces) for pieces in parts.values()), default=0)
        if most < 2:
            split.append(row)
            continue
        for number in range(most):
            cells = {
                name: cell._replace(text=parts[name][number].strip() if number < len(parts[name]) else "")
                if parts[name]
                else cell._replace(text=cell.text if number == 0 or name not in row.cells else "")
                for name, cell in row.cells.items()
            }
            split.append(_TableRow(row.kind, cells, row.sure))
    return split


def _place(rows: Sequence[_TableRow], block: RowsBlock, filling: Filling) -> None:
    """Give every row its place: in the lines that the form prints for its kind, else behind all of them."""
    preset = block.kind_column
    lines = [line.get(preset.id) if preset is not None else None for line in block.presets]
    columns = {field.id: field for field in block.fields}
    for number, line in enumerate(block.presets):
        for name, value in line.items():
            filling.preset(columns[name], number, value)
    free = dict.fromkeys(range(len(lines)))
    behind = len(lines)
    for row in rows:
        written = {name: cell for name, cell in row.cells.items() if preset is None or name != preset.id}
        at = next((number for number in free if preset is not None and lines[number] == row.kind), None)
        if at is None:
            at, behind = behind, behind + 1
            if preset is not None:
                filling.preset(preset, at, row.kind or None)
        else:
            del free[at]
        for field in block.fields:
            cell = written.get(field.id)
            if cell is not None:
                sure = field.id in row.sure and (preset is None or row.kind != "")
                filling.put(field, at, cell, sure=sure, note="" if sure else _BY_POSITION)
    for field in block.fields:
        if preset is not None and field != preset and filling.has(field.id):
            filling.rows_of[field.id] = max(filling.rows_of[field.id], filling.rows_of[preset.id])
