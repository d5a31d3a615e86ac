"""The chain of records of an .xls, walked once before anything is made of it: its sheets, how much they hold, where formulas are.

Source: [MS-XLS] 2.1.4 (record), 2.4 (records by number).
"""

from __future__ import annotations

import struct
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from perfbatch.model.catalogue import NO_STAMP
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside

__all__ = ["BookOutline", "outline_of"]

_BEGIN, _END, _ENCRYPTED, _SHEET, _FORMAT, _BOOKS = 0x0809, 0x000A, 0x002F, 0x0085, 0x041E, 0x01AE
_STRINGS, _MERGED, _LINK = 0x00FC, 0x00E5, 0x01B8
_FORMULAS = (0x0006, 0x0206, 0x0406)
_ONE_CELL = frozenset({0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, 0x0205, *_FORMULAS})
_BLANK, _BLANKS, _NUMBERS = 0x0201, 0x00BE, 0x00BD
_EXCEL_97, _EXCEL_5, _GLOBALS = 0x0600, 0x0500, 0x0005
_WORKSHEET, _MACRO_SHEET = 0, 1
# What a list of other books says of the workbook itself and of its add-in functions.
_OWN_SHEETS, _ADD_INS = 0x0401, 0x3A01
_LAST_COLUMN = 255
_DEEPEST = 16


class _Record(NamedTuple):
    kind: int
    begin: int
    length: int


@dataclass
class BookOutline:
    """What the records say: sheet → (row, column) of its formulas, from 0; the numbers of the formats that are spelt out; sheets
    of macros; links to other workbooks, and to programs."""

    formulas: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    formats: set[int] = field(default_factory=set)
    macro_sheets: bool = False
    links: bool = False
    channels: bool = False


def outline_of(stream: bytes, limits: Limits, stamps: Container[str]) -> BookOutline:
    """Walk the records of a workbook stream. `stamps`: names of sheets, one of which must be there.

    Raises `SetAside`: F02 encrypted, F03 the chain is broken, F04 older than Excel 97, F05 without a stamp, F07 more than the
    limits."""
    outline, sheets = BookOutline(), dict[str, int]()
    strings = 0
    for record in _substream(stream, 0):
        kind, begin, length = record
        if begin == 4 and kind == _BEGIN:
            _refuse_version(stream, record)
        elif kind == _ENCRYPTED:
            raise SetAside("F02")
        elif kind == _SHEET:
            at, type_of_sheet, name = _sheet(stream, record)
            outline.macro_sheets |= type_of_sheet == _MACRO_SHEET
            if type_of_sheet == _WORKSHEET:
                if name in sheets or at in sheets.values():
                    raise SetAside("F03")
                sheets[name] = at
            if len(sheets) > limits.sheets:
                raise SetAside("F07", f"{len(sheets)} 张工作表，上限 {limits.sheets}")
        elif kind == _FORMAT and length >= 2:
            outline.formats.add(_number(stream, begin))
        elif kind == _BOOKS and length > 4 and _number(stream, begin + 2) not in (_OWN_SHEETS, _ADD_INS):
            # A link to a program names no sheets.
            outline.channels |= _number(stream, begin) == 0
            outline.links |= _number(stream, begin) != 0
        elif kind == _STRINGS and length >= 8:
            strings = struct.unpack_from("<I", stream, begin + 4)[0]
    if not any(name in stamps for name in sheets):
        raise SetAside("F05", NO_STAMP)
    if strings > limits.shared_strings:
        raise SetAside("F07", f"文字超过 {limits.shared_strings} 条")
    stored = 0
    for name, at in sheets.items():
        stored = _measure(stream, name, at, stored, outline, limits)
    return outline


def _number(stream: bytes, at: int) -> int:
    return int.from_bytes(stream[at : at + 2], "little")


def _substream(stream: bytes, at: int) -> Iterator[_Record]:
    """The records from a BOF to its EOF, charts within it left out. Raises `SetAside` F03 where the chain is broken."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        begin, at = at + 4, at + 4 + length
        # No record has the number 0: a stretch of zeros is a hole, and cells may be missing there.
        if at > len(stream) or kind == 0 or (depth == 0 and kind != _BEGIN):
            break
        if kind == _BEGIN:
            depth += 1
            if depth > _DEEPEST:
                break
        if depth == 1:
            yield _Record(kind, begin, length)
        if kind == _END:
            depth -= 1
            if depth == 0:
                return
    raise SetAside("F03")


def _refuse_version(stream: bytes, record: _Record) -> None:
    version, kind = _number(stream, record.begin), _number(stream, record.begin + 2)
    if version == _EXCEL_5:
        raise SetAside("F04", "Excel 5.0 .xls")
    if (version, kind) != (_EXCEL_97, _GLOBALS):
        raise SetAside("F03")


def _sheet(stream: bytes, record: _Record) -> tuple[int, int, str]:
    """Where a sheet's records begin, what kind of sheet it is, and its name."""
    if record.length < 8:
        raise SetAside("F03")
    at, _, kind, characters, wide = struct.unpack_from("<IBBBB", stream, record.begin)
    written = stream[record.begin + 8 : record.begin + record.length]
    size = characters * (2 if wide & 1 else 1)
    if size > len(written):
        raise SetAside("F03")
    return at, kind, written[:size].decode("utf-16-le" if wide & 1 else "latin-1", "replace")


def _measure(stream: bytes, sheet: str, at: int, stored: int, outline: BookOutline, limits: Limits) -> int:
    """Count the cells of a sheet on top of those before it, and note its formulas."""
    held: set[tuple[int, int]] = set()
    formulas: set[tuple[int, int]] = set()
    merged = links = 0
    for kind, begin, length in _substream(stream, at):
        places = range(0)
        if kind in _ONE_CELL:
            _refuse_short(length, 6)
            column = _number(stream, begin + 2)
            places = range(column, column + 1)
        elif kind == _NUMBERS:
            _refuse_short(length, 12)
            places = range(_number(stream, begin + 2), _number(stream, begin + length - 2) + 1)
        elif kind == _BLANK:
            stored += 1
        elif kind == _BLANKS:
            _refuse_short(length, 6)
            stored += max(0, _number(stream, begin + length - 2) - _number(stream, begin + 2) + 1)
        elif kind == _MERGED and length >= 2:
            merged += _number(stream, begin)
        elif kind == _LINK:
            links += 1
        if places:
            row = _number(stream, begin)
            if places[-1] > _LAST_COLUMN or (kind == _NUMBERS and 6 * len(places) + 6 != length):
                raise SetAside("F03")
            for column in places:
                # Two of one place: readers disagree on which one counts.
                if (row, column) in held:
                    raise SetAside("F03")
                held.add((row, column))
                if kind in _FORMULAS:
                    formulas.add((row, column))
            stored += len(places)
        if len(held) > limits.held_cells:
            raise SetAside("F07", f"工作表“{sheet}”：单元格超过 {limits.held_cells} 个")
        if stored > limits.stored_cells:
            raise SetAside("F07", f"到工作表“{sheet}”为止单元格超过 {limits.stored_cells} 个")
        if merged > limits.merges:
            raise SetAside("F07", f"工作表“{sheet}”：合并单元格超过 {limits.merges} 处")
        if links > limits.hyperlinks:
            raise SetAside("F07", f"工作表“{sheet}”：超链接超过 {limits.hyperlinks} 个")
    outline.formulas[sheet] = formulas
    return stored


def _refuse_short(length: int, least: int) -> None:
    if length < least:
        raise SetAside("F03")
