"""Columns of cells as arrays: a few bytes a cell, from which both the public calls of xlsxwriter and the markup of a sheet are
made. What a cell shows is a text (by its place among the workbook's texts) or a number (a count of 1/scale); how it looks is
its mark, a place in the palette of its block."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from perfbatch.model.figures import Array
from perfbatch.model.submission import SCALE
from perfbatch.summary.shared_texts import SharedTexts

__all__ = [
    "BLANK",
    "NUMBER",
    "TEXT",
    "Counts",
    "FormulaStrip",
    "Formulas",
    "Link",
    "Look",
    "Palette",
    "Rich",
    "Strip",
    "Values",
]

BLANK, TEXT, NUMBER = 0, 1, 2
"""What a cell holds."""

_KINDS = 3
_ROW = "{row}"


class Look(NamedTuple):
    """The style of a cell, with `number_format` and `colour` (of the font) in place of the style's own."""

    style: str
    number_format: str = ""
    colour: str = ""


class Rich(NamedTuple):
    """A text of several colours in one cell: runs of (colour, text), at least two, `size` points high."""

    style: str
    size: int
    runs: tuple[tuple[str, str], ...]


class Link(NamedTuple):
    """Where a cell leads: `target` is a file as a relationship names it, "" for this workbook; `location` a place in it."""

    target: str
    location: str


class Palette:
    """The looks of a block, in the order in which they were met."""

    def __init__(self) -> None:
        self.looks: list[Look | Rich] = []
        self._marks: dict[Look | Rich, int] = {}

    def mark(self, look: Look | Rich) -> int:
        """The mark of a look."""
        if look not in self._marks:
            self._marks[look] = len(self.looks)
            self.looks.append(look)
        return self._marks[look]

    def marks(self, looks: Sequence[Look | Rich], codes: Array) -> Array:
        """Marks of cells whose looks are given by their places in `looks`; only those that are used enter the palette."""
        first, last = int(codes.min(initial=0)), int(codes.max(initial=0))
        if first == last:
            return np.broadcast_to(np.uint16(self.mark(looks[first])), codes.shape)
        used = np.unique(codes)
        table = np.zeros(last + 1, np.uint16)
        table[used] = [self.mark(looks[code]) for code in used.tolist()]
        return table[codes]


@dataclass(frozen=True, slots=True)
class Values:
    """A column of texts, numbers (ints, counts of 1/scale) and None. `codes` are places in `looks`: a cell's look where it
    holds a number; a text takes its style alone. A code of a Rich look shows that, whatever the value is. `links`: row of the
    column → where its cell leads."""

    values: Sequence[str | int | None]
    looks: Sequence[Look | Rich]
    codes: Sequence[int] | Array | None = None
    scale: int = 1
    links: Mapping[int, Link] = field(default_factory=dict)

    def strip(self, texts: SharedTexts, palette: Palette) -> Strip:
        """The column as arrays."""
        number = np.zeros(len(self.values), np.bool_)
        if int in set(map(type, self.values)):
            number = np.fromiter((value.__class__ is int for value in self.values), np.bool_, len(self.values))
            places = texts.places([None if value.__class__ is int else value for value in self.values])  # type: ignore[misc]
            payload = _compact(
                [value if value.__class__ is int else at for value, at in zip(self.values, places, strict=True)]
            )
            kinds = np.where(number, NUMBER, np.where(payload < 0, BLANK, TEXT)).astype(np.uint8)
        else:
            payload = _compact(texts.places(self.values))  # type: ignore[arg-type]
            kinds = (payload >= 0).astype(np.uint8)
        return Strip(kinds, payload, _marks(palette, self.looks, self.codes, number), self.scale, self.links)


