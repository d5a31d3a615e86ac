"""What several workbooks say, as columns: plain buffers that travel from the process that read them, and are kept, as they are.

A bundle has layouts (where the cells of the form's fields stand: most workbooks of a form share one), texts (each held once)
and, workbook after workbook, three columns with an entry per cell of its layout:

- a mark, one byte: the `State`, and in the bits above it what the value is (0 a number, 1 a text, 2 a date);
- a value, eight bytes: the number, the number of the text, the day as an ordinal; 0 unless the state is FILLED;
- a step: the number of the rounding step in the bundle's list of steps.

A submission out of a bundle is a `Submission` like any other whose columns are made of it when somebody asks for them. Where a
bundle stands in a message that is kept anyway, its cells are let go once they are looked at, and opened again for whoever asks:
a district's cells take five times the memory of the messages that they came in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from perfbatch.model.buffers import numbers_as_bytes, numbers_in, texts_as_bytes, texts_in
from perfbatch.model.message import Garbled
from perfbatch.model.plain import shape_of
from perfbatch.model.submission import Column, FactPlace, State, Submission

__all__ = [
    "DATE",
    "NUMBER",
    "STATE_BITS",
    "TEXT",
    "Bundle",
    "BundleCells",
    "BundleColumns",
    "CellLayout",
    "FieldCells",
    "bundled",
    "unbundled",
]

NUMBER, TEXT, DATE = 0, 1, 2
"""What a value is."""
STATE_BITS = 2
"""How far up in a mark it stands what the value is."""

_BUFFERS = 5


class FieldCells(NamedTuple):
    """Where the cells of a field stand: `cells` are their names with a space between, `rows` is how many they are."""

    field: str
    sheet: str
    cells: str
    rows: int

    @property
    def names(self) -> list[str]:
        """The names of the cells, one by one."""
        return self.cells.split(" ")


class CellLayout:
    """The places of a form's fields in one workbook, and in every other one that has them where it has them."""

    def __init__(self, places: tuple[FieldCells, ...]) -> None:
        self.places = places
        self.at: dict[str, tuple[int, FieldCells]] = {}
        """Field id → the number of its first cell in the layout, and its place."""
        self.size = 0
        """How many cells there are."""
        for place in places:
            self.at[place.field] = (self.size, place)
            self.size += place.rows


class BundleCells(NamedTuple):
    """The columns `marks`, `values` (int64) and `step_of` (numbers in `steps`), an entry for each cell, and the texts."""

    marks: memoryview
    values: memoryview
    step_of: memoryview
    steps: tuple[int, ...]
    texts: tuple[str, ...]


class Bundle:
    """Columns of several workbooks. `layout_of` and `starts` say for each of them its layout and its first entry in the columns
    of `cells`."""

    __slots__ = ("_cells", "_reopen", "layout_of", "layouts", "starts")

    def __init__(
        self,
        layouts: tuple[CellLayout, ...],
        layout_of: tuple[int, ...],
        starts: tuple[int, ...],
        cells: BundleCells,
        reopen: Callable[[], BundleCells] | None = None,
    ) -> None:
        self.layouts = layouts
        self.layout_of = layout_of
        self.starts = starts
        self._cells: BundleCells | None = cells
        self._reopen = reopen

    @property
    def cells(self) -> BundleCells:
        """The cells of all its workbooks."""
        return _reopened(self) if self._cells is None else self._cells

    @property
    def size(self) -> int:
        """How many cells there are."""
        return self.starts[-1] + self.layouts[self.layout_of[-1]].size if self.starts else 0

    def let_go(self) -> None:
        """Hold the cells no longer, where they can be had again."""
        if self._reopen is not None:
            self._cells = None

    def opened(self) -> BundleCells:
        """The cells, out of the message that they came in."""
        assert self._reopen is not None
        return self._reopen()

    def column(self, workbook: int, field: str) -> Column:
        """What the cells of one field say. Raises `KeyError` where the layout has no such field."""
        first, place = self.layouts[self.layout_of[workbook]].at[field]
        begin, cells = self.starts[workbook] + first, self.cells
        entries = slice(begin, begin + place.rows)
        marks = cells.marks[entries].tobytes()
        values = tuple(
            _value(cells.texts, mark, value) for mark, value in zip(marks, cells.values[entries], strict=True)
        )
        steps = tuple(cells.steps[number] for number in cells.step_of[entries])
        return Column(place.sheet, place.cells, marks.translate(_STATES), values, steps if any(steps) else ())


