"""How much the sheets of a workbook that are read hold, and the strings that they refer to, counted before they are held.

What a part claims about itself (`<dimension>`, `count`) is not believed; where a reader would believe it, it must be true.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.archive import Package
from perfbatch.package.parts import WorkbookPart
from perfbatch.package.scanning import scan

__all__ = ["SheetExtent", "refuse_strings", "scan_part"]


@dataclass(frozen=True, slots=True)
class SheetExtent:
    """`stored` cells of a sheet, styled empty ones among them, the `references` to shared strings in them, and the last row
    and column of those that hold something."""

    stored: int
    references: int
    last_row: int = 0
    last_column: int = 0


def refuse_strings(
    package: Package, book: WorkbookPart, sheets: Iterable[str], references: int, limits: Limits
) -> None:
    """Raise `SetAside` F07 where the shared strings are too many or, each as often as the parts of `sheets` refer to it, too
    long. How many the part claims to have is not looked at: Excel does not, and writers err."""
    if book.strings_part is None:
        return
    strings = _StringCount(limits)
    scan_part(package, book.strings_part, limits, strings.start, strings.end, strings.text)
    if references * max(strings.lengths, default=0) <= limits.expanded_text:
        return
    counted = _References()
    for part in sheets:
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
    except KeyError:
        raise SetAside("F03") from None


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
