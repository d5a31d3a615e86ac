"""A sheet of the roster workbook as rows below headings, with the place of every cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from unicodedata import normalize

from perfbatch.model.catalogue import CATALOGUE
from perfbatch.model.errors import OperatorFault
from perfbatch.model.findings import Finding
from perfbatch.model.submission import SCALE
from perfbatch.package.addresses import cell_name
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.roles import entity_code

__all__ = ["RosterTable", "code_of", "number_of", "plain_text", "words"]


class RosterTable:
    """The rows of a sheet below its heading row, with the place of every cell; what is wrong is added to `faults`.

    `codes` are those that its rows have named.
    """

    def __init__(
        self,
        path: Path,
        sheet: str,
        rows: Sequence[Sequence[Any]],
        columns: Mapping[str, str],
        required: Sequence[str],
        faults: list[OperatorFault],
    ) -> None:
        self._path, self._sheet, self._faults = path, sheet, faults
        self.codes: set[str] = set()
        wanted = {plain_text(label): name for name, label in columns.items()} | {name: name for name in columns}
        for number, row in enumerate(rows):
            at: dict[str, int] = {}
            twice: list[int] = []
            for column, cell in enumerate(row):
                if (name := wanted.get(plain_text(cell), "")) in at:
                    twice.append(column)
                elif name:
                    at[name] = column
            if required[0] in at:
                if twice:
                    heading = plain_text(row[twice[0]])
                    raise self._fault(
                        number, twice[0], f"the heading {heading} stands twice", "Keep one of the columns."
                    )
                missing = [columns[name] for name in required if name not in at]
                if missing:
                    raise self._fault(number, 0, f"has no column {'、'.join(missing)}", "Add the column.")
                self._at, self._first, self._rows = at, number + 1, rows
                return
        raise OperatorFault(
            f"{path} [{sheet}]", f"has no heading row with {columns[required[0]]}", "Start from a blank roster."
        )

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """(row number from 0, column name → value) for every row that is not blank."""
        for number in range(self._first, len(self._rows)):
            row = self._rows[number]
            values = {name: row[column] if column < len(row) else "" for name, column in self._at.items()}
            if any(plain_text(value) for value in values.values()):
                yield number, values

    def note(self, row: int, column: str, fault: str, remedy: str) -> None:
        """Something is wrong with a cell."""
        self._faults.append(self._fault(row, column, fault, remedy))

    def _fault(self, row: int, column: int | str, fault: str, remedy: str) -> OperatorFault:
        """A fault at a cell; `column` is a number from 0 or a column's name."""
        number = self._at[column] if isinstance(column, str) else column
        return OperatorFault(f"{self._path} [{self._sheet}!{cell_name(row + 1, number + 1)}]", fault, remedy)

    def finding(
        self, code: str, row: int, column: str, budget_code: str, reported: str = "", expected: str = "", **words: str
    ) -> Finding:
        """What is wrong with a cell of the roster and leaves the rest of it as it is."""
        text = CATALOGUE[code]
        message = text.message.format(line=row + 1, reported=reported, expected=expected, **words)
        cell = cell_name(row + 1, self._at[column] + 1)
        place = (self._path.name, self._sheet, cell, column)
        return Finding(code, text.severity, budget_code, *place, reported, expected, "", message, text.remedy)


def plain_text(value: Any) -> str:
    """The text of a cell, full-width signs as their plain ones."""
    return normalize("NFKC", str(value)).strip()


def words(value: Any) -> str:
    """A name as it is written; only blanks that nobody sees are put in order."""
    return " ".join(str(value).split())


def code_of(table: RosterTable, row: int, values: Mapping[str, Any], rulebook: Rulebook) -> str:
    """The key of a row as one text; "" where it is none, which has been noted."""
    parts = []
    for column in rulebook.entity.key:
        value = values[column]
        if not isinstance(value, str):
            fault = f"the code {value!r} is a number, its leading zeros may be lost"
            table.note(row, column, fault, "Format it as text.")
            parts.append("")
            continue
        parts.append(plain_text(value) if len(rulebook.entity.key) == 1 else "".join(plain_text(value).split()))
        if not parts[-1]:
            table.note(row, column, "the code is blank", "Fill it in or delete the row.")
    return entity_code(parts)


def number_of(table: RosterTable, row: int, column: str, value: Any) -> int | None:
    """Counts of 1/SCALE; None where the cell is blank, or holds no number, which has been noted."""
    text = plain_text(value).replace(",", "")
    if not text:
        return None
    try:
        exact = Decimal(text).quantize(Decimal(1) / SCALE)
    except InvalidOperation:
        exact = Decimal("NaN")
    if exact.is_nan():
        table.note(row, column, f"{text!r} is not a number", "Give a plain number or leave it blank.")
        return None
    return int(exact * SCALE)
