"""Reading a roster workbook. 部门名录 has a row per department; 财政复核, which may be missing, a row per reviewed score.

Columns are found by their headings; a fault names file, sheet, cell and remedy and is the operator's to mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from unicodedata import normalize

from perfbatch.model.errors import OperatorFault, OperatorFaults
from perfbatch.model.submission import SCALE
from perfbatch.package.addresses import cell_name
from perfbatch.roster.model import (
    MAX_UNITS,
    REVIEW_COLUMNS,
    REVIEW_SHEET,
    ROSTER_SHEET,
    Roster,
    RosterEntry,
    control_figures,
    roster_columns,
)
from perfbatch.rulebook.model import Rulebook

__all__ = ["read_roster"]

_REQUIRED = ("budget_code", "unit_name")
_BETWEEN_UNITS = re.compile("[、;；,，\n]")


def read_roster(path: Path, rulebook: Rulebook) -> Roster:
    """Read a roster workbook. Raises `OperatorFault` where it cannot be read as one, `OperatorFaults` with sheet and cell of
    everything that is wrong with what it says."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            if ROSTER_SHEET not in workbook.sheet_names:
                raise OperatorFault(str(path), f"has no sheet {ROSTER_SHEET}", "Start from a blank roster.")
            rows = workbook.get_sheet_by_name(ROSTER_SHEET).to_python(skip_empty_area=False)
            reviewed: list[list[Any]] = []
            if REVIEW_SHEET in workbook.sheet_names:
                reviewed = workbook.get_sheet_by_name(REVIEW_SHEET).to_python(skip_empty_area=False)
    except (OSError, CalamineError) as error:
        raise OperatorFault(str(path), f"cannot be read as a workbook ({error})", "Name a roster .xlsx.") from None
    faults: list[OperatorFault] = []
    departments = _Table(path, ROSTER_SHEET, rows, roster_columns(rulebook), _REQUIRED, faults)
    entries = tuple(_entries(departments, rulebook))
    if not entries and not faults:
        raise OperatorFault(f"{path} [{ROSTER_SHEET}]", "lists no department", "Fill in a row for every department.")
    reviews: dict[tuple[str, str], tuple[int, str]] = {}
    if reviewed:
        table = _Table(path, REVIEW_SHEET, reviewed, REVIEW_COLUMNS, tuple(REVIEW_COLUMNS), faults)
        reviews = dict(_reviews(table, rulebook, departments.codes))
    if faults:
        raise OperatorFaults(faults)
    return Roster(entries, reviews)


class _Table:
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
        wanted = {_plain(label): name for name, label in columns.items()} | {name: name for name in columns}
        for number, row in enumerate(rows):
            at: dict[str, int] = {}
            twice: list[int] = []
            for column, cell in enumerate(row):
                if (name := wanted.get(_plain(cell), "")) in at:
                    twice.append(column)
                elif name:
                    at[name] = column
            if required[0] in at:
                if twice:
                    heading = _plain(row[twice[0]])
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
            if any(_plain(value) for value in values.values()):
                yield number, values

    def note(self, row: int, column: str, fault: str, remedy: str) -> None:
        """Something is wrong with a cell."""
        self._faults.append(self._fault(row, column, fault, remedy))

    def _fault(self, row: int, column: int | str, fault: str, remedy: str) -> OperatorFault:
        """A fault at a cell; `column` is a number from 0 or a column's name."""
        number = self._at[column] if isinstance(column, str) else column
        return OperatorFault(f"{self._path} [{self._sheet}!{cell_name(row + 1, number + 1)}]", fault, remedy)


def _plain(value: Any) -> str:
    return normalize("NFKC", str(value)).strip()


def _words(value: Any) -> str:
    """A name as it is written; only blanks that nobody sees are put in order."""
    return " ".join(str(value).split())


def _code(table: _Table, row: int, value: Any) -> str:
    """A budget code; "" where it is none, which has been noted."""
    if not isinstance(value, str):
        table.note(
            row, "budget_code", f"the code {value!r} is a number, its leading zeros may be lost", "Format it as text."
        )
        return ""
    code = _plain(value)
    if not code:
        table.note(row, "budget_code", "the code is blank", "Fill it in or delete the row.")
    return code