@dataclass(frozen=True, slots=True)
class Counts:
    """A column of counts of 1/scale, given as arrays; where `filled` is False stands the text `otherwise`, or nothing."""

    counts: Array
    filled: Array
    looks: Sequence[Look | Rich]
    codes: Sequence[int] | Array | None = None
    scale: int = SCALE
    otherwise: str = ""

    def strip(self, texts: SharedTexts, palette: Palette) -> Strip:
        """The column as arrays."""
        kind, place = (TEXT, texts.places([self.otherwise])[0]) if self.otherwise else (BLANK, 0)
        kinds = np.where(self.filled, np.uint8(NUMBER), np.uint8(kind))
        payload = _compact(np.where(self.filled, self.counts, place))
        return Strip(kinds, payload, _marks(palette, self.looks, self.codes, self.filled), self.scale, {})


@dataclass(frozen=True, slots=True)
class Formulas:
    """A column of live formulas with the values that they have now: counts of 1/SCALE, "" where not `filled`. One formula
    for all rows has `{row}` for the number of its row; of single ones "" leaves the cell empty. `exceptions`: row of the column →
    another formula, with `{row}` as often, and the text that is its value."""

    formula: str | Sequence[str]
    counts: Array
    filled: Array
    looks: Sequence[Look]
    exceptions: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    def strip(self, _: SharedTexts, palette: Palette) -> FormulaStrip:
        """The column as arrays; texts have no part in it."""
        written = np.fromiter(map(bool, self._singly()), np.bool_, len(self.counts))
        marks = _marks(palette, self.looks, None, written)
        counts = _compact(np.where(self.filled, self.counts, 0))
        return FormulaStrip(self.formula, counts, self.filled, marks, self.exceptions)

    def _singly(self) -> Iterable[str]:
        return repeat(self.formula, len(self.counts)) if isinstance(self.formula, str) else self.formula


@dataclass(frozen=True, slots=True)
class Strip:
    """What each cell of a column holds, its payload (a text's place, a count) and its mark."""

    kinds: Array
    payload: Array
    marks: Array
    scale: int
    links: Mapping[int, Link]

    def value(self, at: int, shown: Sequence[str]) -> str | float | None:
        """What a cell holds, as the public calls take it."""
        match int(self.kinds[at]), int(self.payload[at]):
            case (0, _):
                return None
            case (1, place):
                return shown[place]
            case (_, count):
                return count / self.scale if self.scale > 1 else count

    def fragments(
        self, start: int, stop: int, attributes: Sequence[str], base: int, opening: str
    ) -> Iterator[Iterable[str]]:
        """The cells' markup but for the row's number before it; `opening` begins the next cell. `attributes`: mark → what
        follows the cell's address, or for a rich text all the rest of the cell; `base`: place of the first text among the
        package's strings."""
        keys = self.marks[start:stop].astype(np.int64) * _KINDS + self.kinds[start:stop]
        payload, first = self.payload[start:stop], int(keys[0])
        if (keys == first).all():
            write = self._writer(first, attributes, base, opening)
            values = payload.tolist()
            yield map({value: write(value) for value in set(values)}.__getitem__, values)
            return
        writers = {key: self._writer(key, attributes, base, opening) for key in np.unique(keys).tolist()}
        cells = list(zip(keys.tolist(), payload.tolist(), strict=True))
        yield map({cell: writers[cell[0]](cell[1]) for cell in set(cells)}.__getitem__, cells)

    def _writer(self, key: int, attributes: Sequence[str], base: int, opening: str) -> Callable[[int], str]:
        """What makes the markup of the cells of one mark and kind from their payload."""
        mark, kind = divmod(key, _KINDS)
        rest, scale = attributes[mark], self.scale
        if rest.endswith("</c>"):
            return lambda _: f"{rest}{opening}"
        if kind == TEXT:
            return lambda place: f'{rest} t="s"><v>{base + place}</v></c>{opening}'
        if kind == NUMBER:
            return lambda count: f"{rest}><v>{_number(count, scale)}</v></c>{opening}"
        return lambda _: f"{rest}/>{opening}"


