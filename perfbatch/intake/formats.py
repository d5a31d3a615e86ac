"""The formats that are read: one module and one line here for each. What a format gives is asked for in one way."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import NamedTuple, Protocol

from perfbatch.intake.excel_97 import is_compound_file, open_excel_97
from perfbatch.intake.guard import inspect
from perfbatch.intake.open_document import is_open_document, open_open_document
from perfbatch.model.limits import Limits
from perfbatch.package.addresses import Area, Place
from perfbatch.package.raw_cell import HeldColumn, RawCell, ShownValue
from perfbatch.package.sheet_cells import StoredCell
from perfbatch.package.workbook import open_workbook

__all__ = ["FORMATS", "FormWorkbook", "Format", "open_form"]


class FormWorkbook(Protocol):
    """An open workbook of any format. All of it may raise `SetAside` F03 or F07."""

    @property
    def full_calculation(self) -> bool:
        """Whether nobody has calculated the workbook since a program wrote it."""
        ...

    @property
    def sheets(self) -> tuple[str, ...]:
        """Worksheet names in order."""
        ...

    @property
    def names(self) -> Mapping[str, Area]:
        """Workbook-level defined names that refer to cells of this workbook, in small letters."""
        ...

    @property
    def twins(self) -> Mapping[str, Sequence[Area]]:
        """Further names that are written as one of the workbook's own: those of copied sheets."""
        ...

    @property
    def elsewhere(self) -> frozenset[str]:
        """Names that refer to another workbook."""
        ...

    @property
    def without_formulas(self) -> str:
        """What the format is called if its formulas are not read; "" where they are."""
        ...

    def cells(self, sheet: str) -> Mapping[Place, StoredCell]:
        """What the cells of a sheet store, for recomputing."""
        ...

    def rows(self, sheet: str) -> Sequence[int]:
        """The rows of `cells`, each once, from the top."""
        ...

    def may_hold(self, patterns: Mapping[bytes, re.Pattern[bytes]]) -> bool:
        """Whether a text may match one of the patterns by its markup; True where only looking at the cells would tell."""
        ...

    def claim(self, names: Mapping[str, Area]) -> None:
        """Say which cells are the form's inputs, so that a merged area is never read twice."""
        ...

    def column(self, area: Area) -> list[RawCell]:
        """The cells of the area's first column, from the top."""
        ...

    def held(self, area: Area, *, single: bool) -> HeldColumn:
        """What these cells hold, or the first of them alone."""
        ...

    def cell(self, sheet: str, row: int, column: int) -> RawCell:
        """One cell; one covered by a merged area reads the area's top-left cell, unless that is an input of its own."""
        ...

    def shows(self, values: Sequence[ShownValue]) -> bool:
        """Whether all of these cells hold the values that are named with them."""
        ...

    def active_content(self) -> list[str]:
        """What of the workbook runs or reaches out of it, in words."""
        ...


class _Opener(Protocol):
    def __call__(
        self, content: bytes, limits: Limits, wanted: Container[str], sheets: Container[str], *, plainly: bool
    ) -> FormWorkbook: ...


class Format(NamedTuple):
    """A format: whether content is of it, by its first bytes and whatever else is cheap to look at; and how it is opened."""

    recognises: Callable[[bytes], bool]
    open: _Opener


def _open_xlsx(
    content: bytes, limits: Limits, wanted: Container[str], sheets: Container[str], *, plainly: bool
) -> FormWorkbook:
    return open_workbook(inspect(content, limits), limits, wanted, sheets, plainly=plainly)


FORMATS: tuple[Format, ...] = (
    Format(is_compound_file, open_excel_97),
    Format(is_open_document, open_open_document),
    # The last one takes whatever the others leave, and names what it is where it is no workbook.
    Format(lambda _: True, _open_xlsx),
)


def open_form(
    content: bytes, limits: Limits, wanted: Container[str], sheets: Container[str], *, plainly: bool = True
) -> FormWorkbook:
    """Open a workbook of any of the formats. `wanted`: the defined names that will be asked for; `sheets`: those that will be
    read besides. Raises `SetAside` (F01–F05, F07)."""
    form = next(known_format for known_format in FORMATS if known_format.recognises(content))
    return form.open(content, limits, wanted, sheets, plainly=plainly)
