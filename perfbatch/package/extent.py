"""How much a workbook holds, counted in its parts before any of it is held: cells, strings, merges, links, styles.

What a part claims about itself (`<dimension>`, `count`) is not believed; where a reader would believe it, it must be true.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from perfbatch.model.excel import LAST_COLUMN, LAST_ROW
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.addresses import place_of
from perfbatch.package.archive import Package
from perfbatch.package.parts import WorkbookPart
from perfbatch.package.scanning import local, scan, scan_starts

__all__ = ["SheetExtent", "measure_sheet", "refuse_strings", "scan_part"]


@dataclass(frozen=True, slots=True)
class SheetExtent:
    """`stored` cells of a sheet, styled empty ones among them, the `references` to shared strings in them, and the last row
    and column of those that hold something."""

    stored: int
    references: int
    last_row: int = 0
    last_column: int = 0


def measure_sheet(package: Package, part: str, limits: Limits) -> SheetExtent:
    """Count a sheet's cells, keeping none. Raises `SetAside`: F03 where they cannot be, F07 more than the limits."""
    counted = _Sheet(limits)
    try:
        scan_starts(package.open(part), counted.start)
    except (KeyError, zlib.error):
        raise SetAside("F03") from None
    return SheetExtent(counted.stored, counted.references, counted.last_row, counted.last_column)


def refuse_strings(package: Package, book: WorkbookPart, references: int, limits: Limits) -> None:
    """Raise `SetAside` F07 where the shared strings are too many or, each as often as it is referred to, too long. How many
    the part claims to have is not looked at: Excel does not, and writers err."""
    if book.strings_part is None:
        return
    strings = _StringCount(limits)
    scan_part(package, book.strings_part, limits, strings.start, strings.end, strings.text)
    if references * max(strings.lengths, default=0) <= limits.expanded_text:
        return
    counted = _References()
    for part in book.sheets.values():
        scan_part(package, part, limits, counted.start, counted.end, counted.text)
    lengths = strings.lengths
    total = sum(lengths[index] * times for index, times in counted.times.items() if index < len(lengths))
    if total > limits.expanded_text:
        raise SetAside("F07", f"文字展开后 {total} 字，上限 {limits.expanded_text} 字")


def scan_part(
    package: Package,
    part: str,
    limits: Limits,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """`scan` over a part of the package. Raises `SetAside` F03 where the part is missing or damaged."""
    try:
        scan(package.open(part), start, end, text, limits)
    except (KeyError, zlib.error):
        raise SetAside("F03") from None


class _Sheet:
    """Counts one sheet's cells and what goes with them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.stored = self.references = 0
        self._merges = self._links = 0
        self._row = self._column = self.last_row = self.last_column = 0
        self._in_row = 0

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "c":
            self.stored += 1
            self._place(attributes.get("r"))
            if attributes.get("t") == "s":
                self.references += 1
        elif element in ("v", "f", "is"):
            if self._row > self.last_row:
                self.last_row = self._row
            if self._column > self.last_column:
                self.last_column = self._column
        elif element == "row":
            number = attributes.get("r", str(self._in_row + 1))
            if not (number.isascii() and number.isdecimal() and len(number) < 8 and 1 <= int(number) <= LAST_ROW):
                raise SetAside("F03")
            self._row = self._in_row = int(number)
            self._column = 0
        elif element == "mergeCell":
            self._merges += 1
            if self._merges > self._limits.merges:
                raise SetAside("F07", f"合并单元格超过 {self._limits.merges} 处")
        elif element == "hyperlink":
            self._links += 1
            if self._links > self._limits.hyperlinks:
                raise SetAside("F07", f"超链接超过 {self._limits.hyperlinks} 个")
        elif ":" in element:
            self.start(local(element), attributes)

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
        else:
            place = None if "$" in reference else place_of(reference)
            # A cell in another row than the one around it: readers disagree on where it stands.
            if place is None or (self._in_row and place[0] != self._in_row):
                raise SetAside("F03")
            self._row, self._column = place
        if self._column > LAST_COLUMN:
            raise SetAside("F03")
        if self.stored > self._limits.stored_cells:
            raise SetAside("F07", f"单元格超过 {self._limits.stored_cells} 个")


class _StringCount:
    """Counts the shared strings and their lengths in characters."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.lengths: list[int] = []
        self._listening = False

    def start(self, element: str, _: Mapping[str, str]) -> None:
        if element == "t":
            self._listening = True
        elif element == "si":
            self.lengths.append(0)
            if len(self.lengths) > self._limits.shared_strings:
                raise SetAside("F07", f"文字超过 {self._limits.shared_strings} 条")

    def end(self, element: str) -> None:
        if element == "t":
            self._listening = False

    def text(self, piece: str) -> None:
        if self._listening and self.lengths:
            self.lengths[-1] += len(piece)


class _References:
    """Counts how often each shared string is referred to."""

    def __init__(self) -> None:
        self.times: Counter[int] = Counter()
        self._shared = self._listening = False
        self._text: list[str] = []

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "c":
            self._shared = attributes.get("t") == "s"
        elif element == "v":
            self._listening, self._text = self._shared, []

    def text(self, piece: str) -> None:
        if self._listening:
            self._text.append(piece)

    def end(self, element: str) -> None:
        if element == "v" and self._listening:
            self._listening = False
            index = "".join(self._text).strip()
            if index.isascii() and index.isdecimal() and len(index) < 10:
                self.times[int(index)] += 1