@dataclass(frozen=True, slots=True)
class FormulaStrip:
    """Formulas as in `Formulas`, with marks."""

    formula: str | Sequence[str]
    counts: Array
    filled: Array
    marks: Array
    exceptions: Mapping[int, tuple[str, str]]

    def cell(self, at: int, row: int) -> tuple[str, float | str] | None:
        """The formula of a cell in a row (counted from 0) and the value it has; None for an empty cell."""
        if at in self.exceptions:
            formula, text = self.exceptions[at]
            return formula.replace(_ROW, str(row + 1)), text
        formula = self.formula.replace(_ROW, str(row + 1)) if isinstance(self.formula, str) else self.formula[at]
        return (formula, int(self.counts[at]) / SCALE if self.filled[at] else "") if formula else None

    def fragments(
        self, start: int, stop: int, attributes: Sequence[str], _base: int, opening: str
    ) -> Iterator[Iterable[str]]:
        """As `Strip.fragments`, in as many parts as the row's number stands between."""
        values = [
            f"</f><v>{count / SCALE}</v></c>{opening}" if filled else f"</f><v></v></c>{opening}"
            for count, filled in zip(self.counts[start:stop].tolist(), self.filled[start:stop].tolist(), strict=True)
        ]
        if isinstance(self.formula, str):
            *parts, end = _split(f"{attributes[int(self.marks[start])]}><f>", self.formula)
            columns: list[Iterable[str]] = [repeat(part) for part in parts]
            columns.append([f"{end}{value}" for value in values])
        else:
            cells = zip(self.formula[start:stop], self.marks[start:stop].tolist(), values, strict=True)
            columns = [
                [
                    f"{attributes[mark]}><f>{escape(formula.removeprefix('='))}{value}"
                    if formula
                    else f"{attributes[mark]}/>{opening}"
                    for formula, mark, value in cells
                ]
            ]
        yield from self._with_exceptions(columns, start, stop, attributes, opening)

    def _with_exceptions(
        self, columns: list[Iterable[str]], start: int, stop: int, attributes: Sequence[str], opening: str
    ) -> list[Iterable[str]]:
        """The parts of all cells, with those of the exceptions among them in their places."""
        here = [at for at in self.exceptions if start <= at < stop]
        if not here:
            return columns
        filled = [list(islice(column, stop - start)) for column in columns]
        for at in here:
            formula, text = self.exceptions[at]
            *parts, end = _split(f'{attributes[int(self.marks[at])]} t="str"><f>', formula)
            for column, part in zip(filled, [*parts, f"{end}</f><v>{escape(text)}</v></c>{opening}"], strict=True):
                column[at - start] = part
        return [*filled]


def _split(head: str, formula: str) -> list[str]:
    """A formula as markup, split where the number of its row belongs."""
    return f"{head}{escape(formula.removeprefix('='))}".split(_ROW)


def _marks(palette: Palette, looks: Sequence[Look | Rich], codes: Sequence[int] | Array | None, number: Array) -> Array:
    """Marks of a column: a look has a number format only where a number stands."""
    both = [
        kind for look in looks for kind in (look if isinstance(look, Rich) else look._replace(number_format=""), look)
    ]
    given = np.zeros(len(number), np.int64) if codes is None else np.asarray(codes, np.int64)
    return palette.marks(both, given * 2 + number)


def _compact(counts: Sequence[Any] | Array) -> Array:
    """Integers in four bytes each where they fit, in eight where those do, else as Python's own."""
    try:
        wide = np.asarray(counts, np.int64)
    except OverflowError:
        return np.asarray(counts, object)
    limits = np.iinfo(np.int32)
    narrow = not wide.size or (wide.min() >= limits.min and wide.max() <= limits.max)
    return wide.astype(np.int32) if narrow else wide


def _number(count: int, scale: int) -> str:
    """A number as xlsxwriter writes it: 16 digits at most."""
    whole, rest = divmod(count, scale)
    return str(whole) if not rest and -(10**15) < whole < 10**15 else f"{count / scale:.16G}"
