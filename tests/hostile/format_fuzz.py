"""Mutated .xls, .ods and .docx: bytes flipped, records, markup and cells changed. Seeded, so that each can be had again.

The law: each is read or refused, and no fault of the program comes to light; one that is read says what the file says. That is held
against what does not share a line with our readers: python-calamine for .xls and .ods; for .docx what was taken away cannot turn
up as a sure answer elsewhere.
"""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import olefile
import python_calamine

from perfbatch.importing.filling import FoundEntry
from perfbatch.importing.reading import filled_from
from perfbatch.importing.word_report import ReportRefused, read_word_report
from perfbatch.intake.formats import open_form
from perfbatch.intake.reader import STAMP_SHEET, read_submission
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.template import DEFAULT_UNITS
from perfbatch.template.refill import refill
from tests.workbooks import rulebook

__all__ = ["FORMATS", "FormatOutcome", "mutated", "original", "tried"]

FORMATS = ("xls", "ods", "docx")
_FORMS = Path(__file__).parents[1] / "forms"
_INBOX = Path(__file__).parents[2] / "inbox"
_NUMBER = re.compile(rb'(office:value=")([^"]+)(")')
_ODS_TAG = re.compile(rb"</?(?:table|text|office|style|number):[a-z-]+[^>]*>")
_COUNT = re.compile(rb'((?:number-(?:rows|columns)-(?:repeated|spanned))=")(\d+)(")')
_WORD_ELEMENT = re.compile(rb"<w:(tc|tr|p|r)>.*?</w:\1>|<w:(?:vMerge|gridSpan)[^>]*/>", re.DOTALL)


@dataclass
class FormatOutcome:
    """What became of the mutations: how many were read (as they were, or unlike the original) or refused with which code; and
    where the law was broken."""

    codes: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


@lru_cache(maxsize=3)
def original(name: str) -> bytes:
    """A sound file of a format; the .ods without the sheets that nobody reads, which would take most of the time."""
    if name == "xls":
        return (_INBOX / "农口" / "乡村振兴局自评表.xls").read_bytes()
    if name == "docx":
        return (_FORMS / "116001.docx").read_bytes()
    content = (_FORMS / "408001.ods").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        markup = package.read("content.xml")
    for sheet in ("校验", "_live"):
        begin = markup.index(f'<table:table table:name="{sheet}"'.encode())
        end = markup.index(b"</table:table>", begin) + len(b"</table:table>")
        markup = markup[:begin] + markup[end:]
    return _repacked(content, "content.xml", markup)


