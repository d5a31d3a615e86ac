"""What was found in a report, field by field: the values for the form, and what the protocol says of each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from perfbatch.importing.word_report import WordCell, WordParagraph
from perfbatch.intake.labels import bare_label
from perfbatch.intake.numerals import canonical_unit, fold, is_placeholder, is_stated_none, parse_numeral
from perfbatch.model.typed import TypedCell, TypedForm, TypedValue
from perfbatch.rulebook.model import FormField, Rulebook
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = ["Filling", "FoundEntry", "label_key", "multiline", "typed_value"]

Verdict = Literal["sure", "check", "missing"]
_NUMERIC = NUMERIC_KINDS
_QUOTES = str.maketrans("", "", "“”\"'‘’「」《》")
_NUMBERED_LINE = re.compile(r"^\s*(?:绩效)?指标\s*[0-9０-９一二三四五六七八九十]+\s*[:：.、]\s*")
_FILLED_IN = re.compile(r"[_＿\s]+")


class FoundEntry(NamedTuple):
    """One cell of the form: `row` of the field's column, the `place` in the report, the `original` text there, the value that
    goes into the form, and how sure that is; `note` says why it is not."""

    field: str
    row: int
    place: str
    original: str
    value: TypedValue
    verdict: Verdict
    number_format: str = ""
    note: str = ""


class Filling:
    """Collects the entries; the first for a cell stands."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.names: dict[int, str] = {}
        self.rows_of: dict[str, int] = {}
        self.remarks: list[FoundEntry] = []
        self._entries: dict[tuple[str, int], FoundEntry] = {}

    def put(
        self,
        spec: FormField,
        row: int,
        source: WordCell | WordParagraph,
        *,
        sure: bool,
        text: str | None = None,
        note: str = "",
    ) -> None:
        """Note what stands for a field, in a row of its column."""
        original = source.text if text is None else text
        value, number_format, clear = typed_value(original, spec, self.rulebook)
        verdict: Verdict = "sure" if sure and clear and not source.marked else "check"
        if source.marked:
            note = note or "原文有修订或删除线，按最终文字取值"
        elif not clear:
            note = note or "原文不是本栏的填法，照录"
        entry = FoundEntry(spec.id, row, source.place, original.strip(), value, verdict, number_format, note)
        self._entries.setdefault((spec.id, row), entry)
        self.rows_of[spec.id] = max(self.rows_of.get(spec.id, 0), row + 1)

    def preset(self, spec: FormField, row: int, value: TypedValue) -> None:
        """Put what the form itself prints into a row, which nobody has to look at."""
        self._entries.setdefault((spec.id, row), FoundEntry(spec.id, row, "", "", value, "sure"))
        self.rows_of[spec.id] = max(self.rows_of.get(spec.id, 0), row + 1)

    def remark(self, spec_id: str, source: WordCell | WordParagraph, note: str) -> None:
        """Note something of the report that has no place in the form."""
        self.remarks.append(FoundEntry(spec_id, 0, source.place, source.text, None, "check", "", note))

    def has(self, field_id: str) -> bool:
        """Whether anything was found for a field."""
        return field_id in self.rows_of

    def entries(self) -> Iterator[FoundEntry]:
        """What was found, in the order of the form; and a word on each field that was not."""
        for spec in self.rulebook.fields():
            rows = sorted(row for name, row in self._entries if name == spec.id)
            yield from (entry for row in rows if (entry := self._entries[spec.id, row]).place)
            if not rows and spec.kind != "id":
                yield FoundEntry(spec.id, 0, "", "", None, "missing")
        yield from self.remarks

    def typed_form(self) -> TypedForm:
        """What goes into the form."""
        cells: dict[str, list[TypedCell]] = {}
        for name, rows in self.rows_of.items():
            cells[name] = [self._typed(name, row) for row in range(rows)]
        count = max(self.names, default=-1) + 1
        return TypedForm(cells, [TypedCell(self.names.get(row)) for row in range(count)])

    def _typed(self, name: str, row: int) -> TypedCell:
        entry = self._entries.get((name, row))
        return TypedCell(None) if entry is None else TypedCell(entry.value, entry.number_format)


def label_key(text: str) -> str:
    """A label as labels are compared: without blanks, widths, quotation marks, a colon and the unit behind it."""
    return bare_label(text.translate(_QUOTES)) if len(text) <= 200 else ""


def typed_value(text: str, spec: FormField, rulebook: Rulebook) -> tuple[TypedValue, str, bool]:
    """What a text of the report is in the form: the value, the format of a number that needs one, and whether it is clear.

    A figure in the field's own unit becomes a number; one in another unit, or none, stays the text that it is, for the night to
    judge. What the form only prints there is a blank."""
    lines = [line for line in multiline(text) if not _is_print(line)]
    if not lines:
        return None, "", True
    if spec.kind in _NUMERIC:
        return _number(" ".join(lines), spec, rulebook)
    if spec.kind == "longtext":
        return "\n".join(_NUMBERED_LINE.sub("", line) if len(lines) == 1 else line for line in lines), "", True
    joined = " ".join(" ".join(lines).split())
    closed = fold(joined).replace(" ", "")
    if spec.kind in ("code", "date"):
        return closed, "", True
    if spec.kind == "choice":
        return (closed, "", True) if closed in spec.choices else (joined, "", not spec.choices)
    return joined, "", True


def _number(text: str, spec: FormField, rulebook: Rulebook) -> tuple[TypedValue, str, bool]:
    if is_stated_none(text):
        return text, "", True
    numeral = parse_numeral(text)
    if numeral is None or numeral.currency:
        return text, "", False
    own = "年" if spec.kind == "year" else canonical_unit(rulebook.kind_of(spec).unit) or ""
    if spec.kind == "percent":
        if numeral.unit != "%":
            return text, "", False
        return float(numeral.value / 100), "0.00%" if numeral.value % 1 else "0%", True
    if numeral.unit not in ("", own):
        return text, "", False
    value: Decimal = numeral.value
    return (int(value) if value == value.to_integral_value() else float(value)), "", True


def multiline(text: str) -> list[str]:
    """The lines of a text that hold something."""
    cleaned = "".join(mark for mark in text if mark in "\n\t" or unicodedata.category(mark) != "Cc")
    return [line for raw in cleaned.split("\n") if (line := _trimmed(raw))]


def _trimmed(line: str) -> str:
    line = line.replace("\t", " ").strip().strip("_＿").strip()
    return "" if _FILLED_IN.fullmatch(line) else line


def _is_print(line: str) -> bool:
    """Whether a line is only what forms print where an answer belongs."""
    folded = fold(line).replace(" ", "")
    return is_placeholder(line) or not folded.strip(".⋯")
