"""The tables with a row per unit, as a report has them: below a header that covers the labels, rows of its width."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from perfbatch.importing.filling import Filling, label_key, multiline
from perfbatch.importing.headers import TableHeader, find_headers
from perfbatch.importing.word_report import WordCell, WordReport, WordRow
from perfbatch.rulebook.model import FormField, UnitTableBlock

__all__ = ["read_unit_tables", "rows_below"]

_SHORTEST = 2
_NUMBERED = re.compile(r"^\d+[.、,)]?")


def rows_below(report: WordReport, header: TableHeader, stops: Sequence[int], taken: set[int]) -> Iterator[WordRow]:
    """The rows below a header that have its width, also those of a table that goes on behind a break of pages; to the next
    header (`stops`: the first rows of all)."""
    table = report.rows[header.last].table
    for row in report.rows[header.last + 1 :]:
        same_width = len(row.cells) == len(header.leaves)
        if row.number in stops or row.number in taken or (row.table != table and not same_width):
            return
        if not same_width and not _same_columns(row, header):
            return
        yield row


def _same_columns(row: WordRow, header: TableHeader) -> bool:
    """Whether a row of another width has most of the header's columns."""
    edges = {cell.first for cell in row.cells}
    return len(row.cells) > 1 and sum(leaf.first in edges for leaf in header.leaves) * 3 >= 2 * len(header.leaves)


def read_unit_tables(report: WordReport, filling: Filling, taken: set[int]) -> None:
    """Read all of them; rows that are read are `taken`."""
    rulebook = filling.rulebook
    names = rulebook.field_by_id.get(rulebook.roles.sub_unit)
    tables = list(rulebook.unit_tables.values())
    headers = {table.id: _headers(report, table, names, taken) for table in tables}
    stops = [header.first for found_headers in headers.values() for header in found_headers]
    # The first rows are the form's own: what is said of one of them never goes to another.
    units = [_NUMBERED.sub("", label_key(name)) for name in rulebook.unit_rows[:-1]]
    for table in sorted(tables, key=lambda one_table: names not in one_table.fields):
        for header in headers[table.id]:
            rows = list(rows_below(report, header, stops, taken))
            taken.update(range(header.first, header.last + 1))
            _read_rows(_in_use(rows, header, table, names, rulebook.unit_rows), header, table, names, units, filling)
            taken.update(row.number for row in rows)


def _headers(report: WordReport, table: UnitTableBlock, names: FormField | None, taken: set[int]) -> list[TableHeader]:
    figures = [field for field in table.fields if field != names]
    also = {label_key(names.label): names.id} if names is not None else {}
    return [
        header
        for header in find_headers(report.rows, figures, taken, also)
        # The column of names alone makes no table of this kind.
        if sum(field.id in header.fields for field in figures) >= max(1, len(figures) // 2)
    ]


def _in_use(
    rows: Sequence[WordRow], header: TableHeader, table: UnitTableBlock, names: FormField | None, printed: Sequence[str]
) -> list[WordRow]:
    """The rows without those at the end in which nothing stands but the form's own name for a unit."""
    kept = list(rows)
    pattern = re.sub(r"\\\{\w+\\\}", r"\\d*", re.escape(label_key(printed[-1]))) if printed else ""
    while kept:
        name = _name_of(kept[-1], header, names)
        figures = [header.cell_of(field.id, kept[-1])[0] for field in table.fields if field != names]
        blank = not any(cell is not None and multiline(cell.text) for cell in figures)
        own = "" if name is None else label_key(name.text)
        if not blank or (own and not re.fullmatch(pattern, own) and not _looks_printed(own, printed)):
            break
        kept.pop()
    return kept


def _looks_printed(key: str, printed: Sequence[str]) -> bool:
    return len(printed) > 0 and _NUMBERED.sub("", key) == re.sub(
        r"\{\w+\}", "", _NUMBERED.sub("", label_key(printed[-1]))
    )


def _name_of(row: WordRow, header: TableHeader, names: FormField | None) -> WordCell | None:
    """The cell of a row that names the unit: the first one where the header does not say."""
    if names is None:
        return None
    cell, _ = header.cell_of(names.id, row)
    return cell or (row.cells[0] if header.fields and min(header.fields.values()) > 0 else None)


def _read_rows(
    rows: Sequence[WordRow],
    header: TableHeader,
    table: UnitTableBlock,
    names: FormField | None,
    units: list[str],
    filling: Filling,
) -> None:
    """`units`: the keys of the units that are known, in the order of the form's rows; new ones go behind them."""
    used: set[int] = set()
    for position, row in enumerate(rows):
        name = _name_of(row, header, names)
        key = "" if name is None else _NUMBERED.sub("", label_key(name.text))
        at = _place_of(key, units, used)
        sure = at is not None
        if (
            at is None
            and position < len(units)
            and position not in used
            and not _known(rows, header, names, units[position])
        ):
            at = position
        if at is None:
            at = len(units)
            units.append(key)
            sure = names is None or names in table.fields or not filling.has(names.id)
        used.add(at)
        if names is not None and name is not None:
            filling.put(names, at, name, sure=sure)
        for field in table.fields:
            cell, certain = header.cell_of(field.id, row)
            if field != names and cell is not None:
                filling.put(
                    field, at, cell, sure=certain and sure, note="" if certain and sure else "按位置对应，请核对行列"
                )


def _place_of(key: str, units: Sequence[str], used: set[int]) -> int | None:
    """The row of the unit that is called so, or whose printed name begins or ends so (汇总 for 局机关及二级机构汇总); None for none."""
    free = [number for number in range(len(units)) if number not in used]
    exact = next((number for number in free if key and units[number] == key), None)
    if exact is not None or len(key) < _SHORTEST:
        return exact
    parts = [number for number in free if units[number].startswith(key) or units[number].endswith(key)]
    return parts[0] if len(parts) == 1 else None


def _known(rows: Sequence[WordRow], header: TableHeader, names: FormField | None, unit: str) -> bool:
    """Whether a unit of that name has a row of its own here."""
    cells = (_name_of(row, header, names) for row in rows)
    return any(cell is not None and _NUMBERED.sub("", label_key(cell.text)) == unit for cell in cells)