# Departments are asked for in their order, which is nearly that of the files: the workbooks of a few bundles are in hand at a time.
@lru_cache(maxsize=16)
def _reopened(bundle: Bundle) -> BundleCells:
    return bundle.opened()


def _value(texts: Sequence[str], mark: int, value: int) -> int | str | date | None:
    if mark & _STATE_MASK != State.FILLED:
        return None
    kind = mark >> STATE_BITS
    return value if kind == NUMBER else texts[value] if kind == TEXT else date.fromordinal(value)


_STATE_MASK = (1 << STATE_BITS) - 1
_STATES = bytes(mark & _STATE_MASK for mark in range(256))


class BundleColumns(Mapping[str, Column]):
    """The columns of one workbook of a bundle, by field id, each made when asked for."""

    __slots__ = ("bundle", "workbook")

    def __init__(self, bundle: Bundle, workbook: int) -> None:
        self.bundle = bundle
        self.workbook = workbook

    @property
    def layout(self) -> CellLayout:
        """Where the cells stand."""
        return self.bundle.layouts[self.bundle.layout_of[self.workbook]]

    def place(self, field: str, row: int) -> FactPlace | None:
        """Where the cell of one row stands; None where the field has no such row. What it says is not looked at."""
        known = self.layout.at.get(field)
        if known is None or row >= known[1].rows:
            return None
        return FactPlace(field, row, known[1].sheet, known[1].names[row])

    def __getitem__(self, field: str) -> Column:
        return self.bundle.column(self.workbook, field)

    def __iter__(self) -> Iterator[str]:
        return iter(self.layout.at)

    def __len__(self) -> int:
        return len(self.layout.at)

    def __repr__(self) -> str:
        return repr(dict(self))


_SUBMISSION = shape_of(Submission, without=("columns",))
_KIND_MARKS: dict[type, int] = {int: 0, type(None): 0, str: TEXT << STATE_BITS, date: DATE << STATE_BITS}


class _Numbers(dict[Any, int]):
    """Value that is no number → what stands for it: the number of the text, the day as an ordinal, 0 for None."""

    def __init__(self) -> None:
        super().__init__({None: 0})
        self.texts: list[str] = []

    def __missing__(self, value: str | date) -> int:
        if isinstance(value, str):
            number = len(self.texts)
            self.texts.append(value)
        else:
            number = value.toordinal()
        self[value] = number
        return number


