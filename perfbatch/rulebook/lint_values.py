"""Values of a rulebook that nobody could fill in: bounds the wrong way round, choices that no drop-down holds, texts that no cell
shows, totals that are parts of themselves, rows called alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from string import Formatter, ascii_letters
from typing import Any

from perfbatch.model.excel import CELL_LIMIT
from perfbatch.model.submission import SCALE
from perfbatch.model.words.catalogue import placed
from perfbatch.package.format_tokens import FormatMark, cut, sections_of
from perfbatch.rulebook.model import FormField, Kind, Rulebook
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = ["lint_values"]

_LARGEST = 10**18 // SCALE
"""Figures are whole counts of 1/SCALE in 64 bits, with room to add some up."""
_NOTHING = frozenset({"无", "/", "-", "--", "—", "——", "…", "……"})
"""What people write where there is nothing to state: read as such, never as a choice."""

# What a number format shows as it stands, its conditions and colours, and the words that it knows.
_SHOWN_AS_IS = re.compile(r'"[^"]*"|\\.|[_*!].|\[[^\[\]]*\]|general|am/pm|a/p|e[+-]', re.IGNORECASE)
_DATE_LETTERS, _ODD = "ymdhsaebg", '"[]'


def lint_values(rulebook: Rulebook) -> list[str]:
    """The faults of single values, in the order of the file."""
    return [
        *_texts(rulebook.model_dump(exclude_defaults=True), ()),
        *(fault for name, kind in rulebook.kinds.items() for fault in _kind(f"kinds.{name}", name, kind)),
        *(fault for field in rulebook.fields() for fault in _field(field, rulebook)),
        *_totals(rulebook),
        *_unit_rows(rulebook),
        *_answers(rulebook),
    ]


def _texts(value: Any, path: Sequence[str]) -> Iterator[str]:
    """Characters that XML has no place for, and texts longer than a cell."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            known = item.get("id") or item.get("name") if isinstance(item, Mapping) else None
            yield from _texts(item, (*path, str(known or number)))
    elif isinstance(value, str):
        unseen = sorted(
            {sign for sign in value if (sign < " " and sign not in "\n\t") or 0xD800 <= ord(sign) <= 0xDFFF}
        )
        if unseen or "\ufffe" in value or "\uffff" in value:
            sign = f"U+{ord(unseen[0] if unseen else max(value)):04X}"
            yield placed(".".join(path), "lint.text_sign", sign=sign)
        if len(value) > CELL_LIMIT // 2 and len(value.encode("utf-16-le", "replace")) // 2 > CELL_LIMIT:
            yield placed(".".join(path), "lint.text_long", count=len(value), most=CELL_LIMIT)


def _kind(place: str, name: str, kind: Kind) -> Iterator[str]:
    if kind.minimum is not None and kind.maximum is not None and kind.minimum > kind.maximum:
        yield placed(f"{place}, minimum", "lint.bounds", minimum=kind.minimum, maximum=kind.maximum)
    for key, bound in (("minimum", kind.minimum), ("maximum", kind.maximum)):
        if bound is not None and abs(bound) > _LARGEST:
            yield placed(f"{place}, {key}", "lint.large", most=_LARGEST)
    if kind.step is not None and kind.step <= 0:
        yield placed(f"{place}, step", "lint.step", step=kind.step)
    if kind.max_length is not None and not 1 <= kind.max_length <= CELL_LIMIT:
        yield placed(f"{place}, max_length", "lint.length", most=CELL_LIMIT)
    yield from _number_format(f"{place}, number_format", kind.number_format, numeric=name in NUMERIC_KINDS)


def _number_format(place: str, code: str, *, numeric: bool) -> Iterator[str]:
    if numeric and not code.strip():
        yield placed(place, "lint.number_format")
        return
    bare = _SHOWN_AS_IS.sub("", code)
    known = "" if numeric else _DATE_LETTERS
    strange = next((sign for sign in bare if sign in _ODD or (sign in ascii_letters and sign.lower() not in known)), "")
    if strange:
        yield placed(place, "lint.format_sign", sign=strange)
    elif numeric and not {token.mark for token in cut(sections_of(code)[0])[0]} & {
        FormatMark.DIGIT,
        FormatMark.GENERAL,
    }:
        yield placed(place, "lint.format_blank", code=code)


def _field(field: FormField, rulebook: Rulebook) -> Iterator[str]:
    place = f"field {field.id}"
    if {field.minimum, field.maximum, field.max_length} != {None} and field.kind in rulebook.kinds:
        yield from _kind(place, "", rulebook.kind_of(field))
    for choice, times in Counter(field.choices).items():
        at = f"{place}, choices"
        signs = [sign for sign in ',"' if sign in choice] + (["="] if choice.startswith("=") else [])
        if not choice or choice != choice.strip():
            yield placed(at, "lint.choice_blank", choice=repr(choice))
        elif choice in _NOTHING:
            yield placed(at, "lint.choice_nothing", choice=choice)
        elif signs:
            yield placed(at, "lint.choice_sign", choice=choice, sign=signs[0])
        if times > 1:
            yield placed(at, "lint.choice_twice", choice=choice)


def _totals(rulebook: Rulebook) -> Iterator[str]:
    for table in rulebook.unit_tables.values():
        parts = {column.id: column.parts for column in table.fields}
        of: dict[str, str] = {}
        for total, own in parts.items():
            place = f"field {total}, parts"
            if total in _below(total, parts):
                yield placed(place, "lint.parts_ring")
            for part, times in Counter(own).items():
                if times > 1:
                    yield placed(place, "lint.part_twice", part=part)
                elif part in of:
                    yield placed(place, "lint.part_of_two", part=part, total=of[part])
                of.setdefault(part, total)


def _below(total: str, parts: Mapping[str, Sequence[str]]) -> set[str]:
    """All columns that a total is made of."""
    below: set[str] = set()
    waiting = list(parts.get(total, ()))
    while waiting:
        part = waiting.pop()
        if part not in below:
            below.add(part)
            waiting += parts.get(part, ())
    return below


def _unit_rows(rulebook: Rulebook) -> Iterator[str]:
    if not (rulebook.unit_tables and all(rulebook.unit_rows)):
        return
    whole, own, others = rulebook.unit_rows
    try:
        words = [word for text in (whole, own, others) for _, word, _, _ in Formatter().parse(text) if word is not None]
    except ValueError:
        words = [""]
    if not set(words) <= {"n", "k"} or "{" in whole + own:
        yield placed("unit_rows", "lint.unit_rows_word")
    elif not words or whole == own:
        yield placed("unit_rows", "lint.unit_rows_alike")


def _answers(rulebook: Rulebook) -> Iterator[str]:
    block = rulebook.evidence_block
    if block is None:
        return
    for key, answer in (("yes", block.yes), ("no", block.no)):
        if not answer.strip() or answer != answer.strip() or any(sign in answer for sign in ',"'):
            yield placed(key, "lint.answer", answer=repr(answer))
    if block.yes == block.no:
        yield placed("no", "lint.answers_alike", answer=block.yes)
