"""What stands in a cell → what it means (DOMAIN §5): a state, a value, and remarks on how it had to be read."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal

from perfbatch.intake.dates import parse_date
from perfbatch.intake.normalise_numbers import read_number
from perfbatch.intake.numerals import fold, is_placeholder, is_stated_none, plain
from perfbatch.intake.reading import Reading, Remark
from perfbatch.intake.seen_figures import shown_number
from perfbatch.model.submission import State
from perfbatch.package.moments import date_from_serial
from perfbatch.package.number_formats import number_format
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.model import FormField, Rulebook
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = ["normalise", "normalise_answer"]

_NUMERIC = NUMERIC_KINDS
_YES_MARKS, _NO_MARKS = frozenset("√✓✔"), frozenset("×✗✘")
# Direction and zero-width marks reorder or hide what a reader sees; in names that become file names they are no text.
_UNSEEN = frozenset(
    chr(code) for code in (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
)


def normalise(
    cell: RawCell,
    field: FormField,
    rulebook: Rulebook,
    *,
    derived: bool = False,
    heading: str = "",
    none_is_zero: bool = False,
) -> Reading:
    """Read one input cell of `field`.

    `derived` marks a field that the form itself calculates: where nobody has calculated it yet it is blank, not faulty.
    `heading` and `none_is_zero` as in `read_number`. Required fields are the caller's matter, for what is required depends on
    the row.
    """
    if cell.raised and field.kind in (*_NUMERIC, "code", "date"):
        wording = "C04.code" if field.kind == "code" else "C04.raised"
        return Reading(State.UNREADABLE, remarks=(Remark("C04", {"typed": str(cell.value)}, wording=wording),))
    reading = _read(cell, field, rulebook, derived=derived, heading=heading, none_is_zero=none_is_zero)
    return _without_struck(reading, cell) if cell.struck else reading


def _without_struck(reading: Reading, cell: RawCell) -> Reading:
    """The reading of what is left, with a word on what is struck out."""
    left = "空白" if cell.value is None else _text_of(cell)
    struck = Remark("C01", {"typed": _cleaned(cell.struck), "value": left}, wording="C01.struck")
    others = tuple(remark for remark in reading.remarks if remark.code != "C01")
    return Reading(reading.state, reading.value, reading.step, (struck, *others))


def _read(
    cell: RawCell, field: FormField, rulebook: Rulebook, *, derived: bool, heading: str, none_is_zero: bool
) -> Reading:
    if cell.kind == "picture":
        return Reading(State.UNREADABLE, remarks=(Remark("C06", {"typed": "图片"}, wording="C06.picture"),))
    if cell.kind == "error":
        return Reading(State.UNREADABLE, remarks=(Remark("C06", {"typed": str(cell.value)}),))
    if cell.formula is not None and not cell.has_value:
        if derived:
            return Reading(State.BLANK)
        return Reading(State.UNREADABLE, remarks=(Remark("C05", {}, reported="=" + cell.formula),))
    if cell.formula is not None and derived and not cell.calculated:
        return Reading(State.BLANK)
    if cell.value is None or (isinstance(cell.value, str) and not fold(_cleaned(cell.value))):
        return Reading(State.BLANK)
    if field.kind in _NUMERIC:
        return read_number(cell, field, rulebook, heading=heading, none_is_zero=none_is_zero)
    if isinstance(cell.value, str) and is_stated_none(cell.value):
        return Reading(State.STATED_NONE)
    if field.kind in ("text", "longtext") and isinstance(cell.value, str) and is_placeholder(cell.value):
        return Reading(State.BLANK)
    if field.kind == "date":
        return _read_date(cell, field, rulebook)
    if field.kind == "choice":
        return _read_choice(_text_of(cell), field.choices)
    return _read_text(cell, field, rulebook)


def normalise_answer(cell: RawCell, field: FormField, rulebook: Rulebook, *, counted: bool) -> Reading:
    """Read the answer in a row of the evidence table: a whole number where cases are `counted`, else yes or no.

    A tick or a cross is read as the rulebook's yes or no, and noted; a word for nothing is a count of 0.
    """
    if counted:
        count = field.model_copy(update={"kind": "count", "choices": ()})
        return normalise(cell, count, rulebook, none_is_zero=True)
    block = rulebook.evidence_block
    choices = (block.yes, block.no) if block is not None else ()
    if choices and isinstance(cell.value, str) and not cell.struck:
        mark = fold(cell.value)
        for marks, meaning in zip((_YES_MARKS, _NO_MARKS), choices, strict=True):
            if mark in marks and (cell.formula is None or cell.calculated):
                return Reading(State.FILLED, meaning, 0, (Remark("C01", {"typed": cell.value, "value": meaning}),))
    return normalise(cell, field.model_copy(update={"choices": choices}), rulebook)


def _cleaned(text: str) -> str:
    """Text without control, zero-width and direction marks; line breaks and tabs stay."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Line breaks, tabs and the wide blank stay: where nothing else is unprintable, all of it stays.
    if text.replace("\n", "").replace("\t", "").replace("\u3000", "").isprintable():
        return text
    kept = (
        mark
        for mark in text
        if mark in "\n\t" or (mark not in _UNSEEN and unicodedata.category(mark) not in ("Cc", "Cs"))
    )
    return "".join(kept)


