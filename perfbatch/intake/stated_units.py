"""Units of money that a sheet states elsewhere than in a figure's own heading: in a cell of its own ("单位：元") above a table,
at the head or the foot of the sheet, or in the label of a row ("局机关（元）").

The form prints its unit in its headings. Whoever writes another one beside them means it for the figures, or not: which of the
two the figures are in, a person has to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from perfbatch.intake.formats import FormWorkbook
from perfbatch.intake.labels import stated_unit
from perfbatch.intake.numerals import canonical_unit, fold, money_exponent
from perfbatch.package.addresses import Area

__all__ = ["may_state_units", "units_beside", "units_of_rows"]

_ALONE = re.compile(
    r"[(\[【]?(?:(?:金额|计量|货币|数据)?(?:计量)?单位[:;]?)?(?:人民币)?([^()\[\]【】:;]{1,4})[)\]】]?。?"
)
# What the markup of such a text has: looked for before any cell is looked at, so each begins with a character that is quickly
# found. A character is several bytes there, so that choices are written out; some programs cut a text up by scripts.
_GAP, _CUT, _CLOSE = "(?: |\u3000)*", "(?:<[^>]*>)*", r"(?:\)|）|\]|】)"
_BEFORE = ("十", "百", "千", "亿", "十万", "百万", "千万", "民币")
_BARE = "(?:" + "|".join(f"(?<={word}元)" for word in (">", *_BEFORE)) + ")"
_OTHER = "(?:" + "|".join(f"(?<={word}元)" for word in (">", r"\(", "（", r"\[", "【", *_BEFORE)) + ")"
_MARKUP = {
    begin.encode(): re.compile(f"{begin}{rest}".encode())
    for begin, rest in (
        ("单", f"{_GAP}位{_GAP}{_CUT}(?::|：|;|；)"),
        ("元", f"(?:{_OTHER}{_GAP}{_CUT}{_CLOSE}|{_BARE}{_GAP}</t></si>)"),
        ("角", f"{_GAP}{_CUT}(?:{_CLOSE}|</si>)"),
    )
}
# Rows above a table and below the last one that are looked through, columns right of it, and left of it for the labels of rows.
_ABOVE, _BELOW, _RIGHT, _LEFT = 8, 3, 2, 2
# A name may be drawn over whole rows and columns; no table of a form is as large.
_MOST_COLUMNS, _MOST_ROWS = 60, 2_000


@lru_cache(maxsize=4_096)
def _alone(text: str) -> str:
    """The unit of money that a text states and says nothing else; "" for any other."""
    if len(text) > 20:
        return ""
    stated = _ALONE.fullmatch(fold(text).replace(" ", ""))
    unit = canonical_unit(stated[1]) if stated is not None else None
    return unit if unit is not None and money_exponent(unit) is not None else ""


def may_state_units(workbook: FormWorkbook) -> bool:
    """Whether any text of the workbook is worth looking at."""
    return workbook.may_hold(_MARKUP)


def units_beside(workbook: FormWorkbook, blocks: Mapping[int, Area]) -> dict[int, str]:
    """Per block, by any key, the unit that a cell of its own states for it, "" for none: between it and the block above it, else at
    the head of the sheet, else at its foot."""
    units = dict.fromkeys(blocks, "")
    by_sheet: dict[str, list[int]] = {}
    for key, block in blocks.items():
        by_sheet.setdefault(block.sheet, []).append(key)
    for sheet, keys in by_sheet.items():
        keys.sort(key=lambda key: blocks[key].first_row)
        right = min(max(blocks[key].last_column for key in keys) + _RIGHT, _MOST_COLUMNS)
        areas = [blocks[key] for key in keys]
        before = 0
        above: list[str] = []
        for area in areas:
            above.append(
                _stated(workbook, sheet, range(max(before + 1, area.first_row - _ABOVE), area.first_row), right)
            )
            before = max(before, area.last_row)
        foot = _stated(workbook, sheet, range(before + 1, before + 1 + _BELOW), right)
        for key, own in zip(keys, above, strict=True):
            units[key] = own or above[0] or foot
    return units


def _stated(workbook: FormWorkbook, sheet: str, rows: Sequence[int], right: int) -> str:
    for row in rows:
        for column in range(1, right + 1):
            cell = workbook.cell(sheet, row, column)
            if (
                isinstance(cell.value, str)
                and cell.column == column
                and cell.row == row
                and (unit := _alone(cell.value))
            ):
                return unit
    return ""


def units_of_rows(workbook: FormWorkbook, area: Area) -> dict[int, str]:
    """Row of the sheet → the unit that the labels left of a table's figures state in brackets, where they state one of money."""
    units: dict[int, str] = {}
    for row in range(area.first_row, min(area.last_row, area.first_row + _MOST_ROWS) + 1):
        for column in range(max(area.first_column - _LEFT, 1), area.first_column):
            cell = workbook.cell(area.sheet, row, column)
            if isinstance(cell.value, str) and cell.row == row:
                unit = stated_unit(cell.value)
                if unit and money_exponent(unit) is not None:
                    units[row] = unit
    return units