def _repacked(content: bytes, name: str, part: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            kept = part if member.filename == name else source.read(member)
            target.writestr(zipfile.ZipInfo(member.filename), kept, member.compress_type, compresslevel=1)
    return made.getvalue()


def mutated(name: str, number: int, seed: int) -> tuple[str, bytes]:
    """A mutation of a format: what was done, and the file."""
    chance = random.Random(f"{seed}/{name}/{number}")
    content = original(name)
    if number % 3 == 0:
        return "bytes", _bytes(chance, content)
    if name == "xls":
        return _records(chance, content)
    part = "content.xml" if name == "ods" else "word/document.xml"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        markup = package.read(part)
    what, markup = _ods_markup(chance, markup) if name == "ods" else _word_markup(chance, markup)
    return what, _repacked(content, part, markup)


def _bytes(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    what = chance.randrange(4)
    at = chance.randrange(len(changed))
    if what == 0:
        for _ in range(chance.randint(1, 8)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif what == 1:
        del changed[at:]
    elif what == 2:
        changed[at : at + 512] = bytes(512)
    else:
        changed[at:at] = chance.randbytes(chance.randint(1, 64))
    return bytes(changed)


def _records(chance: random.Random, content: bytes) -> tuple[str, bytes]:
    """Change bytes of some records where they lie in the file."""
    with olefile.OleFileIO(io.BytesIO(content)) as compound, compound.openstream("Workbook") as stream:
        records = stream.read()
    changed = bytearray(content)
    what = chance.choice(("number", "value", "length", "kind"))
    for _ in range(chance.randint(1, 3)):
        begin = chance.choice(_places(records, value=what in ("number", "value")))
        length = struct.unpack_from("<H", records, begin + 2)[0]
        # A stretch of the stream that stands once in the file: streams lie there in blocks.
        key = records[begin : begin + 4 + min(length, 24)]
        if content.count(key) != 1:
            continue
        at = content.index(key)
        if what == "length":
            changed[at + 2] ^= 1 << chance.randrange(4)
        elif what == "kind":
            changed[at] = chance.randrange(256)
        elif length:
            changed[at + 4 + chance.randrange(min(length, len(key) - 4))] ^= 1 << chance.randrange(8)
    return what, bytes(changed)


@lru_cache(maxsize=2)
def _places(records: bytes, *, value: bool) -> list[int]:
    at, places = 0, []
    while at + 4 <= len(records):
        kind, length = struct.unpack_from("<HH", records, at)
        if not value or kind in (0x0203, 0x027E, 0x00FD, 0x0006, 0x00BD):
            places.append(at)
        at += 4 + length
    return places


def _ods_markup(chance: random.Random, markup: bytes) -> tuple[str, bytes]:
    what = chance.choice(("value", "count", "tag", "tag twice"))
    pattern = {"value": _NUMBER, "count": _COUNT}.get(what, _ODS_TAG)
    match = chance.choice(list(pattern.finditer(markup)))
    if what == "value":
        put = match[1] + chance.choice((b"1", b"-7.25", b"1e3", b"x", b"", b"NaN", b"274.98")) + match[3]
    elif what == "count":
        put = match[1] + chance.choice((b"1", b"2", b"3", b"0", b"1048576", b"99999999")) + match[3]
    else:
        put = match[0] * 2 if what == "tag twice" else b""
    return what, markup[: match.start()] + put + markup[match.end() :]


def _word_markup(chance: random.Random, markup: bytes) -> tuple[str, bytes]:
    what = chance.choice(("less", "less", "span"))
    if what == "span":
        spans = list(re.finditer(rb'(<w:gridSpan w:val=")(\d+)("/>)', markup))
        match = chance.choice(spans)
        put = match[1] + chance.choice((b"1", b"2", b"3", b"9", b"0", b"x", b"999999")) + match[3]
    else:
        match, put = chance.choice(list(_WORD_ELEMENT.finditer(markup))), b""
    return what, markup[: match.start()] + put + markup[match.end() :]


def tried(name: str, numbers: Iterator[int] | range, seed: int) -> FormatOutcome:
    """Read mutations of a format by their numbers, and judge them."""
    outcome = FormatOutcome()
    for number in numbers:
        what, content = mutated(name, number, seed)
        try:
            code = (
                _word(content, what, outcome, number)
                if name == "docx"
                else _workbook(name, content, what, outcome, number)
            )
        except (SetAside, ReportRefused) as refused:
            code = str(getattr(refused, "code", "") or getattr(refused, "reason", ""))
        except Exception as error:
            code = "fault"
            outcome.broken.append(f"{name} {number} ({what}): {error!r}")
        outcome.codes[code] += 1
    return outcome


# ---- workbooks


@lru_cache(maxsize=2)
def _meant(name: str) -> Any:
    return read_submission(original(name), "a", rulebook())


def _workbook(name: str, content: bytes, what: str, outcome: FormatOutcome, number: int) -> str:
    submission = read_submission(content, "a", rulebook())
    if submission.columns == _meant(name).columns:
        return "read"
    if what == "bytes" and name == "ods":
        outcome.broken.append(f"{name} {number}: bytes were changed that checksums guard")
    book = open_form(content, Limits(), rulebook().field_by_id, (STAMP_SHEET,))
    for fault in _unlike(book, content):
        outcome.broken.append(f"{name} {number} ({what}): {fault}")
    return "unlike"


def _unlike(book: Any, content: bytes) -> Iterator[str]:
    """Cells of the form that the other reader sees otherwise; nothing where it sees no workbook."""
    try:
        other = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {sheet: other.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for sheet in other.sheet_names}
    except BaseException as error:  # pyo3's PanicException is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return
    for name, area in book.names.items():
        rows = sheets.get(area.sheet)
        if name not in rulebook().field_by_id or rows is None or area.last_row - area.first_row > 200:
            continue
        for row in range(area.first_row, area.last_row + 1):
            cell = book.cell(area.sheet, row, area.first_column)
            if (cell.row, cell.column) != (row, area.first_column):
                continue
            seen = (
                rows[row - 1][area.first_column - 1]
                if row <= len(rows) and area.first_column <= len(rows[row - 1])
                else ""
            )
            if _differs(cell, seen):
                yield f"{name} {cell.cell}: {cell.value!r}, not {seen!r}"


def _differs(cell: Any, seen: Any) -> bool:
    if cell.kind == "number":
        return isinstance(seen, int | float) and abs(cell.value - seen) > 1e-9 * max(1, abs(seen))
    if cell.struck:
        return False
    if cell.kind == "text":
        return isinstance(seen, str) and _plain(cell.value) != _plain(seen)
    return cell.kind == "blank" and seen not in ("", None) and cell.formula is None


def _one_within(text: str, other: str) -> bool:
    """Whether every line of one text stands in the other."""
    return any(
        all(_plain(line) in _plain(whole) for line in part.split("\n"))
        for part, whole in ((text, other), (other, text))
    )


def _plain(text: str) -> str:
    return "".join(text.split())


# ---- reports


@lru_cache(maxsize=1)
def _answers() -> dict[tuple[str, int], FoundEntry]:
    filling = filled_from(read_word_report(original("docx"), Limits()), rulebook())
    return {(entry.field, entry.row): entry for entry in filling.entries()}


def _word(content: bytes, what: str, outcome: FormatOutcome, number: int) -> str:
    filling = filled_from(read_word_report(content, Limits()), rulebook())
    refill(rulebook(), filling.typed_form(), units=DEFAULT_UNITS)
    alike = True
    for entry in filling.entries():
        usual = _answers().get((entry.field, entry.row))
        if usual is None or entry.value == usual.value:
            continue
        alike = False
        # Less of the same text is what is left of it, more where a heading is gone; rows without a name of their own move up where one is gone; another
        # answer is another field's.
        own = {answer.value for (field, _), answer in _answers().items() if field == entry.field}
        if entry.field == rulebook().roles.item_max and entry.value == rulebook().indicators[entry.row].points:
            # Spelt out for all where they cannot be read for one.
            continue
        moved = entry.field.startswith(("indicator_", "evaluator_")) and entry.value in own
        less = moved or (
            isinstance(entry.value, str) and isinstance(usual.value, str) and _one_within(entry.value, usual.value)
        )
        if entry.verdict == "sure" and entry.value is not None and not less:
            outcome.broken.append(
                f"docx {number} ({what}): {entry.field} {entry.row} {entry.value!r:.40}, not {usual.value!r:.40}"
            )
    if not alike and what == "bytes":
        outcome.broken.append(f"docx {number}: bytes were changed that checksums guard")
    return "read" if alike else "unlike"
