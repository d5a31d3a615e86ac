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
                    raise self._fault(number, twice[0], "roster.heading_twice", heading=heading)
                missing = [columns[name] for name in required if name not in at]
                if missing:
                    raise self._fault(number, 0, "roster.no_column", columns="、".join(missing))
                self._at, self._first, self._rows = at, number + 1, rows
                return
        raise OperatorFault("roster.no_heading", path=path, sheet=sheet, column=columns[required[0]])

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """(row number from 0, column name → value) for every row that is not blank."""
        for number in range(self._first, len(self._rows)):
            row = self._rows[number]
            values = {name: row[column] if column < len(row) else "" for name, column in self._at.items()}
            if any(plain_text(value) for value in values.values()):
                yield number, values

    def note(self, at: int, column: str, key: str, /, **stated: object) -> None:
        """Something is wrong with a cell of a row (`at`, from 0): a wording of the catalogue, and what it states beside the
        place."""
        self._faults.append(self._fault(at, column, key, **stated))

    def _fault(self, at: int, column: int | str, key: str, /, **stated: object) -> OperatorFault:
        """A fault at a cell; `column` is a number from 0 or a column's name."""
        number = self._at[column] if isinstance(column, str) else column
        place = f"{self._path} [{self._sheet}!{cell_name(at + 1, number + 1)}]"
        return OperatorFault(key, place=place, **stated)

    def finding(
        self, code: str, row: int, column: str, entity: str, reported: str = "", expected: str = "", **words: str
    ) -> Finding:
        """What is wrong with a cell of the roster and leaves the rest of it as it is."""
        text = CATALOGUE[code]
        message = text.message.format(line=row + 1, reported=reported, expected=expected, **words)
        cell = cell_name(row + 1, self._at[column] + 1)
        place = (self._path.name, self._sheet, cell, column)
        return Finding(code, text.severity, entity, *place, reported, expected, "", message, text.remedy)


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
            table.note(row, column, "roster.code_number", value=repr(value))
            parts.append("")
            continue
        parts.append(plain_text(value) if len(rulebook.entity.key) == 1 else "".join(plain_text(value).split()))
        if not parts[-1]:
            table.note(row, column, "roster.code_blank")
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
        table.note(row, column, "roster.no_number", value=repr(text))
        return None
    return int(exact * SCALE)
