"""The stamp of a notice: hidden defined names, which every program keeps and moves along with their cells.

`_perfbatch_notice` refers to the first sheet. `_perfbatch_notice_state` is a text: version, checksum of the styles part as
written, the lengths of its lists before, whether the workbook stated its
active tab, and which it was. `_perfbatch_tab_<number>_<word>` refers to a sheet that said that it was selected. Each marked cell has a name
`_perfbatch_mark_<number>_<style before>_<fill>_<origin>` that refers to it; `_perfbatch_fill_<fill>_<piece>` is the fill
that it had, as markup. So marks can be told and undone after Excel, WPS or LibreOffice has rewritten the whole package,
after rows were inserted and sheets renamed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfbatch.package.addresses import Place, column_letters, parse_area, quoted_sheet
from perfbatch.package.book_part import DefinedName, EditableWorkbook

__all__ = ["CellMark", "Stamp", "is_stamp", "most_common_fill", "read_stamp", "write_stamp"]

_SHEET = "_perfbatch_notice"
_STATE = "_perfbatch_notice_state"
_PREFIX = "_perfbatch_"
_MARK = re.compile(r"_perfbatch_mark_\d{1,6}_(\d{1,6})_(\d{1,6})_([cdnsr])")
_FILL = re.compile(r"_perfbatch_fill_(\d{1,6})_(\d{1,3})")
_STATED = re.compile(r"1;([0-9a-f]{8});(\d+),(\d+),(\d+),(\d+);([01])(?:;(\d{1,5}))?")
_TAB = re.compile(r"_perfbatch_tab_\d{1,6}_(1|true|on)")
# Excel holds no longer text in a formula than 255 characters; quotes count double.
_PIECE = 200


@dataclass(frozen=True, slots=True)
class CellMark:
    """One tinted cell: its sheet's name, its place, the style that it had, the fill of that as markup, its origin."""

    sheet: str
    place: Place
    style: int
    fill: str
    origin: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a notice says of itself. `sheet` is None where its first sheet is gone."""

    sheet: str | None
    checksum: str
    counts: tuple[int, ...]
    tab_unstated: bool
    marks: tuple[CellMark, ...]
    active: int | None = None
    """The position among the department's sheets of the one that was shown first; None where that is not known."""
    selected: tuple[tuple[str, str], ...] = ()
    """The sheets that said that they were selected, and the word that they had for it."""


def is_stamp(name: DefinedName) -> bool:
    """Whether a name is one of a notice's."""
    own = name.name in (_SHEET, _STATE)
    return own or any(kind.fullmatch(name.name) is not None for kind in (_MARK, _FILL, _TAB))


def read_stamp(workbook: EditableWorkbook) -> Stamp | None:
    """The stamp of the notice that a workbook once was, None for one that was none."""
    if not workbook.mentions(_SHEET):
        return None
    named = {name.name: name.text for name in workbook.names if name.sheet is None and name.name.startswith(_PREFIX)}
    if _STATE not in named and _SHEET not in named:
        return None
    fills: dict[int, dict[int, str]] = {}
    for name, text in named.items():
        match = _FILL.fullmatch(name)
        if match is not None:
            fills.setdefault(int(match[1]), {})[int(match[2])] = _unquoted(text)
    whole = {number: "".join(piece for _, piece in sorted(pieces.items())) for number, pieces in fills.items()}
    marks: list[CellMark] = []
    for name, text in named.items():
        match, area = _MARK.fullmatch(name), parse_area(text)
        if match is not None and area is not None:
            place = (area.first_row, area.first_column)
            marks.append(CellMark(area.sheet, place, int(match[1]), whole.get(int(match[2]), ""), match[3]))
    first = parse_area(named.get(_SHEET, ""))
    stated = _STATED.fullmatch(_unquoted(named.get(_STATE, "")))
    return Stamp(
        None if first is None else first.sheet,
        stated[1] if stated else "",
        tuple(int(stated[number]) for number in range(2, 6)) if stated else (),
        stated is not None and stated[6] == "1",
        tuple(marks),
        int(stated[7]) if stated and stated[7] else None,
        tuple(_selected(named)),
    )


def _selected(named: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in named.items():
        match, area = _TAB.fullmatch(name), parse_area(text)
        if match is not None and area is not None:
            yield area.sheet, match[1]


def write_stamp(workbook: EditableWorkbook, stamp: Stamp) -> None:
    """Define the names of a stamp."""
    assert stamp.sheet is not None
    workbook.define(_SHEET, _reference(stamp.sheet, (1, 1)))
    lengths = ",".join(str(count) for count in stamp.counts)
    workbook.define(_STATE, _quoted(f"1;{stamp.checksum};{lengths};{stamp.tab_unstated:d};{stamp.active or 0}"))
    for number, (sheet, word) in enumerate(stamp.selected):
        workbook.define(f"_perfbatch_tab_{number}_{word}", _reference(sheet, (1, 1)))
    fills: dict[str, int] = {}
    for number, mark in enumerate(stamp.marks):
        fill = fills.setdefault(mark.fill, len(fills))
        workbook.define(
            f"_perfbatch_mark_{number}_{mark.style}_{fill}_{mark.origin}", _reference(mark.sheet, mark.place)
        )
    for markup, number in fills.items():
        for piece in range(0, len(markup), _PIECE):
            workbook.define(f"_perfbatch_fill_{number}_{piece // _PIECE}", _quoted(markup[piece : piece + _PIECE]))


def _reference(sheet: str, place: Place) -> str:
    return f"{quoted_sheet(sheet)}!${column_letters(place[1])}${place[0]}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _unquoted(text: str) -> str:
    inner = text.strip().removeprefix("=").strip()
    return inner[1:-1].replace('""', '"') if len(inner) > 1 and inner[0] == inner[-1] == '"' else ""


def most_common_fill(marks: Sequence[CellMark]) -> str:
    """The fill that most marked cells had: what a copy of a marked cell had, as far as anyone can tell."""
    fills = [mark.fill for mark in marks if mark.fill]
    return max(sorted(set(fills)), key=fills.count) if fills else ""
