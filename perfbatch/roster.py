"""The bureau's roster (部门名录): who is expected to report, the bureau's own control figures, and its reviewers' scores.

A workbook of two sheets. 部门名录 has a row per department; 财政复核, which may be missing, a row per reviewed score.
Columns are found by their headings; a fault names file, sheet, cell and remedy and is the operator's to mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from unicodedata import normalize

from perfbatch.errors import OperatorFault
from perfbatch.intake.submission import SCALE
from perfbatch.rulebook.model import Rulebook

__all__ = ["CONTROL_FIGURES", "REVIEW_SHEET", "ROSTER_COLUMNS", "ROSTER_SHEET", "Roster", "RosterEntry", "read_roster"]

ROSTER_SHEET = "部门名录"
REVIEW_SHEET = "财政复核"

CONTROL_FIGURES = ("authorized_posts", "budget_initial", "general_budget_appropriation")
"""The fields that the bureau has figures of its own for (R23)."""

ROSTER_COLUMNS: Mapping[str, str] = {
    "budget_code": "预算编码",
    "unit_name": "部门（单位）名称",
    "office": "归口业务股室",
    "contact": "联系方式（脱敏）",
    "subordinate_units": "二级机构",
    "authorized_posts": "人员编制（人）",
    "budget_initial": "年初预算数（万元）",
    "general_budget_appropriation": "公共财政拨款（万元）",
}
REVIEW_COLUMNS: Mapping[str, str] = {
    "budget_code": "预算编码",
    "indicator": "指标代码",
    "score": "核定得分",
    "reason": "核定理由",
}
_REQUIRED = ("budget_code", "unit_name")


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One department. `figures` is field id → count of 1/SCALE of its unit, without what the bureau left blank."""

    budget_code: str
    unit_name: str
    office: str = ""
    contact: str = ""
    subordinate_units: tuple[str, ...] = ()
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Roster:
    """The departments in the roster's order, and (budget_code, indicator id) → (score in 1/SCALE points, reason)."""

    entries: tuple[RosterEntry, ...]
    reviews: Mapping[tuple[str, str], tuple[int, str]] = field(default_factory=dict)


def read_roster(path: Path, rulebook: Rulebook) -> Roster:
    """Read a roster workbook. Raises `OperatorFault` with sheet and cell for whatever is wrong with it."""
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
    entries = tuple(_entries(_Table(path, ROSTER_SHEET, rows, ROSTER_COLUMNS, _REQUIRED)))
    reviews: dict[tuple[str, str], tuple[int, str]] = {}
    if reviewed:
        table = _Table(path, REVIEW_SHEET, reviewed, REVIEW_COLUMNS, tuple(REVIEW_COLUMNS))
        reviews = dict(_reviews(table, rulebook, {entry.budget_code for entry in entries}))
    return Roster(entries, reviews)


class _Table:
    """The rows of a sheet below its heading row, with the place of every cell."""

    def __init__(
        self, path: Path, sheet: str, rows: Sequence[Sequence[Any]], columns: Mapping[str, str], required: Sequence[str]
    ) -> None:
        self._path, self._sheet = path, sheet
        wanted = {_plain(label): name for name, label in columns.items()} | {name: name for name in columns}
        for number, row in enumerate(rows):
            at = {wanted[_plain(cell)]: column for column, cell in enumerate(row) if _plain(cell) in wanted}
            if required[0] in at:
                missing = [columns[name] for name in required if name not in at]
                if missing:
                    raise self.fault(number, 0, f"has no column {'、'.join(missing)}", "Add the column.")
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

    def fault(self, row: int, column: int | str, fault: str, remedy: str) -> OperatorFault:
        """A fault at a cell; `column` is a number from 0 or a column's name."""
        letter = self._at[column] if isinstance(column, str) else column
        return OperatorFault(f"{self._path} [{self._sheet}!{chr(ord('A') + letter)}{row + 1}]", fault, remedy)


def _plain(value: Any) -> str:
    return normalize("NFKC", str(value)).strip()


def _code(table: _Table, row: int, value: Any) -> str:
    if not isinstance(value, str):
        raise table.fault(
            row, "budget_code", f"the code {value!r} is a number, its leading zeros may be lost", "Format it as text."
        )
    code = _plain(value)
    if not code:
        raise table.fault(row, "budget_code", "the code is blank", "Fill it in or delete the row.")
    return code


def _entries(table: _Table) -> Iterator[RosterEntry]:
    seen: dict[str, int] = {}
    for row, values in table.rows():
        code, name = _code(table, row, values["budget_code"]), _plain(values["unit_name"])
        if code in seen:
            raise table.fault(
                row, "budget_code", f"the code {code} stands in row {seen[code] + 1} too", "Keep one of the rows."
            )
        seen[code] = row
        if not name:
            raise table.fault(row, "unit_name", "the name is blank", "Fill it in.")
        figures = {
            figure: number
            for figure in CONTROL_FIGURES
            if figure in values and (number := _number(table, row, figure, values[figure])) is not None
        }
        subordinate = _plain(values.get("subordinate_units", "")).replace("\n", "、").replace(";", "、").split("、")
        yield RosterEntry(
            budget_code=code,
            unit_name=name,
            office=_plain(values.get("office", "")),
            contact=_plain(values.get("contact", "")),
            subordinate_units=tuple(one.strip() for one in subordinate if one.strip()),
            figures=figures,
        )


def _number(table: _Table, row: int, column: str, value: Any) -> int | None:
    text = _plain(value).replace(",", "")
    if not text:
        return None
    try:
        exact = Decimal(text).quantize(Decimal(1) / SCALE)
    except InvalidOperation:
        raise table.fault(row, column, f"{text!r} is not a number", "Give a plain number or leave it blank.") from None
    return int(exact * SCALE)


def _reviews(table: _Table, rulebook: Rulebook, codes: set[str]) -> Iterator[tuple[tuple[str, str], tuple[int, str]]]:
    for row, values in table.rows():
        code, indicator_id = _code(table, row, values["budget_code"]), _plain(values["indicator"])
        indicator = rulebook.indicator_by_id.get(indicator_id)
        if code not in codes:
            raise table.fault(row, "budget_code", f"no department {code} in the roster", "Correct the code.")
        if indicator is None:
            raise table.fault(row, "indicator", f"no indicator {indicator_id!r}", "Use an id of the rulebook.")
        score = _number(table, row, "score", values["score"])
        if score is None or not 0 <= score <= int(indicator.points * SCALE):
            raise table.fault(row, "score", f"the score must lie in 0 … {indicator.points}", "Correct the score.")
        reason = _plain(values["reason"])
        if not reason:
            raise table.fault(row, "reason", "the reason is blank", "State why the score was changed.")
        yield (code, indicator_id), (score, reason)
