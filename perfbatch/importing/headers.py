"""Headers of a report's tables: which rows cover a table's labels, and which cell below belongs to which of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from perfbatch.importing.filling import label_key
from perfbatch.importing.word_report import WordCell, WordRow
from perfbatch.rulebook.model import FormField

__all__ = ["TableHeader", "find_headers", "similar"]

_DEEPEST, _SHARE, _ALIKE = 3, 0.6, 0.6
_LONGEST_LABEL = 40


@dataclass(frozen=True)
class TableHeader:
    """A header found in rows `first` to `last` of the report, in a table of it. `leaves` are its lowest cells from the left; `fields`: field id →
    number of its leaf; `unsure`: the fields that were told by likeness alone."""

    table: int
    first: int
    last: int
    leaves: tuple[WordCell, ...]
    fields: Mapping[str, int]
    unsure: frozenset[str]

    def cell_of(self, field_id: str, row: WordRow) -> tuple[WordCell | None, bool]:
        """The cell of a row below that belongs to a field, and whether that is sure: by its place among as many cells as the header
        has, else by the columns that it covers."""
        number = self.fields.get(field_id)
        if number is None:
            return None, False
        sure = field_id not in self.unsure
        leaf = self.leaves[number]
        if len(row.cells) == len(self.leaves):
            cell = row.cells[number]
            # Where both stand on one grid, they must also stand below one another.
            below = row.table != self.table or (cell.first <= leaf.last and leaf.first <= cell.last)
            return cell, sure and below
        covered = [cell for cell in row.cells if cell.first <= leaf.last and leaf.first <= cell.last]
        return (covered[0], False) if len(covered) == 1 else (None, False)


def find_headers(
    rows: Sequence[WordRow], specs: Sequence[FormField], taken: set[int], also: Mapping[str, str] | None = None
) -> list[TableHeader]:
    """Every header that covers most of the labels of some fields, from the top. `also`: further labels (their keys) that the header
    of this table has, and the field each stands for."""
    wanted = {label_key(spec.label): spec.id for spec in specs} | dict(also or {})
    headers: list[TableHeader] = []
    at = 0
    while at < len(rows):
        header = None if rows[at].number in taken else _header_at(rows, at, wanted, taken)
        if header is None:
            at += 1
        else:
            headers.append(header)
            at += header.last - header.first + 1
    return headers


def _header_at(rows: Sequence[WordRow], at: int, wanted: Mapping[str, str], taken: set[int]) -> TableHeader | None:
    """The header that begins in a row, of the fewest rows that cover the most labels."""
    best: TableHeader | None = None
    for depth in range(1, _DEEPEST + 1):
        window = rows[at : at + depth]
        if len(window) < depth or window[-1].table != window[0].table or window[-1].number in taken:
            break
        header = _matched(window, wanted)
        if header is not None and (best is None or len(header.fields) > len(best.fields)):
            best = header
    return best


def _matched(window: Sequence[WordRow], wanted: Mapping[str, str]) -> TableHeader | None:
    leaves = _leaves(window)
    keys = [label_key(leaf.text) if len(leaf.text) <= _LONGEST_LABEL else "" for leaf in leaves]
    fields: dict[str, int] = {}
    for number, key in enumerate(keys):
        if key in wanted:
            fields.setdefault(wanted[key], number)
    total = len(set(wanted.values()))
    own = {key for cell in window[0].cells if (key := label_key(cell.text)) in wanted}
    if len(fields) < max(2, _SHARE * total) or not own:
        return None
    free = [number for number in range(len(leaves)) if number not in fields.values() and keys[number]]
    unsure: set[str] = set()
    for key, name in wanted.items():
        if name in fields or not free:
            continue
        likeness, number = max((similar(key, keys[number]), -number) for number in free)
        if likeness >= _ALIKE:
            fields[name] = -number
            unsure.add(name)
            free.remove(-number)
    above = {key for row in window[:-1] for cell in row.cells if (key := label_key(cell.text)) in wanted}
    if any(wanted[key] not in fields for key in above):
        # A label without a column of its own below: the header is not what it was, and no column of it is sure.
        unsure = set(fields)
    return TableHeader(window[0].table, window[0].number, window[-1].number, tuple(leaves), fields, frozenset(unsure))


def _leaves(window: Sequence[WordRow]) -> list[WordCell]:
    """The lowest cells of a header; a blank one stands for what is above it."""
    leaves = []
    for cell in sorted(window[-1].cells, key=lambda leaf: leaf.first):
        for row in reversed(window[:-1]):
            if cell.text.strip():
                break
            above = [upper for upper in row.cells if upper.first <= cell.first and cell.last <= upper.last]
            if above:
                cell = cell._replace(text=above[0].text)
        leaves.append(cell)
    return leaves


def similar(key: str, other: str) -> float:
    """How alike two labels are, from 0 to 1."""
    return SequenceMatcher(None, key, other).ratio() if key and other else 0.0