class _Steps(dict[tuple[int, ...], bytes]):
    """Steps of a column → the numbers of the steps, as bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = {0: 0}

    def __missing__(self, steps: tuple[int, ...]) -> bytes:
        numbers = self.numbers
        coded = self[steps] = numbers_as_bytes("H", [numbers.setdefault(step, len(numbers)) for step in steps])
        return coded


def bundled(submissions: Sequence[Submission]) -> tuple[dict[str, Any], list[bytes]]:
    """The submissions as the head and the buffers of a message. Raises `OverflowError` for a number past 64 bits."""
    layouts: dict[tuple[Any, ...], int] = {}
    layout_of, marks, values, step_of = list[int](), list[bytes](), list[int](), list[bytes]()
    numbers, steps = _Numbers(), _Steps()
    for submission in submissions:
        sheets, cells, states, amounts, rounded = zip(*submission.columns.values(), strict=True)
        rows = tuple(map(len, states))
        layout_of.append(layouts.setdefault((tuple(submission.columns), sheets, cells, rows), len(layouts)))
        flat = list(chain.from_iterable(amounts))
        # One large integer holds a byte for every cell, so that states and kinds are joined without a loop over the cells.
        values += [value if type(value) is int else numbers[value] for value in flat]
        kinds = bytes(map(_KIND_MARKS.__getitem__, map(type, flat)))
        both = int.from_bytes(b"".join(states), "little") | int.from_bytes(kinds, "little")
        marks.append(both.to_bytes(len(flat), "little"))
        step_of += [steps[column] if column else bytes(2 * size) for column, size in zip(rounded, rows, strict=True)]
    head = {
        "layouts": [list(map(list, zip(*layout, strict=True))) for layout in layouts],
        "layout_of": layout_of,
        "steps": list(steps.numbers),
        "submissions": [_SUBMISSION.write(submission) for submission in submissions],
    }
    texts = texts_as_bytes(numbers.texts)
    return head, [b"".join(marks), numbers_as_bytes("q", values), b"".join(step_of), *texts]


def unbundled(
    head: Mapping[str, Any], buffers: Sequence[memoryview], reopen: Callable[[], Sequence[memoryview]] | None = None
) -> list[Submission]:
    """The submissions of a message, all of one bundle; `reopen` gives the buffers anew, where they can be let go. Raises `Garbled`
    where the parts do not fit together.

    That the parts fit is all that is seen to here; what each cell may say is `cell_check`'s matter.
    """
    if len(buffers) != _BUFFERS:
        raise Garbled("no bundle")
    layouts = tuple(_layout(_listed(head, "layouts", number)) for number in range(len(_listed(head, "layouts"))))
    layout_of = _integers(_listed(head, "layout_of"), len(layouts))
    steps = _integers(_listed(head, "steps"), 2**62)
    stated = _listed(head, "submissions")
    sizes = [layouts[number].size for number in layout_of]
    starts, total = list[int](), 0
    for size in sizes:
        starts.append(total)
        total += size
    cells = _cells_in(buffers, steps)
    if {len(cells.marks), len(cells.values), len(cells.step_of)} != {total} or len(stated) != len(layout_of):
        raise Garbled("columns of different lengths")
    again = None if reopen is None else lambda: _cells_in(reopen(), steps)
    bundle = Bundle(layouts, layout_of, tuple(starts), cells, again)
    return [_SUBMISSION.read(plain, columns=BundleColumns(bundle, number)) for number, plain in enumerate(stated)]


def _cells_in(buffers: Sequence[memoryview], steps: tuple[int, ...]) -> BundleCells:
    columns = buffers[0].cast("B"), numbers_in("q", buffers[1]), numbers_in("H", buffers[2])
    return BundleCells(*columns, steps, texts_in(buffers[3], buffers[4]))


def _listed(head: Mapping[str, Any], name: str, number: int | None = None) -> list[Any]:
    part = head.get(name)
    if number is not None and isinstance(part, list):
        part = part[number]
    if not isinstance(part, list):
        raise Garbled(f"no {name}")
    return part


def _integers(numbers: list[Any], below: int) -> tuple[int, ...]:
    if not all(type(number) is int and 0 <= number < below for number in numbers):
        raise Garbled("a number out of its range")
    return tuple(numbers)


def _layout(places: list[Any]) -> CellLayout:
    kinds = [str, str, str, int]
    if not all(isinstance(place, list) and [type(part) for part in place] == kinds for place in places):
        raise Garbled("no layout")
    layout = _known_layout(tuple([FieldCells._make(place) for place in places]))
    if len(layout.at) != len(places):
        raise Garbled("a field twice")
    return layout


@lru_cache(maxsize=256)
def _known_layout(places: tuple[FieldCells, ...]) -> CellLayout:
    """One object for all workbooks that share it, whoever read them."""
    for place in places:
        names = place.cells.count(" ") + 1 if place.cells else min(place.rows, 1)
        if place.rows != names:
            raise Garbled("cells without names")
    return CellLayout(places)