def _text_of(cell: RawCell) -> str:
    """The cell's content as text, numbers and dates as they would be read off the cell."""
    value = cell.value
    if isinstance(value, str):
        return _cleaned(value).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return shown_number(Decimal(repr(value)), cell.number_format)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == datetime.min.time() else value.strftime("%Y-%m-%d %H:%M")
    return str(value)


def _read_text(cell: RawCell, field: FormField, rulebook: Rulebook) -> Reading:
    text, remarks = _text_of(cell), list[Remark]()
    if field.kind in ("code", "id"):
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
            # 16001 in the format 000000 is seen as 016001.
            seen = number_format(cell.number_format).shown(Decimal(repr(cell.value)))
            text = seen if seen.isdigit() else text
        folded = fold(text).replace(" ", "")
        # A code stored as a number may have lost its leading zeros: say so, for whoever knows the code to check.
        if folded != text or (field.kind == "code" and not isinstance(cell.value, str)):
            remarks.append(Remark("C01", {"typed": text, "value": folded}))
        text = folded
    maximum = rulebook.kind_of(field).max_length
    if maximum is not None and len(text) > maximum:
        details = {"typed": str(len(text)), "bounds": str(maximum)}
        remarks.append(Remark("C17", details, expected=str(maximum)))
        text = text[:maximum].rstrip()
    return Reading(State.FILLED, text, 0, tuple(remarks))


def _read_choice(text: str, choices: tuple[str, ...]) -> Reading:
    wanted = fold(text).replace(" ", "")
    for choice in choices:
        if wanted == fold(choice).replace(" ", ""):
            noted = () if text == choice else (Remark("C01", {"typed": text, "value": choice}),)
            return Reading(State.FILLED, choice, 0, noted)
    return Reading(State.UNREADABLE, remarks=(Remark("C13", {"typed": text, "bounds": "、".join(choices)}),))


def _read_date(cell: RawCell, field: FormField, rulebook: Rulebook) -> Reading:
    typed, day = _text_of(cell), None
    if isinstance(cell.value, datetime):
        day = cell.value.date()
    elif isinstance(cell.value, date):
        day = cell.value
    elif isinstance(cell.value, str):
        day = parse_date(cell.value)
    elif isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        serial = Decimal(repr(cell.value)) if isinstance(cell.value, float) else Decimal(cell.value)
        day = date_from_serial(serial, date1904=cell.date1904) or parse_date(plain(serial))
    if day is None:
        return Reading(State.UNREADABLE, remarks=(Remark("C04", {"typed": typed}, wording="C04.date"),))
    kind = rulebook.kind_of(field)
    if (kind.minimum is not None and day.year < kind.minimum) or (kind.maximum is not None and day.year > kind.maximum):
        bounds = "–".join(plain(bound) for bound in (kind.minimum, kind.maximum) if bound is not None) + "年"
        return Reading(State.UNREADABLE, remarks=(Remark("C12", {"typed": typed, "bounds": bounds}),))
    year = rulebook.fiscal_year
    if field.id == rulebook.roles.report_date and day < date(year, 12, 31):
        return Reading(State.FILLED, day, 0, (Remark("C09", {"typed": day.isoformat(), "year": str(year)}),))
    return Reading(State.FILLED, day)