def _entries(table: _Table, rulebook: Rulebook) -> Iterator[RosterEntry]:
    seen: dict[str, int] = {}
    for row, values in table.rows():
        code, name = _code(table, row, values["budget_code"]), _words(values["unit_name"])
        if code in seen:
            table.note(
                row, "budget_code", f"the code {code} stands in row {seen[code] + 1} too", "Keep one of the rows."
            )
        elif code:
            seen[code] = row
            table.codes.add(code)
        if not name:
            table.note(row, "unit_name", "the name is blank", "Fill it in.")
        named = (("budget_code", code, rulebook.entity.key[0]), ("unit_name", name, rulebook.entity.name))
        for column, text, field in named:
            _fit(table, row, column, text, rulebook.kind_of(rulebook.field_by_id[field]).max_length)
        figures = {
            figure: number
            for figure in control_figures(rulebook)
            if figure in values and (number := _figure(table, row, figure, values[figure], rulebook)) is not None
        }
        yield RosterEntry(
            budget_code=code,
            unit_name=name,
            office=_words(values.get("office", "")),
            contact=_words(values.get("contact", "")),
            subordinate_units=_units(table, row, values, name, rulebook),
            figures=figures,
        )


def _fit(table: _Table, row: int, column: str, text: str, most: int | None) -> None:
    if most is not None and len(text) > most:
        table.note(row, column, f"{text[:12]}… is longer than the form's {most} characters", "Shorten it.")


def _units(
    table: _Table, row: int, values: Mapping[str, Any], department: str, rulebook: Rulebook
) -> tuple[str, ...] | None:
    """The subordinate units in their order; each name once, or nobody could tell their rows apart."""
    if "subordinate_units" not in values:
        return None
    column = "subordinate_units"
    units = tuple(name for part in _BETWEEN_UNITS.split(str(values[column])) if (name := _words(part)))
    if len(units) > MAX_UNITS:
        table.note(
            row,
            column,
            f"{len(units)} subordinate units, the form has room for {MAX_UNITS}",
            "Put small units together.",
        )
        return units
    names = next(
        (field for table in rulebook.unit_tables.values() for field in table.fields if field.kind == "text"), None
    )
    seen = {_plain(department)}
    for unit in units:
        if names is not None:
            _fit(table, row, column, unit, rulebook.kind_of(names).max_length)
        if _plain(unit) == _plain(department):
            table.note(row, column, f"{unit} is the department itself", "List its subordinate units only.")
        elif _plain(unit) in seen:
            table.note(row, column, f"{unit} stands twice", "Keep it once.")
        seen.add(_plain(unit))
    return units


def _figure(table: _Table, row: int, field_id: str, value: Any, rulebook: Rulebook) -> int | None:
    """A control figure, within the bounds that the form has for the same field."""
    number = _number(table, row, field_id, value)
    kind = rulebook.kind_of(rulebook.field_by_id[field_id])
    least, most = kind.minimum, kind.maximum
    if number is None:
        return None
    if least is not None and most is not None and not least * SCALE <= number <= most * SCALE:
        table.note(row, field_id, f"{_plain(value)} must lie in {least} … {most}", "Correct the number or its unit.")
    elif kind.decimals == 0 and number % SCALE:
        table.note(row, field_id, f"{_plain(value)} is not a whole number", "Correct the number.")
    return number


def _number(table: _Table, row: int, column: str, value: Any) -> int | None:
    """Counts of 1/SCALE; None where the cell is blank, or holds no number, which has been noted."""
    text = _plain(value).replace(",", "")
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


def _reviews(table: _Table, rulebook: Rulebook, codes: set[str]) -> Iterator[tuple[tuple[str, str], tuple[int, str]]]:
    by_name = {_plain(indicator.name): indicator.id for indicator in rulebook.indicators}
    seen: dict[tuple[str, str], int] = {}
    for row, values in table.rows():
        code, typed = _code(table, row, values["budget_code"]), _plain(values["indicator"])
        indicator_id = by_name.get(typed, typed)
        if code and code not in codes:
            table.note(row, "budget_code", f"no department {code} in the roster", "Correct the code.")
        before = seen.setdefault((code, indicator_id), row)
        if code and before != row:
            table.note(
                row, "indicator", f"{indicator_id} of {code} stands in row {before + 1} too", "Keep one of the rows."
            )
        score = _reviewed_score(table, row, values["score"], indicator_id, rulebook)
        reason = _plain(values["reason"])
        if not reason:
            table.note(row, "reason", "the reason is blank", "State why the score was changed.")
        yield (code, indicator_id), (score, reason)


def _reviewed_score(table: _Table, row: int, value: Any, indicator_id: str, rulebook: Rulebook) -> int:
    indicator = rulebook.indicator_by_id.get(indicator_id)
    if indicator is None:
        table.note(row, "indicator", f"no indicator {indicator_id!r}", "Use an id of the rulebook.")
    score = _number(table, row, "score", value)
    if score is None and _plain(value):
        return 0  # noted already
    most = indicator.points if indicator else rulebook.total_points
    if score is None or not 0 <= score <= int(most * SCALE):
        table.note(row, "score", f"the score must lie in 0 … {most}", "Correct the score.")
        return 0
    return score
